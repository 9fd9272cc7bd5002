#include "steer/xside.h"

#include <X11/extensions/XTest.h>

static int move_to(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	uint32_t width, height;

	if (xside_size(x, &width, &height, err) < 0)
		return -1;
	/* The server would quietly take the nearest point instead. */
	if (req->x < 0 || req->y < 0 || (uint32_t)req->x >= width ||
	    (uint32_t)req->y >= height)
		return err_set(err, EXIT_USAGE, "move", NULL,
			       "%d,%d lies outside the screen of %ux%u",
			       req->x, req->y, width, height);
	XTestFakeMotionEvent(x->dpy, x->screen, req->x, req->y, CurrentTime);
	return 0;
}

int xpointer_move(struct xside *x, const struct proto_request *req,
		  struct err *err)
{
	if (xinput_ready(x, err) < 0 || move_to(x, req, err) < 0)
		return -1;
	return xinput_finish(x, err);
}

int xpointer_click(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	if (xinput_release_all(x, err) < 0)
		return -1;
	if (req->positioned && move_to(x, req, err) < 0)
		return -1;
	xinput_button(x, Button1, true);
	xinput_button(x, Button1, false);
	return xinput_finish(x, err);
}
