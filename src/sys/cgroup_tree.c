/*
 * Groups as directories: made, opened and walked in every hierarchy that the
 * host has.
 *
 * Hierarchies are changed one after the other, so others may look on between:
 * another start beneath the same parent, whose end removes that parent when
 * it is empty. Making a group therefore begins again when a parent vanishes
 * under it, and undoes its own steps only.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup_internal.h"

/* When the parent keeps vanishing: tries, and from which one on to pause, so
 * that two that take turns at one kernel lock fall out of step. */
#define CREATE_TRIES 256
#define CREATE_RUSHED 8
#define CREATE_PAUSE_MS 1

bool cgroup_is_gone(int rc)
{
	return rc == -ENOENT || rc == -ENODEV;
}

int cgroup_open_below(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static bool is_valid_path(const char *path)
{
	const char *p;
	size_t len;

	for (p = path; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	for (p = path;; p += len + 1) {
		len = strcspn(p, "/");
		if (len == 0 || (len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (!p[len])
			return true;
	}
}

/* --- walking ------------------------------------------------------------- */

int cgroup_each_child(int dir, cgroup_child_fn *fn, void *ctx)
{
	int rc = 0, fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;
	DIR *list;

	if (fd < 0)
		return cgroup_is_gone(-errno) ? 0 : -errno;
	list = fdopendir(fd);
	if (!list) {
		rc = -errno;
		close(fd);
		return rc;
	}
	while (rc == 0 && (errno = 0, e = readdir(list)))
		if ((e->d_type == DT_DIR || e->d_type == DT_UNKNOWN) &&
		    strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = fn(dir, e->d_name, ctx);
	if (rc == 0 && !cgroup_is_gone(-errno))
		rc = -errno;
	closedir(list);
	return rc;
}

struct walk {
	cgroup_walk_fn *fn;
	void *ctx;
	int depth;
};

static int walk(int dir, struct walk *w);

static int walk_child(int dir, const char *name, void *ctx)
{
	CLEANUP_FD int child = cgroup_open_below(dir, name);

	if (cgroup_is_gone(child) || child == -ENOTDIR)
		return 0;
	return child < 0 ? child : walk(child, ctx);
}

static int walk(int dir, struct walk *w)
{
	int rc;

	if (w->depth == CGROUP_DEPTH_MAX)
		return -ELOOP;
	w->depth++;
	rc = w->fn(dir, w->ctx);
	if (cgroup_is_gone(rc) && w->depth > 1)
		rc = 0;
	if (rc == 0)
		rc = cgroup_each_child(dir, walk_child, w);
	w->depth--;
	return rc;
}

int cgroup_walk(int dir, cgroup_walk_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx, 0 };

	return walk(dir, &w);
}

/* --- making -------------------------------------------------------------- */

/* One path being made in one hierarchy. */
struct plan {
	const struct cgroup_host *host;
	int root;     /* of the hierarchy */
	char **names; /* components of the path */
	int made;     /* how many of the last ones this call made */
};

/* What a group needs before anything is made beneath it. */
static int prepare_parent(const struct plan *p, int parent, int depth)
{
	if (p->root != p->host->tree)
		return 0;
	if (depth > 1 && !p->made)
		return 0;
	return cgroup_v2_enable(parent, p->host);
}

static int prepare_group(const struct plan *p, int parent, int dir)
{
	int rc = 0;

	if (p->root == p->host->tree)
		return 0;
	if (p->root == p->host->dir[CGROUP_MEMORY])
		rc = cgroup_v1_count_children(dir);
	if (rc == 0 && p->root == p->host->dir[CGROUP_MEMORY])
		rc = cgroup_v1_count_sockets(parent, dir);
	if (rc == 0 && p->root == p->host->v1_cpuset)
		rc = cgroup_v1_inherit_cpus(parent, dir);
	return rc;
}

/* Makes names[depth...] beneath `parent` and opens the last. */
static int make_below(struct plan *p, int parent, int depth)
{
	const char *name = p->names[depth];
	bool made, last = !p->names[depth + 1];
	CLEANUP_FD int dir = -1;
	int rc = prepare_parent(p, parent, depth);

	if (rc < 0)
		return rc;
	made = mkdirat(parent, name, 0755) == 0;
	if (!made && (errno != EEXIST || last))
		return -errno;
	p->made += made;
	dir = cgroup_open_below(parent, name);
	rc = dir < 0 ? dir : prepare_group(p, parent, dir);
	if (rc == 0)
		rc = last ? take_fd(&dir) : make_below(p, dir, depth + 1);
	/* Whoever has since made a group beneath keeps it (EBUSY). */
	if (rc < 0 && made) {
		(void)unlinkat(parent, name, AT_REMOVEDIR);
		p->made--;
	}
	return rc;
}

/* Beneath a group that is there already, as that of a sandbox is for its
 * children; -ENOENT when it is not. */
static int make_leaf(struct plan *p, const char *path)
{
	size_t depth = strv_len(p->names) - 1;
	CLEANUP_FREE char *above = NULL;
	CLEANUP_FD int parent = -1;

	if (depth < 2)
		return -ENOENT;
	above = str_printf("%.*s", (int)(strrchr(path, '/') - path), path);
	parent = cgroup_open_below(p->root, above);
	return parent < 0 ? parent : make_below(p, parent, (int)depth);
}

static int make(struct plan *p, const char *path)
{
	int rc, tries;

	for (tries = 0; tries < CREATE_TRIES; tries++) {
		if (tries >= CREATE_RUSHED)
			(void)poll(NULL, 0, CREATE_PAUSE_MS);
		p->made = 0;
		rc = tries ? -ENOENT : make_leaf(p, path);
		if (rc == -ENOENT)
			rc = make_below(p, p->root, 0);
		if (!cgroup_is_gone(rc))
			return rc;
	}
	return rc;
}

/* Removes names[depth...] again, as far as `p` made them. */
static void unmake_below(const struct plan *p, int parent, int depth)
{
	int left = (int)strv_len(p->names) - depth;
	CLEANUP_FD int dir = -1;

	if (left > 1) {
		dir = cgroup_open_below(parent, p->names[depth]);
		if (dir >= 0)
			unmake_below(p, dir, depth + 1);
	}
	if (left <= p->made)
		(void)unlinkat(parent, p->names[depth], AT_REMOVEDIR);
}

static void group_init(struct cgroup *group, const struct cgroup_host *host)
{
	int c;

	group->host = host;
	group->tree = -1;
	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		group->dir[c] = -1;
}

/* Files `fd` under everything that lives in the hierarchy of `root`. */
static void group_take(struct cgroup *group, int root, int fd)
{
	int c;

	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		if (group->host->dir[c] == root)
			group->dir[c] = fd;
	if (group->host->tree == root)
		group->tree = fd;
}

int cgroup_create(const struct cgroup_host *host, const char *path,
		  struct cgroup *out)
{
	struct plan plans[CGROUP_HIERARCHIES];
	CLEANUP_STRV char **names = strv_split(path, '/');
	int roots[CGROUP_HIERARCHIES], i, rc, n;

	group_init(out, host);
	if (!is_valid_path(path))
		return -EINVAL;
	n = cgroup_distinct(host->dir, host->tree, roots);
	rc = n ? 0 : -ENOTSUP;
	for (i = 0; i < n && rc >= 0; i++) {
		plans[i] = (struct plan){ host, roots[i], names, 0 };
		rc = make(&plans[i], path);
		if (rc >= 0)
			group_take(out, roots[i], rc);
	}
	if (rc >= 0)
		return 0;
	cgroup_finish(out);
	while (i-- > 0)
		unmake_below(&plans[i], plans[i].root, 0);
	return rc;
}

int cgroup_open_some(const struct cgroup_host *host, const char *path,
		     struct cgroup *out)
{
	int roots[CGROUP_HIERARCHIES], n, fd, found = 0;

	group_init(out, host);
	if (!is_valid_path(path))
		return -EINVAL;
	n = cgroup_distinct(host->dir, host->tree, roots);
	while (n-- > 0) {
		fd = cgroup_open_below(roots[n], path);
		if (fd >= 0) {
			group_take(out, roots[n], fd);
			found++;
		} else if (!cgroup_is_gone(fd)) {
			cgroup_finish(out);
			return fd;
		}
	}
	return found;
}

int cgroup_open(const struct cgroup_host *host, const char *path,
		struct cgroup *out)
{
	int roots[CGROUP_HIERARCHIES];
	int n = cgroup_distinct(host->dir, host->tree, roots);
	int found = cgroup_open_some(host, path, out);

	if (found < 0)
		return found;
	if (n && found == n)
		return 0;
	cgroup_finish(out);
	return n ? -ENOENT : -ENOTSUP;
}

void cgroup_finish(struct cgroup *group)
{
	int fds[CGROUP_HIERARCHIES], n;

	if (!group || !group->host)
		return;
	n = cgroup_distinct(group->dir, group->tree, fds);
	while (n > 0)
		close(fds[--n]);
	group_init(group, NULL);
}
