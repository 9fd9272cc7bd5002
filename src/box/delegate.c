#include "box/delegate.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/program.h"
#include "sys/scope.h"

#define PROGRAM_SCOPE "sandboxd-scope"
#define MONITOR_GROUP "monitor"

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

const char *delegate_impossible(const char **remedy)
{
	if (!has_unified()) {
		*remedy = "boot with cgroup version 2 alone: "
			  "systemd.unified_cgroup_hierarchy=1";
		return "those for memory are of version 1";
	}
	*remedy = "log in, or as root: loginctl enable-linger USER";
	return scope_possible() ? NULL : "no systemd of this user is running";
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

/* Leaves the scope's own group, which gets children with controllers. */
static int settle(const char *scope)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	int rc = cgroup_host_open_below(&host, 0, scope);

	if (rc == 0)
		rc = cgroup_vacate(&host, MONITOR_GROUP);
	cgroup_host_finish(&host);
	return rc;
}

void delegate_enter(struct box *box, const char *name)
{
	const char *remedy, *impossible = delegate_impossible(&remedy);
	char path[PATH_MAX], why[256];
	int rc;

	if (impossible) {
		because(box, impossible);
		return;
	}
	if (start_scope(name, why, sizeof(why)) < 0) {
		because(box, why);
		return;
	}
	rc = cgroup_of_process(getpid(), path, sizeof(path));
	if (rc == 0)
		rc = settle(path);
	if (rc < 0)
		because(box, strerror(-rc));
	else
		box->rec.scope = str_dup(path);
}

int delegate_join(const struct record *rec, enum box_group g, pid_t pid,
		  struct err *err)
{
	CLEANUP_FD int program = program_open(PROGRAM_SCOPE, err);
	CLEANUP_FREE char *group = str_printf(
		"/%s", box_group_path(rec->name, g).text);
	const char *unit = strrchr(rec->scope, '/');
	char why[256] = "";
	int rc;

	if (program < 0)
		return -1;
	rc = scope_attach(program, unit ? unit + 1 : rec->scope, group, pid,
			  why, sizeof(why));
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
