#include <signal.h>
#include <time.h>

#include "init.h"

/* How long the killed may take before they are killed again: a process that
 * joins the namespace (exec) just then is missed by the first round. */
#define KILL_AGAIN_MS 100

static const enum plan_kind order[] = { PLAN_PAYLOAD, PLAN_BUS, PLAN_WM,
					PLAN_KEYBOARD, PLAN_DISPLAY };
#define TURNS ((int)(sizeof(order) / sizeof(*order)))

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* To the service's process group. Before its setsid() there is none. */
static void signal_group(pid_t pid, int sig)
{
	if (kill(-pid, sig) < 0)
		kill(pid, sig);
}

int payload_signal(struct init *in, int sig)
{
	int i = service_of_kind(in, PLAN_PAYLOAD);

	/* kill(0) and kill(-1) mean others; a pid of ours is unreaped, so it
	 * is nobody else's. */
	if (i < 0 || in->service[i].pid <= 0)
		return -1;
	return kill(in->service[i].pid, sig);
}

void stop_kill_all(struct init *in)
{
	in->phase = PHASE_END;
	kill(-1, SIGKILL);
	in->deadline = now_ms() + KILL_AGAIN_MS;
}

void stop_begin(struct init *in, int grace_ms)
{
	int64_t sooner;

	if (grace_ms < 0)
		grace_ms = 0;
	sooner = now_ms() + grace_ms;
	if (in->phase == PHASE_RUN) {
		in->phase = PHASE_STOP;
		in->turn = 0;
		in->sent = 0;
		in->grace = grace_ms;
	} else if (in->phase == PHASE_STOP) {
		/* Asked again: sooner, never later. */
		if (grace_ms < in->grace)
			in->grace = grace_ms;
		if (in->sent && sooner < in->deadline)
			in->deadline = sooner;
	}
}

/* The next thing to do to `pid`, whose turn it is. False: no more. */
static bool press(struct init *in, pid_t pid)
{
	int64_t now = now_ms();

	if (!in->sent) {
		in->sent = SIGTERM;
		in->deadline = now + (order[in->turn] == PLAN_PAYLOAD ?
				      in->grace : GRACE_DESKTOP_MS);
		signal_group(pid, SIGTERM);
		/* A stopped process would not see it. */
		signal_group(pid, SIGCONT);
	} else if (in->sent == SIGTERM && now >= in->deadline) {
		in->sent = SIGKILL;
		in->deadline = now + GRACE_DESKTOP_MS;
		signal_group(pid, SIGKILL);
	}
	return in->sent == SIGTERM || now < in->deadline;
}

void stop_step(struct init *in)
{
	if (in->phase == PHASE_END && now_ms() >= in->deadline)
		stop_kill_all(in);
	if (in->phase != PHASE_STOP)
		return;
	for (; in->turn < TURNS; in->turn++, in->sent = 0) {
		int i = service_of_kind(in, order[in->turn]);

		if (i >= 0 && in->service[i].pid > 0 &&
		    press(in, in->service[i].pid))
			return;
	}
	stop_kill_all(in);
}
