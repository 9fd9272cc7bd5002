#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "conf/record.h"
#include "sandboxd/initproto.h"

#define VERSION "0.1"

/* In the order of the help. */
static const struct cmd *const cmds[] = {
	&cmd_run,  &cmd_exec, &cmd_ps, &cmd_inspect, &cmd_logs,
	&cmd_stop, &cmd_rm,   &cmd_gc, NULL,
};

static void help(FILE *out)
{
	(void)fprintf(out, "usage: " PROGRAM " COMMAND [OPTION...] [ARG...]\n"
		      "Launch sandboxes for agents that use a desktop.\n\n");
	for (const struct cmd *const *c = cmds; *c; c++)
		(void)fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	(void)fprintf(out,
		      "\n'" PROGRAM " COMMAND --help' tells more about one; "
		      "so does " PROGRAM "(1).\n");
}

static void command_help(const struct cmd *cmd, FILE *out)
{
	(void)fprintf(out, "usage: " PROGRAM " %s%s%s%s\n%c%s.\n\n", cmd->name,
		      cmd->opts[0].name ? " [OPTION...]" : "",
		      cmd->args[0] ? " " : "", cmd->args,
		      cmd->summary[0] - 'a' + 'A', cmd->summary + 1);
	opt_help(out, cmd->opts);
	(void)fprintf(out, "      --help           show this help\n");
}

static int usage(const struct cmd *cmd, struct err *err)
{
	return err_hint(err, "see '" PROGRAM " %s --help'", cmd->name);
}

int cmd_parse(const struct cmd *cmd, int argc, char **argv, int min, int max,
	      opt_fn *set, void *ctx, struct err *err)
{
	int first = opt_parse(cmd->opts, argc, argv, true, set, ctx, err);

	if (first < 0)
		return err->hint[0] ? -1 : usage(cmd, err);
	if (argc - first < min || (max >= 0 && argc - first > max)) {
		(void)err_set(err, EXIT_USAGE, "run", cmd->name,
			      argc - first < min ? "an argument is missing"
						 : "too many arguments");
		return usage(cmd, err);
	}
	return first;
}

int cmd_state(struct err *err)
{
	if (geteuid() != 0) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "open", "the sandboxes",
			      "this needs root");
		return err_hint(err, "run it with sudo");
	}
	return record_open_dir(err);
}

int cmd_ours(struct err *err)
{
	if (err->code == EXIT_FAILED || err->code == EXIT_TIMEOUT)
		err->code = EXIT_LAUNCH;
	return err->code;
}

static const struct cmd *find(const char *name)
{
	for (const struct cmd *const *c = cmds; *c; c++)
		if (str_eq((*c)->name, name))
			return *c;
	return NULL;
}

static int unknown(const char *name, struct err *err)
{
	const char *names[ARRAY_LEN(cmds)] = { NULL }, *near;

	for (size_t i = 0; cmds[i]; i++)
		names[i] = cmds[i]->name;
	near = str_nearest(name, names);
	(void)err_set(err, EXIT_USAGE, "run", name, "no such command");
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	else
		(void)err_hint(err, "see '" PROGRAM " --help'");
	return EXIT_USAGE;
}

/* Whatever the caller left us - descriptors, dispositions, umask - is not for
 * the sandbox. */
static int clean_birth(struct err *err)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int rc;

	umask(022);
	for (int s = 1; s < NSIG; s++)
		(void)sigaction(s, &dfl, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	rc = fd_fill_stdio();
	if (rc == 0 && close_range(3, ~0u, 0) < 0)
		rc = -errno;
	if (rc == 0)
		rc = fd_reserve(INIT_FD_PLAN);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "set up", "descriptors",
				      rc)
		      : 0;
}

/* Anywhere among a command's own words. */
static bool asks_help(int argc, char **argv)
{
	for (int i = 2; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h"))
			return true;
	return false;
}

static int dispatch(int argc, char **argv, struct err *err)
{
	const struct cmd *cmd;

	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") ||
	    str_eq(argv[1], "help")) {
		help(stdout);
		return EXIT_DONE;
	}
	if (str_eq(argv[1], "--version")) {
		(void)printf(PROGRAM " " VERSION "\n");
		return EXIT_DONE;
	}
	cmd = find(argv[1]);
	if (!cmd)
		return unknown(argv[1], err);
	if (asks_help(argc, argv)) {
		command_help(cmd, stdout);
		return EXIT_DONE;
	}
	return cmd->run(argc - 1, argv + 1, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int code = EXIT_FAILED;

	if (clean_birth(&err) == 0)
		code = dispatch(argc, argv, &err);
	if (err.code) {
		err_print(stderr, PROGRAM, &err);
		code = err.code;
	}
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_DONE) {
		(void)fprintf(stderr, PROGRAM ": write to stdout: %s\n",
			      strerror(errno));
		code = EXIT_FAILED;
	}
	return code;
}
