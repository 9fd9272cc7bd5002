#include "box/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/desktop.h"
#include "box/devices.h"
#include "box/keymap.h"
#include "box/layers.h"
#include "box/program.h"
#include "box/rootless.h"
#include "box/writable.h"
#include "sandboxd/keymap.h"
#include "sys/mount.h"

/* Skeleton and mount points; made and dropped with the sandbox. */
#define STAGE_SIZE "32M"
#define RUN_BYTES (16u << 20)
#define RUN_INODES (64u << 10)
#define SMALL_INODES "4096"

/* In the stage: the writable layer, and what overlayfs wants of it. */
#define STAGE_WRITABLE "writable"
#define STAGE_UPPER STAGE_WRITABLE "/" WRITABLE_UPPER
#define STAGE_WORK STAGE_WRITABLE "/" WRITABLE_WORK

static const struct dev_link {
	const char *name, *target;
} dev_links[] = {
	{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

/* What the functions below share. */
struct tree {
	const struct box *box;
	uint32_t base; /* outside id of inside 0 */
	int root;      /* of the guest */
};

static int fail(struct err *err, const char *what, const char *object, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, object, rc);
}

/* Attaches `mountfd` (taken) at `path` beneath `root`; the directory is made.
 */
static int attach(int root, const char *path, int mountfd, uid_t owner,
		  struct err *err)
{
	CLEANUP_FD int taken = mountfd;
	CLEANUP_FD int target = mount_mkdir(root, path, 0755, owner, owner);
	int rc = target < 0 ? target : mount_attach(taken, target);

	return rc < 0 ? fail(err, "mount", path, rc) : 0;
}

/* A tmpfs of the guest's own at `path`. */
static int attach_tmpfs(const struct tree *t, const char *path, uint64_t bytes,
			uint64_t inodes, mode_t mode, uint64_t attr,
			struct err *err)
{
	char size[32], count[32];
	int fd;

	/* Neither is ever 0, which tmpfs takes for "no limit". */
	(void)snprintf(size, sizeof(size), "%ju", (uintmax_t)bytes);
	(void)snprintf(count, sizeof(count), "%ju", (uintmax_t)inodes);
	fd = mount_tmpfs(size, count, mode, t->base, attr);
	if (fd < 0)
		return fail(err, "mount", path, fd);
	return attach(t->root, path, fd, t->base, err);
}

/* The skeleton is ours alone until the guest runs, so paths in it are taken
 * as they are; what is made belongs to inside 0 (make_skeleton()). */
static int write_file(int skel, const struct view_entry *e)
{
	CLEANUP_FD int fd = openat(skel, e->path + 1, O_WRONLY | O_CREAT |
				   O_EXCL | O_NOFOLLOW | O_CLOEXEC, e->mode);

	return fd < 0 ? -errno : fd_write_all(fd, e->text, e->len);
}

static int make_entry(int skel, const struct view_entry *e)
{
	int rc = 0;

	switch (e->kind) {
	case VIEW_LINK:
		rc = symlinkat(e->text, skel, e->path + 1);
		break;
	case VIEW_FILE:
		return write_file(skel, e);
	case VIEW_DIR:
	case VIEW_BIND: /* the place where it goes */
		rc = mkdirat(skel, e->path + 1, e->mode);
		break;
	}
	return rc < 0 ? -errno : 0;
}

/* The directory that `path` (absolute) is in. */
static int make_parent(int skel, const char *path, uint32_t owner)
{
	CLEANUP_FREE char *parent = str_dup(path);
	CLEANUP_FD int fd = -1;

	*strrchr(parent, '/') = '\0';
	fd = mount_mkdir(skel, parent, 0755, owner, owner);
	return fd < 0 ? fd : 0;
}

static int place_entry(int skel, const struct view_entry *e, uint32_t base)
{
	int rc = make_entry(skel, e);

	if (rc == -ENOENT) {
		rc = make_parent(skel, e->path, base);
		if (rc == 0)
			rc = make_entry(skel, e);
	}
	/* An entry may be on the way to one that stands before it. */
	return rc == -EEXIST && e->kind != VIEW_FILE ? 0 : rc;
}

/* Inside 0 makes it all (setfsuid(2)): no entry has to be given away, but for
 * the few that are another's. */
static int make_skeleton(int skel, const struct view *view, uint32_t base,
			 struct err *err)
{
	const struct view_entry *e = view->entries, *end = e + view->count;
	mode_t mask = umask(0);
	int rc = 0;

	if (fchownat(skel, "", base, base, AT_EMPTY_PATH) < 0)
		return fail(err, "make", "the root directory", errno);
	(void)setfsgid(base);
	(void)setfsuid(base);
	for (; e < end && rc == 0; e++)
		rc = place_entry(skel, e, base);
	(void)setfsuid(0);
	(void)setfsgid(0);
	umask(mask);
	if (rc < 0)
		return fail(err, "make", e[-1].path, rc);
	for (e = view->entries; e < end; e++)
		if (e->uid && fchownat(skel, e->path + 1, base + e->uid,
				       base + e->uid, AT_SYMLINK_NOFOLLOW) < 0)
			return fail(err, "give away", e->path, errno);
	return 0;
}

/* Relative paths: the working directory is the stage. */
static int mount_overlay(const char *lowerdir, struct err *err)
{
	/* Features that trust what a layer says about itself stay off. */
	const struct mount_option o[] = {
		{ "lowerdir", lowerdir }, { "upperdir", STAGE_UPPER },
		{ "workdir", STAGE_WORK }, { "index", "off" },
		{ "metacopy", "off" }, { "redirect_dir", "nofollow" },
		{ "volatile", NULL }, /* what is written outlives nothing */
		/* Root's own attributes are out of reach for others. */
		{ rootless() ? "userxattr" : NULL, NULL }, { NULL, NULL },
	};
	char why[256];
	int fd = mount_new("overlay", o, MOUNT_SAFE, why, sizeof(why));

	if (fd < 0) {
		(void)fail(err, "mount", "the overlay", fd);
		if (why[0])
			(void)err_hint(err, "the kernel says: %s", why);
		return -1;
	}
	return fd;
}

/* Everything hangs off one tmpfs that only this mount namespace sees. */
static int open_stage(struct err *err)
{
	CLEANUP_FD int fd =
		mount_tmpfs(STAGE_SIZE, SMALL_INODES, 0755, 0, MOUNT_SAFE);
	CLEANUP_FD int dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int target = -1;
	int rc;

	if (fd < 0)
		return fail(err, "mount", "the staging directory", fd);
	if (dir < 0)
		return fail(err, "open", "the state directory", errno);
	target = mount_mkdir(dir, STATE_ROOT, 0700, 0, 0);
	rc = target < 0 ? target : mount_attach(fd, target);
	if (rc < 0)
		return fail(err, "mount", STATE_ROOT, rc);
	return take_fd(&fd);
}

static int build_root(struct tree *t, int stage, const struct view *view,
		      struct err *err)
{
	CLEANUP_FD int skel =
		mount_mkdir(stage, "skel", 0755, t->base, t->base);
	CLEANUP_BUF struct buf lowerdir = { 0 };
	int fd;

	if (skel < 0)
		return fail(err, "make", "the skeleton", skel);
	buf_printf(&lowerdir, "skel");
	if (make_skeleton(skel, view, t->base, err) < 0 ||
	    layers_attach(t->box, stage, &lowerdir, err) < 0 ||
	    attach(stage, STAGE_WRITABLE, dup(t->box->writable), 0, err) < 0)
		return -1;
	fd = mount_overlay(lowerdir.data, err);
	if (fd < 0 || attach(stage, "new", fd, 0, err) < 0)
		return -1;
	t->root = mount_open(stage, "new", O_PATH | O_DIRECTORY);
	return t->root < 0 ? fail(err, "open", "the new root", t->root) : 0;
}

static int bind_host(const struct tree *t, const struct view *view,
		     struct err *err)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct view_entry *e = &view->entries[i];
		int fd;

		if (e->kind != VIEW_BIND)
			continue;
		fd = mount_copy(AT_FDCWD, e->path, MOUNT_LOCKED);
		if (fd < 0)
			return fail(err, "bind", e->path, fd);
		if (attach(t->root, e->path, fd, t->base, err) < 0)
			return -1;
	}
	return 0;
}

