/*
 * control.h - ending and sweeping sandboxes from outside.
 */
#ifndef BOX_CONTROL_H
#define BOX_CONTROL_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/record.h"

/* A pidfd of the sandbox's monitor, readable once that has ended; -1 when it
 * has already. */
int control_monitor(const struct record *rec);

/* Ends `name` in order and waits for it; `now`: without the payload's grace.
 * One that is not running is success. A lost one is taken down. */
int control_stop(int statefd, const char *name, bool now, struct err *err);

/* Removes the record of `name` and whatever is left of it. A running one is
 * refused, or ended first if `force`. */
int control_remove(int statefd, const char *name, bool force, struct err *err);

/* Takes down what lost sandboxes left behind; removes their records too if
 * `remove`. Returns how many there were, or -1. */
int control_sweep(int statefd, bool remove, struct err *err);

#endif
