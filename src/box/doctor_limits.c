#include "box/doctor_internal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "box/limits_internal.h"
#include "box/rootless.h"

#define DESTROY_WAIT_MS 5000

/* --- groups --------------------------------------------------------------- */

/* A profile that does not ask for what is missing, or allows for the lack,
 * goes on. */
static void soften(const struct profile *p, int from, int to,
		   struct doctor_finding *f)
{
	for (int c = from; c <= to; c++)
		if (limits_need(p, c))
			return;
	f->state = DOCTOR_DEGRADED;
}

bool doctor_limits_user(const struct doctor_case *c,
			const struct doctor_row *row, struct doctor_finding *f)
{
	if (!rootless())
		return false;
	if (c->no_groups) {
		doctor_bad(row, f, "an ordinary user has no control groups "
			   "here: %s", c->no_groups);
		doctor_fix(f, "run as root; or %s", c->groups_remedy);
		soften(c->profile, 0, CGROUP_CONTROLLERS - 1, f);
	}
	return true;
}

static void not_delegated(const struct doctor_row *row,
			  struct doctor_finding *f)
{
	doctor_bad(row, f, "%s is not delegated to this user",
		   cgroup_name(row->arg, 2));
	if (row->arg == CGROUP_HUGETLB)
		doctor_fix(f, "run as root: systemd gives it to no user");
	else
		doctor_fix(f, "as root: a drop-in of user@.service with "
			   "[Service] Delegate=cpu cpuset io memory pids; "
			   "then log in anew");
}

bool doctor_limits_controller(const struct doctor_case *c,
			      const struct doctor_row *row,
			      struct doctor_finding *f)
{
	int version = c->groups.version[row->arg];

	if (c->no_groups)
		return false;
	if (version) {
		doctor_say(f, "%s is on version %d%s",
			   cgroup_name(row->arg, version), version,
			   rootless() ? ", delegated to this user" : "");
		return true;
	}
	if (rootless())
		not_delegated(row, f);
	else
		doctor_bad(row, f, "this host has no cgroup controller %s",
			   cgroup_name(row->arg, 2));
	soften(c->profile, row->arg, row->arg, f);
	return true;
}

bool doctor_limits_tree(const struct doctor_case *c,
			const struct doctor_row *row, struct doctor_finding *f)
{
	if (rootless())
		return false;
	if (c->groups.tree < 0)
		doctor_bad(row, f, "there is no cgroup tree of version 2");
	return true;
}

/* Makes a group as of a sandbox, tries `fn` on it, and removes it. There is no
 * record by which gc would find it: no key must come between. */
static int try_group(const char *path, int (*fn)(struct cgroup *group))
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	struct cgroup group = CGROUP_NONE;
	struct record none = { 0 };
	int rc = cgroup_host_open(&host, limits_controllers(&none));
	sigset_t all, before;

	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	if (rc == 0)
		rc = cgroup_create(&host, path, &group);
	if (rc == 0) {
		rc = fn ? fn(&group) : 0;
		(void)cgroup_destroy(&host, path, DESTROY_WAIT_MS);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	cgroup_finish(&group);
	cgroup_host_finish(&host);
	return rc;
}

static char *group_path(void)
{
	return str_printf(CGROUP_TOP "/doctor-%d-group", getpid());
}

bool doctor_limits_writable(const struct doctor_case *c UNUSED,
			    const struct doctor_row *row,
			    struct doctor_finding *f)
{
	CLEANUP_FREE char *path = group_path();
	struct err err = ERR_INIT;
	int rc;

	if (rootless())
		return false;
	rc = try_group(path, NULL);
	if (rc < 0) {
		(void)limits_create_failed(path, rc, &err);
		doctor_err(row, f, &err);
	}
	return true;
}

static int set_devices(struct cgroup *group)
{
	static const struct cgroup_device null = { 1, 3 };

	return cgroup_set_devices(group, &null, 1);
}

bool doctor_limits_devices(const struct doctor_case *c UNUSED,
			   const struct doctor_row *row,
			   struct doctor_finding *f)
{
	CLEANUP_FREE char *path = group_path();
	int rc = rootless() ? -EPERM : try_group(path, set_devices);

	if (rc == CGROUP_DEVICES_BY_V1)
		doctor_say(f, "lists of devices, by the controller");
	else if (rc >= 0)
		doctor_say(f, "lists of devices, by programs");
	else if (rootless())
		doctor_bad(row, f, "an ordinary user may set none");
	else
		doctor_bad(row, f, "%s", strerror(-rc));
	return true;
}

/* --- processes ------------------------------------------------------------ */

bool doctor_limits_process(const struct doctor_case *c,
			   const struct doctor_row *row,
			   struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	struct box box;

	box_init(&box, c->profile);
	limits_describe(&box.rec, c->profile);
	if (limits_process_allow(&box, &err) < 0) {
		doctor_err(row, f, &err);
	} else if (box.rec.notes) {
		doctor_bad(row, f, "%s", box.rec.notes[0]);
		f->state = DOCTOR_DEGRADED;
	}
	record_finish(&box.rec);
	return true;
}
