/*
 * event.h - what can happen to a sandbox, one thing at a time.
 *
 * The monitor has one wait, used while starting, running and stopping alike.
 * Output of the desktop and of a detached payload is moved to the log along
 * the way, and memory running out is dealt with; all else is returned.
 */
#ifndef BOX_EVENT_H
#define BOX_EVENT_H

#include "box/box.h"
#include "sandboxd/initproto.h"

enum event_type {
	EVENT_TIMEOUT,  /* the deadline passed */
	EVENT_INIT,     /* sandbox-init says `msg` */
	EVENT_DEAD,     /* PID 1 ended; `value` is its wait status */
	EVENT_CLIENT,   /* a command line wants signal `value` sent */
	EVENT_CLIENT_GONE,
	EVENT_SIGNAL,   /* the monitor itself got signal `value`, with `arg` */
	EVENT_WATCHER,  /* the window manager's watcher has a verdict */
};

struct event {
	enum event_type type;
	int value, arg;
	struct init_msg msg;
};

/* Commands reach the monitor by signals with a value (sigqueue(3)), so that
 * nobody but its own user can:
 *   SIGTERM          end in order; value: 1 more than the grace in ms, or 0 for
 *                    the profile's own
 *   EVENT_KILL       pass signal `value` to the payload. A real-time signal:
 *                    they queue, and none swallows another
 *   SIGQUIT          end at once
 */
#define EVENT_KILL SIGRTMIN

/* Waits until something happens or clock_ms() reaches `deadline` (-1: for
 * ever). */
void event_wait(struct box *box, int64_t deadline, struct event *out);

/* Moves what was written so far to the log: to be called when PID 1 has ended,
 * or a start has failed, and no more is waited for. */
void event_drain_logs(struct box *box);

#endif
