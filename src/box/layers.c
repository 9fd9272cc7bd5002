#include "box/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/lineage.h"
#include "conf/dirs.h"
#include "sys/idmap.h"
#include "sys/mount.h"

#define USE "use layer"

/* A directory of the host. */
struct site {
	char *path;
	struct lineage line;
};

static void site_finish(struct site *s)
{
	free(s->path);
	lineage_finish(&s->line);
}

static const char *path_of(const struct box *box, int i)
{
	char **layers = box->profile->rootfs.layers;

	return i < (int)strv_len(layers) ? layers[i] :
					   box->profile->rootfs.image;
}

/* --- where a layer is ---------------------------------------------------- */

struct step {
	const char *layer;
	struct err *err;
};

/* Whoever can write to a layer, or put another directory in its place, owns
 * the sandbox. */
static int check_owner(void *ctx, int fd, const struct stat *st, bool above)
{
	const char *layer = ((struct step *)ctx)->layer;
	struct err *err = ((struct step *)ctx)->err;
	bool foreign = lineage_is_foreign(st);
	char path[PATH_MAX];
	ssize_t n;

	if (!foreign && !lineage_is_open(st, above))
		return 0;
	n = readlink(fd_path(fd).text, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	if (foreign)
		(void)err_set(err, EXIT_FAILED, USE, layer,
			      "%.200s belongs to uid %u, who could exchange "
			      "what is in it", path, st->st_uid);
	else
		(void)err_set(err, EXIT_FAILED, USE, layer,
			      "others may write to %.200s (mode %04o)", path,
			      st->st_mode & 07777);
	return err_hint(err, "whoever can write there owns the sandbox: keep "
			"layers in a directory of root's, mode 0700");
}

/* With `check` every step up to the root must be safe. */
static int site_read(struct site *s, int dirfd, bool check, struct err *err)
{
	struct step step = { s->path, err };
	int rc = lineage_read(&s->line, dirfd, check ? check_owner : NULL,
			      &step);

	if (rc < 0 && !err->code)
		(void)err_set_errno(err, EXIT_FAILED, "look at", s->path, rc);
	return rc < 0 ? -1 : 0;
}

static bool overlap(const struct site *a, const struct site *b)
{
	return lineage_has(&a->line, b->line.ids[0]) ||
	       lineage_has(&b->line, a->line.ids[0]);
}

/* The first `nlayers` of `sites` are layers; the others are in the way only. */
static int check_sites(const struct site *sites, int nlayers, int n,
		       struct err *err)
{
	for (int i = 0; i < nlayers; i++) {
		const struct site *s = &sites[i];

		if (s->line.n == 1) {
			(void)err_set(err, EXIT_USAGE, USE, s->path,
				      "it is the root of this host");
			return err_hint(err, "image = host shows the host's "
					"programs and none of its secrets");
		}
		for (int j = i + 1; j < n; j++) {
			const struct site *o = &sites[j];

			if (!overlap(s, o))
				continue;
			(void)err_set(err, EXIT_USAGE, USE, s->path,
				      "it is, holds, or lies in %.200s",
				      o->path);
			return err_hint(err, "no layer may lie in another, nor "
					"in what sandboxd keeps its state in");
		}
	}
	return 0;
}

/* --- opening ------------------------------------------------------------- */

static int cannot_open(const char *path, int rc, struct err *err)
{
	int code = rc == -ENOENT ? EXIT_ABSENT : EXIT_FAILED;

	if (rc != -ELOOP)
		return err_set_errno(err, code, USE, path, rc);
	(void)err_set(err, EXIT_FAILED, USE, path,
		      "a symbolic link is on the way");
	return err_hint(err, "give the path that 'realpath %s' prints", path);
}

static int open_dir(const char *path, struct err *err)
{
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -errno :
			    mount_open(root, path, O_PATH | O_DIRECTORY);

	return fd < 0 ? cannot_open(path, fd, err) : fd;
}

static int cannot_map(const char *path, int dir, int rc, struct err *err)
{
	char type[32] = "its";

	if (rc != -EINVAL)
		return err_set_errno(err, EXIT_FAILED, USE, path, rc);
	(void)mount_type(dir, type, sizeof(type));
	(void)err_set(err, EXIT_IMPOSSIBLE, USE, path,
		      "%s file system cannot be idmapped here, so that its "
		      "files would have no owner in the sandbox", type);
	return err_hint(err, "keep it on ext4, xfs or btrfs, or from Linux 6.3 "
			"on tmpfs; with rootfs.owners = nobody any will do");
}

/* Layer `i`. In outer namespaces nobody can tell root from any other who is
 * not mapped: there it has to be what layers_look() found. */
static int open_site(const struct box *box, int i, struct site *site,
		     struct err *err)
{
	const struct box_layer_seen *seen = &box->lower_seen[i];
	CLEANUP_FD int dir = -1;

	site->path = str_dup(path_of(box, i));
	dir = open_dir(site->path, err);
	if (dir < 0 || site_read(site, dir, !seen->ino, err) < 0)
		return -1;
	if (seen->ino && (seen->dev != site->line.ids[0].dev ||
			  seen->ino != site->line.ids[0].ino))
		return err_set(err, EXIT_FAILED, USE, site->path,
			       "another directory has taken its place");
	return take_fd(&dir);
}

/* Where they are, and where our own directories are; then box->lower holds
 * plain descriptors. */
static int open_sites(struct box *box, struct site *sites, int n,
		      struct err *err)
{
	CLEANUP_FD int data = -1;

	for (int i = 0; i < n; i++) {
		int dir = open_site(box, i, &sites[i], err);

		if (dir < 0)
			return -1;
		box->lower[box->nlower++] = dir;
	}
	data = dirs_open_data(err);
	if (data < 0)
		return -1;
	sites[n].path = str_dup("the state directory");
	sites[n + 1].path = str_dup("the data directory");
	if (site_read(&sites[n], box->statefd, false, err) < 0 ||
	    site_read(&sites[n + 1], data, false, err) < 0)
		return -1;
	return check_sites(sites, n, n + 2, err);
}

/* A file whose owner means nothing to the sandbox gives it what it gives to
 * all. */
static int map_all(struct box *box, struct err *err)
{
	bool shift = box->profile->rootfs.owners == OWNERS_SHIFTED;

	if (!shift)
		strv_add(&box->rec.notes, "files of image and layers belong to "
			 "nobody: rootfs.owners");
	for (int i = 0; i < box->nlower; i++) {
		CLEANUP_FD int dir = box->lower[i];

		box->lower[i] = idmap_copy(dir, shift ? box->userns : -1,
					   MOUNT_LOCKED);
		if (box->lower[i] < 0)
			return cannot_map(path_of(box, i), dir, box->lower[i],
					  err);
	}
	return 0;
}

static int needs_root(const char *path, struct err *err)
{
	(void)err_set(err, EXIT_IMPOSSIBLE, USE, path,
		      "only root can shift the owners of its files");
	return err_hint(err, "run as root, or with rootfs.owners = nobody: "
			"what all may read in them can be read then");
}

static int count_layers(const struct box *box)
{
	return (int)strv_len(box->profile->rootfs.layers) +
	       !profile_image_is_host(box->profile);
}

int layers_look(struct box *box, struct err *err)
{
	int n = count_layers(box);

	if (n > 0 && box->profile->rootfs.owners == OWNERS_SHIFTED)
		return needs_root(path_of(box, 0), err);
	for (int i = 0; i < n && i < BOX_LAYERS; i++) {
		CLEANUP(site_finish) struct site site = { 0 };
		CLEANUP_FD int dir = open_site(box, i, &site, err);

		if (dir < 0)
			return -1;
		box->lower_seen[i] = (struct box_layer_seen){
			site.line.ids[0].dev, site.line.ids[0].ino,
		};
	}
	return 0;
}

int layers_open(struct box *box, struct err *err)
{
	struct site sites[BOX_LAYERS + 2] = { 0 };
	int n = count_layers(box);
	int rc;

	if (n == 0)
		return 0;
	if (n > BOX_LAYERS)
		return err_set(err, EXIT_USAGE, "use", "rootfs.layers",
			       "a root can have %d layers, these are %d",
			       BOX_LAYERS, n);
	rc = open_sites(box, sites, n, err);
	if (rc == 0)
		rc = map_all(box, err);
	for (int i = 0; i < n + 2; i++)
		site_finish(&sites[i]);
	return rc;
}

/* --- what is in it ------------------------------------------------------- */

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a file";
	}
}

