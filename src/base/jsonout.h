/*
 * jsonout.h - JSON that a terminal may show.
 *
 * JSON lets all control characters but those of ASCII stand in a text as they
 * are. Here they are written as \uXXXX, along with what reorders or hides text
 * (base/utf8.h): every reader gets the same value, and a terminal gets nothing
 * to act on. Letters stay letters.
 */
#ifndef BASE_JSONOUT_H
#define BASE_JSONOUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* `flags` as for json_dumps(3). The caller frees; NULL when memory ran out or
 * `value` is of a type that needs JSON_ENCODE_ANY. */
char *jsonout_text(const json_t *value, size_t flags);

/* Prints it and a newline; false when that failed. */
bool jsonout_print(FILE *out, const json_t *value, size_t flags);

#endif
