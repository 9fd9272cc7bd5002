/*
 * button.h - the pointer's buttons by name.
 */
#ifndef STEER_BUTTON_H
#define STEER_BUTTON_H

#include <stdint.h>

#include "base/err.h"

/* left, middle, right, back, forward, or a number from 1 to PROTO_BUTTON_MAX.
 * EXIT_USAGE. */
int button_parse(const char *word, uint32_t *out, struct err *err);

/* NULL: it has only its number. */
const char *button_name(uint32_t button);

#endif
