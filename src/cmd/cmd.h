/*
 * cmd.h - one command, one file, one descriptor.
 *
 * A new command is: a file here, a row in main.c, a section in sandboxd.1, a
 * test in tests/box. Dispatch, help and the manual's synopsis come from, or
 * are compared with, the descriptor.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/err.h"
#include "base/opt.h"

#define PROGRAM "sandboxd"

struct cmd {
	const char *name;
	const char *args;    /* "PROFILE [-- COMMAND [ARG...]]" */
	const char *summary; /* one line, lower case, no full stop */
	const struct opt *opts;
	/* argv[0] is the command's name. Returns the exit code; an error is in
	 * *err and main() prints it. */
	int (*run)(int argc, char **argv, struct err *err);
};

extern const struct cmd cmd_run, cmd_exec, cmd_ps, cmd_inspect, cmd_logs,
	cmd_stop, cmd_rm, cmd_gc;

/* Reads options by cmd->opts and checks how many words follow. Returns the
 * index of the first word, or -1. `max` < 0: any number. `set` may be NULL when
 * there are no options. */
int cmd_parse(const struct cmd *cmd, int argc, char **argv, int min, int max,
	      opt_fn *set, void *ctx, struct err *err);

/* The state directory, or -1. */
int cmd_state(struct err *err);

/* For run and exec, which pass the program's own status on: a failure of ours
 * that it could be taken for becomes EXIT_LAUNCH. Returns the code. */
int cmd_ours(struct err *err);

#endif
