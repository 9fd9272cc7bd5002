#include "steer/xkeymap.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

/* Hardware keycodes that are on no common keyboard, or are keys that programs
 * and window managers were seen to leave alone: some act on a keycode (reload,
 * search, volume) whatever its meaning is. Runs of first and last. */
static const uint8_t harmless[][2] = {
	{ 183, 184 }, { 187, 188 }, { 191, 202 }, { 209, 212 }, { 217, 217 },
	{ 219, 222 }, { 226, 228 }, { 230, 230 }, { 235, 235 }, { 237, 238 },
	{ 243, 254 },
};

static bool has(const uint8_t bits[32], unsigned int code)
{
	return bits[code >> 3] & 1u << (code & 7);
}

static void set(uint8_t bits[32], unsigned int code, bool on)
{
	uint8_t bit = (uint8_t)(1u << (code & 7));

	if (on)
		bits[code >> 3] |= bit;
	else
		bits[code >> 3] &= (uint8_t)~bit;
}

/* By xcb: Xlib does not tell how many entries really came. */
int xkeymap_load(struct xside *x, struct xkeymap *m, struct err *err)
{
	const xcb_setup_t *setup = xcb_get_setup(x->xcb);
	unsigned int first = setup->min_keycode, last = setup->max_keycode;

	*m = (struct xkeymap){ .first = first };
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
	m->count = (unsigned int)xcb_get_keyboard_mapping_keysyms_length(
		m->reply) / m->levels;
	if (m->count > last - first + 1)
		m->count = last - first + 1;
	return 0;
}

void xkeymap_finish(struct xkeymap *m)
{
	free(m->reply);
}

static unsigned int find_at(const struct xkeymap *m, KeySym sym,
			    unsigned int level)
{
	if (level >= m->levels)
		return 0;
	for (unsigned int i = 0; i < m->count; i++)
		if (m->syms[i * m->levels + level] == sym)
			return m->first + i;
	return 0;
}

struct xkey xkeymap_find(const struct xkeymap *m, KeySym sym)
{
	struct xkey key = { .code = find_at(m, sym, 0) };

	if (!key.code) {
		key.code = find_at(m, sym, 1);
		key.shift = key.code != 0;
	}
	return key;
}

/* --- spare keys ---------------------------------------------------------- */

static xcb_keysym_t *row(const struct xkeymap *m, unsigned int code)
{
	return m->syms + (size_t)(code - m->first) * m->levels;
}

/* The keys that the server takes for Shift, Control and the like. */
static void leave_modifiers(struct xside *x, struct xkeymap *m)
{
	CLEANUP_FREE xcb_get_modifier_mapping_reply_t *r =
		xcb_get_modifier_mapping_reply(
			x->xcb, xcb_get_modifier_mapping(x->xcb), NULL);
	const xcb_keycode_t *codes;

	if (!r) {
		memset(m->spare, 0, sizeof(m->spare));
		return;
	}
	codes = xcb_get_modifier_mapping_keycodes(r);
	for (uint32_t i = 0; i < r->length * 4; i++)
		set(m->spare, codes[i], false);
}

unsigned int xkeymap_find_spare(struct xside *x, struct xkeymap *m)
{
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		for (unsigned int code = harmless[i][0];
		     code <= harmless[i][1]; code++)
			if (code >= m->first && code < m->first + m->count)
				set(m->spare, code, true);
	leave_modifiers(x, m);
	for (unsigned int code = 0; code < 256; code++)
		n += has(m->spare, code);
	return n;
}

/* 0: nothing; 1: a key for media and the like, by the layout; 2: anything else,
 * most often a character that was typed before. */
static int meaning(const struct xkeymap *m, unsigned int code)
{
	xcb_keysym_t sym = row(m, code)[0];

	if (sym == NoSymbol)
		return 0;
	return sym >> 28 == 1 ? 1 : 2;
}

void xkeymap_make_busy(struct xkeymap *m, unsigned int code)
{
	set(m->busy, code, true);
}

/* A key that has been typed with is the last choice. */
static unsigned int choose(const struct xkeymap *m)
{
	unsigned int best = 0;

	for (unsigned int code = 1; code < 256; code++) {
		if (!has(m->spare, code) || has(m->busy, code))
			continue;
		if (!best || meaning(m, code) < meaning(m, best))
			best = code;
	}
	return best;
}

/* With Shift it is the same. */
struct xkey xkeymap_assign(struct xkeymap *m, KeySym sym)
{
	struct xkey key = { .code = choose(m) };

	if (!key.code)
		return key;
	m->reused |= meaning(m, key.code) != 0;
	for (unsigned int level = 0; level < m->levels; level++)
		row(m, key.code)[level] = level < 2 ? (xcb_keysym_t)sym :
						      NoSymbol;
	xkeymap_make_busy(m, key.code);
	if (!m->from || key.code < m->from)
		m->from = key.code;
	if (key.code > m->to)
		m->to = key.code;
	return key;
}

void xkeymap_store(struct xside *x, struct xkeymap *m)
{
	if (m->from)
		xcb_change_keyboard_mapping(
			x->xcb, (uint8_t)(m->to - m->from + 1),
			(xcb_keycode_t)m->from, (uint8_t)m->levels,
			row(m, m->from));
	m->from = m->to = 0;
	m->reused = false;
	memset(m->busy, 0, sizeof(m->busy));
}
