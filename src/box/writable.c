#include "box/writable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/rootless.h"
#include "conf/dirs.h"
#include "sys/mount.h"

static int fail(struct err *err, const char *what, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, "the writable layer", rc);
}

/* --- memory -------------------------------------------------------------- */

struct amount {
	char text[24];
};

/* tmpfs takes 0 for "no limit". */
static struct amount amount(uint64_t n)
{
	struct amount a;

	(void)snprintf(a.text, sizeof(a.text), "%llu",
		       n == PROFILE_UNLIMITED ? 0ULL : (unsigned long long)n);
	return a;
}

static int make_tmpfs(struct box *box, struct err *err)
{
	struct amount size = amount(box->profile->rootfs.size);
	struct amount inodes = amount(box->profile->rootfs.inodes);
	int fd = mount_tmpfs(size.text, inodes.text, 0755, 0, MOUNT_SAFE);

	return fd < 0 ? fail(err, "mount", fd) : fd;
}

/* --- disk ---------------------------------------------------------------- */

#define LAYERS "layers" /* in the data directory */

static int open_layers(struct err *err)
{
	CLEANUP_FD int data = dirs_open_data(err);
	int fd;

	if (data < 0)
		return -1;
	fd = mount_mkdir(data, LAYERS, 0700, geteuid(), getegid());
	return fd < 0 ? err_set_errno(err, EXIT_FAILED, "open",
				      "the data directory's " LAYERS, fd) : fd;
}

/* overlayfs would refuse without naming anything. */
static int check_type(int dir, struct err *err)
{
	char type[32] = "";

	if (mount_type(dir, type, sizeof(type)) < 0 || !str_eq(type, "overlay"))
		return 0;
	(void)err_set(err, EXIT_IMPOSSIBLE, "use", "rootfs.writable = disk",
		      "the data directory is on overlay, which cannot hold the "
		      "writable layer of another overlay");
	return err_hint(err, "set " DATA_DIR_ENV " to a directory on a disk, "
			"or writable = tmpfs");
}

static int taken(struct box *box, struct err *err)
{
	box->rec.rootfs.on_disk = false;
	(void)fail(err, "make", EEXIST);
	return err_hint(err, "another state directory has a sandbox of this "
			"name: choose another with -n NAME");
}

static int make_on_disk(struct box *box, struct err *err)
{
	CLEANUP_FD int layers = open_layers(err);
	CLEANUP_FD int dir = -1;
	int fd;

	if (layers < 0 || check_type(layers, err) < 0)
		return -1;
	box->rec.rootfs.on_disk = true;
	if (record_write(box->statefd, &box->rec, err) < 0)
		return -1;
	if (mkdirat(layers, box->rec.name, 0700) < 0)
		return errno == EEXIST ? taken(box, err) :
					 fail(err, "make", errno);
	dir = mount_open(layers, box->rec.name, O_PATH | O_DIRECTORY);
	fd = dir < 0 ? dir : mount_copy(dir, "", MOUNT_SAFE);
	return fd < 0 ? fail(err, "open", fd) : fd;
}

/* In a user namespace overlayfs keeps its marks in user.* attributes, which
 * tmpfs has since Linux 6.6. */
static void note_marks(struct box *box)
{
	static const char mark[] = "user.sandboxd";
	struct fd_path upper = fd_path(box->upper);

	if (setxattr(upper.text, mark, "", 0, 0) == 0)
		(void)removexattr(upper.text, mark);
	else if (errno == EOPNOTSUPP)
		strv_add(&box->rec.notes, "a directory of the image that was "
			 "removed cannot be made again: tmpfs of this kernel "
			 "has no user attributes");
}

/* --- either -------------------------------------------------------------- */

int writable_make(struct box *box, struct err *err)
{
	CLEANUP_FD int work = -1;
	uint32_t base = box->rec.id_base;

	box->writable = box->profile->rootfs.writable == WRITABLE_DISK ?
				make_on_disk(box, err) : make_tmpfs(box, err);
	if (box->writable < 0)
		return -1;
	box->upper = mount_mkdir(box->writable, WRITABLE_UPPER, 0755, base,
				 base);
	work = mount_mkdir(box->writable, WRITABLE_WORK, 0700, 0, 0);
	if (box->upper < 0 || work < 0)
		return fail(err, "make", work < 0 ? work : box->upper);
	if (rootless())
		note_marks(box);
	box->rec.rootfs.writable =
		str_printf("/proc/%d/fd/%d", getpid(), box->upper);
	return 0;
}

static int remove_from_disk(void *name, struct err *err)
{
	CLEANUP_FD int layers = open_layers(err);
	int rc = layers < 0 ? 0 : fd_remove_tree_at(layers, name);

	if (layers < 0)
		return -1;
	return rc < 0 ? fail(err, "remove", rc) : 0;
}

int writable_remove(int statefd UNUSED, struct record *rec, struct err *err)
{
	free(rec->rootfs.writable);
	rec->rootfs.writable = NULL;
	if (!rec->rootfs.on_disk)
		return 0;
	/* It holds files of the guest's ids. */
	if (rootless_call(remove_from_disk, rec->name, err) < 0)
		return -1;
	rec->rootfs.on_disk = false;
	return 0;
}
