#include "box/writable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/parse.h"
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

/* Locked until it is closed. */
static int open_layers(struct err *err)
{
	CLEANUP_FD int data = dirs_open_data(err);
	CLEANUP_FD int fd = -1;

	if (data < 0)
		return -1;
	if (mkdirat(data, LAYERS, 0700) == 0 || errno == EEXIST)
		fd = openat(data, LAYERS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			    O_CLOEXEC);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			fd_close(&fd);
	return fd < 0 ? err_set_errno(err, EXIT_FAILED, "open",
				      "the data directory's " LAYERS, errno)
		      : take_fd(&fd);
}

/* overlayfs would refuse without naming anything. */
int writable_check_disk(int dir, struct err *err)
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

/* Each says whose it is: records are gone after a restart of the host, layers
 * are not. Whoever looks at that or changes it holds LAYERS locked. */
#define OWNER "monitor" /* in the layer: "PID START PID-NAMESPACE" */

enum owner {
	OWNER_NONE, /* it does not say */
	OWNER_DEAD,
	OWNER_OTHER, /* alive, or of processes that cannot be seen here */
	OWNER_SELF,
};

static uint64_t pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) < 0 ? 0 : st.st_ino;
}

static enum owner find_owner(int layers, const char *name,
			     const struct record_process *self)
{
	CLEANUP_FREE char *path = str_printf("%s/" OWNER, name);
	CLEANUP_STRV char **words = NULL;
	struct record_process p;
	uint64_t n[3];
	char text[80];

	if (fd_read_file_at(layers, path, text, sizeof(text)) < 0)
		return OWNER_NONE;
	words = strv_split(text, ' ');
	if (strv_len(words) != ARRAY_LEN(n))
		return OWNER_NONE;
	for (size_t i = 0; i < ARRAY_LEN(n); i++)
		if (parse_number(words[i], &n[i]) < 0)
			return OWNER_NONE;
	p = (struct record_process){ .pid = (pid_t)n[0], .start = n[1] };
	if (n[2] != pid_namespace())
		return OWNER_OTHER;
	if (self && p.pid == self->pid && p.start == self->start)
		return OWNER_SELF;
	return record_process_alive(&p) ? OWNER_OTHER : OWNER_DEAD;
}

static int write_owner(int dir, const struct record_process *p)
{
	CLEANUP_FREE char *text =
		str_printf("%d %ju %ju", p->pid, (uintmax_t)p->start,
			   (uintmax_t)pid_namespace());

	return fd_replace_at(dir, OWNER, text, strlen(text), 0600);
}

/* The directory, which nobody may have made before; what a monitor left that
 * is no more goes. 0 or negative errno. */
static int make_dir(int layers, const struct record *rec)
{
	int rc;

	if (mkdirat(layers, rec->name, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (find_owner(layers, rec->name, NULL) != OWNER_DEAD)
		return -EEXIST;
	rc = fd_remove_tree_at(layers, rec->name);
	if (rc < 0)
		return rc;
	return mkdirat(layers, rec->name, 0700) < 0 ? -errno : 0;
}

static int open_new(int layers, const struct record *rec)
{
	CLEANUP_FD int dir = -1;
	int rc = make_dir(layers, rec);

	if (rc < 0)
		return rc;
	dir = openat(layers, rec->name,
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	rc = dir < 0 ? -errno : write_owner(dir, &rec->monitor);
	return rc < 0 ? rc : take_fd(&dir);
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

	if (layers < 0 || writable_check_disk(layers, err) < 0)
		return -1;
	box->rec.rootfs.on_disk = true;
	if (record_write(box->statefd, &box->rec, err) < 0)
		return -1;
	dir = open_new(layers, &box->rec);
	if (dir == -EEXIST)
		return taken(box, err);
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

static int remove_from_disk(void *record, struct err *err)
{
	const struct record *rec = record;
	CLEANUP_FD int layers = open_layers(err);
	int rc = 0;

	if (layers < 0)
		return -1;
	if (find_owner(layers, rec->name, &rec->monitor) != OWNER_OTHER)
		rc = fd_remove_tree_at(layers, rec->name);
	return rc < 0 ? fail(err, "remove", rc) : 0;
}

int writable_remove(int statefd UNUSED, struct record *rec, struct err *err)
{
	free(rec->rootfs.writable);
	rec->rootfs.writable = NULL;
	if (!rec->rootfs.on_disk)
		return 0;
	/* It holds files of the guest's ids. */
	if (rootless_call(remove_from_disk, rec, err) < 0)
		return -1;
	rec->rootfs.on_disk = false;
	return 0;
}

int writable_sweep(struct err *err)
{
	CLEANUP_FD int data = dirs_open_data(err);
	CLEANUP_FD int layers = data < 0 ? -1 : openat(
		data, LAYERS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_STRV char **names = NULL;
	int swept = 0;

	if (layers < 0)
		return data < 0 ? -1 : 0;
	if (record_list(layers, &names, err) < 0)
		return -1;
	for (char **n = names; n && *n; n++) {
		struct record rec = { 0 };

		if (find_owner(layers, *n, NULL) != OWNER_DEAD)
			continue;
		(void)snprintf(rec.name, sizeof(rec.name), "%s", *n);
		if (rootless_call(remove_from_disk, &rec, err) < 0)
			return -1;
		swept++;
	}
	return swept;
}
