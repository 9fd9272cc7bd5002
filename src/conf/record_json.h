/*
 * record_json.h - the record's form as JSON, which record_json.c writes and
 * record_decode.c reads; not for other modules.
 */
#ifndef CONF_RECORD_JSON_H
#define CONF_RECORD_JSON_H

#include "conf/record.h"

#define RECORD_FORMAT 1 /* "version" */

extern const char *const record_ns_names[8]; /* keys of "ns" */

/* Fills *out, which the caller finishes. Every field must be there, of its
 * type and in its range; `name` must be the record's own. */
int record_decode(const char *text, size_t len, const char *name,
		  struct record *out, struct err *err);

#endif
