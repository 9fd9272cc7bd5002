#include "steer/xside.h"

#include <stdlib.h>
#include <string.h>

#include <X11/Xatom.h>
#include <X11/extensions/XTest.h>

#include "base/macros.h"

#define KNOWN_BUTTONS 5 /* whose state QueryPointer tells */
#define HELD "_SANDBOXD_HELD" /* struct xheld, on the root window */

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

/* --- what is down -------------------------------------------------------- */

static bool has_key(const struct xheld *h, unsigned int code)
{
	return h->keys[code >> 3] & 1u << (code & 7);
}

static void set_key(struct xheld *h, unsigned int code, bool down)
{
	uint8_t bit = (uint8_t)(1u << (code & 7));

	if (down)
		h->keys[code >> 3] |= bit;
	else
		h->keys[code >> 3] &= (uint8_t)~bit;
}

static void set_button(struct xheld *h, unsigned int button, bool down)
{
	if (down)
		h->buttons |= 1u << button;
	else
		h->buttons &= ~(1u << button);
}

/* What the server tells: all keys, and the first buttons. */
static void query(struct xside *x, struct xheld *h)
{
	unsigned int mask = 0;
	int rx, ry, wx, wy;
	Window root, child;

	*h = (struct xheld){ 0 };
	XQueryKeymap(x->dpy, (char *)h->keys);
	XQueryPointer(x->dpy, x->root, &root, &child, &rx, &ry, &wx, &wy,
		      &mask);
	for (unsigned int button = 1; button <= KNOWN_BUTTONS; button++)
		set_button(h, button, mask & Button1Mask << (button - 1));
}

static xcb_atom_t held_atom(struct xside *x)
{
	return (xcb_atom_t)XInternAtom(x->dpy, HELD, False);
}

static void read_kept(struct xside *x)
{
	CLEANUP_FREE xcb_get_property_reply_t *r = xcb_get_property_reply(
		x->xcb,
		xcb_get_property(x->xcb, 0, (xcb_window_t)x->root,
				 held_atom(x), XA_CARDINAL, 0,
				 sizeof(x->kept) / 4),
		NULL);

	x->kept = (struct xheld){ 0 };
	if (r && r->format == 8 && r->length == sizeof(x->kept) / 4 &&
	    r->value_len == sizeof(x->kept))
		memcpy(&x->kept, xcb_get_property_value(r), sizeof(x->kept));
	x->kept.buttons &= ~1u;
}

static void store_kept(struct xside *x)
{
	static const struct xheld none;

	if (memcmp(&x->kept, &none, sizeof(none)) == 0)
		XDeleteProperty(x->dpy, x->root, held_atom(x));
	else
		XChangeProperty(x->dpy, x->root, held_atom(x), XA_CARDINAL, 8,
				PropModeReplace, (unsigned char *)&x->kept,
				sizeof(x->kept));
}

static void release(struct xside *x, const struct xheld *h)
{
	for (unsigned int code = 0; code < 256; code++)
		if (has_key(h, code))
			XTestFakeKeyEvent(x->dpy, code, False, CurrentTime);
	for (unsigned int button = 1; button <= PROTO_BUTTON_MAX; button++)
		if (h->buttons & 1u << button)
			XTestFakeButtonEvent(x->dpy, button, False,
					     CurrentTime);
}

/* Fills `down` with all that is, of whatever origin. */
static void load(struct xside *x, struct xheld *down)
{
	const uint32_t known = (2u << KNOWN_BUTTONS) - 2;

	query(x, down);
	read_kept(x);
	/* Released since by somebody else. */
	for (size_t i = 0; i < sizeof(down->keys); i++)
		x->kept.keys[i] &= down->keys[i];
	x->kept.buttons &= down->buttons | ~known;
	down->buttons |= x->kept.buttons;
}

void xinput_load(struct xside *x)
{
	struct xheld down;

	load(x, &down);
}

int xinput_begin(struct xside *x, struct err *err)
{
	struct xheld stray;

	if (xinput_ready(x, err) < 0)
		return -1;
	load(x, &stray);
	for (size_t i = 0; i < sizeof(stray.keys); i++)
		stray.keys[i] &= (uint8_t)~x->kept.keys[i];
	stray.buttons &= ~x->kept.buttons;
	release(x, &stray);
	return 0;
}

/* --- input --------------------------------------------------------------- */

void xinput_key(struct xside *x, unsigned int code, bool down, uint32_t ms)
{
	if (code > 255 || has_key(&x->kept, code))
		return;
	set_key(&x->ours, code, down);
	XTestFakeKeyEvent(x->dpy, code, down, ms);
}

void xinput_button(struct xside *x, unsigned int button, bool down,
		   uint32_t ms)
{
	if (button > PROTO_BUTTON_MAX || x->kept.buttons & 1u << button)
		return;
	set_button(&x->ours, button, down);
	XTestFakeButtonEvent(x->dpy, button, down, ms);
}

void xinput_chord(struct xside *x, const struct xchord *chord, bool down,
		  uint32_t ms)
{
	for (int i = 0; i < chord->n; i++) {
		int at = down ? i : chord->n - 1 - i;

		xinput_key(x, chord->codes[at], down, i ? 0 : ms);
	}
}

void xinput_keep(struct xside *x)
{
	for (size_t i = 0; i < sizeof(x->kept.keys); i++)
		x->kept.keys[i] |= x->ours.keys[i];
	x->kept.buttons |= x->ours.buttons;
	x->ours = (struct xheld){ 0 };
	store_kept(x);
}

void xinput_unkeep_button(struct xside *x, unsigned int button)
{
	set_button(&x->kept, button, false);
	store_kept(x);
	xinput_button(x, button, false, 0);
}

void xinput_unkeep_key(struct xside *x, unsigned int code)
{
	if (code > 255)
		return;
	set_key(&x->kept, code, false);
	store_kept(x);
	xinput_key(x, code, false, 0);
}

void xinput_release_ours(struct xside *x)
{
	release(x, &x->ours);
	x->ours = (struct xheld){ 0 };
}

int xinput_release_all(struct xside *x, struct err *err)
{
	struct xheld down;

	if (xinput_ready(x, err) < 0)
		return -1;
	load(x, &down);
	x->kept = (struct xheld){ 0 };
	store_kept(x);
	release(x, &down);
	/* A button number from the property may not exist; that is no failure
	 * of ours. */
	(void)xside_sync(x);
	return 0;
}
