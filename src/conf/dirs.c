#include "conf/dirs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "sandboxd/layout.h"

#define OWN "/sandboxd"
#define OPEN_STATE "open state directory"
#define OPEN_DATA "open data directory"

static bool kept;

/* The value of variable `name`, or NULL. Unset and empty are the same. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int store(char path[PATH_MAX], const char *dir, const char *below,
		 const char *what, const char *name, struct err *err)
{
	int n = snprintf(path, PATH_MAX, "%s%s", dir, below);

	/* The monitor works in another directory than its caller. */
	if (dir[0] == '/' && n > 0 && n < PATH_MAX)
		return 0;
	(void)err_set(err, EXIT_USAGE, what, dir, "%s",
		      dir[0] == '/' ? "the path is too long" :
				      "it is not an absolute path");
	return err_hint(err, "set %s to one", name);
}

/* --- state --------------------------------------------------------------- */

/* Why `dir` cannot hold what must outlive no login, or NULL. */
static const char *unfit(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode))
		return "it is not a directory";
	if (st.st_uid != geteuid())
		return "it belongs to another user";
	return st.st_mode & 077 ? "others may enter it" : NULL;
}

#define RUNTIME "XDG_RUNTIME_DIR"

/* Its value; set to where systemd has it when there is none. */
static const char *runtime(void)
{
	char usual[32];

	(void)snprintf(usual, sizeof(usual), "/run/user/%u", geteuid());
	if (!variable(RUNTIME))
		(void)setenv(RUNTIME, usual, 1);
	return variable(RUNTIME);
}

static int runtime_dir(char path[PATH_MAX], struct err *err)
{
	const char *dir = runtime(), *why = unfit(dir);

	if (!why)
		return store(path, dir, OWN, OPEN_STATE, RUNTIME, err);
	(void)err_set(err, EXIT_IMPOSSIBLE, OPEN_STATE, dir, "%s", why);
	return err_hint(err, "a login session has such a directory; or set "
			RUNTIME " to one of yours with mode 0700");
}

const char *dirs_state(struct err *err)
{
	static char path[PATH_MAX];
	const char *given = variable(STATE_DIR_ENV);
	int rc;

	if (kept)
		return path;
	if (!given && geteuid() != 0)
		rc = runtime_dir(path, err);
	else
		rc = store(path, given ? given : STATE_DIR, "", OPEN_STATE,
			   STATE_DIR_ENV, err);
	return rc < 0 ? NULL : path;
}

/* --- data ---------------------------------------------------------------- */

static int data_home(char path[PATH_MAX], struct err *err)
{
	const char *dir = variable("XDG_DATA_HOME");
	const char *home = variable("HOME");

	if (dir)
		return store(path, dir, OWN, OPEN_DATA, "XDG_DATA_HOME", err);
	if (home)
		return store(path, home, "/.local/share" OWN, OPEN_DATA, "HOME",
			     err);
	(void)err_set(err, EXIT_IMPOSSIBLE, "find", "the data directory",
		      "HOME is not set");
	return err_hint(err, "set HOME, XDG_DATA_HOME or %s", DATA_DIR_ENV);
}

const char *dirs_data(struct err *err)
{
	static char path[PATH_MAX];
	const char *given = variable(DATA_DIR_ENV);
	int rc;

	if (kept)
		return path;
	if (!given && geteuid() != 0)
		rc = data_home(path, err);
	else
		rc = store(path, given ? given : DATA_DIR, "", OPEN_DATA,
			   DATA_DIR_ENV, err);
	return rc < 0 ? NULL : path;
}

/* Makes `path` and its parents. What is there already is whatever it is: the
 * caller looks at the last. */
static int make_all(const char *path)
{
	CLEANUP_FREE char *copy = str_dup(path);
	char *end = copy;

	while ((end = strchr(end + 1, '/'))) {
		*end = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -errno;
		*end = '/';
	}
	return mkdir(copy, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int dirs_open_data(struct err *err)
{
	const char *path = dirs_data(err);
	CLEANUP_FD int fd = -1;
	struct stat st = { 0 };
	int rc;

	if (!path)
		return -1;
	rc = make_all(path);
	if (rc == 0) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			  O_CLOEXEC);
		rc = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	}
	if (rc == 0 && (st.st_uid != geteuid() || (st.st_mode & 022)))
		rc = -EPERM;
	if (rc == 0)
		return take_fd(&fd);
	(void)err_set_errno(err, EXIT_FAILED, OPEN_DATA, path, rc);
	return err_hint(err, "the directory must be writable, and owned by the "
			"user who runs sandboxd");
}

int dirs_keep(struct err *err)
{
	if (kept)
		return 0;
	if (!dirs_state(err) || !dirs_data(err))
		return -1;
	(void)runtime(); /* also when the state is elsewhere */
	kept = true;
	return 0;
}
