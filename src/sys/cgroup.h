/*
 * cgroup.h - control groups in our units, on version 1, 2 and any mixture.
 *
 * The version is decided per controller, never per machine: a kernel may have
 * memory on v2 and cpu on v1. No other file mentions a version; cgroup_v1.c
 * and cgroup_v2.c stand behind this front.
 *
 * One `struct cgroup` is one group in every hierarchy that we use: where each
 * controller lives, plus the v2 tree itself (if it is mounted at all), which
 * gives atomic kill even when it carries no controller.
 *
 * Controllers that share a hierarchy share one descriptor number in dir[] and
 * tree; finish() closes each number once, and no one else closes any.
 *
 * Everything returns 0, a count or a descriptor, or negative errno. Files are
 * reached by descriptor beneath the group's directory, never by a path that
 * is walked again. Sources: kernel Documentation/admin-guide/cgroup-v2.rst
 * and cgroup-v1/, cgroups(7).
 */
#ifndef SYS_CGROUP_H
#define SYS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cpulist.h"
#include "base/iolimit.h"

enum cgroup_controller {
	CGROUP_MEMORY,
	CGROUP_CPU,
	CGROUP_PIDS,
	CGROUP_CPUSET,
	CGROUP_IO, /* "blkio" on v1 */
	CGROUP_HUGETLB,
	CGROUP_DEVICES, /* v1 alone: on v2 it is a program on the tree */
	CGROUP_CONTROLLERS, /* how many */
};

/* Sets of controllers. */
#define CGROUP_BIT(controller) (1u << (controller))
#define CGROUP_ALL (CGROUP_BIT(CGROUP_CONTROLLERS) - 1)

#define CGROUP_UNLIMITED UINT64_MAX
#define CGROUP_HIERARCHIES (CGROUP_CONTROLLERS + 1) /* + the v2 tree */

/* The host's hierarchies. Zero versions and -1 descriptors: not available. */
struct cgroup_host {
	int version[CGROUP_CONTROLLERS]; /* 0 (absent), 1 or 2 */
	int dir[CGROUP_CONTROLLERS];     /* O_PATH root of its hierarchy */
	int tree;                        /* O_PATH root of the v2 tree, or -1 */
	int v1_cpuset; /* the one among dir[] whose groups are born without
			* CPUs, or -1: see cgroup_create() */
	bool swap;                       /* has swap space, as of the look */
};

#define CGROUP_HOST_NONE                                               \
	{ .dir = { [0 ... CGROUP_CONTROLLERS - 1] = -1 }, .tree = -1, \
	  .v1_cpuset = -1 }

/* Looks at the host for these controllers; others are as if absent, and their
 * hierarchies left alone: each one costs every start. "self/mountinfo" and
 * "swaps" are read beneath `procfd`
 * so that tests can give a made-up tree; mount points are opened beneath
 * `rootfd`. Outside tests use cgroup_host_open(), which also passes over
 * mount points that something else than a cgroup file system covers.
 * A host without any cgroups is no error. */
int cgroup_host_open_at(struct cgroup_host *host, unsigned int controllers,
			const char *base, int procfd, int rootfd);
int cgroup_host_open(struct cgroup_host *host, unsigned int controllers);
/* The same, as if group `base` of the v2 tree were its root and there were no
 * other hierarchy: all that somebody has whom that group is delegated to
 * (cgroup-v2.rst, "Delegation"), with those controllers that it was given.
 * NULL is cgroup_host_open(). Where `base` is gone there is nothing. */
int cgroup_host_open_below(struct cgroup_host *host, unsigned int controllers,
			   const char *base);
void cgroup_host_finish(struct cgroup_host *host); /* also after failure */

/* What a version calls a controller. */
const char *cgroup_name(enum cgroup_controller c, int version);

/* The group of process `pid` in the v2 tree, as a path beneath its root
 * without a slash in front; "" is the root. -ENOENT without such a tree. */
int cgroup_of_process(pid_t pid, char *path, size_t size);

struct cgroup {
	const struct cgroup_host *host; /* outlives the group */
	int dir[CGROUP_CONTROLLERS]; /* directory fd, -1 when not available;
				      * may be the same group as tree */
	int tree;                    /* v2 directory fd, or -1 */
};

/* A group in no hierarchy: nobody can be in it, and no limit is to be had. */
#define CGROUP_NONE \
	{ .dir = { [0 ... CGROUP_CONTROLLERS - 1] = -1 }, .tree = -1 }

