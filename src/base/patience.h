/*
 * patience.h - what a caller wants to do while somebody waits for it.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stddef.h>

struct patience {
	/* Called before every wait; returns after how many ms it wants to be
	 * called again, -1: not for its own sake. */
	int (*tick)(void *ctx);
	void *ctx;
};

/* The timeout of the next poll(2); `p` may be NULL. */
static inline int patience_ms(const struct patience *p)
{
	return p ? p->tick(p->ctx) : -1;
}

#endif
