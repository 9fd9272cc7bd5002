#include "selfcheck.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"
#include "sandboxd/layout.h"
#include "text.h"

#define PERSONALITY_QUERY 0xffffffffUL

/* Holds /proc/self/status and /proc/self/cgroup several times over; a file
 * that does not fit fails the check. */
#define PROC_TEXT 8192

struct check {
	const struct stage *stage;
	struct init_msg *failure;
	int self; /* /proc/self */
	char text[PROC_TEXT];
};

static int refuse(struct check *c, const char *name, const char *why)
{
	struct init_msg *m = c->failure;

	fail(m, INIT_FAIL_SELFCHECK, 0, name);
	text_add(m->text, sizeof(m->text), ": ");
	text_add(m->text, sizeof(m->text), why);
	return -EPERM;
}

static int refuse_errno(struct check *c, const char *name, const char *why)
{
	int error = errno;

	refuse(c, name, why);
	c->failure->error = error;
	return -EPERM;
}

static int differs(struct check *c, const char *name, uint64_t expected,
		   uint64_t found, unsigned int base)
{
	struct init_msg *m = c->failure;

	refuse(c, name, "expected ");
	text_add_number(m->text, sizeof(m->text), expected, base);
	text_add(m->text, sizeof(m->text), ", found ");
	text_add_number(m->text, sizeof(m->text), found, base);
	return -EPERM;
}

static int open_self(struct check *c)
{
	struct statfs fs;

	c->self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->self < 0)
		return refuse_errno(c, "/proc/self", "cannot be opened");
	if (fstatfs(c->self, &fs) < 0)
		return refuse_errno(c, "/proc/self", "cannot be looked at");
	if (fs.f_type != PROC_SUPER_MAGIC)
		return refuse(c, "/proc", "is not the kernel's");
	return 0;
}

/* Reads a file of /proc into c->text, newlines replaced by NULs, an empty line
 * at the end. */
static int read_at(struct check *c, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && len < sizeof(c->text) - 2) {
		n = read(fd, c->text + len, sizeof(c->text) - 2 - len);
		if (n > 0)
			len += (size_t)n;
	}
	if (n < 0)
		refuse_errno(c, name, "cannot be read");
	else if (n > 0)
		refuse(c, name, "is too long");
	if (fd >= 0)
		close(fd);
	if (n)
		return -EPERM;
	c->text[len] = c->text[len + 1] = '\0';
	for (size_t i = 0; i < len; i++)
		if (c->text[i] == '\n')
			c->text[i] = '\0';
	return 0;
}

static int read_proc(struct check *c, const char *name)
{
	return read_at(c, c->self, name);
}

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
			return refuse(c, name, "is missing");
		if (found != expected)
			return differs(c, name, expected, found, base);
	}
	return *p ? refuse(c, name, "is followed by something") : 0;
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
		return refuse(c, "Groups", "is missing");
	memcpy(want, s->groups, n * sizeof(*want));
	sort(want, n); /* as the kernel does */
	for (uint32_t i = 0; i < n; i++) {
		if (text_number(&p, 10, &found) < 0)
			return refuse(c, "Groups", "too few");
		if (found != want[i])
			return differs(c, "Groups", want[i], found, 10);
	}
	return *p && *p != ' ' ? refuse(c, "Groups", "too many") : 0;
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
	int rc = read_proc(c, "status");

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

static int check_value(struct check *c, const char *name, long expected,
		       long found)
{
	if (found < 0)
		return refuse_errno(c, name, "cannot be asked for");
	return found == expected ? 0 : differs(c, name, (uint64_t)expected,
					       (uint64_t)found, 10);
}

/* The one outside is gone: so must this be. See stage.c. */
static int check_parent(struct check *c)
{
	int sig = 0;

	if (!c->stage->joined || getppid() != 0)
		return 0;
	if (prctl(PR_GET_PDEATHSIG, &sig) < 0)
		return refuse_errno(c, "parent-death signal",
				    "cannot be asked for");
	return check_value(c, "parent-death signal", SIGKILL, sig);
}

static int check_attributes(struct check *c)
{
	int rc = check_value(c, "securebits", CONFINE_SECUREBITS,
			     prctl(PR_GET_SECUREBITS));

	if (!rc)
		rc = check_value(c, "dumpable", 0, prctl(PR_GET_DUMPABLE));
	if (!rc)
		rc = check_value(c, "personality", PER_LINUX,
				 personality(PERSONALITY_QUERY));
	if (!rc)
		rc = check_value(c, "session", getpid(), getsid(0));
	return rc ? rc : check_parent(c);
}

