/*
 * keymap.h - the X server's keymap, compiled once a host (sandboxd/keymap.h).
 *
 * Kept as DATA_DIR/keymap behind a fingerprint of the compiler and of
 * xkb-data: a package that changes either makes the next start compile anew.
 * The host's own compiler reads the host's own files; a guest has no part.
 */
#ifndef BOX_KEYMAP_H
#define BOX_KEYMAP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "conf/profile.h"

/* The words of Xvfb 21.1 for its default: rules evdev, model pc105, layout
 * us. A server that says it otherwise has its keymap compiled, as ever. */
extern const char keymap_query[];

/* Whether the guest's server gets one: it must see this host's compiler and
 * xkb-data. */
bool keymap_used(const struct profile *p);

/* Appends what the words compile to. EXIT_FAILED with the compiler's own words
 * when it refuses. */
int keymap_get(struct buf *out, struct err *err);

#endif
