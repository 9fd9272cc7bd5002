#include "base/opt.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

#define HELP_WIDTH 80
#define HELP_LEFT_MAX 28 /* a wider left column gets a line of its own */

struct scan {
	const struct opt *opts;
	char **argv;
	int argc;
	int next; /* the word after the one being read */
	opt_fn *set;
	void *ctx;
	struct err *err;
};

static int bad_option(struct scan *s, const char *word, const char *cause)
{
	return err_set(s->err, EXIT_USAGE, "read option", word, "%s", cause);
}

static const struct opt *find_long(const struct opt *opts, const char *name,
				   size_t len)
{
	for (; opts->name; opts++)
		if (strlen(opts->name) == len &&
		    memcmp(opts->name, name, len) == 0)
			return opts;
	return NULL;
}

static const struct opt *find_letter(const struct opt *opts, char letter)
{
	for (; opts->name; opts++)
		if (opts->letter && opts->letter == letter)
			return opts;
	return NULL;
}

/* The value in the word that follows, or NULL with the error set. */
static const char *next_value(struct scan *s, const struct opt *opt,
			      const char *word)
{
	if (s->next < s->argc)
		return s->argv[s->next++];
	(void)err_set(s->err, EXIT_USAGE, "read option", word,
		      "expected a value: %s", opt->arg);
	return NULL;
}

static int unknown_long(struct scan *s, const char *shown, const char *name)
{
	const struct opt *o = s->opts;
	const char **names;
	const char *near;
	size_t n = 0;

	while (o[n].name)
		n++;
	names = mem_zalloc((n + 1) * sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = o[i].name;
	near = str_nearest(name, names);
	free(names);
	bad_option(s, shown, "no such option");
	if (near)
		err_hint(s->err, "did you mean '--%s'?", near);
	return -1;
}

static int read_long(struct scan *s, const char *word)
{
	const char *name = word + 2, *eq = strchrnul(name, '=');
	CLEANUP_FREE char *shown =
		str_printf("%.*s", (int)(eq - word), word);
	const struct opt *opt =
		find_long(s->opts, name, (size_t)(eq - name));
	const char *value = NULL;

	if (!opt)
		return unknown_long(s, shown, shown + 2);
	if (*eq) {
		if (!opt->arg)
			return bad_option(s, shown, "takes no value");
		value = eq + 1;
	} else if (opt->arg) {
		value = next_value(s, opt, shown);
		if (!value)
			return -1;
	}
	return s->set(s->ctx, opt, value, s->err);
}

static int unknown_letter(struct scan *s, const char *shown, const char *word)
{
	bad_option(s, shown, "no such option");
	if (isdigit((unsigned char)word[1]))
		err_hint(s->err, "put '--' before a negative number");
	return -1;
}

/* One word of letters: "-d", "-nV", "-dn" with its value in the next word. */
static int read_letters(struct scan *s, const char *word)
{
	for (const char *p = word + 1; *p; p++) {
		char shown[3] = { '-', *p, '\0' };
		const struct opt *opt = find_letter(s->opts, *p);
		const char *value = NULL;

		if (!opt)
			return unknown_letter(s, shown, word);
		if (opt->arg) {
			value = p[1] ? p + 1 : next_value(s, opt, shown);
			if (!value)
				return -1;
		}
		if (s->set(s->ctx, opt, value, s->err) < 0)
			return -1;
		if (value)
			break;
	}
	return 0;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0'; /* "-" is a file name */
}

static int read_option(struct scan *s, const char *word)
{
	return word[1] == '-' ? read_long(s, word) : read_letters(s, word);
}

/* Moves `count` saved words behind the options, in front of what follows. */
static void put_words(char **argv, int end, char **words, int count)
{
	for (int i = 0; i < count; i++)
		argv[end - count + i] = words[i];
}

int opt_parse(const struct opt *opts, int argc, char **argv, bool permute,
	      opt_fn *set, void *ctx, struct err *err)
{
	CLEANUP_FREE char **words =
		mem_zalloc(((size_t)argc + 1) * sizeof(*words));
	struct scan s = { .opts = opts, .argv = argv, .argc = argc,
			  .next = 1, .set = set, .ctx = ctx, .err = err };
	int used = 1, nwords = 0;

	while (s.next < argc) {
		int start = s.next;
		char *word = argv[s.next++];

		if (strcmp(word, "--") == 0) {
			argv[used++] = word;
			break;
		}
		if (!is_option(word)) {
			if (!permute) {
				s.next = start;
				break;
			}
			words[nwords++] = word;
			continue;
		}
		if (read_option(&s, word) < 0)
			return -1;
		while (start < s.next)
			argv[used++] = argv[start++];
	}
	put_words(argv, s.next, words, nwords);
	return s.next - nwords;
}

/* "  -n, --name NAME"; returns its width. */
static int help_left(char *dst, size_t size, const struct opt *opt)
{
	char letter[5] = "    ";

	if (opt->letter)
		(void)snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	return snprintf(dst, size, "  %s--%s%s%s", letter, opt->name,
			opt->arg ? " " : "", opt->arg ? opt->arg : "");
}

static int left_width(const struct opt *opts)
{
	int width = 0;
	char left[128];

	for (; opts->name; opts++) {
		int n = help_left(left, sizeof(left), opts);

		if (n > width && n <= HELP_LEFT_MAX)
			width = n;
	}
	return width;
}

void opt_wrap(FILE *out, const char *text, int column)
{
	int room = HELP_WIDTH - column;

	while (*text) {
		int len = (int)strlen(text);

		if (len > room) {
			len = room;
			while (len > 0 && text[len] != ' ')
				len--;
			if (len == 0) /* one word wider than the column */
				len = (int)strcspn(text, " ");
		}
		(void)fprintf(out, "%.*s\n", len, text);
		text += len;
		text += strspn(text, " ");
		if (*text)
			(void)fprintf(out, "%*s", column, "");
	}
}

void opt_help(FILE *out, const struct opt *opts)
{
	int width = left_width(opts);
	char left[128];

	for (; opts->name; opts++) {
		int n = help_left(left, sizeof(left), opts);

		if (n > width)
			(void)fprintf(out, "%s\n%*s", left, width + 2, "");
		else
			(void)fprintf(out, "%-*s", width + 2, left);
		opt_wrap(out, opts->help, width + 2);
	}
}
