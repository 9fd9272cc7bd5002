/*
 * text.h - short messages without stdio, whose buffers would be dirty pages
 * of every sandbox.
 */
#ifndef ENTRYPOINT_TEXT_H
#define ENTRYPOINT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Appends to the NUL-terminated string in `buf` of `size` bytes; what does
 * not fit is cut. */
void text_add(char *buf, size_t size, const char *s);
/* The same for a number, in base 8, 10 or 16. */
void text_add_number(char *buf, size_t size, uint64_t n, unsigned int base);

/* Reads a number in `base` at *p and moves *p behind it and behind one blank.
 * Returns 0, or -1 when there is none or it does not fit. */
int text_number(const char **p, unsigned int base, uint64_t *out);

#endif
