/*
 * complete.h - completion in shells, from the tables that also parse.
 *
 * A shell gets a small script that knows nothing: at every TAB it runs
 *	PROGRAM completion words -- WORD...
 * with the words of the line up to the cursor, and shows what that prints. So
 * a script that was installed once is never behind its program.
 *
 * What belongs at a place follows from the usage that people read. Words
 * joined by '|' are the choice itself. Otherwise FILE, PATH and SOCKET are
 * files, DIR directories, PROFILE files in .ini; COMMAND is a program behind
 * "--" and else one of ours; what else there is the program knows (values()).
 *
 * Output: a candidate a line, a tab, a line of help. Besides, one of the lines
 * ":files", ":files SUFFIX", ":directories", ":programs": the shell's own.
 */
#ifndef BASE_COMPLETE_H
#define BASE_COMPLETE_H

#include "base/err.h"
#include "base/opt.h"

/* The command that main() hands to complete_main(). */
#define COMPLETE_NAME "completion"
#define COMPLETE_ARGS "bash|zsh|fish"
#define COMPLETE_HELP "print the completion script of a shell"

struct complete_row {
	const char *name; /* words of a command; NULL ends a table */
	const char *args; /* as its usage shows them: "NAME [-- COMMAND]" */
	const char *help;
	const struct opt *opts; /* its own; NULL: none */
};

struct complete_out; /* where candidates go */

struct complete {
	const char *program;
	const struct complete_row *rows;
	const struct opt *first_opts; /* before the command */
	const struct opt *every_opts; /* behind every command */
	/* Adds what `word` of a usage can be; `typed` is there so far. */
	void (*values)(const char *word, const char *typed,
		       struct complete_out *out);
};

/* A candidate; dropped when it does not begin with what is typed. `help` may
 * be NULL. */
void complete_add(struct complete_out *out, const char *value,
		  const char *help);

/* "SHELL" or "words WORD..." in argv. Returns the exit code. */
int complete_main(const struct complete *c, int argc, char **argv,
		  struct err *err);

#endif
