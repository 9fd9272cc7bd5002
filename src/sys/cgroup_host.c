/*
 * Which controller is where. Mounts tell, not guesses by path: a v1 hierarchy
 * names its controllers among the super block options of its mount, the v2
 * tree lists its own in a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup_internal.h"

const char *cgroup_name(enum cgroup_controller c, int version)
{
	static const char *const names[CGROUP_CONTROLLERS] = {
		[CGROUP_MEMORY] = "memory", [CGROUP_CPU] = "cpu",
		[CGROUP_PIDS] = "pids", [CGROUP_CPUSET] = "cpuset",
		[CGROUP_IO] = "io", [CGROUP_HUGETLB] = "hugetlb",
		[CGROUP_DEVICES] = "devices",
	};

	return c == CGROUP_IO && version == 1 ? "blkio" : names[c];
}

/* One cgroup line of mountinfo; the strings point into the line. */
struct cgroup_mount {
	const char *root;  /* what of the hierarchy is mounted */
	char *point;       /* where */
	char *options;     /* of the super block, comma separated */
	int version;
};

struct scan {
	struct cgroup_host *host;
	unsigned int wanted; /* set of controllers */
	int rootfd;
	bool check_magic;
	const char *base; /* take what is beneath it in the v2 tree, or NULL */
};

int cgroup_distinct(const int dir[CGROUP_CONTROLLERS], int tree,
		    int out[CGROUP_HIERARCHIES])
{
	int i, c, n = 0;

	if (tree >= 0)
		out[n++] = tree;
	for (c = 0; c < CGROUP_CONTROLLERS; c++) {
		for (i = 0; i < n && out[i] != dir[c]; i++)
			;
		if (i == n && dir[c] >= 0)
			out[n++] = dir[c];
	}
	return n;
}

bool cgroup_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *p = list;

	while ((p = strstr(p, word))) {
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ' ' || !p[len]))
			return true;
		p += len;
	}
	return false;
}

/* Undoes, in place, the octal escapes of space, tab, newline and backslash in
 * mountinfo (proc_pid_mountinfo(5)). */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		    s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* "36 31 0:33 ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER". Returns
 * whether the line is a cgroup mount. */
static bool parse_mount(char *line, struct cgroup_mount *m)
{
	char *save = NULL, *word, *type;
	int i;

	for (i = 0; i < 6; i++) {
		word = strtok_r(i ? NULL : line, " \n", &save);
		if (!word)
			return false;
		if (i == 3)
			m->root = word;
		if (i == 4)
			m->point = word;
	}
	do {
		word = strtok_r(NULL, " \n", &save);
	} while (word && strcmp(word, "-") != 0);
	if (!word)
		return false;
	type = strtok_r(NULL, " \n", &save);
	if (!type || !strtok_r(NULL, " \n", &save))
		return false;
	m->options = strtok_r(NULL, " \n", &save);
	m->version = str_eq(type, "cgroup2") ? 2 : str_eq(type, "cgroup");
	unescape(m->point);
	return m->version && m->options && m->point[0] == '/';
}

static bool is_cgroup_fs(int fd, int version)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	return fs.f_type == (version == 2 ? CGROUP2_SUPER_MAGIC :
					    CGROUP_SUPER_MAGIC);
}

/* Opens the mount point. -ENOENT when it is covered or out of our reach:
 * mountinfo also lists what lies under a later mount. */
static int open_mount(const struct scan *scan, const struct cgroup_mount *m)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	const char *rel = m->point + strspn(m->point, "/");
	CLEANUP_FD int fd = -1;

	fd = (int)syscall(SYS_openat2, scan->rootfd, *rel ? rel : ".", &how,
			  sizeof(how));
	if (fd < 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	if (scan->check_magic && !is_cgroup_fs(fd, m->version))
		return -ENOENT;
	return take_fd(&fd);
}

/* Is controller `c` looked for, not found yet, and in this list? */
static bool is_new(const struct scan *scan, int c, int version,
		   const char *list)
{
	return scan->wanted & CGROUP_BIT(c) && !scan->host->version[c] &&
	       cgroup_has_word(list, cgroup_name(c, version));
}

static int open_tree_root(const struct scan *scan, const struct cgroup_mount *m)
{
	CLEANUP_FD int fd = -1;
	int root = open_mount(scan, m);

	if (root < 0 || !scan->base)
		return root;
	fd = root;
	return cgroup_open_below(fd, scan->base);
}

static int take_v2(const struct scan *scan, const struct cgroup_mount *m)
{
	struct cgroup_host *host = scan->host;
	char list[1024];
	int c, rc;

	if (host->tree >= 0)
		return 0;
	rc = open_tree_root(scan, m);
	if (rc < 0)
		return rc;
	host->tree = rc;
	rc = fd_read_file_at(host->tree, "cgroup.controllers", list,
			     sizeof(list));
	if (rc < 0)
		return rc;
	for (c = 0; c < CGROUP_CONTROLLERS; c++) {
		if (!is_new(scan, c, 2, list))
			continue;
		host->version[c] = 2;
		host->dir[c] = host->tree;
	}
	return 0;
}

