#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/lineage.h"
#include "base/str.h"
#include "conf/dirs.h"
#include "conf/lint_internal.h"

/* A directory that is handed in, as it was found: whatever led there. */
struct tree {
	const char *key, *path;
	int fd;
	struct lineage line;
	struct lineage wide; /* in the widest mount; empty if that is this */
};

static void tree_finish(struct tree *t)
{
	if (t->fd >= 0)
		close(t->fd);
	lineage_finish(&t->line);
	lineage_finish(&t->wide);
}

/* -1: it cannot be looked at, which the start will say. */
static int tree_open(struct tree *t)
{
	CLEANUP_FD int wide = -1;

	t->fd = open(t->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0 || lineage_read(&t->line, t->fd, NULL, NULL) < 0)
		return -1;
	wide = lineage_widest_mount(t->fd);
	if (wide >= 0)
		(void)lineage_read(&t->wide, wide, NULL, NULL);
	return 0;
}

static bool lies_in(const struct tree *t, struct dir_id id)
{
	return lineage_has(&t->line, id) || lineage_has(&t->wide, id);
}

/* `why` goes behind its path. */
static void object(const struct tree *t, const char *why, char ***found)
{
	strv_take(found, str_printf("%s = %s%s", t->key, t->path, why));
}

/* Calls `judge` for the image, if it is a directory, and for every layer. */
static void each_tree(const struct profile *p, char ***found,
		      void (*judge)(const struct tree *t, char ***found))
{
	CLEANUP_STRV char **paths = strv_copy(p->rootfs.layers);
	size_t layers = strv_len(paths);

	if (!profile_image_is_host(p))
		strv_add(&paths, p->rootfs.image);
	for (size_t i = 0; paths && paths[i]; i++) {
		CLEANUP(tree_finish) struct tree t = {
			.key = i < layers ? "rootfs.layers" : "rootfs.image",
			.path = paths[i],
		};

		if (tree_open(&t) == 0)
			judge(&t, found);
	}
}

/* --- the host's own ------------------------------------------------------- */

/* Which of the host's directories hold what is not for a guest. Programs are
 * not among them: image = host shows those as they are. */
static const struct host_dir {
	const char *path;
	bool beneath; /* with all that is in it, */
	const char *except; /* but for this */
} host_dirs[] = {
	{ "/", false, NULL },
	{ "/boot", true, NULL },
	{ "/dev", true, "/dev/shm" },
	{ "/etc", true, NULL },
	{ "/home", false, NULL },
	{ "/media", false, NULL },
	{ "/mnt", false, NULL },
	{ "/proc", true, NULL },
	{ "/root", false, NULL },
	{ "/run", true, NULL },
	{ "/sys", true, NULL },
	{ "/var/backups", true, NULL },
	{ "/var/lib", false, NULL },
	{ "/var/lib/containerd", true, NULL },
	{ "/var/lib/containers", true, NULL },
	{ "/var/lib/docker", true, NULL },
	{ "/var/lib/incus", true, NULL },
	{ "/var/lib/kubelet", true, NULL },
	{ "/var/lib/libvirt", true, NULL },
	{ "/var/lib/lxc", true, NULL },
	{ "/var/lib/lxd", true, NULL },
	{ "/var/log", true, NULL },
	{ "/var/mail", true, NULL },
	{ "/var/spool", true, NULL },
};

/* Where people keep keys, in their home directories. */
static const char *const key_dirs[] = {
	".aws", ".azure", ".config/gcloud", ".config/gh", ".docker", ".gnupg",
	".kube", ".local/share/keyrings", ".mozilla", ".password-store",
	".ssh", NULL,
};

static bool same_dir(const struct tree *t, struct dir_id id)
{
	return t->line.ids[0].dev == id.dev && t->line.ids[0].ino == id.ino;
}

static int id_of(const char *path, struct dir_id *id)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return -1;
	*id = (struct dir_id){ st.st_dev, st.st_ino };
	return 0;
}

static bool holds_dir(const struct tree *t, const char *path)
{
	CLEANUP(lineage_finish) struct lineage line = { 0 };
	CLEANUP_FD int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && lineage_read(&line, fd, NULL, NULL) == 0 &&
	       lineage_has(&line, t->line.ids[0]);
}

/* How the tree has to do with `path`, " (is /etc)"; NULL: not at all. The
 * caller frees. */
static char *relation(const struct tree *t, const char *path, bool beneath)
{
	struct dir_id id;

	if (id_of(path, &id) < 0)
		return NULL;
	if (same_dir(t, id))
		return str_eq(t->path, path) ? str_dup("") :
					       str_printf(" (is %s)", path);
	if (beneath && lies_in(t, id))
		return str_printf(" (lies in %s)", path);
	return holds_dir(t, path) ? str_printf(" (holds %s)", path) : NULL;
}

static char *in_host_dirs(const struct tree *t)
{
	char *why = NULL;

	for (size_t i = 0; i < ARRAY_LEN(host_dirs) && !why; i++) {
		const struct host_dir *d = &host_dirs[i];
		struct dir_id except;

		if (!d->except || id_of(d->except, &except) < 0 ||
		    !lies_in(t, except) || same_dir(t, except))
			why = relation(t, d->path, d->beneath);
	}
	return why;
}

