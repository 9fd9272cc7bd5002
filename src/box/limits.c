#include "box/limits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "box/limits_rootless.h"

/* Init, its builder, and services on their way to a group of their own. */
#define INIT_PIDS 8

static bool may_be_missing(const struct box *box, enum limit limit)
{
	char **v = box->profile->limits.best_effort;

	for (; v && *v; v++)
		if (str_eq(*v, limit_names[limit]))
			return true;
	return false;
}

/* What a limit that could not be set means: an error, or a recorded note. */
static int refused(struct box *box, enum limit limit, int rc, struct err *err)
{
	CLEANUP_FREE char *object = str_printf("limits.%s", limit_names[limit]);

	if (may_be_missing(box, limit)) {
		strv_take(&box->rec.notes,
			  str_printf("%s is not enforced: %s", object,
				     rc == -ENOTSUP
					     ? "no controller on this host"
					     : strerror(-rc)));
		return 0;
	}
	if (rc != -ENOTSUP)
		return err_set_errno(err, EXIT_IMPOSSIBLE, "set", object, rc);
	(void)err_set(err, EXIT_IMPOSSIBLE, "set", object,
		      "this host has no cgroup controller for it");
	return err_hint(err, "enable the controller, or allow the loss with "
			"[limits] best_effort = %s", limit_names[limit]);
}

/* An unlimited value is not asked of the host at all. */
static int set_memory(struct box *box, enum box_group g, uint64_t memory,
		      struct err *err)
{
	struct cgroup *group = &box->group[g];
	uint64_t swap = box->profile->limits.swap;
	int rc;

	if (memory == PROFILE_UNLIMITED)
		return 0;
	rc = cgroup_set_memory(group, memory, swap);
	if (rc == 0)
		return 0;
	/* Which of the two was it? */
	if (swap != PROFILE_UNLIMITED &&
	    cgroup_set_memory(group, memory, CGROUP_UNLIMITED) == 0)
		return refused(box, LIMIT_SWAP, rc, err);
	return refused(box, LIMIT_MEMORY, rc, err);
}

static int set_pids(struct box *box, enum box_group g, uint64_t pids,
		    struct err *err)
{
	int rc;

	if (pids == PROFILE_UNLIMITED)
		return 0;
	rc = cgroup_set_pids(&box->group[g], pids);
	return rc < 0 ? refused(box, LIMIT_PIDS, rc, err) : 0;
}

static int set_cpu(struct box *box, struct err *err)
{
	uint64_t cpus = box->profile->limits.cpus;
	int rc;

	if (cpus == PROFILE_UNLIMITED)
		return 0;
	rc = cgroup_set_cpu(&box->group[GROUP_BOX], cpus);
	return rc < 0 ? refused(box, LIMIT_CPUS, rc, err) : 0;
}

/* Groups have one name on the whole host, records one per state directory:
 * what is there already is another's, and must outlive this failure. */
static int taken(struct box *box, const char *path, struct err *err)
{
	box->rec.cgroups = false;
	(void)err_set_errno(err, EXIT_FAILED, "create cgroup", path, EEXIST);
	return err_hint(err, "another state directory has a sandbox of this "
			"name: choose another with -n NAME");
}

static int create_groups(struct box *box, struct err *err)
{
	for (int g = 0; g < GROUPS; g++) {
		struct box_group_path path = box_group_path(box->rec.name, g);
		int rc = cgroup_create(&box->host, path.text, &box->group[g]);

		if (rc == -EEXIST && g == GROUP_BOX)
			return taken(box, path.text, err);
		if (rc == -EACCES || rc == -EROFS || rc == -EPERM) {
			(void)err_set_errno(err, EXIT_IMPOSSIBLE,
					    "create cgroup", path.text, rc);
			return err_hint(err, "the cgroup file system must be "
					"writable");
		}
		if (rc < 0)
			return err_set_errno(err, EXIT_FAILED, "create cgroup",
					     path.text, rc);
		box->ntasks[g] =
			cgroup_open_tasks(&box->group[g], box->tasks[g]);
		if (box->ntasks[g] < 0)
			return err_set_errno(err, EXIT_FAILED, "open cgroup",
					     path.text, box->ntasks[g]);
	}
	return 0;
}

int limits_create(struct box *box, struct err *err)
{
	int rc;

	if (!box->rec.cgroups) {
		limits_rootless_note(box);
		return 0;
	}
	rc = cgroup_host_open(&box->host);
	if (rc < 0) {
		(void)err_set_errno(err, EXIT_IMPOSSIBLE, "find", "cgroups",
				    rc);
		return err_hint(err, "mount cgroup2 on /sys/fs/cgroup");
	}
	if (create_groups(box, err) < 0 || set_cpu(box, err) < 0)
		return -1;
	return set_memory(box, GROUP_BOX, box->profile->limits.memory, err);
}

