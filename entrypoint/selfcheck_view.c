#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandboxd/layout.h"
#include "selfcheck_internal.h"
#include "text.h"

/* Three numbers, and one line alone: id inside, id outside, how many. */
static int check_map(struct check *c, const char *name)
{
	uint64_t want[3] = { 0, c->stage->plan->head->id_base, ID_RANGE };
	const char *p = c->text;
	uint64_t found;

	if (!want[1])
		return 0;
	if (selfcheck_read(c, c->self, name) < 0)
		return -EPERM;
	for (int i = 0; i < 3; i++) {
		p += strspn(p, " ");
		if (text_number(&p, 10, &found) < 0)
			return selfcheck_refuse(c, name, "is missing");
		if (found != want[i])
			return selfcheck_differs(c, name, want[i], found, 10);
	}
	return p[0] || p[1] ?
		       selfcheck_refuse(c, name, "has another range") : 0;
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
		return selfcheck_refuse_errno(c, "root directory",
					      "cannot be looked at");
	if (st.st_dev == host[0] && st.st_ino == host[1])
		return selfcheck_refuse(c, "root directory", "is the host's");
	return 0;
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
			return selfcheck_refuse_errno(c, name,
						      "cannot be read");
		if (st.st_ino == host)
			return selfcheck_refuse(c, name, "is the host's");
		if (own && st.st_ino != own)
			return selfcheck_refuse(c, name,
						"is not the sandbox's");
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
	if (selfcheck_read(c, dir, name) < 0)
		return -EPERM;
	if (text_number(&(const char *){ c->text }, 10, &found) < 0)
		return selfcheck_refuse(c, name, "is no number");
	if (found != (uint64_t)want)
		return selfcheck_differs(c, name, (uint64_t)want, found, 10);
	return 0;
}

static int check_fence(struct check *c)
{
	int dir = open("/proc/sys/user", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (dir < 0)
		return selfcheck_refuse_errno(c, "/proc/sys/user",
					      "cannot be opened");
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
			selfcheck_refuse(c, path, "");
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
		return selfcheck_refuse_errno(c, path, "cannot be looked at");
	if (!(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return selfcheck_refuse(c, path, "is not a mount point");
	if ((want & PLAN_MOUNT_MASK) && (stx.stx_mode & 07777))
		return selfcheck_refuse(c, path, "is not masked");
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
	if (selfcheck_read(c, c->self, "cgroup") < 0)
		return -EPERM;
	for (const char *p = c->text; *p; p = plan_next(p))
		found += strcmp(group_of(p), want) == 0;
	if (found != s->cgroup_lines)
		return selfcheck_differs(c, "control groups", s->cgroup_lines,
					 found, 10);
	return 0;
}

static int check_workdir(struct check *c)
{
	const char *path = plan_string(c->stage->plan, &c->stage->service->cwd);
	struct stat here, there;

	if (stat(".", &here) < 0 || stat(path, &there) < 0)
		return selfcheck_refuse_errno(c, "working directory", path);
	if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return selfcheck_refuse(c, "working directory",
					"is another one");
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
		return selfcheck_refuse_errno(c, PLAN_CANARY,
					      "is not writable by mode");
	fd = open(PLAN_CANARY, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return selfcheck_refuse(c, "Landlock", "does not hold");
	}
	return errno == EACCES ? 0 :
	       selfcheck_refuse_errno(c, PLAN_CANARY, "cannot be opened");
}

int selfcheck_view(struct check *c)
{
	static int (*const checks[])(struct check *) = {
		check_namespaces, check_maps,    check_root,
		check_fence,      check_mounts,  check_cgroups,
		check_workdir,    check_landlock,
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(checks) / sizeof(*checks); i++)
		rc = checks[i](c);
	return rc;
}
