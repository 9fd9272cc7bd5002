/*
 * enter_user.h - as whom a program joins a sandbox.
 */
#ifndef BOX_ENTER_USER_H
#define BOX_ENTER_USER_H

#include <stdint.h>

#include "base/err.h"

struct enter_user {
	uint32_t uid, gid; /* inside */
	char login[12];    /* its name or number; "": the agent */
};

/* Reads "NAME", "UID" or "UID:GID", where NAME is `agent` or "nobody" and no
 * GID means that of UID; NULL is the agent. Numbers are 1 to 65534 but those
 * of the sandbox's own parts. EXIT_USAGE. */
int enter_user_parse(const char *text, const char *agent,
		     struct enter_user *out, struct err *err);

#endif
