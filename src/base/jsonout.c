#include "base/jsonout.h"

#include "base/str.h"
#include "base/utf8.h"

#define FIRST_PAIR 0x10000u /* from here on two units of UTF-16 (RFC 8259) */

static void add_escape(struct buf *b, uint32_t point)
{
	if (point < FIRST_PAIR) {
		buf_printf(b, "\\u%04X", point);
		return;
	}
	point -= FIRST_PAIR;
	buf_printf(b, "\\u%04X\\u%04X", 0xd800 | point >> 10,
		   0xdc00 | (point & 0x3ff));
}

/* Outside of texts JSON has no control character but the line's end. */
char *jsonout_text(const json_t *value, size_t flags)
{
	CLEANUP_FREE char *text = json_dumps(value, flags);
	const unsigned char *p = (const unsigned char *)text;
	struct buf out = { 0 };
	uint32_t point;
	size_t len;

	if (!text)
		return NULL;
	for (; *p && (len = utf8_decode(p, &point)); p += len) {
		if (*p != '\n' && utf8_is_control(point))
			add_escape(&out, point);
		else
			buf_add(&out, p, len);
	}
	return out.data;
}

bool jsonout_print(FILE *out, const json_t *value, size_t flags)
{
	CLEANUP_FREE char *text = jsonout_text(value, flags);

	return text && fprintf(out, "%s\n", text) > 0;
}
