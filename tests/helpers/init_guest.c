/*
 * init_guest - what the tests of sandbox-init run as a guest.
 *
 *	init_guest orphans N   leaves N orphans to PID 1, waits until all are
 *	                       reaped, prints how many processes are left
 *	init_guest fds         prints its open descriptors
 *	init_guest session     prints 1 if it leads a session without terminal
 *
 * A shell would open descriptors of its own and reap in its own way.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Looks at /proc before the last orphans must be gone: far more than it takes
 * a PID 1 that reaps, and few enough to end with one that does not. */
#define SCANS 20000

/* Processes, zombies included. */
static int count(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int n = 0;

	if (!dir)
		exit(1);
	while ((e = readdir(dir)))
		n += !!isdigit((unsigned char)e->d_name[0]);
	closedir(dir);
	return n;
}

static int orphans(int n)
{
	int alive[2];
	char c;

	if (pipe(alive) < 0)
		return 1;
	for (int i = 0; i < n; i++) {
		pid_t child = fork();

		if (child < 0)
			return 1;
		if (child == 0)
			_exit(fork() < 0);
		if (waitpid(child, &(int){ 0 }, 0) != child)
			return 1;
	}
	/* End of file: the last orphan is past its end, or nearly. */
	close(alive[1]);
	if (read(alive[0], &c, 1) != 0)
		return 1;
	for (int i = 0; i < SCANS && count() > 2; i++)
		sched_yield();
	printf("%d\n", count());
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "orphans") && argc > 2)
		return orphans(atoi(argv[2]));
	if (!strcmp(what, "fds"))
		for (int fd = 0; fd < 1024; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				printf("%d ", fd);
	if (!strcmp(what, "session"))
		printf("%d", getsid(0) == getpid() && getpgrp() == getpid() &&
			     open("/dev/tty", O_RDWR) < 0);
	return 0;
}
