#include "sys/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

#ifndef PR_GET_MDWE /* Linux 6.3 */
#define PR_GET_MDWE 66
#endif
#ifndef PR_SET_MEMORY_MERGE /* Linux 6.4 */
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif

#define CPUS_MAX 8192 /* of any kernel's configuration */
#define IOPRIO_WHO_PROCESS 1 /* ioprio_set(2); no header has them */
#define IOPRIO_NONE 0
#define NICE_NONE 20 /* getpriority(2): the call, not the function */
#define CORE_FILTER "0x33" /* core(5) */

/* Each returns whether it is as it should be. */

static bool reset_nice(void)
{
	return syscall(SYS_getpriority, PRIO_PROCESS, 0) == NICE_NONE ||
	       setpriority(PRIO_PROCESS, 0, 0) == 0;
}

static bool reset_policy(void)
{
	const struct sched_param none = { 0 };

	return sched_getscheduler(0) == SCHED_OTHER ||
	       sched_setscheduler(0, SCHED_OTHER, &none) == 0;
}

static bool reset_io(void)
{
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_NONE) == 0;
}

/* The kernel leaves those that the control group allows. */
static bool reset_cpus(void)
{
	unsigned char all[CPUS_MAX / 8];

	memset(all, 0xff, sizeof(all));
	return syscall(SYS_sched_setaffinity, 0, sizeof(all), all) == 0;
}

/* ENOSYS: a kernel without NUMA has none. */
static bool reset_memory_policy(void)
{
	return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) == 0 ||
	       errno == ENOSYS;
}

static bool reset_huge_pages(void)
{
	return prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) == 0;
}

/* EINVAL: a kernel that handles none. */
static bool reset_machine_checks(void)
{
	return prctl(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0, 0, 0) == 0 ||
	       errno == EINVAL;
}

static bool reset_merging(void)
{
	return prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0) <= 0 ||
	       prctl(PR_SET_MEMORY_MERGE, 0, 0, 0, 0) == 0;
}

/* Nothing lifts it. */
static bool has_no_code_wall(void)
{
	return prctl(PR_GET_MDWE, 0, 0, 0, 0) <= 0;
}

/* ENOENT: a kernel that writes no core dumps. */
static bool reset_core_filter(void)
{
	int rc = fd_write_file_at(AT_FDCWD, "/proc/self/coredump_filter",
				  CORE_FILTER);

	return rc == 0 || rc == -ENOENT;
}

static bool reset_oom_score(void)
{
	return fd_write_file_at(AT_FDCWD, "/proc/self/oom_score_adj", "0") == 0;
}

/* The stack's says where memory is mapped, and dumps of ours are nobody's. */
static bool raise_soft_limits(void)
{
	bool done = true;

	for (int r = 0; r < (int)RLIM_NLIMITS; r++) {
		struct rlimit l;

		if (r == RLIMIT_STACK || r == RLIMIT_CORE ||
		    getrlimit(r, &l) < 0 || l.rlim_cur == l.rlim_max)
			continue;
		l.rlim_cur = l.rlim_max;
		done &= setrlimit(r, &l) == 0;
	}
	return done;
}

void inherit_reset(char *kept, size_t size)
{
	static const struct {
		bool (*reset)(void);
		const char *name;
	} all[] = {
		{ reset_nice, "nice value" },
		{ reset_policy, "scheduling policy" },
		{ reset_io, "I/O priority" },
		{ reset_cpus, "processors" },
		{ reset_memory_policy, "memory policy" },
		{ reset_huge_pages, "use of huge pages" },
		{ reset_machine_checks, "answer to memory errors" },
		{ reset_merging, "merging of pages" },
		{ has_no_code_wall, "ban on writing and running memory" },
		{ reset_core_filter, "core dump filter" },
		{ reset_oom_score, "oom_score_adj" },
		{ raise_soft_limits, "soft limits" },
	};
	size_t len = 0;

	kept[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!all[i].reset() && len < size)
			len += (size_t)snprintf(kept + len, size - len, "%s%s",
						len ? ", " : "", all[i].name);
}
