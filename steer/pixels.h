/*
 * pixels.h - from a server's pixels to rows of red, green, blue bytes.
 */
#ifndef STEER_PIXELS_H
#define STEER_PIXELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "steer/proto.h"

/* One colour of a pixel. */
struct pixels_channel {
	unsigned int shift; /* to bit 0 */
	uint32_t max;       /* largest value, 2^width - 1 */
};

struct pixels {
	const unsigned char *data;
	uint32_t width, height;
	size_t stride;
	unsigned int bytes; /* of a pixel: 2, 3 or 4 */
	int msb_first;
	int plain; /* blue, green, red, unused: the usual layout of depth 24 */
	struct pixels_channel red, green, blue;
};

/* Checks a description that came from the X side against the `size` bytes at
 * `data`, so that pixels_row() stays within them whatever it says. Accepted
 * are 16, 24 and 32 bits a pixel with three masks that are runs of at most 16
 * bits and do not overlap. EXIT_DISPLAY says what is wrong. */
int pixels_open(struct pixels *out, const struct proto_picture *picture,
		const void *data, size_t size, struct err *err);

/* How many bytes the picture takes; 0 when the description is impossible. */
size_t pixels_size(const struct proto_picture *picture);

/* Row `y` as 3 * width bytes. */
void pixels_row(const struct pixels *p, uint32_t y, unsigned char *rgb);

#endif
