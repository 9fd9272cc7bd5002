#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"
#include "label.h"
#include "landlock.h"
#include "sandboxd/exitcode.h"
#include "selfcheck.h"
#include "text.h"

/* Descriptors wait here while 0 to 5 are being filled. */
#define FD_PARKED 16

static int join_groups(struct stage *st)
{
	for (int i = 0; i < PLAN_CGROUPS; i++) {
		int fd = st->service->cgroup1[i];

		/* By inherited descriptor: the kernel checks who opened it. */
		if (fd >= 0 && write(fd, "0", 1) != 1)
			return -errno;
	}
	return 0;
}

static int reset_signals(struct stage *st)
{
	int rc = signals_default();

	return rc < 0 ? rc : signals_unblock();
}

static int new_session(struct stage *st)
{
	/* EPERM: leads its group already, so it has a session to itself or
	 * was given one; only a joined process can be that. */
	if (setsid() < 0 && !(errno == EPERM && getsid(0) == getpid()))
		return -errno;
	return 0;
}

static int new_keyring(struct stage *st)
{
	long serial = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);

	/* A kernel without keys has none to leave behind. */
	if (serial < 0)
		return errno == ENOSYS ? 0 : -errno;
	st->keyring = (int)serial;
	return 0;
}

static int reset_attributes(struct stage *st)
{
	umask(0022);
	return prctl(PR_SET_TIMERSLACK, STAGE_SLACK_NS) < 0 ? -errno : 0;
}

static int set_rlimits(struct stage *st)
{
	for (uint32_t i = 0; i < st->service->nrlimits; i++) {
		const struct plan_rlimit *want = &st->service->rlimits[i];
		int resource = (int)want->resource;
		struct rlimit now;

		if (prlimit(0, resource, NULL, &now) < 0)
			return -errno;
		/* No CAP_SYS_RESOURCE: a hard limit only goes down. */
		if (want->hard < now.rlim_max)
			now.rlim_max = want->hard;
		now.rlim_cur = want->soft < now.rlim_max ? want->soft :
							   now.rlim_max;
		if (prlimit(0, resource, &now, NULL) < 0)
			return -errno;
	}
	return 0;
}

static int park(int fd)
{
	int parked = fcntl(fd, F_DUPFD_CLOEXEC, FD_PARKED);

	return parked < 0 ? -errno : parked;
}

/* The descriptors of the service in their final order, parked. */
static int gather(struct stage *st, int *fds)
{
	int n = 0;

	for (int i = 0; i < 3; i++) {
		int fd = st->service->stdio[i];

		fds[n++] = fd < 0 ? st->null : fd;
	}
	for (int i = 0; i < PLAN_LISTEN; i++)
		if (st->service->listen[i] >= 0)
			fds[n++] = st->service->listen[i];
	if (st->ready >= 0)
		fds[n++] = st->ready;
	fds[n] = st->report;
	for (int i = 0; i <= n; i++) {
		fds[i] = park(fds[i]);
		if (fds[i] < 0)
			return fds[i];
	}
	return n;
}

/* Leaves 0 to kept - 1, and the report right above them. */
static int arrange_fds(struct stage *st)
{
	int fds[3 + PLAN_LISTEN + 2];
	int n = gather(st, fds);

	if (n < 0)
		return n;
	/* The report goes first: told later, a failure would be lost. */
	if (dup3(fds[n], n, O_CLOEXEC) < 0)
		return -errno;
	st->report = n;
	for (int i = 0; i < n; i++)
		if (dup2(fds[i], i) < 0)
			return -errno;
	st->kept = n;
	if (syscall(SYS_close_range, n + 1, ~0U, 0) < 0)
		return -errno;
	return 0;
}

/* A terminal on standard input becomes the session's own, for ^C and job
 * control. EPERM: it is another session's, and stays that. */
static int take_terminal(struct stage *st)
{
	if (isatty(0) && ioctl(0, TIOCSCTTY, 0) < 0 && errno != EPERM)
		return -errno;
	return 0;
}

/* A vector of `strings` with room for `extra` more; pages, not malloc. */
static char **vector(const struct plan *plan,
		     const struct plan_strings *strings, size_t extra)
{
	size_t n = strings->count, size = (n + extra + 1) * sizeof(char *);
	const char *s = plan_string(plan, strings);
	char **v = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (v == MAP_FAILED)
		return NULL;
	for (size_t i = 0; i < n; i++, s = plan_next(s))
		v[i] = (char *)(uintptr_t)s;
	return v;
}

