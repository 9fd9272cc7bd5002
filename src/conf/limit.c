#include "conf/limit.h"

#include <stddef.h>

const char *const limit_names[LIMITS + 2] = {
	[LIMIT_MEMORY] = "memory",
	[LIMIT_SWAP] = "swap",
	[LIMIT_CPUS] = "cpus",
	[LIMIT_PIDS] = "pids",
	[LIMIT_ROOTLESS] = "rootless",
};
