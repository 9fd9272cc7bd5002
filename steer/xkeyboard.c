#include "steer/xside.h"

#include <stdlib.h>
#include <string.h>

#include <X11/XKBlib.h>
#include <X11/keysym.h>

#include "base/macros.h"

/* --- keys by what they mean ---------------------------------------------- */

struct keymap {
	xcb_get_keyboard_mapping_reply_t *reply;
	const xcb_keysym_t *syms;
	unsigned int first, count, levels;
};

struct key {
	unsigned int code; /* 0: there is none */
	bool shift;
};

static void keymap_finish(struct keymap *m)
{
	free(m->reply);
}

/* By xcb: Xlib does not tell how many entries really came. */
static int keymap_load(struct xside *x, struct keymap *m, struct err *err)
{
	const xcb_setup_t *setup = xcb_get_setup(x->xcb);
	unsigned int first = setup->min_keycode, last = setup->max_keycode;

	m->reply = last < first ? NULL : xcb_get_keyboard_mapping_reply(
		x->xcb,
		xcb_get_keyboard_mapping(x->xcb, (uint8_t)first,
					 (uint8_t)(last - first + 1)),
		NULL);
	if (!m->reply || !m->reply->keysyms_per_keycode)
		return err_set(err, EXIT_DISPLAY, "read the keyboard layout",
			       NULL, "the display sent none");
	m->syms = xcb_get_keyboard_mapping_keysyms(m->reply);
	m->levels = m->reply->keysyms_per_keycode;
	m->first = first;
	m->count = (unsigned int)xcb_get_keyboard_mapping_keysyms_length(
		m->reply) / m->levels;
	if (m->count > last - first + 1)
		m->count = last - first + 1;
	return 0;
}

static unsigned int find_at(const struct keymap *m, KeySym sym,
			    unsigned int level)
{
	if (level >= m->levels)
		return 0;
	for (unsigned int i = 0; i < m->count; i++)
		if (m->syms[i * m->levels + level] == sym)
			return m->first + i;
	return 0;
}

/* The first group's two levels: plain, and with Shift. */
static struct key find(const struct keymap *m, KeySym sym)
{
	struct key key = { .code = find_at(m, sym, 0) };

	if (!key.code) {
		key.code = find_at(m, sym, 1);
		key.shift = key.code != 0;
	}
	return key;
}

/* --- locks --------------------------------------------------------------- */

struct locks {
	bool known;
	XkbStateRec was;
};

/* With Caps Lock on, 'a' would arrive as 'A'; a second group would be another
 * layout. Locks change without a key event being sent to anyone. */
static void locks_clear(struct xside *x, struct locks *locks)
{
	int opcode, event, error, major = 1, minor = 0;

	locks->known = XkbQueryExtension(x->dpy, &opcode, &event, &error,
					 &major, &minor) &&
		       XkbGetState(x->dpy, XkbUseCoreKbd, &locks->was) ==
			       Success;
	if (!locks->known)
		return;
	if (locks->was.locked_mods)
		XkbLockModifiers(x->dpy, XkbUseCoreKbd, 0xff, 0);
	if (locks->was.latched_mods)
		XkbLatchModifiers(x->dpy, XkbUseCoreKbd, 0xff, 0);
	if (locks->was.locked_group)
		XkbLockGroup(x->dpy, XkbUseCoreKbd, 0);
}

/* A latch is not put back: the first key would have used it up. */
static void locks_restore(struct xside *x, const struct locks *locks)
{
	if (!locks->known)
		return;
	if (locks->was.locked_mods)
		XkbLockModifiers(x->dpy, XkbUseCoreKbd, 0xff,
				 locks->was.locked_mods);
	if (locks->was.locked_group)
		XkbLockGroup(x->dpy, XkbUseCoreKbd, locks->was.locked_group);
}

/* --- typing -------------------------------------------------------------- */

static int no_key(struct err *err, char c)
{
	return err_set(err, EXIT_FAILED, "type", NULL,
		       "the keyboard layout has no key for U+%04X '%c'",
		       (unsigned char)c, c < ' ' ? ' ' : c);
}

static KeySym keysym_of(char c)
{
	switch (c) {
	case '\n':
		return XK_Return;
	case '\t':
		return XK_Tab;
	default: /* keysyms of Latin-1 are its code points */
		return (KeySym)(unsigned char)c;
	}
}

/* All keys are found before the first is pressed. */
static int find_text(const struct keymap *m, const struct proto_request *req,
		     struct key keys[PROTO_TEXT_MAX], struct err *err)
{
	for (uint32_t i = 0; i < req->length; i++) {
		keys[i] = find(m, keysym_of(req->text[i]));
		if (!keys[i].code)
			return no_key(err, req->text[i]);
	}
	return 0;
}

/* Back to back: the server takes them in order, and a pause between press and
 * release would only make room for auto-repeat. */
static void press_text(struct xside *x, const struct key *keys, uint32_t n,
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

int xkeyboard_type(struct xside *x, const struct proto_request *req,
		   struct err *err)
{
	CLEANUP(keymap_finish) struct keymap map = { 0 };
	struct key keys[PROTO_TEXT_MAX] = { 0 };
	struct locks locks;
	struct key shift;

	if (req->length > PROTO_TEXT_MAX)
		return err_set(err, EXIT_FAILED, "type", NULL, "too long");
	if (xinput_begin(x, err) < 0 || refuse_kept(x, err) < 0 ||
	    keymap_load(x, &map, err) < 0 ||
	    find_text(&map, req, keys, err) < 0)
		return -1;
	shift = find(&map, XK_Shift_L);
	if (!shift.code)
		return err_set(err, EXIT_FAILED, "type", NULL,
			       "the keyboard layout has no Shift");
	locks_clear(x, &locks);
	press_text(x, keys, req->length, shift.code);
	locks_restore(x, &locks);
	return xinput_finish(x, err);
}

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

static int find_chord(const struct keymap *m, const struct proto_request *req,
		      struct xchord *out, struct err *err)
{
	struct key shift = find(m, XK_Shift_L);
	bool shifted = false;

	for (uint32_t i = 0; i < req->nkeys; i++) {
		struct key key = find(m, req->keys[i]);

		if (!key.code)
			return err_set(err, EXIT_FAILED, "key", NULL,
				       "the keyboard layout has no key %u of "
				       "the chord", i + 1);
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
	CLEANUP(keymap_finish) struct keymap map = { 0 };

	*out = (struct xchord){ 0 };
	if (!req->nkeys)
		return 0;
	if (req->nkeys > PROTO_CHORD_MAX)
		return err_set(err, EXIT_FAILED, "key", NULL, "too long");
	if (keymap_load(x, &map, err) < 0)
		return -1;
	return find_chord(&map, req, out, err);
}

int xkeyboard_chord(struct xside *x, const struct proto_request *req,
		    struct err *err)
{
	struct locks locks = { 0 };
	struct xchord chord;

	if (xinput_begin(x, err) < 0 || xkeyboard_find(x, req, &chord, err) < 0)
		return -1;
	if (!has_lock_key(req))
		locks_clear(x, &locks);
	xinput_chord(x, &chord, true, 0);
	xinput_chord(x, &chord, false, req->ms);
	locks_restore(x, &locks);
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
