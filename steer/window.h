/*
 * window.h - which window of a list somebody means.
 */
#ifndef STEER_WINDOW_H
#define STEER_WINDOW_H

#include "base/err.h"
#include "steer/session.h"

/* The one window that `word` means: its id, decimal or hexadecimal with 0x;
 * else its title, class or instance; else a part of one of these, in either
 * case of ASCII letters. EXIT_ABSENT when there is none or more than one, with
 * the candidates. */
const struct proto_window *window_find(const struct session_windows *windows,
				       const char *word, struct err *err);

#endif
