/*
 * xlocks.h - Caps Lock and the like, out of the way of what is typed.
 */
#ifndef STEER_XLOCKS_H
#define STEER_XLOCKS_H

#include "steer/xside.h"

/* Locks change without a key event being sent to anyone. With Caps Lock on, 'a'
 * would arrive as 'A'; a second group would be another layout. A latch is not
 * put back: the first key would have used it up. */
struct xlocks {
	bool known;
	unsigned int mods, group;
};
void xlocks_clear(struct xside *x, struct xlocks *locks);
void xlocks_restore(struct xside *x, const struct xlocks *locks);

#endif
