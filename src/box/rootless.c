#include "box/rootless.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/program.h"
#include "conf/dirs.h"
#include "conf/ids.h"
#include "sys/ns.h"
#include "sys/userns.h"

#define PACKAGE "uidmap"
/* Where useradd(8) begins. */
#define FIRST_SUBID 100000u

enum kind { KIND_USERS, KIND_GROUPS, KINDS };

static const struct {
	const char *file, *program, *what;
} kinds[KINDS] = {
	[KIND_USERS] = { "/etc/subuid", "newuidmap", "user" },
	[KIND_GROUPS] = { "/etc/subgid", "newgidmap", "group" },
};

static bool inside;

bool rootless(void)
{
	return inside || geteuid() != 0;
}

/* The end of all that both files hand out, in steps of ID_RANGE. */
static uint64_t free_ids(void)
{
	CLEANUP(ids_free) struct ids_taken taken = { 0 };
	struct err ignored = ERR_INIT;
	uint64_t end = FIRST_SUBID;

	for (int k = 0; k < KINDS; k++)
		(void)ids_take_file(&taken, kinds[k].file, &ignored);
	for (size_t i = 0; i < taken.len; i++)
		if (taken.spans[i].first + taken.spans[i].count > end)
			end = taken.spans[i].first + taken.spans[i].count;
	return end;
}

static int no_range(enum kind k, const char *user, struct err *err)
{
	unsigned long long first = free_ids(), last = first + ID_RANGE - 1;

	(void)err_set(err, EXIT_IMPOSSIBLE, "find subordinate ids of", user,
		      "%s grants no %s ids in a range of %u", kinds[k].file,
		      kinds[k].what, ID_RANGE);
	return err_hint(err, "as root: usermod --add-subuids %llu-%llu "
			"--add-subgids %llu-%llu %s", first, last, first, last,
			user);
}

static bool holds(const struct ids_span *span, uint64_t id)
{
	return id >= span->first && id - span->first < span->count;
}

/* newuidmap(1) maps whatever the file grants, root too: then every wall inside
 * that goes by ids would be one of the host's root against itself. */
static int check_span(enum kind k, const struct ids_span *span,
		      const char *user, struct err *err)
{
	unsigned int own = k == KIND_USERS ? getuid() : getgid();
	unsigned int bad = holds(span, 0) ? 0 : own;

	if (!holds(span, bad))
		return 0;
	(void)err_set(err, EXIT_IMPOSSIBLE, "use subordinate ids of", user,
		      "%s grants %llu-%llu, and %s id %u among them is %s",
		      kinds[k].file, (unsigned long long)span->first,
		      (unsigned long long)(span->first + span->count - 1),
		      kinds[k].what, bad, bad ? "the caller's own" : "root's");
	return err_hint(err, "as root: put a range in its place that belongs "
			"to nobody, such as %llu-%llu",
			(unsigned long long)free_ids(),
			(unsigned long long)free_ids() + ID_RANGE - 1);
}

/* What newuidmap(1) would allow: it goes by the login name, too. */
static int find_spans(struct ids_span spans[KINDS], struct err *err)
{
	const struct passwd *pw = getpwuid(getuid());

	if (!pw) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "find", "this user",
			      "uid %u is in no user database", getuid());
		return err_hint(err, "subordinate ids are granted to accounts: "
				"make one with useradd");
	}
	for (int k = 0; k < KINDS; k++) {
		if (ids_of_user(kinds[k].file, pw->pw_name, pw->pw_uid,
				&spans[k], err) < 0)
			return -1;
		if (!spans[k].count)
			return no_range(k, pw->pw_name, err);
		if (check_span(k, &spans[k], pw->pw_name, err) < 0)
			return -1;
	}
	return 0;
}

/* Whole ranges that both kinds have, and that ids.h has room for. */
static uint32_t count_ranges(const struct ids_span spans[KINDS])
{
	uint64_t n = (IDS_LAST - IDS_FIRST) / ID_RANGE + 1;

	for (int k = 0; k < KINDS; k++)
		if (spans[k].count / ID_RANGE < n)
			n = spans[k].count / ID_RANGE;
	return (uint32_t)n;
}

int rootless_check_programs(struct err *err)
{
	for (int k = 0; k < KINDS; k++)
		if (program_require(-1, kinds[k].program, PACKAGE, err) < 0)
			return -1;
	return 0;
}

int rootless_check_ids(struct err *err)
{
	struct ids_span spans[KINDS];

	return find_spans(spans, err);
}

