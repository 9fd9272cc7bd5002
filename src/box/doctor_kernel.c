#include "box/doctor_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/rootless.h"
#include "box/walls.h"
#include "conf/dirs.h"
#include "conf/ids.h"
#include "sys/mount.h"
#include "sys/probe.h"

#define COVERS_MAX 4 /* named of what covers a file system */

bool doctor_kernel_version(const struct doctor_case *c UNUSED,
			   const struct doctor_row *row,
			   struct doctor_finding *f)
{
	struct utsname u = { 0 };
	char *end = u.release;
	long major, minor;

	(void)uname(&u);
	major = strtol(end, &end, 10);
	minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	if (major > 6 || (major == 6 && minor >= 1))
		doctor_say(f, "Linux %s on %s", u.release, u.machine);
	else
		doctor_bad(row, f, "Linux %s is older than 6.1", u.release);
	return true;
}

static void tell(const struct doctor_row *row, struct doctor_finding *f,
		 const struct probe_answer *a)
{
	if (a->rc == -EOWNERDEAD)
		doctor_bad(row, f, "a process that tried was killed");
	else if (a->rc < 0)
		doctor_bad(row, f, "%s: %s", a->call, strerror(-a->rc));
}

/* Without the namespaces and calls that it takes nothing was: their own checks
 * say why. */
static bool was_tried(const struct probe_answer *a)
{
	return a->rc != -ENOSYS && (a->rc == 0 || !str_eq(a->call, "unshare"));
}

bool doctor_kernel_calls(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	struct err err = ERR_INIT;

	if (walls_check_calls(&err) < 0)
		doctor_err(row, f, &err);
	return true;
}

bool doctor_kernel_seccomp(const struct doctor_case *c UNUSED,
			   const struct doctor_row *row,
			   struct doctor_finding *f)
{
	struct probe_answer a = probe(PROBE_SECCOMP);

	tell(row, f, &a);
	return true;
}

bool doctor_kernel_probe(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	struct probe_answer a = probe(row->arg);

	tell(row, f, &a);
	return was_tried(&a);
}

/* --- namespaces ----------------------------------------------------------- */

/* Whether the sysctl is there and set to `value`. */
static bool setting_is(const char *file, const char *value)
{
	char text[32];

	return fd_read_file_at(AT_FDCWD, file, text, sizeof(text)) == 0 &&
	       str_eq(text, value);
}

static void name_userns_setting(struct doctor_finding *f, int rc)
{
	if (rc == -ENOSPC)
		doctor_fix(f, "as root: sysctl -w user.max_user_namespaces="
			   "15000; within a container its own limit counts, "
			   "and all above");
	else if (setting_is("/proc/sys/kernel/unprivileged_userns_clone", "0"))
		doctor_fix(f, "as root: sysctl -w "
			   "kernel.unprivileged_userns_clone=1");
}

bool doctor_kernel_userns(const struct doctor_case *c UNUSED,
			  const struct doctor_row *row,
			  struct doctor_finding *f)
{
	struct probe_answer a = probe(PROBE_USERNS);
	struct err err = ERR_INIT;

	tell(row, f, &a);
	if (a.rc < 0)
		name_userns_setting(f, a.rc);
	else if (rootless() && rootless_check_userns(&err) < 0)
		doctor_err(row, f, &err);
	return true;
}

bool doctor_kernel_namespaces(const struct doctor_case *c UNUSED,
			      const struct doctor_row *row,
			      struct doctor_finding *f)
{
	CLEANUP_BUF struct buf missing = { 0 }, full = { 0 };

	if (probe(PROBE_USERNS).rc < 0)
		return false;
	for (int k = 0; k < NS_KINDS; k++) {
		struct probe_answer a = probe_namespace(k);

		if (k == NS_USER || a.rc == 0)
			continue;
		buf_printf(&missing, "%s%s (%s)", missing.len ? ", " : "",
			   ns_names[k], strerror(-a.rc));
		if (a.rc == -ENOSPC)
			buf_printf(&full, " user.max_%s_namespaces=15000",
				   ns_names[k]);
	}
	if (missing.len)
		doctor_bad(row, f, "not to be had: %s", missing.data);
	if (full.len)
		doctor_fix(f, "as root: sysctl -w%s", full.data);
	return true;
}

