#include "box/limits_rootless.h"

#include "base/str.h"
#include "box/limits_internal.h"
#include "box/rootless.h"

static bool needs_group(enum limit limit)
{
	return limit <= LIMIT_HUGEPAGES && limit != LIMIT_PIDS;
}

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

char **limits_rootless_lost(const struct profile *p)
{
	char **lost = NULL;

	for (int l = 0; rootless() && l < LIMITS; l++)
		if (needs_group(l) && asked(p, l))
			strv_take(&lost, str_printf("limits.%s",
						    limit_names[l]));
	return lost;
}

int limits_rootless_check(const struct profile *p, struct err *err)
{
	for (int l = 0; l < LIMITS; l++) {
		CLEANUP_FREE char *key = str_printf("limits.%s",
						    limit_names[l]);

		if (!needs_group(l) || !asked(p, l) ||
		    limits_may_be_missing(p, l))
			continue;
		(void)err_set(err, EXIT_IMPOSSIBLE, "set", key,
			      "it cannot be enforced for an ordinary user");
		return err_hint(err, "run as root, or allow the loss with "
				"[limits] best_effort = rootless");
	}
	return 0;
}

void limits_rootless_note(struct box *box)
{
	const struct profile *p = box->profile;
	CLEANUP_STRV char **lost = limits_rootless_lost(p);

	for (char **l = lost; l && *l; l++)
		strv_take(&box->rec.notes,
			  str_printf("%s is not enforced: an ordinary user "
				     "has no control groups", *l));
	if (lost)
		strv_add(&box->rec.notes, "control groups that the host may "
			 "have delegated to this user are not used");
	for (int l = 0; l < LIMITS; l++)
		if (needs_group(l) && asked(p, l))
			box->rec.limits[l].enforced = false;
	box->rec.limits[LIMIT_PIDS].effective = p->limits.pids;
}
