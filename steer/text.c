#include "steer/text.h"

#include <stdbool.h>
#include <string.h>

/* The sequence of UTF-8 at `s`: its length, 0 when it is none. */
static int decode(const unsigned char *s, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 :
		  s[0] >> 3 == 30 ? 4 : 0;

	*point = len > 1 ? s[0] & (0x7fu >> len) : s[0];
	for (int i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	if (!len || *point < least[len] || *point > 0x10ffff ||
	    *point >> 11 == 0xd800 >> 11)
		return 0;
	return len;
}

static int refuse(const unsigned char *s, int len, uint32_t point,
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
		int len = decode(s, &point);

		if (!len || !can_be_typed(point))
			return refuse(s, len, point, position, err);
		s += len;
	}
	return 0;
}

uint32_t text_next(const char **text)
{
	uint32_t point;
	int len = decode((const unsigned char *)*text, &point);

	if (!len || !point)
		return 0;
	*text += len;
	return point;
}
