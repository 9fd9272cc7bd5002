#include "box/limits_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/plan.h"

#define NO_KEY (-1)

/* Those that a sandbox has higher than its caller, if need be. Those without a
 * key are as high as can be. Processes and pending signals are counted on the
 * host: their limits are the host's to say. */
static const struct {
	int resource;
	int limit; /* enum limit, or NO_KEY */
	const char *name;
} table[] = {
	{ RLIMIT_NOFILE, LIMIT_NOFILE, "open files" },
	{ RLIMIT_CORE, LIMIT_CORE, "core dumps" },
	{ RLIMIT_FSIZE, LIMIT_FSIZE, "size of files" },
	{ RLIMIT_STACK, LIMIT_STACK, "stack" },
	{ RLIMIT_MEMLOCK, LIMIT_MEMLOCK, "locked memory" },
	{ RLIMIT_CPU, NO_KEY, "CPU time" },
	{ RLIMIT_DATA, NO_KEY, "data" },
	{ RLIMIT_AS, NO_KEY, "address space" },
	{ RLIMIT_RSS, NO_KEY, "resident memory" },
	{ RLIMIT_LOCKS, NO_KEY, "file locks" },
	{ RLIMIT_RTTIME, NO_KEY, "real-time CPU time" },
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

/* Adds to `text` a limit that stays lower than wanted. */
static void tell(struct buf *text, const char *name, rlim_t got)
{
	buf_printf(text, "%shard limit of %s (%llu)", text->len ? ", " : "",
		   name, (unsigned long long)got);
}

char *limits_allow(const struct plan_service *service)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		for (uint32_t n = 0; n < service->nrlimits; n++) {
			const struct plan_rlimit *r = &service->rlimits[n];
			rlim_t got;

			if ((int)r->resource != table[i].resource)
				continue;
			got = raise_hard(table[i].resource, r->hard);
			if (got < r->hard)
				tell(&text, table[i].name, got);
		}
	}
	return text.data;
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
	rlim_t got = raise_hard(RLIMIT_CORE, PLAN_NO_CORE);
	char pattern[256] = "";

	(void)fd_read_file_at(AT_FDCWD, "/proc/sys/kernel/core_pattern",
			      pattern, sizeof(pattern));
	if (pattern[0] != '|')
		return 0;
	if (got < PLAN_NO_CORE)
		strv_add(&box->rec.notes, "a crash inside is served by this "
			 "host's program for core dumps: the caller's hard "
			 "limit of them is 0, not 1");
	if (l->requested == 0)
		return 0;
	l->effective = 0;
	return limits_refuse(box, LIMIT_CORE, err,
			     "this host gives core dumps to a program of its "
			     "own, outside the sandbox");
}

int limits_process_allow(struct box *box, struct err *err)
{
	CLEANUP_BUF struct buf text = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		rlim_t got;

		if (table[i].limit != NO_KEY) {
			if (allow(box, table[i].limit, table[i].resource,
				  err) < 0)
				return -1;
			continue;
		}
		got = raise_hard(table[i].resource, RLIM_INFINITY);
		if (got != RLIM_INFINITY)
			tell(&text, table[i].name, got);
	}
	if (text.len)
		box_warn(box, BOX_KEPT "%s", text.data);
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
