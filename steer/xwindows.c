#include "base/clock.h"
#include "steer/xside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <X11/Xatom.h>

#include "base/macros.h"

#define ANCESTORS_MAX 64 /* a guest's tree may be as deep as it likes */
#define ICONIC 3u /* WM_STATE, ICCCM 4.1.3.1 */

/* Ids of windows. */
struct ids {
	void *reply;
	const uint32_t *data;
	uint32_t count; /* of them, the last, that are looked at */
	uint32_t total;
	bool managed; /* a window manager told them */
};

static void ids_finish(struct ids *ids)
{
	free(ids->reply);
}

static Atom atom(struct xside *x, const char *name)
{
	return XInternAtom(x->dpy, name, False);
}

/* --- which windows there are --------------------------------------------- */

/* The last ones of a property that can be long. */
static bool read_list(struct xside *x, const char *name, struct ids *ids)
{
	struct xproperty p;
	uint32_t total, from;

	xproperty_read(x, x->root, name, XA_WINDOW, 32, 0, 0, &p);
	total = p.reply ? p.reply->bytes_after / 4 : 0;
	xproperty_finish(&p);
	from = total > PROTO_WINDOWS_MAX ? total - PROTO_WINDOWS_MAX : 0;
	xproperty_read(x, x->root, name, XA_WINDOW, 32, from,
		       PROTO_WINDOWS_MAX, &p);
	*ids = (struct ids){ .reply = p.reply,
			     .data = p.data,
			     .count = (uint32_t)(p.size / 4),
			     .managed = true };
	ids->total = from + ids->count;
	return p.size > 0;
}

/* All windows below the root, the topmost last. */
static void read_tree(struct xside *x, struct ids *ids)
{
	xcb_query_tree_reply_t *r = xcb_query_tree_reply(
		x->xcb, xcb_query_tree(x->xcb, (xcb_window_t)x->root), NULL);

	*ids = (struct ids){ .reply = r };
	if (!r)
		return;
	ids->data = xcb_query_tree_children(r);
	ids->total = r->children_len < r->length ? r->children_len : r->length;
}

static bool has_manager(struct xside *x)
{
	return xproperty_number(x, x->root, "_NET_SUPPORTING_WM_CHECK",
				XA_WINDOW) != 0;
}

static void read_ids(struct xside *x, struct ids *ids)
{
	if (read_list(x, "_NET_CLIENT_LIST", ids) || has_manager(x))
		return;
	ids_finish(ids);
	/* Without one, whatever is on the screen is a client's. */
	read_tree(x, ids);
	if (!ids->data)
		return;
	ids->count = ids->total < PROTO_WINDOWS_MAX ? ids->total :
						      PROTO_WINDOWS_MAX;
	ids->data += ids->total - ids->count;
}

/* --- which lies above which ---------------------------------------------- */

struct client {
	Window window, frame;
	uint32_t height; /* how many windows lie below it */
};

/* What the window manager put around it: its ancestor below the root. */
static Window frame_of(struct xside *x, Window w)
{
	for (int i = 0; i < ANCESTORS_MAX; i++) {
		CLEANUP_FREE xcb_query_tree_reply_t *r = xcb_query_tree_reply(
			x->xcb, xcb_query_tree(x->xcb, (xcb_window_t)w), NULL);

		if (!r || r->parent == None || r->parent == x->root)
			break;
		w = r->parent;
	}
	return w;
}

/* Fills `out` with the topmost first. The server knows: not every window
 * manager keeps _NET_CLIENT_LIST_STACKING in order. No qsort(3), which may
 * look for the size of memory. */
static void sort_clients(struct xside *x, const struct ids *ids,
			 struct client out[PROTO_WINDOWS_MAX])
{
	CLEANUP(ids_finish) struct ids tree = { 0 };

	read_tree(x, &tree);
	for (uint32_t i = 0; i < ids->count; i++) {
		struct client c = { .window = ids->data[i] };
		uint32_t at = i;

		c.frame = frame_of(x, c.window);
		while (c.height < tree.total &&
		       tree.data[c.height] != (uint32_t)c.frame)
			c.height++;
		for (; at > 0 && out[at - 1].height <= c.height; at--)
			out[at] = out[at - 1];
		out[at] = c;
	}
}

/* --- what they are like -------------------------------------------------- */

