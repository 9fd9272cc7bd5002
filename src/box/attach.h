/*
 * attach.h - who shows the payload's terminal.
 *
 * The monitor keeps the host's end. It lends it to one client at a time: the
 * command line that started the sandbox, or one that comes to the socket
 * STATE_DIR/NAME/attach, where client.h is spoken. While nobody has it the
 * monitor itself reads it, into the log: a program that prints never waits for
 * somebody to look.
 */
#ifndef BOX_ATTACH_H
#define BOX_ATTACH_H

#include "box/box.h"

/* A stage: the socket, when the payload is to have a terminal. */
int attach_up(struct box *box, struct err *err);
int attach_down(int statefd, struct record *rec, struct err *err);

/* In the monitor. The payload runs: tells the client, and lends it the
 * terminal if it stays. */
void attach_begin(struct box *box);
/* Somebody comes to the socket. */
void attach_accept(struct box *box);
/* The client has gone: the log has the terminal from here on. */
void attach_end(struct box *box);
/* The client goes and leaves the sandbox running. */
void attach_let_go(struct box *box);

/* In the command line: connects to the monitor of `name`, whose first message
 * is CLIENT_STARTED with the terminal, or CLIENT_FAILED. EXIT_FAILED with the
 * remedy when it does not run or has no terminal. */
int attach_connect(int statefd, const char *name, struct err *err);

#endif
