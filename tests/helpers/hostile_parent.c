/*
 * hostile_parent - executes a program as the worst of parents would.
 *
 *	hostile_parent PROGRAM [ARG...]
 *
 * Every signal that can be is blocked, and ignored, SIGCHLD included; the
 * umask is 0; a hundred descriptors are open without close-on-exec, among
 * them one of the root directory; the environment is large and holds a token;
 * there is no standard input; limits are odd; the working directory is gone;
 * root has groups besides its own.
 */
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 100
#define VARIABLES 200
#define VARIABLE_LEN 1000

static void ignore_signals(void)
{
	sigset_t all;

	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_IGN);
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		err(1, "sigprocmask");
}

static void open_many(void)
{
	if (open("/", O_RDONLY | O_DIRECTORY) < 0)
		err(1, "/");
	for (int i = 1; i < FDS; i++)
		if (open(i % 2 ? "/etc/passwd" : "/dev/null", O_RDONLY) < 0)
			err(1, "open");
}

static void grow_environment(void)
{
	char name[32], value[VARIABLE_LEN + 1];

	memset(value, 'x', VARIABLE_LEN);
	value[VARIABLE_LEN] = '\0';
	for (int i = 0; i < VARIABLES; i++) {
		snprintf(name, sizeof(name), "HOSTILE_%d", i);
		setenv(name, value, 1);
	}
	setenv("API_TOKEN", "canary-of-the-host", 1);
	setenv("LD_PRELOAD_CANARY", "canary-of-the-host", 1);
	setenv("IFS", "/", 1);
	setenv("DISPLAY", ":77", 1);
}

static void lose_directory(void)
{
	char dir[] = "/tmp/hostile-parent.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0 || rmdir(dir) < 0)
		err(1, "%s", dir);
}

int main(int argc, char **argv)
{
	const gid_t groups[] = { 0, 4, 6, 42 }; /* adm, disk, shadow */
	struct rlimit low = { 12, 4096 };

	if (argc < 2)
		errx(2, "usage: hostile_parent PROGRAM [ARG...]");
	umask(0);
	(void)setgroups(sizeof(groups) / sizeof(*groups), groups);
	lose_directory();
	open_many();
	grow_environment();
	ignore_signals();
	(void)setrlimit(RLIMIT_STACK, &(struct rlimit){ 1 << 20, 1 << 23 });
	(void)setrlimit(RLIMIT_CORE, &low);
	(void)prctl(PR_SET_TIMERSLACK, 1);
	close(0);
	execv(argv[1], argv + 1);
	err(1, "%s", argv[1]);
}
