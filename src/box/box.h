/*
 * box.h - one sandbox while it is being started and watched.
 *
 * A `struct box` lives in the monitor. What must survive the monitor is in
 * its record; the rest is descriptors. Read launch.c for the order in which
 * the processes come into being, monitor.c for what happens after.
 */
#ifndef BOX_BOX_H
#define BOX_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "box/log.h"
#include "box/stage.h"
#include "box/terminal.h"
#include "conf/device.h"
#include "conf/profile.h"
#include "conf/record.h"
#include "sandboxd/initproto.h"
#include "sys/cgroup.h"

/* sandboxd/NAME and its children. */
enum box_group {
	GROUP_BOX,
	GROUP_INIT,
	GROUP_DESKTOP,
	GROUP_PAYLOAD,
	GROUPS,
};

#define COOKIE_LEN 16
#define BOX_LAYERS 32 /* directories of one root, the image among them */

/* When a service was last started anew (clock_ms()), the newest first. */
struct box_restarts {
	int64_t at[5];
};

/* A layer as it was found; all 0: not looked for. */
struct box_layer_seen {
	dev_t dev;
	ino_t ino;
};

/* A device that the profile adds, and the host's node as a mount that is not
 * attached yet; -1: one is to be made. */
struct box_device {
	const char *path;
	dev_t number;
	int mount;
};

struct box {
	const struct profile *profile; /* completed; outlives the box */
	struct record rec;

	struct record_ranges own; /* none: we are root */
	char no_groups[256]; /* why an ordinary user has none (delegate.h) */
	int statefd; /* STATE_DIR */
	int dir;     /* STATE_DIR/NAME */
	int lock;    /* held for the monitor's life */

	struct cgroup_host host;
	struct cgroup group[GROUPS];
	int tasks[GROUPS][CGROUP_CONTROLLERS];
	int ntasks[GROUPS];

	/* The root's read-only layers, topmost first, as mounts that are not
	 * attached yet (layers.h); the writable one, and of it the directory
	 * that shows what the guest changed (writable.h). */
	int lower[BOX_LAYERS];
	int nlower;
	struct box_layer_seen lower_seen[BOX_LAYERS]; /* layers_look() */
	int writable, upper;
	/* The guest's /dev, not attached yet, and what the profile adds. */
	int dev;
	struct box_device device[DEVICES_MAX];
	int ndevices;

	int userns, cgroupns;
	struct { /* launch.c */
		pid_t pid;
		int fd; /* pidfd */
		int ready, release;
	} holder;
	uint64_t host_ns[8];

	/* The display: its cookie, and the two sockets that it will serve. */
	unsigned char cookie[COOKIE_LEN];
	int x_host, x_guest;
	int bus; /* the socket of its session bus */

	int stdio[3];    /* the payload's ends; -1 is /dev/null */
	int desktop_out; /* the desktop's stdout and stderr: write end */
	int desktop_log; /* ... read end */
	/* The same of the session bus: the agent can have it start programs,
	 * which write there, too. */
	int bus_out, bus_log;
	int payload_log; /* where a detached payload's output is read, or -1 */
	/* The payload's terminal, if it has one: what it begins as, the host's
	 * end, and a guest's end that keeps it from being hung up. */
	const struct terminal *terminal;
	int master, peer;
	int attach;    /* socket that `attach` comes to (attach.h) */
	bool attached; /* `client` shows the terminal */
	struct log log;
	char last_words[256]; /* of the desktop: its newest line */

	int control; /* to sandbox-init */
	int initfd;  /* pidfd of PID 1 */
	int oomfd;   /* see cgroup_watch_oom() */
	int client;  /* the command line that waits for us, or -1 */
	bool group_kill_here; /* we, not the kernel, kill the group on oom */
	bool stop_asked;  /* somebody wanted the end */
	bool stop_now;    /* ... without any grace */
	int64_t oom_deadline; /* announced, not yet counted (oom.c); 0: none */
	int signals;      /* signalfd */
	struct box_restarts restarts[PLAN_SERVICES];
	int watcher;      /* pidfd of the window manager's watcher, or -1 */
	int watch_report;
};

/* The stages of a sandbox, in order. */
extern const struct stage box_stages[];
extern const size_t box_nstages;

/* A box that holds nothing yet: every descriptor -1. */
void box_init(struct box *box, const struct profile *profile);

#define BOX_KEPT "as the caller had it, for want of privilege: "

/* Tells the command line, and by the record's notes whoever inspects the
 * sandbox, what is not as it should be. */
void box_warn(struct box *box, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Gives this process, and all that it starts, nothing of who started it
 * (sys/inherit.h). */
void box_forget_caller(struct box *box);

/* Forks into the group that `tree` and `tasks` are descriptors of (see
 * cgroup_open_tasks()). The child, where this returns 0, is in it before its
 * next instruction, and dies with the caller. */
pid_t box_fork_into(int tree, const int *tasks, int ntasks);

/* A pidfd of that very process, not of another that has its pid by now;
 * readable once it has ended. -ESRCH when it has already; any other negative
 * errno (pidfd_open(2)) says that nobody knows. */
int box_open_process(const struct record_process *p);

/* Gives the pipes among `stdio` (-1: none) to `owner`, an id of the host:
 * opening /dev/stdout asks for permission like any file. */
int box_give_stdio(const int stdio[3], uint32_t owner, struct err *err);

/* Path of group `g` of sandbox `name`, beneath a hierarchy's root. */
struct box_group_path {
	char text[NAME_LEN + 32];
};
struct box_group_path box_group_path(const char *name, enum box_group g);

/* Takes down whatever there is of a sandbox, but for its record and log. */
int box_down(int statefd, struct record *rec, struct err *err);
/* The same with record and log: nothing is left of it. The caller holds the
 * monitor's lock. */
int box_remove(int statefd, struct record *rec, struct err *err);

#endif
