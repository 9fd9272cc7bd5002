/*
 * lint_internal.h - what rules of lint.c ask that takes more than a line.
 */
#ifndef CONF_LINT_INTERNAL_H
#define CONF_LINT_INTERNAL_H

#include <stdbool.h>

/* Whether "NAME=value" looks like a secret: by the words of the name, or by a
 * value of a form that only secrets have, as a key's or a URL with a password.
 */
bool lint_is_secret(const char *assignment);

#endif
