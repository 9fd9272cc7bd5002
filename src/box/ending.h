/*
 * ending.h - waiting for a sandbox's end.
 *
 * A sandbox may leave nothing behind, not even its record. So whoever wants to
 * know how it ended opens it while it is there: the monitor says so in a file
 * that stays as long as somebody has it open (conf/record.h).
 */
#ifndef BOX_ENDING_H
#define BOX_ENDING_H

#include "conf/record.h"

struct ending {
	struct record rec; /* as it was; after the wait, as it ended */
	int monitor;       /* pidfd, or -1: it has ended */
	int end;
};

/* EXIT_ABSENT when there is no such sandbox. */
int ending_open(int statefd, const char *name, struct ending *out,
		struct err *err);
/* Waits until clock_ms() reaches `deadline` (-1: for ever), EXIT_TIMEOUT.
 * rec.state is then RECORD_STOPPED, or RECORD_LOST when nobody knows how it
 * ended. */
int ending_wait(struct ending *ending, int64_t deadline, struct err *err);
void ending_close(struct ending *ending); /* accepts a failed one */

#endif
