#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/control.h"
#include "box/monitor.h"
#include "cmd/check.h"
#include "cmd/cmd.h"
#include "cmd/follow.h"
#include "conf/profile.h"

struct run_options {
	bool detach;
	const char *name;
	char **sets;
	enum console_want terminal;
	struct console console;
};

static const struct opt opts[] = {
	{'d', "detach", NULL, "start it, print its name, and leave it running"},
	{'n', "name", "NEW", "call it NEW and keep its record when it ends"},
	{'t', "tty", NULL, "give it a terminal, even from a script"},
	{'T', "no-tty", NULL, "give it pipes, even on a terminal"},
	{0, "detach-keys", "KEYS", "let go with KEYS, not " CONSOLE_KEYS},
	{0, "set", "KEY=VALUE", "override section.key of the profile"},
	{0, "timeout", "DURATION", "stop it after that: sandbox.timeout"},
	{0},
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct run_options *o = ctx;

	if (str_eq(opt->name, "detach"))
		o->detach = true;
	else if (str_eq(opt->name, "name"))
		o->name = value;
	else if (str_eq(opt->name, "timeout"))
		strv_take(&o->sets, str_printf("sandbox.timeout=%s", value));
	else if (str_eq(opt->name, "tty"))
		o->terminal = CONSOLE_YES;
	else if (str_eq(opt->name, "no-tty"))
		o->terminal = CONSOLE_NO;
	else if (str_eq(opt->name, "detach-keys"))
		return console_set_keys(&o->console, value, err);
	else
		strv_add(&o->sets, value);
	return 0;
}

/* What of the streams goes on when the monitor has been forked. */
static int run_started(struct follow *f, struct relay *relay,
		       struct console *console, struct err *err)
{
	if (follow_start(f, relay, err) < 0)
		return err->code;
	if (f->master >= 0 &&
	    relay_set_terminal(relay, console, take_fd(&f->master), err) < 0)
		return err->code;
	/* It may have changed since the guest's was made. */
	if (relay->console)
		console_resize(relay->host[1]);
	return follow_to_end(f, relay, err);
}

static int run_attached(struct monitor_start *start, struct console *console,
			struct err *err)
{
	struct follow f = FOLLOW_INIT(start->name);
	struct relay relay;
	int code;

	if (relay_open(&relay, !start->terminal, err) < 0)
		return err->code;
	memcpy(start->stdio, relay.guest, sizeof(start->stdio));
	memcpy(start->caller, relay.host, sizeof(start->caller));
	start->foreground = true;
	f.sock = monitor_spawn(start, box_stages, box_nstages, err);
	relay_close_guest(&relay);
	code = f.sock < 0 ? err->code : run_started(&f, &relay, console, err);
	relay_close(&relay);
	return code;
}

static int wait_started(int sock, const char *name, struct err *err)
{
	struct follow f = FOLLOW_INIT(name);
	struct relay none;
	int rc;

	relay_init(&none);
	f.sock = sock;
	rc = follow_start(&f, &none, err);
	relay_close(&none);
	fd_close(&f.sock);
	if (rc == 0)
		(void)printf("%s\n", name);
	return rc < 0 ? err->code : EXIT_DONE;
}

/* Input is /dev/null, output goes to the log; or both to a terminal that
 * `attach` shows. */
static int run_detached(struct monitor_start *start, struct err *err)
{
	int out[2] = { -1, -1 };
	int sock;

	if (!start->terminal) {
		if (pipe2(out, O_CLOEXEC) < 0)
			return err_set_errno(err, EXIT_LAUNCH, "make", "a pipe",
					     errno), err->code;
		start->stdio[1] = start->stdio[2] = out[1];
		start->payload_log = out[0];
	}
	sock = monitor_spawn(start, box_stages, box_nstages, err);
	fd_close(&out[0]);
	fd_close(&out[1]);
	return sock < 0 ? err->code : wait_started(sock, start->name, err);
}

static int run_profile(const struct profile *p, struct run_options *o,
		       char **command, struct err *err)
{
	struct terminal terminal;
	struct monitor_start start = {
		.profile = p,
		.name = p->sandbox.name,
		.command = command[0] ? command : p->sandbox.command,
		.keep = o->detach || o->name,
		.stdio = { -1, -1, -1 },
		.caller = { -1, -1, -1 },
		.payload_log = -1,
	};
	struct err swept = ERR_INIT;
	int statefd;

	if (console_wanted(o->terminal, o->detach)) {
		console_describe(&terminal);
		start.terminal = &terminal;
	}
	if (monitor_check(&start, err) < 0 || check_before_run(p, err) < 0)
		return err->code;
	statefd = cmd_state(err);
	if (statefd < 0)
		return err->code;
	/* What a killed monitor left is not this command's failure. */
	if (control_sweep(statefd, false, &swept) < 0)
		err_warn(PROGRAM, "%s '%s': %s, going on", swept.what,
			 swept.object, swept.cause);
	close(statefd);
	return o->detach ? run_detached(&start, err)
			 : run_attached(&start, &o->console, err);
}

static int run(int argc, char **argv, struct err *err)
{
	struct run_options o = { .console = { .pass_end = true } };
	struct profile p = { 0 };
	int code = EXIT_USAGE, first;

	(void)console_set_keys(&o.console, CONSOLE_KEYS, err);
	first = cmd_parse(&cmd_run, argc, argv, 1, -1, set_option, &o, err);
	if (first >= 0 && cmd_load_profile(&p, argv[first], o.sets, o.name,
					   err) == 0)
		code = run_profile(&p, &o, argv + first + 1, err);
	profile_finish(&p);
	strv_free(o.sets);
	return err->code ? cmd_ours(err) : code;
}

const struct cmd cmd_run = {
	"run", "PROFILE [-- COMMAND [ARG...]]",
	"start a sandbox and run a program in it", opts, run,
};
