#include "box/limits_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/str.h"
#include "box/delegate.h"
#include "box/devices.h"
#include "box/rootless.h"
#include "sys/mount.h"

/* Init, its builder, and services on their way to a group of their own. */
#define INIT_PIDS 8

#define BASE_CONTROLLERS                                       \
	(CGROUP_BIT(CGROUP_MEMORY) | CGROUP_BIT(CGROUP_CPU) | \
	 CGROUP_BIT(CGROUP_PIDS) | CGROUP_BIT(CGROUP_DEVICES))

/* Limits of the whole sandbox that are one number each. `none` is what the
 * kernel starts with: it is not asked for that. */
static const struct {
	enum limit limit;
	enum cgroup_number number;
	uint64_t none;
	uint64_t factor; /* from the profile's unit to the kernel's */
} numbers[] = {
	{ LIMIT_MEMORY_HIGH, CGROUP_MEMORY_HIGH, PROFILE_UNLIMITED, 1 },
	{ LIMIT_MEMORY_LOW, CGROUP_MEMORY_LOW, 0, 1 },
	{ LIMIT_CPU_WEIGHT, CGROUP_CPU_WEIGHT, 100, 1 },
	{ LIMIT_CPU_BURST, CGROUP_CPU_BURST, 0, 1000 },
};

/* --- what cannot be ------------------------------------------------------ */

bool limits_may_be_missing(const struct profile *p, enum limit limit)
{
	for (char **v = p->limits.best_effort; v && *v; v++)
		if (str_eq(*v, limit_names[limit]) ||
		    (rootless() && str_eq(*v, limit_names[LIMIT_ROOTLESS])))
			return true;
	return false;
}

int limits_refuse(struct box *box, enum limit limit, struct err *err,
		  const char *cause, ...)
{
	struct record_limit *l = &box->rec.limits[limit];
	CLEANUP_FREE char *object = str_printf("limits.%s", limit_names[limit]);
	char text[256];
	va_list ap;

	va_start(ap, cause);
	(void)vsnprintf(text, sizeof(text), cause, ap);
	va_end(ap);
	if (!limits_may_be_missing(box->profile, limit)) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "set", object, "%s", text);
		return err_hint(err, "change it, or allow the loss with "
				"[limits] best_effort = %s",
				limit_names[limit]);
	}
	/* One limit may be set on several groups; it is missed once. */
	if (l->enforced)
		strv_take(&box->rec.notes, str_printf("%s is not enforced: %s",
						      object, text));
	l->enforced = false;
	return 0;
}

int limits_refuse_rc(struct box *box, enum limit limit, int rc,
		     struct err *err)
{
	if (rc == -ENOTSUP && rootless())
		return limits_rootless_refuse(box, limit, err);
	if (rc == -ENOTSUP)
		return limits_refuse(box, limit, err, "this host has no cgroup "
				     "controller for it");
	if (rc == -ENOENT)
		return limits_refuse(box, limit, err, "the cgroup controller "
				     "of this host has no such limit");
	return limits_refuse(box, limit, err, "%s", strerror(-rc));
}

/* Without a display nothing would ever be in its group. */
static bool has_group(const struct box *box, enum box_group g)
{
	return g != GROUP_DESKTOP || box->profile->display.enabled;
}

/* --- setting ------------------------------------------------------------- */

/* An unlimited value is not asked of the host at all. */
static int set_memory(struct box *box, enum box_group g, uint64_t memory,
		      struct err *err)
{
	struct cgroup *group = &box->group[g];
	uint64_t swap = box->profile->limits.swap;
	int rc;

	if (memory == PROFILE_UNLIMITED)
		return 0;
	rc = cgroup_set_memory(group, memory, swap);
	if (rc == 0)
		return 0;
	if (rc == -ENOTSUP && rootless() &&
	    limits_refuse_rc(box, LIMIT_SWAP, rc, err) < 0)
		return -1;
	/* Which of the two was it? */
	if (swap != PROFILE_UNLIMITED &&
	    cgroup_set_memory(group, memory, CGROUP_UNLIMITED) == 0)
		return limits_refuse_rc(box, LIMIT_SWAP, rc, err);
	return limits_refuse_rc(box, LIMIT_MEMORY, rc, err);
}

static int set_number(struct box *box, enum box_group g, enum limit limit,
		      enum cgroup_number which, uint64_t value, struct err *err)
{
	int rc = cgroup_set_number(&box->group[g], which, value);

	return rc < 0 ? limits_refuse_rc(box, limit, rc, err) : 0;
}

bool limits_pids_in_group(const struct box *box)
{
	return !rootless() || box->group[GROUP_BOX].dir[CGROUP_PIDS] >= 0;
}

