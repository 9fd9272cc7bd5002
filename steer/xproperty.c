#include "steer/xside.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define HOLDS_MAX 1024u /* values that are searched */

void xproperty_read(struct xside *x, Window window, const char *name,
		    Atom type, int format, uint32_t from, uint32_t words,
		    struct xproperty *out)
{
	Atom atom = XInternAtom(x->dpy, name, False);
	xcb_get_property_reply_t *r = xcb_get_property_reply(
		x->xcb,
		xcb_get_property(x->xcb, 0, (xcb_window_t)window,
				 (xcb_atom_t)atom, (xcb_atom_t)type, from,
				 words),
		NULL);
	size_t came;

	*out = (struct xproperty){ .reply = r };
	/* Of another type than was asked for, it comes without data. */
	if (!r || r->format != format)
		return;
	/* Two fields tell the size, and they need not agree. */
	came = (size_t)r->length * 4;
	out->size = (size_t)r->value_len * (r->format / 8);
	if (out->size > came)
		out->size = came;
	if (out->size > words * 4)
		out->size = words * 4;
	out->data = xcb_get_property_value(r);
}

void xproperty_finish(struct xproperty *p)
{
	free(p->reply);
}

uint32_t xproperty_number(struct xside *x, Window window, const char *name,
			  Atom type)
{
	CLEANUP(xproperty_finish) struct xproperty p;
	uint32_t value = 0;

	xproperty_read(x, window, name, type, 32, 0, 1, &p);
	if (p.size >= sizeof(value))
		memcpy(&value, p.data, sizeof(value));
	return value;
}

bool xproperty_holds(struct xside *x, Window window, const char *name,
		     Atom type, uint32_t value)
{
	CLEANUP(xproperty_finish) struct xproperty p;
	const uint32_t *values;

	xproperty_read(x, window, name, type, 32, 0, HOLDS_MAX, &p);
	values = p.data;
	for (size_t i = 0; i < p.size / 4; i++)
		if (values[i] == value)
			return true;
	return false;
}
