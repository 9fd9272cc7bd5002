#include "conf/lint.h"

#include <string.h>

#include "base/str.h"
#include "conf/device.h"
#include "conf/lint_internal.h"

/* More processes than this are felt by everybody on the machine. */
#define PIDS_MANY 32768u

/* --- limits --------------------------------------------------------------- */

static void find_no_memory_limit(const struct profile *p, char ***found)
{
	if (p->limits.memory == PROFILE_UNLIMITED)
		strv_add(found, "limits.memory = unlimited");
}

static void find_no_swap_limit(const struct profile *p, char ***found)
{
	if (p->limits.swap == PROFILE_UNLIMITED &&
	    p->limits.memory != PROFILE_UNLIMITED)
		strv_add(found, "limits.swap = unlimited");
}

static void find_many_processes(const struct profile *p, char ***found)
{
	if (p->limits.pids > PIDS_MANY)
		strv_take(found, str_printf("limits.pids = %llu",
				(unsigned long long)p->limits.pids));
}

static void find_no_disk_limit(const struct profile *p, char ***found)
{
	if (p->rootfs.writable == WRITABLE_DISK)
		strv_add(found, "rootfs.writable = disk");
}

static void find_best_effort(const struct profile *p, char ***found)
{
	for (char **l = p->limits.best_effort; l && *l; l++)
		strv_take(found, str_printf("limits.best_effort = %s", *l));
}

static void find_core_dumps(const struct profile *p, char ***found)
{
	if (p->limits.core)
		strv_add(found, "limits.core is not 0");
}

/* --- the rest ------------------------------------------------------------- */

static void find_glx(const struct profile *p, char ***found)
{
	if (p->display.enabled && p->display.glx)
		strv_add(found, "display.glx = yes");
}

/* The name alone: findings end up in logs. */
static void find_secret_in_env(const struct profile *p, char ***found)
{
	for (char **e = p->env; e && *e; e++)
		if (lint_is_secret(*e))
			strv_take(found, str_printf(
				"env.%.*s", (int)strcspn(*e, "="), *e));
}

/* --- system calls, and the namespaces made by them ----------------------- */

static void find_unconfined(const struct profile *p, char ***found)
{
	if (p->security.seccomp == POLICY_UNCONFINED)
		strv_add(found, "security.seccomp = unconfined");
}

static void find_open_userns(const struct profile *p, char ***found)
{
	if (str_eq(p->security.userns, USERNS_FULL))
		strv_add(found, "security.userns = full");
}

static void find_nested_userns(const struct profile *p, char ***found)
{
	if (!str_eq(p->security.userns, USERNS_FENCED))
		return;
	/* Either of them stands in the profile, and implies the other. */
	strv_add(found, p->security.seccomp == POLICY_BROWSER ?
				"security.seccomp = browser" :
				"security.userns = fenced");
}

/* --- devices -------------------------------------------------------------- */

static void each_device(const struct profile *p, char ***found,
			enum device_grade grade)
{
	for (char **d = p->security.devices; d && *d; d++) {
		struct device device;
		CLEANUP_FD int fd = device_open(*d, &device);

		if (fd >= 0 && device.grade == grade)
			strv_take(found,
				  str_printf("security.devices = %s (%s)", *d,
					     device.gives));
	}
}

static void find_host_device(const struct profile *p, char ***found)
{
	each_device(p, found, DEVICE_GRAVE);
}

static void find_device(const struct profile *p, char ***found)
{
	each_device(p, found, DEVICE_LESSER);
}

/* Only root can make a node that the agent may open. */
static void find_lost_device(const struct profile *p, char ***found)
{
	for (char **d = p->security.devices; d && *d; d++) {
		struct device device;
		CLEANUP_FD int fd = device_open(*d, &device);
		const char *fault = device.fault;

		if (fd >= 0 && geteuid() != 0 && !device_is_public(device.mode))
			fault = "its mode keeps an ordinary user's agent out";
		if (fault)
			strv_take(found,
				  str_printf("security.devices = %s (%s)", *d,
					     fault));
	}
}

/* --- labels --------------------------------------------------------------- */

static void find_no_apparmor(const struct profile *p, char ***found)
{
	if (str_eq(p->security.apparmor, "unconfined"))
		strv_add(found, "security.apparmor = unconfined");
}

/* --- tables --------------------------------------------------------------- */

