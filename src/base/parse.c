#include "base/parse.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define BLANKS " \t"

/* A factor behind a number. A table ends with a NULL name; "" is no unit. */
struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", 1ull << 10 },
	{ "M", 1ull << 20 },
	{ "G", 1ull << 30 },
	{ "T", 1ull << 40 },
	{ NULL, 0 },
};

static const struct unit time_units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ NULL, 0 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *text, which is moved behind them. strtoull() would take blanks,
 * signs and, with a sign, wrap around. */
static int take_digits(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t value = 0;

	if (!is_digit(*p))
		return -EINVAL;
	for (; is_digit(*p); p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'),
					   &value))
			return -ERANGE;
	*text = p;
	*out = value;
	return 0;
}

int parse_number(const char *text, uint64_t *out)
{
	uint64_t value;
	int rc = take_digits(&text, &value);

	if (rc < 0)
		return rc;
	if (*text)
		return -EINVAL;
	*out = value;
	return 0;
}

static int parse_scaled(const char *text, const struct unit *units,
			int (*same)(const char *, const char *), uint64_t *out)
{
	uint64_t value;
	int rc = take_digits(&text, &value);

	if (rc < 0)
		return rc;
	for (; units->name; units++)
		if (same(text, units->name) == 0)
			break;
	if (!units->name)
		return -EINVAL;
	if (__builtin_mul_overflow(value, units->factor, &value))
		return -ERANGE;
	*out = value;
	return 0;
}

int parse_size(const char *text, uint64_t *out)
{
	return parse_scaled(text, size_units, strcasecmp, out);
}

int parse_time(const char *text, uint64_t *out)
{
	if (strcmp(text, "0") != 0)
		return parse_scaled(text, time_units, strcmp, out);
	*out = 0;
	return 0;
}

int parse_cpus(const char *text, uint64_t *out)
{
	uint64_t value, scale = 1000;
	int rc = take_digits(&text, &value);

	if (rc < 0)
		return rc;
	if (__builtin_mul_overflow(value, 1000, &value))
		return -ERANGE;
	if (*text == '.') {
		if (!is_digit(*++text))
			return -EINVAL;
		for (; is_digit(*text) && scale > 1; text++) {
			scale /= 10;
			if (__builtin_add_overflow(
				    value, scale * (uint64_t)(*text - '0'),
				    &value))
				return -ERANGE;
		}
	}
	if (*text) /* also a fourth decimal: it could not be kept */
		return -EINVAL;
	*out = value;
	return 0;
}

int parse_bool(const char *text, bool *out)
{
	static const char *const words[] = { "no",   "yes", "false", "true",
					     "off",  "on",  "0",     "1" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*out = i % 2;
			return 0;
		}
	}
	return -EINVAL;
}

/* What is between single quotes; returns behind the closing one or NULL. */
static const char *take_single(const char *p, struct buf *word)
{
	const char *end = strchr(p, '\'');

	if (!end)
		return NULL;
	buf_add(word, p, (size_t)(end - p));
	return end + 1;
}

/* The same for double quotes, where a backslash is itself unless it stands
 * before one of $ ` " \ (POSIX XCU 2.2.3). */
static const char *take_double(const char *p, struct buf *word)
{
	for (; *p != '"'; p++) {
		if (*p == '\\' && p[1] && strchr("$`\"\\", p[1]))
			p++;
		if (!*p)
			return NULL;
		buf_add(word, p, 1);
	}
	return p + 1;
}

/* One word from `p`; returns behind it, or NULL when it does not end. */
static const char *take_word(const char *p, struct buf *word)
{
	buf_add(word, "", 0); /* '' is a word, too */
	while (p && *p && !strchr(BLANKS, *p)) {
		if (*p == '\'') {
			p = take_single(p + 1, word);
		} else if (*p == '"') {
			p = take_double(p + 1, word);
		} else {
			if (*p == '\\' && !*++p)
				return NULL;
			buf_add(word, p++, 1);
		}
	}
	return p;
}

int parse_words(const char *text, char ***out)
{
	CLEANUP_STRV char **words = NULL;

	for (;;) {
		struct buf word = { 0 };

		text += strspn(text, BLANKS);
		if (!*text)
			break;
		text = take_word(text, &word);
		if (!text) {
			buf_free(&word);
			return -EINVAL;
		}
		strv_take(&words, word.data);
	}
	*out = take_ptr(&words);
	return 0;
}

int parse_id_line(const char *line, struct parse_ids *out)
{
	const char *p = strchr(line, ':');
	struct parse_ids ids;
	int rc;

	if (!p)
		return -EINVAL;
	p++;
	rc = take_digits(&p, &ids.first);
	if (rc < 0)
		return rc;
	if (*p++ != ':')
		return -EINVAL;
	rc = parse_number(p, &ids.count);
	if (rc < 0)
		return rc;
	*out = ids;
	return 0;
}

int parse_hugepages(const char *text, struct parse_hugepages *out)
{
	size_t len = strcspn(text, "=");
	CLEANUP_FREE char *page = str_printf("%.*s", (int)len, text);
	struct parse_hugepages huge;
	int rc = parse_size(page, &huge.page);

	if (rc < 0)
		return rc;
	if (!text[len] || huge.page == 0)
		return -EINVAL;
	rc = parse_size(text + len + 1, &huge.bytes);
	if (rc < 0)
		return rc;
	*out = huge;
	return 0;
}

static char *scaled_text(uint64_t value, const struct unit *units)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (value && value % units->factor == 0)
			best = units;
	return str_printf("%ju%s", (uintmax_t)(value / best->factor),
			  best->name);
}

char *parse_size_text(uint64_t bytes)
{
	return scaled_text(bytes, size_units);
}

char *parse_time_text(uint64_t ms)
{
	return scaled_text(ms, time_units);
}

char *parse_cpus_text(uint64_t thousandths)
{
	char *text = str_printf("%ju.%03ju", (uintmax_t)(thousandths / 1000),
				(uintmax_t)(thousandths % 1000));
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	return text;
}

static void quote_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*word && word[strspn(word, plain)] == '\0') {
		buf_printf(out, "%s", word);
		return;
	}
	buf_add(out, "'", 1);
	for (; *word; word++)
		if (*word == '\'')
			buf_add(out, "'\\''", 4);
		else
			buf_add(out, word, 1);
	buf_add(out, "'", 1);
}

char *parse_words_text(char *const *words)
{
	struct buf out = { 0 };

	buf_add(&out, "", 0);
	for (; words && *words; words++) {
		if (out.len)
			buf_add(&out, " ", 1);
		quote_word(&out, *words);
	}
	return out.data;
}