/* A mount of one file (taken) over a file that is there. */
static int cover(int root, const char *path, int mountfd, struct err *err)
{
	CLEANUP_FD int taken = mountfd;
	CLEANUP_FD int target = mount_open(root, path, O_PATH);
	int rc = taken < 0 ? taken : target < 0 ? target :
					     mount_attach(taken, target);

	return rc < 0 ? fail(err, "bind", path, rc) : 0;
}

/* Our own compiler of keymaps in front of the host's (sandboxd/keymap.h). */
static int bind_compiler(const struct tree *t, struct err *err)
{
	CLEANUP_FD int ours = -1;

	if (!keymap_used(t->box->profile))
		return 0;
	ours = program_open("sandbox-xkbcomp", err);
	if (ours < 0 ||
	    cover(t->root, KEYMAP_REAL,
		  mount_copy(AT_FDCWD, KEYMAP_COMPILER, MOUNT_LOCKED),
		  err) < 0)
		return -1;
	return cover(t->root, KEYMAP_COMPILER,
		     mount_copy(ours, "", MOUNT_LOCKED), err);
}

static int fill_dev(const struct tree *t, int dev, struct err *err)
{
	static const char *const dirs[] = { "pts", "shm", "mqueue" };

	for (size_t i = 0; i < ARRAY_LEN(dev_links); i++)
		if (symlinkat(dev_links[i].target, dev, dev_links[i].name) < 0)
			return fail(err, "make", dev_links[i].name, errno);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		CLEANUP_FD int fd = mount_mkdir(dev, dirs[i], 0755, t->base,
						t->base);

		if (fd < 0)
			return fail(err, "make", dirs[i], fd);
	}
	return devices_fill(t->box, err);
}

