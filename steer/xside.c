#include "steer/xside.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <X11/Xlib-xcb.h>
#include <X11/extensions/XTest.h>

#include "steer/xconnect.h"

/* Xlib's handlers get no argument of ours. */
static int first_error;
static void (*connection_lost)(const char *cause);
static int reply_socket = -1;

static int on_error(Display *dpy, XErrorEvent *event)
{
	if (!first_error)
		first_error = event->error_code;
	return 0;
}

static int on_io_error(Display *dpy)
{
	int why = xcb_connection_has_error(XGetXCBConnection(dpy));

	connection_lost(why == XCB_CONN_CLOSED_MEM_INSUFFICIENT ?
			"it sent more than there is memory for" :
			"the connection was closed");
	_exit(EXIT_DISPLAY);
}

int xside_sync(struct xside *x)
{
	int error;

	XSync(x->dpy, False);
	error = first_error;
	first_error = 0;
	return error;
}

int xside_size(struct xside *x, uint32_t *width, uint32_t *height,
	       struct err *err)
{
	unsigned int w, h, border, depth;
	Window root;
	int left, top;

	if (!XGetGeometry(x->dpy, x->root, &root, &left, &top, &w, &h,
			  &border, &depth))
		return err_set(err, EXIT_DISPLAY, "ask for the screen's size",
			       NULL, "the display refused");
	if (!w || !h)
		return err_set(err, EXIT_DISPLAY, "ask for the screen's size",
			       NULL, "the display says %ux%u", w, h);
	*width = w;
	*height = h;
	return 0;
}

int xside_open(struct xside *x, int xfd, const void *cookie,
	       void (*lost)(const char *cause), struct err *err)
{
	int a, b, c, d;

	connection_lost = lost;
	XSetErrorHandler(on_error);
	XSetIOErrorHandler(on_io_error);
	xconnect_use(xfd, cookie);
	x->dpy = XOpenDisplay(":0");
	if (!x->dpy)
		return err_set(err, EXIT_DISPLAY, "open the display", NULL,
			       "it refused or closed the connection, or "
			       "sent nonsense");
	x->xcb = XGetXCBConnection(x->dpy);
	x->screen = DefaultScreen(x->dpy);
	x->root = RootWindow(x->dpy, x->screen);
	x->xtest = XTestQueryExtension(x->dpy, &a, &b, &c, &d);
	/* A client inside that grabbed the server does not hold us up. */
	if (x->xtest)
		XTestGrabControl(x->dpy, True);
	(void)xside_sync(x);
	return 0;
}

static int serve(struct xside *x, const struct proto_request *req,
		 struct proto_reply *reply)
{
	struct proto_picture *p = &reply->picture;

	switch ((enum proto_type)req->type) {
	case PROTO_SIZE:
		return xside_size(x, &p->width, &p->height, &reply->err);
	case PROTO_CAPTURE:
		return xcapture(x, p, &reply->err);
	case PROTO_POSITION:
		return xpointer_position(x, &reply->position, &reply->err);
	case PROTO_MOVE:
		return xpointer_move(x, req, &reply->err);
	case PROTO_CLICK:
		return xpointer_click(x, req, &reply->err);
	case PROTO_DRAG:
		return xpointer_drag(x, req, &reply->err);
	case PROTO_PRESS:
		return xpointer_press(x, req, &reply->err);
	case PROTO_RELEASE:
		return xpointer_release(x, req, &reply->err);
	case PROTO_TYPE:
		return xtype(x, req, &reply->err);
	case PROTO_KEY:
		return xkeyboard_chord(x, req, &reply->err);
	case PROTO_KEYDOWN:
		return xkeyboard_down(x, req, &reply->err);
	case PROTO_KEYUP:
		return xkeyboard_up(x, req, &reply->err);
	case PROTO_WAIT_STABLE:
		return xwait_stable(x, req->timeout_ms, &reply->err);
	case PROTO_WAIT_FOCUS:
		return xwait_focus(x, req->timeout_ms, &reply->err);
	case PROTO_WINDOWS:
		return xwindows_list(x, &reply->windows, &reply->err);
	case PROTO_FOCUS:
		return xwindows_focus(x, req, &reply->err);
	case PROTO_CLOSE:
		return xwindows_close(x, req, &reply->err);
	}
	return err_set(&reply->err, EXIT_FAILED, "serve", NULL,
		       "unknown request %u", req->type);
}

/* A parent that is gone leaves nobody to tell. */
static void answer(const struct proto_reply *reply)
{
	if (send(reply_socket, reply, sizeof(*reply), MSG_NOSIGNAL) < 0)
		_exit(EXIT_FAILED);
}

static void tell_lost(const char *cause)
{
	struct proto_reply reply = { 0 };

	err_set(&reply.err, EXIT_DISPLAY, "talk to the display", NULL, "%s",
		cause);
	answer(&reply);
}

int xside_main(const struct xside_fds *fds, const void *cookie)
{
	struct xside x = { .pixels = fds->pixels, .share = fds->share };
	struct proto_reply hello = { 0 };
	struct proto_request req;

	reply_socket = fds->sock;
	if (xside_open(&x, fds->xfd, cookie, tell_lost, &hello.err) < 0) {
		answer(&hello);
		return EXIT_DISPLAY;
	}
	answer(&hello);
	while (recv(fds->sock, &req, sizeof(req), 0) == (ssize_t)sizeof(req)) {
		struct proto_reply reply = { 0 };

		(void)serve(&x, &req, &reply);
		xinput_release_ours(&x);
		(void)xside_sync(&x);
		answer(&reply);
	}
	return EXIT_DONE;
}
