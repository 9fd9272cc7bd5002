#include "box/doctor_internal.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "box/delegate.h"
#include "box/rootless.h"
#include "box/trial.h"
#include "conf/dirs.h"
#include "sys/probe.h"

#define NEWER "boot Linux 6.1 or newer"
#define FILTERED "run outside of other sandboxes and containers, whose " \
	"filters and security modules may refuse it"
#define GROUPS_FIX "mount cgroup2 on /sys/fs/cgroup, and boot without " \
	"cgroup_disable="

static DOCTOR_LOOK(look_start);

static const struct doctor_row rows[] = {
	/* The kernel. */
	{ "kernel", "Linux 6.1 or newer", DOCTOR_DEGRADED,
	  "sandboxd is not tested on it", NEWER, doctor_kernel_version, 0 },
	{ "system-calls", "the system calls that nothing replaces",
	  DOCTOR_MISSING, "without it no sandbox is made or entered", NULL,
	  doctor_kernel_calls, 0 },
	{ "mount-calls", "mounts made by descriptor", DOCTOR_MISSING,
	  "no root can be built", FILTERED,
	  doctor_kernel_probe, PROBE_MOUNTS },
	{ "overlayfs", "overlayfs with a writable layer", DOCTOR_MISSING,
	  "the root of every sandbox is stacked by it",
	  "as root: modprobe overlay", doctor_kernel_probe, PROBE_OVERLAY },
	{ "seccomp", "filters of system calls", DOCTOR_MISSING,
	  "no call of the kernel could be refused to what runs inside",
	  "boot a kernel with CONFIG_SECCOMP_FILTER", doctor_kernel_seccomp,
	  0 },
	{ "user-namespaces", "user namespaces, one within the other",
	  DOCTOR_MISSING, "ids inside would be ids of the host", FILTERED,
	  doctor_kernel_userns, 0 },
	{ "namespaces", "all other kinds of namespaces", DOCTOR_MISSING,
	  "a sandbox has one of each", "boot a kernel that has them",
	  doctor_kernel_namespaces, 0 },
	{ "fresh-proc", "a /proc of the sandbox's own", DOCTOR_MISSING,
	  "the kernel gives a fresh one only to who sees a whole one",
	  "run outside of the container that masks it", doctor_kernel_fresh,
	  PROBE_PROC },
	{ "fresh-sysfs", "a /sys of the sandbox's own", DOCTOR_MISSING,
	  "the kernel gives a fresh one only to who sees a whole one",
	  "run outside of the container that masks it", doctor_kernel_fresh,
	  PROBE_SYSFS },
	{ "fresh-devices", "terminals and message queues of its own",
	  DOCTOR_MISSING, "/dev cannot be made", FILTERED,
	  doctor_kernel_fresh, PROBE_DEVICES },

	/* Who calls. */
	{ "id-mappers", "newuidmap and newgidmap", DOCTOR_MISSING,
	  "an ordinary user can map no ids but his own without", NULL,
	  doctor_user_mappers, 0 },
	{ "subordinate-ids", "subordinate user and group ids", DOCTOR_MISSING,
	  "an ordinary user's sandboxes run as these", NULL, doctor_user_ids,
	  0 },
	{ "capabilities", "the capabilities of root", DOCTOR_MISSING,
	  "what only root can do cannot be done",
	  "run outside of containers that drop them", doctor_user_capabilities,
	  0 },
	{ "hard-limits", "the power to raise hard limits", DOCTOR_ADVICE,
	  "those that were lowered for it stay low in every sandbox",
	  "run outside of containers that drop it", doctor_user_resource, 0 },
	{ "state-directory", "the state directory", DOCTOR_MISSING,
	  "running sandboxes are recorded there",
	  "set SANDBOXD_STATE_DIR to a directory that can be made",
	  doctor_user_state, 0 },
	{ "data-directory", "the data directory", DOCTOR_MISSING,
	  "logs and images are kept there", NULL, doctor_user_data, 0 },
	{ "own-programs", "sandbox-init, sandbox-xkbcomp, steer",
	  DOCTOR_MISSING, "they are parts of sandboxd", NULL, doctor_user_own,
	  0 },
	{ "desktop-programs", "the programs of a desktop", DOCTOR_MISSING,
	  "the profile has a display", NULL, doctor_user_desktop, 0 },
	{ "keymap", "the X server's keymap", DOCTOR_MISSING,
	  "the X server ends at once without",
	  "on Debian and Ubuntu: apt-get install xkb-data", doctor_user_keymap,
	  0 },
	{ "command", "the profile's program", DOCTOR_MISSING,
	  "it is what the profile runs", NULL, doctor_user_command, 0 },

	/* Limits. */
	{ "cgroup-user", "control groups for ordinary users", DOCTOR_MISSING,
	  "limits of memory, CPUs and disks cannot be enforced", NULL,
	  doctor_limits_user, 0 },
	{ "cgroup-memory", "the cgroup controller of memory", DOCTOR_MISSING,
	  "limits.memory and swap cannot be enforced", GROUPS_FIX,
	  doctor_limits_controller, CGROUP_MEMORY },
	{ "cgroup-cpu", "the cgroup controller of CPU time", DOCTOR_MISSING,
	  "limits.cpus, cpu_weight and cpu_burst cannot be enforced",
	  GROUPS_FIX, doctor_limits_controller, CGROUP_CPU },
	{ "cgroup-pids", "the cgroup controller of processes", DOCTOR_MISSING,
	  "limits.pids cannot be enforced by group", GROUPS_FIX,
	  doctor_limits_controller, CGROUP_PIDS },
	{ "cgroup-cpuset", "the cgroup controller of CPUs", DOCTOR_MISSING,
	  "limits.cpuset cannot be enforced", GROUPS_FIX,
	  doctor_limits_controller, CGROUP_CPUSET },
	{ "cgroup-io", "the cgroup controller of disks", DOCTOR_MISSING,
	  "limits.io cannot be enforced", GROUPS_FIX, doctor_limits_controller,
	  CGROUP_IO },
	{ "cgroup-hugetlb", "the cgroup controller of huge pages",
	  DOCTOR_MISSING, "limits.hugepages cannot be enforced",
	  "boot a kernel with CONFIG_CGROUP_HUGETLB", doctor_limits_controller,
	  CGROUP_HUGETLB },
	{ "cgroup-tree", "a cgroup tree of version 2", DOCTOR_DEGRADED,
	  "a sandbox cannot be killed in one stroke",
	  "mount cgroup2 on /sys/fs/cgroup/unified", doctor_limits_tree, 0 },
	{ "cgroup-writable", "groups can be made", DOCTOR_MISSING,
	  "each sandbox is a group", NULL, doctor_limits_writable, 0 },
	{ "device-list", "lists of devices for groups", DOCTOR_DEGRADED,
	  "nodes and mounts alone keep devices away",
	  "run as root, outside of containers", doctor_limits_devices, 0 },
	{ "resource-limits", "room beneath the hard limits here",
	  DOCTOR_MISSING, "the profile asks for it", NULL,
	  doctor_limits_process, 0 },

	/* Second walls, and what some profiles need. */
	{ "landlock", "Landlock, version 2 or later", DOCTOR_DEGRADED,
	  "there is no second wall around files", NULL,
	  doctor_kernel_landlock, 0 },
	{ "idmapped-mounts", "mounts with other owners, of the data directory",
	  DOCTOR_DEGRADED,
	  "images and layers kept there need rootfs.owners = nobody",
	  "keep them on ext4, xfs or btrfs", doctor_kernel_idmap, 0 },
	{ "disk-layer", "a data directory for writable = disk",
	  DOCTOR_MISSING, "profiles with writable = disk are refused", NULL,
	  doctor_user_disk, 0 },
	{ "security-modules", "a security module with rules", DOCTOR_ADVICE,
	  "no rules of the host stand behind the sandbox's own walls",
	  "boot with apparmor or selinux in lsm=", doctor_kernel_modules, 0 },

	/* The host's own settings. A guest does not reach what they close:
	 * its filter refuses the calls. They are for the day when it does. */
	{ "legacy-tiocsti", "dev.tty.legacy_tiocsti", DOCTOR_ADVICE,
	  "any program can type into the terminal that it runs on",
	  "boot Linux 6.2 or newer", doctor_setting, 0 },
	{ "kptr-restrict", "kernel.kptr_restrict", DOCTOR_ADVICE,
	  "kernel addresses are shown, which exploits need", NULL,
	  doctor_setting, 0 },
	{ "dmesg-restrict", "kernel.dmesg_restrict", DOCTOR_ADVICE,
	  "every user reads the kernel's log, addresses and all", NULL,
	  doctor_setting, 0 },
	{ "unprivileged-bpf", "kernel.unprivileged_bpf_disabled",
	  DOCTOR_ADVICE, "every user can load BPF into the kernel", NULL,
	  doctor_setting, 0 },
	{ "io-uring", "kernel.io_uring_disabled", DOCTOR_ADVICE,
	  "every user has io_uring, a rich source of exploits",
	  "boot Linux 6.6 or newer", doctor_setting, 0 },
	{ "perf-events", "kernel.perf_event_paranoid", DOCTOR_ADVICE,
	  "every user can profile the kernel", NULL, doctor_setting, 0 },
	{ "userfaultfd", "vm.unprivileged_userfaultfd", DOCTOR_ADVICE,
	  "every user can hold the kernel up in the middle of a copy", NULL,
	  doctor_setting, 0 },
	{ "ptrace-scope", "kernel.yama.ptrace_scope", DOCTOR_ADVICE,
	  "every process can trace all others of its user",
	  "boot with yama in lsm=", doctor_setting, 0 },
	{ "core-pattern", "kernel.core_pattern", DOCTOR_ADVICE,
	  "root's program reads what crashed programs leave, which is hostile",
	  "as root: sysctl -w kernel.core_pattern=core; profiles with "
	  "limits.core are refused until then", doctor_setting_core, 0 },

	/* What all of it comes to. */
	{ "start", "a sandbox starts, and is taken down again", DOCTOR_MISSING,
	  "that is what run says", "mend what is named there", look_start, 0 },
};

