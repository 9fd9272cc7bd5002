#include "box/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "sys/mount.h"

static const char *const dirs[] = {
	"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin",
};

/* A tree's own links lead where they would lead inside, never out of it. */
static bool is_in(int root, const char *path)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (root < 0)
		return access(path, X_OK) == 0;
	fd = mount_resolve(root, path, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & 01);
}

char *program_path(int root, const char *program)
{
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		CLEANUP_FREE char *path = str_printf("%s/%s", dirs[i], program);

		if (is_in(root, path))
			return take_ptr(&path);
	}
	return NULL;
}

int program_require(int root, const char *program, const char *package,
		    struct err *err)
{
	CLEANUP_FREE char *path = program_path(root, program);

	if (path)
		return 0;
	(void)err_set(err, EXIT_IMPOSSIBLE, "find", program,
		      root < 0 ? "the program is not installed" :
				 "the program is not in the image");
	if (root < 0)
		return err_hint(err, "on Debian and Ubuntu: apt-get install %s",
				package);
	return err_hint(err, "Debian and Ubuntu have it in the package %s",
			package);
}

/* Where the running program lies; empty when that cannot be known. */
static char own_dir[PATH_MAX];

void program_keep(void)
{
	ssize_t n = own_dir[0] ? 0 : readlink("/proc/self/exe", own_dir,
					      sizeof(own_dir) - 1);

	if (n > 0)
		*strrchr(own_dir, '/') = '\0';
}

int program_open(const char *name, struct err *err)
{
	CLEANUP_FREE char *beside = NULL;
	int fd;

	program_keep();
	beside = str_printf("%s/%s", own_dir, name);
	fd = open(beside, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		CLEANUP_FREE char *path = str_printf("%s/%s", LIBEXECDIR, name);

		fd = open(path, O_PATH | O_CLOEXEC);
	}
	if (fd >= 0)
		return fd;
	(void)err_set(err, EXIT_IMPOSSIBLE, "find", name, "%s",
		      strerror(errno));
	return err_hint(err,
			"it belongs beside sandboxd or in %s: run 'make' or "
			"'make install'",
			LIBEXECDIR);
}
