/*
 * relay.h - the streams of a foreground command.
 *
 * The guest never holds a descriptor of the host: what it reads and writes are
 * pipes of our making, and this moves the bytes. Nothing is lost: what was
 * written before the end is delivered, to the last byte.
 */
#ifndef BOX_RELAY_H
#define BOX_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct relay {
	int guest[3]; /* the guest's ends of stdin, stdout, stderr */
	int host[3];  /* ours */
};

/* Makes the pipes. Refuses (EXIT_USAGE) a directory as one of 0, 1, 2. */
int relay_open(struct relay *relay, struct err *err);
/* To be called once the guest's ends have been handed over. */
void relay_close_guest(struct relay *relay);
void relay_close(struct relay *relay);

/* The callbacks of relay_run(). */
struct relay_ops {
	/* `watch` is readable; true ends the relay. */
	bool (*ready)(void *ctx);
	/* A signal for the guest arrived. */
	void (*signal)(void *ctx, int signo);
};

/* Moves bytes between 0, 1, 2 and the guest until ops->ready() says so and
 * what the guest wrote by then is delivered; without a relay (NULL) it only
 * waits. Signals that a terminal or
 * kill(1) sends are taken and given to ops->signal(). */
int relay_run(struct relay *relay, int watch, const struct relay_ops *ops,
	      void *ctx, struct err *err);

#endif
