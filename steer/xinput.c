#include "steer/xside.h"

#include <string.h>

#include <X11/extensions/XTest.h>

#define BUTTONS 5 /* whose state QueryPointer tells */

int xinput_ready(struct xside *x, struct err *err)
{
	if (x->xtest)
		return 0;
	return err_set(err, EXIT_FAILED, "send input", NULL,
		       "the display has no XTEST extension");
}

int xinput_finish(struct xside *x, struct err *err)
{
	int code = xside_sync(x);

	if (!code)
		return 0;
	return err_set(err, EXIT_FAILED, "send input", NULL,
		       "the display answered with error %d", code);
}

void xinput_key(struct xside *x, unsigned int code, bool down)
{
	uint8_t bit = (uint8_t)(1u << (code & 7));

	if (code > 255)
		return;
	if (down)
		x->keys[code >> 3] |= bit;
	else
		x->keys[code >> 3] &= (uint8_t)~bit;
	XTestFakeKeyEvent(x->dpy, code, down, CurrentTime);
}

void xinput_button(struct xside *x, unsigned int button, bool down)
{
	if (down)
		x->buttons |= 1u << button;
	else
		x->buttons &= ~(1u << button);
	XTestFakeButtonEvent(x->dpy, button, down, CurrentTime);
}

void xinput_release_ours(struct xside *x)
{
	for (unsigned int code = 0; code < 256; code++)
		if (x->keys[code >> 3] & 1u << (code & 7))
			xinput_key(x, code, false);
	for (unsigned int button = 1; button < 32; button++)
		if (x->buttons & 1u << button)
			xinput_button(x, button, false);
}

int xinput_release_all(struct xside *x, struct err *err)
{
	unsigned int mask = 0;
	int rx, ry, wx, wy;
	Window root, child;
	char keys[32];

	if (xinput_ready(x, err) < 0)
		return -1;
	XQueryKeymap(x->dpy, keys);
	XQueryPointer(x->dpy, x->root, &root, &child, &rx, &ry, &wx, &wy,
		      &mask);
	memcpy(x->keys, keys, sizeof(x->keys));
	for (unsigned int button = 1; button <= BUTTONS; button++)
		if (mask & Button1Mask << (button - 1))
			x->buttons |= 1u << button;
	xinput_release_ours(x);
	(void)xside_sync(x);
	return 0;
}
