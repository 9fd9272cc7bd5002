#include "conf/record_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/str.h"
#include "conf/dirs.h"
#include "conf/profile.h"

static int cannot_open(const char *path, int errnum, struct err *err)
{
	bool denied = errnum == EACCES || errnum == EPERM || errnum == EROFS;

	err_set_errno(err, denied ? EXIT_IMPOSSIBLE : EXIT_FAILED,
		      "open state directory", path, errnum);
	if (denied)
		err_hint(err, "set %s to a directory that can be written",
			 STATE_DIR_ENV);
	return -1;
}

/* What others could have prepared is not trusted to say which processes to
 * signal and which mounts to undo. */
static int check_owner(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return cannot_open(path, errno, err);
	if (st.st_uid != geteuid())
		return err_set(err, EXIT_FAILED, "open state directory", path,
			       "it belongs to uid %u, not to %u", st.st_uid,
			       geteuid());
	if (st.st_mode & 077) {
		err_set(err, EXIT_FAILED, "open state directory", path,
			"its mode is %04o: others may enter",
			st.st_mode & 07777);
		return err_hint(err, "chmod 0700 %s", path);
	}
	return 0;
}

int record_open_dir(struct err *err)
{
	const char *path = dirs_state(err);
	CLEANUP_FD int fd = -1;

	if (!path)
		return -1;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return cannot_open(path, errno, err);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return cannot_open(path, errno, err);
	if (check_owner(fd, path, err) < 0)
		return -1;
	return take_fd(&fd);
}

static int open_lock(int dirfd)
{
	int fd = openat(dirfd, STATE_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW |
			O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

static int lock_fd(int fd, int how)
{
	while (flock(fd, how) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int record_lock_state(int statefd, struct err *err)
{
	CLEANUP_FD int fd = open_lock(statefd);
	int rc = fd < 0 ? fd : lock_fd(fd, LOCK_EX);

	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "lock",
				     "state directory", rc);
	return take_fd(&fd);
}

int record_try_lock(int dirfd, const char *name, struct err *err)
{
	CLEANUP_FD int fd = open_lock(dirfd);
	int rc = fd < 0 ? fd : lock_fd(fd, LOCK_EX | LOCK_NB);

	*err = (struct err)ERR_INIT;
	if (rc == -EWOULDBLOCK)
		return -1;
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "lock sandbox", name,
				     rc);
	return take_fd(&fd);
}

int record_lock(int statefd, const char *name, struct err *err)
{
	/* Tried by one at a time: nobody is then taken for the monitor, and
	 * no directory is half made or half removed. */
	CLEANUP_FD int state = record_lock_state(statefd, err);
	CLEANUP_FD int dir = -1;

	if (state < 0)
		return -1;
	dir = record_open_name(statefd, name, err);
	return dir < 0 ? -1 : record_try_lock(dir, name, err);
}

int record_open_name(int statefd, const char *name, struct err *err)
{
	int fd = -1;

	errno = ENOENT;
	if (profile_name_ok(name))
		fd = openat(statefd, name, O_RDONLY | O_DIRECTORY |
			    O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	/* STATE_DIR/lock is a file; as a name it is absent, too. */
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(err, EXIT_ABSENT, "find sandbox", name,
			       "there is none of that name");
	return err_set_errno(err, EXIT_FAILED, "open sandbox", name, errno);
}

int record_dir(int statefd, const char *name, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	struct err unused = ERR_INIT;
	const char *near = NULL;
	int fd = record_open_name(statefd, name, err);

	if (fd >= 0 || err->code != EXIT_ABSENT)
		return fd;
	/* Without a list there is no hint, and the error stays the same. */
	if (record_names(statefd, &names, &unused) == 0 && names)
		near = str_nearest(name, (const char *const *)names);
	if (near)
		err_hint(err, "did you mean '%s'?", near);
	return -1;
}

static bool is_dir(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(DIR *dir, char ***names)
{
	struct dirent *e;

	while (errno = 0, (e = readdir(dir)))
		if (profile_name_ok(e->d_name) &&
		    is_dir(dirfd(dir), e->d_name))
			strv_add(names, e->d_name);
	if (*names)
		qsort(*names, strv_len(*names), sizeof(**names), compare);
	return -errno;
}

int record_names(int statefd, char ***names, struct err *err)
{
	CLEANUP_STRV char **found = NULL;
	/* A copy would share its place in the directory with statefd. */
	CLEANUP_FD int fd = openat(statefd, ".", O_RDONLY | O_DIRECTORY |
				   O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int rc;

	if (!dir)
		return err_set_errno(err, EXIT_FAILED, "list",
				     "state directory", errno);
	(void)take_fd(&fd);
	rc = read_names(dir, &found);
	(void)closedir(dir);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "list",
				     "state directory", rc);
	*names = take_ptr(&found);
	return 0;
}

int record_list(int statefd, char ***names, struct err *err)
{
	return record_names(statefd, names, err);
}
