/*
 * action.h - everything steer can do, as one table.
 *
 * A row is all there is to an action: its name, its typed arguments, its
 * options, a line of help, the function, and how people read what it says. The
 * command line, --help, --json and the synopsis of steer(1) (which a test
 * compares) come from it. To add one: a row, its function, a section in the
 * manual, a test in tests/steer.
 */
#ifndef STEER_ACTION_H
#define STEER_ACTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/opt.h"
#include "steer/chord.h"
#include "steer/session.h"

#define ACTION_ARGS 4

/* Of a click's and of a scroll's. */
#define ACTION_COUNT_MAX 1000u

enum arg_type {
	ARG_NONE,
	ARG_X,      /* pixels from the left */
	ARG_Y,      /* pixels from the top */
	ARG_TO_X,   /* the same, of a second point */
	ARG_TO_Y,
	ARG_N,      /* how often */
	ARG_TEXT,   /* text_check() */
	ARG_WINDOW, /* an id, or part of a title or a class */
	ARG_CHORDS, /* chord_parse(), one or more: the last argument */
	ARG_CHOICE, /* one of the words of its name, "stable|focus" */
};

/* What optional arguments form a group: all of it or nothing. */
enum arg_group {
	ARG_REQUIRED,
	ARG_ALONE, /* present when the number of words tells so */
	ARG_POINT, /* two of them, the last */
};

struct action_arg {
	const char *name; /* as help shows it */
	enum arg_type type;
	enum arg_group group;
};

/* What was asked for, checked. */
struct invocation {
	const struct action *action;
	bool positioned; /* at is set */
	struct proto_point at, to;
	const char *text;
	struct chord *chords; /* owned */
	size_t nchords;
	size_t choice;   /* number of the word */
	uint32_t count;  /* N or --count; 0: not given */
	uint32_t button; /* --button; 0: not given */
	struct chord modifiers; /* --modifiers */
	uint64_t duration_ms;   /* --hold, --duration; 0: not given */
	const char *output;     /* -o */
	uint64_t timeout_ms;    /* 0: the action's own */
};

/* Puts what it has to say into `out`, an object. */
typedef int action_fn(const struct invocation *inv, struct session *s,
		      json_t *out, struct err *err);

/* Prints for people what the function said. */
typedef void action_text(const struct invocation *inv, const json_t *out);

struct action {
	const char *name; /* NULL ends the table */
	const char *other; /* what xdotool(1) calls it, for a hint; or NULL */
	struct action_arg args[ACTION_ARGS];
	const struct opt *opts; /* its own; NULL: none */
	uint64_t timeout_ms; /* unless --timeout says otherwise */
	action_fn *run;
	action_text *text; /* NULL: nothing */
	const char *help;
};

extern const struct action actions[];

/* EXIT_USAGE, with the nearest name, when there is none. */
const struct action *action_find(const char *name, struct err *err);

/* "click [X Y]", with the options in front of the arguments or without them;
 * the caller frees. */
char *action_synopsis(const struct action *a, bool options);

/* Takes an option of the action's own table. EXIT_USAGE. */
int action_set_option(struct invocation *inv, const struct opt *opt,
		      const char *value, struct err *err);

/* Reads the words after the options into inv. EXIT_USAGE. */
int action_read_args(struct invocation *inv, int argc, char **argv,
		     struct err *err);

void action_finish(struct invocation *inv); /* frees what inv owns */

#endif
