#include "box/limits_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "box/plan.h"

static const struct {
	enum limit limit;
	int resource;
} table[] = {
	{ LIMIT_NOFILE, RLIMIT_NOFILE },
	{ LIMIT_CORE, RLIMIT_CORE },
	{ LIMIT_FSIZE, RLIMIT_FSIZE },
	{ LIMIT_STACK, RLIMIT_STACK },
	{ LIMIT_MEMLOCK, RLIMIT_MEMLOCK },
};

/* Lets what this process starts have up to `want`. Returns how much that is:
 * less, without the privilege to raise what it was given itself. */
static rlim_t raise_hard(int resource, rlim_t want)
{
	struct rlimit now, more;

	if (getrlimit(resource, &now) < 0)
		return 0;
	if (now.rlim_max >= want)
		return want;
	more = (struct rlimit){ now.rlim_cur, want };
	return setrlimit(resource, &more) == 0 ? want : now.rlim_max;
}

void limits_allow(const struct plan_service *service)
{
	for (uint32_t i = 0; i < service->nrlimits; i++)
		(void)raise_hard((int)service->rlimits[i].resource,
				 service->rlimits[i].hard);
}

static int allow(struct box *box, enum limit limit, int resource,
		 struct err *err)
{
	struct record_limit *l = &box->rec.limits[limit];
	rlim_t got = raise_hard(resource, l->requested);

	l->effective = got;
	/* One that was not asked for may as well be the host's own. */
	if (got == l->requested || l->requested == PROFILE_UNLIMITED)
		return 0;
	return limits_refuse(box, limit, err,
			     "the hard limit here is %llu, and raising it "
			     "takes CAP_SYS_RESOURCE", (unsigned long long)got);
}

/* A piped core_pattern is served by a helper in the host's namespaces, which
 * the guest must not be able to start (core(5)). */
static int allow_core(struct box *box, struct err *err)
{
	struct record_limit *l = &box->rec.limits[LIMIT_CORE];
	char pattern[256] = "";

	if (l->requested == 0)
		return 0;
	(void)fd_read_file_at(AT_FDCWD, "/proc/sys/kernel/core_pattern",
			      pattern, sizeof(pattern));
	if (pattern[0] != '|')
		return 0;
	l->effective = 0;
	return limits_refuse(box, LIMIT_CORE, err,
			     "this host gives core dumps to a program of its "
			     "own, outside the sandbox");
}

int limits_process_allow(struct box *box, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (allow(box, table[i].limit, table[i].resource, err) < 0)
			return -1;
	if (box->profile->display.enabled &&
	    raise_hard(RLIMIT_NOFILE, PLAN_SERVER_FILES) < PLAN_SERVER_FILES) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "start", "the X server",
			      "it may need %u open files, and the hard limit "
			      "here is less", PLAN_SERVER_FILES);
		return err_hint(err, "raise it with ulimit -Hn, or as a user "
				"with CAP_SYS_RESOURCE");
	}
	return allow_core(box, err);
}
