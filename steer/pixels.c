#include "steer/pixels.h"

#include <byteswap.h>
#include <endian.h>
#include <string.h>

static int refuse(struct err *err, const char *what)
{
	return err_set(err, EXIT_DISPLAY, "read the screen", NULL,
		       "the display sent a picture with %s", what);
}

size_t pixels_size(const struct proto_picture *p)
{
	if (!p->width || p->width > PROTO_SIDE_MAX || !p->height ||
	    p->height > PROTO_SIDE_MAX)
		return 0;
	if (p->bits != 16 && p->bits != 24 && p->bits != 32)
		return 0;
	if (p->stride < p->width * (p->bits / 8) ||
	    p->stride > PROTO_PIXELS / p->height)
		return 0;
	return (size_t)p->stride * p->height;
}

/* A mask is one run of 1 to 16 bits, within a pixel. */
static int channel(struct pixels_channel *c, uint32_t mask, uint32_t bits)
{
	if (!mask || (bits < 32 && mask >> bits))
		return -1;
	c->shift = (unsigned int)__builtin_ctz(mask);
	c->max = mask >> c->shift;
	return c->max & (c->max + 1) || c->max > 0xffff ? -1 : 0;
}

int pixels_open(struct pixels *out, const struct proto_picture *p,
		const void *data, size_t size, struct err *err)
{
	size_t need = pixels_size(p);

	*out = (struct pixels){
		.data = data,
		.width = p->width,
		.height = p->height,
		.stride = p->stride,
		.bytes = p->bits / 8,
		.msb_first = p->msb_first != 0,
	};
	if (!need || need > size)
		return refuse(err, "an impossible size");
	if (channel(&out->red, p->red, p->bits) < 0 ||
	    channel(&out->green, p->green, p->bits) < 0 ||
	    channel(&out->blue, p->blue, p->bits) < 0 ||
	    p->red & p->green || p->red & p->blue || p->green & p->blue)
		return refuse(err, "impossible colour masks");
	out->plain = p->bits == 32 && !out->msb_first &&
		     p->red == 0xff0000 && p->green == 0xff00 &&
		     p->blue == 0xff;
	return 0;
}

static uint32_t load(const struct pixels *p, const unsigned char *s)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < p->bytes; i++)
		v = v << 8 | s[p->msb_first ? i : p->bytes - 1 - i];
	return v;
}

/* Rounded, so that black stays 0 and the brightest becomes 255. */
static unsigned char scale(const struct pixels_channel *c, uint32_t pixel)
{
	uint32_t v = pixel >> c->shift & c->max;

	return (unsigned char)((v * 255 + c->max / 2) / c->max);
}

/* A word a pixel, whose fourth byte the next pixel overwrites. */
static void plain_row(const unsigned char *s, unsigned char *rgb, uint32_t n)
{
	for (; n > 1; n--, s += 4, rgb += 3) {
		uint32_t v;

		memcpy(&v, s, sizeof(v));
		v = htole32(bswap_32(le32toh(v)) >> 8);
		memcpy(rgb, &v, sizeof(v));
	}
	rgb[0] = s[2];
	rgb[1] = s[1];
	rgb[2] = s[0];
}

void pixels_row(const struct pixels *p, uint32_t y, unsigned char *rgb)
{
	const unsigned char *s = p->data + y * p->stride;

	if (p->plain) {
		plain_row(s, rgb, p->width);
		return;
	}
	for (uint32_t x = 0; x < p->width; x++, s += p->bytes, rgb += 3) {
		uint32_t v = load(p, s);

		rgb[0] = scale(&p->red, v);
		rgb[1] = scale(&p->green, v);
		rgb[2] = scale(&p->blue, v);
	}
}
