/*
 * The front: each call finds where its controller lives and lets the version
 * that rules there spell it.
 */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/cgroup_internal.h"

#define EXIT_TICK_MS 1
#define EXIT_TICKS 500
#define VACATE_ROUNDS 100

const struct cgroup_backend *cgroup_backend(const struct cgroup *group,
					    enum cgroup_controller c)
{
	if (!group->host || group->dir[c] < 0)
		return NULL;
	return group->host->version[c] == 2 ? &cgroup_v2 : &cgroup_v1;
}

/* --- control files ------------------------------------------------------- */

int cgroup_parse_number(const char *text, uint64_t *value)
{
	unsigned long long n;
	char *end;

	*value = CGROUP_UNLIMITED;
	if (strcmp(text, "max") == 0 || strcmp(text, "-1") == 0)
		return 0;
	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno)
		return -errno;
	if (*end && *end != '\n')
		return -EINVAL;
	*value = n;
	return 0;
}

int cgroup_read_number(int dir, const char *file, uint64_t *value)
{
	char text[64];
	int rc = fd_read_file_at(dir, file, text, sizeof(text));

	return rc < 0 ? rc : cgroup_parse_number(text, value);
}

int cgroup_write_number(int dir, const char *file, uint64_t value,
			const char *unlimited)
{
	char text[32];

	if (value == CGROUP_UNLIMITED)
		return fd_write_file_at(dir, file, unlimited);
	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return fd_write_file_at(dir, file, text);
}

int cgroup_read_key(int dir, const char *file, const char *key, uint64_t *value)
{
	size_t len = strlen(key);
	char text[4096], *line;
	int rc = fd_read_file_at(dir, file, text, sizeof(text));

	if (rc < 0)
		return rc;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0 && line[len] == ' ')
			return cgroup_parse_number(line + len + 1, value);
	}
	return -ENODATA;
}

struct sum {
	const char *file, *key;
	uint64_t total;
};

static int add_key(int dir, void *ctx)
{
	struct sum *sum = ctx;
	uint64_t value;
	int rc = cgroup_read_key(dir, sum->file, sum->key, &value);

	if (rc == 0)
		sum->total += value;
	return rc;
}

int cgroup_sum_key(int dir, const char *file, const char *key, uint64_t *total)
{
	struct sum sum = { file, key, 0 };
	int rc = cgroup_walk(dir, add_key, &sum);

	*total = sum.total;
	return rc;
}

/* --- delegation ---------------------------------------------------------- */

int cgroup_enable_children(struct cgroup *group)
{
	int rc, ticks = EXIT_TICKS;

	if (group->tree < 0)
		return 0;
	/* A process that was reaped may still be linked to its group for a
	 * moment (since 6.18), and nothing tells when that ends. */
	while ((rc = cgroup_v2_enable(group->tree, group->host)) == -EBUSY &&
	       ticks--)
		(void)poll(NULL, 0, EXIT_TICK_MS);
	return rc;
}

