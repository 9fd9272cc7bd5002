/*
 * profile_doc.h - the table of keys, and a whole profile, as text.
 */
#ifndef CONF_PROFILE_DOC_H
#define CONF_PROFILE_DOC_H

#include <stdio.h>

#include "conf/profile.h"

/* Below `key` stands for all keys (NULL), for those of a section ("limits") or
 * for one ("limits.memory"). */

/* 0 when it stands for anything at all; else EXIT_USAGE, with the nearest
 * section or key. */
int profile_doc_check(const char *key, struct err *err);

/* Prints the keys that `key` stands for, for people: three lines each. */
void profile_doc_keys(FILE *out, const char *key);

/* The same as a JSON array of objects: key, section, name, type, default
 * (null: none), min and max (absent where there is no order), choices (absent
 * where anything goes), expected, help. The caller frees. */
char *profile_doc_json(const char *key);

/* Writes a completed profile as a file that reads back as the same (relative
 * directories: beside the one it came from): every key of every section.
 * EXIT_FAILED for a value that --set can give and a file cannot hold. */
int profile_doc_ini(FILE *out, const struct profile *p, struct err *err);

#endif
