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
 * Everything returns 0, a count or a descriptor, or negative errno. Files are
 * reached by descriptor beneath the group's directory, never by a path that
 * is walked again. Sources: kernel Documentation/admin-guide/cgroup-v2.rst
 * and cgroup-v1/{cgroups,memory,pids}.rst, cgroups(7).
 */
#ifndef SYS_CGROUP_H
#define SYS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

enum cgroup_controller {
	CGROUP_MEMORY,
	CGROUP_CPU,
	CGROUP_PIDS,
	CGROUP_CONTROLLERS, /* how many */
};

#define CGROUP_UNLIMITED UINT64_MAX
#define CGROUP_HIERARCHIES (CGROUP_CONTROLLERS + 1) /* + the v2 tree */

/* The host's hierarchies. Zero versions and -1 descriptors: not available. */
struct cgroup_host {
	int version[CGROUP_CONTROLLERS]; /* 0 (absent), 1 or 2 */
	int dir[CGROUP_CONTROLLERS];     /* O_PATH root of its hierarchy */
	int tree;                        /* O_PATH root of the v2 tree, or -1 */
};

/* Looks at the host: `mountinfo` and `controllers` are read beneath `procfd`
 * ("self/mountinfo") so that tests can give a made-up tree; mount points are
 * opened beneath `rootfd`. Use cgroup_host_open() outside tests. */
int cgroup_host_open_at(struct cgroup_host *host, int procfd, int rootfd);
int cgroup_host_open(struct cgroup_host *host);
void cgroup_host_finish(struct cgroup_host *host);

struct cgroup {
	const struct cgroup_host *host; /* outlives the group */
	int dir[CGROUP_CONTROLLERS]; /* directory fd, -1 when not available;
				      * may be the same group as tree */
	int tree;                    /* v2 directory fd, or -1 */
};

/* Makes `path` ("sandboxd/NAME") in every hierarchy, its parents too, with
 * controllers enabled in the parents. -EEXIST when the last component is
 * there already in any of them; nothing is left behind on failure. */
int cgroup_create(const struct cgroup_host *host, const char *path,
		  struct cgroup *out);
int cgroup_open(const struct cgroup_host *host, const char *path,
		struct cgroup *out);
void cgroup_finish(struct cgroup *group); /* closes; NULL-safe */

/* Lets children of this group have controllers of their own. On v2 the group
 * must hold no process by then (the "no internal processes" rule). */
int cgroup_enable_children(struct cgroup *group);

/* Lets host user `uid` move processes between this group and its siblings,
 * and nothing else: gives it cgroup.procs of the v2 tree. */
int cgroup_allow_moves(struct cgroup *group, unsigned int uid);

/* Kills and removes `path` with every group beneath it, in every hierarchy.
 * Waits until the processes are gone, at most `timeout_ms` (-EBUSY). An
 * absent path is success. */
int cgroup_destroy(const struct cgroup_host *host, const char *path,
		   int timeout_ms);

/* --- limits; -ENOTSUP when the controller is not available ------------- */
struct cgroup_limits {
	uint64_t memory;     /* bytes; CGROUP_UNLIMITED */
	uint64_t swap;       /* bytes of swap beside memory; CGROUP_UNLIMITED */
	uint64_t cpu_milli;  /* 1500 is one and a half CPUs; CGROUP_UNLIMITED */
	uint64_t pids;       /* tasks; CGROUP_UNLIMITED */
};
#define CGROUP_NO_LIMITS                                                 \
	{ CGROUP_UNLIMITED, CGROUP_UNLIMITED, CGROUP_UNLIMITED, CGROUP_UNLIMITED }

/* One function a limit, so that a failure can be named. Memory and swap go
 * together because v1 counts their sum. `group_kill`: see below. */
int cgroup_set_memory(struct cgroup *group, uint64_t memory, uint64_t swap);
int cgroup_set_cpu(struct cgroup *group, uint64_t cpu_milli);
int cgroup_set_pids(struct cgroup *group, uint64_t pids);
/* What the kernel says is in force, read back. Fields whose controller is
 * not available read CGROUP_UNLIMITED. */
int cgroup_get_limits(struct cgroup *group, struct cgroup_limits *out);

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
/* Kernel out-of-memory kills in the group and all beneath it, so far. */
int cgroup_oom_kills(struct cgroup *group, uint64_t *kills);
/* How often a fork was refused by the pids limit. */
int cgroup_fork_refusals(struct cgroup *group, uint64_t *refusals);
/* A descriptor that becomes readable (POLLIN, or POLLPRI as *events tells)
 * when memory ran out in the group. Read it with cgroup_oom_ack() after. */
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

/* SIGKILL to every process in the group and beneath. */
int cgroup_kill(struct cgroup *group);
/* 1 while any process is in the group or beneath, else 0. */
int cgroup_populated(struct cgroup *group);

#endif
