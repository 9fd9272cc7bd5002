#include "box/trial.h"

#include <unistd.h>

#include "base/str.h"
#include "box/client.h"
#include "box/monitor.h"

#define STAGES_MAX 16
#define LAST "desktop" /* the stage before the payload's */

/* Fails without an error: all is taken down again. */
static int turn_back(struct box *box, struct err *err)
{
	for (char **n = box->rec.notes; n && *n; n++) {
		struct client_msg msg = { .type = CLIENT_WARNING };

		(void)snprintf(msg.detail, sizeof(msg.detail), "%s", *n);
		client_send(box->client, &msg);
	}
	*err = (struct err)ERR_INIT;
	return -1;
}

static size_t trial_stages(struct stage stages[STAGES_MAX])
{
	size_t n = 0;

	while (n < box_nstages && n + 1 < STAGES_MAX) {
		stages[n] = box_stages[n];
		if (str_eq(stages[n++].name, LAST))
			break;
	}
	stages[n++] = (struct stage){ "turning back", turn_back, NULL };
	return n;
}

/* Until the monitor is gone, and with it all that it made. */
static int follow(int sock, const char *name, char ***notes, struct err *err)
{
	struct client_msg msg;
	bool told = false;

	while (client_receive(sock, &msg)) {
		if (msg.type == CLIENT_WARNING)
			strv_add(notes, msg.detail);
		if (msg.type == CLIENT_FAILED) {
			*err = msg.err;
			told = true;
		}
	}
	if (!told)
		return err_set(err, EXIT_LAUNCH, "try", name,
			       "its monitor died");
	/* Turned back, but not all the way. */
	if (!err->code && err->hint[0])
		return err_set(err, EXIT_FAILED, "take down", name, "%s",
			       err->hint);
	return err->code ? -1 : 0;
}

int trial_run(const struct profile *p, const char *name, char ***notes,
	      struct err *err)
{
	char *const command[] = { (char[]){ "true" }, NULL };
	const struct monitor_start start = {
		.profile = p, .name = name, .command = command,
		.foreground = true, .stdio = { -1, -1, -1 },
		.payload_log = -1, .caller = { -1, -1, -1 },
	};
	struct stage stages[STAGES_MAX];
	size_t n = trial_stages(stages);
	int sock, rc;

	if (monitor_check(&start, err) < 0)
		return -1;
	sock = monitor_spawn(&start, stages, n, err);
	if (sock < 0)
		return -1;
	rc = follow(sock, name, notes, err);
	close(sock);
	return rc;
}
