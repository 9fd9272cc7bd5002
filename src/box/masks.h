/*
 * masks.h - what of /proc and /sys a guest does not see, or cannot change.
 *
 * One table, from which guest.c mounts and the self-check (plan.c) asks. It
 * holds all that other runtimes hide or lock by default, and what tells the
 * same by another name.
 */
#ifndef BOX_MASKS_H
#define BOX_MASKS_H

enum mask_kind {
	MASK_LOCK, /* a read-only mount of itself */
	MASK_HIDE, /* a read-only empty file or directory in its place */
};

struct mask {
	enum mask_kind kind;
	/* From the top of the file system. An asterisk stands for a number, in
	 * one directory, whatever numbers there are. */
	const char *path;
};

/* Ended by one without a path; each in the order of mounting. */
extern const struct mask masks_proc[], masks_sys[];

/* Calls `each` with the paths that `mask` stands for beneath `top`, the file
 * system's directory. Ends early with what it returns, if that is not 0. A
 * path that is not there may be among them. 0 or negative errno. */
int masks_expand(int top, const struct mask *mask,
		 int (*each)(void *ctx, const char *path), void *ctx);

#endif
