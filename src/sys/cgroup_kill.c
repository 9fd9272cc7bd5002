/*
 * The end of groups: their processes killed, their directories removed.
 *
 * The v2 tree kills a group as one and tells when it is empty, also where it
 * carries no controller. On v1 alone, processes are signalled one by one,
 * again and again, and nothing tells of their end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup_internal.h"

#define TICK_MS 1          /* where the kernel has no event to wait for */
#define RECHECK_MS 100     /* how long to trust that everything was killed */
#define SIGNAL_MS 5000     /* killing without a v2 tree */
#define KILL_BATCH 64      /* pidfds held at once */

/* --- killing ------------------------------------------------------------- */

void cgroup_pids_free(struct cgroup_pids *pids)
{
	free(pids->list);
}

int cgroup_read_pids(int dir, struct cgroup_pids *pids)
{
	CLEANUP_FD int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;
	FILE *in;
	int rc;

	*pids = (struct cgroup_pids){ 0 };
	if (fd < 0)
		return -errno;
	in = fdopen(fd, "r");
	if (!in)
		return -errno;
	fd = -1;
	while (getline(&line, &size, in) >= 0) {
		pids->list = mem_realloc(pids->list, (pids->n + 1) *
					 sizeof(*pids->list));
		pids->list[pids->n++] = (pid_t)strtol(line, NULL, 10);
	}
	rc = ferror(in) ? -errno : 0;
	(void)fclose(in);
	return rc;
}

static bool pids_have(const struct cgroup_pids *pids, pid_t pid)
{
	size_t i;

	for (i = 0; i < pids->n; i++)
		if (pids->list[i] == pid)
			return true;
	return false;
}

/* Signals `n` processes that were in `dir`. pidfd_open(2) refuses a pid of 0,
 * unlike kill(2). Each pid is looked for again once its pidfd is held: a number
 * that was freed and given to a process elsewhere in between is not in the
 * group any more. */
static int signal_batch(int dir, const pid_t *list, size_t n)
{
	CLEANUP(cgroup_pids_free) struct cgroup_pids again = { 0 };
	int fds[KILL_BATCH], rc;
	size_t i;

	for (i = 0; i < n; i++)
		fds[i] = pidfd_open(list[i], 0);
	rc = cgroup_read_pids(dir, &again);
	for (i = 0; i < n; i++) {
		if (fds[i] < 0)
			continue;
		/* ESRCH: it is gone, as wished. */
		if (pids_have(&again, list[i]))
			(void)pidfd_send_signal(fds[i], SIGKILL, NULL, 0);
		close(fds[i]);
	}
	return rc;
}

static int signal_members(int dir, void *ctx)
{
	CLEANUP(cgroup_pids_free) struct cgroup_pids pids = { 0 };
	int rc = cgroup_read_pids(dir, &pids);
	size_t i, n;

	for (i = 0; rc == 0 && i < pids.n; i += n) {
		n = pids.n - i < KILL_BATCH ? pids.n - i : KILL_BATCH;
		rc = signal_batch(dir, pids.list + i, n);
	}
	return rc;
}

/* Kills what is there now: in the v2 tree for good, in v1 hierarchies only
 * what does not fork away meanwhile. v1 is looked at even when the tree is
 * there, for a process that was stopped half way through joining. */
static int kill_once(struct cgroup *group)
{
	int fds[CGROUP_HIERARCHIES], n, rc, killed = -1;

	if (group->tree >= 0) {
		rc = fd_write_file_at(group->tree, "cgroup.kill", "1");
		if (rc < 0 && !cgroup_is_gone(rc))
			return rc;
		if (rc == 0)
			killed = group->tree;
	}
	n = cgroup_distinct(group->dir, group->tree, fds);
	while (n-- > 0) {
		if (fds[n] == killed)
			continue;
		rc = cgroup_walk(fds[n], signal_members, NULL);
		if (rc < 0 && !cgroup_is_gone(rc))
			return rc;
	}
	return 0;
}

static int has_members(int dir, void *ctx)
{
	CLEANUP(cgroup_pids_free) struct cgroup_pids pids = { 0 };
	int rc = cgroup_read_pids(dir, &pids);

	return rc < 0 ? rc : pids.n > 0;
}

static int is_populated(int dir, bool v2)
{
	uint64_t populated;
	int rc;

	if (!v2)
		return cgroup_walk(dir, has_members, NULL);
	rc = cgroup_read_key(dir, "cgroup.events", "populated", &populated);
	return rc < 0 ? rc : populated != 0;
}

int cgroup_populated(struct cgroup *group)
{
	int fds[CGROUP_HIERARCHIES], n, rc = 0;

	n = cgroup_distinct(group->dir, group->tree, fds);
	if (!n)
		return -ENOTSUP;
	while (n-- > 0 && rc == 0) {
		rc = is_populated(fds[n], fds[n] == group->tree);
		if (cgroup_is_gone(rc))
			rc = 0;
	}
	return rc;
}

