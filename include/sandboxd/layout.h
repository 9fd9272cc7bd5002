/*
 * layout.h - names and numbers that more than one program relies on.
 */
#ifndef SANDBOXD_LAYOUT_H
#define SANDBOXD_LAYOUT_H

#define VERSION "0.1" /* of all programs: they are built together */

/* Directories on the host. The variables are for tests and odd hosts. */
#define STATE_DIR "/run/sandboxd"
#define STATE_DIR_ENV "SANDBOXD_STATE_DIR"
#define DATA_DIR "/var/lib/sandboxd"
#define DATA_DIR_ENV "SANDBOXD_DATA_DIR"

/* Inside STATE_DIR/NAME. */
#define STATE_RECORD "record.json"
#define STATE_LOCK "lock"       /* held by the monitor for its life */
#define STATE_X11 "x11"         /* 0700: X socket and cookie, host only */
#define STATE_ROOT "root"       /* mount point, private to the builder */
#define STATE_ATTACH "attach"   /* socket for who shows the terminal */
#define X11_SOCKET "X"
#define X11_COOKIE "cookie"     /* 16 bytes, MIT-MAGIC-COOKIE-1 */

/* Group under each cgroup hierarchy. */
#define CGROUP_TOP "sandboxd"
#define CGROUP_INIT "init"
#define CGROUP_DESKTOP "desktop"
#define CGROUP_PAYLOAD "payload"

/* Ids inside. Inside id N is id_base + N outside. */
#define ID_RANGE 65536u
#define UID_INIT 0u
#define UID_WM 997u
#define UID_DISPLAY 998u
#define UID_AGENT 1000u
/* Who parses what a display says: nobody inside. Outside it is id_base more,
 * or, for a display that is no sandbox's, itself. */
#define UID_JAIL 65533u
#define GID_TTY 5u

/* Length of a sandbox name, without the NUL. */
#define NAME_LEN 63

#endif
