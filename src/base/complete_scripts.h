/*
 * complete_scripts.h - src/base/complete.{bash,zsh,fish} as strings, made by
 * the Makefile; not for other modules.
 */
#ifndef BASE_COMPLETE_SCRIPTS_H
#define BASE_COMPLETE_SCRIPTS_H

#include <stddef.h>

#include "base/macros.h"

struct complete_text {
	const char *shell;
	const char *text;
};
extern const struct complete_text complete_scripts[];
extern const size_t complete_nscripts;

#endif