static int take_v1(const struct scan *scan, const struct cgroup_mount *m)
{
	struct cgroup_host *host = scan->host;
	int c, fd = -1;
	char *p;

	if (scan->base)
		return 0;
	for (p = m->options; *p; p++)
		if (*p == ',')
			*p = ' ';
	for (c = 0; c < CGROUP_CONTROLLERS; c++) {
		if (!is_new(scan, c, 1, m->options))
			continue;
		if (fd < 0)
			fd = open_mount(scan, m);
		if (fd < 0)
			return fd;
		host->version[c] = 1;
		host->dir[c] = fd;
	}
	/* It may also share the hierarchy of a controller that was wanted. */
	if (fd >= 0 && cgroup_has_word(m->options, "cpuset"))
		host->v1_cpuset = fd;
	return 0;
}

/* Takes what is still missing from mounts of a whole hierarchy (`whole`) or
 * of a part of one, as a container without a cgroup namespace has them. */
static int scan_mounts(const struct scan *scan, FILE *mountinfo, bool whole)
{
	CLEANUP_FREE char *line = NULL;
	struct cgroup_mount m;
	size_t size = 0;
	int rc;

	rewind(mountinfo);
	while (errno = 0, getline(&line, &size, mountinfo) >= 0) {
		if (!parse_mount(line, &m) || str_eq(m.root, "/") != whole)
			continue;
		rc = m.version == 2 ? take_v2(scan, &m) : take_v1(scan, &m);
		if (rc < 0 && rc != -ENOENT)
			return rc;
	}
	return ferror(mountinfo) ? -(errno ? errno : EIO) : 0;
}

/* "swaps" is a heading and a line for every area; no file, no swap. */
static int look_for_swap(int procfd, bool *swap)
{
	char head[256];
	CLEANUP_FD int fd = openat(procfd, "swaps", O_RDONLY | O_CLOEXEC);
	const char *end;
	ssize_t n;

	*swap = false;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	n = fd_read_all(fd, head, sizeof(head));
	if (n < 0)
		return (int)n;
	end = memchr(head, '\n', (size_t)n);
	*swap = end && end + 1 < head + n;
	return 0;
}

static int look(const struct scan *scan, int procfd)
{
	CLEANUP_FD int fd = -1;
	FILE *mountinfo;
	int rc;

	rc = look_for_swap(procfd, &scan->host->swap);
	if (rc < 0)
		return rc;
	fd = openat(procfd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	mountinfo = fdopen(fd, "r");
	if (!mountinfo)
		return -errno;
	fd = -1;
	rc = scan_mounts(scan, mountinfo, true);
	if (rc == 0)
		rc = scan_mounts(scan, mountinfo, false);
	(void)fclose(mountinfo);
	return rc;
}

static int host_open(struct cgroup_host *host, int procfd,
		     const struct scan *scan)
{
	int c, rc;

	*host = (struct cgroup_host){ .tree = -1, .v1_cpuset = -1 };
	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		host->dir[c] = -1;
	rc = look(scan, procfd);
	if (rc < 0)
		cgroup_host_finish(host);
	return rc;
}

int cgroup_host_open_at(struct cgroup_host *host, unsigned int controllers,
			const char *base, int procfd, int rootfd)
{
	const struct scan scan = { host, controllers, rootfd, false, base };

	return host_open(host, procfd, &scan);
}

int cgroup_host_open(struct cgroup_host *host, unsigned int controllers)
{
	return cgroup_host_open_below(host, controllers, NULL);
}

int cgroup_host_open_below(struct cgroup_host *host, unsigned int controllers,
			   const char *base)
{
	CLEANUP_FD int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	const struct scan scan = { host, controllers, root, true, base };

	/* Closing a descriptor that is not open is harmless; a missing /proc
	 * then fails as it is read. */
	return host_open(host, proc, &scan);
}

void cgroup_host_finish(struct cgroup_host *host)
{
	int fds[CGROUP_HIERARCHIES], c, n;

	n = cgroup_distinct(host->dir, host->tree, fds);
	while (n > 0)
		close(fds[--n]);
	host->tree = host->v1_cpuset = -1;
	for (c = 0; c < CGROUP_CONTROLLERS; c++) {
		host->dir[c] = -1;
		host->version[c] = 0;
	}
}

int cgroup_of_process(pid_t pid, char *path, size_t size)
{
	CLEANUP_FREE char *file = str_printf("/proc/%d/cgroup", pid);
	char text[4096], *line;
	int rc = fd_read_file_at(AT_FDCWD, file, text, sizeof(text));

	if (rc < 0)
		return rc;
	/* "0::/PATH" among the lines of v1 hierarchies. */
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "0::/", 4) == 0)
			break;
	}
	if (!line)
		return -ENOENT;
	line[strcspn(line, "\n")] = '\0';
	rc = snprintf(path, size, "%s", line + 4);
	return rc < 0 || (size_t)rc >= size ? -ENAMETOOLONG : 0;
}