/* argv and environment, with what only this process knows added: its pid and
 * the numbers that its descriptors got (sd_listen_fds(3), Xserver(1)). */
static int make_vectors(struct stage *st)
{
	static char fds[24] = "LISTEN_FDS=", pid[24] = "LISTEN_PID=";
	static char number[12], option[] = "-displayfd";
	uint32_t argc = st->service->argv.count, envc = st->service->env.count;
	int listens = plan_listens(st->service);

	st->argv = vector(st->plan, &st->service->argv, 2);
	st->env = vector(st->plan, &st->service->env, 2);
	if (!st->argv || !st->env)
		return -ENOMEM;
	if (st->ready >= 0) {
		text_add_number(number, sizeof(number),
				3 + (unsigned int)listens, 10);
		st->argv[argc] = option;
		st->argv[argc + 1] = number;
	}
	if (listens) {
		text_add_number(fds, sizeof(fds), (unsigned int)listens, 10);
		text_add_number(pid, sizeof(pid), (uint64_t)getpid(), 10);
		st->env[envc] = fds;
		st->env[envc + 1] = pid;
	}
	return 0;
}

/* While the capabilities are there; see confine.h for why PID 1's children
 * find nothing left to do. */
static int drop_bounding(struct stage *st)
{
	int rc = confine_securebits();

	return rc < 0 ? rc : confine_bounding();
}

/* Whoever becomes another user is asked for first and counted then: the last
 * place under the limit of processes must look taken until after that, or one
 * too many would get through to execve(2). */
static int become_user(struct stage *st)
{
	const struct plan_service *s = st->service;
	struct rlimit now, less;

	if (prlimit(0, RLIMIT_NPROC, NULL, &now) < 0)
		return -errno;
	less = now;
	less.rlim_cur -= now.rlim_cur > 0;
	if (prlimit(0, RLIMIT_NPROC, &less, NULL) < 0 ||
	    syscall(SYS_setresuid, s->uid, s->uid, s->uid) < 0 ||
	    prlimit(0, RLIMIT_NPROC, &now, NULL) < 0)
		return -errno;
	return 0;
}

static int change_ids(struct stage *st)
{
	const struct plan_service *s = st->service;
	unsigned int r, e, f;
	int rc;

	if (syscall(SYS_setgroups, (size_t)s->ngroups, s->groups) < 0 ||
	    syscall(SYS_setresgid, s->gid, s->gid, s->gid) < 0)
		return -errno;
	rc = become_user(st);
	if (rc < 0)
		return rc;
	if (syscall(SYS_getresgid, &r, &e, &f) < 0)
		return -errno;
	if (r != s->gid || e != s->gid || f != s->gid)
		return -EPERM;
	if (syscall(SYS_getresuid, &r, &e, &f) < 0)
		return -errno;
	return r == s->uid && e == s->uid && f == s->uid ? 0 : -EPERM;
}

static int drop_caps(struct stage *st)
{
	int rc = confine_caps(0);

	if (rc == 0)
		rc = confine_no_new_privs();
	/* setresuid(2) leaves what fs.suid_dumpable says, which may be 1. */
	if (rc == 0)
		rc = confine_undumpable();
	return rc;
}

/* After the last change of ids, which clears it. With a parent inside there is
 * no need: when PID 1 dies the kernel kills the whole namespace. And one that
 * is left behind (exec --detach) must not die with who left it. */
static int die_with_parent(struct stage *st)
{
	struct pollfd peer = { .fd = st->report };
	int rc;

	if (!st->joined || getppid() != 0)
		return 0;
	rc = confine_die_with_parent();
	if (rc < 0)
		return rc;
	/* A parent that died before this is seen by its socket alone: from
	 * in here getppid() is 0 for both. */
	if (poll(&peer, 1, 0) < 0)
		return -errno;
	return peer.revents & POLLHUP ? -EPIPE : 0;
}

static int enter_workdir(struct stage *st)
{
	char path[4096];

	if (chdir(plan_string(st->plan, &st->service->cwd)) < 0)
		return -errno;
	/* The call, not the function: the kernel marks a directory outside
	 * the root by a path that does not start with a slash. */
	if (syscall(SYS_getcwd, path, sizeof(path)) < 0)
		return -errno;
	return path[0] == '/' ? 0 : -EXDEV;
}

static int enter_landlock(struct stage *st)
{
	uint32_t abi = st->plan->head->landlock;

	return abi ? landlock_enter(abi) : 0;
}

