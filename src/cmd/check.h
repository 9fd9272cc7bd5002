/*
 * check.h - what `check` finds, as `run` tells it.
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "base/err.h"
#include "conf/profile.h"

/* On a terminal prints a warning for each; a grave one that the profile does
 * not accept is an error (EXIT_USAGE). */
int check_before_run(const struct profile *p, struct err *err);

#endif
