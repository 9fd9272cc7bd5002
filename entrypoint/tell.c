#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "init.h"

static void deliver(struct init *in, const struct init_msg *msg)
{
	if (in->control < 0)
		return;
	if (send(in->control, msg, sizeof(*msg),
		 MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(*msg))
		return;
	/* Hundreds of unread messages, or gone. Half informed it would wait
	 * for ever for what it missed; end of file it understands. */
	close(in->control);
	in->control = -1;
	stop_kill_all(in);
}

void tell(struct init *in, enum init_msg_type type, int service, int value)
{
	struct init_msg msg = {
		.version = PLAN_VERSION,
		.type = type,
		.service = service,
		.value = value,
	};

	deliver(in, &msg);
}

void tell_failure(struct init *in, struct init_msg *failure, int service)
{
	failure->service = service;
	deliver(in, failure);
}
