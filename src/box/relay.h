/*
 * relay.h - the streams of a foreground command.
 *
 * The guest never holds a descriptor of the host: what it reads and writes are
 * pipes of our making, or a terminal of its own (terminal.h), and this moves
 * the bytes. Nothing is lost: what was written before the end is delivered, to
 * the last byte.
 */
#ifndef BOX_RELAY_H
#define BOX_RELAY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/patience.h"
#include "box/console.h"

struct relay {
	int guest[3];   /* the guest's ends of stdin, stdout, stderr */
	int host[3];    /* ours; of a terminal twice the same, then none */
	struct console *console; /* NULL: pipes */
	int signals;    /* signalfd, or -1: they are not ours yet */
	sigset_t before;
};

/* No streams, only signals to wait for. */
void relay_init(struct relay *relay);
/* For streams: pipes, made here, or what relay_set_terminal() will bring.
 * EXIT_USAGE for what they cannot be moved from or to: a directory, a device
 * as standard input. */
int relay_open(struct relay *relay, bool pipes, struct err *err);
/* Takes `master` for the streams of the guest. Somebody holds the guest's end
 * of it, too (terminal.h). */
int relay_set_terminal(struct relay *relay, struct console *console,
		       int master, struct err *err);
/* To be called once the guest's ends have been handed over. */
void relay_close_guest(struct relay *relay);
void relay_close(struct relay *relay);

/* The callbacks of relay_run(). */
struct relay_ops {
	/* `watch` is readable; true ends the relay. */
	bool (*ready)(void *ctx);
	/* A signal for the guest arrived; true ends the relay. */
	bool (*signal)(void *ctx, int signo);
};

/* Waits, without moving a byte, until one of `ops` says so. Signals that a
 * terminal or kill(1) sends are taken and given to ops->signal(), from here
 * until the end of relay_run() or relay_close(). */
int relay_wait(struct relay *relay, int watch, const struct relay_ops *ops,
	       void *ctx, const struct patience *patience, struct err *err);

/* Moves bytes between 0, 1, 2 and the guest until one of `ops` says so and
 * what the guest wrote by then is delivered. Returns 1 when the detach keys
 * were typed instead, else 0. */
int relay_run(struct relay *relay, int watch, const struct relay_ops *ops,
	      void *ctx, struct err *err);

#endif