const char *const lint_ids[] = {
	[LINT_HOST_TREE] = "host-tree",
	[LINT_OWN_TREE] = "own-tree",
	[LINT_ENGINE_SOCKET] = "engine-socket",
	[LINT_CREDENTIALS] = "credentials-in-tree",
	[LINT_FOREIGN_TREE] = "foreign-tree",
	[LINT_NO_MEMORY_LIMIT] = "no-memory-limit",
	[LINT_NO_SWAP_LIMIT] = "no-swap-limit",
	[LINT_MANY_PROCESSES] = "many-processes",
	[LINT_NO_DISK_LIMIT] = "no-disk-limit",
	[LINT_BEST_EFFORT] = "best-effort",
	[LINT_CORE_DUMPS] = "core-dumps",
	[LINT_GLX] = "glx",
	[LINT_SECRET_IN_ENV] = "secret-in-env",
	[LINT_UNCONFINED] = "unconfined",
	[LINT_OPEN_USERNS] = "open-userns",
	[LINT_NESTED_USERNS] = "nested-userns",
	[LINT_HOST_DEVICE] = "host-device",
	[LINT_DEVICE] = "device",
	[LINT_LOST_DEVICE] = "lost-device",
	[LINT_NO_APPARMOR] = "no-apparmor",
	[LINT_RULES] = NULL,
};

const struct lint_rule lint_rules[LINT_RULES] = {
	[LINT_HOST_TREE] = {
		LINT_GRAVE, "rootfs.image", "rootfs.layers",
		"the guest reads the host's own files, keys among them",
		"name a directory made for the sandbox, or image = host",
		lint_host_tree },
	[LINT_OWN_TREE] = {
		LINT_FATAL, "rootfs.image", "rootfs.layers",
		"records and layers of other sandboxes lie there",
		"keep layers outside of sandboxd's own directories",
		lint_own_tree },
	[LINT_ENGINE_SOCKET] = {
		LINT_GRAVE, "rootfs.image", "rootfs.layers",
		"who reaches a container engine's socket is root on the host",
		"remove the socket from the directory",
		lint_engine_socket },
	[LINT_CREDENTIALS] = {
		LINT_WARNING, "rootfs.image", "rootfs.layers",
		"keys lie at the usual places of that directory",
		"remove .ssh, .aws, .gnupg, .kube and the like from it",
		lint_credentials },
	[LINT_FOREIGN_TREE] = {
		LINT_FATAL, "rootfs.image", "rootfs.layers",
		"others may change what the sandbox executes",
		"let it and all above it belong to root or you, writable by "
		"the owner alone",
		lint_foreign_tree },
	[LINT_NO_MEMORY_LIMIT] = {
		LINT_WARNING, "limits.memory", NULL,
		"the guest can use up the host's memory",
		"set limits.memory, as in 512M",
		find_no_memory_limit },
	[LINT_NO_SWAP_LIMIT] = {
		LINT_WARNING, "limits.swap", NULL,
		"the guest can fill the host's swap space",
		"set limits.swap to a size, or to 0",
		find_no_swap_limit },
	[LINT_MANY_PROCESSES] = {
		LINT_WARNING, "limits.pids", NULL,
		"so many processes weigh on the whole machine",
		"set limits.pids to what the program needs",
		find_many_processes },
	[LINT_NO_DISK_LIMIT] = {
		LINT_WARNING, "rootfs.writable", "rootfs.size",
		"the guest can fill the disk that the layer is on",
		"use writable = tmpfs, or a disk of its own for the data "
		"directory",
		find_no_disk_limit },
	[LINT_BEST_EFFORT] = {
		LINT_NOTE, "limits.best_effort", NULL,
		"where a host cannot enforce it, the start goes on without",
		"leave it out, and such a start fails",
		find_best_effort },
	[LINT_CORE_DUMPS] = {
		LINT_NOTE, "limits.core", NULL,
		"a crash leaves what was in memory in a file",
		"set limits.core = 0",
		find_core_dumps },
	[LINT_GLX] = {
		LINT_NOTE, "display.glx", NULL,
		"much more code in the X server for the guest to attack",
		"leave it out unless a program needs OpenGL",
		find_glx },
	[LINT_SECRET_IN_ENV] = {
		LINT_WARNING, "env", NULL,
		"all in the sandbox, inspect and the record can read it",
		"hand a short-lived token to the program when it runs",
		find_secret_in_env },
	[LINT_UNCONFINED] = {
		LINT_GRAVE, "security.seccomp", NULL,
		"every call of the kernel is open to attack",
		"use default, or browser for a program with a sandbox of "
		"its own",
		find_unconfined },
	[LINT_OPEN_USERNS] = {
		LINT_WARNING, "security.userns", NULL,
		"who makes a user namespace has every capability in it",
		"leave it out: browser implies fenced",
		find_open_userns },
	[LINT_NESTED_USERNS] = {
		LINT_NOTE, "security.userns", "security.seccomp",
		"more of the kernel can be reached, for a browser's own walls",
		"use seccomp = default if the program makes no namespaces",
		find_nested_userns },
	[LINT_HOST_DEVICE] = {
		LINT_GRAVE, "security.devices", NULL,
		"through it the guest reaches the host itself",
		"leave it out",
		find_host_device },
	[LINT_DEVICE] = {
		LINT_WARNING, "security.devices", NULL,
		"what its driver does for the guest, no other wall looks at",
		"leave it out unless the program needs it",
		find_device },
	[LINT_LOST_DEVICE] = {
		LINT_WARNING, "security.devices", NULL,
		"as this host is now, a sandbox with it does not start",
		"name a character device that is there, by no link, and that "
		"everybody may open or root makes a node of",
		find_lost_device },
	[LINT_NO_APPARMOR] = {
		LINT_NOTE, "security.apparmor", NULL,
		"a profile that the host has for the program is not applied",
		"leave it out, or set it to generated",
		find_no_apparmor },
};

