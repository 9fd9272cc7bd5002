/*
 * progress.h - one line about what takes longer than a second.
 *
 * On a terminal only, on stderr, rewritten in place every second and erased
 * at the end: nothing of it stays, and no file ever holds it.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdint.h>

#include "base/clock.h"
#include "base/patience.h"

struct progress {
	const char *verb, *name; /* "starting", the sandbox */
	const char *stage;       /* what of it, or NULL */
	int64_t since;           /* ms, clock_ms() */
	int width;               /* of what is shown */
};

#define PROGRESS(v, n) { .verb = (v), .name = (n), .since = clock_ms() }

/* The tick of a struct patience whose `ctx` is a struct progress. */
int progress_tick(void *progress);
void progress_erase(struct progress *p);

#endif
