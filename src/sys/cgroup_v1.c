/*
 * Version 1. Its counters are of one group alone, so events are summed over
 * the subtree, and its swap limit is one of memory and swap together.
 * Sources: kernel Documentation/admin-guide/cgroup-v1/{memory,pids}.rst,
 * Documentation/scheduler/sched-bwc.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/cgroup_internal.h"

#define LIMIT "memory.limit_in_bytes"
#define SUM_LIMIT "memory.memsw.limit_in_bytes"
/* The buffers of TCP and UDP, of which the other two know nothing: counted by
 * themselves, and in groups alone that have such a limit of their own. */
#define SOCKET_LIMIT "memory.kmem.tcp.limit_in_bytes"
#define UNLIMITED "-1"

int cgroup_v1_count_children(int dir)
{
	uint64_t on;
	int rc = cgroup_read_number(dir, "memory.use_hierarchy", &on);

	/* Kernels since 5.11 know nothing else, and may drop the file. */
	if (rc == -ENOENT || (rc == 0 && on))
		return 0;
	if (rc < 0)
		return rc;
	return fd_write_file_at(dir, "memory.use_hierarchy", "1");
}

static int inherit(int parent, int dir, const char *file)
{
	char text[4096];
	int rc = fd_read_file_at(dir, file, text, sizeof(text));

	if (rc < 0 || text[0])
		return rc;
	rc = fd_read_file_at(parent, file, text, sizeof(text));
	return rc < 0 ? rc : fd_write_file_at(dir, file, text);
}

int cgroup_v1_inherit_cpus(int parent, int dir)
{
	int rc = inherit(parent, dir, "cpuset.cpus");

	return rc < 0 ? rc : inherit(parent, dir, "cpuset.mems");
}

/* Memory limits have no word for "none": the largest number of whole pages
 * that fits a long stands for it. */
static int read_limit(int dir, const char *file, uint64_t *value)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int rc = cgroup_read_number(dir, file, value);

	if (rc == 0 && *value >= INT64_MAX / page * page)
		*value = CGROUP_UNLIMITED;
	return rc;
}

int cgroup_v1_count_sockets(int parent, int dir)
{
	uint64_t limit;
	int rc = read_limit(parent, SOCKET_LIMIT, &limit);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return limit == CGROUP_UNLIMITED ? 0 :
	       cgroup_write_number(dir, SOCKET_LIMIT, limit, UNLIMITED);
}

static int set_with_swap(int dir, bool host_swap, uint64_t memory,
			 uint64_t swap)
{
	uint64_t sum, sum_now;
	int rc;

	if (__builtin_add_overflow(memory, swap, &sum))
		sum = CGROUP_UNLIMITED;
	if (sum == CGROUP_UNLIMITED) {
		rc = cgroup_swap_uncounted(host_swap, swap);
		if (rc < 0)
			return rc;
	}
	rc = read_limit(dir, SUM_LIMIT, &sum_now);
	if (rc == -ENOENT) {
		rc = cgroup_swap_uncounted(host_swap, swap);
		return rc < 0 ? rc : cgroup_write_number(dir, LIMIT, memory,
							 UNLIMITED);
	}
	if (rc < 0)
		return rc;
	/* The sum may at no moment be less than the limit (EINVAL). */
	if (memory <= sum_now) {
		rc = cgroup_write_number(dir, LIMIT, memory, UNLIMITED);
		return rc < 0 ? rc : cgroup_write_number(dir, SUM_LIMIT, sum,
							 UNLIMITED);
	}
	rc = cgroup_write_number(dir, SUM_LIMIT, sum, UNLIMITED);
	return rc < 0 ? rc : cgroup_write_number(dir, LIMIT, memory, UNLIMITED);
}

static int v1_set_memory(int dir, bool host_swap, uint64_t memory,
			 uint64_t swap)
{
	int rc = set_with_swap(dir, host_swap, memory, swap);

	return rc < 0 ? rc : cgroup_write_number(dir, SOCKET_LIMIT, memory,
						 UNLIMITED);
}

static int v1_get_memory(int dir, bool host_swap, uint64_t *memory,
			 uint64_t *swap)
{
	uint64_t sum;
	int rc = read_limit(dir, LIMIT, memory);

	if (rc < 0)
		return rc;
	rc = read_limit(dir, SUM_LIMIT, &sum);
	if (rc == -ENOENT) {
		*swap = host_swap ? CGROUP_UNLIMITED : 0;
		return 0;
	}
	if (rc == 0)
		*swap = sum == CGROUP_UNLIMITED ? sum : sum - *memory;
	return rc;
}

