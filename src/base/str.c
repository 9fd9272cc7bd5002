#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	if (!p) {
		(void)fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

void *mem_zalloc(size_t size)
{
	return must(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return must(realloc(p, size ? size : 1));
}

char *str_dup(const char *s)
{
	return must(strdup(s));
}

char *str_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return must(n < 0 ? NULL : s);
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void buf_reserve(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (want <= b->size)
		return;
	b->size = want < 2 * b->size ? 2 * b->size : want;
	b->data = mem_realloc(b->data, b->size);
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	buf_reserve(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	CLEANUP_FREE char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	must(n < 0 ? NULL : s);
	buf_add(b, s, (size_t)n);
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

size_t strv_len(char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

void strv_take(char ***v, char *s)
{
	size_t n = strv_len(*v);

	*v = mem_realloc(*v, (n + 2) * sizeof(**v));
	(*v)[n] = s;
	(*v)[n + 1] = NULL;
}

void strv_add(char ***v, const char *s)
{
	strv_take(v, str_dup(s));
}

char **strv_copy(char *const *v)
{
	char **copy = NULL;

	for (; v && *v; v++)
		strv_add(&copy, *v);
	return copy;
}

char **strv_split(const char *s, char sep)
{
	char **v = NULL;

	while (*s) {
		const char *end = strchrnul(s, sep);

		if (end > s)
			strv_take(&v, str_printf("%.*s", (int)(end - s), s));
		s = *end ? end + 1 : end;
	}
	return v;
}

void strv_free(char **v)
{
	for (char **p = v; p && *p; p++)
		free(*p);
	free(v);
}

void strv_cleanup(char ***v)
{
	strv_free(*v);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	a = a < b ? a : b;
	return a < c ? a : c;
}

/* Levenshtein distance, one row at a time; words here are short names. */
static size_t distance(const char *a, const char *b)
{
	size_t row[65], diagonal, la = strlen(a), lb = strlen(b);

	if (la > 64 || lb > 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t up = row[j];

			row[j] = min3(up + 1, row[j - 1] + 1,
				      diagonal + (a[i - 1] != b[j - 1]));
			diagonal = up;
		}
	}
	return row[lb];
}

const char *str_nearest(const char *word, const char *const *words)
{
	size_t typed = strlen(word);
	size_t best = typed / 3 + 2; /* further is no typo */
	const char *found = NULL;

	for (; *words; words++) {
		size_t d = distance(word, *words);
		size_t len = strlen(*words);

		/* As far as the longer is long: nothing in common. */
		if (d < best && d < (len > typed ? len : typed)) {
			best = d;
			found = *words;
		}
	}
	return found;
}
