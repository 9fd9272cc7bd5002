/*
 * Theory of operation.
 *
 * The monitor walks up the stage table, then waits for one of:
 *   the payload ends            -> the sandbox ends, with its status
 *   a stop (SIGTERM)            -> payload, window manager, X server, in order
 *   its time is over            -> the same, with status 124
 *   the foreground command dies -> the same, unless it had let go
 *   the desktop dies            -> the same, and the record says so; or it is
 *                                  started anew (display.restart)
 *   SIGQUIT                     -> all is killed
 *   PID 1 dies                  -> all is dead already
 * and walks down again. On the way it keeps the log, passes signals on and
 * lends the payload's terminal (attach.h). Everything that could be left
 * behind is named in the record before it exists, so `sandboxd gc` can do the
 * same when the monitor itself is killed.
 */
#include "box/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/str.h"
#include "box/attach.h"
#include "box/client.h"
#include "box/delegate.h"
#include "box/desktop.h"
#include "box/event.h"
#include "box/layers.h"
#include "box/limits.h"
#include "box/oom.h"
#include "box/program.h"
#include "box/rootless.h"
#include "box/services.h"
#include "box/walls.h"
#include "conf/dirs.h"
#include "sys/ns.h"

/* After the payload's grace init gives the window manager and the X server a
 * moment each; then it is we who end it. */
#define INIT_GRACE_MS 5000
#define KILL_WAIT_MS 10000
#define QUICK_END_MS 50
#define CAUSE_WAIT_MS 100

int monitor_check(const struct monitor_start *start, struct err *err)
{
	if (!start->command || !start->command[0] || !start->command[0][0]) {
		(void)err_set(err, EXIT_USAGE, "start", start->name,
			      "there is no command to run");
		return err_hint(err, "give one after '--', or set [sandbox] "
				"command in the profile");
	}
	if (walls_check_calls(err) < 0 ||
	    (rootless() && rootless_check(err) < 0))
		return -1;
	return desktop_check_host(start->profile, err);
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigfillset(&set);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, EVENT_KILL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* --- the end ------------------------------------------------------------- */

/* How it ended, as the record says it. The first cause stands; what somebody
 * asked for has no other. */
static void set_end(struct box *box, int code, const char *reason,
		    const char *fmt, ...) PRINTF_LIKE(4, 5);
static void set_end(struct box *box, int code, const char *reason,
		    const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (box->rec.exit_code >= 0)
		return;
	if (box->stop_asked)
		reason = "stopped";
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_clean_text(text);
	box->rec.exit_code = code;
	(void)snprintf(box->rec.reason, sizeof(box->rec.reason), "%s", reason);
	free(box->rec.detail);
	box->rec.detail = str_dup(text);
	log_printf(&box->log, "%s (%s, exit code %d)", text, reason, code);
}

static void payload_ended(struct box *box, int status)
{
	bool oom = oom_count(box);
	int code = WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) :
					 WEXITSTATUS(status);

	if (oom && code == EXIT_SIGNAL + SIGKILL)
		set_end(box, code, "oom", "memory ran out (%llu killed)",
			(unsigned long long)box->rec.oom_kills);
	else if (WIFSIGNALED(status))
		set_end(box, code, "signal", "killed by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		set_end(box, code, "exited", "exited with status %d", code);
}

static void init_ended(struct box *box, int status)
{
	if (oom_count(box))
		set_end(box, EXIT_SIGNAL + SIGKILL, "oom",
			"memory ran out and init was killed");
	else if (WIFSIGNALED(status))
		set_end(box, EXIT_SIGNAL + WTERMSIG(status), "init-died",
			"init was killed by signal %d", WTERMSIG(status));
	else
		set_end(box, WEXITSTATUS(status), "init-died",
			"init ended by itself with status %d",
			WEXITSTATUS(status));
}

static void timed_out(struct box *box)
{
	CLEANUP_FREE char *limit =
		parse_time_text(box->profile->sandbox.timeout);

	set_end(box, EXIT_TIMEOUT, "timeout",
		"it ran for sandbox.timeout = %s", limit);
}

/* A window manager dies of its server's death, and may be quicker: the
 * server's own end is the news. */
static void find_cause(struct box *box, struct init_msg *msg)
{
	struct event e;

	if (msg->service != PLAN_WM)
		return;
	event_wait(box, clock_ms() + CAUSE_WAIT_MS, &e);
	if (e.type == EVENT_INIT && e.msg.type == INIT_EXITED &&
	    e.msg.service == PLAN_DISPLAY)
		*msg = e.msg;
}

static void desktop_ended(struct box *box, const struct init_msg *first)
{
	struct init_msg found = *first, *msg = &found;
	const char *who;
	int status;

	find_cause(box, msg);
	who = services_name(box, msg->service);
	status = msg->value;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	    oom_count(box))
		set_end(box, EXIT_SIGNAL + SIGKILL, "oom",
			"memory ran out and %s was killed", who);
	else if (WIFSIGNALED(status))
		set_end(box, EXIT_DISPLAY, "display-died",
			"%s was killed by signal %d", who, WTERMSIG(status));
	else
		set_end(box, EXIT_DISPLAY, "display-died",
			"%s ended with status %d; the desktop's last words: %s",
			who, WEXITSTATUS(status),
			box->last_words[0] ? box->last_words : "none");
}

