/*
 * doctor_internal.h - what the files behind doctor.h share.
 *
 *	doctor.c         the table, and the list of what came of it
 *	doctor_kernel.c  what the kernel does
 *	doctor_user.c    who calls, his directories and programs
 *	doctor_limits.c  control groups and resource limits
 *	doctor_setting.c sysctls, which are advice only
 */
#ifndef BOX_DOCTOR_INTERNAL_H
#define BOX_DOCTOR_INTERNAL_H

#include "base/err.h"
#include "box/doctor.h"
#include "sys/cgroup.h"

/* Whom the checks are made for. */
struct doctor_case {
	const struct profile *profile;
	struct cgroup_host groups; /* root's, or delegated to this user */
	/* Why he has none, or NULL, and what helps. */
	const char *no_groups, *groups_remedy;
};

struct doctor_row {
	const char *id, *title;
	enum doctor_state worst; /* what a failure comes to */
	const char *means;       /* doctor_finding.means, then */
	const char *remedy;      /* unless the check knows a better one */
	/* Fills in the finding, which is DOCTOR_OK so far. False: there is
	 * nothing to look for, so no finding. */
	bool (*look)(const struct doctor_case *c, const struct doctor_row *row,
		     struct doctor_finding *f);
	int arg; /* for `look` */
};

/* What there is. */
void doctor_say(struct doctor_finding *f, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
/* The same of what makes the row's worst true. */
void doctor_bad(const struct doctor_row *row, struct doctor_finding *f,
		const char *fmt, ...) PRINTF_LIKE(3, 4);
void doctor_fix(struct doctor_finding *f, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
/* Both from the error of a start. */
void doctor_err(const struct doctor_row *row, struct doctor_finding *f,
		const struct err *err);

/* Checks, by row->look. */
#define DOCTOR_LOOK(name)                              \
	bool name(const struct doctor_case *c,         \
		  const struct doctor_row *row,        \
		  struct doctor_finding *f)
DOCTOR_LOOK(doctor_kernel_version);
DOCTOR_LOOK(doctor_kernel_calls);
DOCTOR_LOOK(doctor_kernel_seccomp);
DOCTOR_LOOK(doctor_kernel_probe); /* arg: enum probe */
DOCTOR_LOOK(doctor_kernel_userns);
DOCTOR_LOOK(doctor_kernel_namespaces);
DOCTOR_LOOK(doctor_kernel_fresh); /* arg: enum probe */
DOCTOR_LOOK(doctor_kernel_idmap);
DOCTOR_LOOK(doctor_kernel_landlock);
DOCTOR_LOOK(doctor_kernel_modules);
DOCTOR_LOOK(doctor_user_mappers);
DOCTOR_LOOK(doctor_user_ids);
DOCTOR_LOOK(doctor_user_capabilities);
DOCTOR_LOOK(doctor_user_resource);
DOCTOR_LOOK(doctor_user_state);
DOCTOR_LOOK(doctor_user_data);
DOCTOR_LOOK(doctor_user_disk);
DOCTOR_LOOK(doctor_user_own);
DOCTOR_LOOK(doctor_user_desktop);
DOCTOR_LOOK(doctor_user_keymap);
DOCTOR_LOOK(doctor_user_command);
DOCTOR_LOOK(doctor_limits_user);
DOCTOR_LOOK(doctor_limits_controller); /* arg: enum cgroup_controller */
DOCTOR_LOOK(doctor_limits_tree);
DOCTOR_LOOK(doctor_limits_writable);
DOCTOR_LOOK(doctor_limits_devices);
DOCTOR_LOOK(doctor_limits_process);
DOCTOR_LOOK(doctor_setting); /* by row->id */
DOCTOR_LOOK(doctor_setting_core);

#endif
