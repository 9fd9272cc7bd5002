/*
 * device.h - the device nodes that a sandbox has, and what others would give
 * away.
 *
 * Two tables: what every sandbox needs, and what is known of the nodes that a
 * profile may add ([security] devices). From these come the nodes themselves,
 * the rules of the control group (sys/device_rule.h), what `check` says, and
 * what is refused.
 */
#ifndef CONF_DEVICE_H
#define CONF_DEVICE_H

#include <stdbool.h>
#include <sys/types.h>

#define DEVICE_DIR "/dev/"
#define DEVICES_MAX 16 /* that one profile may add */
#define DEVICE_PATH_MAX 128 /* bytes of such a path */

/* Of every sandbox, all of them character devices (kernel devices.txt). */
struct device_base {
	const char *name; /* in /dev; NULL: no node, opened some other way */
	int major, minor; /* minor -1: all of that major */
};
extern const struct device_base device_base[]; /* ended by major 0 */

enum device_grade {
	DEVICE_LESSER, /* some more of the kernel to attack */
	DEVICE_GRAVE,  /* the host's own console, keys, kernel */
	DEVICE_NEVER,  /* the host itself */
};

struct device {
	dev_t number;
	mode_t mode; /* of the host's node */
	enum device_grade grade;
	const char *gives; /* what is given away, or it is, for people */
	const char *fault; /* why no sandbox can have it, or NULL; */
	const char *remedy; /* then what helps, or NULL */
};

/* Looks at the node at `path`, which lies in DEVICE_DIR, following no link on
 * the way. Returns a descriptor of it (O_PATH); -1 with out->fault when it is
 * not there, no character device, or one that is never given. */
int device_open(const char *path, struct device *out);

/* Whether anybody may read and write it by that mode: ids of a sandbox are
 * neither its owner nor in its group. */
bool device_is_public(mode_t mode);

#endif