/* What stands for a removed name in a layer that overlayfs wrote
 * (kernel Documentation/filesystems/overlayfs.rst, "whiteouts"). */
static bool is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

static int refuse(const char *layer, const char *path, size_t len,
		  const struct stat *st, const struct view_entry *e,
		  struct err *err)
{
	if (e->kind == VIEW_BIND && S_ISDIR(st->st_mode)) {
		(void)err_set(err, EXIT_FAILED, USE, layer,
			      "this host's own %s would hide what it has there",
			      e->path);
		return err_hint(err, "with image = host a layer can add to "
				"/opt, /srv or the home, but not to the "
				"system's directories");
	}
	(void)err_set(err, EXIT_FAILED, USE, layer,
		      "%.*s in it is %s, and a sandbox needs a directory there",
		      (int)len, path, kind_of(st->st_mode));
	return err_hint(err, "remove that from the layer, or do not use it");
}

/* Each component of e->path that has to be a directory must be one in the
 * layer, or not be there. */
static int check_entry(const char *layer, int root, const struct view_entry *e,
		       struct err *err)
{
	bool last_too = e->kind == VIEW_DIR || e->kind == VIEW_BIND;
	CLEANUP_FD int dir = dup(root);
	const char *end = e->path;

	while (*end) {
		const char *name = end + 1;
		CLEANUP_FREE char *part = NULL;
		struct stat st;
		int below;

		end = name + strcspn(name, "/");
		if (!*end && !last_too)
			return 0;
		part = str_printf("%.*s", (int)(end - name), name);
		below = openat(dir, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0)
			return errno == ENOENT ? 0 :
			       err_set_errno(err, EXIT_FAILED, USE, layer,
					     errno);
		close(dir);
		dir = below;
		if (fstat(dir, &st) < 0)
			return err_set_errno(err, EXIT_FAILED, USE, layer,
					     errno);
		if (is_whiteout(&st))
			return 0;
		if (!S_ISDIR(st.st_mode) || (!*end && e->kind == VIEW_BIND))
			return refuse(layer, e->path, (size_t)(end - e->path),
				      &st, e, err);
	}
	return 0;
}

