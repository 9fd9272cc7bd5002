/*
 * record.h - one file per sandbox that says what it is and what it holds.
 *
 * STATE_DIR/NAME/record.json, replaced atomically, written before the thing it
 * names exists. Tearing down works from the record alone, so whatever a
 * crashed start left behind is found by it.
 *
 * Locks (flock):
 *   STATE_DIR/NAME/lock  held by the monitor for its life. Free while state
 *                        says running: the monitor is dead, the sandbox lost.
 *                        The file holds two things that must outlive the
 *                        record: in its first line the base of the ids, for
 *                        when the record is damaged; behind it the record as it
 *                        was at the end, for who waits for a sandbox that
 *                        leaves nothing behind.
 *   STATE_DIR/lock       held for moments: while a name or an id range is
 *                        chosen, a monitor's lock is tried, a record is read
 *                        or removed. Every call here takes it by itself.
 */
#ifndef CONF_RECORD_H
#define CONF_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "conf/limit.h"
#include "sandboxd/layout.h"

struct json_t;

enum record_state {
	RECORD_STARTING,
	RECORD_RUNNING,
	RECORD_STOPPING,
	RECORD_STOPPED,
	RECORD_LOST, /* never written: running, but its monitor is dead */
};

/* A process, so named that a recycled pid is never taken for it. */
struct record_process {
	pid_t pid;          /* 0: none */
	uint64_t start;     /* field 22 of /proc/PID/stat, clock ticks */
};

/* In the unit of the profile's key. */
struct record_limit {
	uint64_t requested, effective; /* UINT64_MAX: unlimited */
	bool enforced; /* false: not available here, allowed by best_effort */
	char *requested_text, *effective_text; /* limit_is_text(); NULL: none */
};

struct record_stage {
	char name[16];
	uint64_t usec; /* that it took */
};

#define RECORD_STAGES 16

struct record {
	char name[NAME_LEN + 1];
	enum record_state state;
	char *profile;   /* path */
	char **settings; /* the profile, completed: "section.key=value" */
	char **command;
	bool foreground; /* the command line's death ends it */
	bool terminal;   /* its program has one, and can be attached to */
	char *user;      /* login name of the agent inside */
	struct record_process monitor, init;
	uint64_t ns[8];  /* namespace inodes, order of plan_header.host_ns */
	uint32_t id_base; /* as its monitor counts; 0: no range yet */
	uint32_t host_uid, host_gid; /* the same, as the host counts */
	bool exists;      /* never written: it has a directory, its own */
	bool cgroups;    /* sandboxd/NAME exists or is about to */
	char *scope;     /* the group of the v2 tree that it lies beneath, as
			  * delegated to an ordinary user; NULL: the root */
	int64_t created_ms, started_ms, ended_ms; /* Unix time; 0: not yet */
	struct record_stage stages[RECORD_STAGES]; /* of the start, so far */
	size_t nstages;

	struct {
		bool enabled;
		uint32_t number, width, height, depth;
		uint32_t restarts; /* of its programs, together */
	} display;
	struct record_limit limits[LIMITS];
	struct {
		char *image;    /* "host", or a directory */
		char **layers;  /* directories over it, topmost first */
		char *writable; /* where root on the host sees what the guest
				 * changed; NULL: nowhere any more */
		bool on_disk;   /* DATA_DIR/layers/NAME is there or about to */
	} rootfs;
	struct {
		uint32_t landlock; /* version of its interface; 0: unused */
		/* Who keeps the list of devices that can be opened: "v1", "bpf"
		 * or NULL, nobody; and that list, "MAJOR:MINOR". */
		char *device_list;
		char **devices;
		/* The labels of every program inside, or NULL; whether the
		 * profile of that name is there, or about to, for it alone. */
		char *apparmor, *selinux;
		bool apparmor_own;
	} security;
	char **notes;  /* degradations that the profile allowed */

	int exit_code;  /* -1 while it runs */
	char reason[32]; /* "exited" "signal" "oom" "stopped" "timeout"
			  * "init-died" "display-died"; of a start
			  * that came to nothing, "failed" */
	char *detail;    /* one sentence, cleaned; NULL */
	uint64_t oom_kills;
	int64_t oom_ms;  /* when the last one was seen */

	/* What it used by its end; 0 where the host does not count. */
	uint64_t memory_peak;   /* bytes */
	uint64_t cpu_usec;
	uint64_t fork_refusals; /* by limits.pids */
};

/* The state directory as a descriptor; made 0700 when absent. Refused when it
 * is a link, not ours, or open to others. */
int record_open_dir(struct err *err);

/* The ranges that the caller's user namespace has, from IDS_FIRST on, and what
 * the first of them is on the host. */
struct record_ranges {
	uint32_t count, host_uid, host_gid;
};

/* Takes rec->name: makes its directory with a record in it, chooses an id
 * range, and returns the monitor's lock (a descriptor, shared with every child
 * that keeps a copy). Fills exists, id_base and, when 0, created_ms.
 * EXIT_FAILED with a hint when the name is taken.
 *
 * `own` NULL is root: the range is one that no record, subuid/subgid line or
 * container manager's block holds. Otherwise it is one of `own`; when all of
 * them are held by records, sandboxes share the first. */
int record_create(int statefd, struct record *rec,
		  const struct record_ranges *own, struct err *err);

int record_write(int statefd, const struct record *rec, struct err *err);
/* EXIT_ABSENT when there is no such sandbox; EXIT_FAILED when its record is
 * damaged, or missing because a start was cut short. Sets RECORD_LOST by the
 * lock. The caller finishes *out in every case. */
int record_read(int statefd, const char *name, struct record *out,
		struct err *err);
/* Is there a record, damaged or not? The first one is written before anything
 * else of a sandbox is made than its directory. */
bool record_was_begun(int statefd, const char *name);
/* record_read(), with a descriptor for record_read_end() if that is not NULL.
 */
int record_read_open(int statefd, const char *name, struct record *out,
		     int *end, struct err *err);
/* Says in the file of the monitor's lock how it ended. 0 or negative errno. */
int record_write_end(int lock, const struct record *rec);
/* Reads that: false when nothing was said. The caller finishes *out. */
bool record_read_end(int end, const char *name, struct record *out);
/* Names of all, sorted; the caller frees the vector. */
int record_list(int statefd, char ***names, struct err *err);
/* The monitor's lock of an existing sandbox: 0 or more is the descriptor; -1
 * with err->code 0 when somebody holds it. */
int record_lock(int statefd, const char *name, struct err *err);
/* The sandbox's directory (O_DIRECTORY). */
int record_dir(int statefd, const char *name, struct err *err);
/* Removes the directory and all in it; hold the monitor's lock. An absent one
 * is success. */
int record_remove(int statefd, const char *name, struct err *err);

/* Names the process that now has `pid`. 0 or negative errno (-ESRCH). */
int record_process_identify(pid_t pid, struct record_process *out);
/* True while that very process runs; false for a zombie. */
bool record_process_alive(const struct record_process *p);

/* The record as JSON, as text and for jansson(3); the caller frees, or drops
 * the reference. */
char *record_json(const struct record *rec);
struct json_t *record_tree(const struct record *rec);
const char *record_state_name(enum record_state state);
void record_finish(struct record *rec); /* NULL-safe; accepts zeroed */

#endif
