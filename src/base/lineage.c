#include "base/lineage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

static bool same(struct dir_id a, struct dir_id b)
{
	return a.dev == b.dev && a.ino == b.ino;
}

static void add(struct lineage *l, struct dir_id id)
{
	l->ids = mem_realloc(l->ids, (l->n + 1) * sizeof(*l->ids));
	l->ids[l->n++] = id;
}

int lineage_read(struct lineage *l, int dirfd, lineage_look *look, void *ctx)
{
	CLEANUP_FD int fd = openat(dirfd, ".", O_PATH | O_DIRECTORY |
				   O_CLOEXEC);
	struct stat st;

	while (fd >= 0 && fstat(fd, &st) == 0) {
		struct dir_id id = { st.st_dev, st.st_ino };
		int above, rc;

		if (l->n && same(l->ids[l->n - 1], id))
			return 0; /* ".." of the root is the root */
		rc = look ? look(ctx, fd, &st, l->n > 0) : 0;
		if (rc)
			return rc;
		add(l, id);
		above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = above;
	}
	return -errno;
}

void lineage_finish(struct lineage *l)
{
	free(l->ids);
	*l = (struct lineage){ 0 };
}

bool lineage_has(const struct lineage *l, struct dir_id id)
{
	for (size_t i = 0; i < l->n; i++)
		if (same(l->ids[i], id))
			return true;
	return false;
}

bool lineage_is_foreign(const struct stat *st)
{
	return st->st_uid != 0 && st->st_uid != geteuid();
}

bool lineage_is_open(const struct stat *st, bool above)
{
	return (st->st_mode & 0022) && !(above && (st->st_mode & S_ISVTX));
}

/* --- mounts --------------------------------------------------------------- */

/* A line of mountinfo. */
struct seen_mount {
	unsigned long long id;
	char device[32]; /* "MAJOR:MINOR" */
	char *root;      /* what of the file system is mounted */
	char *target;    /* where */
};

/* Blanks and backslashes stand as three octal digits. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++) {
		unsigned int c;

		if (*p == '\\' && sscanf(p + 1, "%3o", &c) == 1) {
			*to++ = (char)c;
			p += 3;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
}

/* The strings point into `line`. */
static bool split(char *line, struct seen_mount *m)
{
	char *save = NULL;
	char *word[5];

	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		word[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!word[i])
			return false;
	}
	m->id = strtoull(word[0], NULL, 10);
	(void)snprintf(m->device, sizeof(m->device), "%s", word[2]);
	m->root = word[3];
	m->target = word[4];
	unescape(m->root);
	unescape(m->target);
	return true;
}

/* What of `path` lies below `dir`, with its slash; NULL: it does not. */
static const char *below(const char *path, const char *dir)
{
	size_t len = str_eq(dir, "/") ? 0 : strlen(dir);

	if (strncmp(path, dir, len) != 0)
		return NULL;
	return path[len] == '/' || !path[len] ? path + len : NULL;
}

static int look_at(int fd, struct statx *stx)
{
	return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID,
		     stx) < 0 ? -errno : 0;
}

static bool same_object(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor && a->stx_ino == b->stx_ino;
}

/* A directory within its file system. */
struct inner {
	char *device;
	char *path;      /* from the file system's root */
	size_t root_len; /* of what of it is mounted where the directory is */
};

static void inner_finish(struct inner *in)
{
	free(in->device);
	free(in->path);
}

static int find_own(FILE *mounts, const struct statx *dir, const char *path,
		    struct inner *in)
{
	CLEANUP_FREE char *line = NULL;
	struct seen_mount m;
	size_t size = 0;

	while (getline(&line, &size, mounts) > 0) {
		const char *rest;

		if (!split(line, &m) || m.id != dir->stx_mnt_id)
			continue;
		rest = below(path, m.target);
		if (!rest || str_eq(m.root, "/"))
			return -ENOENT;
		in->device = str_dup(m.device);
		in->path = str_printf("%s%s", m.root, rest);
		in->root_len = strlen(m.root);
		return 0;
	}
	return -ENOENT;
}

/* Tries each mount of `device`; whether it leads to the same directory is asked
 * and not believed: others may be mounted over it. */
static int find_widest(FILE *mounts, const struct statx *dir,
		       const struct inner *in)
{
	CLEANUP_FREE char *line = NULL;
	CLEANUP_FD int found = -1;
	size_t size = 0, shortest = in->root_len;
	struct seen_mount m;

	while (getline(&line, &size, mounts) > 0) {
		CLEANUP_FREE char *path = NULL;
		CLEANUP_FD int fd = -1;
		const char *rest;
		struct statx stx;

		if (!split(line, &m) || !str_eq(m.device, in->device))
			continue;
		rest = below(in->path, m.root);
		if (!rest || strlen(m.root) >= shortest)
			continue;
		path = str_printf("%s%s", str_eq(m.target, "/") ? "" : m.target,
				  rest);
		fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || look_at(fd, &stx) < 0 || !same_object(&stx, dir))
			continue;
		fd_close(&found);
		found = take_fd(&fd);
		shortest = strlen(m.root);
	}
	return found < 0 ? -ENOENT : take_fd(&found);
}

int lineage_widest_mount(int dirfd)
{
	CLEANUP(inner_finish) struct inner in = { 0 };
	char path[PATH_MAX];
	struct statx dir = { 0 };
	ssize_t len = readlink(fd_path(dirfd).text, path, sizeof(path) - 1);
	int rc = len < 0 ? -errno : look_at(dirfd, &dir);
	FILE *mounts;

	if (rc < 0)
		return rc;
	path[len] = '\0';
	mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return -errno;
	rc = find_own(mounts, &dir, path, &in);
	if (rc == 0) {
		rewind(mounts);
		rc = find_widest(mounts, &dir, &in);
	}
	(void)fclose(mounts);
	return rc;
}