/* Makes `path` ("sandboxd/NAME") in every hierarchy, its parents too. On v2
 * controllers are enabled in the root, in the first component and in whatever
 * parent this call makes; in another parent cgroup_enable_children() does it,
 * when the caller knows that no process is there. Until then files such as
 * memory.max do not exist in the new group (-ENOENT from the calls below). On
 * v1 a group gets the CPUs of its parent, without which nothing can join it.
 *
 * -EEXIST when the last component is there already in any hierarchy; -EINVAL
 * for a path with empty, "." or ".." components or control characters;
 * -ENOTSUP when there is no hierarchy at all. Nothing is left behind on
 * failure, and *out may be finished. */
int cgroup_create(const struct cgroup_host *host, const char *path,
		  struct cgroup *out);
/* -ENOENT when the group is absent from any hierarchy. */
int cgroup_open(const struct cgroup_host *host, const char *path,
		struct cgroup *out);
void cgroup_finish(struct cgroup *group); /* NULL and all zero are fine */

/* Lets children of this group have controllers of their own. On v2 the group
 * must hold no process by then (the "no internal processes" rule, -EBUSY);
 * one that is just exiting is waited for. */
int cgroup_enable_children(struct cgroup *group);

/* May the caller make groups beneath the root of `host`, and move its processes
 * there? Who may write to these files was given all that is beneath
 * (cgroup-v2.rst, "Delegation"). */
bool cgroup_is_delegated(const struct cgroup_host *host);

/* Moves all processes from the root of `host` to group `name` beneath, so that
 * groups there can be given controllers. -EBUSY when some stay. */
int cgroup_vacate(const struct cgroup_host *host, const char *name);

/* Lets host user `uid` move processes between this group and its siblings,
 * and nothing else: gives it cgroup.procs of the v2 tree. The kernel asks for
 * that file of the target and of the nearest common parent, so call this for
 * each of them. -ENOTSUP when there is no v2 tree. */
int cgroup_allow_moves(struct cgroup *group, unsigned int uid);

/* Kills and removes `path` with every group beneath it, in every hierarchy.
 * Waits until the processes are gone, at most `timeout_ms` (-EBUSY). An
 * absent path is success. The parent of a path of two components ("sandboxd")
 * goes too when nothing else is left in it. */
int cgroup_destroy(const struct cgroup_host *host, const char *path,
		   int timeout_ms);

/* --- limits -------------------------------------------------------------- */

/* -ENOTSUP when the controller is not available; -ENOENT when its version or
 * the kernel has no such limit, or before cgroup_enable_children(). One
 * function a limit, so that a failure can be named; its counterpart tells what
 * the kernel says is in force. */

/* Bytes, CGROUP_UNLIMITED; read back in whole pages. Memory and swap go
 * together because v1 counts their sum. A kernel that does not count swap
 * cannot limit it: -ENOTSUP on a host that has swap space, success on one that
 * has none, where every such limit holds by itself and reads 0. The same goes
 * for swap without a memory limit on v1. */
int cgroup_set_memory(struct cgroup *group, uint64_t memory, uint64_t swap);
int cgroup_get_memory(struct cgroup *group, uint64_t *memory, uint64_t *swap);

/* Thousandths of a CPU, CGROUP_UNLIMITED. The kernel refuses (-EINVAL) less
 * than a hundredth. */
int cgroup_set_cpu(struct cgroup *group, uint64_t cpu_milli);
int cgroup_get_cpu(struct cgroup *group, uint64_t *cpu_milli);

/* Limits that are one number in one file. */
enum cgroup_number {
	CGROUP_TASKS, /* CGROUP_UNLIMITED; 0 is a limit like any other */
	/* Bytes; v2 alone. v1's soft limit is no CGROUP_MEMORY_LOW: it names
	 * the group from which to take first, not what to leave it. */
	CGROUP_MEMORY_HIGH, /* CGROUP_UNLIMITED */
	CGROUP_MEMORY_LOW,
	/* 1 to 10000, 100 by default. v1 counts in shares, 1024 by default;
	 * the kernel converts by the same ratio. */
	CGROUP_CPU_WEIGHT,
	CGROUP_CPU_BURST, /* microseconds in a period, at most the quota's */
	CGROUP_NUMBERS,   /* how many */
};
int cgroup_set_number(struct cgroup *group, enum cgroup_number which,
		      uint64_t value);
int cgroup_get_number(struct cgroup *group, enum cgroup_number which,
		      uint64_t *value);

/* A group is left no more CGROUP_MEMORY_LOW than each group above it is
 * (cgroup-v2.rst, memory.low). Gives `path` the sum of what its children ask
 * for; call it when one of them has changed or is gone. An absent path, or no
 * such limit, is success: there is nothing to give. */
int cgroup_sum_memory_low(const struct cgroup_host *host, const char *path);

