/*
 * hostile_parent - executes a program as the worst of parents would.
 *
 *	hostile_parent [--hard] PROGRAM [ARG...]
 *
 * Every signal that can be is blocked, and ignored, SIGCHLD included; the
 * umask is 0; a hundred descriptors are open without close-on-exec, among
 * them one of the root directory; the environment has a megabyte and holds a
 * token; there is no standard input; the working directory is gone; soft limits
 * are as low as the program can start with; whatever else is inherited by
 * fork(2) or kept by execve(2) is as it never should be; root has groups
 * besides its own. With --hard the hard limits of CPU time, file locks and open
 * files are low as well, which takes CAP_SYS_RESOURCE to undo.
 */
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define FDS 100
/* One string has at most 128 KiB, all of them a quarter of what the stack may
 * have (execve(2), "Limits on size"). */
#define VARIABLES 9
#define VARIABLE_LEN 120000
#define STACK (5u << 20)

#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_IDLE (3 << 13)

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
	static char value[VARIABLE_LEN + 1];
	char name[32];

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

static void lower_soft_limits(void)
{
	static const struct {
		int resource;
		rlim_t soft;
	} low[] = {
		{ RLIMIT_CPU, 1000 },	      { RLIMIT_FSIZE, 1 << 30 },
		{ RLIMIT_DATA, 1u << 30 },    { RLIMIT_STACK, STACK },
		{ RLIMIT_CORE, 4096 },	      { RLIMIT_RSS, 1 << 30 },
		{ RLIMIT_NPROC, 5000 },	      { RLIMIT_NOFILE, 256 },
		{ RLIMIT_MEMLOCK, 0 },	      { RLIMIT_LOCKS, 7 },
		{ RLIMIT_AS, (rlim_t)1 << 40 }, { RLIMIT_SIGPENDING, 100 },
		{ RLIMIT_MSGQUEUE, 0 },	      { RLIMIT_RTTIME, 1000000 },
	};

	for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		struct rlimit l;

		if (getrlimit(low[i].resource, &l) < 0)
			err(1, "getrlimit");
		if (l.rlim_cur > low[i].soft)
			l.rlim_cur = low[i].soft;
		if (setrlimit(low[i].resource, &l) < 0)
			err(1, "setrlimit");
	}
}

static void lower_hard_limits(void)
{
	(void)setrlimit(RLIMIT_CPU, &(struct rlimit){ 900, 900 });
	(void)setrlimit(RLIMIT_LOCKS, &(struct rlimit){ 7, 7 });
	(void)setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 256, 256 });
}

static void spoil_scheduling(void)
{
	unsigned long node = 1;
	cpu_set_t all, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		err(1, "sched_getaffinity");
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0 ||
	    setpriority(PRIO_PROCESS, 0, 7) < 0 ||
	    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 }) < 0)
		err(1, "scheduling");
	(void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE);
	(void)syscall(SYS_set_mempolicy, MPOL_PREFERRED, &node, 8);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/* No timer runs out while a test does. */
static void spoil_attributes(void)
{
	struct itimerval later = { .it_value.tv_sec = 100000 };

	(void)prctl(PR_SET_TIMERSLACK, 1);
	(void)prctl(PR_SET_PDEATHSIG, SIGUSR1);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	(void)prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
	(void)personality(ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT |
			  SHORT_INODE);
	(void)setitimer(ITIMER_REAL, &later, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &later, NULL);
	(void)setitimer(ITIMER_PROF, &later, NULL);
	write_file("/proc/self/coredump_filter", "0x7f");
	write_file("/proc/self/oom_score_adj", "300");
}

static void leave_a_key(void)
{
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	(void)syscall(SYS_add_key, "user", "canary-of-the-host", "x", 1,
		      KEY_SPEC_SESSION_KEYRING);
}

int main(int argc, char **argv)
{
	const gid_t groups[] = { 0, 4, 6, 42 }; /* adm, disk, shadow */
	int hard = argc > 1 && strcmp(argv[1], "--hard") == 0;

	argv += 1 + hard;
	if (!argv[0])
		errx(2, "usage: hostile_parent [--hard] PROGRAM [ARG...]");
	umask(0);
	(void)setgroups(sizeof(groups) / sizeof(*groups), groups);
	lose_directory();
	open_many();
	grow_environment();
	ignore_signals();
	spoil_scheduling();
	spoil_attributes();
	leave_a_key();
	lower_soft_limits();
	if (hard)
		lower_hard_limits();
	close(0);
	execv(argv[0], argv);
	err(1, "%s", argv[0]);
}
