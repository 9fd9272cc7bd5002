#include "steer/answer.h"

#include <stdio.h>

#include "base/jsonout.h"
#include "base/macros.h"
#include "base/str.h"

static void must(int rc)
{
	if (rc == 0)
		return;
	(void)fputs("out of memory\n", stderr);
	abort();
}

void answer_put(json_t *object, const char *key, json_t *value)
{
	must(json_object_set_new(object, key, value));
}

void answer_add(json_t *array, json_t *value)
{
	must(json_array_append_new(array, value));
}

json_t *answer_clean(const char *text)
{
	CLEANUP_FREE char *clean = str_dup(text);

	err_clean_text(clean);
	return json_string(clean);
}

json_t *answer_new(bool ok)
{
	json_t *object = json_object();

	answer_put(object, "ok", json_boolean(ok));
	return object;
}

void answer_print(const json_t *answer)
{
	(void)jsonout_print(stdout, answer, JSON_COMPACT);
}

void answer_print_error(const struct err *err)
{
	json_t *line = answer_new(false), *error = json_object();

	answer_put(error, "code", json_integer(err->code));
	answer_put(error, "what", answer_clean(err->what));
	answer_put(error, "object", answer_clean(err->object));
	answer_put(error, "cause", answer_clean(err->cause));
	answer_put(error, "hint", answer_clean(err->hint));
	answer_put(line, "error", error);
	answer_print(line);
	json_decref(line);
}
