/*
 * limit.h - every limit of a sandbox, in one list.
 *
 * A limit's name is its key in [limits], its word in limits.best_effort and
 * its place in the record and `inspect`.
 */
#ifndef CONF_LIMIT_H
#define CONF_LIMIT_H

enum limit {
	LIMIT_MEMORY,
	LIMIT_SWAP,
	LIMIT_CPUS,
	LIMIT_PIDS,
	LIMITS, /* how many */
	/* No limit, but a word of best_effort for all that the sandbox of an
	 * ordinary user cannot have. */
	LIMIT_ROOTLESS = LIMITS,
};

extern const char *const limit_names[LIMITS + 2]; /* NULL-ended */

#endif
