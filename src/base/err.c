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
	va_list ap;

	memset(err, 0, sizeof(*err));
	err->code = code;
	(void)snprintf(err->what, sizeof(err->what), "%s", what);
	if (object)
		(void)snprintf(err->object, sizeof(err->object), "%s", object);
	va_start(ap, cause);
	format_into(err->cause, sizeof(err->cause), cause, ap);
	va_end(ap);
	return -1;
}

int err_set_errno(struct err *err, int code, const char *what,
		  const char *object, int errnum)
{
	return err_set(err, code, what, object, "%s", strerror(abs(errnum)));
}

int err_hint(struct err *err, const char *hint, ...)
{
	va_list ap;

	va_start(ap, hint);
	format_into(err->hint, sizeof(err->hint), hint, ap);
	va_end(ap);
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

/* C0, DEL, C1, line separators and the invisible format characters that
 * reorder or hide text (Unicode 15, categories Cc, Zl, Zp and bidi of Cf). */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
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
