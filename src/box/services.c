#include "box/services.h"

#include <errno.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/str.h"
#include "box/desktop.h"
#include "box/event.h"
#include "box/oom.h"
#include "sys/ns.h"

/* An idle machine needs a tenth of a second for each; a small virtual machine
 * without hardware support needed nine. */
#define INIT_WAIT_MS 30000
#define DESKTOP_WAIT_MS 60000
#define PAYLOAD_WAIT_MS 60000

static int tell(struct box *box, enum init_msg_type type, int service,
		int value, struct err *err)
{
	struct init_msg msg = {
		.version = PLAN_VERSION, .type = type, .service = service,
		.value = value,
	};

	if (send(box->control, &msg, sizeof(msg), MSG_NOSIGNAL) < 0)
		return err_set_errno(err, EXIT_FAILED, "talk to",
				     "sandbox-init", errno);
	return 0;
}

const char *services_name(const struct box *box, int service)
{
	switch (service) {
	case PLAN_DISPLAY:
		return "Xvfb";
	case PLAN_KEYBOARD:
		return "setxkbmap";
	case PLAN_WM:
		return "fluxbox";
	case PLAN_BUS:
		return "dbus-daemon";
	case PLAN_PAYLOAD:
		return box->rec.command[0];
	default:
		return "sandbox-init";
	}
}

int services_exec_error(const struct init_msg *msg, const char *program,
			struct err *err)
{
	switch (msg->value) {
	case INIT_FAIL_NOTFOUND:
		(void)err_set(err, EXIT_NOTFOUND, "run", program,
			      "no such program inside the sandbox");
		return err_hint(err, "the sandbox sees the programs of its "
				"image; with image = host those in /usr, not "
				"those in /home, /opt and /root");
	case INIT_FAIL_NOEXEC:
		if (msg->error == EAGAIN) {
			(void)err_set(err, EXIT_LAUNCH, "run", program,
				      "the limit of processes is reached");
			return err_hint(err, "raise [limits] pids");
		}
		return err_set_errno(err, EXIT_NOEXEC, "run", program,
				     msg->error);
	case INIT_FAIL_WORKDIR:
		(void)err_set_errno(err, EXIT_LAUNCH,
				    "enter the working directory of", program,
				    msg->error);
		return err_hint(err,
				"give a directory that is there inside: "
				"[sandbox] workdir, or exec --workdir");
	case INIT_FAIL_SELFCHECK:
		return err_set(
			err, EXIT_LAUNCH, "run", program,
			"the sandbox is not what the profile promises: %s",
			msg->text);
	default:
		return err_set(err, EXIT_LAUNCH, "run", program, "%s: %s",
			       msg->text, strerror(msg->error));
	}
}

/* A program of the desktop ended. A start that fails leaves no log, so what it
 * said last goes with the error. */
static int desktop_failed(struct box *box, int service, struct err *err)
{
	event_drain_logs(box);
	return err_set(err, EXIT_DISPLAY, "start", services_name(box, service),
		       "it ended at once: %s",
		       box->last_words[0] ? box->last_words : "no last words");
}

static int init_died(struct box *box, struct err *err)
{
	if (oom_count(box)) {
		(void)err_set(err, EXIT_FAILED, "start", box->rec.name,
			      "memory ran out");
		return err_hint(err, "raise [limits] memory");
	}
	return err_set(err, EXIT_FAILED, "start", box->rec.name,
		       "sandbox-init died");
}

/* What ends a start, whatever it waits for. */
static int unwanted(struct box *box, const struct event *e, const char *what,
		    struct err *err)
{
	const struct init_msg *m = &e->msg;