int layers_check(const struct box *box, const struct view *view,
		 struct err *err)
{
	for (int i = 0; i < box->nlower; i++)
		for (size_t j = 0; j < view->count; j++)
			if (check_entry(path_of(box, i), box->lower[i],
					&view->entries[j], err) < 0)
				return -1;
	return 0;
}

/* Links that lead from one layer into another are not found here; a shell of
 * less comfort is then the worst of it. */
const char *layers_shell(const struct box *box)
{
	bool found = profile_image_is_host(box->profile);

	for (int i = 0; i < box->nlower && !found; i++) {
		CLEANUP_FD int fd =
			mount_resolve(box->lower[i], "/bin/bash", O_PATH);

		found = fd >= 0;
	}
	return found ? "/bin/bash" : "/bin/sh";
}

/* --- in the builder ------------------------------------------------------ */

/* Names are short: fsconfig(2) takes strings of at most 255 bytes. */
int layers_attach(const struct box *box, int stage, struct buf *lowerdir,
		  struct err *err)
{
	for (int i = 0; i < box->nlower; i++) {
		char name[16];
		CLEANUP_FD int target = -1;
		int rc;

		(void)snprintf(name, sizeof(name), "l%d", i);
		target = mount_mkdir(stage, name, 0755, 0, 0);
		rc = target < 0 ? target : mount_attach(box->lower[i], target);
		if (rc < 0)
			return err_set_errno(err, EXIT_FAILED, "mount layer",
					     path_of(box, i), rc);
		buf_printf(lowerdir, ":%s", name);
	}
	return 0;
}
