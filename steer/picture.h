/*
 * picture.h - where a PNG goes: a file, a device, standard output.
 */
#ifndef STEER_PICTURE_H
#define STEER_PICTURE_H

#include "base/err.h"
#include "steer/pixels.h"

struct picture {
	const struct pixels *pixels;
	char *path;     /* where it was written; the caller frees */
	uint64_t bytes; /* of the file */
};

/* Writes the PNG of p->pixels to `path`: "-" is standard output, which must
 * not be a terminal; NULL is a new steer-YYYYmmdd-HHMMSS.png in the working
 * directory, with -2, -3 and so on behind the time when it is taken. A regular
 * file is replaced as a whole or, after any failure, not at all (a symbolic
 * link to one is replaced, not followed); a device or a pipe is written to.
 * Sets p->path, NULL for "-", and p->bytes. */
int picture_save(struct picture *p, const char *path, struct err *err);

#endif
