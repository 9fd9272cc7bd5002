#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"
#include "selfcheck.h"
#include "selfcheck_internal.h"
#include "text.h"

#define PERSONALITY_QUERY 0xffffffffUL

/* The value of "name:\tvalue" in c->text, or NULL. */
static const char *field(const struct check *c, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = c->text; *p; p = plan_next(p))
		if (strncmp(p, name, len) == 0 && p[len] == ':' &&
		    p[len + 1] == '\t')
			return p + len + 2;
	return NULL;
}

/* `count` numbers, each of which must be `expected`. */
static int check_field(struct check *c, const char *name, unsigned int base,
		       uint64_t expected, int count)
{
	const char *p = field(c, name);
	uint64_t found;

	for (int i = 0; i < count; i++) {
		if (!p || text_number(&p, base, &found) < 0)
			return selfcheck_refuse(c, name, "is missing");
		if (found != expected)
			return selfcheck_differs(c, name, expected, found,
						 base);
	}
	return *p ? selfcheck_refuse(c, name, "is followed by something") : 0;
}

static void sort(uint32_t *v, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t j = i; j && v[j - 1] > v[j]; j--) {
			uint32_t swap = v[j];

			v[j] = v[j - 1];
			v[j - 1] = swap;
		}
}

static int check_groups(struct check *c)
{
	const struct plan_service *s = c->stage->service;
	const char *p = field(c, "Groups");
	uint32_t want[PLAN_GROUPS] = { 0 }, n = s->ngroups;
	uint64_t found;

	if (!p)
		return selfcheck_refuse(c, "Groups", "is missing");
	memcpy(want, s->groups, n * sizeof(*want));
	sort(want, n); /* as the kernel does */
	for (uint32_t i = 0; i < n; i++) {
		if (text_number(&p, 10, &found) < 0)
			return selfcheck_refuse(c, "Groups", "too few");
		if (found != want[i])
			return selfcheck_differs(c, "Groups", want[i], found,
						 10);
	}
	return *p && *p != ' ' ? selfcheck_refuse(c, "Groups", "too many") : 0;
}

/* Ours, and what the launcher is under itself. */
static int check_filters(struct check *c)
{
	const struct plan_header *h = c->stage->plan->head;
	bool init = h->init_filter.count, own = c->stage->service->filter.count;
	uint64_t want = (uint64_t)h->outer_filters + init + own;
	int rc = 0;

	if (init || own)
		rc = check_field(c, "Seccomp", 10, 2, 1);
	if (!rc && h->outer_filters >= 0)
		rc = check_field(c, "Seccomp_filters", 10, want, 1);
	return rc;
}

static int check_status(struct check *c)
{
	static const struct {
		const char *name;
		unsigned int base, expected;
	} fields[] = {
		{ "CapInh", 16, 0 },     { "CapPrm", 16, 0 },
		{ "CapEff", 16, 0 },     { "CapBnd", 16, 0 },
		{ "CapAmb", 16, 0 },     { "NoNewPrivs", 10, 1 },
		{ "SigPnd", 16, 0 },     { "ShdPnd", 16, 0 },
		{ "SigBlk", 16, 0 },     { "SigIgn", 16, 0 },
		{ "SigCgt", 16, 0 },     { "Umask", 8, 0022 },
		{ "TracerPid", 10, 0 },  { "Threads", 10, 1 },
	};
	const struct plan_service *s = c->stage->service;
	int rc = selfcheck_read(c, c->self, "status");

	for (size_t i = 0; !rc && i < sizeof(fields) / sizeof(*fields); i++)
		rc = check_field(c, fields[i].name, fields[i].base,
				 fields[i].expected, 1);
	if (!rc)
		rc = check_field(c, "Uid", 10, s->uid, 4);
	if (!rc)
		rc = check_field(c, "Gid", 10, s->gid, 4);
	if (!rc)
		rc = check_groups(c);
	return rc ? rc : check_filters(c);
}

/* The one outside is gone: so must this be. See stage.c. */
static int check_parent(struct check *c)
{
	int sig = 0;

	if (!c->stage->joined || getppid() != 0)
		return 0;
	if (prctl(PR_GET_PDEATHSIG, &sig) < 0)
		return selfcheck_refuse_errno(c, "parent-death signal",
					      "cannot be asked for");
	return selfcheck_value(c, "parent-death signal", SIGKILL, sig);
}

/* Above others it would starve the host; below them a caller without
 * privileges may have put it. */
