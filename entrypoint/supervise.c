#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define SLOT_READY PLAN_SERVICES
#define SLOT_CONTROL (PLAN_SERVICES + 1)
#define SLOT_SIGNALS (PLAN_SERVICES + 2)
#define SLOTS (PLAN_SERVICES + 3)

/* Of several that are dead, the X server first and the payload last: its
 * clients die of its death, and the launcher takes the first news for the
 * cause. The order of the plan is this one. */
static void reap_services(struct init *in)
{
	int status;

	for (int i = 0; i < PLAN_SERVICES; i++) {
		pid_t pid = in->service[i].pid;

		if (pid && waitpid(pid, &status, WNOHANG | __WALL) == pid)
			service_exited(in, pid, status);
	}
}

bool init_reap(struct init *in)
{
	int status;
	pid_t pid;

	reap_services(in);
	/* SIGCHLDs that come together are delivered as one: take them all,
	 * those that orphans of the guest left included. */
	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
		service_exited(in, pid, status);
	return pid < 0 && errno == ECHILD;
}

static void on_signal(struct init *in, int sig)
{
	switch (sig) {
	case SIGCHLD:
		init_reap(in);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGHUP:
	case SIGQUIT:
		stop_begin(in, GRACE_DEFAULT_MS);
		break;
	case SIGUSR1:
	case SIGUSR2:
	case SIGWINCH:
	case SIGCONT:
		payload_signal(in, sig);
		break;
	default:
		break; /* nothing for PID 1 to do, and nothing to die of */
	}
}

static void on_signals(struct init *in)
{
	struct signalfd_siginfo info;

	while (read(in->signals, &info, sizeof(info)) == sizeof(info))
		on_signal(in, (int)info.ssi_signo);
}

static void on_message(struct init *in, const struct init_msg *msg)
{
	struct init_msg failure = { 0 };

	switch (msg->type) {
	case INIT_START:
		service_start(in, msg->service);
		break;
	case INIT_SIGNAL:
		/* A payload that is gone answers by INIT_EXITED. */
		if (msg->value > 0 && msg->value <= 64)
			payload_signal(in, msg->value);
		break;
	case INIT_STOP:
		stop_begin(in, msg->value);
		break;
	default:
		fail(&failure, INIT_FAIL_SETUP, EPROTO, "unknown message");
		tell_failure(in, &failure, -1);
		break;
	}
}

static void on_control(struct init *in)
{
	struct init_msg msg, failure = { 0 };
	ssize_t n = recv(in->control, &msg, sizeof(msg),
			 MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		/* The launcher is gone, and nobody asks for an order. */
		close(in->control);
		in->control = -1;
		stop_kill_all(in);
		return;
	}
	if (n == sizeof(msg) && msg.version == PLAN_VERSION) {
		on_message(in, &msg);
		return;
	}
	fail(&failure, INIT_FAIL_SETUP, EPROTO, "malformed message");
	tell_failure(in, &failure, -1);
}

static int timeout(const struct init *in)
{
	int64_t left = in->deadline - now_ms();

	if (in->phase == PHASE_RUN)
		return -1;
	if (left > INT_MAX)
		return INT_MAX;
	return left < 0 ? 0 : (int)left;
}

static void fill_slots(const struct init *in, struct pollfd *slots)
{
	for (int i = 0; i < PLAN_SERVICES; i++)
		slots[i].fd = in->service[i].report;
	slots[SLOT_READY].fd = in->ready;
	slots[SLOT_CONTROL].fd = in->control;
	slots[SLOT_SIGNALS].fd = in->signals;
	for (int i = 0; i < SLOTS; i++)
		slots[i].events = POLLIN;
}

/* Reports before exits, so that INIT_STARTED comes before INIT_EXITED. Each
 * descriptor is looked at again: an earlier event may have closed it. */
static void dispatch(struct init *in, const struct pollfd *slots)
{
	for (int i = 0; i < PLAN_SERVICES; i++)
		if (slots[i].revents && in->service[i].report >= 0)
			service_report(in, i);
	if (slots[SLOT_READY].revents && in->ready >= 0)
		display_ready(in);
	if (slots[SLOT_SIGNALS].revents)
		on_signals(in);
	if (slots[SLOT_CONTROL].revents && in->control >= 0)
		on_control(in);
}

noreturn void init_loop(struct init *in)
{
	for (;;) {
		struct pollfd slots[SLOTS] = { 0 };

		fill_slots(in, slots);
		if (poll(slots, SLOTS, timeout(in)) > 0)
			dispatch(in, slots);
		stop_step(in);
		if (in->phase == PHASE_END && init_reap(in))
			_exit(in->status);
	}
}
