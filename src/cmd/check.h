/*
 * check.h - what `check` finds, as `run` tells it.
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "base/err.h"
#include "conf/profile.h"

/* Of what the profile does not accept, prints each warning in a line on
 * standard error; a grave one is an error (EXIT_USAGE). Notes are for `check`
 * alone. */
int check_before_run(const struct profile *p, struct err *err);

#endif
