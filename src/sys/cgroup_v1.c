/*
 * Version 1. Its counters are of one group alone, so events are summed over
 * the subtree, and its swap limit is one of memory and swap together.
 * Sources: kernel Documentation/admin-guide/cgroup-v1/{memory,pids}.rst,
 * Documentation/scheduler/sched-bwc.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/cgroup_internal.h"

#define LIMIT "memory.limit_in_bytes"
#define SUM_LIMIT "memory.memsw.limit_in_bytes"
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

static int v1_set_memory(int dir, bool host_swap, uint64_t memory,
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
	.oom_kills = v1_oom_kills,
	.fork_refusals = v1_fork_refusals,
	.watch_oom = v1_watch_oom,
	.memory_now = "memory.usage_in_bytes",
	.memory_peak = "memory.max_usage_in_bytes",
};