static int check_priority(struct check *c)
{
	long policy = syscall(SYS_sched_getscheduler, 0);
	long nice = syscall(SYS_getpriority, PRIO_PROCESS, 0);
	long io = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);

	if (policy < 0 || nice < 0 || io < 0)
		return selfcheck_refuse_errno(c, "priority",
					      "cannot be asked for");
	policy &= ~(long)SCHED_RESET_ON_FORK;
	if (policy == SCHED_FIFO || policy == SCHED_RR ||
	    policy == SCHED_DEADLINE)
		return selfcheck_refuse(c, "scheduling policy",
					"is of real time");
	if (nice > 20) /* the call, not the function: 40 to 1, not -20 to 19 */
		return selfcheck_refuse(c, "nice value", "is below 0");
	if (IOPRIO_PRIO_CLASS(io) == IOPRIO_CLASS_RT)
		return selfcheck_refuse(c, "I/O priority", "is of real time");
	return selfcheck_value(c, "timer slack", STAGE_SLACK_NS,
			       prctl(PR_GET_TIMERSLACK));
}

static int check_attributes(struct check *c)
{
	int rc = selfcheck_value(c, "securebits", CONFINE_SECUREBITS,
				 prctl(PR_GET_SECUREBITS));

	if (!rc)
		rc = selfcheck_value(c, "dumpable", 0, prctl(PR_GET_DUMPABLE));
	if (!rc)
		rc = selfcheck_value(c, "personality", PER_LINUX,
				     personality(PERSONALITY_QUERY));
	if (!rc)
		rc = selfcheck_value(c, "session", getpid(), getsid(0));
	return rc ? rc : check_parent(c);
}

/* One entry of /proc/self/fd; counts those that are the service's. */
static int check_fd(struct check *c, const char *name, int dir, int *kept)
{
	uint64_t fd;
	struct stat st;

	if (text_number(&name, 10, &fd) < 0 || fd == (uint64_t)dir ||
	    fd == (uint64_t)c->self || fd == (uint64_t)c->stage->report)
		return 0; /* "." and "..", and what exec closes */
	if (fd >= (uint64_t)c->stage->kept) {
		selfcheck_refuse(c, "descriptors", "not the service's is ");
		text_add_number(c->failure->text, sizeof(c->failure->text), fd,
				10);
		return -EPERM;
	}
	if (fstat((int)fd, &st) < 0)
		return selfcheck_refuse_errno(c, "descriptors", "fstat");
	if (S_ISDIR(st.st_mode))
		return selfcheck_refuse(c, "descriptors", "one is a directory");
	if (fcntl((int)fd, F_GETFD) != 0)
		return selfcheck_refuse(c, "descriptors",
					"one is close-on-exec");
	++*kept;
	return 0;
}

static int walk_fds(struct check *c, int dir, int *kept)
{
	for (;;) {
		long len = syscall(SYS_getdents64, dir, c->text, PROC_TEXT);

		if (len < 0)
			return selfcheck_refuse_errno(c, "descriptors",
						      "getdents");
		if (len == 0)
			return 0;
		for (long at = 0; at < len;) {
			const struct dirent *e = (const void *)(c->text + at);

			if (check_fd(c, e->d_name, dir, kept) < 0)
				return -EPERM;
			at += e->d_reclen;
		}
	}
}

static int check_fds(struct check *c)
{
	int dir = openat(c->self, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int kept = 0, rc;

	if (dir < 0)
		return selfcheck_refuse_errno(c, "descriptors",
					      "cannot be listed");
	rc = walk_fds(c, dir, &kept);
	close(dir);
	if (!rc && kept != c->stage->kept)
		rc = selfcheck_differs(c, "number of descriptors",
				       (uint64_t)c->stage->kept, (uint64_t)kept,
				       10);
	return rc;
}

static int check_rlimits(struct check *c)
{
	const struct plan_service *s = c->stage->service;

	for (uint32_t i = 0; i < s->nrlimits; i++) {
		const struct plan_rlimit *want = &s->rlimits[i];
		struct rlimit now;
		uint64_t soft;

		if (prlimit(0, (int)want->resource, NULL, &now) < 0)
			return selfcheck_refuse_errno(c, "limits",
						      "cannot be read");
		if (now.rlim_max > want->hard)
			return selfcheck_differs(c, "hard limit", want->hard,
						 now.rlim_max, 10);
		soft = want->soft < now.rlim_max ? want->soft : now.rlim_max;
		if (now.rlim_cur != soft)
			return selfcheck_differs(c, "soft limit", soft,
						 now.rlim_cur, 10);
	}
	return 0;
}

int selfcheck_keyring(const struct stage *stage, struct init_msg *failure)
{
	static struct check c;
	long serial = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			      KEY_SPEC_SESSION_KEYRING, 0);

	c.stage = stage;
	c.failure = failure;
	if (serial < 0 && errno == ENOSYS)
		return 0;
	if (serial < 0)
		return selfcheck_refuse_errno(&c, "session keyring",
					      "cannot be asked for");
	return serial == stage->keyring ?
		       0 :
		       selfcheck_refuse(&c, "session keyring",
					"is not its own");
}

int selfcheck_process(struct check *c)
{
	int rc = check_status(c);

	if (!rc)
		rc = check_attributes(c);
	if (!rc)
		rc = check_priority(c);
	if (!rc)
		rc = check_fds(c);
	return rc ? rc : check_rlimits(c);
}
