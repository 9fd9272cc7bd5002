#include "box/doctor_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "box/delegate.h"
#include "box/limits_internal.h"
#include "box/rootless.h"

#define DESTROY_WAIT_MS 5000

/* --- groups --------------------------------------------------------------- */

/* What an ordinary user can do about it. */
static void fix_delegation(const struct doctor_case *c, int controller,
			   struct doctor_finding *f)
{
	if (c->no_groups)
		doctor_fix(f, "run as root; or boot with cgroup version 2 "
			   "alone (systemd.unified_cgroup_hierarchy=1) and "
			   "log in, or: loginctl enable-linger");
	else if (controller == CGROUP_HUGETLB)
		doctor_fix(f, "run as root: systemd gives it to no user");
	else
		doctor_fix(f, "as root: a drop-in of user@.service with "
			   "[Service] Delegate=cpu cpuset io memory pids; "
			   "then log in anew");
}

/* Without it a profile that asks for the limit is refused; one that does not
 * ask, or allows for the lack, goes on. */
bool doctor_limits_controller(const struct doctor_case *c,
			      const struct doctor_row *row,
			      struct doctor_finding *f)
{
	int controller = row->arg, version = c->groups.version[controller];

	if (version) {
		doctor_say(f, "%s is on version %d%s",
			   cgroup_name(controller, version), version,
			   rootless() ? ", delegated to this user" : "");
		return true;
	}
	if (c->no_groups)
		doctor_bad(row, f, "an ordinary user has no control groups "
			   "here: %s", c->no_groups);
	else if (rootless())
		doctor_bad(row, f, "%s is not delegated to this user",
			   cgroup_name(controller, 2));
	else
		doctor_bad(row, f, "this host has no cgroup controller %s",
			   cgroup_name(controller, 2));
	if (!limits_need(c->profile, controller))
		f->state = DOCTOR_DEGRADED;
	if (rootless())
		fix_delegation(c, controller, f);
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

bool doctor_limits_writable(const struct doctor_case *c UNUSED,
			    const struct doctor_row *row,
			    struct doctor_finding *f)
{
	CLEANUP_FREE char *path =
		str_printf(CGROUP_TOP "/doctor-%d-group", getpid());
	struct cgroup_host host = CGROUP_HOST_NONE;
	struct cgroup group = CGROUP_NONE;
	struct record none = { 0 };
	struct err err = ERR_INIT;
	int rc;

	if (rootless())
		return false;
	rc = cgroup_host_open(&host, limits_controllers(&none));
	if (rc == 0)
		rc = cgroup_create(&host, path, &group);
	if (rc < 0) {
		(void)limits_create_failed(path, rc, &err);
		doctor_err(row, f, &err);
	} else {
		(void)cgroup_destroy(&host, path, DESTROY_WAIT_MS);
	}
	cgroup_finish(&group);
	cgroup_host_finish(&host);
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
