/*
 * swapper - exchanges two names as fast as it can.
 *
 *	swapper A B     until its input ends; then prints how often it did
 *
 * Each exchange is one renameat2(2) with RENAME_EXCHANGE: whoever looks at a
 * name twice finds the one thing the first time and may find the other the
 * second.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

/* Exchanges between two looks at the input. */
#define BURST 64

int main(int argc, char **argv)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };
	unsigned long done = 0;

	if (argc != 3)
		errx(2, "usage: swapper A B");
	while (poll(&input, 1, 0) == 0)
		for (int i = 0; i < BURST; i++, done++)
			if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2],
				      RENAME_EXCHANGE) < 0)
				err(1, "%s, %s", argv[1], argv[2]);
	printf("%lu\n", done);
	return 0;
}
