#include "box/limits_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/parse.h"
#include "base/str.h"
#include "sys/blockdev.h"

/* Not asked for, or found out of reach as it was set. */
static bool is_off(const struct box *box, enum limit limit)
{
	const struct record_limit *l = &box->rec.limits[limit];

	return !l->requested_text || !l->enforced;
}

static void add_effective(struct box *box, enum limit limit, char *text)
{
	char **to = &box->rec.limits[limit].effective_text;
	char *before = *to;

	*to = before ? str_printf("%s, %s", before, text) : str_dup(text);
	free(before);
	free(text);
}

/* --- CPUs ---------------------------------------------------------------- */

static int set_cpuset(struct box *box, struct err *err)
{
	struct cgroup *group = &box->group[GROUP_BOX];
	CLEANUP_FREE char *have = NULL;
	struct cpulist want, all;
	int rc, missing;

	if (is_off(box, LIMIT_CPUSET))
		return 0;
	rc = cpulist_parse(box->profile->limits.cpuset, &want);
	if (rc == 0)
		rc = cgroup_get_cpus(group, &all);
	if (rc < 0)
		return limits_refuse_rc(box, LIMIT_CPUSET, rc, err);
	have = cpulist_text(&all);
	missing = cpulist_missing(&want, &all);
	if (missing >= 0)
		return limits_refuse(box, LIMIT_CPUSET, err,
				     "there is no CPU %d here: there are %s",
				     missing, have);
	rc = cgroup_set_cpus(group, &want);
	return rc < 0 ? limits_refuse_rc(box, LIMIT_CPUSET, rc, err) : 0;
}

static int read_cpuset(struct box *box, struct err *err)
{
	struct record_limit *l = &box->rec.limits[LIMIT_CPUSET];
	struct cpulist now;
	int rc;

	if (is_off(box, LIMIT_CPUSET))
		return 0;
	rc = cgroup_get_cpus(&box->group[GROUP_BOX], &now);
	if (rc < 0)
		return limits_refuse_rc(box, LIMIT_CPUSET, rc, err);
	add_effective(box, LIMIT_CPUSET, cpulist_text(&now));
	if (str_eq(l->effective_text, l->requested_text))
		return 0;
	return limits_refuse(box, LIMIT_CPUSET, err,
			     "the kernel reports %s in force instead of %s",
			     l->effective_text, l->requested_text);
}

/* --- disks --------------------------------------------------------------- */

static int no_disk(struct box *box, const char *device, int rc,
		   struct err *err)
{
	if (rc == -ENOTBLK)
		return limits_refuse(box, LIMIT_IO, err,
				     "'%s' is not on one disk alone: name the "
				     "disk itself", device);
	if (rc == -ENODEV)
		return limits_refuse(box, LIMIT_IO, err,
				     "there is no disk '%s'", device);
	return limits_refuse(box, LIMIT_IO, err, "'%s': %s", device,
			     strerror(-rc));
}

static bool limits_writes(const struct iolimit *limit)
{
	return limit->max[IOLIMIT_WBPS] != IOLIMIT_NONE ||
	       limit->max[IOLIMIT_WIOPS] != IOLIMIT_NONE;
}

/* What the kernel has for the disk now, as text; NULL when nothing. */
static int disk_now(struct box *box, dev_t disk, struct iolimit *now,
		    char **text)
{
	int rc = cgroup_get_io(&box->group[GROUP_BOX], disk, now->max);

	*text = NULL;
	if (rc < 0)
		return rc;
	for (int k = 0; k < IOLIMIT_KINDS && !*text; k++)
		if (now->max[k] != IOLIMIT_NONE) {
			now->device = str_printf("%u:%u", major(disk),
						 minor(disk));
			*text = iolimit_text(now);
		}
	return 0;
}

/* One disk: set, and at once read back, as only its number is kept. */
static int set_disk(struct box *box, const struct iolimit *limit,
		    struct err *err)
{
	CLEANUP(iolimit_finish) struct iolimit now = { 0 };
	struct cgroup *group = &box->group[GROUP_BOX];
	char *text = NULL;
	dev_t disk;
	int rc = blockdev_find(limit->device, &disk);