/* The CPUs that the group may use; read back, those of them that its parent
 * has and that are there: before the first set, all that it could be given. */
int cgroup_set_cpus(struct cgroup *group, const struct cpulist *cpus);
int cgroup_get_cpus(struct cgroup *group, struct cpulist *cpus);

/* How fast a disk (sys/blockdev.h) may be used; max[] as in struct iolimit.
 * Reads, and writes that wait for the disk (O_DIRECT, fsync), are held back in
 * any version. Written pages go to the disk later, by the kernel's own hand:
 * only where memory and I/O are both on v2 does it know whose they were, and
 * then on ext4, btrfs, xfs and f2fs (cgroup-v2.rst, "Writeback"). */
int cgroup_set_io(struct cgroup *group, dev_t disk,
		  const uint64_t max[IOLIMIT_KINDS]);
int cgroup_get_io(struct cgroup *group, dev_t disk,
		  uint64_t max[IOLIMIT_KINDS]);
bool cgroup_io_holds_writes(const struct cgroup *group);

/* Bytes in huge pages of `page` bytes: both the use of them and, where the
 * kernel counts it, the reservation that mmap(2) makes. Memory limits do not
 * count these. Read back in whole pages. */
int cgroup_set_hugepages(struct cgroup *group, uint64_t page, uint64_t bytes);
int cgroup_get_hugepages(struct cgroup *group, uint64_t page, uint64_t *bytes);

/* --- devices -------------------------------------------------------------- */

/* A character device that may be read and written; minor -1: all of that
 * major. */
struct cgroup_device {
	int major, minor;
};

enum cgroup_devices_by { CGROUP_DEVICES_BY_V1 = 1, CGROUP_DEVICES_BY_BPF };

/* Lets processes in the group open these devices and no other, and make none.
 * The group must have no children yet, and nothing of the kind be set before.
 * Read back. Returns enum cgroup_devices_by: the controller of version 1 where
 * there is one, else a program on the v2 tree. -ENOTSUP without either; -EPERM
 * when a group above does not allow it, or the caller may load no program. */
int cgroup_set_devices(struct cgroup *group, const struct cgroup_device *list,
		       size_t n);

/* --- membership ---------------------------------------------------------- */
/* For a child that must be born or placed in the group before its first
 * instruction of interest:
 *   tree fd   for clone3's CLONE_INTO_CGROUP (v2), -1 when there is none;
 *   tasks[]   write-only `tasks` files of v1 hierarchies: the child writes
 *             "0" to each. One thread moving itself does not wait for the
 *             grace period that moving another process costs.
 * Returns how many tasks[] were opened (close-on-exec, the caller closes). */
int cgroup_open_tasks(struct cgroup *group, int tasks[CGROUP_CONTROLLERS]);
/* In the child: joins through such descriptors. Async-signal-safe. */
int cgroup_join_tasks(const int *tasks, int n);
/* How many lines of /proc/PID/cgroup name this group. */
int cgroup_count_lines(const struct cgroup *group);

/* --- events --------------------------------------------------------------- */
/* Kernel out-of-memory kills in the group and all beneath it, so far. v1 and,
 * for refusals, v2 before 6.11 forget what happened in groups since removed. */
int cgroup_oom_kills(struct cgroup *group, uint64_t *kills);
/* How often a fork was refused by a pids limit, in the group and beneath. */
int cgroup_fork_refusals(struct cgroup *group, uint64_t *refusals);
/* A descriptor that becomes ready (*events tells for what to poll) when memory
 * ran out in the group or in one that is beneath it by now. It may wake before
 * the kill is counted (v1), for nothing (v2), and when the group is removed:
 * ask cgroup_oom_kills(), and ask again when a process is gone. Read it with
 * cgroup_oom_ack() after. */
int cgroup_watch_oom(struct cgroup *group, short *events);
void cgroup_oom_ack(int fd);
/* Makes the kernel kill the whole group when memory runs out, where it can
 * (v2). Returns 1 when it will, 0 when the caller must do it (v1). */
int cgroup_set_group_kill(struct cgroup *group);

struct cgroup_usage {
	uint64_t memory, memory_peak; /* bytes */
	uint64_t cpu_usec;
	uint64_t pids;
};
/* Fields that cannot be read are 0. */
int cgroup_get_usage(struct cgroup *group, struct cgroup_usage *out);

/* SIGKILL to every process in the group and beneath. Does not wait for the
 * exits, except without a v2 tree: there the kernel cannot kill a group as
 * one, and we signal until none is left (-EBUSY after five seconds). */
int cgroup_kill(struct cgroup *group);

#endif