int cgroup_kill(struct cgroup *group)
{
	int64_t deadline = clock_ms() + SIGNAL_MS;
	int rc;

	for (;;) {
		rc = cgroup_populated(group);
		if (rc <= 0)
			return rc;
		rc = kill_once(group);
		if (rc < 0 || group->tree >= 0)
			return rc;
		if (clock_ms() >= deadline)
			return -EBUSY;
		(void)poll(NULL, 0, TICK_MS);
	}
}

/* --- removing ------------------------------------------------------------ */

static int remove_dir(int parent, const char *name)
{
	int rc = unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;

	/* On a read-only mount that is said before the name is looked for. */
	if (rc == -EROFS &&
	    faccessat(parent, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		rc = -errno;
	return cgroup_is_gone(rc) ? 0 : rc;
}

static int remove_group(int parent, const char *name, void *ctx)
{
	CLEANUP_FD int dir = -1;
	int *depth = ctx, rc = remove_dir(parent, name);

	/* Mostly there is nothing beneath it. */
	if (rc == 0 || (rc == -ENOTDIR && *depth))
		return 0;
	if (rc != -EBUSY && rc != -ENOTEMPTY)
		return rc;
	dir = cgroup_open_below(parent, name);
	if (dir < 0)
		return cgroup_is_gone(dir) ? 0 : dir;
	if (*depth == CGROUP_DEPTH_MAX)
		return -ELOOP;
	++*depth;
	rc = cgroup_each_child(dir, remove_group, ctx);
	--*depth;
	return rc < 0 ? rc : remove_dir(parent, name);
}

/* `path` in one hierarchy, leaf first, as far as the groups are empty. */
static int remove_path(int root, const char *path)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *above = NULL;
	CLEANUP_FD int parent = -1;
	int depth = 0;

	if (!slash)
		return remove_group(root, path, &depth);
	above = str_printf("%.*s", (int)(slash - path), path);
	parent = cgroup_open_below(root, above);
	if (parent < 0)
		return cgroup_is_gone(parent) ? 0 : parent;
	return remove_group(parent, slash + 1, &depth);
}

static int remove_everywhere(const struct cgroup_host *host, const char *path)
{
	int roots[CGROUP_HIERARCHIES], n, rc, first = 0;

	n = cgroup_distinct(host->dir, host->tree, roots);
	while (n-- > 0) {
		rc = remove_path(roots[n], path);
		if (rc < 0 && (first == 0 || first == -EBUSY))
			first = rc == -ENOTEMPTY ? -EBUSY : rc;
	}
	return first;
}

/* Removes the shared parent of `path`; it stays when others still use it. */
static void prune_parent(const struct cgroup_host *host, const char *path)
{
	const char *slash = strchr(path, '/');
	CLEANUP_FREE char *above = NULL;
	int roots[CGROUP_HIERARCHIES], n;

	if (!slash || strchr(slash + 1, '/'))
		return;
	above = str_printf("%.*s", (int)(slash - path), path);
	n = cgroup_distinct(host->dir, host->tree, roots);
	while (n-- > 0)
		(void)unlinkat(roots[n], above, AT_REMOVEDIR);
}

/* Sleeps until the v2 tree tells of the last exit, or for a tick when it has
 * nothing to tell. */
static void await_exits(int tree, int64_t left_ms)
{
	CLEANUP_FD int fd = -1;
	struct pollfd p = { .events = POLLPRI };
	char text[256];
	ssize_t n;

	if (tree >= 0)
		fd = openat(tree, "cgroup.events", O_RDONLY | O_CLOEXEC);
	/* poll(2) tells of changes since this read. */
	n = fd < 0 ? 0 : fd_read_all(fd, text, sizeof(text) - 1);
	if (n > 0)
		text[n] = '\0';
	if (n <= 0 || !strstr(text, "populated 1")) {
		(void)poll(NULL, 0, TICK_MS);
		return;
	}
	p.fd = fd;
	(void)poll(&p, 1, left_ms < RECHECK_MS ? (int)left_ms : RECHECK_MS);
}

int cgroup_destroy(const struct cgroup_host *host, const char *path,
		   int timeout_ms)
{
	int64_t left, deadline = clock_ms() + timeout_ms;
	CLEANUP(cgroup_finish) struct cgroup group = { 0 };
	int rc = cgroup_open_some(host, path, &group);

	if (rc < 0)
		return rc;
	/* Also in the way: a process that left but is not yet unlinked. */
	while ((rc = remove_everywhere(host, path)) == -EBUSY) {
		rc = kill_once(&group);
		if (rc < 0)
			return rc;
		left = deadline - clock_ms();
		if (left <= 0)
			return -EBUSY;
		await_exits(group.tree, left);
	}
	if (rc == 0)
		prune_parent(host, path);
	return rc;
}
