/*
 * services.h - telling sandbox-init what to start, and waiting until it is so.
 *
 * Readiness is an event, never a pause: the X server writes to its
 * -displayfd, a confined watcher sees the window manager's check window, and
 * init reports the payload's exec.
 */
#ifndef BOX_SERVICES_H
#define BOX_SERVICES_H

#include "box/box.h"

/* Waits for init's first word: it is confined and listens. */
int services_wait_up(struct box *box, struct err *err);

/* Starts Xvfb, sets its keyboard's layout and starts the window manager, and
 * waits for each; the session bus needs no waiting for. Fails with the last
 * words of the one that did not come up. */
int services_start_desktop(struct box *box, struct err *err);

/* Starts the payload: 0 when its program was executed. EXIT_NOTFOUND and
 * EXIT_NOEXEC when it was not. */
int services_start_payload(struct box *box, struct err *err);

/* A service of the desktop `ended`: starts it anew, where display.restart says
 * so and it has not been five times within a minute. Its clients wait in the
 * queue of the listening sockets, which init holds. False: that was its end. */
struct init_msg;
bool services_restart(struct box *box, const struct init_msg *ended);

/* What service `service` of the plan is called in messages. */
const char *services_name(const struct box *box, int service);

/* What a failed exec that init reported means, as an error. */
int services_exec_error(const struct init_msg *msg, const char *program,
			struct err *err);

#endif
