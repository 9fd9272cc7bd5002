/*
 * sandbox-xkbcomp - stands in front of xkbcomp(1) inside a sandbox.
 *
 * The X server asks for its keymap with "... -xkm - ... FILE" and the words on
 * standard input. Known words (sandboxd/keymap.h) are answered by a copy;
 * with others, and for everybody else, it becomes the real compiler, which
 * then finds the same words on its standard input.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandboxd/exitcode.h"
#include "sandboxd/keymap.h"

#define MODE 0644

static ssize_t read_whole(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n > 0) {
		n = read(fd, buf + len, size - len);
		if (n > 0)
			len += (size_t)n;
	}
	return n < 0 ? -1 : (ssize_t)len;
}

/* Does the command line ask for what the server asks for? */
static int asks_for_keymap(int argc, char **argv)
{
	for (int i = 1; i + 2 < argc; i++)
		if (strcmp(argv[i], "-xkm") == 0 &&
		    strcmp(argv[i + 1], "-") == 0)
			return argv[argc - 1][0] == '/';
	return 0;
}

static int is_known(const char *words, size_t len)
{
	char known[KEYMAP_QUERY_MAX];
	int fd = open(KEYMAP_QUERY, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read_whole(fd, known, sizeof(known));

	if (fd >= 0)
		close(fd);
	return n > 0 && (size_t)n == len && memcmp(words, known, len) == 0;
}

/* A new file in place of an old one, as the compiler makes it. */
static int copy_to(const char *path)
{
	int in = open(KEYMAP_COMPILED, O_RDONLY | O_CLOEXEC), out, done;
	struct stat st;

	if (in < 0 || fstat(in, &st) < 0)
		return 0;
	(void)unlink(path);
	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (out < 0)
		return 0;
	done = sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size;
	return close(out) == 0 && done;
}

/* Makes standard input say again what was read from it, and the rest. */
static int give_back(const char *words, size_t len)
{
	char more[KEYMAP_QUERY_MAX];
	int fd = memfd_create("xkbcomp", MFD_CLOEXEC);
	ssize_t n = (ssize_t)len;

	if (fd < 0 || write(fd, words, len) != n)
		return -1;
	while ((n = read(STDIN_FILENO, more, sizeof(more))) > 0)
		if (write(fd, more, (size_t)n) != n)
			return -1;
	if (n < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return dup2(fd, STDIN_FILENO);
}

int main(int argc, char **argv)
{
	char words[KEYMAP_QUERY_MAX];
	ssize_t len;

	if (asks_for_keymap(argc, argv)) {
		len = read_whole(STDIN_FILENO, words, sizeof(words));
		if (len > 0 && is_known(words, (size_t)len) &&
		    copy_to(argv[argc - 1]))
			return EXIT_DONE;
		if (len < 0 || give_back(words, (size_t)len) < 0)
			return EXIT_FAILED;
	}
	execv(KEYMAP_REAL, argv);
	return EXIT_NOEXEC;
}
