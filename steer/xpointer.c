#include "steer/xside.h"

#include <X11/extensions/XTest.h>

#define NEST_MAX 64 /* windows within windows, down to a client's */

/* Toolkits take a drag for one by its motion: the button is down before the
 * pointer moves, on its way it is seen often, and it has arrived before the
 * button goes up. */
#define DRAG_REST_MS 50
#define DRAG_STEP_MS 10
#define DRAG_STEPS_MIN 10u

/* --- position ------------------------------------------------------------ */

/* Window managers put WM_STATE on what they manage (ICCCM 4.1.3.1). */
static bool is_client(struct xside *x, Window window)
{
	return xproperty_number(x, window, "WM_STATE",
			      XInternAtom(x->dpy, "WM_STATE", False)) != 0;
}

/* Frames lie around clients: looks inside `top` along the pointer. */
static Window client_under(struct xside *x, Window top)
{
	Window window = top;

	for (int i = 0; i < NEST_MAX && window != None; i++) {
		Window root, child = None;
		int rx, ry, wx, wy;
		unsigned int mask;

		if (is_client(x, window))
			return window;
		if (!XQueryPointer(x->dpy, window, &root, &child, &rx, &ry,
				   &wx, &wy, &mask))
			break;
		window = child;
	}
	return top;
}

int xpointer_position(struct xside *x, struct proto_position *out,
		      struct err *err)
{
	Window root, child = None;
	unsigned int mask = 0;
	int wx, wy;

	if (!XQueryPointer(x->dpy, x->root, &root, &child, &out->at.x,
			   &out->at.y, &wx, &wy, &mask))
		return err_set(err, EXIT_FAILED, "ask for the pointer", NULL,
			       "it is not on this screen");
	xinput_load(x);
	out->buttons = x->kept.buttons;
	for (unsigned int button = 1; button <= 5; button++)
		if (mask & Button1Mask << (button - 1))
			out->buttons |= 1u << button;
	out->window = (uint32_t)client_under(x, child);
	return 0;
}

/* --- motion -------------------------------------------------------------- */

/* The server would quietly take the nearest point instead. */
static int check_point(struct xside *x, const struct proto_point *p,
		       struct err *err)
{
	uint32_t width, height;

	if (xside_size(x, &width, &height, err) < 0)
		return -1;
	if (p->x >= 0 && p->y >= 0 && (uint32_t)p->x < width &&
	    (uint32_t)p->y < height)
		return 0;
	return err_set(err, EXIT_USAGE, "move", NULL,
		       "%d,%d lies outside the screen of %ux%u", p->x, p->y,
		       width, height);
}

static void motion(struct xside *x, int px, int py, uint32_t ms)
{
	XTestFakeMotionEvent(x->dpy, x->screen, px, py, ms);
}

/* To where the request says, if it says. */
static int move_there(struct xside *x, const struct proto_request *req,
		      struct err *err)
{
	if (!req->positioned)
		return 0;
	if (check_point(x, &req->at, err) < 0)
		return -1;
	motion(x, req->at.x, req->at.y, 0);
	return 0;
}

int xpointer_move(struct xside *x, const struct proto_request *req,
		  struct err *err)
{
	if (xinput_ready(x, err) < 0 || check_point(x, &req->at, err) < 0)
		return -1;
	motion(x, req->at.x, req->at.y, 0);
	return xinput_finish(x, err);
}

/* --- buttons ------------------------------------------------------------- */

static int check_button(struct xside *x, uint32_t button, struct err *err)
{
	unsigned char map[256];
	int n = XGetPointerMapping(x->dpy, map, sizeof(map));

	if (button >= 1 && button <= PROTO_BUTTON_MAX && (int)button <= n)
		return 0;
	if (n < 1)
		return err_set(err, EXIT_DISPLAY, "ask for the buttons", NULL,
			       "the display has none");
	return err_set(err, EXIT_USAGE, "use the pointer", NULL,
		       "it has no button %u, only 1 to %d", button, n);
}

/* What each request with a button begins with. */
static int begin(struct xside *x, const struct proto_request *req,
		 struct xchord *chord, struct err *err)
{
	if (xinput_begin(x, err) < 0 ||
	    check_button(x, req->button, err) < 0)
		return -1;
	return xkeyboard_find(x, req, chord, err);
}

int xpointer_click(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	struct xchord chord;

	if (begin(x, req, &chord, err) < 0 || move_there(x, req, err) < 0)
		return -1;
	xinput_chord(x, &chord, true, 0);
	for (uint32_t i = 0; i < req->count; i++) {
		xinput_button(x, req->button, true, i ? req->ms : 0);
		xinput_button(x, req->button, false, 0);
	}
	xinput_chord(x, &chord, false, 0);
	return xinput_finish(x, err);
}

/* The `i`-th of `n` steps from a to b. */
static int between(int a, int b, uint32_t i, uint32_t n)
{
	return a + (int)((int64_t)(b - a) * i / n);
}

static void drag_along(struct xside *x, const struct proto_request *req)
{
	uint32_t n = req->ms / DRAG_STEP_MS, passed = 0;

	if (n < DRAG_STEPS_MIN)
		n = DRAG_STEPS_MIN;
	for (uint32_t i = 1; i <= n; i++) {
		uint32_t due = (uint32_t)((uint64_t)req->ms * i / n);

		motion(x, between(req->at.x, req->to.x, i, n),
		       between(req->at.y, req->to.y, i, n), due - passed);
		passed = due;
	}
}

int xpointer_drag(struct xside *x, const struct proto_request *req,
		  struct err *err)
{
	struct xchord chord;

	if (begin(x, req, &chord, err) < 0 ||
	    check_point(x, &req->at, err) < 0 ||
	    check_point(x, &req->to, err) < 0)
		return -1;
	motion(x, req->at.x, req->at.y, 0);
	xinput_chord(x, &chord, true, 0);
	xinput_button(x, req->button, true, 0);
	motion(x, req->at.x, req->at.y, DRAG_REST_MS);
	drag_along(x, req);
	xinput_button(x, req->button, false, DRAG_REST_MS);
	xinput_chord(x, &chord, false, 0);
	return xinput_finish(x, err);
}

int xpointer_press(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	struct xchord none;

	if (begin(x, req, &none, err) < 0 || move_there(x, req, err) < 0)
		return -1;
	xinput_button(x, req->button, true, 0);
	xinput_keep(x);
	return xinput_finish(x, err);
}

int xpointer_release(struct xside *x, const struct proto_request *req,
		     struct err *err)
{
	if (xinput_ready(x, err) < 0 ||
	    (req->button && check_button(x, req->button, err) < 0) ||
	    move_there(x, req, err) < 0)
		return -1;
	if (!req->button)
		return xinput_release_all(x, err);
	if (xinput_begin(x, err) < 0)
		return -1;
	xinput_unkeep_button(x, req->button);
	return xinput_finish(x, err);
}
