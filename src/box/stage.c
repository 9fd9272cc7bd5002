#include "box/stage.h"

#include <stdio.h>
#include <time.h>

#include "box/box.h"
#include "box/client.h"

/* For who waits for us to say. */
static void announce(const struct box *box, const char *name)
{
	struct client_msg msg = { .type = CLIENT_STAGE };

	(void)snprintf(msg.reason, sizeof(msg.reason), "%s", name);
	client_send(box->client, &msg);
}

static uint64_t now_usec(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void note(struct record *rec, const char *name, uint64_t usec)
{
	struct record_stage *s = &rec->stages[rec->nstages];

	if (rec->nstages == RECORD_STAGES)
		return;
	rec->nstages++;
	s->usec = usec;
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
}

int stage_up(const struct stage *stages, size_t n, struct box *box,
	     size_t *failed, struct err *err)
{
	struct err below = ERR_INIT;

	for (size_t i = 0; i < n; i++) {
		uint64_t begun = now_usec();

		if (!stages[i].up)
			continue;
		announce(box, stages[i].name);
		if (stages[i].up(box, err) == 0) {
			note(&box->rec, stages[i].name, now_usec() - begun);
			continue;
		}
		*failed = i;
		if (stage_down(stages, 0, i + 1, box->statefd, &box->rec,
			       &below) < 0)
			(void)err_hint(err,
				       "something is left behind (%s %s: %s); "
				       "'sandboxd gc' tries again",
				       below.what, below.object, below.cause);
		return -1;
	}
	return 0;
}

int stage_down(const struct stage *stages, size_t from, size_t n, int statefd,
	       struct record *rec, struct err *err)
{
	struct err later;
	int rc = 0;

	while (n-- > from)
		if (stages[n].down && (n > 0 || rc == 0) &&
		    stages[n].down(statefd, rec, rc ? &later : err) < 0)
			rc = -1;
	return rc;
}