const char *doctor_id(size_t n)
{
	return n < ARRAY_LEN(rows) ? rows[n].id : NULL;
}

const char *doctor_title(size_t n)
{
	return n < ARRAY_LEN(rows) ? rows[n].title : NULL;
}

const char *doctor_state_name(enum doctor_state state)
{
	static const char *const names[DOCTOR_STATES] = {
		[DOCTOR_OK] = "ok", [DOCTOR_ADVICE] = "advice",
		[DOCTOR_DEGRADED] = "degraded", [DOCTOR_MISSING] = "missing",
	};

	return names[state];
}

/* --- findings ------------------------------------------------------------- */

/* Some of it was said by others than us. */
static void put(char **to, const char *fmt, va_list ap)
{
	char text[1024];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	err_clean_text(text);
	free(*to);
	*to = str_dup(text);
}

void doctor_say(struct doctor_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(&f->found, fmt, ap);
	va_end(ap);
}

void doctor_bad(const struct doctor_row *row, struct doctor_finding *f,
		const char *fmt, ...)
{
	va_list ap;

	f->state = row->worst;
	va_start(ap, fmt);
	put(&f->found, fmt, ap);
	va_end(ap);
}

void doctor_fix(struct doctor_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(&f->remedy, fmt, ap);
	va_end(ap);
}