static int set_pids(struct box *box, enum box_group g, uint64_t pids,
		    struct err *err)
{
	if (!limits_pids_in_group(box))
		return 0;
	return set_number(box, g, LIMIT_PIDS, CGROUP_TASKS, pids, err);
}

static int set_cpu(struct box *box, struct err *err)
{
	uint64_t cpus = box->profile->limits.cpus;
	int rc;

	if (cpus == PROFILE_UNLIMITED)
		return 0;
	rc = cgroup_set_cpu(&box->group[GROUP_BOX], cpus);
	return rc < 0 ? limits_refuse_rc(box, LIMIT_CPUS, rc, err) : 0;
}

static int set_numbers(struct box *box, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t value = box->rec.limits[numbers[i].limit].requested;

		if (value != numbers[i].none &&
		    set_number(box, GROUP_BOX, numbers[i].limit,
			       numbers[i].number, value * numbers[i].factor,
			       err) < 0)
			return -1;
	}
	return 0;
}

/* What the whole is left, its parent has to be left too, and its children
 * share. */
static int share_low(struct box *box, struct err *err)
{
	const struct record_limit *l = &box->rec.limits[LIMIT_MEMORY_LOW];
	int rc;

	if (l->requested == 0 || !l->enforced)
		return 0;
	if (rootless())
		return limits_refuse(box, LIMIT_MEMORY_LOW, err, "what the "
				     "groups above a user's are left, only "
				     "root can say");
	rc = cgroup_sum_memory_low(&box->host, CGROUP_TOP);
	for (int g = GROUP_BOX + 1; g < GROUPS && rc == 0; g++)
		if (has_group(box, g))
			rc = cgroup_set_number(&box->group[g],
					       CGROUP_MEMORY_LOW, l->requested);
	return rc < 0 ? limits_refuse_rc(box, LIMIT_MEMORY_LOW, rc, err) : 0;
}

void limits_release(const struct record *rec, const struct cgroup_host *host)
{
	if (rec->limits[LIMIT_MEMORY_LOW].requested > 0)
		(void)cgroup_sum_memory_low(host, CGROUP_TOP);
}

static int set_whole(struct box *box, struct err *err)
{
	/* The burst is measured against the quota. */
	if (set_cpu(box, err) < 0 || set_numbers(box, err) < 0 ||
	    limits_device_set(box, err) < 0)
		return -1;
	return set_memory(box, GROUP_BOX, box->profile->limits.memory, err);
}

/* --- groups -------------------------------------------------------------- */

/* Groups have one name on the whole host, records one per state directory, and
 * the kernel has files there (cgroup.procs): what is there already is
 * another's, and must outlive this failure. */
static int taken(struct box *box, const char *path, struct err *err)
{
	box->rec.cgroups = false;
	(void)err_set_errno(err, EXIT_FAILED, "create cgroup", path, EEXIST);
	return err_hint(err, "another state directory has a sandbox of this "
			"name, or the kernel a file: choose another with "
			"-n NAME");
}

int limits_create_failed(const char *path, int rc, struct err *err)
{
	if (rc == -EACCES || rc == -EROFS || rc == -EPERM) {
		(void)err_set_errno(err, EXIT_IMPOSSIBLE, "create cgroup",
				    path, rc);
		return err_hint(err, "the cgroup file system must be writable");
	}
	/* On v2 only the very root may hold processes and grant controllers.
	 */
	if (rc == -EBUSY) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "create cgroup", path,
			      "processes are in the group above, which can "
			      "therefore give it no controllers");
		return err_hint(err, "a container's own root group is such a "
				"one: move what is in it to a group beneath");
	}
	if (rc == -ENOTSUP) {
		(void)err_set(err, EXIT_IMPOSSIBLE, "create cgroup", path,
			      "no cgroup file system is mounted");
		return err_hint(err, "mount cgroup2 on /sys/fs/cgroup");
	}
	return err_set_errno(err, EXIT_FAILED, "create cgroup", path, rc);
}

static int create_group(struct box *box, enum box_group g, struct err *err)
{
	struct box_group_path path = box_group_path(box->rec.name, g);
	int rc = cgroup_create(&box->host, path.text, &box->group[g]);

	if (rc == -EEXIST && g == GROUP_BOX)
		return taken(box, path.text, err);
	if (rc < 0)
		return limits_create_failed(path.text, rc, err);
	box->ntasks[g] = cgroup_open_tasks(&box->group[g], box->tasks[g]);
	if (box->ntasks[g] < 0)
		return err_set_errno(err, EXIT_FAILED, "open cgroup",
				     path.text, box->ntasks[g]);
	return 0;
}

