/*
 * program.h - the programs that a sandbox needs, found before it starts.
 */
#ifndef BOX_PROGRAM_H
#define BOX_PROGRAM_H

#include "base/err.h"

/* Where `root` (a descriptor; -1: the host's) has `program` among its program
 * directories; NULL: nowhere. The caller frees. */
char *program_path(int root, const char *program);

/* Refuses (EXIT_IMPOSSIBLE) when it is nowhere, naming the distribution's
 * `package` that has it. */
int program_require(int root, const char *program, const char *package,
		    struct err *err);

/* Opens one of our own programs ("sandbox-init", "steer"): beside the running
 * one (a build tree, or bindir), else in libexecdir. O_PATH, for execveat. */
int program_open(const char *name, struct err *err);

/* Remembers where the running one lies. The kernel cannot tell when its mount
 * namespace is gone, which who joins another may have left as the last. */
void program_keep(void);

#endif
