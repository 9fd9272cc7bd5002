/*
 * signame.h - signals by name, as kill(1) takes them.
 */
#ifndef BASE_SIGNAME_H
#define BASE_SIGNAME_H

#include "base/err.h"

/* "TERM", "SIGTERM", "15", "RTMIN+3", "RTMAX-1", in any case. EXIT_USAGE, with
 * the nearest name, for what is no signal. */
int signame_read(const char *text, int *signo, struct err *err);

#endif