/* Three numbers, and one line alone: id inside, id outside, how many. */
static int check_map(struct check *c, const char *name)
{
	uint64_t want[3] = { 0, c->stage->plan->head->id_base, ID_RANGE };
	const char *p = c->text;
	uint64_t found;

	if (!want[1])
		return 0;
	if (read_proc(c, name) < 0)
		return -EPERM;
	for (int i = 0; i < 3; i++) {
		p += strspn(p, " ");
		if (text_number(&p, 10, &found) < 0)
			return refuse(c, name, "is missing");
		if (found != want[i])
			return differs(c, name, want[i], found, 10);
	}
	return p[0] || p[1] ? refuse(c, name, "has another range") : 0;
}

static int check_maps(struct check *c)
{
	int rc = check_map(c, "uid_map");

	return rc ? rc : check_map(c, "gid_map");
}

static int check_root(struct check *c)
{
	const uint64_t *host = c->stage->plan->head->host_root;
	struct stat st;

	if (stat("/", &st) < 0)
		return refuse_errno(c, "root directory",
				    "cannot be looked at");
	if (st.st_dev == host[0] && st.st_ino == host[1])
		return refuse(c, "root directory", "is the host's");
	return 0;
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
		refuse(c, "descriptors", "not the service's is ");
		text_add_number(c->failure->text, sizeof(c->failure->text), fd,
				10);
		return -EPERM;
	}
	if (fstat((int)fd, &st) < 0)
		return refuse_errno(c, "descriptors", "fstat");
	if (S_ISDIR(st.st_mode))
		return refuse(c, "descriptors", "one is a directory");
	if (fcntl((int)fd, F_GETFD) != 0)
		return refuse(c, "descriptors", "one is close-on-exec");
	++*kept;
	return 0;
}

static int walk_fds(struct check *c, int dir, int *kept)
{
	for (;;) {
		long len = syscall(SYS_getdents64, dir, c->text, PROC_TEXT);

		if (len < 0)
			return refuse_errno(c, "descriptors", "getdents");
		if (len == 0)
			return 0;
		for (long at = 0; at < len;) {
			const struct dirent *e =
				(const void *)(c->text + at);

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
		return refuse_errno(c, "descriptors", "cannot be listed");
	rc = walk_fds(c, dir, &kept);
	close(dir);
	if (!rc && kept != c->stage->kept)
		rc = differs(c, "number of descriptors",
			     (uint64_t)c->stage->kept, (uint64_t)kept, 10);
	return rc;
}

static const char *const namespaces[PLAN_NAMESPACES] = {
	"user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time",
};

static int check_namespaces(struct check *c)
{
	for (int i = 0; i < PLAN_NAMESPACES; i++) {
		uint64_t host = c->stage->plan->head->host_ns[i];
		uint64_t own = c->stage->plan->head->own_ns[i];
		char name[16] = "ns/";
		struct stat st;

		if (!host && !own)
			continue;
		text_add(name, sizeof(name), namespaces[i]);
		if (fstatat(c->self, name, &st, 0) < 0)
			return refuse_errno(c, name, "cannot be read");
		if (st.st_ino == host)
			return refuse(c, name, "is the host's");
		if (own && st.st_ino != own)
			return refuse(c, name, "is not the sandbox's");
	}
	return 0;
}

/* How many namespaces of one kind can be made inside. */
static int check_limit(struct check *c, int dir, int kind)
{
	int32_t want = c->stage->plan->head->fence[kind];
	char name[32] = "max_";
	uint64_t found;

	if (want < 0)
		return 0;
	text_add(name, sizeof(name), namespaces[kind]);
	text_add(name, sizeof(name), "_namespaces");
	if (read_at(c, dir, name) < 0)
		return -EPERM;
	if (text_number(&(const char *){ c->text }, 10, &found) < 0)
		return refuse(c, name, "is no number");
	if (found != (uint64_t)want)
		return differs(c, name, (uint64_t)want, found, 10);
	return 0;
}

static int check_fence(struct check *c)
{
	int dir = open("/proc/sys/user", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (dir < 0)
		return refuse_errno(c, "/proc/sys/user", "cannot be opened");
	for (int i = 0; !rc && i < PLAN_NAMESPACES; i++)
		rc = check_limit(c, dir, i);
	close(dir);
	return rc;
}

/* -1 with errno set, or 0. */
static int look_at(const char *path, struct statx *stx, struct statfs *fs)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), rc, error;

	if (fd < 0)
		return -1;
	rc = (int)syscall(SYS_statx, fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
			  STATX_BASIC_STATS, stx);
	if (rc == 0)
		rc = fstatfs(fd, fs);
	error = errno;
	close(fd);
	errno = error;
	return rc;
}

/* Names what `found` lacks of `want`. */
static int check_flags(struct check *c, const char *path, uint32_t want,
		       uint32_t found)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} flags[] = {
		{ ST_RDONLY, "read-only" }, { ST_NOSUID, "nosuid" },
		{ ST_NODEV, "nodev" }, { ST_NOEXEC, "noexec" },
	};
	struct init_msg *m = c->failure;
	const char *before = "is not ";

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (!(want & ~found & flags[i].flag))
			continue;
		if (m->type != INIT_FAILED)
			refuse(c, path, "");
		text_add(m->text, sizeof(m->text), before);
		text_add(m->text, sizeof(m->text), flags[i].name);
		before = ", ";
	}
	return m->type == INIT_FAILED ? -EPERM : 0;
}

