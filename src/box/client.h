/*
 * client.h - what the monitor and the command line that started it say to
 * each other, over a SOCK_SEQPACKET pair.
 */
#ifndef BOX_CLIENT_H
#define BOX_CLIENT_H

#include "base/err.h"
#include "sandboxd/layout.h"

enum client_msg_type {
	CLIENT_STARTED = 1, /* monitor: the payload runs */
	CLIENT_FAILED,      /* monitor: it did not start; err says why */
	CLIENT_ENDED,       /* monitor: value is the exit code; err, if set,
			     * says what could not be taken down */
	CLIENT_SIGNAL,      /* command line: pass signal `value` on */
};

struct client_msg {
	int type;
	int value;
	char reason[32];
	char detail[256];
	struct err err;
};

/* Sends; a peer that is gone is no error. */
void client_send(int sock, const struct client_msg *msg);
/* Receives one message: 1, or 0 at end of file. */
int client_receive(int sock, struct client_msg *msg);

#endif