void doctor_err(const struct doctor_row *row, struct doctor_finding *f,
		const struct err *err)
{
	doctor_bad(row, f, "%s%s%s%s: %s", err->what,
		   err->object[0] ? " '" : "", err->object,
		   err->object[0] ? "'" : "", err->cause);
	if (err->hint[0])
		doctor_fix(f, "%s", err->hint);
}

/* --- the start ------------------------------------------------------------ */

static bool look_start(const struct doctor_case *c,
		       const struct doctor_row *row, struct doctor_finding *f)
{
	CLEANUP_FREE char *name = str_printf("doctor-%d", getpid());
	CLEANUP_STRV char **notes = NULL;
	struct err err = ERR_INIT;

	if (trial_run(c->profile, name, &notes, &err) < 0)
		doctor_err(row, f, &err);
	else if (notes)
		doctor_say(f, "a sandbox starts; %zu of what the profile asks "
			   "for it goes without", strv_len(notes));
	return true;
}

/* --- all of them ---------------------------------------------------------- */

static void look(const struct doctor_case *c, const struct doctor_row *row,
		 struct doctor *out)
{
	struct doctor_finding f = { .id = row->id, .title = row->title };
	size_t size = (out->count + 1) * sizeof(f);

	if (!row->look(c, row, &f))
		return;
	if (f.state != DOCTOR_OK) {
		f.means = row->means;
		if (!f.remedy && row->remedy)
			f.remedy = str_dup(row->remedy);
	}
	out->findings = mem_realloc(out->findings, size);
	out->findings[out->count++] = f;
	out->states[f.state]++;
}

/* The groups that sandboxes of the caller are made in; where that cannot be
 * found out there are none. */
static void find_groups(struct doctor_case *c)
{
	struct err none = ERR_INIT;
	char path[PATH_MAX];

	if (!rootless()) {
		(void)cgroup_host_open(&c->groups, CGROUP_ALL);
		return;
	}
	(void)dirs_keep(&none); /* it is where the bus is looked for */
	c->no_groups = delegate_impossible(path, sizeof(path),
					   &c->groups_remedy);
	if (!c->no_groups)
		(void)cgroup_host_open_below(&c->groups, CGROUP_ALL, path);
}

void doctor_look(const struct profile *p, struct doctor *out)
{
	struct doctor_case c = {
		.profile = p, .groups = CGROUP_HOST_NONE,
	};

	*out = (struct doctor){ 0 };
	find_groups(&c);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		look(&c, &rows[i], out);
	cgroup_host_finish(&c.groups);
}

void doctor_finish(struct doctor *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->findings[i].found);
		free(d->findings[i].remedy);
	}
	free(d->findings);
	*d = (struct doctor){ 0 };
}