static void tell_init(struct box *box, enum init_msg_type type, int value)
{
	struct init_msg msg = {
		.version = PLAN_VERSION, .type = type, .service = -1,
		.value = value,
	};

	/* If init is gone its end is the next event. */
	if (box->control >= 0)
		(void)!send(box->control, &msg, sizeof(msg), MSG_NOSIGNAL);
}

static void write_state(struct box *box, enum record_state state)
{
	struct err err = ERR_INIT;

	box->rec.state = state;
	if (record_write(box->statefd, &box->rec, &err) < 0)
		log_printf(&box->log, "%s: %s", err.what, err.cause);
}

/* Ends everything inside at once. PID 1 waits in the kernel for the last of
 * its namespace to be reaped, and one that joined it is reaped by a process of
 * the host, which somebody may have stopped. */
static void kill_inside(struct box *box)
{
	int64_t deadline = clock_ms() + KILL_WAIT_MS;
	struct event e;

	(void)cgroup_kill(&box->group[GROUP_BOX]);
	(void)ns_pidfd_signal(box->initfd, SIGKILL);
	do {
		event_wait(box, deadline, &e);
	} while (e.type != EVENT_DEAD && e.type != EVENT_TIMEOUT);
	if (e.type == EVENT_TIMEOUT)
		log_printf(&box->log, "init does not die");
}

/* The grace that a stop asks for. */
static int64_t grace_of(const struct box *box, const struct event *e)
{
	return e->type == EVENT_SIGNAL && e->arg > 0
		       ? e->arg - 1
		       : (int64_t)box->profile->sandbox.stop_timeout;
}

/* Asked again while it is ending: sooner, never later. */
static void hurry(struct box *box, const struct event *e, int64_t *deadline)
{
	int64_t grace = grace_of(box, e);
	int64_t sooner = clock_ms() + grace + INIT_GRACE_MS;

	tell_init(box, INIT_STOP, (int)grace);
	if (sooner < *deadline)
		*deadline = sooner;
}

/* Waits for PID 1 to end what it was told to: true when it did. Mostly that is
 * over before anybody could read in the record that it is ending. */
static bool wait_stopped(struct box *box, int64_t deadline)
{
	int64_t quick = clock_ms() + QUICK_END_MS;
	bool quickly = true;
	struct event e;

	for (;;) {
		event_wait(box, quickly ? quick : deadline, &e);
		if (e.type == EVENT_DEAD)
			return true;
		if (e.type == EVENT_SIGNAL && e.value == SIGQUIT)
			return false;
		if (e.type == EVENT_SIGNAL)
			hurry(box, &e, &deadline);
		if (e.type == EVENT_INIT && e.msg.type == INIT_EXITED &&
		    e.msg.service == PLAN_PAYLOAD)
			payload_ended(box, e.msg.value);
		if (e.type != EVENT_TIMEOUT)
			continue;
		if (!quickly)
			break;
		quickly = false;
		write_state(box, RECORD_STOPPING);
	}
	log_printf(&box->log, "init does not end: killing the group");
	return false;
}

/* Ends everything inside: in order, within `grace` ms and a little, or at
 * once. */
static void stop_inside(struct box *box, int64_t grace)
{
	int64_t deadline = clock_ms() + grace + INIT_GRACE_MS;

	if (box->initfd < 0)
		return;
	if (box->stop_now) {
		kill_inside(box);
		return;
	}
	tell_init(box, INIT_STOP, (int)grace);
	if (!wait_stopped(box, deadline))
		kill_inside(box);
}

/* --- running ------------------------------------------------------------- */

/* What the sandbox goes on without. */
static void note(struct box *box, const char *text)
{
	strv_add(&box->rec.notes, text);
	log_printf(&box->log, "%s", text);
	write_state(box, box->rec.state);
}

