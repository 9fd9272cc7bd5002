/*
 * control.h - ending and sweeping sandboxes from outside.
 */
#ifndef BOX_CONTROL_H
#define BOX_CONTROL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/patience.h"
#include "conf/record.h"

/* Ends `name` in order and waits for it. `grace` is the payload's time (ms)
 * from SIGTERM to SIGKILL, or one of the two below. One that is not running is
 * success. A lost one is taken down. `patience` may be NULL. */
#define CONTROL_GRACE (-1)   /* the profile's stop_timeout */
#define CONTROL_AT_ONCE (-2) /* not in order: all is killed */
int control_stop(int statefd, const char *name, int grace,
		 const struct patience *patience, struct err *err);

/* Sends a signal to the payload's process. EXIT_FAILED when it does not run. */
int control_kill(int statefd, const char *name, int signo, struct err *err);

/* Removes the record of `name` and whatever is left of it. A running one is
 * refused, or ended first if `force`. Another command that is at work on it is
 * waited for, but for a moment only. */
int control_remove(int statefd, const char *name, bool force,
		   const struct patience *patience, struct err *err);

/* Takes down what lost sandboxes left behind; if `remove`, also their records,
 * and layers on the disk that no record tells of. Returns how many there were,
 * or -1. */
int control_sweep(int statefd, bool remove, struct err *err);

#endif
