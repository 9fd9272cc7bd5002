/*
 * keymap - stands in for xkbcomp, for the hand-tuned display of desktop.sh:
 * copies the compiled keymap in $KEYMAP to the file that its last argument
 * names. What it is told to compile is read, or the X server would wait.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *keymap = getenv("KEYMAP");
	char block[16384];
	ssize_t n;
	int in = keymap ? open(keymap, O_RDONLY) : -1;
	int out = open(argv[argc - 1], O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (in < 0 || out < 0)
		return 1;
	while (read(STDIN_FILENO, block, sizeof(block)) > 0)
		;
	while ((n = read(in, block, sizeof(block))) > 0)
		if (write(out, block, (size_t)n) != n)
			return 1;
	return n < 0;
}
