#include "landlock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than some headers (landlock(7)). */
#define TRUNCATE (UINT64_C(1) << 14)
#define IOCTL_DEV (UINT64_C(1) << 15)
#define TRUNCATE_ABI 3
#define IOCTL_DEV_ABI 5

#define FIRST (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |   \
	       LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |   \
	       LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	       LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |   \
	       LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	       LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)

#define READ (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	      LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)
/* What can be allowed of something that is no directory. */
#define FILES (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	       WRITE | IOCTL_DEV)
/* Device nodes nobody makes. */
#define CHANGE ((FIRST | WRITE) & ~(uint64_t)(LANDLOCK_ACCESS_FS_MAKE_CHAR | \
					      LANDLOCK_ACCESS_FS_MAKE_BLOCK))

/* At the top of the root. What is not here may be changed, by whom its mode
 * allows it: an image has its own ideas of where data go. */
static const struct {
	const char *name;
	uint64_t rights;
} system_dirs[] = {
	{ "bin", READ },   { "boot", READ },   { "etc", READ },
	{ "lib", READ },   { "lib32", READ },  { "lib64", READ },
	{ "sbin", READ },  { "libx32", READ }, { "usr", READ },
	{ "sys", READ },   { "proc", WRITE },  { "dev", WRITE | IOCTL_DEV },
};

/* Beneath those. */
static const char *const open_dirs[] = { "/dev/shm", "/dev/mqueue" };

struct wall {
	int rules;
	int root;
	uint64_t handled;
};

static int allow(const struct wall *w, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & w->handled, .parent_fd = fd,
	};

	return syscall(SYS_landlock_add_rule, w->rules,
		       LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
}

/* A link leads to something that has a rule, or none. */
static int allow_at(const struct wall *w, int dir, const char *name,
		    uint64_t rights)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	rc = fstat(fd, &st) < 0 ? -errno : 0;
	if (rc == 0 && !S_ISLNK(st.st_mode))
		rc = allow(w, fd, S_ISDIR(st.st_mode) ? rights :
							rights & FILES);
	close(fd);
	return rc;
}

static int allow_entry(const struct wall *w, const char *name)
{
	uint64_t rights = CHANGE;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(system_dirs) / sizeof(*system_dirs); i++)
		if (strcmp(name, system_dirs[i].name) == 0)
			rights = system_dirs[i].rights;
	return allow_at(w, w->root, name, rights);
}

/* The top directory belongs to root inside: nobody who is behind the wall can
 * add to it. */
static int allow_entries(const struct wall *w)
{
	_Alignas(struct dirent) char text[4096];
	int rc = 0;

	for (;;) {
		long len = syscall(SYS_getdents64, w->root, text, sizeof(text));

		if (len <= 0)
			return len < 0 ? -errno : rc;
		for (long at = 0; at < len && rc == 0;) {
			const struct dirent *e = (const void *)(text + at);

			rc = allow_entry(w, e->d_name);
			at += e->d_reclen;
		}
		if (rc < 0)
			return rc;
	}
}

static int add_rules(const struct wall *w)
{
	int rc = allow(w, w->root, READ);

	if (rc == 0)
		rc = allow_entries(w);
	for (size_t i = 0; rc == 0 &&
			   i < sizeof(open_dirs) / sizeof(*open_dirs); i++)
		rc = allow_at(w, w->root, open_dirs[i], CHANGE);
	return rc;
}

int landlock_enter(uint32_t abi)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = FIRST |
				     (abi >= TRUNCATE_ABI ? TRUNCATE : 0) |
				     (abi >= IOCTL_DEV_ABI ? IOCTL_DEV : 0),
	};
	struct wall w = { .handled = attr.handled_access_fs };
	int rc;

	w.rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
			       sizeof(attr.handled_access_fs), 0);
	if (w.rules < 0)
		return -errno;
	w.root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = w.root < 0 ? -errno : add_rules(&w);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, w.rules, 0) < 0)
		rc = -errno;
	close(w.rules);
	if (w.root >= 0)
		close(w.root);
	return rc;
}
