/*
 * xside.h - the process that speaks X, and the parts of it.
 *
 * Everything in the x*.c files runs in the jail, on data that the guest may
 * have made up. It opens no file: no locale, no error texts, no key names
 * (XStringToKeysym looks for a file when it does not know a name).
 */
#ifndef STEER_XSIDE_H
#define STEER_XSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include <X11/Xlib.h>
#include <xcb/xcb.h>

#include "base/err.h"
#include "steer/proto.h"

struct xside {
	Display *dpy;
	xcb_connection_t *xcb; /* the same connection */
	int screen;
	Window root;
	bool xtest;
	int pixels; /* the memfd */
	int share;  /* the memfd again, to give to the server; -1: given */
	uint32_t segment; /* what it is called there; 0: not attached */
	uint8_t keys[32]; /* held by us: bit N for keycode N */
	uint32_t buttons; /* held by us: bit N for button N */
};

/* What it is started with. */
struct xside_fds {
	int sock;          /* requests and replies (proto.h) */
	int xfd;           /* connected to the server */
	int pixels, share; /* the memfd, twice: libxcb closes what it passes on,
			    * and the jail allows no dup(2) */
};

/* Serves requests until the socket closes; returns the status to exit with.
 * `cookie` may be NULL. Call in the jail. */
int xside_main(const struct xside_fds *fds, const void *cookie);

/* Opens the display on a connected descriptor. Errors of the protocol are
 * kept for xside_sync(); the end of the connection calls `lost` and exits. */
int xside_open(struct xside *x, int xfd, const void *cookie,
	       void (*lost)(void), struct err *err);

/* Waits until the server has done everything so far; returns the code of the
 * first error among it since the last call, or 0. */
int xside_sync(struct xside *x);

/* The size of the screen now, which RandR may have changed. */
int xside_size(struct xside *x, uint32_t *width, uint32_t *height,
	       struct err *err);

/* One function a request. The reply's fields are set; errors in *err. */
int xcapture(struct xside *x, struct proto_picture *out, struct err *err);
int xpointer_move(struct xside *x, const struct proto_request *req,
		  struct err *err);
int xpointer_click(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xkeyboard_type(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xkeyboard_chord(struct xside *x, const struct proto_request *req,
		    struct err *err);
int xwait_stable(struct xside *x, uint32_t timeout_ms, struct err *err);
int xwait_focus(struct xside *x, uint32_t timeout_ms, struct err *err);

/* Event-driven waiting: false when `deadline` (xwait_now() + ms) passed. */
int64_t xwait_now(void);
bool xwait_event(struct xside *x, int64_t deadline, XEvent *event);

/* Property `name` of `window`: its first 32-bit value, 0 when it is absent or
 * of another type. */
uint32_t xwait_property(struct xside *x, Window window, const char *name,
			Atom type);

/* xinput.c: what the pointer and the keyboard share. */
int xinput_ready(struct xside *x, struct err *err); /* needs XTEST */
int xinput_finish(struct xside *x, struct err *err); /* sent and accepted */
void xinput_key(struct xside *x, unsigned int code, bool down);
void xinput_button(struct xside *x, unsigned int button, bool down);
void xinput_release_ours(struct xside *x); /* what this process holds */
/* What anyone holds. */
int xinput_release_all(struct xside *x, struct err *err);

#endif
