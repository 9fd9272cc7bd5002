/* Pixels of every layout, and descriptions that are lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "steer/pixels.h"

static const struct proto_picture plain = {
	.width = 2, .height = 2, .stride = 8, .bits = 32,
	.red = 0xff0000, .green = 0xff00, .blue = 0xff,
};

static void assert_row(const struct proto_picture *p, const void *data,
		       size_t size, uint32_t y, const char *want)
{
	unsigned char rgb[6];
	struct pixels pixels;
	struct err err = ERR_INIT;

	assert_int_equal(pixels_open(&pixels, p, data, size, &err), 0);
	pixels_row(&pixels, y, rgb);
	assert_memory_equal(rgb, want, sizeof(rgb));
}

static void depth_24_is_blue_green_red_unused(void **state)
{
	assert_row(&plain, "\x01\x02\x03\xff\x04\x05\x06\xff"
			   "\x07\x08\x09\xff\x0a\x0b\x0c\xff", 16, 1,
		   "\x09\x08\x07\x0c\x0b\x0a");
}

static void big_endian_pixels_are_read_the_other_way(void **state)
{
	struct proto_picture p = plain;

	p.msb_first = 1;
	p.height = 1;
	assert_row(&p, "\xff\x01\x02\x03\xff\x04\x05\x06", 8, 0,
		   "\x01\x02\x03\x04\x05\x06");
}

static void three_byte_pixels_are_read(void **state)
{
	struct proto_picture p = plain;

	p.bits = 24;
	p.height = 1;
	assert_row(&p, "\x01\x02\x03\x04\x05\x06\0\0", 8, 0,
		   "\x03\x02\x01\x06\x05\x04");
}

static void depth_16_spreads_over_the_whole_range(void **state)
{
	struct proto_picture p = {
		.width = 2, .height = 2, .stride = 4, .bits = 16,
		.red = 0xf800, .green = 0x7e0, .blue = 0x1f,
	};
	/* white, black; then pure red, a green of 32/63 */
	const char data[] = "\xff\xff\0\0\0\xf8\0\x04";

	assert_row(&p, data, 8, 0, "\xff\xff\xff\0\0\0");
	assert_row(&p, data, 8, 1, "\xff\0\0\0\x82\0");
}

static void depth_30_keeps_the_upper_bits(void **state)
{
	struct proto_picture p = {
		.width = 2, .height = 1, .stride = 8, .bits = 32,
		.red = 0x3ff00000, .green = 0xffc00, .blue = 0x3ff,
	};
	const uint32_t data[] = { 0x3fffffff, 0x200u << 20 | 0x3ff };

	assert_row(&p, data, sizeof(data), 0, "\xff\xff\xff\x80\0\xff");
}

static void assert_impossible(struct proto_picture p)
{
	static unsigned char data[64];
	struct pixels pixels;
	struct err err = ERR_INIT;

	assert_int_equal(pixels_open(&pixels, &p, data, sizeof(data), &err),
			 -1);
	assert_int_equal(err.code, EXIT_DISPLAY);
}

#define CHANGED(field, value)                    \
	do {                                     \
		struct proto_picture p_ = plain; \
		p_.field = (value);              \
		assert_impossible(p_);           \
	} while (0)

static void a_size_that_the_memory_does_not_hold_is_refused(void **state)
{
	CHANGED(width, 0);
	CHANGED(height, 0);
	CHANGED(width, 3); /* more than a stride */
	CHANGED(width, 0x40000000); /* times 4 is 0 in 32 bits */
	CHANGED(width, PROTO_SIDE_MAX + 1);
	CHANGED(height, 9); /* 72 of 64 bytes */
	CHANGED(height, UINT32_MAX);
	CHANGED(stride, 7);
	CHANGED(stride, 33);
	CHANGED(stride, UINT32_MAX);
	CHANGED(stride, 0x80000000); /* times 2 is 0 in 32 bits */
}

static void a_pixel_of_another_size_is_refused(void **state)
{
	CHANGED(bits, 0);
	CHANGED(bits, 8);
	CHANGED(bits, 31);
	CHANGED(bits, 64);
	CHANGED(bits, UINT32_MAX);
}

static void masks_that_are_no_colours_are_refused(void **state)
{
	CHANGED(red, 0);
	CHANGED(green, 0xff);        /* that of blue */
	CHANGED(blue, 0x5);          /* not one run */
	CHANGED(red, 0xffff8000);    /* 17 bits */
	CHANGED(red, 0xffffffff);
}

static void a_mask_beyond_the_pixel_is_refused(void **state)
{
	struct proto_picture p = plain;

	p.bits = 16;
	p.stride = 4;
	assert_impossible(p);
}

static void the_largest_screen_fits(void **state)
{
	struct proto_picture p = plain;

	p.width = p.height = PROTO_SIDE_MAX;
	p.stride = PROTO_SIDE_MAX * 4;
	assert_int_equal(pixels_size(&p), PROTO_PIXELS);
	p.stride++;
	assert_int_equal(pixels_size(&p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_24_is_blue_green_red_unused),
		cmocka_unit_test(big_endian_pixels_are_read_the_other_way),
		cmocka_unit_test(three_byte_pixels_are_read),
		cmocka_unit_test(depth_16_spreads_over_the_whole_range),
		cmocka_unit_test(depth_30_keeps_the_upper_bits),
		cmocka_unit_test(
			a_size_that_the_memory_does_not_hold_is_refused),
		cmocka_unit_test(a_pixel_of_another_size_is_refused),
		cmocka_unit_test(masks_that_are_no_colours_are_refused),
		cmocka_unit_test(a_mask_beyond_the_pixel_is_refused),
		cmocka_unit_test(the_largest_screen_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
