#include "box/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/rootless.h"
#include "box/walls.h"
#include "conf/device.h"
#include "sys/mount.h"

#define ADD "add device"
#define DEV_SIZE "64K"
#define DEV_INODES "256"
#define NODE_ATTR (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

static int fail(struct err *err, const char *what, const char *object, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, object, rc);
}

/* --- what the profile adds ------------------------------------------------ */

/* What the agent can do with the host's node as it is. */
static bool opens_for_all(int fd, const struct device *d)
{
	struct statvfs fs;

	return device_is_public(d->mode) && fstatvfs(fd, &fs) == 0 &&
	       !(fs.f_flag & ST_NODEV);
}

/* A mount of that node, not attached yet. */
static int copy_node(int node, const char *path, dev_t number, struct err *err)
{
	CLEANUP_FD int copy = mount_copy(node, "", NODE_ATTR);
	struct stat st;

	if (copy < 0)
		return fail(err, ADD, path, copy);
	if (fstat(copy, &st) < 0)
		return fail(err, ADD, path, errno);
	if (!S_ISCHR(st.st_mode) || st.st_rdev != number)
		return fail(err, ADD, path, ENODEV);
	return take_fd(&copy);
}

static int refuse_mode(const char *path, mode_t mode, struct err *err)
{
	(void)err_set(err, EXIT_IMPOSSIBLE, ADD, path, "its mode %04o keeps "
		      "out all but its owner and group, and the agent is "
		      "neither", mode);
	return err_hint(err, "start the sandbox as root, who can make a node "
			"for the agent; or open the host's to everybody, as "
			"with MODE=\"0666\" in a rule of udev");
}

static int open_one(struct box *box, const char *path, struct err *err)
{
	struct box_device *out = &box->device[box->ndevices];
	struct device d;
	CLEANUP_FD int node = device_open(path, &d);
	bool open_to_all;

	if (node < 0) {
		(void)err_set(err, EXIT_USAGE, ADD, path, "%s", d.fault);
		return d.remedy ? err_hint(err, "%s", d.remedy) : -1;
	}
	open_to_all = opens_for_all(node, &d);
	if (!open_to_all && rootless())
		return refuse_mode(path, d.mode, err);
	*out = (struct box_device){ path, d.number, -1 };
	box->ndevices++;
	if (!open_to_all)
		return 0;
	out->mount = copy_node(node, path, d.number, err);
	return out->mount < 0 ? -1 : 0;
}

int devices_open(struct box *box, struct err *err)
{
	for (char **d = box->profile->security.devices; d && *d; d++)
		if (open_one(box, *d, err) < 0)
			return -1;
	return 0;
}

void devices_close(struct box *box)
{
	for (int i = 0; i < box->ndevices; i++)
		fd_close(&box->device[i].mount);
	fd_close(&box->dev);
}

/* --- the control group ---------------------------------------------------- */

static int no_fence(struct box *box, int rc, struct err *err)
{
	const char *why = rc == -ENOTSUP ? "no control group" : strerror(-rc);

	if (rc == -EPERM)
		why = rootless() ? "an ordinary user may set none" :
				   "a group above does not allow it, or "
				   "programs of the kind";
	if (!walls_required(box->profile, WALL_DEVICES)) {
		strv_take(&box->rec.notes,
			  str_printf("no list behind the device nodes: %s",
				     why));
		return 0;
	}
	(void)err_set(err, EXIT_IMPOSSIBLE, "require", "a device list", "%s",
		      why);
	return err_hint(err, "run as root, outside of containers, or take "
			"'devices' out of security.require");
}

static char *number_text(const struct cgroup_device *d)
{
	return d->minor < 0 ? str_printf("%d:*", d->major) :
			      str_printf("%d:%d", d->major, d->minor);
}