static int find_all(struct ids_span spans[KINDS], struct err *err)
{
	return rootless_check_programs(err) < 0 ? -1 : find_spans(spans, err);
}

int rootless_check_userns(struct err *err)
{
	if (userns_is_restricted()) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "create",
			      "a user namespace", "AppArmor keeps it from "
			      "programs that have no profile: "
			      USERNS_APPARMOR " is 1");
		return err_hint(err, "as root: give sandboxd a profile with "
				"'userns,' in /etc/apparmor.d, or sysctl "
				USERNS_APPARMOR "=0");
	}
	return 0;
}

int rootless_check(struct err *err)
{
	return rootless_check_userns(err) < 0 ||
	       rootless_check_programs(err) < 0 ? -1 : rootless_check_ids(err);
}

static int refused(int rc, const char *why, struct err *err)
{
	if (rc == -EKEYREJECTED) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "map", "subordinate ids",
			      "%s", why[0] ? why : "newuidmap failed");
		return err_hint(err, "newuidmap and newgidmap of package "
				PACKAGE " must be set-user-id root, or hold "
				"CAP_SETUID and CAP_SETGID");
	}
	(void)err_set_errno(err, EXIT_IMPOSSIBLE, "create", "a user namespace",
			    rc);
	return err_hint(err, "run as root, or allow user namespaces to "
			"ordinary users: sysctls user.max_user_namespaces, "
			"kernel.unprivileged_userns_clone, " USERNS_APPARMOR);
}

int rootless_enter(struct record_ranges *out, struct err *err)
{
	CLEANUP_FREE char *newuidmap =
		program_path(-1, kinds[KIND_USERS].program);
	CLEANUP_FREE char *newgidmap =
		program_path(-1, kinds[KIND_GROUPS].program);
	struct userns_map maps[KINDS] = {
		[KIND_USERS] = { .program = newuidmap, .own = getuid() },
		[KIND_GROUPS] = { .program = newgidmap, .own = getgid() },
	};
	struct ids_span spans[KINDS] = { 0 };
	uint32_t n;
	char why[256];
	int rc;

	if (find_all(spans, err) < 0 || dirs_keep(err) < 0)
		return -1;
	n = count_ranges(spans);
	for (int k = 0; k < KINDS; k++)
		maps[k].range = (struct userns_range){
			IDS_FIRST, (uint32_t)spans[k].first, n * ID_RANGE,
		};
	rc = userns_enter(maps, why, sizeof(why));
	if (rc < 0)
		return refused(rc, why, err);
	inside = true;
	*out = (struct record_ranges){
		.count = n,
		.host_uid = maps[KIND_USERS].range.outside,
		.host_gid = maps[KIND_GROUPS].range.outside,
	};
	return 0;
}

int rootless_call(int (*fn)(void *ctx, struct err *err), void *ctx,
		  struct err *err)
{
	struct record_ranges unused;
	int report[2], status;
	pid_t pid;

	if (inside || geteuid() == 0)
		return fn(ctx, err);
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_set_errno(err, EXIT_FAILED, "make", "a pipe", errno);
	pid = ns_clone(0, -1);
	if (pid == 0) {
		if (rootless_enter(&unused, err) == 0 && fn(ctx, err) == 0)
			_exit(0);
		_exit(fd_write_all(report[1], err, sizeof(*err)) < 0 ? 2 : 1);
	}
	close(report[1]);
	if (pid < 0 || (fd_read_all(report[0], err, sizeof(*err)) <= 0))
		*err = (struct err)ERR_INIT;
	close(report[0]);
	if (pid < 0)
		return err_set_errno(err, EXIT_FAILED, "fork", "a helper", pid);
	status = ns_wait(pid);
	if (status && !err->code)
		return err_set(err, EXIT_FAILED, "enter",
			       "a user namespace", "the helper died");
	return status ? -1 : 0;
}

int rootless_join(const struct record *rec, struct err *err)
{
	CLEANUP_FD int fd = box_open_process(&rec->monitor);
	int rc;

	if (fd == -ESRCH)
		return err_set(err, EXIT_LAUNCH, "enter", rec->name,
			       "its monitor is gone");
	if (fd < 0)
		return err_set_errno(err, EXIT_LAUNCH, "enter", rec->name, fd);
	if (dirs_keep(err) < 0)
		return -1;
	program_keep();
	rc = userns_join(fd);
	if (rc < 0)
		return err_set_errno(err, EXIT_LAUNCH,
				     "enter the user namespace of", rec->name,
				     rc);
	inside = true;
	return 0;
}