	switch (e->type) {
	case EVENT_DEAD:
		return init_died(box, err);
	case EVENT_TIMEOUT:
		return err_set(err, EXIT_TIMEOUT, "start", what, "timed out");
	case EVENT_SIGNAL:
	case EVENT_CLIENT:
		return err_set(err, EXIT_SIGNAL + e->value, "start",
			       box->rec.name, "interrupted");
	case EVENT_CLIENT_GONE:
		if (!box->rec.foreground)
			return 0;
		return err_set(err, EXIT_FAILED, "start", box->rec.name,
			       "the command that asked for it is gone");
	case EVENT_INIT:
		if (m->type == INIT_FAILED)
			return services_exec_error(
				m, services_name(box, m->service), err);
		if (m->type == INIT_EXITED && m->service != PLAN_PAYLOAD)
			return desktop_failed(box, m->service, err);
		return 0;
	case EVENT_WATCHER:
		return 0;
	}
	return 0;
}

/* Waits for message `type` about `service`. */
static int expect(struct box *box, enum init_msg_type type, int service,
		  const char *what, int wait_ms, struct err *err)
{
	int64_t deadline = clock_ms() + wait_ms;
	struct event e;

	for (;;) {
		event_wait(box, deadline, &e);
		if (e.type == EVENT_INIT && (int)e.msg.type == (int)type &&
		    (service < 0 || e.msg.service == service))
			return 0;
		if (unwanted(box, &e, what, err) < 0)
			return -1;
	}
}

int services_wait_up(struct box *box, struct err *err)
{
	return expect(box, INIT_UP, -1, "sandbox-init", INIT_WAIT_MS, err);
}

static int wait_watcher(struct box *box, struct err *err)
{
	int64_t deadline = clock_ms() + DESKTOP_WAIT_MS;
	struct event e;

	for (;;) {
		event_wait(box, deadline, &e);
		if (e.type == EVENT_WATCHER)
			return desktop_watched(box->watch_report, err);
		if (unwanted(box, &e, "the window manager", err) < 0)
			return -1;
	}
}

/* The watcher ends by itself, or with the wait for it; what it reports on is
 * closed by who opened it. */
static void end_watcher(struct box *box)
{
	siginfo_t info;

	if (box->watcher < 0)
		return;
	(void)ns_pidfd_signal(box->watcher, SIGKILL);
	while (waitid(P_PIDFD, (id_t)box->watcher, &info, WEXITED) < 0 &&
	       errno == EINTR)
		;
	fd_close(&box->watcher);
	box->watch_report = -1;
}

/* The server has the layout "us" by itself. An unknown one is refused by
 * setxkbmap(1), whose own words do not name it. */
static int set_keyboard(struct box *box, struct err *err)
{
	const char *keyboard = box->profile->display.keyboard;
	int64_t deadline = clock_ms() + DESKTOP_WAIT_MS;
	struct event e;

	if (str_eq(keyboard, "us"))
		return 0;
	if (tell(box, INIT_START, PLAN_KEYBOARD, 0, err) < 0)
		return -1;
	for (;;) {
		event_wait(box, deadline, &e);
		if (e.type == EVENT_INIT && e.msg.type == INIT_EXITED &&
		    e.msg.service == PLAN_KEYBOARD)
			break;
		if (unwanted(box, &e, "setxkbmap", err) < 0)
			return -1;
	}
	if (e.msg.value == 0)
		return 0;
	(void)err_set(err, EXIT_USAGE, "set display.keyboard", keyboard,
		      "the X server has no such layout or variant");
	return err_hint(err, "those it has are listed in "
			"/usr/share/X11/xkb/rules/base.lst");
}

static int start_programs(struct box *box, int report, struct err *err)
{
	int rc = tell(box, INIT_START, PLAN_DISPLAY, 0, err);

	/* Its clients wait in the queue of its socket. */
	if (rc == 0 && box->bus >= 0)
		rc = tell(box, INIT_START, PLAN_BUS, 0, err);
	if (rc == 0)
		rc = expect(box, INIT_READY, PLAN_DISPLAY, "Xvfb",
			    DESKTOP_WAIT_MS, err);
	if (rc == 0)
		rc = set_keyboard(box, err);
	if (rc < 0 || report < 0)
		return rc;
	/* From here on its verdict is an event. */
	box->watch_report = report;
	rc = tell(box, INIT_START, PLAN_WM, 0, err);
	return rc < 0 ? rc : wait_watcher(box, err);
}