/* The kernel rounds down to a multiple of its own `unit`. */
static struct record_limit in_force(uint64_t requested, uint64_t effective,
				    uint64_t unit)
{
	return (struct record_limit){
		.requested = requested,
		.effective = effective,
		.enforced = requested == PROFILE_UNLIMITED ||
			    (effective <= requested &&
			     requested - effective < unit),
	};
}

/* What was set must read back, or the sandbox would lie. */
static int check(struct box *box, enum limit limit, struct err *err)
{
	const struct record_limit *l = &box->rec.limits[limit];
	CLEANUP_FREE char *object = str_printf("limits.%s", limit_names[limit]);

	if (l->enforced || may_be_missing(box, limit))
		return 0;
	return err_set(err, EXIT_IMPOSSIBLE, "set", object,
		       "the kernel reports %llu in force instead of %llu",
		       (unsigned long long)l->effective,
		       (unsigned long long)l->requested);
}

static int read_back(struct box *box, struct err *err)
{
	struct cgroup_limits whole = CGROUP_NO_LIMITS,
			     payload = CGROUP_NO_LIMITS;
	const struct profile *p = box->profile;
	struct record_limit *l = box->rec.limits;
	uint64_t page;
	int rc = cgroup_get_limits(&box->group[GROUP_BOX], &whole);

	if (rc == 0)
		rc = cgroup_get_limits(&box->group[GROUP_PAYLOAD], &payload);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "read back", "limits",
				     rc);
	page = (uint64_t)sysconf(_SC_PAGESIZE);
	l[LIMIT_MEMORY] = in_force(p->limits.memory, whole.memory, page);
	l[LIMIT_SWAP] = in_force(p->limits.swap, whole.swap, page);
	l[LIMIT_CPUS] = in_force(p->limits.cpus, whole.cpu_milli, 1);
	l[LIMIT_PIDS] = in_force(p->limits.pids, payload.pids, 1);
	/* Without a memory limit there is nothing to swap out of. */
	if (p->limits.memory == PROFILE_UNLIMITED)
		l[LIMIT_SWAP].enforced = true;
	for (int i = 0; i < LIMITS; i++)
		if (check(box, i, err) < 0)
			return -1;
	return 0;
}

static uint64_t payload_memory(const struct profile *p)
{
	if (p->limits.memory == PROFILE_UNLIMITED || !p->display.enabled)
		return p->limits.memory;
	return p->limits.memory - p->display.memory;
}

int limits_children(struct box *box, struct err *err)
{
	const struct profile *p = box->profile;
	uint32_t init_uid = box->rec.id_base + UID_INIT;
	int rc;

	if (!box->rec.cgroups)
		return 0;
	rc = cgroup_enable_children(&box->group[GROUP_BOX]);
	for (int g = 0; g < GROUPS && rc == 0; g++)
		rc = cgroup_allow_moves(&box->group[g], init_uid);
	/* Without a v2 tree all moves go through the v1 tasks files. */
	if (rc < 0 && rc != -ENOTSUP)
		return err_set_errno(
			err, EXIT_FAILED, "enable controllers of cgroup",
			box_group_path(box->rec.name, GROUP_BOX).text, rc);
	if (set_pids(box, GROUP_INIT, INIT_PIDS, err) < 0 ||
	    set_pids(box, GROUP_DESKTOP, DESKTOP_PIDS, err) < 0 ||
	    set_pids(box, GROUP_PAYLOAD, p->limits.pids, err) < 0 ||
	    set_memory(box, GROUP_PAYLOAD, payload_memory(p), err) < 0)
		return -1;
	rc = cgroup_set_group_kill(&box->group[GROUP_PAYLOAD]);
	if (rc < 0 && rc != -ENOTSUP)
		return err_set_errno(err, EXIT_FAILED, "set",
				     "memory.oom.group", rc);
	box->group_kill_here = rc == 0;
	return read_back(box, err);
}

void limits_count(struct box *box)
{
	struct cgroup_usage used = { 0 };
	uint64_t refusals = 0;

	(void)cgroup_get_usage(&box->group[GROUP_BOX], &used);
	(void)cgroup_fork_refusals(&box->group[GROUP_PAYLOAD], &refusals);
	box->rec.memory_peak = used.memory_peak;
	box->rec.cpu_usec = used.cpu_usec;
	box->rec.fork_refusals = refusals;
}
