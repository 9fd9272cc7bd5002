#include "box/delegate.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/program.h"
#include "sys/scope.h"

#define PROGRAM_SCOPE "sandboxd-scope"
/* Beneath the delegated group: whoever was in it. */
#define HOST_SIDE "supervisor"

static void because(struct box *box, const char *why)
{
	(void)snprintf(box->no_groups, sizeof(box->no_groups), "%s", why);
	err_clean_text(box->no_groups);
}

/* Version 1 cannot be handed out safely, and systemd does not do it. */
static bool has_unified(void)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	bool found = false;

	if (cgroup_host_open(&host, CGROUP_BIT(CGROUP_MEMORY)) == 0)
		found = host.version[CGROUP_MEMORY] == 2;
	cgroup_host_finish(&host);
	return found;
}

static int start_scope(const char *name, char *why, size_t size)
{
	CLEANUP_FREE char *unit = str_printf("sandboxd-%s-%d.scope", name,
					     getpid());
	CLEANUP_FREE char *description = str_printf("sandbox %s", name);
	struct err err = ERR_INIT;
	CLEANUP_FD int program = program_open(PROGRAM_SCOPE, &err);
	int rc;

	if (program < 0) {
		(void)snprintf(why, size, PROGRAM_SCOPE " is not installed");
		return -1;
	}
	why[0] = '\0';
	rc = scope_start(program, unit, description, getpid(), why, size);
	if (rc < 0 && !why[0])
		(void)snprintf(why, size, "%s", strerror(-rc));
	return rc;
}

/* The group of this process. That another start has put it into HOST_SIDE
 * makes no difference. */
static int own_group(char *path, size_t size)
{
	int rc = cgroup_of_process(getpid(), path, size);
	char *slash;

	if (rc < 0)
		return rc;
	slash = strrchr(path, '/');
	if (str_eq(slash ? slash + 1 : path, HOST_SIDE))
		*(slash ? slash : path) = '\0';
	if (!path[0]) /* the root, as in a cgroup namespace */
		(void)snprintf(path, size, ".");
	return 0;
}

static bool is_delegated(const char *path)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	bool is = cgroup_host_open_below(&host, 0, path) == 0 &&
		  cgroup_is_delegated(&host);

	cgroup_host_finish(&host);
	return is;
}

/* systemd rules where it is; else what others gave away will do. */
const char *delegate_impossible(char *path, size_t size, const char **remedy)
{
	if (!has_unified()) {
		*remedy = "boot with cgroup version 2 alone: "
			  "systemd.unified_cgroup_hierarchy=1";
		return "those for memory are of version 1";
	}
	*remedy = "log in, or as root: loginctl enable-linger USER";
	if (scope_possible())
		(void)snprintf(path, size, "user.slice/user-%u.slice/"
			       "user@%u.service", getuid(), getuid());
	else if (own_group(path, size) < 0 || !is_delegated(path))
		return "no systemd of this user is running, and the group of "
		       "this process is not delegated to him";
	return NULL;
}

/* Makes group `path` one that can have children with controllers. */
static int settle(const char *path)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	int rc = cgroup_host_open_below(&host, 0, path);

	if (rc == 0)
		rc = cgroup_vacate(&host, HOST_SIDE);
	cgroup_host_finish(&host);
	return rc;
}

void delegate_enter(struct box *box, const char *name)
{
	const char *remedy;
	char path[PATH_MAX], why[256];
	const char *impossible = delegate_impossible(path, sizeof(path),
						     &remedy);
	int rc;

	if (impossible) {
		because(box, impossible);
		return;
	}
	if (scope_possible() && start_scope(name, why, sizeof(why)) < 0) {
		because(box, why);
		return;
	}
	rc = own_group(path, sizeof(path));
	if (rc == 0)
		rc = settle(path);
	if (rc < 0)
		because(box, rc == -EBUSY ? "processes stay in the group that "
			"was delegated" : strerror(-rc));
	else
		box->rec.scope = str_dup(path);
}

/* The unit that the sandbox's groups lie in; NULL when they lie in a group
 * that systemd has not made for it. */
static const char *unit_of(const struct record *rec)
{
	const char *slash = strrchr(rec->scope, '/');
	CLEANUP_FREE char *prefix = str_printf("sandboxd-%s-", rec->name);

	return slash && str_starts(slash + 1, prefix) ? slash + 1 : NULL;
}

static int not_from_here(const struct record *rec, struct err *err)
{
	(void)err_set(err, EXIT_LAUNCH, "join the control groups of",
		      rec->name, "they lie in the group '%s', and this "
		      "process does not", rec->scope);
	return err_hint(err, "nobody but root can move a process there: run "
			"the command where the sandbox was started");
}

int delegate_join(const struct record *rec, enum box_group g, pid_t pid,
		  struct err *err)
{
	CLEANUP_FD int program = program_open(PROGRAM_SCOPE, err);
	CLEANUP_FREE char *group = str_printf(
		"/%s", box_group_path(rec->name, g).text);
	const char *unit = unit_of(rec);
	char why[256] = "";
	int rc;

	if (!unit)
		return not_from_here(rec, err);
	if (program < 0)
		return -1;
	rc = scope_attach(program, unit, group, pid, why, sizeof(why));
	if (rc == 0)
		return 0;
	err_clean_text(why);
	(void)err_set(err, EXIT_LAUNCH, "join the control groups of",
		      rec->name, "%s", why[0] ? why : strerror(-rc));
	return err_hint(err, "only the system's systemd can move a process of "
			"this session there, and it was asked");
}

int delegate_host(const struct record *rec, unsigned int controllers,
		  struct cgroup_host *host)
{
	return cgroup_host_open_below(host, controllers, rec->scope);
}
