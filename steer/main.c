/*
 * steer - pictures of a sandboxed desktop and input to it, from the host.
 *
 * Two processes (session.h): this one is trusted and never parses a byte that
 * a display sent; the other one does nothing else and has nothing to lose.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/complete.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/opt.h"
#include "base/str.h"
#include "sandboxd/layout.h"
#include "steer/action.h"
#include "steer/answer.h"
#include "steer/complete.h"
#include "steer/session.h"
#include "steer/target.h"
#include "steer/timeout.h"
#include "steer/watchwm.h"

#define HELP_LEFT 20

struct options {
	struct target target;
	struct invocation inv;
	bool json, help, version;
};

static const struct opt global_opts[] = {
	{ 's', "sandbox", "NAME", "the sandbox; not needed when one runs" },
	{ 0, "timeout", "SECONDS", "for all of it; 5, and 10 for wait" },
	{ 0, "socket", "PATH", "the X server at this socket instead" },
	{ 0, "cookie", "FILE", "16 bytes that it wants (with --socket)" },
	{ 0, "json", NULL, "answer with one object of JSON, errors too" },
	{ 'h', "help", NULL, "print this; after an action, its options" },
	{ 0, "version", NULL, "print the version" },
	{ 0 },
};

#define OPTS_MAX (ARRAY_LEN(global_opts) + 4)

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct options *o = ctx;
	char *word = (char *)(uintptr_t)value; /* of argv */

	if (str_eq(opt->name, "sandbox"))
		o->target.sandbox = word;
	else if (str_eq(opt->name, "socket"))
		o->target.socket = word;
	else if (str_eq(opt->name, "cookie"))
		o->target.cookie = word;
	else if (str_eq(opt->name, "json"))
		o->json = true;
	else if (str_eq(opt->name, "help"))
		o->help = true;
	else if (str_eq(opt->name, "version"))
		o->version = true;
	else if (str_eq(opt->name, "timeout"))
		return timeout_parse(value, &o->inv.timeout_ms, err);
	else
		return action_set_option(&o->inv, opt, value, err);
	return 0;
}

static void print_help(void)
{
	(void)puts("usage: steer [OPTION]... ACTION [ARGUMENT]...\n"
		   "Look at a sandboxed desktop and send it input.\n\n"
		   "Actions:");
	for (const struct action *a = actions; a->name; a++) {
		CLEANUP_FREE char *synopsis = action_synopsis(a, false);

		if (strlen(synopsis) > HELP_LEFT)
			(void)printf("  %s\n  %*s   ", synopsis, HELP_LEFT, "");
		else
			(void)printf("  %-*s   ", HELP_LEFT, synopsis);
		(void)puts(a->help);
	}
	(void)printf("\nShell:\n  %s %s\n  %*s   %s\n", COMPLETE_NAME,
		     COMPLETE_ARGS, HELP_LEFT, "", COMPLETE_HELP);
	(void)puts("\nOptions:");
	opt_help(stdout, global_opts);
}

/* An action's own options and everybody's. */
static void all_opts(const struct action *a, struct opt opts[OPTS_MAX])
{
	size_t n = 0;

	for (const struct opt *own = a->opts; own && own->name;)
		opts[n++] = *own++;
	memcpy(opts + n, global_opts, sizeof(global_opts));
}

static void print_action_help(const struct action *a)
{
	CLEANUP_FREE char *synopsis = action_synopsis(a, true);
	struct opt opts[OPTS_MAX] = { 0 };

	(void)printf("usage: steer [OPTION]... %s\n%s\n\nOptions:\n",
		     synopsis, a->help);
	all_opts(a, opts);
	opt_help(stdout, opts);
}

static int check_options(const struct options *o, struct err *err)
{
	if (!o->json || !o->inv.output || !str_eq(o->inv.output, "-"))
		return 0;
	return err_set(err, EXIT_USAGE, "read the command line", NULL,
		       "--json and a picture exclude each other on standard "
		       "output");
}

