/*
 * opt.h - command lines from tables: the same rows parse, print the help and
 * feed completion.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct opt {
	char letter;      /* 'n' for -n; 0: none */
	const char *name; /* "name" for --name; NULL ends a table */
	const char *arg;  /* "NAME" when it takes a value, else NULL */
	const char *help; /* one line */
};

/* Called once for every option found; `value` is NULL for flags. Returns 0,
 * or -1 with *err set. */
typedef int opt_fn(void *ctx, const struct opt *opt, const char *value,
		   struct err *err);

/* Reads options from argv[1] on: -n V, -nV, -dn V, --name V, --name=V. Stops
 * at "--", which it skips, and - unless `permute` - at the first word that is
 * no option; with `permute` such words are moved to the end of argv, in order.
 * Returns the index of the first of them, or -1 with *err (EXIT_USAGE). */
int opt_parse(const struct opt *opts, int argc, char **argv, bool permute,
	      opt_fn *set, void *ctx, struct err *err);

/* Prints the rows, aligned, two columns, at most 80 wide. */
void opt_help(FILE *out, const struct opt *opts);

/* Prints `text`, which starts at column `column`, broken at spaces to at most
 * 80 wide; what follows the first line is indented to that column. */
void opt_wrap(FILE *out, const char *text, int column);

#endif
