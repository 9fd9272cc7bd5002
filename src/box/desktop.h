/*
 * desktop.h - the X server and the window manager: their command lines, their
 * files, their sockets, and how we know that they are ready.
 */
#ifndef BOX_DESKTOP_H
#define BOX_DESKTOP_H

#include "box/box.h"

/* Where things are inside. */
#define DESKTOP_X11_DIR "/tmp/.X11-unix"
#define DESKTOP_AUTH "/run/desktop/xauthority"
#define DESKTOP_WM_HOME "/run/wm"
#define DESKTOP_RESOURCES "/etc/sandboxd/Xresources"
#define DESKTOP_BUS "bus" /* in the agent's XDG_RUNTIME_DIR */

/* The window manager's configuration, read-only to everybody inside: the
 * files of entrypoint/desktop, compiled in. They start no wallpaper helper
 * (fluxbox's own style starts 37 processes and leaves an error window) and
 * offer no menu that could start programs outside the payload's group. */
struct desktop_file {
	const char *path, *text;
};
extern const struct desktop_file desktop_files[];
extern const size_t desktop_nfiles;

/* The programs of a desktop and the Debian packages that have them, ended by
 * one without a name. */
struct desktop_program {
	const char *name, *package;
	bool (*used)(const struct profile *p);
};
extern const struct desktop_program desktop_programs[];

/* Refuses when Xvfb or the window manager is not installed, naming the
 * package that has it: on the host, when that is the image; otherwise in the
 * root that was built. */
int desktop_check_host(const struct profile *p, struct err *err);
int desktop_check_root(const struct profile *p, int root, struct err *err);

/* Command lines; the caller frees the vectors. */
char **desktop_xvfb_argv(const struct profile *p);
char **desktop_wm_argv(const struct profile *p);
/* NULL for the layout that the server has by itself. */
char **desktop_keyboard_argv(const struct profile *p);
/* NULL without display.dbus. The standard session bus: what it activates
 * belongs, like itself, to the agent. */
char **desktop_bus_argv(const struct profile *p);

/* An Xauthority file (Xau(3)) that admits to any display of this host by
 * `cookie`; into `buf`, which must hold 64 bytes. Returns its length. */
size_t desktop_xauthority(const struct profile *p,
			  const unsigned char *cookie, unsigned char *buf);

/* Makes the cookie and the sockets: that of the bus, where there is one, and
 * two of the display. One is bound and listens in the
 * sandbox's host-only directory; the other is bound in the guest's tree by
 * desktop_bind_guest(). */
int desktop_prepare(struct box *box, struct err *err);

/* In the builder: binds the guest's socket in `x11_dir`, so that connecting
 * needs the cookie and nothing else. */
int desktop_bind_guest(const struct box *box, int x11_dir, struct err *err);

/* In the builder: binds the session bus's socket in the agent's XDG_RUNTIME_DIR
 * `dir`, where programs look for it. */
int desktop_bind_bus(const struct box *box, int dir, struct err *err);

/* Starts the watcher that waits, confined, for the window manager's check
 * window. Returns its pidfd; *report becomes readable: see desktop_watched().
 */
int desktop_watch(const struct box *box, int *report, struct err *err);
/* Reads the watcher's verdict: 0 when the window manager is ready. */
int desktop_watched(int report, struct err *err);

#endif
