#include "box/masks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/str.h"
#include "sys/mount.h"

/* Kernel knobs and state of the whole machine: visible, not writable. Others
 * also lock acpi and sysrq-trigger, which are hidden here. */
const struct mask masks_proc[] = {
	{ MASK_LOCK, "bus" },
	{ MASK_LOCK, "driver" },
	{ MASK_LOCK, "fs" },
	{ MASK_LOCK, "irq" },
	{ MASK_LOCK, "mtrr" },
	{ MASK_LOCK, "sys" },

	{ MASK_HIDE, "acpi" },
	{ MASK_HIDE, "asound" },
	{ MASK_HIDE, "bus/input" },
	{ MASK_HIDE, "config.gz" },
	{ MASK_HIDE, "interrupts" }, /* when keys are pressed, packets come */
	{ MASK_HIDE, "kallsyms" },
	{ MASK_HIDE, "kcore" },
	{ MASK_HIDE, "key-users" },
	{ MASK_HIDE, "keys" }, /* in no namespace */
	{ MASK_HIDE, "kmsg" },
	{ MASK_HIDE, "kpagecgroup" },
	{ MASK_HIDE, "kpagecount" },
	{ MASK_HIDE, "kpageflags" },
	{ MASK_HIDE, "latency_stats" },
	{ MASK_HIDE, "modules" },
	{ MASK_HIDE, "pagetypeinfo" },
	{ MASK_HIDE, "pressure" }, /* of the whole machine */
	{ MASK_HIDE, "sched_debug" },
	{ MASK_HIDE, "scsi" },
	{ MASK_HIDE, "slabinfo" },
	{ MASK_HIDE, "softirqs" }, /* as interrupts */
	{ MASK_HIDE, "sysrq-trigger" },
	{ MASK_HIDE, "timer_list" },
	{ MASK_HIDE, "timer_stats" },
	{ MASK_HIDE, "vmallocinfo" },
	{ 0 },
};

/* All of it is read-only already. */
const struct mask masks_sys[] = {
	{ MASK_HIDE, "devices/system/cpu/cpu*/thermal_throttle" },
	{ MASK_HIDE, "devices/virtual/powercap" }, /* energy, by program */
	{ MASK_HIDE, "firmware" },
	{ MASK_HIDE, "fs/bpf" },
	{ MASK_HIDE, "fs/cgroup" },
	{ MASK_HIDE, "fs/selinux" },
	{ MASK_HIDE, "kernel/boot_params" }, /* addresses, as vmcoreinfo */
	{ MASK_HIDE, "kernel/debug" },
	{ MASK_HIDE, "kernel/irq" }, /* as /proc/interrupts */
	{ MASK_HIDE, "kernel/notes" },
	{ MASK_HIDE, "kernel/security" },
	{ MASK_HIDE, "kernel/slab" }, /* as /proc/slabinfo */
	{ MASK_HIDE, "kernel/tracing" },
	{ MASK_HIDE, "kernel/vmcoreinfo" },
	{ MASK_HIDE, "module" },
	{ MASK_HIDE, "power" },
	{ 0 },
};

/* In `dir`, each name that is `prefix` and a number. */
static int expand_in(DIR *dir, const char *parent, const char *prefix,
		     const char *rest,
		     int (*each)(void *ctx, const char *path), void *ctx)
{
	size_t len = strlen(prefix);
	const struct dirent *e;

	while (errno = 0, (e = readdir(dir))) {
		const char *number = e->d_name + len;
		CLEANUP_FREE char *path = NULL;
		int rc;

		if (!str_starts(e->d_name, prefix) || !*number ||
		    number[strspn(number, "0123456789")])
			continue;
		path = str_printf("%s/%s%s", parent, e->d_name, rest);
		rc = each(ctx, path);
		if (rc)
			return rc;
	}
	return -errno;
}

int masks_expand(int top, const struct mask *mask,
		 int (*each)(void *ctx, const char *path), void *ctx)
{
	const char *star = strchr(mask->path, '*');
	CLEANUP_FREE char *parent = NULL;
	char *prefix;
	int fd, rc;
	DIR *dir;

	if (!star)
		return each(ctx, mask->path);
	parent = str_printf("%.*s", (int)(star - mask->path), mask->path);
	prefix = strrchr(parent, '/');
	*prefix++ = '\0';
	fd = mount_open(top, parent, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		rc = -errno;
		close(fd);
		return rc;
	}
	rc = expand_in(dir, parent, prefix, star + 1, each, ctx);
	(void)closedir(dir);
	return rc;
}
