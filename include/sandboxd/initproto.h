/*
 * initproto.h - what sandboxd and sandbox-init say to each other.
 *
 * sandbox-init is started with two descriptors:
 *   INIT_FD_CONTROL  a SOCK_SEQPACKET socket; every message is one init_msg
 *   INIT_FD_PLAN     a sealed memfd holding one plan: a plan_header followed
 *                    by strings and filters that the header points into
 * and with any other descriptor a plan_service names by number.
 *
 * The plan is made by the launcher on the host and is trusted; its sizes are
 * checked all the same. Nothing here is text that has to be parsed.
 *
 * Two modes:
 *   PLAN_BOOT  PID 1. Waits for INIT_START and starts services by index,
 *              reports what becomes of them, ends on INIT_STOP or when the
 *              control socket closes.
 *   PLAN_EXEC  A process that has joined the namespaces. Becomes service 0 at
 *              once; INIT_FAILED says why not, end of file says that it did.
 */
#ifndef SANDBOXD_INITPROTO_H
#define SANDBOXD_INITPROTO_H

#include <stdint.h>

#define INIT_FD_CONTROL 3
#define INIT_FD_PLAN 4

#define PLAN_MAGIC 0x78626473u /* "sdbx" */
#define PLAN_VERSION 8u
#define PLAN_SIZE_MAX (4u << 20)
#define PLAN_SERVICES 5
#define PLAN_GROUPS 16   /* supplementary groups of a service */
#define PLAN_RLIMITS 16 /* RLIM_NLIMITS */
#define PLAN_CGROUPS 7   /* v1 hierarchies a service joins */
#define PLAN_LISTEN 2    /* listening sockets handed to a service */
#define PLAN_NAMESPACES 8
#define PLAN_CANARY "/etc/sandboxd/canary"
#define PLAN_MOUNTS 8    /* kinds of mount points that are promised, */
#define PLAN_POINTS 4096 /* and how many there can be of one kind */

enum plan_mode { PLAN_BOOT = 1, PLAN_EXEC = 2 };

enum plan_kind {
	PLAN_DISPLAY = 0, /* Xvfb: gets the listening sockets and -displayfd */
	PLAN_KEYBOARD = 1, /* sets the keyboard's layout, and ends */
	PLAN_WM = 2,
	PLAN_BUS = 3,     /* the session bus: gets its listening socket */
	PLAN_PAYLOAD = 4, /* the agent's program; its status is the sandbox's */
};

/* Where a NUL-terminated string, or `count` of them back to back, starts,
 * in bytes from the start of the plan. */
struct plan_strings {
	uint32_t offset;
	uint32_t count;
};

/* A compiled filter: `count` struct sock_filter at `offset` (8-aligned). */
struct plan_filter {
	uint32_t offset;
	uint32_t count;
};

/* Mount points of one kind: what each of them must be. `flags` as of
 * statvfs(3), ST_RDONLY to ST_NOEXEC, and PLAN_MOUNT_MASK: of no permissions,
 * as the empty file and the empty directory are that hide another. */
struct plan_mounts {
	uint32_t flags;
	struct plan_strings paths;
};
#define PLAN_MOUNT_MASK 0x10000u

struct plan_rlimit {
	uint32_t resource;
	uint32_t pad;
	uint64_t soft, hard;
};

struct plan_service {
	uint32_t kind; /* each kind once in a plan */
	uint32_t uid, gid;
	uint32_t ngroups;
	uint32_t groups[PLAN_GROUPS];
	/* argv[0] is looked up in the PATH of env. Without any (PLAN_BOOT)
	 * the sandbox has no such service. */
	struct plan_strings argv;
	struct plan_strings env;  /* the whole environment */
	struct plan_strings cwd;  /* one string */
	struct plan_filter filter;
	uint32_t nrlimits;
	uint32_t again; /* may be started anew when it has ended */
	struct plan_rlimit rlimits[PLAN_RLIMITS];

