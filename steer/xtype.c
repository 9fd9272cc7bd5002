#include "base/clock.h"
#include "steer/xside.h"

#include <string.h>

#include <X11/Xatom.h>
#include <X11/keysym.h>

#include "base/macros.h"
#include "steer/xkeymap.h"
#include "steer/xlocks.h"

/* How long a program may take to read its events before a key that it has seen
 * gets another meaning: it answers a ping within the first, or, when it knows
 * no pings, is given the second. */
#define PING_MS 2000
#define PAUSE_MS 100

#define ANCESTORS_MAX 64

static KeySym keysym_of(uint32_t point)
{
	switch (point) {
	case '\n':
		return XK_Return;
	case '\t':
		return XK_Tab;
	default: /* X protocol, appendix A: Latin-1, and all of Unicode */
		return point < 0x100 ? point : 0x01000000 | point;
	}
}

static int no_key(struct err *err, uint32_t point)
{
	return err_set(err, EXIT_FAILED, "type", NULL,
		       "the keyboard layout has no key for U+%04X, and none "
		       "to spare", point);
}

/* Held keys would turn the text into something else. */
static int refuse_kept(const struct xside *x, struct err *err)
{
	static const uint8_t none[sizeof(x->kept.keys)];

	if (memcmp(x->kept.keys, none, sizeof(none)) == 0)
		return 0;
	err_set(err, EXIT_FAILED, "type", NULL, "keys are held down");
	return err_hint(err, "let go of them with 'keyup', or of everything "
			     "with 'release'");
}

/* Nothing is typed of a text that cannot be typed as a whole. */
static int check(struct xside *x, struct xkeymap *m,
		 const struct proto_request *req, struct err *err)
{
	for (uint32_t i = 0; i < req->length; i++) {
		if (xkeymap_find(m, keysym_of(req->text[i])).code)
			continue;
		return xkeymap_find_spare(x, m) ? 0 :
						  no_key(err, req->text[i]);
	}
	return 0;
}

/* --- a program that lags ------------------------------------------------- */

/* The client's window around the one that has the focus. */
static Window focused_client(struct xside *x)
{
	Window w = None;
	int revert;

	XGetInputFocus(x->dpy, &w, &revert);
	for (int i = 0; i < ANCESTORS_MAX && w != None && w != x->root &&
			w != (Window)PointerRoot; i++) {
		CLEANUP_FREE xcb_query_tree_reply_t *r = NULL;

		if (xproperty_number(x, w, "WM_STATE",
				     XInternAtom(x->dpy, "WM_STATE", False)))
			return w;
		r = xcb_query_tree_reply(
			x->xcb, xcb_query_tree(x->xcb, (xcb_window_t)w), NULL);
		w = r ? r->parent : None;
	}
	return None;
}

static bool answered(const XEvent *e, Atom ping, long number)
{
	return e->type == ClientMessage && e->xclient.format == 32 &&
	       (Atom)e->xclient.data.l[0] == ping &&
	       e->xclient.data.l[1] == number;
}

/* A program answers a ping in the order of its events (EWMH, "_NET_WM_PING"),
 * by one to the root window; GTK and Qt send it for different masks. */
static int ping_client(struct xside *x, Window w, struct err *err)
{
	Atom ping = XInternAtom(x->dpy, "_NET_WM_PING", False);
	int64_t end = clock_ms() + PING_MS;
	long number = (long)(end & 0x7fffffff);
	XEvent event;

	XSelectInput(x->dpy, x->root, SubstructureNotifyMask |
				      StructureNotifyMask);
	xwindows_send(x, w, w, "WM_PROTOCOLS",
		      (const long[]){ (long)ping, number, (long)w });
	while (xwait_event(x, end, &event))
		if (answered(&event, ping, number))
			return 0;
	err_set(err, EXIT_TIMEOUT, "type", NULL,
		"the window with the focus does not keep up");
	return err_hint(err, "not all was typed");
}

static void pause_for(struct xside *x)
{
	int64_t end = clock_ms() + PAUSE_MS;
	XEvent event;

	while (xwait_event(x, end, &event))
		;
}

/* Until the program with the focus has seen all that was sent. */
static int catch_up(struct xside *x, struct err *err)
{
	Window w = focused_client(x);
	Atom ping = XInternAtom(x->dpy, "_NET_WM_PING", False);

	(void)xside_sync(x);
	if (w != None && xproperty_holds(x, w, "WM_PROTOCOLS", XA_ATOM,
					 (uint32_t)ping))
		return ping_client(x, w, err);
	pause_for(x);
	return 0;
}

/* --- typing -------------------------------------------------------------- */

/* Finds keys for as much of the text as there are keys for at a time; returns
 * how much. */
static uint32_t find_keys(struct xkeymap *m, const uint32_t *text,
			  uint32_t length, struct xkey *keys)
{
	for (uint32_t i = 0; i < length; i++) {
		KeySym sym = keysym_of(text[i]);

		keys[i] = xkeymap_find(m, sym);
		if (!keys[i].code)
			keys[i] = xkeymap_assign(m, sym);
		if (!keys[i].code)
			return i;
		xkeymap_make_busy(m, keys[i].code);
	}
	return length;
}

int xtype_publish(struct xside *x, struct xkeymap *m, struct err *err)
{
	bool reused = m->reused;

	if (reused && catch_up(x, err) < 0)
		return -1;
	xkeymap_store(x, m);
	return reused ? catch_up(x, err) : 0;
}

/* Back to back: the server takes them in order, and a pause between press and
 * release would only make room for auto-repeat. */
static void press(struct xside *x, const struct xkey *keys, uint32_t n,
		  unsigned int shift)
{
	bool shifted = false;

	for (uint32_t i = 0; i < n; i++) {
		if (keys[i].shift != shifted)
			xinput_key(x, shift, keys[i].shift, 0);
		shifted = keys[i].shift;
		xinput_key(x, keys[i].code, true, 0);
		xinput_key(x, keys[i].code, false, 0);
	}
	if (shifted)
		xinput_key(x, shift, false, 0);
}

static int type_all(struct xside *x, struct xkeymap *m, unsigned int shift,
		    const struct proto_request *req, struct err *err)
{
	struct xkey keys[PROTO_TEXT_MAX] = { 0 };
	uint32_t done = 0;

	while (done < req->length) {
		uint32_t n = find_keys(m, req->text + done, req->length - done,
				       keys);

		if (n == 0)
			return no_key(err, req->text[done]);
		if (xtype_publish(x, m, err) < 0)
			return -1;
		press(x, keys, n, shift);
		done += n;
	}
	return 0;
}

int xtype(struct xside *x, const struct proto_request *req, struct err *err)
{
	CLEANUP(xkeymap_finish) struct xkeymap map = { 0 };
	struct xlocks locks;
	struct xkey shift;
	int rc;

	if (req->length > PROTO_TEXT_MAX)
		return err_set(err, EXIT_FAILED, "type", NULL, "too long");
	if (xinput_begin(x, err) < 0 || refuse_kept(x, err) < 0 ||
	    xkeymap_load(x, &map, err) < 0 || check(x, &map, req, err) < 0)
		return -1;
	shift = xkeymap_find(&map, XK_Shift_L);
	if (!shift.code)
		return err_set(err, EXIT_FAILED, "type", NULL,
			       "the keyboard layout has no Shift");
	xlocks_clear(x, &locks);
	rc = type_all(x, &map, shift.code, req, err);
	xlocks_restore(x, &locks);
	return rc < 0 ? -1 : xinput_finish(x, err);
}