static int check_target(const struct target *t, struct err *err)
{
	if (t->socket && t->sandbox)
		return err_set(err, EXIT_USAGE, "read the command line", NULL,
			       "--sandbox and --socket exclude each other");
	if (t->cookie && !t->socket)
		return err_set(err, EXIT_USAGE, "read the command line", NULL,
			       "--cookie needs --socket");
	return 0;
}

/* After the action its own options are known as well. */
static int read_action(struct options *o, int argc, char **argv,
		       struct err *err)
{
	struct opt opts[OPTS_MAX] = { 0 };
	int first;

	o->inv.action = action_find(argv[0], err);
	if (!o->inv.action)
		return -1;
	all_opts(o->inv.action, opts);
	first = opt_parse(opts, argc, argv, true, set_option, o, err);
	if (first < 0)
		return -1;
	if (o->help || o->version)
		return 0;
	if (action_read_args(&o->inv, argc - first, argv + first, err) < 0)
		return -1;
	if (check_options(o, err) < 0)
		return -1;
	return check_target(&o->target, err);
}

static int read_command_line(struct options *o, int argc, char **argv,
			     struct err *err)
{
	int first = opt_parse(global_opts, argc, argv, false, set_option, o,
			      err);

	if (first < 0)
		return -1;
	if (first < argc)
		return read_action(o, argc - first, argv + first, err);
	if (o->help || o->version)
		return 0;
	err_set(err, EXIT_USAGE, "read the command line", NULL,
		"an action is missing");
	return err_hint(err, "steer --help lists them");
}

static int flush_stdout(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set_errno(err, EXIT_FAILED, "write", "-", errno);
}

/* The two faces of one answer. */
static int say(const struct options *o, const json_t *out, struct err *err)
{
	if (o->json)
		answer_print(out);
	else if (o->inv.action->text)
		o->inv.action->text(&o->inv, out);
	return flush_stdout(err);
}

static int run(struct options *o, struct err *err)
{
	const struct action *a = o->inv.action;
	uint64_t ms = o->inv.timeout_ms ? o->inv.timeout_ms : a->timeout_ms;
	json_t *out = answer_new(true);
	struct session s;
	int rc = session_open(&s, &o->target, clock_ms() + (int64_t)ms, err);

	if (rc == 0)
		rc = a->run(&o->inv, &s, out, err);
	if (rc < 0)
		session_blame(&s, err);
	session_close(&s);
	if (rc == 0)
		rc = say(o, out, err);
	json_decref(out);
	return rc;
}

/* A mistake in front of it must not hide it. */
static bool wants_json(char **argv)
{
	for (; *argv && !str_eq(*argv, "--"); argv++)
		if (str_eq(*argv, "--json"))
			return true;
	return false;
}

static void report(bool json, const struct err *err)
{
	if (json)
		answer_print_error(err);
	else
		err_print(stderr, "steer", err);
}

/* So that a shell sees what ended us, and stops its loop too. */
static void die_of(int signo)
{
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = ERR_INIT;
	bool json;

	if (fd_fill_stdio() < 0)
		return EXIT_FAILED;
	if (argc > 1 && str_eq(argv[1], "watch-wm"))
		return watchwm_main(argc - 1, argv + 1);
	json = wants_json(argv);
	if (argc > 1 && str_eq(argv[1], COMPLETE_NAME)) {
		(void)complete_actions(global_opts, argc - 2, argv + 2, &err);
		(void)flush_stdout(&err);
	} else if (read_command_line(&o, argc, argv, &err) == 0) {
		if (o.help && o.inv.action)
			print_action_help(o.inv.action);
		else if (o.help)
			print_help();
		else if (o.version)
			(void)puts("steer " VERSION);
		else
			(void)run(&o, &err);
	}
	action_finish(&o.inv);
	if (err.code > EXIT_SIGNAL)
		die_of(err.code - EXIT_SIGNAL);
	if (err.code)
		report(json, &err);
	return err.code;
}
