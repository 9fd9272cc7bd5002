/*
 * limit.h - every limit of a sandbox, in one list.
 *
 * A limit's name is its key in [limits], its word in limits.best_effort and
 * its place in the record and `inspect`.
 */
#ifndef CONF_LIMIT_H
#define CONF_LIMIT_H

#include <stdbool.h>

/* Those that rest on control groups come first. */
enum limit {
	LIMIT_MEMORY,
	LIMIT_SWAP,
	LIMIT_MEMORY_HIGH,
	LIMIT_MEMORY_LOW,
	LIMIT_CPUS,
	LIMIT_CPU_WEIGHT,
	LIMIT_CPU_BURST,
	LIMIT_CPUSET,
	LIMIT_PIDS,
	LIMIT_IO,
	LIMIT_HUGEPAGES,
	LIMIT_SHM,
	LIMIT_SHM_INODES,
	LIMIT_TMP,
	LIMIT_TMP_INODES,
	LIMIT_NOFILE,
	LIMIT_CORE,
	LIMIT_FSIZE,
	LIMIT_STACK,
	LIMIT_MEMLOCK,
	LIMITS, /* how many */
	/* No limit, but a word of best_effort for all that the sandbox of an
	 * ordinary user cannot have. */
	LIMIT_ROOTLESS = LIMITS,
};

extern const char *const limit_names[LIMITS + 2]; /* NULL-ended */

/* Whether its value is a text, as in a profile, and not a number. */
bool limit_is_text(enum limit limit);

#endif
