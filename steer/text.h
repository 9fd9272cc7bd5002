/*
 * text.h - what may be typed.
 */
#ifndef STEER_TEXT_H
#define STEER_TEXT_H

#include "base/err.h"

/* Accepts printable ASCII, tab and newline. Anything else is EXIT_USAGE and
 * names the first such character and its position, counted from 1. */
int text_check(const char *text, struct err *err);

#endif
