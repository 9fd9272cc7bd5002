/* A picture that a display describes: pixels that are too few, sizes and
 * masks that cannot be. Then how much there is, and the pixels. */
#include "tests/fuzz/fuzz.h"

#include "steer/encode.h"
#include "steer/pixels.h"

#define PIXELS_MAX (1u << 16)

static void draw(const struct pixels *p)
{
	unsigned char *row = mem_zalloc(3 * (size_t)p->width);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct err err = ERR_INIT;
	uint64_t bytes = 0;

	for (uint32_t y = 0; y < p->height; y++)
		pixels_row(p, y, row);
	FUZZ_CHECK(encode_png(p, null, "null", &bytes, &err) == 0);
	FUZZ_CHECK(bytes);
	close(null);
	free(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	struct proto_picture p;
	struct err err = ERR_INIT;
	struct pixels pixels;
	uint8_t *memory;
	size_t room;

	(void)fuzz_take(&in, &p, sizeof(p));
	/* Of any size but small ones seldom make sense: help. */
	if (fuzz_byte(&in) & 1) {
		p.width = p.width % 256 + 1;
		p.height = p.height % 64 + 1;
		p.bits = 16 + p.bits % 3 * 8;
		p.stride %= 2048;
	}
	room = pixels_size(&p);
	FUZZ_CHECK(room <= PROTO_PIXELS);
	if (fuzz_byte(&in) & 1)
		room = room && fuzz_byte(&in) & 1 ? room - 1 : in.left;
	room = room < 1u << 24 ? room : 1u << 24;
	memory = mem_zalloc(room);
	(void)fuzz_take(&in, memory, room);
	if (pixels_open(&pixels, &p, memory, room, &err) < 0)
		FUZZ_CHECK(err.code == EXIT_DISPLAY);
	else if ((uint64_t)p.width * p.height <= PIXELS_MAX)
		draw(&pixels);
	free(memory);
	return 0;
}
