#include "steer/xside.h"

#include <X11/Xutil.h>
#include <X11/keysym.h>

#include "base/macros.h"
#include "steer/xkeymap.h"
#include "steer/xlocks.h"

/* --- chords -------------------------------------------------------------- */

/* Whoever presses a lock wants it to change. */
static bool has_lock_key(const struct proto_request *req)
{
	for (uint32_t i = 0; i < req->nkeys; i++)
		if (req->keys[i] == XK_Caps_Lock ||
		    req->keys[i] == XK_Shift_Lock ||
		    req->keys[i] == XK_Num_Lock ||
		    req->keys[i] == XK_Scroll_Lock ||
		    (req->keys[i] >= XK_ISO_Lock &&
		     req->keys[i] <= XK_ISO_Last_Group_Lock))
			return true;
	return false;
}

/* A key that the layout has not gets a spare one; a modifier is more than a
 * key with its name. */
static struct xkey find_key(struct xside *x, struct xkeymap *m, KeySym sym)
{
	struct xkey key = xkeymap_find(m, sym);

	if (key.code || IsModifierKey(sym) || !xkeymap_find_spare(x, m))
		return key;
	return xkeymap_assign(m, sym);
}

static int find_chord(struct xside *x, struct xkeymap *m,
		      const struct proto_request *req, struct xchord *out,
		      struct err *err)
{
	struct xkey shift = xkeymap_find(m, XK_Shift_L);
	bool shifted = false;

	for (uint32_t i = 0; i < req->nkeys; i++) {
		struct xkey key = find_key(x, m, req->keys[i]);

		if (!key.code)
			return err_set(err, EXIT_FAILED, "key", NULL,
				       "the keyboard layout has no key %u of "
				       "the chord", i + 1);
		xkeymap_make_busy(m, key.code);
		shifted |= req->keys[i] == XK_Shift_L ||
			   req->keys[i] == XK_Shift_R;
		if (key.shift && !shifted && shift.code) {
			out->codes[out->n++] = shift.code;
			shifted = true;
		}
		out->codes[out->n++] = key.code;
	}
	return 0;
}

int xkeyboard_find(struct xside *x, const struct proto_request *req,
		   struct xchord *out, struct err *err)
{
	CLEANUP(xkeymap_finish) struct xkeymap map = { 0 };

	*out = (struct xchord){ 0 };
	if (!req->nkeys)
		return 0;
	if (req->nkeys > PROTO_CHORD_MAX)
		return err_set(err, EXIT_FAILED, "key", NULL, "too long");
	if (xkeymap_load(x, &map, err) < 0 ||
	    find_chord(x, &map, req, out, err) < 0)
		return -1;
	return xtype_publish(x, &map, err);
}

int xkeyboard_chord(struct xside *x, const struct proto_request *req,
		    struct err *err)
{
	struct xlocks locks = { 0 };
	struct xchord chord;

	if (xinput_begin(x, err) < 0 || xkeyboard_find(x, req, &chord, err) < 0)
		return -1;
	if (!has_lock_key(req))
		xlocks_clear(x, &locks);
	xinput_chord(x, &chord, true, 0);
	xinput_chord(x, &chord, false, req->ms);
	xlocks_restore(x, &locks);
	return xinput_finish(x, err);
}

int xkeyboard_down(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	struct xchord chord;

	if (xinput_begin(x, err) < 0 || xkeyboard_find(x, req, &chord, err) < 0)
		return -1;
	xinput_chord(x, &chord, true, 0);
	xinput_keep(x);
	return xinput_finish(x, err);
}

int xkeyboard_up(struct xside *x, const struct proto_request *req,
		 struct err *err)
{
	struct xchord chord;

	if (xinput_begin(x, err) < 0 || xkeyboard_find(x, req, &chord, err) < 0)
		return -1;
	for (int i = chord.n - 1; i >= 0; i--)
		xinput_unkeep_key(x, chord.codes[i]);
	return xinput_finish(x, err);
}
