/*
 * lineage.h - a directory and all above it, by what they are.
 *
 * A name tells little: a symbolic link, "..", or a mount of a part of a tree
 * gives a directory another one. Device and inode stay the same.
 */
#ifndef BASE_LINEAGE_H
#define BASE_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct dir_id {
	dev_t dev;
	ino_t ino;
};

struct lineage {
	struct dir_id *ids; /* the directory's first, the root's last */
	size_t n;
};

/* One step of the way up: `fd` is O_PATH; `above` is false for the directory
 * where it starts. What it returns, if not 0, ends the way. */
typedef int lineage_look(void *ctx, int fd, const struct stat *st, bool above);

/* Climbs from `dirfd` to the root; `look` may be NULL. 0, negative errno, or
 * what `look` returned. The caller finishes *l in every case. */
int lineage_read(struct lineage *l, int dirfd, lineage_look *look, void *ctx);
void lineage_finish(struct lineage *l); /* accepts zeroed */

/* Whether `id` is the directory or one above it. */
bool lineage_has(const struct lineage *l, struct dir_id id);

/* Whoever can write to a directory, or rename one above it, decides what is at
 * its path. The first: somebody else than root and the caller owns it; the
 * second: others than its owner may write to it, and `above`, where a sticky
 * directory lets only owners rename, replace what is in it. */
bool lineage_is_foreign(const struct stat *st);
bool lineage_is_open(const struct stat *st, bool above);

/* Where only a part of a file system is mounted, nothing above that part can be
 * climbed to. Returns the same directory (O_PATH) in the mount that shows most
 * of its file system; -ENOENT when there is no wider one than dirfd's, or
 * another negative errno. Source: proc_pid_mountinfo(5). */
int lineage_widest_mount(int dirfd);

#endif
