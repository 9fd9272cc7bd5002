#include "box/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"

static const char *const dirs[] = {
	"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin",
};

int program_require(const char *program, const char *package, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		CLEANUP_FREE char *path = str_printf("%s/%s", dirs[i], program);

		if (access(path, X_OK) == 0)
			return 0;
	}
	(void)err_set(err, EXIT_IMPOSSIBLE, "find", program,
		      "the program is not installed");
	return err_hint(err, "on Debian and Ubuntu: apt-get install %s",
			package);
}

int program_open(const char *name, struct err *err)
{
	char self[PATH_MAX], *slash;
	CLEANUP_FREE char *beside = NULL;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int fd = -1;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		beside = str_printf("%.*s/%s", (int)(slash - self), self, name);
		fd = open(beside, O_PATH | O_CLOEXEC);
	}
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