/* Cuts UTF-8 where a character ends. */
static void copy_text(char *dst, size_t size, const char *src, size_t len)
{
	if (len > size - 1) {
		len = size - 1;
		while (len > 0 && ((unsigned char)src[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(dst, src, len);
	dst[len] = '\0';
}

/* ISO 8859-1, ICCCM 2.7.1, "STRING". */
static void copy_latin(char *dst, size_t size, const unsigned char *src,
		       size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 2 < size; i++) {
		if (src[i] >= 0x80)
			dst[n++] = (char)(0xc0 | src[i] >> 6);
		dst[n++] = (char)(src[i] < 0x80 ? src[i] :
						  0x80 | (src[i] & 0x3f));
	}
	dst[n] = '\0';
}

static void read_title(struct xside *x, Window w, struct proto_window *out)
{
	const uint32_t words = sizeof(out->title) / 4;
	struct xproperty p;

	xproperty_read(x, w, "_NET_WM_NAME", atom(x, "UTF8_STRING"), 8, 0,
		       words, &p);
	if (p.size) {
		copy_text(out->title, sizeof(out->title), p.data, p.size);
		xproperty_finish(&p);
		return;
	}
	xproperty_finish(&p);
	xproperty_read(x, w, "WM_NAME", AnyPropertyType, 8, 0, words, &p);
	if (p.reply && p.reply->type == XA_STRING)
		copy_latin(out->title, sizeof(out->title), p.data, p.size);
	else if (p.size)
		copy_text(out->title, sizeof(out->title), p.data, p.size);
	xproperty_finish(&p);
}

/* Two strings, each with its end (ICCCM 4.1.2.5). */
static void read_class(struct xside *x, Window w, struct proto_window *out)
{
	CLEANUP(xproperty_finish) struct xproperty p;
	size_t first;

	xproperty_read(x, w, "WM_CLASS", XA_STRING, 8, 0,
		       (sizeof(out->class) + sizeof(out->instance)) / 4, &p);
	if (!p.size)
		return;
	first = strnlen(p.data, p.size);
	copy_latin(out->instance, sizeof(out->instance), p.data, first);
	if (first < p.size)
		copy_latin(out->class, sizeof(out->class),
			   (const unsigned char *)p.data + first + 1,
			   strnlen((const char *)p.data + first + 1,
				   p.size - first - 1));
}

/* False when the window is gone. */
static bool read_area(struct xside *x, Window w, struct proto_area *out)
{
	unsigned int border, depth;
	Window root, child;
	int left, top;

	return XGetGeometry(x->dpy, w, &root, &left, &top, &out->width,
			    &out->height, &border, &depth) &&
	       XTranslateCoordinates(x->dpy, w, x->root, 0, 0, &out->at.x,
				     &out->at.y, &child);
}

static bool read_frame(struct xside *x, Window frame,
		       struct proto_area *out)
{
	unsigned int border, depth;
	Window root;

	if (!XGetGeometry(x->dpy, frame, &root, &out->at.x,
			  &out->at.y, &out->width, &out->height, &border,
			  &depth))
		return false;
	out->width += 2 * border;
	out->height += 2 * border;
	return true;
}

static int32_t read_desktop(struct xside *x, Window w)
{
	CLEANUP(xproperty_finish) struct xproperty p;
	int32_t desktop;

	xproperty_read(x, w, "_NET_WM_DESKTOP", XA_CARDINAL, 32, 0, 1, &p);
	if (p.size < sizeof(desktop))
		return PROTO_DESKTOP_NONE;
	memcpy(&desktop, p.data, sizeof(desktop));
	return desktop < PROTO_DESKTOP_ALL ? PROTO_DESKTOP_NONE : desktop;
}

/* Window managers iconify what is on another desktop, so where one says what
 * is hidden, that counts. */
static bool is_minimised(struct xside *x, Window w, bool managed)
{
	if (managed)
		return xproperty_holds(
			x, w, "_NET_WM_STATE", XA_ATOM,
			(uint32_t)atom(x, "_NET_WM_STATE_HIDDEN"));
	return xproperty_number(x, w, "WM_STATE", atom(x, "WM_STATE")) ==
	       ICONIC;
}

/* False when there is nothing to tell of: it is gone, or never was a client's
 * (without a manager, what is not shown or is a menu). */
static bool describe(struct xside *x, const struct client *c, bool managed,
		     struct proto_window *out)
{
	Window w = c->window;
	XWindowAttributes a;

	*out = (struct proto_window){ .id = (uint32_t)w };
	if (!XGetWindowAttributes(x->dpy, w, &a) ||
	    (!managed && (a.override_redirect || a.map_state != IsViewable)) ||
	    !read_area(x, w, &out->area) ||
	    !read_frame(x, c->frame, &out->frame))
		return false;
	if (a.map_state == IsViewable)
		out->flags |= PROTO_WINDOW_MAPPED;
	if (xwait_focused(x, w))
		out->flags |= PROTO_WINDOW_FOCUSED;
	if (is_minimised(x, w, managed))
		out->flags |= PROTO_WINDOW_MINIMISED;
	out->desktop = read_desktop(x, w);
	out->claimed_pid = xproperty_number(x, w, "_NET_WM_PID", XA_CARDINAL);
	read_class(x, w, out);
	read_title(x, w, out);
	return true;
}

int xwindows_list(struct xside *x, struct proto_list *out, struct err *err)
{
	const size_t size = PROTO_WINDOWS_MAX * sizeof(struct proto_window);
	struct proto_window *list = mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_SHARED, x->pixels, 0);
	struct client clients[PROTO_WINDOWS_MAX] = { 0 };
	CLEANUP(ids_finish) struct ids ids = { 0 };

	if (list == MAP_FAILED)
		return err_set(err, EXIT_FAILED, "list windows", NULL,
			       "out of memory");
	read_ids(x, &ids);
	sort_clients(x, &ids, clients);
	*out = (struct proto_list){ .total = ids.total };
	for (uint32_t i = 0; i < ids.count; i++) {
		if (describe(x, &clients[i], ids.managed, &list[out->count]))
			out->count++;
		else
			out->total--;
	}
	(void)munmap(list, size);
	return 0;
}

/* --- focus and close ----------------------------------------------------- */

static int gone(struct err *err, const char *what)
{
	return err_set(err, EXIT_ABSENT, what, NULL,
		       "the window is not there any more");
}

/* Tells of what becomes of the window from here on. */
static int watch_window(struct xside *x, Window w, const char *what,
			struct err *err)
{
	XSelectInput(x->dpy, x->root, PropertyChangeMask);
	XSelectInput(x->dpy, w, StructureNotifyMask | FocusChangeMask |
				PropertyChangeMask);
	return xside_sync(x) ? gone(err, what) : 0;
}

/* True when a window manager is there and does that. */
static bool manager_does(struct xside *x, const char *what)
{
	return has_manager(x) &&
	       xproperty_holds(x, x->root, "_NET_SUPPORTED", XA_ATOM,
			       (uint32_t)atom(x, what));
}

void xwindows_send(struct xside *x, Window to, Window about, const char *type,
		   const long data[3])
{
	XEvent e = { .xclient = {
			     .type = ClientMessage,
			     .window = about,
			     .message_type = atom(x, type),
			     .format = 32,
			     .data.l = { data[0], data[1], data[2] },
		     } };
	long mask = to == x->root ? SubstructureRedirectMask |
				    SubstructureNotifyMask : NoEventMask;

	XSendEvent(x->dpy, to, False, mask, &e);
}

/* The manager's word counts too: it may still be about to change its mind. */
static bool arrived(struct xside *x, Window w, bool managed)
{
	return (!managed ||
		xproperty_number(x, x->root, "_NET_ACTIVE_WINDOW",
				 XA_WINDOW) == w) &&
	       xwait_focused(x, w);
}

int xwindows_focus(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	int64_t end = clock_ms() + req->timeout_ms;
	bool managed = manager_does(x, "_NET_ACTIVE_WINDOW");
	Window w = req->window;
	XEvent event;

	if (watch_window(x, w, "focus", err) < 0)
		return -1;
	if (managed) {
		/* EWMH: 2 is for what acts on a person's behalf. */
		xwindows_send(x, x->root, w, "_NET_ACTIVE_WINDOW",
			      (const long[]){ 2, CurrentTime, 0 });
	} else {
		XMapRaised(x->dpy, w);
		XSetInputFocus(x->dpy, w, RevertToParent, CurrentTime);
	}
	while (!arrived(x, w, managed)) {
		if (!xwait_event(x, end, &event))
			return err_set(err, EXIT_TIMEOUT, "focus", NULL,
				       "the window did not get it in time");
		if (event.type == DestroyNotify)
			return gone(err, "focus");
	}
	return 0;
}

static bool is_closed(struct xside *x, Window w, bool managed)
{
	XWindowAttributes a;

	if (!XGetWindowAttributes(x->dpy, w, &a))
		return true;
	if (!managed)
		return a.map_state == IsUnmapped;
	return xproperty_number(x, w, "WM_STATE", atom(x, "WM_STATE")) == 0;
}

int xwindows_close(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	int64_t end = clock_ms() + req->timeout_ms;
	bool managed = manager_does(x, "_NET_CLOSE_WINDOW");
	Window w = req->window;
	XEvent event;

	if (watch_window(x, w, "close", err) < 0)
		return -1;
	if (managed)
		xwindows_send(x, x->root, w, "_NET_CLOSE_WINDOW",
			      (const long[]){ CurrentTime, 2, 0 });
	else if (xproperty_holds(x, w, "WM_PROTOCOLS", XA_ATOM,
				 (uint32_t)atom(x, "WM_DELETE_WINDOW")))
		xwindows_send(x, w, w, "WM_PROTOCOLS",
			      (const long[]){
				      (long)atom(x, "WM_DELETE_WINDOW"),
				      CurrentTime, 0 });
	else
		return err_set(err, EXIT_FAILED, "close", NULL,
			       "the window knows no way to be asked");
	while (!is_closed(x, w, managed)) {
		if (xwait_event(x, end, &event))
			continue;
		err_set(err, EXIT_TIMEOUT, "close", NULL,
			"the window is still there");
		return err_hint(err, "it may be asking something");
	}
	return 0;
}
