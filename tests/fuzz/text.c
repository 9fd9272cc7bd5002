/* What a guest says, on its way to a terminal. */
#include "tests/fuzz/fuzz.h"

#include "base/err.h"
#include "base/jsonout.h"

static void check_clean(const char *text)
{
	CLEANUP_FREE char *clean = str_dup(text);
	CLEANUP_FREE char *again = NULL;

	err_clean_text(clean);
	fuzz_check_shown(clean, "");
	FUZZ_CHECK(strlen(clean) <= strlen(text));
	again = str_dup(clean);
	err_clean_text(again);
	FUZZ_CHECK(str_eq(clean, again));
}

static void check_json(const char *text)
{
	json_t *value = json_string(text), *back;
	CLEANUP_FREE char *shown = NULL;

	if (!value)
		return;
	shown = jsonout_text(value, JSON_ENCODE_ANY);
	FUZZ_CHECK(shown);
	fuzz_check_shown(shown, "");
	back = json_loads(shown, JSON_DECODE_ANY, NULL);
	FUZZ_CHECK(json_equal(back, value));
	json_decref(back);
	json_decref(value);
}

/* Two lines, whatever is in them. */
static void check_error(const char *text)
{
	struct err e = ERR_INIT;
	char *shown = NULL, *end;
	size_t size;
	FILE *out = open_memstream(&shown, &size);

	FUZZ_CHECK(out);
	(void)err_set(&e, EXIT_FAILED, text, text, "%s", text);
	(void)err_hint(&e, "%s", *text ? text : "none");
	err_print(out, "fuzz", &e);
	(void)fclose(out);
	fuzz_check_shown(shown, "\n");
	end = strchr(shown, '\n');
	FUZZ_CHECK(end && (end = strchr(end + 1, '\n')) && !end[1]);
	free(shown);
}

static void check_words(const char *text)
{
	CLEANUP_STRV char **words = strv_split(text, ' ');
	const char *const known[] = { "memory", "pids", "cpus", text, NULL };

	for (char **w = words; w && *w; w++)
		FUZZ_CHECK(**w && !strchr(*w, ' '));
	(void)str_nearest(text, known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	CLEANUP_FREE char *text = fuzz_text(&in, '\0');

	check_clean(text);
	check_json(text);
	check_error(text);
	check_words(text);
	return 0;
}
