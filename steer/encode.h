/*
 * encode.h - a PNG from pixels.
 *
 * Made from raw pixels by the trusted process: whatever the bytes of a screen
 * are, the file is well formed.
 */
#ifndef STEER_ENCODE_H
#define STEER_ENCODE_H

#include "base/err.h"
#include "steer/pixels.h"

/* Writes the PNG to `fd`; `name` is for messages. Rows are compressed as they
 * are converted, so that a large screen needs no more memory than a small
 * one. Sets *bytes to the length of the file. EXIT_FAILED. */
int encode_png(const struct pixels *p, int fd, const char *name,
	       uint64_t *bytes, struct err *err);

#endif
