/*
 * answer.h - what an action says, as JSON: the one form that text for people
 * and --json are made from.
 */
#ifndef STEER_ANSWER_H
#define STEER_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/* Takes `value`; ends the program when memory runs out (base/str.h). */
void answer_put(json_t *object, const char *key, json_t *value);
void answer_add(json_t *array, json_t *value);

/* A string from any bytes: what is no UTF-8 or a control becomes '?'. */
json_t *answer_clean(const char *text);

/* {"ok": OK}; the caller drops it. */
json_t *answer_new(bool ok);

/* As one line on standard output; keys stay in the order of putting. */
void answer_print(const json_t *answer);

/* {"ok": false, "error": {...}} with err's fields. */
void answer_print_error(const struct err *err);

#endif
