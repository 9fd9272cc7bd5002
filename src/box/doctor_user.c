#include "box/doctor_internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "base/str.h"
#include "box/desktop.h"
#include "box/keymap.h"
#include "box/program.h"
#include "box/rootless.h"
#include "box/writable.h"
#include "conf/dirs.h"
#include "sandboxd/layout.h"

/* --- ids and privilege ---------------------------------------------------- */

bool doctor_user_mappers(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	struct err err = ERR_INIT;

	if (rootless() && rootless_check_programs(&err) < 0)
		doctor_err(row, f, &err);
	return rootless();
}

bool doctor_user_ids(const struct doctor_case *c UNUSED,
		     const struct doctor_row *row, struct doctor_finding *f)
{
	struct err err = ERR_INIT;

	if (rootless() && rootless_check_ids(&err) < 0)
		doctor_err(row, f, &err);
	return rootless();
}

/* What the launcher of root's sandboxes uses. */
static const struct {
	cap_value_t cap;
	const char *name;
} needed[] = {
	{ CAP_SYS_ADMIN, "sys_admin" }, { CAP_SETUID, "setuid" },
	{ CAP_SETGID, "setgid" }, { CAP_SETPCAP, "setpcap" },
	{ CAP_CHOWN, "chown" }, { CAP_FOWNER, "fowner" },
	{ CAP_DAC_OVERRIDE, "dac_override" }, { CAP_SYS_CHROOT, "sys_chroot" },
};

static bool has_cap(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t set = CAP_CLEAR;

	return caps && cap_get_flag(caps, cap, CAP_EFFECTIVE, &set) == 0 &&
	       set == CAP_SET;
}

bool doctor_user_capabilities(const struct doctor_case *c UNUSED,
			      const struct doctor_row *row,
			      struct doctor_finding *f)
{
	CLEANUP_BUF struct buf missing = { 0 };
	cap_t caps;

	if (rootless())
		return false;
	caps = cap_get_proc();
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!has_cap(caps, needed[i].cap))
			buf_printf(&missing, "%scap_%s", missing.len ? ", " :
				   "root here is without ", needed[i].name);
	if (missing.len)
		doctor_bad(row, f, "%s", missing.data);
	(void)cap_free(caps);
	return true;
}

bool doctor_user_resource(const struct doctor_case *c UNUSED,
			  const struct doctor_row *row,
			  struct doctor_finding *f)
{
	cap_t caps;

	if (rootless())
		return false;
	caps = cap_get_proc();
	if (!has_cap(caps, CAP_SYS_RESOURCE))
		doctor_bad(row, f, "root here is without cap_sys_resource");
	(void)cap_free(caps);
	return true;
}

/* --- directories ---------------------------------------------------------- */

bool doctor_user_state(const struct doctor_case *c UNUSED,
		       const struct doctor_row *row, struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int fd = record_open_dir(&err);

	if (fd < 0)
		doctor_err(row, f, &err);
	else
		doctor_say(f, "%s", dirs_state(&err));
	return true;
}

bool doctor_user_data(const struct doctor_case *c UNUSED,
		      const struct doctor_row *row, struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int fd = dirs_open_data(&err);

	if (fd < 0)
		doctor_err(row, f, &err);
	else
		doctor_say(f, "%s", dirs_data(&err));
	return true;
}

bool doctor_user_disk(const struct doctor_case *c,
		      const struct doctor_row *row, struct doctor_finding *f)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int fd = dirs_open_data(&err);

	if (fd < 0)
		return false;
	if (writable_check_disk(fd, &err) < 0) {
		doctor_err(row, f, &err);
		if (c->profile->rootfs.writable != WRITABLE_DISK)
			f->state = DOCTOR_DEGRADED;
	}
	return true;
}

/* --- programs ------------------------------------------------------------- */

bool doctor_user_own(const struct doctor_case *c UNUSED,
		     const struct doctor_row *row, struct doctor_finding *f)
{
	static const char *const own[] = {
		"sandbox-init", "sandbox-xkbcomp", "steer",
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		struct err err = ERR_INIT;
		CLEANUP_FD int fd = program_open(own[i], &err);

		if (fd < 0)
			doctor_err(row, f, &err);
	}
	return true;
}

/* All that are missing at once, with their packages. */
bool doctor_user_desktop(const struct doctor_case *c,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	CLEANUP_BUF struct buf names = { 0 }, packages = { 0 };
	const struct desktop_program *d = desktop_programs;

	if (!c->profile->display.enabled || !profile_image_is_host(c->profile))
		return false;
	for (; d->name; d++) {
		CLEANUP_FREE char *path = program_path(-1, d->name);

		if (path || !d->used(c->profile))
			continue;
		buf_printf(&names, "%s%s", names.len ? ", " : "", d->name);
		if (!packages.data || !strstr(packages.data, d->package))
			buf_printf(&packages, " %s", d->package);
	}
	if (names.len) {
		doctor_bad(row, f, "not installed: %s", names.data);
		doctor_fix(f, "on Debian and Ubuntu: apt-get install%s",
			   packages.data);
	}
	return true;
}

bool doctor_user_keymap(const struct doctor_case *c,
			const struct doctor_row *row, struct doctor_finding *f)
{
	CLEANUP_BUF struct buf map = { 0 };
	struct err err = ERR_INIT;

	if (!keymap_used(c->profile))
		return false;
	if (keymap_get(&map, &err) < 0)
		doctor_err(row, f, &err);
	return true;
}

/* One that a path names lies in the image, which may not be the host's. */
bool doctor_user_command(const struct doctor_case *c,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	char **command = c->profile->sandbox.command;
	CLEANUP_FREE char *path = NULL;

	if (!command || !command[0] || strchr(command[0], '/') ||
	    !profile_image_is_host(c->profile))
		return false;
	path = program_path(-1, command[0]);
	if (path) {
		doctor_say(f, "%s", path);
		return true;
	}
	doctor_bad(row, f, "%s is not installed", command[0]);
	doctor_fix(f, "install it, or give another program behind '--'");
	return true;
}