static int build_dev(const struct tree *t, struct err *err)
{
	CLEANUP_FD int target =
		mount_mkdir(t->root, "/dev", 0755, t->base, t->base);
	int dev = t->box->dev;
	int rc = target < 0 ? target : mount_attach(dev, target);

	if (rc < 0)
		return fail(err, "mount", "/dev", rc);
	if (fill_dev(t, dev, err) < 0)
		return -1;
	rc = mount_set(dev, MOUNT_ATTR_RDONLY, false);
	return rc < 0 ? fail(err, "lock", "/dev", rc) : 0;
}

static int build_tmpfs(const struct tree *t, struct err *err)
{
	const struct profile *p = t->box->profile;

	if (attach_tmpfs(t, "/dev/shm", p->limits.shm, p->limits.shm_inodes,
			 01777, MOUNT_DATA, err) < 0 ||
	    attach_tmpfs(t, "/tmp", p->limits.tmp, p->limits.tmp_inodes, 01777,
			 MOUNT_SAFE, err) < 0)
		return -1;
	return attach_tmpfs(t, "/run", RUN_BYTES, RUN_INODES, 0755, MOUNT_SAFE,
			    err);
}

static int make_run_dir(const struct tree *t, const char *path, uint32_t uid,
			mode_t mode, struct err *err)
{
	CLEANUP_FD int fd = mount_mkdir(t->root, path, mode, t->base + uid,
					t->base + uid);

	return fd < 0 ? fail(err, "make", path, fd) : 0;
}

