/*
 * lint_internal.h - what rules of lint.c ask that takes more than a line.
 */
#ifndef CONF_LINT_INTERNAL_H
#define CONF_LINT_INTERNAL_H

#include <stdbool.h>

#include "conf/profile.h"

/* Rules over the directories that are handed in, the image and the layers. Each
 * adds "section.key = PATH" and, in brackets, what is wrong. They judge the
 * directory that is there, by device and inode: neither a link nor "..", nor a
 * bind mount hides what it is. */
/* is, holds, or lies in what holds the host's secrets; */
void lint_host_tree(const struct profile *p, char ***found);
/* or in the state or data directory of whoever runs us; */
void lint_own_tree(const struct profile *p, char ***found);
/* another than root or the caller can change it, or exchange it, there or
 * anywhere above it; */
void lint_foreign_tree(const struct profile *p, char ***found);
/* has the socket of a container engine or the like; */
void lint_engine_socket(const struct profile *p, char ***found);
/* has keys at the usual places. */
void lint_credentials(const struct profile *p, char ***found);

/* Whether "NAME=value" looks like a secret: by the words of the name, or by a
 * value of a form that only secrets have, as a key's or a URL with a password.
 */
bool lint_is_secret(const char *assignment);

#endif
