#include "box/console.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"

/* The caller's terminal, before and meanwhile; for the handler too. */
static struct termios before, meanwhile;
static volatile sig_atomic_t is_raw;

bool console_wanted(enum console_want want, bool detached)
{
	if (want == CONSOLE_AUTO)
		return !detached && isatty(0) && isatty(1);
	return want == CONSOLE_YES;
}

static bool ask_size(struct winsize *out)
{
	struct winsize size;

	for (int i = 0; i < 3; i++)
		if (ioctl(i, TIOCGWINSZ, &size) == 0 && size.ws_row &&
		    size.ws_col) {
			*out = size;
			return true;
		}
	return false;
}

void console_describe(struct terminal *out)
{
	const char *type = getenv("TERM");

	if (!type || !terminal_type_ok(type))
		type = "xterm";
	*out = (struct terminal){ .size = { .ws_row = 24, .ws_col = 80 } };
	(void)snprintf(out->type, sizeof(out->type), "%s", type);
	(void)ask_size(&out->size);
}

/* --- keys ---------------------------------------------------------------- */

/* "x", or "ctrl-x": the code that a terminal sends for it. -1: neither. */
static int key_code(const char *word)
{
	unsigned char c;

	if (strlen(word) == 1)
		return (unsigned char)word[0];
	if (!str_starts(word, "ctrl-") || strlen(word) != 6)
		return -1;
	c = (unsigned char)word[5];
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 1;
	return c >= '@' && c <= '_' ? c - '@' : -1;
}

static int bad_keys(const char *text, struct err *err)
{
	(void)err_set(err, EXIT_USAGE, "use as detach keys", text,
		      "expected at most %d keys with commas between",
		      CONSOLE_KEYS_MAX);
	return err_hint(err, "a key is a character or 'ctrl-' and one of a-z "
			"@ [ \\ ] ^ _, as in '" CONSOLE_KEYS "'");
}

int console_set_keys(struct console *c, const char *text, struct err *err)
{
	CLEANUP_STRV char **words = strv_split(text, ',');

	if (strv_len(words) > CONSOLE_KEYS_MAX || (*text && !words))
		return bad_keys(text, err);
	c->nkeys = c->typed = 0;
	c->names = text;
	for (char **w = words; w && *w; w++) {
		int code = key_code(*w);

		if (code < 0)
			return bad_keys(text, err);
		c->keys[c->nkeys++] = (unsigned char)code;
	}
	return 0;
}

/* How many of the keys stand typed after one more: the longest beginning of
 * the keys that what was typed ends with. */
static size_t advance(const struct console *c, unsigned char key)
{
	unsigned char seen[CONSOLE_KEYS_MAX];
	size_t n = c->typed + 1;

	memcpy(seen, c->keys, c->typed);
	seen[c->typed] = key;
	for (size_t k = n; k; k--)
		if (memcmp(seen + n - k, c->keys, k) == 0)
			return k;
	return 0;
}

size_t console_filter(struct console *c, const char *in, size_t len, char *out,
		      bool *gone)
{
	size_t n = 0;

	*gone = false;
	if (!c->nkeys) {
		memcpy(out, in, len);
		return len;
	}
	for (size_t i = 0; i < len && !*gone; i++) {
		size_t typed = advance(c, (unsigned char)in[i]);
		/* What can no longer be part of the keys is for the guest. */
		size_t free = c->typed + 1 - typed;
		size_t held = free < c->typed ? free : c->typed;

		memcpy(out + n, c->keys, held);
		n += held;
		if (free > held)
			out[n++] = in[i];
		c->typed = typed;
		*gone = typed == c->nkeys;
	}
	return n;
}

size_t console_end(int master, bool open, char *data)
{
	struct termios modes;

	/* A program that takes every key has its own idea of an end. */
	if (tcgetattr(master, &modes) < 0 || !(modes.c_lflag & ICANON))
		return 0;
	data[0] = data[1] = (char)modes.c_cc[VEOF];
	return open ? 2 : 1;
}

/* --- size ---------------------------------------------------------------- */

void console_resize(int master)
{
	struct winsize size;

	if (ask_size(&size))
		(void)ioctl(master, TIOCSWINSZ, &size);
}

void console_redraw(int master)
{
	struct winsize size;

	if (ioctl(master, TIOCGWINSZ, &size) < 0)
		return;
	size.ws_row++;
	(void)ioctl(master, TIOCSWINSZ, &size);
	size.ws_row--;
	(void)ask_size(&size);
	(void)ioctl(master, TIOCSWINSZ, &size);
}

/* --- raw, and back ------------------------------------------------------- */

static const int fatal[] = {
	SIGINT,	 SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
	SIGUSR2, SIGSEGV, SIGBUS, SIGABRT,
};

static void on_fatal(int signo)
{
	if (is_raw)
		(void)tcsetattr(0, TCSANOW, &before);
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

void console_raw(void)
{
	pid_t owner = tcgetpgrp(0);

	if (is_raw || (owner > 0 && owner != getpgrp()) ||
	    tcgetattr(0, &before) < 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		(void)signal(fatal[i], on_fatal);
	is_raw = 1;
	meanwhile = before;
	cfmakeraw(&meanwhile);
	(void)tcsetattr(0, TCSANOW, &meanwhile);
}

void console_raw_again(void)
{
	if (is_raw)
		(void)tcsetattr(0, TCSANOW, &meanwhile);
}

void console_restore(void)
{
	if (!is_raw)
		return;
	(void)tcsetattr(0, TCSANOW, &before);
	is_raw = 0;
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		(void)signal(fatal[i], SIG_DFL);
}
