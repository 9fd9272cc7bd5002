#include "conf/limit.h"

#include <stddef.h>

const char *const limit_names[LIMITS + 2] = {
	[LIMIT_MEMORY] = "memory",
	[LIMIT_SWAP] = "swap",
	[LIMIT_MEMORY_HIGH] = "memory_high",
	[LIMIT_MEMORY_LOW] = "memory_low",
	[LIMIT_CPUS] = "cpus",
	[LIMIT_CPU_WEIGHT] = "cpu_weight",
	[LIMIT_CPU_BURST] = "cpu_burst",
	[LIMIT_CPUSET] = "cpuset",
	[LIMIT_PIDS] = "pids",
	[LIMIT_IO] = "io",
	[LIMIT_HUGEPAGES] = "hugepages",
	[LIMIT_SHM] = "shm",
	[LIMIT_SHM_INODES] = "shm_inodes",
	[LIMIT_TMP] = "tmp",
	[LIMIT_TMP_INODES] = "tmp_inodes",
	[LIMIT_NOFILE] = "nofile",
	[LIMIT_CORE] = "core",
	[LIMIT_FSIZE] = "fsize",
	[LIMIT_STACK] = "stack",
	[LIMIT_MEMLOCK] = "memlock",
	[LIMIT_ROOTLESS] = "rootless",
};

bool limit_is_text(enum limit limit)
{
	return limit == LIMIT_CPUSET || limit == LIMIT_IO ||
	       limit == LIMIT_HUGEPAGES;
}
