/*
 * cgroup_internal.h - what the files behind cgroup.h share.
 *
 *	cgroup_host.c  which hierarchies there are
 *	cgroup_tree.c  groups made, opened, walked: all versions alike
 *	cgroup_kill.c  groups killed and removed
 *	cgroup_limit.c the front: limits
 *	cgroup_device.c  the front: devices
 *	cgroup.c       the front: membership, events, control files
 *	cgroup_v1.c    \ the files of one version
 *	cgroup_v2.c    /
 */
#ifndef SYS_CGROUP_INTERNAL_H
#define SYS_CGROUP_INTERNAL_H

#include "sys/cgroup.h"

/* A file that holds one number, and how ours becomes the file's: times `mul`,
 * by `div`. A NULL name: this version has none. */
struct cgroup_file {
	const char *name;
	uint32_t mul, div;
};

/* How one version spells a limit or an event. `dir` is the group's directory
 * in the hierarchy of the controller in question; `host_swap` tells whether
 * the host has swap space. */
struct cgroup_backend {
	int (*set_memory)(int dir, bool host_swap, uint64_t memory,
			  uint64_t swap);
	int (*get_memory)(int dir, bool host_swap, uint64_t *memory,
			  uint64_t *swap);
	int (*set_cpu)(int dir, uint64_t quota_us); /* in a period */
	int (*get_cpu)(int dir, uint64_t *cpu_milli);
	struct cgroup_file number[CGROUP_NUMBERS];
	const char *unlimited; /* in those files */
	const char *cpus_now;
	int (*set_io)(int dir, const char *disk,
		      const uint64_t max[IOLIMIT_KINDS]);
	int (*get_io)(int dir, const char *disk, uint64_t max[IOLIMIT_KINDS]);
	const char *hugepages; /* end of the file's name */
	int (*oom_kills)(int dir, uint64_t *kills);
	int (*fork_refusals)(int dir, uint64_t *refusals);
	int (*watch_oom)(int dir);      /* a descriptor that gets POLLIN */
	int (*set_group_kill)(int dir); /* NULL: the kernel cannot */
	const char *memory_now, *memory_peak;
};
extern const struct cgroup_backend cgroup_v1, cgroup_v2;

/* Kernel's own default. */
#define CGROUP_CPU_PERIOD_US 100000

/* NULL when the group has no such controller. */
const struct cgroup_backend *cgroup_backend(const struct cgroup *group,
					    enum cgroup_controller c);
/* The different descriptors among `dir` and `tree`; returns how many. */
int cgroup_distinct(const int dir[CGROUP_CONTROLLERS], int tree,
		    int out[CGROUP_HIERARCHIES]);
/* Is `word` in the space separated `list`? */
bool cgroup_has_word(const char *list, const char *word);

/* --- the tree of groups -------------------------------------------------- */
/* How deep groups may nest beneath ours; each level holds two descriptors. */
#define CGROUP_DEPTH_MAX 32

/* Is `rc` what the kernel says of a group that was removed? ENODEV comes from
 * kernfs when the directory was still open. */
bool cgroup_is_gone(int rc);
/* Opens a group beneath `dir` (O_PATH), through no link and no mount. */
int cgroup_open_below(int dir, const char *path);
/* Opens the group where it exists; returns in how many hierarchies. */
int cgroup_open_some(const struct cgroup_host *host, const char *path,
		     struct cgroup *out);

/* Calls `fn` with the name of each group right beneath `dir` until one call
 * returns non-zero, and returns that. */
typedef int cgroup_child_fn(int dir, const char *name, void *ctx);
int cgroup_each_child(int dir, cgroup_child_fn *fn, void *ctx);
/* Calls `fn` for the group `dir` and for every group beneath, parents first,
 * until one call returns non-zero, and returns that. Groups beneath that
 * vanish meanwhile, or lack a file, are passed over. */
typedef int cgroup_walk_fn(int dir, void *ctx);
int cgroup_walk(int dir, cgroup_walk_fn *fn, void *ctx);

/* --- control files ------------------------------------------------------- */
/* One number; "max" and "-1" read CGROUP_UNLIMITED. */
int cgroup_read_number(int dir, const char *file, uint64_t *value);
/* The same for text that was read. */
int cgroup_parse_number(const char *text, uint64_t *value);
/* `unlimited` is how the file spells CGROUP_UNLIMITED. */
int cgroup_write_number(int dir, const char *file, uint64_t value,
			const char *unlimited);
/* The number after `key` in a file of "key number" lines. -ENODATA when the
 * key is not there. */
int cgroup_read_key(int dir, const char *file, const char *key,
		    uint64_t *value);
/* Its sum over the group and all beneath. */
int cgroup_sum_key(int dir, const char *file, const char *key,
		   uint64_t *total);
/* The answer when a swap limit has no file to be written to. */
int cgroup_swap_uncounted(bool host_swap, uint64_t swap);

/* The processes right in `dir`; freed with cgroup_pids_free(), also after a
 * failure. A pid of 0 stands for one that our pid namespace does not see. */
struct cgroup_pids {
	pid_t *list;
	size_t n;
};
int cgroup_read_pids(int dir, struct cgroup_pids *pids);
void cgroup_pids_free(struct cgroup_pids *pids);

/* 1 while any process is in the group or beneath, else 0. */
int cgroup_populated(struct cgroup *group);

/* --- of one version only ------------------------------------------------- */
/* v1: makes a new memory group count what is beneath it. */
int cgroup_v1_count_children(int dir);
/* v1: makes a new memory group count the buffers of its sockets when its parent
 * does, which limits them. */
int cgroup_v1_count_sockets(int parent, int dir);
/* v1: gives a cpuset group that has none the CPUs and memory nodes of its
 * parent. */
int cgroup_v1_inherit_cpus(int parent, int dir);
/* v2: enables, for children of `dir`, those controllers that `host` has on
 * v2. -EBUSY while a process is in `dir`. */
int cgroup_v2_enable(int dir, const struct cgroup_host *host);

#endif