int services_start_desktop(struct box *box, struct err *err)
{
	int report = -1, rc;

	if (!box->profile->display.enabled)
		return 0;
	/* It waits in the queue of the socket until there is a server. */
	if (box->profile->display.window_manager != WM_NONE) {
		box->watcher = desktop_watch(box, &report, err);
		if (box->watcher < 0)
			return -1;
	}
	rc = start_programs(box, report, err);
	end_watcher(box);
	if (report >= 0)
		close(report);
	return rc;
}

/* Waits until the payload was executed. Its first words may reach the caller
 * before we hear of that: a signal that comes meanwhile is meant for it, and
 * is kept. */
static int wait_payload(struct box *box, uint64_t *signals, struct err *err)
{
	int64_t deadline = clock_ms() + PAYLOAD_WAIT_MS;
	struct event e;

	for (;;) {
		event_wait(box, deadline, &e);
		if (e.type == EVENT_INIT && e.msg.type == INIT_STARTED &&
		    e.msg.service == PLAN_PAYLOAD)
			return 0;
		if (e.type == EVENT_CLIENT)
			*signals |= 1ull << (e.value & 63);
		else if (unwanted(box, &e, box->rec.command[0], err) < 0)
			return -1;
	}
}

int services_start_payload(struct box *box, struct err *err)
{
	uint64_t signals = 0;

	if (oom_watch(box, err) < 0 ||
	    tell(box, INIT_START, PLAN_PAYLOAD, 0, err) < 0 ||
	    wait_payload(box, &signals, err) < 0)
		return -1;
	for (int s = 1; s < 64; s++)
		if (signals >> s & 1 &&
		    tell(box, INIT_SIGNAL, PLAN_PAYLOAD, s, err) < 0)
			return -1;
	/* Our copies of its ends: it must see end of file when it closes. */
	for (int i = 0; i < 3; i++)
		fd_close(&box->stdio[i]);
	box->rec.started_ms = clock_unix_ms();
	return 0;
}

/* --- when one of them ends ------------------------------------------------ */

#define RESTART_PERIOD_MS 60000

/* Whether `service` has not been started anew all too often of late. */
static bool has_another_try(struct box *box, int service)
{
	struct box_restarts *r = &box->restarts[service];
	size_t last = ARRAY_LEN(r->at) - 1;
	int64_t now = clock_ms();

	if (r->at[last] && now - r->at[last] < RESTART_PERIOD_MS)
		return false;
	memmove(r->at + 1, r->at, last * sizeof(r->at[0]));
	r->at[0] = now;
	return true;
}

bool services_restart(struct box *box, const struct init_msg *ended)
{
	struct err err = ERR_INIT;
	int service = ended->service, status = ended->value;

	if (box->profile->display.restart != RESTART_ALWAYS ||
	    !has_another_try(box, service) ||
	    tell(box, INIT_START, service, 0, &err) < 0)
		return false;
	/* The new server has its own layout again; setxkbmap waits for it in
	 * the queue of its socket. */
	if (service == PLAN_DISPLAY &&
	    !str_eq(box->profile->display.keyboard, "us"))
		(void)tell(box, INIT_START, PLAN_KEYBOARD, 0, &err);
	box->rec.display.restarts++;
	log_printf(&box->log, "%s %s %d: it is started anew",
		   services_name(box, service),
		   WIFSIGNALED(status) ? "was killed by signal"
				       : "ended with status",
		   WIFSIGNALED(status) ? WTERMSIG(status)
				       : WEXITSTATUS(status));
	if (record_write(box->statefd, &box->rec, &err) < 0)
		log_printf(&box->log, "%s: %s", err.what, err.cause);
	return true;
}
