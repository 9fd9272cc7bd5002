/* JSON on a terminal: the same value, nothing to obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/jsonout.h"
#include "base/str.h"

static void check(const char *text, const char *wanted)
{
	json_t *value = json_string(text), *back;
	CLEANUP_FREE char *shown = jsonout_text(value, JSON_ENCODE_ANY);

	assert_non_null(shown);
	assert_string_equal(shown, wanted);
	back = json_loads(shown, JSON_DECODE_ANY, NULL);
	assert_true(json_equal(value, back));
	json_decref(back);
	json_decref(value);
}

static void what_a_terminal_would_act_on_is_escaped(void **state)
{
	check("\x1b]0;a\a", "\"\\u001B]0;a\\u0007\"");
	check("\x7f", "\"\\u007F\"");
	check("\xc2\x9b" "31m", "\"\\u009B31m\"");
	check("\xe2\x80\xae\xe2\x81\xa6", "\"\\u202E\\u2066\"");
	check("\xf3\xa0\x80\x81", "\"\\uDB40\\uDC01\"");
}

static void letters_stay_letters(void **state)
{
	check("\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82",
	      "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82\"");
	check("", "\"\"");
}

static void lines_stay_lines(void **state)
{
	json_t *o = json_pack("{s:s}", "a", "b\n");
	CLEANUP_FREE char *shown = jsonout_text(o, JSON_INDENT(2));

	assert_string_equal(shown, "{\n  \"a\": \"b\\n\"\n}");
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_would_act_on_is_escaped),
		cmocka_unit_test(letters_stay_letters),
		cmocka_unit_test(lines_stay_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