bool cgroup_is_delegated(const struct cgroup_host *host)
{
	static const char *const files[] = {
		".", "cgroup.procs", "cgroup.subtree_control",
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (faccessat(host->tree, files[i], W_OK, AT_EACCESS) < 0)
			return false;
	return true;
}

/* One that has ended meanwhile is as good as moved. */
static int move_one(pid_t pid, int to)
{
	char text[16];
	int rc;

	if (pid == 0)
		return -EBUSY; /* it cannot be named from here */
	(void)snprintf(text, sizeof(text), "%d", pid);
	rc = fd_write_file_at(to, "cgroup.procs", text);
	return rc == -ESRCH ? 0 : rc;
}

int cgroup_vacate(const struct cgroup_host *host, const char *name)
{
	CLEANUP_FD int to = -1;

	if (mkdirat(host->tree, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	to = cgroup_open_below(host->tree, name);
	/* Who forks meanwhile leaves a child behind. */
	for (int round = 0; to >= 0 && round < VACATE_ROUNDS; round++) {
		CLEANUP(cgroup_pids_free) struct cgroup_pids pids;
		int rc = cgroup_read_pids(host->tree, &pids);

		if (rc == 0 && pids.n == 0)
			return 0;
		for (size_t i = 0; rc == 0 && i < pids.n; i++)
			rc = move_one(pids.list[i], to);
		if (rc < 0)
			return rc;
	}
	return to < 0 ? to : -EBUSY;
}

int cgroup_allow_moves(struct cgroup *group, unsigned int uid)
{
	if (group->tree < 0)
		return -ENOTSUP;
	if (fchownat(group->tree, "cgroup.procs", uid, (gid_t)-1,
		     AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

/* --- membership ---------------------------------------------------------- */

int cgroup_open_tasks(struct cgroup *group, int tasks[CGROUP_CONTROLLERS])
{
	int fds[CGROUP_HIERARCHIES], i, rc, n, opened = 0;

	n = cgroup_distinct(group->dir, group->tree, fds);
	for (i = 0; i < n; i++) {
		if (fds[i] == group->tree)
			continue;
		tasks[opened] = openat(fds[i], "tasks", O_WRONLY | O_CLOEXEC |
				       O_NOFOLLOW);
		if (tasks[opened] >= 0) {
			opened++;
			continue;
		}
		rc = -errno;
		while (opened > 0)
			close(tasks[--opened]);
		return rc;
	}
	return opened;
}

int cgroup_join_tasks(const int *tasks, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		while (write(tasks[i], "0", 1) < 0)
			if (errno != EINTR)
				return -errno;
	}
	return 0;
}

int cgroup_count_lines(const struct cgroup *group)
{
	int fds[CGROUP_HIERARCHIES];

	return cgroup_distinct(group->dir, group->tree, fds);
}

/* --- events -------------------------------------------------------------- */

int cgroup_oom_kills(struct cgroup *group, uint64_t *kills)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);

	return b ? b->oom_kills(group->dir[CGROUP_MEMORY], kills) : -ENOTSUP;
}

int cgroup_fork_refusals(struct cgroup *group, uint64_t *refusals)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_PIDS);

	return b ? b->fork_refusals(group->dir[CGROUP_PIDS], refusals) :
		   -ENOTSUP;
}

int cgroup_watch_oom(struct cgroup *group, short *events)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);

	*events = POLLIN;
	return b ? b->watch_oom(group->dir[CGROUP_MEMORY]) : -ENOTSUP;
}

void cgroup_oom_ack(int fd)
{
	char drain[4096];

	while (read(fd, drain, sizeof(drain)) > 0)
		;
}

int cgroup_set_group_kill(struct cgroup *group)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);
	int rc;

	if (!b)
		return -ENOTSUP;
	if (!b->set_group_kill)
		return 0;
	rc = b->set_group_kill(group->dir[CGROUP_MEMORY]);
	return rc < 0 ? rc : 1;
}

/* 0 when it cannot be read. */
static uint64_t number_or_0(int dir, const char *file)
{
	uint64_t value;

	return cgroup_read_number(dir, file, &value) == 0 ? value : 0;
}

int cgroup_get_usage(struct cgroup *group, struct cgroup_usage *out)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);
	int memory = group->dir[CGROUP_MEMORY];

	*out = (struct cgroup_usage){ 0 };
	if (b) {
		out->memory = number_or_0(memory, b->memory_now);
		out->memory_peak = number_or_0(memory, b->memory_peak);
	}
	if (cgroup_backend(group, CGROUP_PIDS))
		out->pids = number_or_0(group->dir[CGROUP_PIDS],
					"pids.current");
	/* The v2 tree counts time even where it holds no controller. */
	if (group->tree >= 0 &&
	    cgroup_read_key(group->tree, "cpu.stat", "usage_usec",
			    &out->cpu_usec) < 0)
		out->cpu_usec = 0;
	return 0;
}
