/*
 * client.h - what the monitor and the command line that started it say to
 * each other, over a SOCK_SEQPACKET pair.
 */
#ifndef BOX_CLIENT_H
#define BOX_CLIENT_H

#include "base/err.h"
#include "sandboxd/layout.h"

enum client_msg_type {
	CLIENT_STARTED = 1, /* monitor: the payload runs; its terminal, if it
			     * is yours to show, comes along */
	CLIENT_FAILED,      /* monitor: it did not start; err says why */
	CLIENT_STAGE,       /* monitor: stage `reason` is about to go up */
	CLIENT_WARNING,     /* monitor: `detail` is for the user to know */
	CLIENT_ENDED,       /* monitor: value is the exit code; err, if set,
			     * says what could not be taken down */
	CLIENT_SIGNAL,      /* command line: pass signal `value` on */
	CLIENT_DETACH,      /* command line: the sandbox goes on without me */
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
/* The same with descriptor `fd`, or -1. */
void client_send_fd(int sock, const struct client_msg *msg, int fd);
/* Receives one message: 1, or 0 at end of file. A descriptor that came along
 * is dropped by the first, and the caller's by the second (-1: none). */
int client_receive(int sock, struct client_msg *msg);
int client_receive_fd(int sock, struct client_msg *msg, int *fd);

#endif
