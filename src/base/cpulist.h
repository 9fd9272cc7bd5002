/*
 * cpulist.h - sets of processors in the kernel's list format: "0-1,3"
 * (cpuset(7), "List format").
 */
#ifndef BASE_CPULIST_H
#define BASE_CPULIST_H

#include <stdbool.h>
#include <stdint.h>

#define CPULIST_MAX 8192 /* more than any kernel of today is built for */

struct cpulist {
	uint64_t bits[CPULIST_MAX / 64];
};

/* 0; -EINVAL for what is not of the form, an empty list too; -ERANGE for a
 * number of CPULIST_MAX or more. A blank may follow a comma. */
int cpulist_parse(const char *text, struct cpulist *out);
/* In order and as short as can be; the caller frees. */
char *cpulist_text(const struct cpulist *list);
/* The lowest one of `want` that `have` lacks, or -1. */
int cpulist_missing(const struct cpulist *want, const struct cpulist *have);

#endif
