#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/enter.h"
#include "box/enter_host.h"
#include "box/relay.h"
#include "cmd/cmd.h"
#include "conf/profile.h"

struct exec_options {
	enum console_want terminal;
	char **env;
	struct enter what;
	int namespaces;    /* 0: inside, in all of them */
	const char *other; /* name of an option that means a program inside */
};

static const struct opt opts[] = {
	{ 'd', "detach", NULL, "print its pid inside and leave it running" },
	{ 'e', "env", "NAME=VALUE", "set a variable; may be repeated" },
	{ 'u', "user", "USER", "be the agent, nobody, UID or UID:GID" },
	{ 'w', "workdir", "DIR", "start in DIR" },
	{ 't', "tty", NULL, "give it a terminal, even from a script" },
	{ 'T', "no-tty", NULL, "give it pipes, even on a terminal" },
	{ 'N', "namespaces", "KIND,...", "run a program of the host, in these "
		"namespaces only: for root, and outside the walls" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct exec_options *o = ctx;

	if (opt->letter != 'N')
		o->other = opt->name;
	switch (opt->letter) {
	case 'N':
		return enter_host_parse(value, &o->namespaces, err);
	case 'd':
		o->what.detach = true;
		return 0;
	case 'e':
		return profile_set_env(&o->env, value, err);
	case 'u':
		o->what.user = value;
		return 0;
	case 'w':
		o->what.workdir = value;
		return 0;
	default:
		o->terminal = opt->letter == 't' ? CONSOLE_YES : CONSOLE_NO;
		return 0;
	}
}

struct joined {
	int pidfd;
	int code;
};

static bool ended(void *ctx)
{
	struct joined *j = ctx;
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)j->pidfd, &info, WEXITED) < 0 &&
	    errno == EINTR)
		return false;
	j->code = info.si_code == CLD_EXITED ? info.si_status :
					       EXIT_SIGNAL + info.si_status;
	return true;
}

static bool send_signal(void *ctx, int signo)
{
	struct joined *j = ctx;

	(void)pidfd_send_signal(j->pidfd, signo, NULL, 0);
	return false;
}

static int relay(struct relay *relay, struct entered *in, struct err *err)
{
	static const struct relay_ops ops = { ended, send_signal };
	struct console console = { .pass_end = true };
	struct joined j = { .pidfd = in->pidfd, .code = EXIT_LAUNCH };

	if (in->master >= 0 &&
	    relay_set_terminal(relay, &console, take_fd(&in->master), err) < 0)
		return err->code;
	if (relay_run(relay, in->pidfd, &ops, &j, err) < 0)
		return err->code;
	return j.code;
}

static int start(int statefd, const char *name, const struct enter *what,
		 struct entered *in, struct err *err)
{
	int rc = enter_start(statefd, name, what, in, err);

	if (in->kept[0])
		err_warn(PROGRAM, "%s", in->kept);
	return rc;
}

static int enter(int statefd, const char *name, struct enter *what,
		 struct err *err)
{
	struct entered in;
	struct relay r;
	int code;

	if (relay_open(&r, !what->terminal, err) < 0)
		return err->code;
	memcpy(what->stdio, r.guest, sizeof(what->stdio));
	(void)start(statefd, name, what, &in, err);
	relay_close_guest(&r);
	code = in.pidfd < 0 ? err->code : relay(&r, &in, err);
	relay_close(&r);
	fd_close(&in.pidfd);
	fd_close(&in.master);
	fd_close(&in.peer);
	return code;
}

/* Streams are nobody's: what it prints goes nowhere. */
static int enter_detached(int statefd, const char *name, struct enter *what,
			  struct err *err)
{
	struct entered in;

	if (what->terminal) {
		(void)err_set(err, EXIT_USAGE, "detach", name,
			      "nobody could show its terminal");
		return err_hint(err, "leave out -t, or -d"), err->code;
	}
	what->stdio[0] = what->stdio[1] = what->stdio[2] = -1;
	if (start(statefd, name, what, &in, err) < 0)
		return err->code;
	(void)printf("%d\n", in.inside);
	return EXIT_DONE;
}

static int run_host(int statefd, const char *name,
		    const struct exec_options *o, struct err *err)
{
	char *const *command = o->what.command;
	pid_t pid;

	if (o->other) {
		CLEANUP_FREE char *shown = str_printf("--%s", o->other);

		(void)err_set(err, EXIT_USAGE, "use option", shown,
			      "not together with --namespaces");
		(void)err_hint(err, "a program of the host has the caller's "
			       "user, directory, environment and streams");
		return err->code;
	}
	if (enter_host_join(statefd, name, o->namespaces, err) < 0)
		return err->code;
	if (isatty(2))
		err_warn(PROGRAM, "'%s' runs outside the walls, with the "
			 "host's files, as root", command[0]);
	pid = enter_host_run(o->namespaces, command, err);
	return pid < 0 ? err->code : enter_host_wait(pid);
}

static int run_inside(int statefd, const char *name,
		      const struct exec_options *o, struct err *err)
{
	struct enter what = o->what;
	struct terminal terminal;

	if (console_wanted(o->terminal, what.detach)) {
		console_describe(&terminal);
		what.terminal = &terminal;
	}
	what.env = o->env;
	return what.detach ? enter_detached(statefd, name, &what, err) :
			     enter(statefd, name, &what, err);
}

static int run(int argc, char **argv, struct err *err)
{
	struct exec_options o = { 0 };
	int first = cmd_parse(&cmd_exec, argc, argv, 2, -1, set_option, &o,
			      err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);
	int code = EXIT_LAUNCH;

	o.what.command = argv + first + 1;
	if (statefd >= 0)
		code = o.namespaces ? run_host(statefd, argv[first], &o, err) :
				      run_inside(statefd, argv[first], &o, err);
	strv_free(o.env);
	return err->code ? cmd_ours(err) : code;
}

const struct cmd cmd_exec = {
	"exec", "NAME -- COMMAND [ARG...]",
	"run another program in a running sandbox", opts, run,
};