static const struct harmless {
	const char *key, *why;
} harmless[] = {
	{ "sandbox.name", "a name" },
	{ "sandbox.command", "runs within the walls, whatever it is" },
	{ "sandbox.user", "a name; root and other accounts are refused" },
	{ "sandbox.hostname", "seen inside alone" },
	{ "sandbox.workdir", "a directory inside" },
	{ "sandbox.home", "a directory inside" },
	{ "sandbox.timeout", "ends it; without, others do" },
	{ "sandbox.stop_timeout", "one hour at most" },
	{ "rootfs.owners", "either way nobody inside owns a host's file" },
	{ "rootfs.inodes", "of a tmpfs, counted in limits.memory" },
	{ "display.enabled", "programs inside, users of their own" },
	{ "display.number", "inside alone" },
	{ "display.width", "its memory is limited" },
	{ "display.height", "its memory is limited" },
	{ "display.depth", "its memory is limited" },
	{ "display.dpi", "a number told inside" },
	{ "display.keyboard", "compiled inside" },
	{ "display.window_manager", "a user of its own inside" },
	{ "display.dbus", "a bus inside, the agent's own" },
	{ "display.memory", "part of limits.memory" },
	{ "display.restart", "five times a minute at most" },
	{ "limits.memory_high", "a smaller limit beside the limit" },
	{ "limits.memory_low", "one tebibyte at most, root's to give" },
	{ "limits.cpus", "others get their share by weight" },
	{ "limits.cpu_weight", "a share" },
	{ "limits.cpu_burst", "what was not used before" },
	{ "limits.cpuset", "a smaller choice" },
	{ "limits.io", "a limit more" },
	{ "limits.hugepages", "of a pool that root reserved" },
	{ "limits.shm", "counted in limits.memory" },
	{ "limits.shm_inodes", "counted in limits.memory" },
	{ "limits.tmp", "counted in limits.memory" },
	{ "limits.tmp_inodes", "counted in limits.memory" },
	{ "limits.nofile", "counted in limits.memory" },
	{ "limits.fsize", "a limit more" },
	{ "limits.stack", "counted in limits.memory" },
	{ "limits.memlock", "counted in limits.memory" },
	{ "network.mode", "there is only none" },
	{ "security.accept", "what it accepts is shown" },
	{ "security.require", "asks for more" },
	{ "security.selinux", "the host's policy says what it may" },
};

const char *lint_harmless(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (str_eq(harmless[i].key, key))
			return harmless[i].why;
	return NULL;
}

const char *lint_severity_name(enum lint_severity severity)
{
	static const char *const names[] = {
		[LINT_NOTE] = "note", [LINT_WARNING] = "warning",
		[LINT_GRAVE] = "grave", [LINT_FATAL] = "fatal",
	};

	return names[severity];
}

static bool accepts(const struct profile *p, enum lint rule)
{
	if (lint_rules[rule].severity == LINT_FATAL)
		return false;
	for (char **a = p->security.accept; a && *a; a++)
		if (str_eq(*a, lint_ids[rule]))
			return true;
	return false;
}

/* Of the key that a finding starts with. */
static unsigned int line_of(const struct profile *p, const char *what)
{
	CLEANUP_FREE char *key =
		str_printf("%.*s", (int)strcspn(what, " "), what);

	return profile_line(p, key);
}

void lint_check(const struct profile *p,
		void (*tell)(void *ctx, const struct lint_finding *f),
		void *ctx)
{
	for (int r = 0; r < LINT_RULES; r++) {
		CLEANUP_STRV char **found = NULL;

		lint_rules[r].find(p, &found);
		for (char **what = found; what && *what; what++)
			tell(ctx, &(struct lint_finding){
				     r, *what, line_of(p, *what),
				     accepts(p, r) });
	}
}