static int check_mount(struct check *c, const char *path, uint32_t want)
{
	struct statfs fs = { 0 };
	struct statx stx;

	if (look_at(path, &stx, &fs) < 0)
		return refuse_errno(c, path, "cannot be looked at");
	if (!(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return refuse(c, path, "is not a mount point");
	if ((want & PLAN_MOUNT_MASK) && (stx.stx_mode & 07777))
		return refuse(c, path, "is not masked");
	return check_flags(c, path, want, (uint32_t)fs.f_flags);
}

static int check_mounts(struct check *c)
{
	const struct plan *plan = c->stage->plan;

	for (int i = 0; i < PLAN_MOUNTS; i++) {
		const struct plan_mounts *m = &plan->head->mounts[i];
		const char *path = plan_string(plan, &m->paths);

		for (uint32_t n = 0; n < m->paths.count; n++) {
			if (check_mount(c, path, m->flags) < 0)
				return -EPERM;
			path = plan_next(path);
		}
	}
	return 0;
}

/* Lines read "hierarchy:controllers:path"; neither of the first two can hold
 * a colon. */
static const char *group_of(const char *line)
{
	const char *colon = strchr(line, ':');

	colon = colon ? strchr(colon + 1, ':') : NULL;
	return colon ? colon + 1 : "";
}

static int check_cgroups(struct check *c)
{
	const struct plan_service *s = c->stage->service;
	const char *want = plan_string(c->stage->plan, &s->cgroup_path);
	uint32_t found = 0;

	if (!s->cgroup_lines)
		return 0;
	if (read_proc(c, "cgroup") < 0)
		return -EPERM;
	for (const char *p = c->text; *p; p = plan_next(p))
		found += strcmp(group_of(p), want) == 0;
	if (found != s->cgroup_lines)
		return differs(c, "control groups", s->cgroup_lines, found,
			       10);
	return 0;
}

static int check_rlimits(struct check *c)
{
	const struct plan_service *s = c->stage->service;

	for (uint32_t i = 0; i < s->nrlimits; i++) {
		const struct plan_rlimit *want = &s->rlimits[i];
		struct rlimit now;
		uint64_t soft;

		if (prlimit(0, (int)want->resource, NULL, &now) < 0)
			return refuse_errno(c, "limits", "cannot be read");
		if (now.rlim_max > want->hard)
			return differs(c, "hard limit", want->hard,
				       now.rlim_max, 10);
		soft = want->soft < now.rlim_max ? want->soft : now.rlim_max;
		if (now.rlim_cur != soft)
			return differs(c, "soft limit", soft, now.rlim_cur, 10);
	}
	return 0;
}

static int check_workdir(struct check *c)
{
	const char *path = plan_string(c->stage->plan,
				       &c->stage->service->cwd);
	struct stat here, there;

	if (stat(".", &here) < 0 || stat(path, &there) < 0)
		return refuse_errno(c, "working directory", path);
	if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return refuse(c, "working directory", "is another one");
	return 0;
}

/* Mode and mount let it be written (access(2) asks nobody else), so the
 * refusal is Landlock's. */
static int check_landlock(struct check *c)
{
	int fd;

	if (!c->stage->plan->head->landlock)
		return 0;
	if (access(PLAN_CANARY, W_OK) < 0)
		return refuse_errno(c, PLAN_CANARY, "is not writable by mode");
	fd = open(PLAN_CANARY, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return refuse(c, "Landlock", "does not hold");
	}
	return errno == EACCES ? 0 : refuse_errno(c, PLAN_CANARY,
						  "cannot be opened");
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
		return refuse_errno(&c, "session keyring",
				    "cannot be asked for");
	return serial == stage->keyring ? 0 :
	       refuse(&c, "session keyring", "is not its own");
}

int selfcheck(const struct stage *stage, struct init_msg *failure)
{
	static struct check c;
	static int (*const checks[])(struct check *) = {
		open_self,  check_status,     check_attributes,
		check_fds,  check_namespaces, check_maps,
		check_root, check_fence,      check_mounts,
		check_cgroups, check_rlimits, check_workdir,
		check_landlock,
	};
	int rc = 0;

	c.stage = stage;
	c.failure = failure;
	for (size_t i = 0; !rc && i < sizeof(checks) / sizeof(*checks); i++)
		rc = checks[i](&c);
	/* /proc/self is close-on-exec. */
	return rc;
}
