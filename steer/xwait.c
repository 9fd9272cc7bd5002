#include "base/clock.h"
#include "steer/xside.h"

#include <poll.h>
#include <stdlib.h>

#include <X11/Xatom.h>
#include <X11/extensions/Xdamage.h>

#include "base/macros.h"

#define QUIET_MS 200
#define ANCESTORS_MAX 64 /* a guest's tree may be as deep as it likes */

bool xwait_event(struct xside *x, int64_t deadline, XEvent *event)
{
	for (;;) {
		struct pollfd p = { .fd = ConnectionNumber(x->dpy),
				    .events = POLLIN };
		int64_t left;

		/* Before looking for events: those may never end. */
		left = deadline - clock_ms();
		if (left <= 0)
			return false;
		if (XPending(x->dpy)) {
			XNextEvent(x->dpy, event);
			return true;
		}
		(void)poll(&p, 1, (int)left);
	}
}

static int timed_out(struct err *err, const char *what, uint32_t ms)
{
	return err_set(err, EXIT_TIMEOUT, "wait", what,
		       "not within %u.%03u seconds", ms / 1000, ms % 1000);
}

/* --- stable -------------------------------------------------------------- */

/* Larger than a thousandth of the screen: a caret or a digit of a clock is
 * not, a widget that is still being drawn is. */
static bool matters(const XEvent *event, int damage_event, uint64_t screen)
{
	const XDamageNotifyEvent *d = (const XDamageNotifyEvent *)event;

	return event->type == damage_event &&
	       (uint64_t)d->area.width * d->area.height * 1000 > screen;
}

int xwait_stable(struct xside *x, uint32_t timeout_ms, struct err *err)
{
	int64_t end = clock_ms() + timeout_ms, quiet;
	uint32_t width, height;
	int base, error_base;
	XEvent event;

	if (xside_size(x, &width, &height, err) < 0)
		return -1;
	if (!XDamageQueryExtension(x->dpy, &base, &error_base))
		return err_set(err, EXIT_FAILED, "wait", "stable",
			       "the display has no DAMAGE extension");
	/* Damage to the root window tells of all windows in it. */
	XDamageCreate(x->dpy, x->root, XDamageReportRawRectangles);
	if (xside_sync(x))
		return err_set(err, EXIT_DISPLAY, "wait", "stable",
			       "the display refused to report changes");
	quiet = clock_ms() + QUIET_MS;
	while (quiet <= end && xwait_event(x, quiet, &event))
		if (matters(&event, base + XDamageNotify,
			    (uint64_t)width * height))
			quiet = clock_ms() + QUIET_MS;
	/* A frozen server is quiet too: this answer shows that it is not. */
	(void)xside_sync(x);
	return quiet > end ? timed_out(err, "stable", timeout_ms) : 0;
}

/* --- focus --------------------------------------------------------------- */

static bool viewable(struct xside *x, Window window)
{
	XWindowAttributes a;

	return window != None && XGetWindowAttributes(x->dpy, window, &a) &&
	       a.map_state == IsViewable;
}

/* Some clients put the focus on a window inside the one that is active. */
static bool within(struct xside *x, Window inner, Window outer)
{
	for (int i = 0; i < ANCESTORS_MAX; i++) {
		CLEANUP_FREE xcb_query_tree_reply_t *r = NULL;

		if (inner == outer)
			return true;
		if (inner == x->root || inner == None)
			return false;
		r = xcb_query_tree_reply(
			x->xcb, xcb_query_tree(x->xcb, (xcb_window_t)inner),
			NULL);
		inner = r ? r->parent : None;
	}
	return false;
}

bool xwait_focused(struct xside *x, Window window)
{
	Window focus = None;
	int revert;

	if (window == None)
		return false;
	XGetInputFocus(x->dpy, &focus, &revert);
	return focus != None && focus != (Window)PointerRoot &&
	       focus != x->root && within(x, focus, window);
}

int xwait_focus(struct xside *x, uint32_t timeout_ms, struct err *err)
{
	int64_t end = clock_ms() + timeout_ms;
	XEvent event;

	XSelectInput(x->dpy, x->root, PropertyChangeMask | FocusChangeMask |
				      SubstructureNotifyMask);
	for (;;) {
		Window active = xproperty_number(x, x->root,
						 "_NET_ACTIVE_WINDOW",
						 XA_WINDOW);

		/* Selected before looking, so that no change falls between. */
		if (active)
			XSelectInput(x->dpy, active,
				     StructureNotifyMask | FocusChangeMask);
		/* The window manager's word and the server's must agree:
		 * activation is asynchronous, and keys go where the server's
		 * focus is. */
		if (viewable(x, active) && xwait_focused(x, active))
			break;
		if (!xwait_event(x, end, &event))
			return timed_out(err, "focus", timeout_ms);
	}
	(void)xside_sync(x);
	return 0;
}
