/*
 * view.h - the generated layer, above the image: users, groups, host name,
 * names of hosts, the desktop's configuration, a home, and the directories
 * where something gets mounted. What the image says of all that is not seen.
 *
 * With `image = host` it also lists what of the host the sandbox sees. An
 * allow-list: what is not in the tables of view.c is not there. Directories
 * are bound read-only, files are copied, symbolic links are made anew, and
 * everything that identifies the host or its users is made up.
 */
#ifndef BOX_VIEW_H
#define BOX_VIEW_H

#include "box/box.h"

enum view_kind {
	VIEW_BIND, /* read-only bind of a host directory */
	VIEW_LINK, /* symbolic link; `text` is where it points */
	VIEW_FILE, /* a file holding `text` */
	VIEW_DIR,
};

struct view_entry {
	enum view_kind kind;
	char *path;   /* in the guest, and of a VIEW_BIND on the host too */
	char *text;
	size_t len;   /* of a file's text */
	uint32_t uid; /* inside id */
	mode_t mode;
};

struct view {
	struct view_entry *entries;
	size_t count;
};

/* Lists it, parents first, looking at the host when that is the image: what the
 * host does not have is left out. */
int view_make(const struct box *box, struct view *out, struct err *err);
void view_finish(struct view *view);

#endif
