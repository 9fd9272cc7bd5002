#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/str.h"

/* The newest message of a file system context: "e overlay: ..." (fsopen(2)). */
static void read_why(int fsfd, char *why, size_t size)
{
	char line[256];
	ssize_t n;

	if (!why)
		return;
	why[0] = '\0';
	while ((n = read(fsfd, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(why, size, "%s", n > 2 ? line + 2 : line);
	}
}

static int set_options(int fsfd, const struct mount_option *o)
{
	for (; o && o->key; o++) {
		unsigned int cmd = o->value ? FSCONFIG_SET_STRING :
					      FSCONFIG_SET_FLAG;

		if (fsconfig(fsfd, cmd, o->key, o->value, 0) < 0)
			return -errno;
	}
	return 0;
}

static int configure(int fsfd, const char *fstype, const struct mount_option *o)
{
	/* What /proc/mounts shows as the device. */
	const struct mount_option source[] = { { "source", fstype },
					       { NULL, NULL } };
	int rc = set_options(fsfd, source);

	if (rc == 0)
		rc = set_options(fsfd, o);
	if (rc == 0 && fsconfig(fsfd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		rc = -errno;
	return rc;
}

int mount_new(const char *fstype, const struct mount_option *options,
	      uint64_t attr, char *why, size_t size)
{
	CLEANUP_FD int fsfd = fsopen(fstype, FSOPEN_CLOEXEC);
	int rc, fd;

	if (why && size)
		why[0] = '\0';
	if (fsfd < 0)
		return -errno;
	rc = configure(fsfd, fstype, options);
	if (rc == 0) {
		fd = fsmount(fsfd, FSMOUNT_CLOEXEC, (unsigned int)attr);
		if (fd >= 0)
			return fd;
		rc = -errno;
	}
	read_why(fsfd, why, size);
	return rc;
}

int mount_tmpfs(const char *size, const char *inodes, mode_t mode, uid_t owner,
		uint64_t attr)
{
	char id[16], octal[16];

	(void)snprintf(id, sizeof(id), "%u", owner);
	(void)snprintf(octal, sizeof(octal), "%o", mode);
	const struct mount_option o[] = {
		{ "size", size }, { "nr_inodes", inodes }, { "mode", octal },
		{ "uid", id }, { "gid", id }, { NULL, NULL },
	};
	return mount_new("tmpfs", o, attr, NULL, 0);
}

int mount_copy(int dirfd, const char *path, uint64_t attr)
{
	CLEANUP_FD int fd = open_tree(dirfd, path, OPEN_TREE_CLONE |
				      OPEN_TREE_CLOEXEC | AT_RECURSIVE |
				      AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
	int rc;

	if (fd < 0)
		return -errno;
	rc = attr ? mount_set(fd, attr, true) : 0;
	return rc < 0 ? rc : take_fd(&fd);
}

int mount_set(int mountfd, uint64_t attr, bool recursive)
{
	struct mount_attr set = { .attr_set = attr };
	unsigned int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	return mount_setattr(mountfd, "", flags, &set, sizeof(set)) < 0 ?
	       -errno : 0;
}

int mount_attach(int mountfd, int targetfd)
{
	return move_mount(mountfd, "", targetfd, "", MOVE_MOUNT_F_EMPTY_PATH |
			  MOVE_MOUNT_T_EMPTY_PATH) < 0 ? -errno : 0;
}

static int open_beneath(int rootfd, const char *path, int flags,
			uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd;

	do {
		fd = syscall(SYS_openat2, rootfd, path, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN); /* a rename raced the walk */
	return fd < 0 ? -errno : (int)fd;
}

int mount_open(int rootfd, const char *path, int flags)
{
	return open_beneath(rootfd, path, flags, RESOLVE_NO_SYMLINKS);
}

int mount_resolve(int rootfd, const char *path, int flags)
{
	return open_beneath(rootfd, path, flags, 0);
}

static int make_one(int dirfd, const char *name, mode_t mode, uid_t uid,
		    gid_t gid)
{
	if (mkdirat(dirfd, name, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	/* Not left to the umask. */
	if (fchownat(dirfd, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(dirfd, name, mode, 0) < 0)
		return -errno;
	return 0;
}

int mount_mkdir(int rootfd, const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	CLEANUP_FREE char *copy = NULL;
	CLEANUP_FD int dir = mount_open(rootfd, path, O_PATH | O_DIRECTORY);
	char *save = NULL, *name, *next;
	int rc;

	/* Mostly it is a mount point that was prepared. */
	if (dir != -ENOENT)
		return take_fd(&dir);
	dir = mount_open(rootfd, ".", O_PATH | O_DIRECTORY);
	copy = str_dup(path);
	for (name = strtok_r(copy, "/", &save); name && dir >= 0; name = next) {
		int below;

		next = strtok_r(NULL, "/", &save);
		rc = make_one(dir, name, next ? 0755 : mode, uid, gid);
		if (rc < 0)
			return rc;
		below = mount_open(dir, name, O_PATH | O_DIRECTORY);
		close(dir);
		dir = below;
	}
	return take_fd(&dir);
}

/* "36 35 98:0 /root /target flags optional... - type source options", see
 * proc_pid_mountinfo(5). */
static void add_mount(char ***list, char *line)
{
	char *target = NULL, *flags = NULL, *type = strstr(line, " - ");
	char *save = NULL, *word = strtok_r(line, " ", &save);

	for (int i = 0; word && i < 6; i++, word = strtok_r(NULL, " ", &save)) {
		if (i == 4)
			target = word;
		if (i == 5)
			flags = word;
	}
	if (!type || !flags)
		return;
	type += 3;
	strv_take(list, str_printf("%s %.*s %s", target,
				   (int)strcspn(type, " "), type, flags));
}

void mount_read_list(FILE *mountinfo, char ***list)
{
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, mountinfo) > 0)
		add_mount(list, line);
}

int mount_list(pid_t pid, char ***list)
{
	char path[48];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	mount_read_list(f, list);
	(void)fclose(f);
	return 0;
}

int mount_type(int fd, char *type, size_t size)
{
	CLEANUP_FREE char *line = NULL;
	struct statx stx;
	size_t room = 0;
	int rc = -ENOENT;
	FILE *f;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return -errno;
	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return -errno;
	while (rc < 0 && getline(&line, &room, f) > 0) {
		const char *p = strstr(line, " - ");

		if (!p || strtoull(line, NULL, 10) != stx.stx_mnt_id)
			continue;
		p += 3;
		(void)snprintf(type, size, "%.*s", (int)strcspn(p, " "), p);
		rc = 0;
	}
	(void)fclose(f);
	return rc;
}

int mount_make_private(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno
								     : 0;
}

/* pivot_root(2), NOTES: with "." for both, the old root is stacked on top of
 * the new one and needs no directory of its own. */
int mount_pivot(int rootfd)
{
	if (fchdir(rootfd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}
