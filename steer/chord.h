/*
 * chord.h - key chords: "ctrl+shift+t", "Return", "F5".
 */
#ifndef STEER_CHORD_H
#define STEER_CHORD_H

#include <stdint.h>

#include "base/err.h"
#include "steer/proto.h"

struct chord {
	uint32_t n;
	uint32_t keys[PROTO_CHORD_MAX]; /* keysyms, in the order of pressing */
};

/* Reads keysym names joined by '+'. ctrl, control, shift, alt, meta, super,
 * win and hyper mean the left key of that name; enter, esc, del, ins and the
 * like are other words for what X calls Return, Escape, Delete, Insert.
 * EXIT_USAGE names what is not a key, with the nearest name that is. */
int chord_parse(const char *text, struct chord *out, struct err *err);

#endif
