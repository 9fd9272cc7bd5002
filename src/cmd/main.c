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
#include "sandboxd/layout.h"

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
	return record_open_dir(err);
}

int cmd_ours(struct err *err)
{
	if (err->code == EXIT_FAILED || err->code == EXIT_TIMEOUT)
		err->code = EXIT_LAUNCH;
	return err->code;
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
	/* Without the call no sandbox is made or entered (sys/calls.h). */
	if (rc == 0 && close_range(3, ~0u, 0) < 0 && errno != ENOSYS)
		rc = -errno;
	if (rc == 0)
		rc = fd_reserve(INIT_FD_PLAN);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "set up", "descriptors",
				      rc)
		      : 0;
}

static bool is_help(const char *word)
{
	return str_eq(word, "--help") || str_eq(word, "-h");
}

/* Anywhere among a command's own words. */
static bool asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && !str_eq(argv[i], "--"); i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static int dispatch(int argc, char **argv, struct err *err)
{
	const struct cmd *cmd;
	int used;

	if (argc < 2) {
		cmd_help_all(stderr);
		return EXIT_USAGE;
	}
	if (is_help(argv[1])) {
		cmd_help_all(stdout);
		return EXIT_DONE;
	}
	if (str_eq(argv[1], "--version")) {
		(void)printf(PROGRAM " " VERSION "\n");
		return EXIT_DONE;
	}
	cmd = cmd_find(argc - 1, argv + 1, &used);
	if (!cmd && asks_help(argc - 2, argv + 2) &&
	    cmd_help_begun(1, argv + 1, stdout))
		return EXIT_DONE;
	if (!cmd)
		return cmd_unknown(argc - 1, argv + 1, err);
	if (asks_help(argc - 1 - used, argv + 1 + used)) {
		cmd_help_one(cmd, stdout);
		return EXIT_DONE;
	}
	return cmd->run(argc - used, argv + used, err);
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