static int take_labels(struct stage *st)
{
	return label_take(st->plan);
}

static int load_filter(struct stage *st)
{
	const struct plan_header *h = st->plan->head;
	int rc = 0;

	/* A child of PID 1 has its filter; what joins takes it now. */
	if (h->mode == PLAN_EXEC)
		rc = confine_filter(st->plan, &h->init_filter);
	return rc < 0 ? rc : confine_filter(st->plan, &st->service->filter);
}

static int execute(struct stage *st)
{
	int error;

	environ = st->env;
	execvp(st->argv[0], st->argv);
	error = errno;
	if (error != ENOENT)
		return -error;
	fail(&st->failure, INIT_FAIL_NOTFOUND, error, "");
	/* A file that is there: ENOENT is about its interpreter. */
	if (strchr(st->argv[0], '/') && access(st->argv[0], F_OK) == 0)
		text_add(st->failure.text, sizeof(st->failure.text),
			 "interpreter of ");
	text_add(st->failure.text, sizeof(st->failure.text), st->argv[0]);
	return -error;
}

static int check_keyring(struct stage *st)
{
	return selfcheck_keyring(st, &st->failure);
}

static int check_self(struct stage *st)
{
	int rc = selfcheck(st, &st->failure);

	return rc < 0 ? rc : label_check(st->plan, &st->failure);
}

static const struct step {
	const char *name;
	enum init_failure why;
	int (*run)(struct stage *st);
} steps[] = {
	{ "join control groups", INIT_FAIL_SETUP, join_groups },
	{ "reset signals", INIT_FAIL_SETUP, reset_signals },
	{ "start session", INIT_FAIL_SETUP, new_session },
	{ "join session keyring", INIT_FAIL_SETUP, new_keyring },
	{ "reset attributes", INIT_FAIL_SETUP, reset_attributes },
	{ "arrange descriptors", INIT_FAIL_SETUP, arrange_fds },
	{ "take terminal", INIT_FAIL_SETUP, take_terminal },
	{ "make arguments", INIT_FAIL_SETUP, make_vectors },
	{ "set resource limits", INIT_FAIL_SETUP, set_rlimits },
	{ "empty bounding set", INIT_FAIL_SETUP, drop_bounding },
	{ "change ids", INIT_FAIL_SETUP, change_ids },
	{ "drop capabilities", INIT_FAIL_SETUP, drop_caps },
	{ "die with parent", INIT_FAIL_SETUP, die_with_parent },
	{ "enter working directory", INIT_FAIL_WORKDIR, enter_workdir },
	{ "take security label", INIT_FAIL_SETUP, take_labels },
	{ "restrict by Landlock", INIT_FAIL_SETUP, enter_landlock },
	{ "check keyring", INIT_FAIL_SELFCHECK, check_keyring },
	{ "load filter", INIT_FAIL_SETUP, load_filter },
	{ "self-check", INIT_FAIL_SELFCHECK, check_self },
	{ "execute", INIT_FAIL_NOEXEC, execute },
};

int stage_exit_code(enum init_failure why)
{
	if (why == INIT_FAIL_NOTFOUND)
		return EXIT_NOTFOUND;
	return why == INIT_FAIL_NOEXEC ? EXIT_NOEXEC : EXIT_LAUNCH;
}

static void explain(struct stage *st, const struct step *step, int error)
{
	/* Some steps know better than their name. */
	if (st->failure.type == INIT_FAILED)
		return;
	fail(&st->failure, step->why, error, step->name);
	if (step->run == execute) {
		st->failure.text[0] = '\0';
		text_add(st->failure.text, sizeof(st->failure.text),
			 st->argv[0]);
	} else if (step->run == enter_workdir) {
		st->failure.text[0] = '\0';
		text_add(st->failure.text, sizeof(st->failure.text),
			 plan_string(st->plan, &st->service->cwd));
	}
}

noreturn void stage_run(struct stage *st)
{
	for (const struct step *step = steps;; step++) {
		int rc = step->run(st);

		if (rc == 0)
			continue;
		explain(st, step, rc);
		break;
	}
	st->failure.service = st->index;
	/* One write(2) below PIPE_BUF, or one packet: whole or not at all.
	 * With nobody to tell there is only the status. */
	(void)!write(st->report, &st->failure, sizeof(st->failure));
	_exit(stage_exit_code((enum init_failure)st->failure.value));
}
