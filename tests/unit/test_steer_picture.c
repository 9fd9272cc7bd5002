/* The PNG holds the pixels, and a failure leaves nothing. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "steer/encode.h"
#include "steer/picture.h"

#define WIDTH 7
#define HEIGHT 300

static unsigned char data[HEIGHT][WIDTH * 4];

static struct pixels sample(void)
{
	struct proto_picture p = {
		.width = WIDTH, .height = HEIGHT, .stride = WIDTH * 4,
		.bits = 32, .red = 0xff0000, .green = 0xff00, .blue = 0xff,
	};
	struct pixels pixels;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i / (WIDTH * 4)][i % (WIDTH * 4)] =
			(unsigned char)(i * 7 + i / 251);
	assert_int_equal(pixels_open(&pixels, &p, data, sizeof(data), &err),
			 0);
	return pixels;
}

static int enter_directory(void **state)
{
	static char dir[256];
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(dir, sizeof(dir), "%s/picture.XXXXXX",
		       tmp ? tmp : "/tmp");
	*state = dir;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave_directory(void **state)
{
	return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

static void assert_holds_sample(const char *path)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	unsigned char got[HEIGHT][WIDTH * 3], want[WIDTH * 3];
	struct pixels pixels = sample();

	assert_true(png_image_begin_read_from_file(&image, path));
	assert_int_equal(image.width, WIDTH);
	assert_int_equal(image.height, HEIGHT);
	image.format = PNG_FORMAT_RGB;
	assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
	for (uint32_t y = 0; y < HEIGHT; y++) {
		pixels_row(&pixels, y, want);
		assert_memory_equal(got[y], want, sizeof(want));
	}
}

static void a_picture_reads_back_as_it_was(void **state)
{
	struct pixels pixels = sample();
	struct picture picture = { .pixels = &pixels };
	struct err err = ERR_INIT;
	struct stat st;

	assert_int_equal(picture_save(&picture, "a.png", &err), 0);
	assert_string_equal(picture.path, "a.png");
	free(picture.path);
	assert_int_equal(stat("a.png", &st), 0);
	assert_int_equal(picture.bytes, st.st_size);
	assert_holds_sample("a.png");
	assert_int_equal(unlink("a.png"), 0);
}

/* Noise does not compress: the picture takes many chunks. */
static void a_large_picture_reads_back_as_it_was(void **state)
{
	enum { W = 601, H = 203 };
	static unsigned char noise[H * W * 4], got[H][W * 3], want[W * 3];
	struct proto_picture p = {
		.width = W, .height = H, .stride = W * 4, .bits = 32,
		.red = 0xff0000, .green = 0xff00, .blue = 0xff,
	};
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct pixels pixels;
	struct picture picture = { .pixels = &pixels };
	struct err err = ERR_INIT;
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof(noise); i++) {
		seed = seed * 1103515245u + 12345u;
		noise[i] = (unsigned char)(seed >> 16);
	}
	assert_int_equal(pixels_open(&pixels, &p, noise, sizeof(noise), &err),
			 0);
	assert_int_equal(picture_save(&picture, "n.png", &err), 0);
	free(picture.path);
	assert_true(png_image_begin_read_from_file(&image, "n.png"));
	image.format = PNG_FORMAT_RGB;
	assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
	for (uint32_t y = 0; y < H; y++) {
		pixels_row(&pixels, y, want);
		assert_memory_equal(got[y], want, sizeof(want));
	}
	assert_int_equal(unlink("n.png"), 0);
}

static void the_default_name_is_never_one_that_exists(void **state)
{
	struct pixels pixels = sample();
	struct err err = ERR_INIT;
	char *names[3];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct picture picture = { .pixels = &pixels };

		assert_int_equal(picture_save(&picture, NULL, &err), 0);
		names[i] = picture.path;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_holds_sample(names[i]);
		assert_int_equal(unlink(names[i]), 0); /* so each was own */
		free(names[i]);
	}
}

static void a_write_error_names_file_and_cause(void **state)
{
	CLEANUP_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct pixels pixels = sample();
	uint64_t bytes;
	struct err err = ERR_INIT;

	assert_int_equal(encode_png(&pixels, full, "b.png", &bytes, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.object, "b.png");
	assert_string_equal(err.cause, "No space left on device");
}

static void a_missing_directory_leaves_nothing(void **state)
{
	struct pixels pixels = sample();
	struct picture picture = { .pixels = &pixels };
	struct err err = ERR_INIT;

	assert_int_equal(picture_save(&picture, "no/such.png", &err), -1);
	assert_string_equal(err.object, "no/such.png");
	assert_null(picture.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_reads_back_as_it_was),
		cmocka_unit_test(a_large_picture_reads_back_as_it_was),
		cmocka_unit_test(the_default_name_is_never_one_that_exists),
		cmocka_unit_test(a_write_error_names_file_and_cause),
		cmocka_unit_test(a_missing_directory_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
