/*
 * log_read.h - a sandbox's log, read back in the order of time.
 *
 * The monitor writes and turns files over meanwhile. No line that is kept is
 * passed over or given twice; that lines were gone before they could be read is
 * a line of its own.
 */
#ifndef BOX_LOG_READ_H
#define BOX_LOG_READ_H

#include "box/log.h"

struct log_query {
	unsigned int sources; /* 1 << LOG_..., or'ed; 0: all */
	const char *since;    /* stamp; NULL: from the first line on */
	size_t tail;          /* the last so many; SIZE_MAX: all */
	bool follow;
	int monitor;          /* its pidfd: a log is followed until that ends,
			       * and what it wrote by then; -1: it has ended */
};

struct log_line {
	enum log_source source;
	const char *time; /* stamp; "" when the file was tampered with */
	const char *text; /* clean */
};

/* Returns false when no more is wanted. */
typedef bool log_line_fn(void *ctx, const struct log_line *line);

/* Gives the lines of sandbox `name` to `take`. No log is an empty one. */
int log_read(const char *name, const struct log_query *query, log_line_fn *take,
	     void *ctx, struct err *err);

#endif
