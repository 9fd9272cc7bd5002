/*
 * utf8.h - text as code points (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the UTF-8 sequence at `s`, which a NUL ends, and its code point; 0
 * when the bytes are not a shortest-form sequence of a Unicode scalar value. */
size_t utf8_decode(const unsigned char *s, uint32_t *point);

/* Unicode 15, categories Cc, Cf, Zl and Zp: what moves the cursor, reorders
 * or hides text. */
bool utf8_is_control(uint32_t point);

#endif
