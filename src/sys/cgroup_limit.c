/*
 * The front, limits: each call finds where its controller lives and lets the
 * version that rules there spell it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/cgroup_internal.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* --- memory and swap ----------------------------------------------------- */

int cgroup_swap_uncounted(bool host_swap, uint64_t swap)
{
	return host_swap && swap != CGROUP_UNLIMITED ? -ENOTSUP : 0;
}

int cgroup_set_memory(struct cgroup *group, uint64_t memory, uint64_t swap)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);

	if (!b)
		return -ENOTSUP;
	return b->set_memory(group->dir[CGROUP_MEMORY], group->host->swap,
			     memory, swap);
}

int cgroup_get_memory(struct cgroup *group, uint64_t *memory, uint64_t *swap)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_MEMORY);

	if (!b)
		return -ENOTSUP;
	return b->get_memory(group->dir[CGROUP_MEMORY], group->host->swap,
			     memory, swap);
}

/* --- CPU time ------------------------------------------------------------ */

int cgroup_set_cpu(struct cgroup *group, uint64_t cpu_milli)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_CPU);
	uint64_t quota = cpu_milli;

	if (!b)
		return -ENOTSUP;
	if (cpu_milli != CGROUP_UNLIMITED &&
	    __builtin_mul_overflow(cpu_milli, CGROUP_CPU_PERIOD_US / 1000,
				   &quota))
		return -EINVAL;
	return b->set_cpu(group->dir[CGROUP_CPU], quota);
}

int cgroup_get_cpu(struct cgroup *group, uint64_t *cpu_milli)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_CPU);

	return b ? b->get_cpu(group->dir[CGROUP_CPU], cpu_milli) : -ENOTSUP;
}

/* --- one number ---------------------------------------------------------- */

static const enum cgroup_controller number_owner[CGROUP_NUMBERS] = {
	[CGROUP_TASKS] = CGROUP_PIDS,
	[CGROUP_MEMORY_HIGH] = CGROUP_MEMORY,
	[CGROUP_MEMORY_LOW] = CGROUP_MEMORY,
	[CGROUP_CPU_WEIGHT] = CGROUP_CPU,
	[CGROUP_CPU_BURST] = CGROUP_CPU,
};

/* CGROUP_UNLIMITED stays what it is. */
static int scale(uint64_t *value, uint64_t mul, uint64_t div)
{
	if (*value == CGROUP_UNLIMITED || mul == div)
		return 0;
	if (__builtin_mul_overflow(*value, mul, value))
		return -ERANGE;
	*value = (*value + div / 2) / div;
	return 0;
}

/* The file of a number and who spells it. Returns the directory that it is in,
 * the group's own, or negative errno. */
static int find_number(const struct cgroup *group, enum cgroup_number which,
		       const struct cgroup_backend **b,
		       const struct cgroup_file **f)
{
	enum cgroup_controller c = number_owner[which];

	*b = cgroup_backend(group, c);
	if (!*b)
		return -ENOTSUP;
	*f = &(*b)->number[which];
	return (*f)->name ? group->dir[c] : -ENOENT;
}

int cgroup_set_number(struct cgroup *group, enum cgroup_number which,
		      uint64_t value)
{
	const struct cgroup_backend *b;
	const struct cgroup_file *f;
	int dir = find_number(group, which, &b, &f);
	int rc = dir < 0 ? dir : scale(&value, f->mul, f->div);

	return rc < 0 ? rc : cgroup_write_number(dir, f->name, value,
						 b->unlimited);
}

int cgroup_get_number(struct cgroup *group, enum cgroup_number which,
		      uint64_t *value)
{
	const struct cgroup_backend *b;
	const struct cgroup_file *f;
	int dir = find_number(group, which, &b, &f);
	int rc = dir < 0 ? dir : cgroup_read_number(dir, f->name, value);

	return rc < 0 ? rc : scale(value, f->div, f->mul);
}

#define MEMORY_LOW "memory.low"

static int add_low(int dir, const char *name, void *ctx)
{
	CLEANUP_FD int child = cgroup_open_below(dir, name);
	uint64_t low, *sum = ctx;
	int rc = child < 0 ? child :
			     cgroup_read_number(child, MEMORY_LOW, &low);

	if (rc == 0 && __builtin_add_overflow(*sum, low, sum))
		*sum = CGROUP_UNLIMITED;
	return cgroup_is_gone(rc) || rc == -ENOTDIR ? 0 : rc;
}

