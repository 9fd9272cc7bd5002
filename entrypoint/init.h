/*
 * init.h - PID 1: its state, and the parts of its loop.
 *
 * One poll(2) over: where starting services report, the display's ready pipe,
 * the launcher's socket, a signalfd. No signal handler, no sleep; the only
 * timer is the deadline of the stop order.
 */
#ifndef ENTRYPOINT_INIT_H
#define ENTRYPOINT_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include "plan.h"

/* Without word from the launcher, when the host's TERM, INT, HUP or QUIT
 * reaches PID 1 itself: ms for the payload to end. */
#define GRACE_DEFAULT_MS 10000
/* For the window manager and the display, each: they have nothing to save, and
 * fluxbox 1.3.5 sleeps through every third SIGTERM (it waits for a lock that
 * the code its handler interrupted holds). */
#define GRACE_DESKTOP_MS 100

struct service {
	pid_t pid;      /* 0 when there is no process */
	bool started;   /* at least once */
	int report;     /* open until its exec or failure is known, else -1 */
};

enum phase {
	PHASE_RUN,
	PHASE_STOP, /* one service after the other is asked to end */
	PHASE_END,  /* everything was killed and is being reaped */
};

struct init {
	struct plan plan;
	int control;  /* -1 when the launcher is gone */
	int signals;  /* signalfd */
	int ready;    /* read end of the display's -displayfd, or -1 */
	uint32_t ready_bytes;
	int null;
	int held;     /* a socket that is bound to the plan's `held`, or -1 */
	struct service service[PLAN_SERVICES];

	enum phase phase;
	int turn;         /* place in the stop order */
	int sent;         /* last signal to the service whose turn it is */
	int grace;        /* ms for the payload */
	int64_t deadline; /* CLOCK_MONOTONIC ms, or -1 */
	int status;       /* what PID 1 will exit with: the payload's */
};

/* boot.c: PID 1 gives up what it does not need. 0, or -1 with *failure. */
int init_boot(struct init *in, struct init_msg *failure);

/* supervise.c: until the end; exits with the payload's status. */
noreturn void init_loop(struct init *in);
/* Reaps what there is to reap; true when there are no children left. */
bool init_reap(struct init *in);

/* start.c */
void service_start(struct init *in, int index);
/* The report of a starting service can be read: executed or failed. */
void service_report(struct init *in, int index);
void service_exited(struct init *in, pid_t pid, int status);
void display_ready(struct init *in);
/* Index of the service of this kind, or -1. */
int service_of_kind(const struct init *in, enum plan_kind kind);

/* stop.c */
void stop_begin(struct init *in, int grace_ms);
void stop_step(struct init *in); /* after every event and at the deadline */
void stop_kill_all(struct init *in);
int64_t now_ms(void);
int payload_signal(struct init *in, int sig);

/* tell.c: a message to the launcher. It never blocks: the launcher reads, or
 * is broken, and then its sandbox ends. */
void tell(struct init *in, enum init_msg_type type, int service, int value);
void tell_failure(struct init *in, struct init_msg *failure, int service);

#endif
