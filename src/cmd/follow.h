/*
 * follow.h - staying with a sandbox: what `run` and `attach` have in common.
 */
#ifndef CMD_FOLLOW_H
#define CMD_FOLLOW_H

#include "box/client.h"
#include "box/relay.h"
#include "cmd/progress.h"

struct follow {
	int sock;    /* to its monitor (client.h) */
	const char *name;
	bool guest;  /* it is somebody else's: a signal ends only us */
	int master;  /* the terminal that we were lent, or -1 */
	int signo;   /* that ended us */
	int code;    /* exit code so far */
	bool lost;   /* its monitor died */
	struct client_msg last;
	struct progress starting;
};

#define FOLLOW_INIT(n) { .sock = -1, .name = (n), .master = -1 }

/* Waits until the payload runs. */
int follow_start(struct follow *f, struct relay *relay, struct err *err);

/* Relays until it ends. Returns the exit code, and 0 when the detach keys were
 * typed; says on stderr what the code alone cannot. */
int follow_to_end(struct follow *f, struct relay *relay, struct err *err);

#endif
