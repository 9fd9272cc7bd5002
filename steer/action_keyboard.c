#include "steer/actions.h"

#include <string.h>

#include "steer/text.h"

/* Some forty characters that the layout has not can be typed at a time, with
 * two tenths of a second between (xtype.c). */
#define STRANGE_MS 5

int action_type(const struct invocation *inv, struct session *s, json_t *out,
		struct err *err)
{
	const char *text = inv->text;

	while (*text) {
		struct proto_request req = { .type = PROTO_TYPE };

		while (*text && req.length < PROTO_TEXT_MAX) {
			uint32_t point = text_next(&text);

			req.text[req.length++] = point;
			session_allow(s, point > '~' ? STRANGE_MS : 0);
		}
		if (action_ask(s, &req, err) < 0)
			return -1;
	}
	return 0;
}

static int each_chord(const struct invocation *inv, struct session *s,
		      uint32_t type, struct err *err)
{
	session_allow(s, inv->duration_ms * inv->nchords);
	for (size_t i = 0; i < inv->nchords; i++) {
		struct proto_request req = {
			.type = type,
			.nkeys = inv->chords[i].n,
			.ms = (uint32_t)inv->duration_ms,
		};

		memcpy(req.keys, inv->chords[i].keys, sizeof(req.keys));
		if (action_ask(s, &req, err) < 0)
			return -1;
	}
	return 0;
}

int action_key(const struct invocation *inv, struct session *s, json_t *out,
	       struct err *err)
{
	return each_chord(inv, s, PROTO_KEY, err);
}

int action_keydown(const struct invocation *inv, struct session *s,
		   json_t *out, struct err *err)
{
	return each_chord(inv, s, PROTO_KEYDOWN, err);
}

int action_keyup(const struct invocation *inv, struct session *s, json_t *out,
		 struct err *err)
{
	return each_chord(inv, s, PROTO_KEYUP, err);
}
