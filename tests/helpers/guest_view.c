/*
 * guest_view - all that a process has from whoever started it, a line each, for
 * tests that compare two ways of starting a guest.
 *
 *	guest_view [KEY]
 *
 * What differs from one start to the next by its nature is left out: numbers of
 * processes, counters, sizes of memory. With KEY, whether a key of that name is
 * found from the session's keyring is told as well.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
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

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif
#ifndef PR_GET_MEMORY_MERGE
#define PR_GET_MEMORY_MERGE 68
#endif

#define IOPRIO_WHO_PROCESS 1
#define FDS 4096

extern char **environ;

static void tell(const char *name, long value)
{
	if (value < 0)
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: %#lx\n", name, value);
}

static int is_one_of(const char *line, const char *const *names)
{
	for (; *names; names++)
		if (strncmp(line, *names, strlen(*names)) == 0)
			return 1;
	return 0;
}

static void tell_file(const char *path)
{
	static const char *const left_out[] = {
		"Pid:", "PPid:", "Tgid:", "Ngid:", "NS", "Vm", "Rss", "Hugetlb",
		"voluntary", "nonvoluntary", "State:", "FDSize:", NULL,
	};
	char line[4096];
	FILE *f = fopen(path, "r");

	if (!f) {
		printf("%s: %s\n", path, strerrorname_np(errno));
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		char *value = line;

		if (is_one_of(line, left_out))
			continue;
		if (strncmp(line, "SigQ:", 5) == 0) /* used/limit */
			value = strchr(line, '/');
		printf("%s: %.*s\n", path, (int)strcspn(value, "\n"), value);
	}
	fclose(f);
}

/* What kind of file it is, not which. */
static void tell_fds(void)
{
	char name[64], link[4096];

	for (int fd = 0; fd < FDS; fd++) {
		int flags = fcntl(fd, F_GETFD);
		ssize_t n;

		if (flags < 0)
			continue;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		n = readlink(name, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		printf("descriptor %d: %.*s %#x %#x\n", fd,
		       link[0] == '/' ? 99 : (int)strcspn(link, "["), link,
		       flags, fcntl(fd, F_GETFL) & ~O_LARGEFILE);
	}
}

/* By the call: the library keeps two signals to itself. */
static void tell_signals(void)
{
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		unsigned long mask;
	} act;
	unsigned long blocked = 0;

	for (int s = 1; s <= 64; s++) {
		if (syscall(SYS_rt_sigaction, s, NULL, &act, 8) == 0)
			printf("signal %d: %p %#lx %#lx\n", s, act.handler,
			       act.flags, act.mask);
	}
	(void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, 8);
	printf("blocked: %#lx\n", blocked);
}

static void tell_limits(void)
{
	for (int r = 0; r < RLIM_NLIMITS; r++) {
		struct rlimit l;

		if (getrlimit(r, &l) == 0)
			printf("limit %d: %llx %llx\n", r,
			       (unsigned long long)l.rlim_cur,
			       (unsigned long long)l.rlim_max);
	}
}

static void tell_scheduling(void)
{
	unsigned long cpus[128] = { 0 };
	struct sched_param param = { 0 };
	int policy = 0;

	tell("nice", syscall(SYS_getpriority, PRIO_PROCESS, 0));
	tell("policy", sched_getscheduler(0));
	tell("priority", sched_getparam(0, &param));
	tell("of real time", param.sched_priority);
	tell("io priority", syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0));
	if (syscall(SYS_sched_getaffinity, 0, sizeof(cpus), cpus) > 0)
		printf("cpus: %lx %lx\n", cpus[0], cpus[1]);
	tell("memory policy", syscall(SYS_get_mempolicy, &policy, NULL, 0,
				      NULL, 0));
	tell("is", policy);
}

static void tell_attributes(void)
{
	int parent = -1, reaper = -1;

	tell("umask", umask(0));
	tell("personality", personality(0xffffffff));
	tell("timer slack", prctl(PR_GET_TIMERSLACK));
	tell("secure bits", prctl(PR_GET_SECUREBITS));
	tell("keeps capabilities", prctl(PR_GET_KEEPCAPS));
	tell("dumpable", prctl(PR_GET_DUMPABLE));
	tell("no huge pages", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	tell("denied to write and execute", prctl(PR_GET_MDWE, 0, 0, 0, 0));
	tell("merged", prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0));
	tell("machine checks", prctl(PR_MCE_KILL_GET, 0, 0, 0, 0));
	tell("asks for the parent's death",
	     prctl(PR_GET_PDEATHSIG, &parent));
	tell("by signal", parent);
	tell("asks for orphans", prctl(PR_GET_CHILD_SUBREAPER, &reaper));
	tell("is", reaper);
}

static void tell_timers(void)
{
	static const int kinds[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };

	for (size_t i = 0; i < 3; i++) {
		struct itimerval t = { 0 };

		tell("timer", getitimer(kinds[i], &t));
		tell("has", t.it_value.tv_sec | t.it_value.tv_usec |
				    t.it_interval.tv_sec);
	}
}

static void tell_session(void)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY);

	printf("leads its session: %d, its group: %d, parent: %d\n",
	       getsid(0) == getpid(), getpgid(0) == getpid(), getppid());
	tell("terminal", tty < 0 ? -1 : 0);
	if (tty >= 0)
		close(tty);
}

static void tell_key(const char *name)
{
	tell("key", syscall(SYS_keyctl, KEYCTL_SEARCH,
			    KEY_SPEC_SESSION_KEYRING, "user", name, 0));
}

int main(int argc, char **argv)
{
	char cwd[4096] = "";

	tell_fds();
	tell_signals();
	tell_limits();
	tell_scheduling();
	tell_timers();
	tell_session();
	printf("directory: %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "none");
	for (char **e = environ; *e; e++)
		printf("environment: %s\n", *e);
	tell_file("/proc/self/status");
	tell_file("/proc/self/limits");
	tell_file("/proc/self/oom_score_adj");
	tell_file("/proc/self/coredump_filter");
	tell_file("/proc/self/cgroup");
	tell_file("/proc/self/attr/current");
	tell_file("/proc/self/loginuid");
	tell_file("/proc/self/sessionid");
	tell_file("/proc/self/comm");
	tell_attributes();
	if (argc > 1)
		tell_key(argv[1]);
	return 0;
}
