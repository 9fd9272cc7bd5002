#include "box/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/masks.h"
#include "box/rootfs.h"
#include "sys/mount.h"
#include "sys/ns.h"

/* The stage, reopened in this mount namespace: descriptors that came along
 * from the builder still show the builder's mounts. */
struct place {
	int stage, root;
	int fence; /* fence.h */
};

static int fail(struct err *err, const char *what, const char *object, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, object, rc);
}

/* A locked mount can be neither pivoted to nor unmounted; a copy of the whole
 * tree is a mount of our own whose submounts stay locked. */
static int open_place(struct place *p, struct err *err)
{
	CLEANUP_FD int locked = -1;
	int rc;

	p->stage = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->stage < 0)
		return fail(err, "open", "the stage", errno);
	locked = mount_open(p->stage, "new", O_PATH | O_DIRECTORY);
	p->root = locked < 0 ? locked : mount_copy(locked, "", 0);
	rc = p->root < 0 ? p->root : mount_attach(p->root, locked);
	return rc < 0 ? fail(err, "bind", "the new root", rc) : 0;
}

/* A new file system at `path`. Returns its descriptor. */
static int mount_at(const struct place *p, const char *path, const char *fstype,
		    const struct mount_option *options, uint64_t attr,
		    struct err *err)
{
	CLEANUP_FD int fd = -1, target = -1;
	char why[256];
	int rc;

	fd = mount_new(fstype, options, attr, why, sizeof(why));
	target = mount_open(p->root, path, O_PATH | O_DIRECTORY);
	rc = fd < 0 ? fd : target < 0 ? target : mount_attach(fd, target);
	if (rc < 0) {
		if (rc != -EPERM)
			return fail(err, "mount", path, rc);
		(void)err_set_errno(err, EXIT_IMPOSSIBLE, "mount", path, rc);
		return err_hint(err, "the kernel gives a fresh %s only where "
				"the launcher sees a whole one: run outside of "
				"containers that mask it", fstype);
	}
	return take_fd(&fd);
}

/* Something of our own on top of `name` beneath the mount `fd`. */
static int cover(int fd, const char *name, int source)
{
	CLEANUP_FD int target = mount_open(fd, name, O_PATH);

	return target < 0 ? target : mount_attach(source, target);
}

static int lock_one(int fd, const char *name)
{
	CLEANUP_FD int target = mount_open(fd, name, O_PATH);
	CLEANUP_FD int copy = -1;

	if (target < 0)
		return target == -ENOENT ? 0 : target;
	copy = mount_copy(target, "", MOUNT_DATA | MOUNT_ATTR_RDONLY);
	return copy < 0 ? copy : cover(fd, name, copy);
}

/* A masked file is an empty file without permissions, read-only; never
 * /dev/null, which would stay writable. */
static int mask_one(int mask, int fd, const char *name)
{
	CLEANUP_FD int target = mount_open(fd, name, O_PATH);
	CLEANUP_FD int copy = -1;
	struct stat st;

	if (target < 0)
		return target == -ENOENT ? 0 : target;
	if (fstat(target, &st) < 0)
		return -errno;
	/* Copies are as the mask is: read-only, and nothing runs there. */
	copy = mount_copy(mask, S_ISDIR(st.st_mode) ? "dir" : "file", 0);
	return copy < 0 ? copy : mount_attach(copy, target);
}

struct masking {
	int top;  /* the file system whose parts are masked */
	int mask; /* what is put over them */
	enum mask_kind kind;
	struct err *err;
};

static int mask_path(void *ctx, const char *path)
{
	const struct masking *m = ctx;
	bool hide = m->kind == MASK_HIDE;
	int rc = hide ? mask_one(m->mask, m->top, path) :
			lock_one(m->top, path);

	return rc < 0 ? fail(m->err, hide ? "mask" : "lock", path, rc) : 0;
}

static int mask_all(const struct place *p, int top, const struct mask *masks,
		    struct err *err)
{
	CLEANUP_FD int mask =
		mount_open(p->stage, "mask", O_PATH | O_DIRECTORY);
	struct masking m = { top, mask, MASK_LOCK, err };

	if (mask < 0)
		return fail(err, "open", "the mask", mask);
	for (; masks->path; masks++) {
		int rc;

		m.kind = masks->kind;
		rc = masks_expand(top, masks, mask_path, &m);
		if (rc < 0 && !err->code)
			(void)fail(err, "mask", masks->path, rc);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Opens what fence_set() writes while that is possible. */
static int mount_proc(struct place *p, struct err *err)
{
	CLEANUP_FD int fd = mount_at(p, "proc", "proc", NULL, MOUNT_DATA, err);

	if (fd < 0)
		return -1;
	p->fence = fence_open(fd);
	if (p->fence < 0)
		return fail(err, "open", "the limits of namespaces", p->fence);
	return mask_all(p, fd, masks_proc, err);
}

static int mount_sys(const struct place *p, struct err *err)
{
	CLEANUP_FD int fd = mount_at(p, "sys", "sysfs", NULL,
				     MOUNT_DATA | MOUNT_ATTR_RDONLY, err);

	if (fd < 0)
		return -1;
	return mask_all(p, fd, masks_sys, err);
}

static int mount_dev(const struct place *p, struct err *err)
{
	static const struct mount_option pts[] = {
		{ "newinstance", NULL }, { "ptmxmode", "0666" },
		{ "mode", "0620" }, { "gid", "5" }, { "max", "64" },
		{ NULL, NULL },
	};
	CLEANUP_FD int ptsfd = mount_at(p, "dev/pts", "devpts", pts,
					MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
					err);
	CLEANUP_FD int mqueue = -1;

	if (ptsfd < 0)
		return -1;
	mqueue = mount_at(p, "dev/mqueue", "mqueue", NULL, MOUNT_DATA, err);
	return mqueue < 0 ? -1 : 0;
}

int guest_enter(const char *hostname, const struct fence *fence,
		struct err *err)
{
	struct place p = { -1, -1, -1 };
	int rc = ns_loopback_up();

	if (rc < 0)
		return fail(err, "bring up", "lo", rc);
	if (sethostname(hostname, strlen(hostname)) < 0)
		return fail(err, "set host name", hostname, errno);
	if (open_place(&p, err) < 0 || mount_proc(&p, err) < 0 ||
	    mount_sys(&p, err) < 0 || mount_dev(&p, err) < 0)
		return -1;
	rc = mount_pivot(p.root);
	if (rc < 0)
		return fail(err, "change", "the root", rc);
	/* A mount that is not attached yet is in a namespace of its own, which
	 * counts. */
	rc = fence_set(p.fence, fence);
	if (rc < 0)
		return fail(err, "limit", "the namespaces inside", rc);
	rc = fence_halve(p.fence);
	return rc < 0 ? fail(err, "limit", "inotify inside", rc) : 0;
}