	if (rc < 0)
		return no_disk(box, limit->device, rc, err);
	rc = disk_now(box, disk, &now, &text);
	if (rc < 0)
		return limits_refuse_rc(box, LIMIT_IO, rc, err);
	if (text) {
		free(text);
		return err_set(err, EXIT_USAGE, "set", "limits.io",
			       "'%s' is disk %s, which has a limit already",
			       limit->device, now.device);
	}
	rc = cgroup_set_io(group, disk, limit->max);
	if (rc == 0)
		rc = disk_now(box, disk, &now, &text);
	if (rc < 0)
		return limits_refuse_rc(box, LIMIT_IO, rc, err);
	if (text)
		add_effective(box, LIMIT_IO, text);
	if (memcmp(now.max, limit->max, sizeof(now.max)) != 0)
		return limits_refuse(box, LIMIT_IO, err,
				     "the kernel does not report what was set "
				     "for '%s'", limit->device);
	if (limits_writes(limit) && !cgroup_io_holds_writes(group))
		return limits_refuse(box, LIMIT_IO, err,
				     "without cgroup version 2 for memory and "
				     "I/O only writes that wait for the disk "
				     "are held back");
	return 0;
}

static int set_io(struct box *box, struct err *err)
{
	int rc = 0;

	if (is_off(box, LIMIT_IO))
		return 0;
	for (char **e = box->profile->limits.io; *e && rc == 0; e++) {
		CLEANUP(iolimit_finish) struct iolimit limit = { 0 };

		rc = iolimit_parse(*e, &limit);
		rc = rc < 0 ? limits_refuse_rc(box, LIMIT_IO, rc, err) :
			      set_disk(box, &limit, err);
	}
	return rc;
}

/* --- huge pages ---------------------------------------------------------- */

static int set_page_size(struct box *box, const struct parse_hugepages *huge,
			 struct err *err)
{
	int rc = cgroup_set_hugepages(&box->group[GROUP_BOX], huge->page,
				      huge->bytes);
	CLEANUP_FREE char *page = parse_size_text(huge->page);

	if (rc == -ENOENT)
		return limits_refuse(box, LIMIT_HUGEPAGES, err,
				     "this machine has no huge pages of %s",
				     page);
	return rc < 0 ? limits_refuse_rc(box, LIMIT_HUGEPAGES, rc, err) : 0;
}

static int set_hugepages(struct box *box, struct err *err)
{
	struct parse_hugepages huge;
	int rc = 0;

	if (is_off(box, LIMIT_HUGEPAGES))
		return 0;
	for (char **e = box->profile->limits.hugepages; *e && rc == 0; e++) {
		rc = parse_hugepages(*e, &huge);
		rc = rc < 0 ? limits_refuse_rc(box, LIMIT_HUGEPAGES, rc, err) :
			      set_page_size(box, &huge, err);
	}
	return rc;
}

static int read_page_size(struct box *box, const char *entry, struct err *err)
{
	struct parse_hugepages huge = { 0 };
	CLEANUP_FREE char *page = NULL;
	CLEANUP_FREE char *now = NULL;
	uint64_t bytes = 0;
	int rc;

	rc = parse_hugepages(entry, &huge);
	if (rc == 0)
		rc = cgroup_get_hugepages(&box->group[GROUP_BOX], huge.page,
					  &bytes);
	if (rc < 0)
		return limits_refuse_rc(box, LIMIT_HUGEPAGES, rc, err);
	page = parse_size_text(huge.page);
	now = parse_size_text(bytes);
	add_effective(box, LIMIT_HUGEPAGES, str_printf("%s=%s", page, now));
	if (bytes <= huge.bytes && huge.bytes - bytes < huge.page)
		return 0;
	return limits_refuse(box, LIMIT_HUGEPAGES, err,
			     "the kernel reports %s in force instead of %s",
			     now, entry);
}

static int read_hugepages(struct box *box, struct err *err)
{
	int rc = 0;

	if (is_off(box, LIMIT_HUGEPAGES))
		return 0;
	for (char **e = box->profile->limits.hugepages; *e && rc == 0; e++)
		rc = read_page_size(box, *e, err);
	return rc;
}

/* ------------------------------------------------------------------------- */

int limits_device_set(struct box *box, struct err *err)
{
	if (set_cpuset(box, err) < 0 || set_io(box, err) < 0)
		return -1;
	return set_hugepages(box, err);
}

int limits_device_read(struct box *box, struct err *err)
{
	return read_cpuset(box, err) < 0 ? -1 : read_hugepages(box, err);
}
