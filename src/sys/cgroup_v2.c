/*
 * Version 2. Source: kernel Documentation/admin-guide/cgroup-v2.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup_internal.h"

#define SWAP_LIMIT "memory.swap.max"
#define UNLIMITED "max"

int cgroup_v2_enable(int dir, const struct cgroup_host *host)
{
	char have[1024], want[64] = "";
	size_t len = 0;
	int c, rc;

	rc = fd_read_file_at(dir, "cgroup.subtree_control", have, sizeof(have));
	if (rc < 0)
		return rc;
	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		if (host->version[c] == 2 &&
		    !cgroup_has_word(have, cgroup_name(c, 2)))
			len += (size_t)snprintf(want + len, sizeof(want) - len,
						"+%s ", cgroup_name(c, 2));
	/* A write that changes nothing takes the lock of all cgroups too. */
	return len ? fd_write_file_at(dir, "cgroup.subtree_control", want) : 0;
}

static int v2_set_memory(int dir, bool host_swap, uint64_t memory,
			 uint64_t swap)
{
	/* Swap first: a lower memory limit reclaims at once, into swap. */
	int rc = cgroup_write_number(dir, SWAP_LIMIT, swap, UNLIMITED);

	if (rc == -ENOENT)
		rc = cgroup_swap_uncounted(host_swap, swap);
	return rc < 0 ? rc : cgroup_write_number(dir, "memory.max", memory,
						 UNLIMITED);
}

static int v2_get_memory(int dir, bool host_swap, uint64_t *memory,
			 uint64_t *swap)
{
	int rc = cgroup_read_number(dir, "memory.max", memory);

	if (rc < 0)
		return rc;
	rc = cgroup_read_number(dir, SWAP_LIMIT, swap);
	if (rc == -ENOENT) {
		*swap = host_swap ? CGROUP_UNLIMITED : 0;
		return 0;
	}
	return rc;
}

static int v2_set_cpu(int dir, uint64_t quota_us)
{
	char text[48];

	if (quota_us == CGROUP_UNLIMITED)
		(void)snprintf(text, sizeof(text), "max %d",
			       CGROUP_CPU_PERIOD_US);
	else
		(void)snprintf(text, sizeof(text), "%" PRIu64 " %d", quota_us,
			       CGROUP_CPU_PERIOD_US);
	return fd_write_file_at(dir, "cpu.max", text);
}

static int v2_get_cpu(int dir, uint64_t *cpu_milli)
{
	uint64_t quota, period;
	char text[64];
	int rc = fd_read_file_at(dir, "cpu.max", text, sizeof(text));

	if (rc < 0)
		return rc;
	*cpu_milli = CGROUP_UNLIMITED;
	if (strncmp(text, "max ", 4) == 0)
		return 0;
	if (sscanf(text, "%" SCNu64 " %" SCNu64, &quota, &period) != 2 ||
	    !period)
		return -EINVAL;
	*cpu_milli = quota * 1000 / period;
	return 0;
}

/* "254:0 rbps=1024 wiops=10"; what is not named stays as it is. */
static int v2_set_io(int dir, const char *disk,
		     const uint64_t max[IOLIMIT_KINDS])
{
	CLEANUP_BUF struct buf line = { 0 };

	buf_printf(&line, "%s", disk);
	for (int k = 0; k < IOLIMIT_KINDS; k++)
		if (max[k] != IOLIMIT_NONE)
			buf_printf(&line, " %s=%" PRIu64, iolimit_names[k],
				   max[k]);
	return fd_write_file_at(dir, "io.max", line.data);
}

/* Every kind is in the line: "254:0 rbps=1024 wbps=max riops=max wiops=10". */
static int parse_io(char *line, uint64_t max[IOLIMIT_KINDS])
{
	char *save = NULL, *word, *value;
	int k, rc = 0;

	for (word = strtok_r(line, " \n", &save); word && rc == 0;
	     word = strtok_r(NULL, " \n", &save)) {
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		for (k = 0; k < IOLIMIT_KINDS; k++)
			if (str_eq(word, iolimit_names[k]))
				rc = cgroup_parse_number(value, &max[k]);
	}
	return rc;
}

static int v2_get_io(int dir, const char *disk, uint64_t max[IOLIMIT_KINDS])
{
	size_t len = strlen(disk);
	char text[4096], *line, *end;
	int rc = fd_read_file_at(dir, "io.max", text, sizeof(text));

	if (rc < 0)
		return rc;
	for (line = text; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (strncmp(line, disk, len) == 0 && line[len] == ' ')
			return parse_io(line + len, max);
	}
	return 0;
}

static int v2_oom_kills(int dir, uint64_t *kills)
{
	return cgroup_read_key(dir, "memory.events", "oom_kill", kills);
}

/* Before 6.11 pids.events is of one group alone; since then it holds what is
 * beneath as well, unless a mount option says otherwise, and the new .local
 * file never does. */
static int v2_fork_refusals(int dir, uint64_t *refusals)
{
	const char *file = faccessat(dir, "pids.events.local", F_OK, 0) == 0 ?
			   "pids.events.local" : "pids.events";

	return cgroup_sum_key(dir, file, "max", refusals);
}

static int v2_watch_oom(int dir)
{
	CLEANUP_FD int watch = -1, file = -1;

	file = openat(dir, "memory.events", O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (file < 0)
		return -errno;
	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch < 0)
		return -errno;
	if (inotify_add_watch(watch, fd_path(file).text, IN_MODIFY) < 0)
		return -errno;
	return take_fd(&watch);
}

static int v2_set_group_kill(int dir)
{
	return fd_write_file_at(dir, "memory.oom.group", "1");
}

const struct cgroup_backend cgroup_v2 = {
	.set_memory = v2_set_memory,
	.get_memory = v2_get_memory,
	.set_cpu = v2_set_cpu,
	.get_cpu = v2_get_cpu,
	.number = {
		[CGROUP_TASKS] = { "pids.max", 1, 1 },
		[CGROUP_MEMORY_HIGH] = { "memory.high", 1, 1 },
		[CGROUP_MEMORY_LOW] = { "memory.low", 1, 1 },
		[CGROUP_CPU_WEIGHT] = { "cpu.weight", 1, 1 },
		[CGROUP_CPU_BURST] = { "cpu.max.burst", 1, 1 },
	},
	.unlimited = UNLIMITED,
	.cpus_now = "cpuset.cpus.effective",
	.set_io = v2_set_io,
	.get_io = v2_get_io,
	.hugepages = "max",
	.oom_kills = v2_oom_kills,
	.fork_refusals = v2_fork_refusals,
	.watch_oom = v2_watch_oom,
	.set_group_kill = v2_set_group_kill,
	.memory_now = "memory.current",
	.memory_peak = "memory.peak",
};
