/*
 * timeout.h - the values of --timeout, --duration and --hold.
 */
#ifndef STEER_TIMEOUT_H
#define STEER_TIMEOUT_H

#include <stdint.h>

#include "base/err.h"

/* Seconds, with up to three decimals, or a time as sandboxd takes it, with its
 * unit; a millisecond to an hour. EXIT_USAGE. */
int timeout_parse(const char *text, uint64_t *ms, struct err *err);

#endif
