/*
 * action.h - everything steer can do, as one table.
 *
 * A row is all there is to an action: its name, its typed arguments, its
 * options, a line of help and the function. The command line, --help and the
 * synopsis of steer(1) (which a test compares) come from it. To add one: a
 * row, its function, a section in the manual, a test in tests/steer.
 */
#ifndef STEER_ACTION_H
#define STEER_ACTION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/opt.h"
#include "steer/chord.h"
#include "steer/session.h"

#define ACTION_ARGS 2

enum arg_type {
	ARG_NONE,
	ARG_X,      /* pixels from the left */
	ARG_Y,      /* pixels from the top */
	ARG_TEXT,   /* text_check() */
	ARG_CHORD,  /* chord_parse() */
	ARG_CHOICE, /* one of the words of its name, "stable|focus" */
};

struct action_arg {
	const char *name; /* as help shows it */
	enum arg_type type;
};

/* What was asked for, checked. */
struct invocation {
	const struct action *action;
	bool positioned; /* x and y are set */
	int32_t x, y;
	const char *text;
	struct chord chord;
	size_t choice;      /* number of the word */
	const char *output; /* -o */
	uint64_t timeout_ms; /* 0: the action's own */
};

typedef int action_fn(const struct invocation *inv, struct session *s,
		      struct err *err);

struct action {
	const char *name; /* NULL ends the table */
	struct action_arg args[ACTION_ARGS];
	bool optional; /* all arguments or none */
	const struct opt *opts; /* its own; NULL: none */
	uint64_t timeout_ms; /* unless --timeout says otherwise */
	action_fn *run;
	const char *help;
};

extern const struct action actions[];

/* EXIT_USAGE, with the nearest name, when there is none. */
const struct action *action_find(const char *name, struct err *err);

/* "click [X Y]"; the caller frees. */
char *action_synopsis(const struct action *a);

/* Reads the words after the options into inv. EXIT_USAGE. */
int action_read_args(struct invocation *inv, int argc, char **argv,
		     struct err *err);

#endif
