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

/* Keys and buttons: bit N for keycode or button N. */
struct xheld {
	uint8_t keys[32];
	uint32_t buttons;
};

struct xside {
	Display *dpy;
	xcb_connection_t *xcb; /* the same connection */
	int screen;
	Window root;
	bool xtest;
	int pixels; /* the memfd */
	int share;  /* the memfd again, to give to the server; -1: given */
	uint32_t segment; /* what it is called there; 0: not attached */
	struct xheld ours; /* pressed by this request */
	struct xheld kept; /* pressed for longer than one (xinput_load) */
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
 * kept for xside_sync(); the end of the connection calls `lost` with the cause,
 * and exits. */
int xside_open(struct xside *x, int xfd, const void *cookie,
	       void (*lost)(const char *cause), struct err *err);

/* Waits until the server has done everything so far; returns the code of the
 * first error among it since the last call, or 0. */
int xside_sync(struct xside *x);

/* The size of the screen now, which RandR may have changed. */
int xside_size(struct xside *x, uint32_t *width, uint32_t *height,
	       struct err *err);

/* One function a request. The reply's fields are set; errors in *err. */
int xcapture(struct xside *x, struct proto_picture *out, struct err *err);
int xpointer_position(struct xside *x, struct proto_position *out,
		      struct err *err);
int xpointer_move(struct xside *x, const struct proto_request *req,
		  struct err *err);
int xpointer_click(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xpointer_drag(struct xside *x, const struct proto_request *req,
		  struct err *err);
int xpointer_press(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xpointer_release(struct xside *x, const struct proto_request *req,
		     struct err *err);
int xtype(struct xside *x, const struct proto_request *req, struct err *err);
int xkeyboard_chord(struct xside *x, const struct proto_request *req,
		    struct err *err);
int xkeyboard_down(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xkeyboard_up(struct xside *x, const struct proto_request *req,
		 struct err *err);
int xwait_stable(struct xside *x, uint32_t timeout_ms, struct err *err);
int xwait_focus(struct xside *x, uint32_t timeout_ms, struct err *err);

/* Event-driven waiting: false when `deadline` (clock_ms() + ms) passed. */
bool xwait_event(struct xside *x, int64_t deadline, XEvent *event);

/* True while the keys go to `window` or to one inside it. */
bool xwait_focused(struct xside *x, Window window);

int xwindows_list(struct xside *x, struct proto_list *out, struct err *err);
int xwindows_focus(struct xside *x, const struct proto_request *req,
		   struct err *err);
int xwindows_close(struct xside *x, const struct proto_request *req,
		   struct err *err);

/* A client message of three values; to the root window it is one for the window
 * manager. */
void xwindows_send(struct xside *x, Window to, Window about, const char *type,
		   const long data[3]);

/* A property, as much of it as really came. */
struct xproperty {
	xcb_get_property_reply_t *reply; /* NULL: there is none */
	const void *data;
	size_t size; /* bytes */
};

/* Reads `words` units of 4 bytes from the unit `from` on. `type` may be
 * AnyPropertyType; data of another type or another format than `format` is
 * none. */
void xproperty_read(struct xside *x, Window window, const char *name,
		    Atom type, int format, uint32_t from, uint32_t words,
		    struct xproperty *out);
void xproperty_finish(struct xproperty *p);

/* Its first 32-bit value, 0 when it is absent or of another type. */
uint32_t xproperty_number(struct xside *x, Window window, const char *name,
			  Atom type);

/* True when a list of 32-bit values holds `value`. */
bool xproperty_holds(struct xside *x, Window window, const char *name,
		     Atom type, uint32_t value);

/* Keycodes of a chord, in the order of pressing: Shift comes before a key that
 * needs it. */
struct xchord {
	unsigned int codes[2 * PROTO_CHORD_MAX];
	int n;
};

/* Finds the request's keys in the layout, and gives spare ones to those that it
 * has not; EXIT_FAILED when there is none. */
int xkeyboard_find(struct xside *x, const struct proto_request *req,
		   struct xchord *out, struct err *err);

/* xinput.c: what the pointer and the keyboard share.
 *
 * What is held for longer than one request is written down in a property of
 * the root window, so that it outlives this process and ends with the display.
 * A guest can change it, as it can press keys itself. Whatever else is down
 * was left by a client that died. */

/* Reads x->kept; needs no extension. */
void xinput_load(struct xside *x);
int xinput_ready(struct xside *x, struct err *err); /* needs XTEST */
/* Before input: reads x->kept and lets go of all else that is down. */
int xinput_begin(struct xside *x, struct err *err);
int xinput_finish(struct xside *x, struct err *err); /* sent and accepted */

/* `ms` passes before it in the server, which holds up this client only (XTEST,
 * section 3, "FakeInput"). A key or button of x->kept is left as it is. */
void xinput_key(struct xside *x, unsigned int code, bool down, uint32_t ms);
void xinput_button(struct xside *x, unsigned int button, bool down,
		   uint32_t ms);
void xinput_chord(struct xside *x, const struct xchord *chord, bool down,
		  uint32_t ms); /* releases in reverse; ms before the first */

void xinput_keep(struct xside *x); /* what is ours is kept from now on */
void xinput_unkeep_button(struct xside *x, unsigned int button);
void xinput_unkeep_key(struct xside *x, unsigned int code);
void xinput_release_ours(struct xside *x);
/* What anyone holds, kept or not. */
int xinput_release_all(struct xside *x, struct err *err);

#endif
