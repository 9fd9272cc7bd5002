#include "steer/chord.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <X11/Xlib.h>
#include <X11/keysym.h>

#include "base/macros.h"
#include "base/str.h"

/* Words that people use and X does not; compared without case. */
static const struct {
	const char *name;
	KeySym key;
} aliases[] = {
	{ "ctrl", XK_Control_L },   { "control", XK_Control_L },
	{ "shift", XK_Shift_L },    { "alt", XK_Alt_L },
	{ "meta", XK_Meta_L },	    { "super", XK_Super_L },
	{ "win", XK_Super_L },	    { "hyper", XK_Hyper_L },
	{ "enter", XK_Return },	    { "esc", XK_Escape },
	{ "del", XK_Delete },	    { "ins", XK_Insert },
	{ "pageup", XK_Page_Up },   { "pagedown", XK_Page_Down },
	{ "capslock", XK_Caps_Lock },
};

/* For "did you mean": what is most often meant. */
static const char *const common[] = {
	"ctrl", "shift", "alt", "super", "Return", "Escape", "Tab",
	"BackSpace", "Delete", "Insert", "Home", "End", "Page_Up",
	"Page_Down", "Left", "Right", "Up", "Down", "space", "plus",
	"minus", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9",
	"F10", "F11", "F12", "Caps_Lock", "Num_Lock", "Print", "Menu", NULL,
};

static KeySym lookup(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (strcasecmp(name, aliases[i].name) == 0)
			return aliases[i].key;
	return XStringToKeysym(name);
}

static int unknown(const char *name, struct err *err)
{
	const char *near = str_nearest(name, common);

	err_set(err, EXIT_USAGE, "key", name, "no such key");
	/* ASCII keysyms equal their characters: '!' is "exclam". */
	if (name[0] && !name[1] && isprint((unsigned char)name[0]))
		near = XKeysymToString((KeySym)name[0]);
	return near ? err_hint(err, "did you mean '%s'?", near) :
		      err_hint(err, "keys have the names that xev(1) prints");
}

static int add(struct chord *out, const char *name, struct err *err)
{
	KeySym key = lookup(name);

	if (key == NoSymbol)
		return unknown(name, err);
	for (uint32_t i = 0; i < out->n; i++)
		if (out->keys[i] == key)
			return err_set(err, EXIT_USAGE, "key", name,
				       "named twice");
	if (out->n == PROTO_CHORD_MAX)
		return err_set(err, EXIT_USAGE, "key", name,
			       "more than %u keys at once", PROTO_CHORD_MAX);
	out->keys[out->n++] = (uint32_t)key;
	return 0;
}

int chord_parse(const char *text, struct chord *out, struct err *err)
{
	const char *rest = text;

	*out = (struct chord){ 0 };
	while (rest) {
		const char *end = strchr(rest, '+');
		char name[64];
		size_t len = end ? (size_t)(end - rest) : strlen(rest);

		if (len == 0) {
			err_set(err, EXIT_USAGE, "key", text,
				"a name is missing beside '+'");
			return err_hint(err, "the key '+' is called 'plus'");
		}
		if (len >= sizeof(name))
			return err_set(err, EXIT_USAGE, "key", text,
				       "no key has so long a name");
		memcpy(name, rest, len);
		name[len] = '\0';
		if (add(out, name, err) < 0)
			return -1;
		rest = end ? end + 1 : NULL;
	}
	return 0;
}
