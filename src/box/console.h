/*
 * console.h - the caller's own terminal, while it shows a guest's.
 *
 * What is typed goes to the guest as it is, Ctrl-C and all: the guest's
 * terminal is the one that makes signals of it. So the caller's is raw for
 * that time, and what it was before is put back on every way out.
 */
#ifndef BOX_CONSOLE_H
#define BOX_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "box/terminal.h"

#define CONSOLE_KEYS "ctrl-p,ctrl-q"
#define CONSOLE_KEYS_MAX 8

enum console_want {
	CONSOLE_AUTO, /* when 0 and 1 are terminals, and stay here */
	CONSOLE_YES,
	CONSOLE_NO,
};

struct console {
	/* What lets go of the guest when it is typed, and how much of that
	 * has been. */
	const char *names;
	unsigned char keys[CONSOLE_KEYS_MAX];
	size_t nkeys, typed;
	/* Input that ends, ends the guest's: as Ctrl-D would. */
	bool pass_end;
};

/* Whether the guest is to have a terminal. */
bool console_wanted(enum console_want want, bool detached);

/* The terminal that the guest gets: size and TERM of the caller's, or 80 by
 * 24 and "xterm" where there is none to ask or TERM is odd. */
void console_describe(struct terminal *out);

/* Reads "ctrl-p,ctrl-q" or "ctrl-x,d"; "" is no keys at all. Keeps `text`.
 * EXIT_USAGE. */
int console_set_keys(struct console *c, const char *text, struct err *err);

/* Gives the guest's terminal the size of the caller's. */
void console_resize(int master);
/* The same for a program inside that was there before: it draws anew even if
 * the size is what it was. */
void console_redraw(int master);

/* Makes the terminal on 0 raw, unless there is none or it is raw already or
 * it is another job's for now. Signals that end the process put it back. */
void console_raw(void);
/* After a stop: the shell that woke us has set modes of its own. */
void console_raw_again(void);
void console_restore(void);

/* Of `len` bytes of input what is for the guest, into `out`, which must have
 * room for CONSOLE_KEYS_MAX more; returns how much. What may become the keys
 * is held back until it is clear; *gone when it did. */
size_t console_filter(struct console *c, const char *in, size_t len, char *out,
		      bool *gone);

/* The bytes that end the guest's input, as its terminal is set now: into
 * `data`, of at least 2 bytes. `open`: a line has been begun. */
size_t console_end(int master, bool open, char *data);

#endif