int devices_fence(struct box *box, struct err *err)
{
	static const char *const by[] = {
		[CGROUP_DEVICES_BY_V1] = "v1", [CGROUP_DEVICES_BY_BPF] = "bpf",
	};
	struct cgroup_device list[32];
	size_t n = 0;
	int rc;

	for (const struct device_base *b = device_base; b->major; b++)
		list[n++] = (struct cgroup_device){ b->major, b->minor };
	for (int i = 0; i < box->ndevices; i++)
		list[n++] = (struct cgroup_device){
			(int)major(box->device[i].number),
			(int)minor(box->device[i].number),
		};
	rc = cgroup_set_devices(&box->group[GROUP_BOX], list, n);
	if (rc < 0)
		return no_fence(box, rc, err);
	box->rec.security.device_list = str_dup(by[rc]);
	for (size_t i = 0; i < n; i++)
		strv_take(&box->rec.security.devices, number_text(&list[i]));
	return 0;
}

/* --- the guest's /dev ----------------------------------------------------- */

/* Attaches a node's mount at `path` beneath `dev`. */
static int attach(int dev, const char *path, int mountfd)
{
	CLEANUP_FD int target =
		mount_open(dev, path, O_WRONLY | O_CREAT | O_EXCL);

	return target < 0 ? target : mount_attach(mountfd, target);
}

static int bind_base(int dev, const struct device_base *b, struct err *err)
{
	CLEANUP_FD int host = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int node = mount_open(host, b->name, O_PATH);
	CLEANUP_FD int copy = -1;
	int rc;

	if (node < 0)
		return fail(err, "bind device", b->name, node);
	copy = copy_node(node, b->name, makedev((unsigned int)b->major,
						(unsigned int)b->minor), err);
	if (copy < 0)
		return -1;
	rc = attach(dev, b->name, copy);
	return rc < 0 ? fail(err, "bind device", b->name, rc) : 0;
}

/* The directory that a node at `name` beneath /dev is in. */
static int make_above(const struct box *box, const char *name)
{
	const char *slash = strrchr(name, '/');
	uint32_t base = box->rec.id_base;
	CLEANUP_FREE char *above = str_printf(
		"%.*s", slash ? (int)(slash - name) : 0, name);
	CLEANUP_FD int dir = -1;

	if (!slash)
		return 0;
	dir = mount_mkdir(box->dev, above, 0755, base, base);
	return dir < 0 ? dir : 0;
}

/* Root's inside, and the agent's group's. */
static int make_node(const struct box *box, const char *name, dev_t number)
{
	uint32_t base = box->rec.id_base;
	mode_t mask = umask(0);
	int rc = mknodat(box->dev, name, S_IFCHR | 0660, number) < 0 ? -errno
								     : 0;

	umask(mask);
	if (rc == 0 && fchownat(box->dev, name, base, base + UID_AGENT,
				AT_SYMLINK_NOFOLLOW) < 0)
		rc = -errno;
	return rc;
}

int devices_make(struct box *box, struct err *err)
{
	box->dev = mount_tmpfs(DEV_SIZE, DEV_INODES, 0755, box->rec.id_base,
			       NODE_ATTR);
	if (box->dev < 0)
		return fail(err, "mount", "/dev", box->dev);
	for (int i = 0; i < box->ndevices; i++) {
		const struct box_device *d = &box->device[i];
		const char *name = d->path + strlen(DEVICE_DIR);
		int rc = make_above(box, name);

		if (rc == 0 && d->mount < 0)
			rc = make_node(box, name, d->number);
		if (rc < 0)
			return fail(err, ADD, d->path, rc);
	}
	return 0;
}

int devices_fill(const struct box *box, struct err *err)
{
	for (const struct device_base *b = device_base; b->major; b++)
		if (b->name && bind_base(box->dev, b, err) < 0)
			return -1;
	for (int i = 0; i < box->ndevices; i++) {
		const struct box_device *d = &box->device[i];
		int rc = d->mount < 0 ? 0 :
					attach(box->dev,
					       d->path + strlen(DEVICE_DIR),
					       d->mount);

		if (rc < 0)
			return fail(err, ADD, d->path, rc);
	}
	return 0;
}
