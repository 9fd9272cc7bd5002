/*
 * png_diff - how many pixels two pictures differ in.
 *
 *	png_diff A B                 in all
 *	png_diff A B X Y W H         in that rectangle, and outside it
 *
 * Pictures of different sizes are an error.
 */
#include <err.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct picture {
	png_image png;
	unsigned char *rgb;
};

static void load(const char *path, struct picture *p)
{
	p->png = (png_image){ .version = PNG_IMAGE_VERSION };
	if (!png_image_begin_read_from_file(&p->png, path))
		errx(1, "%s: %s", path, p->png.message);
	p->png.format = PNG_FORMAT_RGB;
	p->rgb = malloc(PNG_IMAGE_SIZE(p->png));
	if (!p->rgb ||
	    !png_image_finish_read(&p->png, NULL, p->rgb, 0, NULL))
		errx(1, "%s: %s", path, p->png.message);
}

int main(int argc, char **argv)
{
	unsigned int x = 0, y = 0, w = 0, h = 0, in = 0, out = 0;
	struct picture a, b;

	if (argc != 3 && argc != 7)
		errx(2, "usage: png_diff A B [X Y W H]");
	load(argv[1], &a);
	load(argv[2], &b);
	if (a.png.width != b.png.width || a.png.height != b.png.height)
		errx(1, "the pictures have different sizes");
	if (argc == 7) {
		x = (unsigned int)atoi(argv[3]);
		y = (unsigned int)atoi(argv[4]);
		w = (unsigned int)atoi(argv[5]);
		h = (unsigned int)atoi(argv[6]);
	}
	for (unsigned int j = 0; j < a.png.height; j++)
		for (unsigned int i = 0; i < a.png.width; i++) {
			size_t at = ((size_t)j * a.png.width + i) * 3;

			if (!memcmp(a.rgb + at, b.rgb + at, 3))
				continue;
			if (i >= x && i < x + w && j >= y && j < y + h)
				in++;
			else
				out++;
		}
	if (argc == 7)
		printf("%u %u\n", in, out);
	else
		printf("%u\n", out);
	return 0;
}
