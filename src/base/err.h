/*
 * err.h - the one error object.
 *
 * Set once, where the failure happens; carried up, or over a pipe, unchanged;
 * printed once, by main(). Functions that can fail take a `struct err *` last
 * and return -1 (or NULL) with it set. The sys floor knows no objects of ours
 * and returns negative errno instead.
 *
 * A printed error reads
 *	program: what 'object': cause
 *	hint: remedy
 * lower case, one line each, control characters replaced.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/macros.h"
#include "sandboxd/exitcode.h"

/* Plain data of fixed size, so that it can be written to a pipe as it is. */
struct err {
	int code;         /* enum exitcode; 0 when nothing is set */
	char what[96];    /* "mount", "read profile" */
	char object[256]; /* what it was done to; may be empty */
	char cause[512];
	char hint[512];   /* may be empty */
};

#define ERR_INIT { .code = 0 }

/* Sets every field but the hint, and drops an earlier hint. Returns -1.
 * `object` may be NULL. */
int err_set(struct err *err, int code, const char *what, const char *object,
	    const char *cause, ...) PRINTF_LIKE(5, 6);

/* Same; the cause is the text of errno value `errnum` (its sign is ignored). */
int err_set_errno(struct err *err, int code, const char *what,
		  const char *object, int errnum);

/* Adds the remedy. Returns -1, so that it can end a return statement. */
int err_hint(struct err *err, const char *hint, ...) PRINTF_LIKE(2, 3);

/* Prints to `out` in the form above. */
void err_print(FILE *out, const char *program, const struct err *err);

/* Prints a warning, "program: warning: ...", control characters replaced. */
void err_warn(const char *program, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Replaces control characters, DEL and bytes that are not UTF-8 by '?', in
 * place: text from a guest must not reach a terminal raw. Bidirectional and
 * other format controls of Unicode count as control characters. */
void err_clean_text(char *text);

#endif
