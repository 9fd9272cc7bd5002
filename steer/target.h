/*
 * target.h - which display, and the way to its socket.
 */
#ifndef STEER_TARGET_H
#define STEER_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "steer/xconnect.h"

#define TARGET_NAME 256

struct target {
	char *socket; /* --socket; NULL: a sandbox */
	char *sandbox; /* --sandbox; NULL: the only one that runs */
	char *cookie; /* --cookie, with --socket only; may be NULL */
};

struct target_link {
	int fd; /* connected, close-on-exec */
	bool has_cookie;
	unsigned char cookie[XCONNECT_COOKIE];
	uid_t jail; /* user and group for whoever speaks X over it */
	char name[TARGET_NAME]; /* the sandbox's or the socket's, for people;
				 * set by a failure too, as far as it came */
};

/* Connects, waiting at most until `deadline` (monotonic ms). Nothing is read
 * from the display here.
 *
 * A sandbox's socket lies in its directory in the state directory, which only
 * the host's user can enter, and is opened there by descriptor without
 * following links. It was made by sandboxd, which is also what SO_PEERCRED
 * tells (the kernel keeps who called listen(2)): root or the caller. A display
 * that made its own socket would be the sandbox's display user. Any other
 * peer is refused.
 *
 * EXIT_ABSENT: no such sandbox, or none or several run and none was named. */
int target_connect(const struct target *target, int64_t deadline,
		   struct target_link *out, struct err *err);

#endif
