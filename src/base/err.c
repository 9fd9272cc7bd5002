#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void format_into(char *dst, size_t size, const char *fmt, va_list ap)
{
	/* Cutting an over-long text is the wanted behaviour. */
	(void)vsnprintf(dst, size, fmt, ap);
}

int err_set(struct err *err, int code, const char *what, const char *object,
	    const char *cause, ...)
{
	/* The texts may be those of *err itself. */
	struct err e = { .code = code };
	va_list ap;

	(void)snprintf(e.what, sizeof(e.what), "%s", what);
	if (object)
		(void)snprintf(e.object, sizeof(e.object), "%s", object);
	va_start(ap, cause);
	format_into(e.cause, sizeof(e.cause), cause, ap);
	va_end(ap);
	*err = e;
	return -1;
}

int err_set_errno(struct err *err, int code, const char *what,
		  const char *object, int errnum)
{
	return err_set(err, code, what, object, "%s", strerror(abs(errnum)));
}

int err_hint(struct err *err, const char *hint, ...)
{
	char text[sizeof(err->hint)];
	va_list ap;

	va_start(ap, hint);
	format_into(text, sizeof(text), hint, ap);
	va_end(ap);
	memcpy(err->hint, text, sizeof(text));
	return -1;
}

static void print_line(FILE *out, char *line)
{
	err_clean_text(line);
	(void)fprintf(out, "%s\n", line);
}

void err_print(FILE *out, const char *program, const struct err *err)
{
	char line[sizeof(struct err) + 128];

	if (err->object[0])
		(void)snprintf(line, sizeof(line), "%s: %s '%s': %s", program,
			       err->what, err->object, err->cause);
	else
		(void)snprintf(line, sizeof(line), "%s: %s: %s", program,
			       err->what, err->cause);
	print_line(out, line);
	if (err->hint[0]) {
		(void)snprintf(line, sizeof(line), "hint: %s", err->hint);
		print_line(out, line);
	}
}

void err_warn(const char *program, const char *fmt, ...)
{
	char text[1024], line[1200];
	va_list ap;

	va_start(ap, fmt);
	format_into(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)snprintf(line, sizeof(line), "%s: warning: %s", program, text);
	print_line(stderr, line);
}

/* Length of the UTF-8 sequence at `s` and its code point; 0 when the bytes
 * are not a shortest-form sequence of a Unicode scalar value (RFC 3629). */
static size_t utf8_decode(const unsigned char *s, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 :
		     s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;

	if (len <= 1) {
		*point = s[0];
		return len;
	}
	*point = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	if (*point < least[len] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return len;
}

/* Unicode 15, categories Cc, Cf, Zl and Zp: what moves the cursor, reorders
 * or hides text. */
static const struct {
	uint32_t first, last;
} controls[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },
	{ 0x0600, 0x0605 },   { 0x061c, 0x061c },   { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },
	{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },
	{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
	{ 0xe0020, 0xe007f },
};

static bool is_control(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(controls); i++)
		if (c >= controls[i].first && c <= controls[i].last)
			return true;
	return false;
}

void err_clean_text(char *text)
{
	unsigned char *in = (unsigned char *)text, *out = in;
	uint32_t point;

	while (*in) {
		size_t len = utf8_decode(in, &point);

		if (len && !is_control(point)) {
			memmove(out, in, len);
			out += len;
		} else {
			*out++ = '?';
		}
		in += len ? len : 1;
	}
	*out = '\0';
}
