#include <stdio.h>

#include "base/str.h"
#include "box/client.h"
#include "box/limits_internal.h"
#include "box/rootless.h"

static const enum cgroup_controller controllers[] = {
	[LIMIT_MEMORY] = CGROUP_MEMORY,
	[LIMIT_SWAP] = CGROUP_MEMORY,
	[LIMIT_MEMORY_HIGH] = CGROUP_MEMORY,
	[LIMIT_MEMORY_LOW] = CGROUP_MEMORY,
	[LIMIT_CPUS] = CGROUP_CPU,
	[LIMIT_CPU_WEIGHT] = CGROUP_CPU,
	[LIMIT_CPU_BURST] = CGROUP_CPU,
	[LIMIT_CPUSET] = CGROUP_CPUSET,
	[LIMIT_PIDS] = CGROUP_PIDS,
	[LIMIT_IO] = CGROUP_IO,
	[LIMIT_HUGEPAGES] = CGROUP_HUGETLB,
};

/* More than what a profile that says nothing has. */
static bool asked(const struct profile *p, enum limit limit)
{
	const struct profile_key *k = profile_find("limits",
						   limit_names[limit]);
	CLEANUP_FREE char *value = profile_value(p, k);

	/* Swap is what there is beyond the memory. */
	if (limit == LIMIT_SWAP)
		return asked(p, LIMIT_MEMORY);
	return value && *value && (!k->fallback || !str_eq(value, k->fallback));
}

bool limits_need(const struct profile *p, enum cgroup_controller c)
{
	for (int l = 0; l < (int)ARRAY_LEN(controllers); l++)
		if (controllers[l] == c && !limits_may_be_missing(p, l) &&
		    (l == LIMIT_PIDS ? !rootless() : asked(p, l)))
			return true;
	return false;
}

int limits_rootless_refuse(struct box *box, enum limit limit, struct err *err)
{
	enum cgroup_controller c = controllers[limit];
	int rc = limits_refuse(box, limit, err, "the cgroup controller '%s' "
			       "is not delegated to ordinary users",
			       cgroup_name(c, 2));

	/* The last of them systemd does not know. */
	if (rc < 0 && c != CGROUP_HUGETLB)
		return err_hint(err, "as root: a drop-in of user@.service, or "
				"of the service that this is part of, with "
				"[Service] Delegate=cpu cpuset io memory pids; "
				"or allow the loss with [limits] best_effort = "
				"rootless");
	return rc;
}

int limits_rootless(struct box *box, struct err *err)
{
	for (int l = 0; l < (int)ARRAY_LEN(controllers); l++) {
		if (l == LIMIT_PIDS || !asked(box->profile, l))
			continue;
		if (limits_refuse(box, l, err, "an ordinary user has no "
				  "control groups here: %s",
				  box->no_groups) < 0)
			return err_hint(err, "run as root, or allow the loss "
					"with [limits] best_effort = rootless");
	}
	box->rec.limits[LIMIT_PIDS].effective = box->profile->limits.pids;
	return 0;
}

void limits_warn(const struct box *box)
{
	struct client_msg msg = { .type = CLIENT_WARNING };
	CLEANUP_BUF struct buf text = { 0 };

	for (int l = 0; rootless() && l < LIMITS; l++)
		if (!box->rec.limits[l].enforced)
			buf_printf(&text, "%slimits.%s", text.len ? ", " :
				   "not enforced for an ordinary user: ",
				   limit_names[l]);
	if (!text.len)
		return;
	(void)snprintf(msg.detail, sizeof(msg.detail), "%s", text.data);
	client_send(box->client, &msg);
}