static int write_xauthority(const struct tree *t, struct err *err)
{
	unsigned char auth[64];
	size_t len = desktop_xauthority(t->box->profile, t->box->cookie, auth);
	CLEANUP_FD int fd = mount_open(t->root, DESKTOP_AUTH, O_WRONLY |
				       O_CREAT | O_EXCL | O_NOFOLLOW);
	int rc = fd < 0 ? fd : fd_write_all(fd, auth, len);

	if (rc == 0 && (fchown(fd, t->base, t->base) < 0 ||
			fchmod(fd, 0444) < 0))
		rc = -errno;
	return rc < 0 ? fail(err, "write", DESKTOP_AUTH, rc) : 0;
}

/* Only init's id may change the directory of the guest's X socket: nobody
 * inside can put another server in its place. */
static int build_desktop(const struct tree *t, struct err *err)
{
	CLEANUP_FD int x11 = -1;

	if (make_run_dir(t, "/run/desktop", UID_INIT, 0755, err) < 0 ||
	    make_run_dir(t, DESKTOP_WM_HOME, UID_WM, 0700, err) < 0 ||
	    write_xauthority(t, err) < 0)
		return -1;
	x11 = mount_mkdir(t->root, DESKTOP_X11_DIR, 0755, t->base, t->base);
	if (x11 < 0)
		return fail(err, "make", DESKTOP_X11_DIR, x11);
	return desktop_bind_guest(t->box, x11, err);
}

/* The agent's XDG_RUNTIME_DIR. */
static int build_user(const struct tree *t, struct err *err)
{
	uint32_t agent = t->base + UID_AGENT;
	CLEANUP_FD int fd = -1;
	char path[32];

	if (make_run_dir(t, "/run/user", UID_INIT, 0755, err) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "/run/user/%u", UID_AGENT);
	fd = mount_mkdir(t->root, path, 0700, agent, agent);
	if (fd < 0)
		return fail(err, "make", path, fd);
	return t->box->bus < 0 ? 0 : desktop_bind_bus(t->box, fd, err);
}

static int build_run(const struct tree *t, struct err *err)
{
	if (build_user(t, err) < 0 ||
	    make_run_dir(t, "/run/lock", UID_INIT, 01777, err) < 0)
		return -1;
	return t->box->profile->display.enabled ? build_desktop(t, err) : 0;
}

/* What guest.c lays over masked files and directories. */
static int build_mask(int stage, struct err *err)
{
	CLEANUP_FD int fd = mount_tmpfs("4K", "8", 0755, 0, MOUNT_DATA);
	CLEANUP_FD int file = -1, dir = -1;
	int rc;

	if (fd < 0)
		return fail(err, "mount", "the mask", fd);
	dir = mount_mkdir(fd, "dir", 0, 0, 0);
	file = openat(fd, "file", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (dir < 0 || file < 0)
		return fail(err, "make", "the mask", dir < 0 ? dir : errno);
	/* A mount with a file open for writing does not turn read-only. */
	close(take_fd(&file));
	rc = mount_set(fd, MOUNT_ATTR_RDONLY, false);
	return rc < 0 ? fail(err, "lock", "the mask", rc) :
			attach(stage, "mask", take_fd(&fd), 0, err);
}

int rootfs_build(const struct box *box, const struct view *view,
		 struct err *err)
{
	struct tree t = { .box = box, .base = box->rec.id_base, .root = -1 };
	CLEANUP_FD int stage = open_stage(err);
	int rc;

	if (stage < 0 || layers_check(box, view, err) < 0)
		return -1;
	if (fchdir(stage) < 0)
		return fail(err, "enter", "the stage", errno);
	if (build_mask(stage, err) < 0 ||
	    build_root(&t, stage, view, err) < 0)
		return -1;
	rc = desktop_check_root(box->profile, t.root, err);
	if (rc == 0)
		rc = bind_host(&t, view, err);
	if (rc == 0)
		rc = bind_compiler(&t, err);
	if (rc == 0)
		rc = build_dev(&t, err);
	if (rc == 0)
		rc = build_tmpfs(&t, err);
	if (rc == 0)
		rc = build_run(&t, err);
	close(t.root);
	return rc;
}
