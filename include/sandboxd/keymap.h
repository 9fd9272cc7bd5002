/*
 * keymap.h - where the X server's keymap waits for it, inside.
 *
 * Xvfb has a keymap compiled by KEYMAP_COMPILER at every start, always from
 * the same words to the same bytes, in 12 to 15 ms. sandboxd compiles it once
 * a host, and covers the compiler with sandbox-xkbcomp: asked in exactly these
 * words it copies the result, and in all other cases it becomes KEYMAP_REAL.
 */
#ifndef SANDBOXD_KEYMAP_H
#define SANDBOXD_KEYMAP_H

#define KEYMAP_COMPILER "/usr/bin/xkbcomp"
#define KEYMAP_DIR "/etc/sandboxd/keymap"
#define KEYMAP_QUERY KEYMAP_DIR "/query"       /* the words */
#define KEYMAP_COMPILED KEYMAP_DIR "/compiled" /* what they compile to */
#define KEYMAP_REAL KEYMAP_DIR "/xkbcomp"      /* the compiler */

/* More than the words of any server; more than that is for the compiler. */
#define KEYMAP_QUERY_MAX 4096

#endif