/* The caller's home, and the keys in it; root's are root's to hand out. */
static char *in_home(const struct tree *t)
{
	const char *home = getenv("HOME");
	char *why = NULL;

	if (!home || home[0] != '/')
		return NULL;
	why = relation(t, home, false);
	for (const char *const *k = key_dirs; *k && !why; k++) {
		CLEANUP_FREE char *path = str_printf("%s/%s", home, *k);

		why = relation(t, path, true);
	}
	return why;
}

static void judge_host(const struct tree *t, char ***found)
{
	CLEANUP_FREE char *why = in_host_dirs(t);

	if (!why)
		why = in_home(t);
	if (why)
		object(t, why, found);
}

void lint_host_tree(const struct profile *p, char ***found)
{
	each_tree(p, found, judge_host);
}

static void judge_own(const struct tree *t, char ***found)
{
	struct err ignored = ERR_INIT;
	const char *const own[] = { dirs_state(&ignored),
				    dirs_data(&ignored) };

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		CLEANUP_FREE char *why =
			own[i] ? relation(t, own[i], true) : NULL;

		if (why) {
			object(t, why, found);
			return;
		}
	}
}

void lint_own_tree(const struct profile *p, char ***found)
{
	each_tree(p, found, judge_own);
}

/* --- who can change it ---------------------------------------------------- */

static int is_foreign(void *ctx, int fd, const struct stat *st, bool above)
{
	char path[160];
	ssize_t len;

	if (!lineage_is_foreign(st) && !lineage_is_open(st, above))
		return 0;
	len = readlink(fd_path(fd).text, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	*(char **)ctx = str_printf(" (%s: uid %u, mode %04o)", path, st->st_uid,
				   st->st_mode & 07777);
	return 1;
}

static void judge_owners(const struct tree *t, char ***found)
{
	CLEANUP(lineage_finish) struct lineage line = { 0 };
	CLEANUP_FREE char *why = NULL;

	if (lineage_read(&line, t->fd, is_foreign, &why) == 1)
		object(t, why, found);
}

void lint_foreign_tree(const struct profile *p, char ***found)
{
	each_tree(p, found, judge_owners);
}

/* --- what is in it -------------------------------------------------------- */

/* A link on the way is not followed: it leads where it would inside. */
static bool holds(int dir, const char *path, mode_t type)
{
	CLEANUP_FREE char *copy = str_dup(path);
	CLEANUP_FD int at = dup(dir);
	char *name = copy, *slash;
	struct stat st;

	while ((slash = strchr(name, '/'))) {
		int next;

		*slash = '\0';
		next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW |
			      O_CLOEXEC);
		close(at);
		at = next;
		name = slash + 1;
	}
	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & S_IFMT) == type;
}

static void judge_sockets(const struct tree *t, char ***found)
{
	/* Of a root, of its /run, and of the directory that they are in. */
	static const char *const below[] = { "run/", "var/run/", "", NULL };
	static const char *const sockets[] = {
		"buildkit/buildkitd.sock", "containerd/containerd.sock",
		"containerd.sock", "crio/crio.sock", "crio.sock",
		"docker.sock", "k3s/containerd/containerd.sock",
		"libvirt/libvirt-sock", "podman/podman.sock", "podman.sock",
		NULL,
	};

	for (const char *const *b = below; *b; b++)
		for (const char *const *s = sockets; *s; s++) {
			CLEANUP_FREE char *path = str_printf("%s%s", *b, *s);
			CLEANUP_FREE char *why = str_printf(" (%s)", path);

			if (holds(t->fd, path, S_IFSOCK)) {
				object(t, why, found);
				return;
			}
		}
}

void lint_engine_socket(const struct profile *p, char ***found)
{
	each_tree(p, found, judge_sockets);
}

/* `prefix`: "", or a home directory in it with its slash. */
static bool find_keys(const struct tree *t, const char *prefix, char ***found)
{
	for (const char *const *k = key_dirs; *k; k++) {
		CLEANUP_FREE char *path = str_printf("%s%s", prefix, *k);
		CLEANUP_FREE char *why = str_printf(" (%s)", path);

		if (!holds(t->fd, path, S_IFDIR))
			continue;
		object(t, why, found);
		return true;
	}
	return false;
}

/* The first found will do. */
static void judge_keys(const struct tree *t, char ***found)
{
	int homes = openat(t->fd, "home", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			   O_CLOEXEC);
	bool done = find_keys(t, "", found) || find_keys(t, "root/", found);
	DIR *dir = homes < 0 ? NULL : fdopendir(homes);
	struct dirent *e;

	while (dir && !done && (e = readdir(dir))) {
		CLEANUP_FREE char *home = str_printf("home/%s/", e->d_name);

		if (e->d_name[0] != '.')
			done = find_keys(t, home, found);
	}
	if (dir)
		(void)closedir(dir);
}

void lint_credentials(const struct profile *p, char ***found)
{
	each_tree(p, found, judge_keys);
}
