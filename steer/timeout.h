/*
 * timeout.h - the value of --timeout.
 */
#ifndef STEER_TIMEOUT_H
#define STEER_TIMEOUT_H

#include <stdint.h>

#include "base/err.h"

/* Seconds, with up to three decimals, 0.001 to 3600. EXIT_USAGE. */
int timeout_parse(const char *text, uint64_t *ms, struct err *err);

#endif
