/* The kernel's tables of mounts, groups and disks: an attacker chooses names
 * of mount points and of groups in them. The input is the text of one file,
 * which stands under the name of each. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "sys/blockdev.h"
#include "sys/cgroup.h"
#include "sys/mount.h"

/* Of both versions of control groups; the first holds the text, the others
 * are links to it. */
static const char *const files[] = {
	"text", "swaps", "self/mountinfo", "cgroup.controllers",
	"memory.max", "memory.high", "memory.low", "memory.swap.max",
	"memory.events", "memory.current", "memory.peak", "cpu.max",
	"cpu.max.burst", "cpu.weight", "cpu.stat", "pids.max",
	"pids.current", "pids.events", "cpuset.cpus.effective", "io.max",
	"hugetlb.2MB.max", "memory.limit_in_bytes",
	"memory.memsw.limit_in_bytes", "memory.oom_control",
	"memory.usage_in_bytes", "memory.max_usage_in_bytes",
	"cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares",
	"cpu.cfs_burst_us", "cpuset.effective_cpus",
	"blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device",
	"blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device",
	"hugetlb.2MB.limit_in_bytes", "8:1/dev", "8:1/partition", "8:0/dev",
};

static int top = -1;
static pid_t owner;
static char path[64];

static void remove_dir(void)
{
	if (getpid() != owner)
		return;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)unlinkat(top, files[i], 0);
	for (const char *const *d =
		     (const char *const[]){ "self", "8:0", "8:1", NULL };
	     *d; d++)
		(void)unlinkat(top, *d, AT_REMOVEDIR);
	(void)rmdir(path);
}

static void make_dir(void)
{
	(void)snprintf(path, sizeof(path), "/dev/shm/fuzz-host.XXXXXX");
	owner = getpid();
	FUZZ_CHECK(mkdtemp(path));
	top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)atexit(remove_dir);
	FUZZ_CHECK(mkdirat(top, "self", 0700) == 0 &&
		   mkdirat(top, "8:0", 0700) == 0 &&
		   mkdirat(top, "8:1", 0700) == 0);
	close(openat(top, files[0], O_WRONLY | O_CREAT, 0600));
	for (size_t i = 1; i < ARRAY_LEN(files); i++)
		FUZZ_CHECK(linkat(top, files[0], top, files[i], 0) == 0);
}

static void write_text(const uint8_t *data, size_t size)
{
	int fd = openat(top, files[0], O_WRONLY | O_TRUNC | O_CLOEXEC);

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void hierarchies(void)
{
	struct cgroup_host host;

	if (cgroup_host_open_at(&host, CGROUP_ALL, NULL, top, top) == 0)
		for (int c = 0; c < CGROUP_CONTROLLERS; c++)
			FUZZ_CHECK(!host.version[c] == (host.dir[c] < 0));
	cgroup_host_finish(&host);
}

static void limits(int version)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	struct cgroup group = { .host = &host, .tree = top };
	static struct cpulist cpus;
	uint64_t n, io[IOLIMIT_KINDS];
	struct cgroup_usage usage;

	for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
		host.version[c] = version;
		group.dir[c] = top;
	}
	(void)cgroup_get_memory(&group, &n, &n);
	(void)cgroup_get_cpu(&group, &n);
	for (int w = 0; w < CGROUP_NUMBERS; w++)
		(void)cgroup_get_number(&group, w, &n);
	(void)cgroup_get_cpus(&group, &cpus);
	(void)cgroup_get_io(&group, makedev(8, 0), io);
	(void)cgroup_get_hugepages(&group, 2 << 20, &n);
	(void)cgroup_oom_kills(&group, &n);
	(void)cgroup_fork_refusals(&group, &n);
	(void)cgroup_get_usage(&group, &usage);
}

static void mounts(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	CLEANUP_STRV char **list = NULL;

	if (!in)
		return;
	mount_read_list(in, &list);
	(void)fclose(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	dev_t disk;

	if (top < 0)
		make_dir();
	write_text(data, size);
	hierarchies();
	limits(1);
	limits(2);
	mounts(data, size);
	(void)blockdev_disk_at(top, makedev(8, 1), &disk);
	return 0;
}
