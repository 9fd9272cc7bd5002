#include "box/walls.h"

#include <errno.h>

#include "base/str.h"
#include "sys/calls.h"
#include "sys/landlock.h"

bool walls_required(const struct profile *p, const char *wall)
{
	for (char **w = p->security.require; w && *w; w++)
		if (str_eq(*w, wall))
			return true;
	return false;
}

static int find_landlock(struct box *box, struct err *err)
{
	int abi = landlock_abi();
	const char *why = abi == -EOPNOTSUPP ? "it is switched off" :
			  abi == -ENOSYS ? "the kernel has none" :
					   "it may not be used";

	if (abi > 0) {
		box->rec.security.landlock = (uint32_t)abi;
		return 0;
	}
	if (!walls_required(box->profile, WALL_LANDLOCK)) {
		strv_take(&box->rec.notes,
			  str_printf("no second wall around files by "
				     "Landlock: %s", why));
		return 0;
	}
	(void)err_set(err, EXIT_IMPOSSIBLE, "require", "Landlock", "%s", why);
	return err_hint(err, WALLS_LANDLOCK_HINT ", or take it out of "
			"security.require");
}

int walls_find(struct box *box, struct err *err)
{
	return find_landlock(box, err);
}

int walls_check_calls(struct err *err)
{
	const char *missing = calls_missing();

	if (!missing)
		return 0;
	(void)err_set(err, EXIT_IMPOSSIBLE, "use the system call", missing,
		      "this kernel has none, or a filter around sandboxd "
		      "hides it");
	return err_hint(err, "Linux " CALLS_LINUX " has all that are needed; "
			"in a container its seccomp profile has to allow them");
}
