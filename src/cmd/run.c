#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "box/client.h"
#include "box/control.h"
#include "box/limits_rootless.h"
#include "box/monitor.h"
#include "box/relay.h"
#include "cmd/cmd.h"
#include "conf/profile.h"

struct run_options {
	bool detach;
	const char *name;
	char **sets;
};

static const struct opt opts[] = {
	{'d', "detach", NULL, "start it, print its name, and leave it running"},
	{'n', "name", "NEW", "call it NEW and keep its record when it ends"},
	{0, "set", "KEY=VALUE", "override section.key of the profile"},
	{0, "timeout", "DURATION", "stop it after that: sandbox.timeout"},
	{0},
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err UNUSED)
{
	struct run_options *o = ctx;

	if (str_eq(opt->name, "detach"))
		o->detach = true;
	else if (str_eq(opt->name, "name"))
		o->name = value;
	else if (str_eq(opt->name, "timeout"))
		strv_take(&o->sets, str_printf("sandbox.timeout=%s", value));
	else
		strv_add(&o->sets, value);
	return 0;
}

/* --- attached ------------------------------------------------------------ */

struct attached {
	int sock;
	const char *name;
	int code; /* -1: not ended yet */
	struct err *err;
};

static void send_signal(void *ctx, int signo)
{
	struct attached *a = ctx;
	struct client_msg msg = { .type = CLIENT_SIGNAL, .value = signo };

	client_send(a->sock, &msg);
}

/* Only what the exit code cannot say is worth a line. */
static void explain(const struct attached *a, const struct client_msg *msg)
{
	if (str_eq(msg->reason, "oom") || str_eq(msg->reason, "init-died") ||
	    str_eq(msg->reason, "display-died") ||
	    str_eq(msg->reason, "timeout"))
		err_warn(PROGRAM, "sandbox '%s' ended: %s", a->name,
			 msg->detail);
	if (msg->err.code)
		err_warn(PROGRAM, "%s '%s': %s; 'sandboxd gc' tries again",
			 msg->err.what, msg->err.object, msg->err.cause);
}

static bool message_ready(void *ctx)
{
	struct attached *a = ctx;
	struct client_msg msg;

	if (!client_receive(a->sock, &msg)) {
		a->code = EXIT_LAUNCH;
		(void)err_set(a->err, EXIT_LAUNCH, "run", a->name,
			      "its monitor died; the sandbox is ended");
		(void)err_hint(a->err, "'sandboxd gc' clears what is left");
		return true;
	}
	if (msg.type == CLIENT_FAILED) {
		*a->err = msg.err;
		a->code = msg.err.code;
	} else if (msg.type == CLIENT_ENDED) {
		explain(a, &msg);
		a->code = msg.value;
	} else {
		return false;
	}
	/* The name is free, and the lock, when the monitor is gone. */
	while (client_receive(a->sock, &msg))
		;
	return true;
}

static int attach(int sock, const char *name, struct relay *relay,
		  struct err *err)
{
	static const struct relay_ops ops = { message_ready, send_signal };
	struct attached a = {
		.sock = sock, .name = name, .code = -1, .err = err};

	if (relay_run(relay, sock, &ops, &a, err) < 0)
		return err->code;
	return a.code;
}

static int run_attached(struct monitor_start *start, struct err *err)
{
	struct relay relay;
	int sock, code;

	if (relay_open(&relay, err) < 0)
		return err->code;
	memcpy(start->stdio, relay.guest, sizeof(start->stdio));
	memcpy(start->caller, relay.host, sizeof(start->caller));
	start->foreground = true;
	sock = monitor_spawn(start, err);
	relay_close_guest(&relay);
	code = sock < 0 ? err->code : attach(sock, start->name, &relay, err);
	relay_close(&relay);
	return code;
}

/* --- detached --------------------------------------------------------- */

static bool started(void *ctx)
{
	struct attached *a = ctx;
	struct client_msg msg;

	if (!client_receive(a->sock, &msg))
		(void)err_set(a->err, EXIT_LAUNCH, "run", a->name,
			      "its monitor died");
	else if (msg.type == CLIENT_FAILED)
		*a->err = msg.err;
	return true;
}

/* A signal during the start ends it; afterwards there is nobody left here to
 * be signalled. */
static int wait_started(int sock, const char *name, struct err *err)
{
	static const struct relay_ops ops = { started, send_signal };
	struct attached a = { .sock = sock, .name = name, .err = err };

	if (relay_run(NULL, sock, &ops, &a, err) < 0 || err->code)
		return err->code;
	(void)printf("%s\n", name);
	return EXIT_DONE;
}

static int run_detached(struct monitor_start *start, struct err *err)
{
	int out[2], sock, code;

	if (pipe2(out, O_CLOEXEC) < 0)
		return err_set_errno(err, EXIT_LAUNCH, "make", "a pipe", errno);
	start->stdio[1] = start->stdio[2] = out[1];
	start->payload_log = out[0];
	sock = monitor_spawn(start, err);
	close(out[0]);
	close(out[1]);
	if (sock < 0)
		return err->code;
	code = wait_started(sock, start->name, err);
	close(sock);
	return code;
}

/* What a user should know of before he relies on it. */
static void warn_of_losses(const struct profile *p)
{
	CLEANUP_STRV char **lost = limits_rootless_lost(p);
	CLEANUP_BUF struct buf text = { 0 };

	for (char **l = lost; l && *l; l++)
		buf_printf(&text, "%s%s", text.len ? ", " : "", *l);
	if (text.len)
		err_warn(PROGRAM, "not enforced for an ordinary user: %s",
			 text.data);
}

static int run_profile(const struct profile *p, const struct run_options *o,
		       char **command, struct err *err)
{
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

	if (monitor_check(&start, err) < 0)
		return err->code;
	warn_of_losses(p);
	statefd = cmd_state(err);
	if (statefd < 0)
		return err->code;
	/* What a killed monitor left is not this command's failure. */
	if (control_sweep(statefd, false, &swept) < 0)
		err_warn(PROGRAM, "%s '%s': %s, going on", swept.what,
			 swept.object, swept.cause);
	close(statefd);
	return o->detach ? run_detached(&start, err)
			 : run_attached(&start, err);
}

static int run(int argc, char **argv, struct err *err)
{
	struct run_options o = { 0 };
	struct profile p = { 0 };
	int first = cmd_parse(&cmd_run, argc, argv, 1, -1, set_option, &o, err);
	int code = EXIT_USAGE;

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