/* What init says while the payload runs; see handle(). */
static int64_t handle_init(struct box *box, const struct init_msg *msg)
{
	int64_t grace = (int64_t)box->profile->sandbox.stop_timeout;

	/* Still trying, for a server that is gone: the next one will do. */
	if (msg->type == INIT_FAILED && msg->service == PLAN_KEYBOARD)
		return -1;
	if (msg->type == INIT_FAILED && msg->service >= 0) {
		set_end(box, EXIT_DISPLAY, "display-died",
			"%s cannot be started anew: %s: %s",
			services_name(box, msg->service), msg->text,
			strerror(msg->error));
		return grace;
	}
	if (msg->type != INIT_EXITED)
		return -1;
	switch (msg->service) {
	case PLAN_PAYLOAD:
		payload_ended(box, msg->value);
		return 0;
	case PLAN_BUS:
		if (!services_restart(box, msg))
			note(box, "the session bus has ended");
		return -1;
	case PLAN_KEYBOARD:
		if (msg->value)
			log_printf(&box->log, "the keyboard's layout is lost");
		return -1;
	default:
		if (services_restart(box, msg))
			return -1;
		desktop_ended(box, msg);
		return grace;
	}
}

/* One event while the payload runs. Returns the grace (ms) for the end that it
 * asks for, or -1 to go on. */
static int64_t handle(struct box *box, const struct event *e)
{
	int64_t grace = grace_of(box, e);

	switch (e->type) {
	case EVENT_DEAD:
		init_ended(box, e->value);
		return 0;
	case EVENT_SIGNAL:
		box->stop_asked = true;
		box->stop_now = e->value == SIGQUIT;
		return grace;
	case EVENT_CLIENT:
		tell_init(box, INIT_SIGNAL, e->value);
		return -1;
	case EVENT_CLIENT_GONE:
		if (!box->rec.foreground)
			return -1;
		log_printf(&box->log, "the foreground command is gone");
		box->stop_asked = true;
		return grace;
	case EVENT_INIT:
		return handle_init(box, &e->msg);
	case EVENT_TIMEOUT:
		timed_out(box);
		return grace;
	case EVENT_WATCHER:
		return -1;
	}
	return -1;
}

/* When the payload has run for long enough; -1: never. */
static int64_t time_limit(const struct box *box)
{
	uint64_t timeout = box->profile->sandbox.timeout;

	return timeout && timeout < (uint64_t)INT64_MAX / 2
		       ? clock_ms() + (int64_t)timeout
		       : -1;
}

static void run(struct box *box)
{
	int64_t deadline = time_limit(box), grace;
	struct event e;

	do {
		event_wait(box, deadline, &e);
		grace = handle(box, &e);
	} while (grace < 0);
	stop_inside(box, grace);
	if (box->rec.exit_code < 0)
		set_end(box, EXIT_SIGNAL + SIGKILL, "stopped", "stopped");
}

/* For who waits for it, and holds the lock's file open. */
static void say_end(struct box *box)
{
	int rc = box->lock < 0 ? 0 : record_write_end(box->lock, &box->rec);

	if (rc < 0)
		log_printf(&box->log, "say how it ended: %s", strerror(-rc));
}

/* What cannot be taken down is left to `gc`, which passes over sandboxes that
 * have stopped: so the record does not say so, and soon reads as lost. */
static void finish(struct box *box, bool keep, struct err *err)
{
	int rc;

	event_drain_logs(box);
	limits_count(box);
	fd_close(&box->oomfd);
	rc = box_down(box->statefd, &box->rec, err);
	box->rec.ended_ms = clock_unix_ms();
	say_end(box);
	if (rc < 0 || keep)
		write_state(box, rc < 0 ? RECORD_STOPPING : RECORD_STOPPED);
	else
		rc = box_remove(box->statefd, &box->rec, err);
	if (rc < 0)
		log_printf(&box->log, "%s '%s': %s", err->what, err->object,
			   err->cause);
}

/* --- the process --------------------------------------------------------- */

