/*
 * cmd.h - one command, one descriptor, one file; those of two words share the
 * file of their first.
 *
 * A new command is: a file here, a row in table.c, a section in sandboxd.1, a
 * test in tests/box. Dispatch, help and completion come from the descriptor,
 * and the manual is compared with it.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/err.h"
#include "base/opt.h"

#define PROGRAM "sandboxd"

struct cmd {
	const char *name;    /* one word, or two: "profile keys" */
	/* "PROFILE [-- COMMAND [ARG...]]"; what the words mean to completion
	 * stands in base/complete.h. */
	const char *args;
	const char *summary; /* one line, lower case, no full stop */
	const struct opt *opts;
	/* argv[0] is the last word of its name. Returns the exit code; an
	 * error is in *err and main() prints it. */
	int (*run)(int argc, char **argv, struct err *err);
};

extern const struct cmd
	cmd_attach,
	cmd_check,
	cmd_completion,
	cmd_doctor,
	cmd_exec,
	cmd_gc,
	cmd_help,
	cmd_inspect,
	cmd_kill,
	cmd_logs,
	cmd_profile_keys,
	cmd_profile_show,
	cmd_ps,
	cmd_rm,
	cmd_run,
	cmd_seccomp,
	cmd_stop,
	cmd_wait;

/* All commands in the order of the help, ended by a row without one. */
struct cmd_row {
	const char *group; /* heading above this row, or NULL */
	const struct cmd *cmd;
};
extern const struct cmd_row cmd_table[];

/* Understood before a command, and behind every one; main.c acts on them. */
extern const struct opt cmd_first_opts[], cmd_every_opts[];

/* How many of the words are the command's name; if they end before it does,
 * minus how many there were; 0: another command. */
int cmd_match(const struct cmd *cmd, int argc, char **argv);

/* The command that the first *used words name, or NULL. */
const struct cmd *cmd_find(int argc, char **argv, int *used);

/* Sets the error for words that name no command. Returns EXIT_USAGE. */
int cmd_unknown(int argc, char **argv, struct err *err);

void cmd_help_all(FILE *out);
void cmd_help_one(const struct cmd *cmd, FILE *out);
/* Lists the commands whose names begin with these words, and more follow;
 * false when there are none. */
bool cmd_help_begun(int argc, char **argv, FILE *out);

/* Reads options by cmd->opts and checks how many words follow. Returns the
 * index of the first word, or -1. `max` < 0: any number. `set` may be NULL when
 * there are no options. */
int cmd_parse(const struct cmd *cmd, int argc, char **argv, int min, int max,
	      opt_fn *set, void *ctx, struct err *err);

/* The state directory, or -1. */
int cmd_state(struct err *err);

/* Reads the profile at `path` (NULL: PROFILE_AGENT), applies `sets` (NULL-ended
 * "section.key=value", or NULL) and `name` (NULL: the profile's own), completes
 * it. The caller finishes *p in every case. */
struct profile;
int cmd_load_profile(struct profile *p, const char *path, char *const *sets,
		     const char *name, struct err *err);

/* For run, exec and attach, which pass the program's own status on: a failure
 * of ours that it could be taken for becomes EXIT_LAUNCH. Returns the code. */
int cmd_ours(struct err *err);

#endif
