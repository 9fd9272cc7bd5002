/*
 * xkeymap.h - which key makes which character, and keys for those that the
 * layout has not.
 */
#ifndef STEER_XKEYMAP_H
#define STEER_XKEYMAP_H

#include "steer/xside.h"

struct xkeymap {
	xcb_get_keyboard_mapping_reply_t *reply;
	xcb_keysym_t *syms;
	unsigned int first, count, levels;
	uint8_t spare[32]; /* bit N: keycode N may get another meaning */
	uint8_t busy[32];  /* bit N: and has one that is needed */
	unsigned int from, to; /* keycodes that xkeymap_store() has to send */
	bool reused; /* one of them meant something before */
};

struct xkey {
	unsigned int code; /* 0: there is none */
	bool shift;
};

int xkeymap_load(struct xside *x, struct xkeymap *m, struct err *err);
void xkeymap_finish(struct xkeymap *m);

/* The first group's two levels: plain, and with Shift. */
struct xkey xkeymap_find(const struct xkeymap *m, KeySym sym);

/* Finds the keys that may get another meaning; returns how many. */
unsigned int xkeymap_find_spare(struct xside *x, struct xkeymap *m);

/* Gives `sym` a spare key that is not busy, and makes it busy. Code 0: there
 * is none left. */
struct xkey xkeymap_assign(struct xkeymap *m, KeySym sym);
void xkeymap_make_busy(struct xkeymap *m, unsigned int code);

/* Tells the server of what was assigned, in one request: every client re-reads
 * the whole map for each. All keys are free to be assigned again. */
void xkeymap_store(struct xside *x, struct xkeymap *m);

/* xtype.c: stores, and waits until it is safe to press what was assigned. A
 * program learns of a new meaning in the order of its events, but what it then
 * reads is the map of that moment: a key that it has seen must not change
 * before it has read it, nor be pressed before it has read the change. */
int xtype_publish(struct xside *x, struct xkeymap *m, struct err *err);

#endif