	/* Descriptors, neither INIT_FD_CONTROL nor INIT_FD_PLAN; -1: none.
	 * PID 1 closes them when no service that names them may be started
	 * any more: whoever holds the other end of a pipe sees it end with
	 * its service. Those of a service that may come `again` it keeps, and
	 * with them the right to change ids: clients of a listening socket
	 * wait in its queue meanwhile. */
	int32_t stdio[3];              /* become 0, 1, 2; none: /dev/null */
	int32_t listen[PLAN_LISTEN];   /* become 3 and 4, with LISTEN_FDS */
	int32_t cgroup2;               /* directory of its v2 group */
	int32_t cgroup1[PLAN_CGROUPS]; /* `tasks` files of its v1 groups */

	/* Self-check: how many lines of /proc/self/cgroup must name exactly
	 * this path (one string). */
	struct plan_strings cgroup_path;
	uint32_t cgroup_lines;
};

struct plan_header {
	uint32_t magic, version;
	uint32_t size; /* of the whole plan, header included */
	uint32_t mode; /* enum plan_mode */
	uint32_t nservices;
	/* Version of Landlock's interface to use, 0: none. Where it is used
	 * every service finds PLAN_CANARY, which anybody could write to by its
	 * mode and its mount: Landlock alone refuses it. */
	uint32_t landlock;
	/* For PID 1 itself, and so for all its services: a filter outlives
	 * fork(2) and execve(2), their own comes on top. PLAN_EXEC loads both.
	 */
	struct plan_filter init_filter;
	/* Self-check. Inodes of the launcher's own namespaces, in the order
	 * user mnt pid net ipc uts cgroup time: a service must be in none. */
	uint64_t host_ns[PLAN_NAMESPACES];
	struct plan_mounts mounts[PLAN_MOUNTS];
	/* PLAN_EXEC: it must be in exactly these. 0: not looked at. */
	uint64_t own_ns[PLAN_NAMESPACES];
	/* Device and inode of the launcher's root: no service's. */
	uint64_t host_root[2];
	/* Inside ids 0 to 65535 (ID_RANGE) are these outside; 0: not looked
	 * at. */
	uint32_t id_base;
	/* How many filters the launcher is under itself, for there to be
	 * neither more nor fewer than ours; -1: not looked at. */
	int32_t outer_filters;
	/* An abstract socket address (one string, without its NUL byte) that
	 * PID 1 binds and nobody can have beside it; without any, none. */
	struct plan_strings held;
	/* Labels that each service takes as it is executed; none, or one
	 * string: an AppArmor profile, an SELinux context. */
	struct plan_strings apparmor, selinux;
	/* How many namespaces of each kind, in the same order, can be made
	 * inside; -1: not looked at. */
	int32_t fence[PLAN_NAMESPACES];
	struct plan_service service[PLAN_SERVICES];
};

enum init_msg_type {
	/* launcher to init */
	INIT_START = 1,  /* start `service` */
	INIT_SIGNAL = 2, /* send signal `value` to the payload */
	INIT_STOP = 3,   /* end in order; `value`: ms before SIGKILL */
	/* init to launcher */
	INIT_UP = 16,      /* init is confined and listens */
	INIT_STARTED = 17, /* `service` was executed; `value`: pid inside */
	INIT_READY = 18,   /* the display answers (-displayfd) */
	INIT_EXITED = 19,  /* `service` ended; `value`: wait(2) status */
	INIT_FAILED = 20,  /* `service` was not executed; enum init_failure in
			    * `value`, errno in `error`, detail in `text`.
			    * `service` -1: init itself, or a bad request */
};

enum init_failure {
	INIT_FAIL_SETUP = 1,     /* a step before exec; text names it */
	INIT_FAIL_SELFCHECK = 2, /* text: what differs, expected and found */
	INIT_FAIL_NOTFOUND = 3,  /* exec: no such program -> 127 */
	INIT_FAIL_NOEXEC = 4,    /* exec: anything else -> 126 */
	INIT_FAIL_WORKDIR = 5,   /* the working directory */
};

struct init_msg {
	uint32_t version; /* PLAN_VERSION */
	uint32_t type;
	int32_t service; /* index into plan_header.service, or -1 */
	int32_t value;
	int32_t error;
	char text[108]; /* NUL-terminated */
};

#endif
