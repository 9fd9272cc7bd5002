/*
 * attack_counts - takes what the kernel has so many of for each user, or for
 * all together.
 *
 *	attack_counts all   each of them until it is refused, and keeps them
 *	attack_counts one   one of each
 *
 * Prints "NAME COUNT ERROR" for each, the error "-" when there was none.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Each returns how many it took, 0 when it was refused. */

static int instance(void)
{
	return inotify_init1(0) >= 0;
}

static int timer(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
	};
	timer_t id;

	return timer_create(CLOCK_MONOTONIC, &event, &id) == 0;
}

static int queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = 1024 };
	mqd_t q = mq_open("/attack", O_CREAT | O_RDWR, 0600, &attr);

	(void)mq_unlink("/attack"); /* it lives on while it is open */
	return q != (mqd_t)-1;
}

/* Whole contexts of many events first: there are few descriptors, and this
 * leaves no event to anybody. */
static int events(void)
{
	static int size = 1 << 14;
	unsigned long ctx = 0;

	while (syscall(SYS_io_setup, size, &ctx) < 0) {
		if (size == 1 || errno != EAGAIN)
			return 0;
		size /= 2;
	}
	return size;
}

static const struct {
	const char *name;
	int (*take)(void);
} counted[] = {
	{ "inotify", instance }, { "timer", timer }, { "queue", queue },
	{ "aio", events },
};

int main(int argc, char **argv)
{
	int all = argc > 1 && strcmp(argv[1], "all") == 0;

	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		int count = 0, more;

		errno = 0;
		do {
			more = counted[i].take();
			count += more;
		} while (all && more);
		printf("%s %d %s\n", counted[i].name, count,
		       more ? "-" : strerrorname_np(errno));
		fflush(stdout);
	}
	while (all)
		pause();
	return 0;
}
