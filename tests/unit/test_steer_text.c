/* What may be typed, and how a refusal reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "steer/text.h"

static void every_printable_ascii_character_is_accepted(void **state)
{
	struct err err = ERR_INIT;
	char text[128] = "\t\n";

	for (int c = ' '; c <= '~'; c++)
		text[2 + c - ' '] = (char)c;
	assert_int_equal(text_check(text, &err), 0);
	assert_int_equal(text_check("", &err), 0);
	assert_int_equal(err.code, 0);
}

static void assert_refused(const char *text, const char *cause)
{
	struct err err = ERR_INIT;

	assert_int_equal(text_check(text, &err), -1);
	assert_int_equal(err.code, EXIT_USAGE);
	assert_string_equal(err.cause, cause);
}

static void other_characters_are_accepted_and_decoded(void **state)
{
	static const uint32_t want[] = { 'c', 0xe9, 0x20ac, 0x1f600, '\n', 0 };
	const char *text = "c\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n";
	struct err err = ERR_INIT;

	assert_int_equal(text_check(text, &err), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(text_next(&text), want[i]);
}

static void control_characters_are_refused_without_being_printed(void **state)
{
	assert_refused("\xc3\xa9\a", "control character U+0007 at position 2");
	assert_refused("a\ab", "control character U+0007 at position 2");
	assert_refused("\x7f", "control character U+007F at position 1");
	assert_refused("\r\n", "control character U+000D at position 1");
	assert_refused("\xc2\x9b", "control character U+009B at position 1");
}

static void bytes_that_are_no_utf8_are_refused_as_bytes(void **state)
{
	assert_refused("a\xff", "byte 0xff at position 2 is not UTF-8");
	assert_refused("\xc0\xaf", "byte 0xc0 at position 1 is not UTF-8");
	assert_refused("\xed\xa0\x80", "byte 0xed at position 1 is not UTF-8");
	assert_refused("\xc3", "byte 0xc3 at position 1 is not UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_printable_ascii_character_is_accepted),
		cmocka_unit_test(other_characters_are_accepted_and_decoded),
		cmocka_unit_test(
			control_characters_are_refused_without_being_printed),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused_as_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
