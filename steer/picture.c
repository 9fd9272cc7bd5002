#include "steer/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "steer/encode.h"

#define SAME_SECOND_MAX 99

/* --- files --------------------------------------------------------------- */

static int refuse_terminal(int fd, const char *name, struct err *err)
{
	if (!isatty(fd))
		return 0;
	err_set(err, EXIT_USAGE, "write", name, "it is a terminal");
	return err_hint(err, "send it to a file: -o FILE");
}

/* A device, a pipe: what a rename would destroy. */
static int save_special(struct picture *p, const char *path,
			struct err *err)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set_errno(err, EXIT_FAILED, "open", path, errno);
	if (refuse_terminal(fd, path, err) < 0)
		return -1;
	return encode_png(p->pixels, fd, path, &p->bytes, err);
}

static int write_temp(struct picture *p, const char *temp,
		      const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 0666);

	if (fd < 0)
		return err_set_errno(err, EXIT_FAILED, "create a file beside",
				     path, errno);
	if (encode_png(p->pixels, fd, path, &p->bytes, err) < 0)
		return -1;
	/* Some file systems find out only now that there is no space. */
	if (close(take_fd(&fd)) < 0)
		return err_set_errno(err, EXIT_FAILED, "write", path, errno);
	return 0;
}

/* Beside the target, because rename(2) works within one file system. */
static char *temp_name(const char *path)
{
	CLEANUP_FREE char *copy = str_dup(path);

	return str_printf("%s/.steer-%d.png", dirname(copy), getpid());
}

static int save_file(struct picture *p, const char *path,
		     unsigned int flags, struct err *err)
{
	CLEANUP_FREE char *temp = temp_name(path);

	/* Left by a process of our number that died half way. */
	(void)unlink(temp);
	if (write_temp(p, temp, path, err) == 0) {
		if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, flags) == 0)
			return 0;
		err_set_errno(err, EXIT_FAILED, "write", path, errno);
	}
	(void)unlink(temp);
	return -1;
}

static int save_named(struct picture *p, const char *path,
		      struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return err_set_errno(err, EXIT_FAILED, "write", path,
					     EISDIR);
		if (!S_ISREG(st.st_mode))
			return save_special(p, path, err);
	}
	return save_file(p, path, 0, err);
}

/* Two pictures of one second are two files. */
static int save_new(struct picture *p, struct err *err)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) ||
	    !strftime(stamp, sizeof(stamp), "steer-%Y%m%d-%H%M%S", &tm))
		return err_set(err, EXIT_FAILED, "name the picture", NULL,
			       "the clock is wrong");
	for (int i = 1; i <= SAME_SECOND_MAX; i++) {
		CLEANUP_FREE char *path = i == 1 ?
			str_printf("%s.png", stamp) :
			str_printf("%s-%d.png", stamp, i);

		if (access(path, F_OK) == 0)
			continue;
		if (save_file(p, path, RENAME_NOREPLACE, err) == 0) {
			p->path = take_ptr(&path);
			return 0;
		}
		if (access(path, F_OK) != 0)
			return -1;
	}
	return err_set(err, EXIT_FAILED, "name the picture", stamp,
		       "too many of this second");
}

int picture_save(struct picture *p, const char *path, struct err *err)
{
	p->path = NULL;
	if (!path)
		return save_new(p, err);
	if (str_eq(path, "-")) {
		if (refuse_terminal(1, "-", err) < 0)
			return -1;
		return encode_png(p->pixels, 1, "-", &p->bytes, err);
	}
	if (save_named(p, path, err) < 0)
		return -1;
	p->path = str_dup(path);
	return 0;
}
