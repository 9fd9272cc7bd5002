/*
 * layers.h - the read-only directories that a root is made of.
 *
 * [rootfs] image (when it is a directory) and layers. They become lower layers
 * of the sandbox's overlay, beneath the generated one (view.h), each as a mount
 * of its own: read-only, nosuid, nodev, and idmapped, so that what belongs to
 * root on the disk belongs to the sandbox's root, and nothing on the disk
 * changes. With rootfs.owners = nobody there is no map.
 *
 * What is in them is taken to be hostile. Each is opened once; from there on
 * there is only the descriptor, and no link in it is followed. What holds them
 * must not be: whoever can write there owns the sandbox.
 */
#ifndef BOX_LAYERS_H
#define BOX_LAYERS_H

#include "base/str.h"
#include "box/box.h"
#include "box/view.h"

/* Opens them all into box->lower; box->userns must be there. Refuses
 *   EXIT_ABSENT      one that is not there;
 *   EXIT_USAGE       the host's root; one that lies in another, or in what
 *                    sandboxd keeps its state in, or holds it;
 *   EXIT_FAILED      one that others than root, or than who runs sandboxd, own
 *                    or can write to or replace;
 *   EXIT_IMPOSSIBLE  one on a file system that cannot be idmapped. */
int layers_open(struct box *box, struct err *err);

/* For an ordinary user, before he enters outer namespaces: looks who can write
 * to them, which inside nobody can tell, and marks them for layers_open().
 * EXIT_IMPOSSIBLE unless rootfs.owners is nobody: to map owners takes power
 * over the file system. */
int layers_look(struct box *box, struct err *err);

/* Refuses (EXIT_FAILED) layers that have something else than a directory where
 * `view` needs one, or, with the host as the image, anything where a directory
 * of the host will cover it. Nothing needs to be mounted for that. */
int layers_check(const struct box *box, const struct view *view,
		 struct err *err);

/* The shell of the agent's account: bash where the image has one. */
const char *layers_shell(const struct box *box);

/* In the builder: attaches them beneath `stage`, and appends to `lowerdir`
 * their paths relative to it, a colon before each. The descriptors of
 * box->lower then show the attached mounts. */
int layers_attach(const struct box *box, int stage, struct buf *lowerdir,
		  struct err *err);

#endif
