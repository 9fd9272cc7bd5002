#include "cmd/follow.h"

#include "base/fd.h"
#include "base/str.h"
#include "cmd/cmd.h"

static bool pass_signal(void *ctx, int signo)
{
	struct follow *f = ctx;
	struct client_msg msg = { .type = CLIENT_SIGNAL, .value = signo };

	f->signo = signo;
	if (!f->guest)
		client_send(f->sock, &msg);
	return f->guest;
}

/* The name is free, and the lock, when the monitor is gone. */
static void wait_gone(const struct follow *f)
{
	struct client_msg msg;

	while (client_receive(f->sock, &msg))
		;
}

static void warn(struct follow *f)
{
	progress_erase(&f->starting);
	err_warn(PROGRAM, "%s", f->last.detail);
}

static bool start_told(void *ctx)
{
	struct follow *f = ctx;

	if (!client_receive_fd(f->sock, &f->last, &f->master))
		f->lost = true;
	else if (f->last.type == CLIENT_STAGE)
		f->starting.stage = f->last.reason;
	else if (f->last.type == CLIENT_WARNING)
		warn(f);
	return f->lost || f->last.type == CLIENT_STARTED ||
	       f->last.type == CLIENT_FAILED;
}

static int monitor_died(const struct follow *f, struct err *err)
{
	(void)err_set(err, EXIT_LAUNCH, "run", f->name,
		      "its monitor died; the sandbox is ended");
	return err_hint(err, "'sandboxd gc' clears what is left");
}

int follow_start(struct follow *f, struct relay *relay, struct err *err)
{
	static const struct relay_ops ops = { start_told, pass_signal };

	const struct patience patience = { progress_tick, &f->starting };
	int rc;

	f->starting = (struct progress)PROGRESS("starting", f->name);
	rc = relay_wait(relay, f->sock, &ops, f, &patience, err);
	progress_erase(&f->starting);
	if (rc < 0)
		return -1;
	if (f->lost)
		return monitor_died(f, err);
	if (f->last.type != CLIENT_FAILED)
		return 0;
	*err = f->last.err;
	wait_gone(f);
	return -1;
}

static bool end_told(void *ctx)
{
	struct follow *f = ctx;

	if (!client_receive(f->sock, &f->last)) {
		f->lost = true;
		return true;
	}
	if (f->last.type != CLIENT_ENDED)
		return false;
	f->code = f->last.value;
	wait_gone(f);
	return true;
}

/* Only what the exit code cannot say is worth a line. */
static void explain(const struct follow *f)
{
	const struct client_msg *msg = &f->last;

	if (str_eq(msg->reason, "oom") || str_eq(msg->reason, "init-died") ||
	    str_eq(msg->reason, "display-died") ||
	    str_eq(msg->reason, "timeout"))
		err_warn(PROGRAM, "sandbox '%s' ended: %s", f->name,
			 msg->detail);
	if (msg->err.code)
		err_warn(PROGRAM, "%s '%s': %s; 'sandboxd gc' tries again",
			 msg->err.what, msg->err.object, msg->err.cause);
}

static int let_go(const struct follow *f)
{
	struct client_msg msg = { .type = CLIENT_DETACH };

	client_send(f->sock, &msg);
	wait_gone(f);
	(void)fprintf(stderr, "\n" PROGRAM ": detached; '" PROGRAM
		      " attach %s' comes back\n", f->name);
	return EXIT_DONE;
}

int follow_to_end(struct follow *f, struct relay *relay, struct err *err)
{
	static const struct relay_ops ops = { end_told, pass_signal };
	int rc = relay_run(relay, f->sock, &ops, f, err);

	if (rc < 0)
		return err->code;
	if (rc > 0)
		return let_go(f);
	if (f->lost)
		return monitor_died(f, err), err->code;
	if (f->last.type != CLIENT_ENDED)
		return EXIT_SIGNAL + f->signo;
	explain(f);
	return f->code;
}
