#include "steer/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define SHOWN_MAX 8u   /* candidates in a message */
#define SHOWN_TITLE 40 /* bytes of each one's title */

typedef bool match_fn(const struct proto_window *w, const char *word);

static bool parse_id(const char *word, uint64_t *id)
{
	char *end;

	if (!str_starts(word, "0x"))
		return parse_number(word, id) == 0;
	*id = strtoull(word + 2, &end, 16);
	return word[2 + strspn(word + 2, "0123456789abcdefABCDEF")] == '\0' &&
	       end != word + 2;
}

static bool has_id(const struct proto_window *w, const char *word)
{
	uint64_t id;

	return parse_id(word, &id) && id == w->id;
}

static bool is_called(const struct proto_window *w, const char *word)
{
	return str_eq(w->title, word) || str_eq(w->class, word) ||
	       str_eq(w->instance, word);
}

static bool contains(const struct proto_window *w, const char *word)
{
	return strcasestr(w->title, word) || strcasestr(w->class, word) ||
	       strcasestr(w->instance, word);
}

static void list(const struct session_windows *windows, match_fn *match,
		 const char *word, struct buf *text)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < windows->count; i++) {
		const struct proto_window *w = &windows->list[i];

		if (match && !match(w, word))
			continue;
		if (n++ == SHOWN_MAX) {
			buf_printf(text, ", ...");
			break;
		}
		buf_printf(text, "%s0x%x '%.*s'", n > 1 ? ", " : "", w->id,
			   SHOWN_TITLE, w->title);
	}
}

static void several(const struct session_windows *windows, match_fn *match,
		    const char *word, struct err *err)
{
	CLEANUP_BUF struct buf text = { 0 };

	list(windows, match, word, &text);
	err_set(err, EXIT_ABSENT, "find a window", word, "several match: %s",
		text.data);
	(void)err_hint(err, "name it by its number");
}

static void none(const struct session_windows *windows, const char *word,
		 struct err *err)
{
	CLEANUP_BUF struct buf text = { 0 };

	list(windows, NULL, word, &text);
	err_set(err, EXIT_ABSENT, "find a window", word, "there is none%s%s",
		text.len ? ", only " : "", text.len ? text.data : "");
}

const struct proto_window *window_find(const struct session_windows *windows,
				       const char *word, struct err *err)
{
	static match_fn *const ways[] = { has_id, is_called, contains };

	for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
		const struct proto_window *found = NULL;
		uint32_t n = 0;

		for (uint32_t i = 0; i < windows->count; i++) {
			if (!ways[way](&windows->list[i], word))
				continue;
			found = &windows->list[i];
			n++;
		}
		if (n == 1)
			return found;
		if (n > 1) {
			several(windows, ways[way], word, err);
			return NULL;
		}
	}
	none(windows, word, err);
	return NULL;
}
