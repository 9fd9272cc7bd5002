/*
 * policy.h - what a policy says about each system call, for people and their
 * programs, from the tables that the filters are compiled from.
 */
#ifndef BOX_POLICY_H
#define BOX_POLICY_H

#include <stddef.h>

#include "base/err.h"

enum policy_form {
	POLICY_TEXT,
	POLICY_JSON,
	POLICY_BPF, /* the program: an array of struct sock_filter */
};

/* Prints that of [security] seccomp = `name` on standard output. EXIT_USAGE
 * when there is none of that name. */
int policy_print(const char *name, enum policy_form form, struct err *err);

/* The name of the n-th, or NULL behind the last one. */
const char *policy_name(size_t n);

#endif
