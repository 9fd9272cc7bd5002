/*
 * inspect.h - all that is known of a sandbox, and what it uses just now.
 */
#ifndef BOX_INSPECT_H
#define BOX_INSPECT_H

#include "base/err.h"

struct json_t;

/* Its record (conf/record.h) as JSON, and with it
 *	directory  its own in the state directory
 *	logs       source -> file
 *	mounts     "TARGET TYPE FLAGS", one a mount inside; empty unless it runs
 *	groups     its control groups' directories, in every hierarchy
 *	usage      memory, memory_peak (bytes), cpu_usec and pids: of the whole
 *	           and of each group of its own; null unless it runs in groups
 * NULL with *err; the caller drops the reference. */
struct json_t *inspect_tree(int statefd, const char *name, struct err *err);

#endif