/* What is not asked for is as the kernel starts with. */
void limits_describe(struct record *rec, const struct profile *p)
{
	for (int l = 0; l < LIMITS; l++) {
		struct record_limit *out = &rec->limits[l];

		*out = (struct record_limit){
			.effective = PROFILE_UNLIMITED, .enforced = true,
		};
		if (limit_is_text(l))
			out->requested_text = profile_limit_text(p, l);
		else
			out->requested = profile_limit(p, l);
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		rec->limits[numbers[i].limit].effective = numbers[i].none;
}

unsigned int limits_controllers(const struct record *rec)
{
	static const struct {
		enum limit limit;
		enum cgroup_controller controller;
	} extra[] = {
		{ LIMIT_CPUSET, CGROUP_CPUSET },
		{ LIMIT_IO, CGROUP_IO },
		{ LIMIT_HUGEPAGES, CGROUP_HUGETLB },
	};
	unsigned int set = BASE_CONTROLLERS;

	for (size_t i = 0; i < ARRAY_LEN(extra); i++)
		if (rec->limits[extra[i].limit].requested_text)
			set |= CGROUP_BIT(extra[i].controller);
	return set;
}

int limits_create(struct box *box, struct err *err)
{
	int rc;

	if (limits_process_allow(box, err) < 0)
		return -1;
	if (!box->rec.cgroups)
		return limits_rootless(box, err) < 0 ? -1 :
						devices_fence(box, err);
	rc = delegate_host(&box->rec, limits_controllers(&box->rec),
			   &box->host);
	if (rc < 0) {
		(void)err_set_errno(err, EXIT_IMPOSSIBLE, "find", "cgroups",
				    rc);
		return err_hint(err, "mount cgroup2 on /sys/fs/cgroup");
	}
	/* Children are born with the CPUs that their parent has by then. */
	if (create_group(box, GROUP_BOX, err) < 0 ||
	    set_whole(box, err) < 0 || devices_fence(box, err) < 0)
		return -1;
	for (int g = GROUP_BOX + 1; g < GROUPS; g++)
		if (has_group(box, g) && create_group(box, g, err) < 0)
			return -1;
	return 0;
}

/* --- reading back -------------------------------------------------------- */

/* What was set must read back, or the sandbox would lie. The kernel counts in
 * multiples of `unit`. */
static int confirm(struct box *box, enum limit limit, uint64_t effective,
		   uint64_t unit, struct err *err)
{
	struct record_limit *l = &box->rec.limits[limit];
	uint64_t off = effective > l->requested ? effective - l->requested :
						  l->requested - effective;

	l->effective = effective;
	if (off < unit || l->requested == PROFILE_UNLIMITED || !l->enforced)
		return 0;
	return limits_refuse(box, limit, err,
			     "the kernel reports %llu in force instead of %llu",
			     (unsigned long long)effective,
			     (unsigned long long)l->requested);
}

static int read_memory(struct box *box, struct err *err)
{
	uint64_t memory = PROFILE_UNLIMITED, swap = PROFILE_UNLIMITED;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int rc = cgroup_get_memory(&box->group[GROUP_BOX], &memory, &swap);

	if (rc < 0 && rc != -ENOTSUP)
		return limits_refuse_rc(box, LIMIT_MEMORY, rc, err);
	if (confirm(box, LIMIT_MEMORY, memory, page, err) < 0)
		return -1;
	box->rec.limits[LIMIT_SWAP].effective = swap;
	/* Without a memory limit there is nothing to swap out of. */
	if (box->profile->limits.memory == PROFILE_UNLIMITED)
		return 0;
	return confirm(box, LIMIT_SWAP, swap, page, err);
}

static int read_cpu(struct box *box, struct err *err)
{
	uint64_t cpus = PROFILE_UNLIMITED;
	int rc = 0;

	if (box->profile->limits.cpus != PROFILE_UNLIMITED)
		rc = cgroup_get_cpu(&box->group[GROUP_BOX], &cpus);
	if (rc < 0 && rc != -ENOTSUP)
		return limits_refuse_rc(box, LIMIT_CPUS, rc, err);
	return confirm(box, LIMIT_CPUS, cpus, 1, err);
}

static int read_number(struct box *box, enum box_group g, enum limit limit,
		       enum cgroup_number which, uint64_t factor,
		       struct err *err)
{
	uint64_t unit = which == CGROUP_MEMORY_HIGH ||
			which == CGROUP_MEMORY_LOW ?
			(uint64_t)sysconf(_SC_PAGESIZE) : 1;
	uint64_t value;
	int rc;

	if (!box->rec.limits[limit].enforced)
		return 0;
	if (limit == LIMIT_PIDS && !limits_pids_in_group(box)) {
		box->rec.limits[limit].effective = box->profile->limits.pids;
		return 0;
	}
	rc = cgroup_get_number(&box->group[g], which, &value);
	if (rc < 0)
		return limits_refuse_rc(box, limit, rc, err);
	if (value != PROFILE_UNLIMITED)
		value /= factor;
	return confirm(box, limit, value, unit, err);
}

static int read_back(struct box *box, struct err *err)
{
	if (read_memory(box, err) < 0 || read_cpu(box, err) < 0 ||
	    read_number(box, GROUP_PAYLOAD, LIMIT_PIDS, CGROUP_TASKS, 1,
			err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		enum limit l = numbers[i].limit;

		if (box->rec.limits[l].requested != numbers[i].none &&
		    read_number(box, GROUP_BOX, l, numbers[i].number,
				numbers[i].factor, err) < 0)
			return -1;
	}
	return limits_device_read(box, err);
}

/* --- children ------------------------------------------------------------ */

/* Of a limit on the whole sandbox's memory, the payload's. */
static uint64_t payload_part(const struct profile *p, uint64_t memory)
{
	if (memory == PROFILE_UNLIMITED || !p->display.enabled)
		return memory;
	return memory - p->display.memory;
}

static int set_payload(struct box *box, struct err *err)
{
	const struct profile *p = box->profile;
	uint64_t high = payload_part(p, p->limits.memory_high);

	if (set_pids(box, GROUP_PAYLOAD, p->limits.pids, err) < 0 ||
	    set_memory(box, GROUP_PAYLOAD, payload_part(p, p->limits.memory),
		       err) < 0)
		return -1;
	if (high == PROFILE_UNLIMITED)
		return 0;
	return set_number(box, GROUP_PAYLOAD, LIMIT_MEMORY_HIGH,
			  CGROUP_MEMORY_HIGH, high, err);
}

int limits_children(struct box *box, struct err *err)
{
	uint32_t init_uid = box->rec.id_base + UID_INIT;
	int rc;

	if (!box->rec.cgroups)
		return 0;
	rc = cgroup_enable_children(&box->group[GROUP_BOX]);
	for (int g = 0; g < GROUPS && rc == 0; g++)
		if (has_group(box, g))
			rc = cgroup_allow_moves(&box->group[g], init_uid);
	/* Without a v2 tree all moves go through the v1 tasks files. */
	if (rc < 0 && rc != -ENOTSUP)
		return err_set_errno(
			err, EXIT_FAILED, "enable controllers of cgroup",
			box_group_path(box->rec.name, GROUP_BOX).text, rc);
	if (set_pids(box, GROUP_INIT, INIT_PIDS, err) < 0 ||
	    (has_group(box, GROUP_DESKTOP) &&
	     set_pids(box, GROUP_DESKTOP, DESKTOP_PIDS, err) < 0) ||
	    set_payload(box, err) < 0 || share_low(box, err) < 0)
		return -1;
	rc = cgroup_set_group_kill(&box->group[GROUP_PAYLOAD]);
	if (rc < 0 && rc != -ENOTSUP)
		return err_set_errno(err, EXIT_FAILED, "set",
				     "memory.oom.group", rc);
	box->group_kill_here = rc == 0;
	return read_back(box, err);
}

/* --- mounts -------------------------------------------------------------- */

static int read_mount(struct box *box, int root, const char *path,
		      enum limit bytes, enum limit inodes, struct err *err)
{
	CLEANUP_FD int dir = mount_open(root, path, O_PATH | O_DIRECTORY);
	struct statfs fs;

	if (dir < 0 || fstatfs(dir, &fs) < 0)
		return err_set_errno(err, EXIT_FAILED, "read back the size of",
				     path, dir < 0 ? dir : errno);
	if (confirm(box, bytes, fs.f_blocks * (uint64_t)fs.f_bsize,
		    (uint64_t)fs.f_bsize, err) < 0)
		return -1;
	return confirm(box, inodes, fs.f_files, 1, err);
}

int limits_mounts(struct box *box, struct err *err)
{
	CLEANUP_FREE char *path = str_printf("/proc/%d/root",
					     box->rec.init.pid);
	CLEANUP_FD int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_set_errno(err, EXIT_FAILED, "open the root of",
				     box->rec.name, errno);
	if (read_mount(box, root, "/tmp", LIMIT_TMP, LIMIT_TMP_INODES,
		       err) < 0)
		return -1;
	return read_mount(box, root, "/dev/shm", LIMIT_SHM, LIMIT_SHM_INODES,
			  err);
}

/* --- the end ------------------------------------------------------------- */

void limits_count(struct box *box)
{
	struct cgroup_usage used = { 0 };
	uint64_t refusals = 0;

	(void)cgroup_get_usage(&box->group[GROUP_BOX], &used);
	(void)cgroup_fork_refusals(&box->group[GROUP_PAYLOAD], &refusals);
	box->rec.memory_peak = used.memory_peak;
	box->rec.cpu_usec = used.cpu_usec;
	box->rec.fork_refusals = refusals;
}
