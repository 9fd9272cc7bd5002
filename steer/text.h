/*
 * text.h - what may be typed.
 */
#ifndef STEER_TEXT_H
#define STEER_TEXT_H

#include <stdint.h>

#include "base/err.h"

/* Accepts UTF-8 without control characters but tab and newline. Anything else
 * is EXIT_USAGE and names the first such byte or character and its position,
 * counted in characters from 1. */
int text_check(const char *text, struct err *err);

/* The code point at *text, which was checked, and moves *text behind it; 0 at
 * the end. */
uint32_t text_next(const char **text);

#endif