int cgroup_sum_memory_low(const struct cgroup_host *host, const char *path)
{
	CLEANUP_FD int group = -1;
	CLEANUP_FD int dir = -1;
	uint64_t sum = 0;
	int rc;

	if (host->version[CGROUP_MEMORY] != 2)
		return 0;
	group = cgroup_open_below(host->dir[CGROUP_MEMORY], path);
	if (group < 0)
		return cgroup_is_gone(group) ? 0 : group;
	dir = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Of two that add up at a time, the last has to be the one that saw
	 * all. */
	if (dir < 0 || flock(dir, LOCK_EX) < 0)
		return -errno;
	rc = cgroup_each_child(dir, add_low, &sum);
	if (rc == 0)
		rc = cgroup_write_number(dir, MEMORY_LOW, sum, "max");
	return cgroup_is_gone(rc) ? 0 : rc;
}

/* --- which CPUs ---------------------------------------------------------- */

int cgroup_set_cpus(struct cgroup *group, const struct cpulist *cpus)
{
	CLEANUP_FREE char *text = cpulist_text(cpus);

	if (!cgroup_backend(group, CGROUP_CPUSET))
		return -ENOTSUP;
	return fd_write_file_at(group->dir[CGROUP_CPUSET], "cpuset.cpus", text);
}

int cgroup_get_cpus(struct cgroup *group, struct cpulist *cpus)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_CPUSET);
	char text[4096];
	int rc;

	if (!b)
		return -ENOTSUP;
	rc = fd_read_file_at(group->dir[CGROUP_CPUSET], b->cpus_now, text,
			     sizeof(text));
	if (rc < 0)
		return rc;
	*cpus = (struct cpulist){ 0 };
	return text[0] ? cpulist_parse(text, cpus) : 0;
}

/* --- disks --------------------------------------------------------------- */

struct disk_name {
	char text[32];
};

static struct disk_name disk_name(dev_t disk)
{
	struct disk_name name;

	(void)snprintf(name.text, sizeof(name.text), "%u:%u", major(disk),
		       minor(disk));
	return name;
}

int cgroup_set_io(struct cgroup *group, dev_t disk,
		  const uint64_t max[IOLIMIT_KINDS])
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_IO);

	return b ? b->set_io(group->dir[CGROUP_IO], disk_name(disk).text, max) :
		   -ENOTSUP;
}

int cgroup_get_io(struct cgroup *group, dev_t disk,
		  uint64_t max[IOLIMIT_KINDS])
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_IO);

	for (int k = 0; k < IOLIMIT_KINDS; k++)
		max[k] = IOLIMIT_NONE;
	return b ? b->get_io(group->dir[CGROUP_IO], disk_name(disk).text, max) :
		   -ENOTSUP;
}

bool cgroup_io_holds_writes(const struct cgroup *group)
{
	return group->dir[CGROUP_IO] >= 0 &&
	       group->dir[CGROUP_IO] == group->tree &&
	       group->dir[CGROUP_MEMORY] == group->tree;
}

/* --- huge pages ---------------------------------------------------------- */

struct page_file {
	char text[64];
};

/* "hugetlb.2MB.max"; the kernel names page sizes so (mm/hugetlb_cgroup.c,
 * mem_fmt()). `what` is ".", or ".rsvd." for what mmap(2) reserves. */
static struct page_file page_file(uint64_t size, const char *what,
				  const struct cgroup_backend *b)
{
	const char *unit = size >= GIB ? "GB" : size >= MIB ? "MB" : "KB";
	uint64_t one = size >= GIB ? GIB : size >= MIB ? MIB : KIB;
	struct page_file file;

	(void)snprintf(file.text, sizeof(file.text),
		       "hugetlb.%" PRIu64 "%s%s%s", size / one, unit, what,
		       b->hugepages);
	return file;
}

int cgroup_set_hugepages(struct cgroup *group, uint64_t page, uint64_t bytes)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_HUGETLB);
	int rc, dir = group->dir[CGROUP_HUGETLB];

	if (!b)
		return -ENOTSUP;
	rc = cgroup_write_number(dir, page_file(page, ".", b).text, bytes,
				 b->unlimited);
	if (rc < 0)
		return rc;
	/* With this one mmap(2) is refused; without it, before 5.7, the first
	 * touch beyond the limit is a SIGBUS. */
	rc = cgroup_write_number(dir, page_file(page, ".rsvd.", b).text, bytes,
				 b->unlimited);
	return rc == -ENOENT ? 0 : rc;
}

int cgroup_get_hugepages(struct cgroup *group, uint64_t page, uint64_t *bytes)
{
	const struct cgroup_backend *b = cgroup_backend(group, CGROUP_HUGETLB);

	if (!b)
		return -ENOTSUP;
	return cgroup_read_number(group->dir[CGROUP_HUGETLB],
				  page_file(page, ".", b).text, bytes);
}
