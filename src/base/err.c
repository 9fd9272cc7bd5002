#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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

void err_clean_text(char *text)
{
	unsigned char *in = (unsigned char *)text, *out = in;
	uint32_t point;

	while (*in) {
		size_t len = utf8_decode(in, &point);

		if (len && !utf8_is_control(point)) {
			memmove(out, in, len);
			out += len;
		} else {
			*out++ = '?';
		}
		in += len ? len : 1;
	}
	*out = '\0';
}
