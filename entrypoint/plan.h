/*
 * plan.h - the launcher's plan, mapped and bounds-checked.
 *
 * After plan_map() every offset, count and descriptor in it can be used
 * without another look.
 */
#ifndef ENTRYPOINT_PLAN_H
#define ENTRYPOINT_PLAN_H

#include "sandboxd/initproto.h"

struct plan {
	const struct plan_header *head;
};

/* Maps the sealed memfd `fd`. Returns 0, or -1 with *failure naming the field
 * that is wrong. */
int plan_map(struct plan *plan, int fd, struct init_msg *failure);

/* The first of some strings; NULL when there is none. The next one starts
 * behind the NUL of the one before. */
const char *plan_string(const struct plan *plan,
			const struct plan_strings *strings);
const char *plan_next(const char *string);

/* How many descriptors a service can name at most, and those it names. */
#define PLAN_FDS (3 + PLAN_LISTEN + 1 + PLAN_CGROUPS)
int plan_fds(const struct plan_service *service, int fds[PLAN_FDS]);

/* How many listening sockets it gets. */
int plan_listens(const struct plan_service *service);

/* Fills a failure message; `error` is an errno value or 0. Returns -1. */
int fail(struct init_msg *msg, enum init_failure why, int error,
	 const char *text);

#endif