/* Appends what is mounted somewhere beneath `dir`, but for what the kernel
 * expects there. */
static void list_covers(const char *dir, struct buf *out)
{
	CLEANUP_STRV char **mounts = NULL;
	CLEANUP_FREE char *beneath = str_printf("%s/", dir);
	int n = 0;

	(void)mount_list(getpid(), &mounts);
	for (char **m = mounts; m && *m; m++) {
		if (!str_starts(*m, beneath) ||
		    str_starts(*m, "/proc/sys/fs/binfmt_misc ") ||
		    str_starts(*m, "/sys/fs/") ||
		    str_starts(*m, "/sys/kernel/"))
			continue;
		if (n++ < COVERS_MAX)
			buf_printf(out, "%s%.*s", out->len ? ", " : "",
				   (int)strcspn(*m, " "), *m);
	}
	if (n > COVERS_MAX)
		buf_printf(out, " and %d more", n - COVERS_MAX);
}

bool doctor_kernel_fresh(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	struct probe_answer a = probe(row->arg);
	CLEANUP_BUF struct buf covers = { 0 };

	if (a.rc == -EPERM)
		list_covers(row->arg == PROBE_SYSFS ? "/sys" : "/proc",
			    &covers);
	if (covers.len)
		doctor_bad(row, f, "%s: %s: covered here: %s", a.call,
			   strerror(-a.rc), covers.data);
	else
		tell(row, f, &a);
	return was_tried(&a);
}

/* --- walls ---------------------------------------------------------------- */

bool doctor_kernel_landlock(const struct doctor_case *c,
			    const struct doctor_row *row,
			    struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	struct box box;

	box_init(&box, c->profile);
	if (walls_find(&box, &err) < 0) {
		doctor_err(row, f, &err);
		f->state = DOCTOR_MISSING;
	} else if (box.rec.notes) {
		doctor_bad(row, f, "%s", box.rec.notes[0]);
		doctor_fix(f, "%s", WALLS_LANDLOCK_HINT);
	} else {
		doctor_say(f, "Landlock, version %u of its interface",
			   box.rec.security.landlock);
	}
	record_finish(&box.rec);
	return true;
}

static bool has_rules(const char *modules)
{
	static const char *const known[] = {
		"selinux", "apparmor", "smack", "tomoyo",
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strstr(modules, known[i]))
			return true;
	return false;
}

bool doctor_kernel_modules(const struct doctor_case *c UNUSED,
			   const struct doctor_row *row,
			   struct doctor_finding *f)
{
	char list[256];
	int rc = probe_lsms(list, sizeof(list));

	if (rc == -ENOENT) {
		doctor_bad(row, f, "there is no securityfs to read them from");
		doctor_fix(f, "as root: mount -t securityfs securityfs "
			   "/sys/kernel/security");
	} else if (rc < 0) {
		doctor_bad(row, f, "their list: %s", strerror(-rc));
	} else if (!has_rules(list)) {
		doctor_bad(row, f, "in force: %s", list[0] ? list : "none");
	} else {
		doctor_say(f, "in force: %s", list);
	}
	return true;
}

/* --- owners --------------------------------------------------------------- */

bool doctor_kernel_idmap(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int data = rootless() ? -1 : dirs_open_data(&err);
	struct probe_answer a;
	char type[32] = "file";

	if (data < 0)
		return false;
	a = probe_idmap(data, IDS_FIRST, ID_RANGE);
	(void)mount_type(data, type, sizeof(type));
	tell(row, f, &a);
	if (a.rc == 0)
		doctor_say(f, "%s of the data directory can be idmapped", type);
	else if (a.rc == -EINVAL)
		doctor_bad(row, f, "%s of the data directory cannot be "
			   "idmapped here", type);
	else if (a.rc == -EPERM)
		doctor_fix(f, "run as root of the host, not of a container");
	return was_tried(&a);
}