static int v1_set_cpu(int dir, uint64_t quota_us)
{
	int rc = cgroup_write_number(dir, "cpu.cfs_period_us",
				     CGROUP_CPU_PERIOD_US, UNLIMITED);

	return rc < 0 ? rc : cgroup_write_number(dir, "cpu.cfs_quota_us",
						 quota_us, UNLIMITED);
}

static int v1_get_cpu(int dir, uint64_t *cpu_milli)
{
	uint64_t period;
	int rc = cgroup_read_number(dir, "cpu.cfs_quota_us", cpu_milli);

	if (rc < 0 || *cpu_milli == CGROUP_UNLIMITED)
		return rc;
	rc = cgroup_read_number(dir, "cpu.cfs_period_us", &period);
	if (rc == 0)
		*cpu_milli = *cpu_milli * 1000 / (period ? period : 1);
	return rc;
}

static const char *const io_files[IOLIMIT_KINDS] = {
	[IOLIMIT_RBPS] = "blkio.throttle.read_bps_device",
	[IOLIMIT_WBPS] = "blkio.throttle.write_bps_device",
	[IOLIMIT_RIOPS] = "blkio.throttle.read_iops_device",
	[IOLIMIT_WIOPS] = "blkio.throttle.write_iops_device",
};

static int v1_set_io(int dir, const char *disk,
		     const uint64_t max[IOLIMIT_KINDS])
{
	char line[64];
	int k, rc = 0;

	for (k = 0; k < IOLIMIT_KINDS && rc == 0; k++) {
		if (max[k] == IOLIMIT_NONE)
			continue;
		(void)snprintf(line, sizeof(line), "%s %" PRIu64, disk, max[k]);
		rc = fd_write_file_at(dir, io_files[k], line);
	}
	return rc;
}

/* A disk without a limit has no line. */
static int v1_get_io(int dir, const char *disk, uint64_t max[IOLIMIT_KINDS])
{
	int k, rc;

	for (k = 0; k < IOLIMIT_KINDS; k++) {
		rc = cgroup_read_key(dir, io_files[k], disk, &max[k]);
		if (rc < 0 && rc != -ENODATA)
			return rc;
	}
	return 0;
}

static int v1_oom_kills(int dir, uint64_t *kills)
{
	return cgroup_sum_key(dir, "memory.oom_control", "oom_kill", kills);
}

static int v1_fork_refusals(int dir, uint64_t *refusals)
{
	return cgroup_sum_key(dir, "pids.events", "max", refusals);
}

/* The kernel tells the group that ran out and those beneath it, never those
 * above: the event is asked for in each group of the subtree. */
static int ask_for_event(int dir, void *ctx)
{
	CLEANUP_FD int fd = openat(dir, "memory.oom_control",
				   O_RDONLY | O_CLOEXEC);
	const int *event = ctx;
	char text[32];

	if (fd < 0)
		return -errno;
	(void)snprintf(text, sizeof(text), "%d %d", *event, fd);
	return fd_write_file_at(dir, "cgroup.event_control", text);
}

static int v1_watch_oom(int dir)
{
	CLEANUP_FD int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int rc;

	if (event < 0)
		return -errno;
	rc = cgroup_walk(dir, ask_for_event, &event);
	return rc < 0 ? rc : take_fd(&event);
}

const struct cgroup_backend cgroup_v1 = {
	.set_memory = v1_set_memory,
	.get_memory = v1_get_memory,
	.set_cpu = v1_set_cpu,
	.get_cpu = v1_get_cpu,
	.number = {
		[CGROUP_TASKS] = { "pids.max", 1, 1 },
		/* kernel/sched/sched.h, sched_weight_from_cgroup() */
		[CGROUP_CPU_WEIGHT] = { "cpu.shares", 1024, 100 },
		[CGROUP_CPU_BURST] = { "cpu.cfs_burst_us", 1, 1 },
	},
	.unlimited = "max",
	.cpus_now = "cpuset.effective_cpus",
	.set_io = v1_set_io,
	.get_io = v1_get_io,
	.hugepages = "limit_in_bytes",
	.oom_kills = v1_oom_kills,
	.fork_refusals = v1_fork_refusals,
	.watch_oom = v1_watch_oom,
	.memory_now = "memory.usage_in_bytes",
	.memory_peak = "memory.max_usage_in_bytes",
};
