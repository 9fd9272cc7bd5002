#include "steer/text.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/utf8.h"

static int refuse(const unsigned char *s, size_t len, uint32_t point,
		  size_t position, struct err *err)
{
	if (!len)
		err_set(err, EXIT_USAGE, "type", NULL,
			"byte 0x%02x at position %zu is not UTF-8", s[0],
			position);
	else
		err_set(err, EXIT_USAGE, "type", NULL,
			"control character U+%04X at position %zu", point,
			position);
	return err_hint(err, "text is UTF-8, and of control characters only "
			     "tab and newline can be typed");
}

static bool can_be_typed(uint32_t point)
{
	return point == '\t' || point == '\n' ||
	       (point >= ' ' && point < 0x7f) || point >= 0xa0;
}

int text_check(const char *text, struct err *err)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t point;

	for (size_t position = 1; *s; position++) {
		size_t len = utf8_decode(s, &point);

		if (!len || !can_be_typed(point))
			return refuse(s, len, point, position, err);
		s += len;
	}
	return 0;
}

uint32_t text_next(const char **text)
{
	uint32_t point;
	size_t len = utf8_decode((const unsigned char *)*text, &point);

	if (!len || !point)
		return 0;
	*text += len;
	return point;
}
