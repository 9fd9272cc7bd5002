/*
 * replay - gives files to a fuzz target, as the engine would.
 *
 *	TARGET [-m N] FILE...
 *
 * With -m also N variants of each: bytes changed, ends cut off, pieces
 * doubled. They are the same in every run.
 */
#include "tests/fuzz/fuzz.h"

#include <err.h>

#define FILE_MAX (1u << 20)

static uint32_t seed = 1;

static uint32_t chance(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return below ? (seed >> 8) % below : 0;
}

static void change(uint8_t *data, size_t *size)
{
	static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '=' };
	size_t at = chance((uint32_t)*size);

	if (!*size)
		return;
	switch (chance(5)) {
	case 0:
		data[at] ^= (uint8_t)(1u << chance(8));
		break;
	case 1:
		data[at] = odd[chance(sizeof(odd))];
		break;
	case 2:
		memset(data + at, 0xff, *size - at < 4 ? *size - at : 4);
		break;
	case 3:
		*size = at;
		break;
	default: /* the rest once more */
		memcpy(data + *size, data + at, *size - at);
		*size += *size - at;
		break;
	}
}

/* In memory of just its size. */
static void give(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		err(1, "malloc");
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay(const char *path, unsigned int variants)
{
	static uint8_t data[FILE_MAX], changed[16 * FILE_MAX];
	FILE *in = fopen(path, "r");
	size_t size, n;

	if (!in)
		err(1, "%s", path);
	size = fread(data, 1, sizeof(data), in);
	(void)fclose(in);
	(void)fprintf(stderr, "%s\n", path);
	give(data, size);
	for (unsigned int i = 0; i < variants; i++) {
		memcpy(changed, data, n = size);
		for (uint32_t times = 1 + chance(4); times; times--)
			change(changed, &n);
		give(changed, n);
	}
}

int main(int argc, char **argv)
{
	int variants = 0, first = 1;

	if (argc > 2 && strcmp(argv[1], "-m") == 0) {
		variants = atoi(argv[2]);
		first = 3;
	}
	for (int i = first; i < argc; i++)
		replay(argv[i], (unsigned int)variants);
	return 0;
}