/* What the record says from the first moment. */
static int describe(struct record *rec, const struct monitor_start *start,
		    struct err *err)
{
	const struct profile *p = start->profile;
	int rc = record_process_identify(getpid(), &rec->monitor);

	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "identify",
				     "the monitor", rc);
	(void)snprintf(rec->name, sizeof(rec->name), "%s", start->name);
	rec->profile = str_dup(p->path);
	rec->settings = profile_settings(p);
	rec->command = strv_copy(start->command);
	rec->foreground = start->foreground;
	rec->terminal = start->terminal != NULL;
	rec->user = str_dup(p->sandbox.user);
	rec->rootfs.image = str_dup(p->rootfs.image);
	rec->rootfs.layers = strv_copy(p->rootfs.layers);
	limits_describe(rec, p);
	rec->display.enabled = p->display.enabled;
	rec->display.number = (uint32_t)p->display.number;
	rec->display.width = (uint32_t)p->display.width;
	rec->display.height = (uint32_t)p->display.height;
	rec->display.depth = (uint32_t)p->display.depth;
	return 0;
}

/* A pipe to the log. */
static int open_log_pipe(int *log, int *out)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*log = ends[0];
	*out = ends[1];
	return fd_set_nonblock(*log, 1);
}

/* Streams: the guest's ends, and what is read here without ever blocking. */
static int take_streams(struct box *box, const struct monitor_start *start)
{
	int rc;

	memcpy(box->stdio, start->stdio, sizeof(box->stdio));
	box->payload_log = start->payload_log;
	box->terminal = start->terminal;
	rc = box->terminal ? terminal_reserve(box->stdio) : 0;
	if (rc == 0)
		rc = open_log_pipe(&box->desktop_log, &box->desktop_out);
	if (rc == 0 && box->profile->display.dbus)
		rc = open_log_pipe(&box->bus_log, &box->bus_out);
	if (rc == 0 && box->payload_log >= 0)
		rc = fd_set_nonblock(box->payload_log, 1);
	return rc;
}

static int prepare(struct box *box, const struct monitor_start *start,
		   struct err *err)
{
	int rc;

	if (rootless()) {
		if (dirs_keep(err) < 0 || layers_look(box, err) < 0)
			return -1;
		delegate_enter(box, start->name);
		if (rootless_enter(&box->own, err) < 0)
			return -1;
	}
	rc = take_streams(box, start);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "make", "a pipe", rc);
	box->signals = open_signals();
	if (box->signals < 0)
		return err_set_errno(err, EXIT_FAILED, "watch", "signals",
				     box->signals);
	box->statefd = record_open_dir(err);
	if (box->statefd < 0)
		return -1;
	return describe(&box->rec, start, err);
}

static int report_failure(struct box *box, const struct err *err)
{
	struct client_msg msg = { .type = CLIENT_FAILED, .err = *err };

	set_end(box, err->code, "failed", "%s %s: %s", err->what, err->object,
		err->cause);
	say_end(box);
	client_send(box->client, &msg);
	return err->code;
}

static void report_end(struct box *box, const struct err *left)
{
	struct client_msg msg = {
		.type = CLIENT_ENDED, .value = box->rec.exit_code,
		.err = *left,
	};

	(void)snprintf(msg.reason, sizeof(msg.reason), "%s", box->rec.reason);
	(void)snprintf(msg.detail, sizeof(msg.detail), "%s",
		       box->rec.detail ? box->rec.detail : "");
	client_send(box->client, &msg);
}

int monitor_run(const struct monitor_start *start, const struct stage *stages,
		size_t nstages, int client)
{
	struct err err = ERR_INIT;
	struct box box;
	size_t failed;

	box_init(&box, start->profile);
	box.client = client;
	box_forget_caller(&box);
	if (prepare(&box, start, &err) < 0 ||
	    stage_up(stages, nstages, &box, &failed, &err) < 0)
		return report_failure(&box, &err);
	log_printf(&box.log, "running");
	limits_warn(&box);
	attach_begin(&box);
	run(&box);
	finish(&box, start->keep, &err);
	report_end(&box, &err);
	return box.rec.exit_code;
}

/* Nothing of the terminal or directory it was started from is kept. */
static void leave_caller(const struct monitor_start *start)
{
	(void)setsid();
	(void)!chdir("/");
	(void)prctl(PR_SET_NAME, "sandboxd-mon");
	umask(077);
	for (int i = 0; i < 3; i++)
		close(i);
	(void)fd_fill_stdio();
	for (int i = 0; i < 3; i++)
		if (start->caller[i] >= 0)
			close(start->caller[i]);
}

int monitor_spawn(const struct monitor_start *start, const struct stage *stages,
		  size_t nstages, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_set_errno(err, EXIT_LAUNCH, "start", "the monitor",
				     errno);
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		leave_caller(start);
		_exit(monitor_run(start, stages, nstages, pair[1]));
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return err_set_errno(err, EXIT_LAUNCH, "fork", "the monitor",
				     errno);
	}
	return pair[0];
}
