/* Which window a word means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "steer/window.h"

static struct proto_window list[] = {
	{ .id = 0x10, .title = "left", .class = "XTerm", .instance = "xterm" },
	{ .id = 0x11, .title = "left of all", .class = "XTerm" },
	{ .id = 0x12, .title = "2048", .class = "Game" },
	{ .id = 2049, .title = "0x10", .class = "Gamer" },
	{ .id = 0x14 },
};

static const struct session_windows windows = {
	.list = list, .count = ARRAY_LEN(list), .total = ARRAY_LEN(list),
};

static uint32_t find(const char *word)
{
	struct err err = ERR_INIT;
	const struct proto_window *w = window_find(&windows, word, &err);

	assert_int_equal(err.code, w ? 0 : EXIT_ABSENT);
	return w ? w->id : 0;
}

static void a_number_is_an_id_before_it_is_a_title(void **state)
{
	assert_int_equal(find("0x10"), 0x10);
	assert_int_equal(find("17"), 0x11);
	assert_int_equal(find("0X10"), 2049); /* only as a text */
	assert_int_equal(find("2048"), 0x12);
	assert_int_equal(find("2049"), 2049);
	assert_int_equal(find("0x"), 2049);
	assert_int_equal(find("0x99999999999999999999"), 0);
	assert_int_equal(find("4294967312"), 0); /* 0x10 and 2^32 */
}

static void a_whole_name_goes_before_a_part(void **state)
{
	assert_int_equal(find("left"), 0x10);
	assert_int_equal(find("LEFT OF"), 0x11);
	assert_int_equal(find("Game"), 0x12);
	assert_int_equal(find("xterm"), 0x10);
	assert_int_equal(find("nothing"), 0);
}

static void several_are_named_and_none_is_taken(void **state)
{
	struct err err = ERR_INIT;

	assert_null(window_find(&windows, "XTerm", &err));
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_string_equal(err.cause, "several match: 0x10 'left', 0x11 "
				       "'left of all'");
}

static void an_empty_list_has_none(void **state)
{
	const struct session_windows empty = { 0 };
	struct err err = ERR_INIT;

	assert_null(window_find(&empty, "a", &err));
	assert_string_equal(err.cause, "there is none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_an_id_before_it_is_a_title),
		cmocka_unit_test(a_whole_name_goes_before_a_part),
		cmocka_unit_test(several_are_named_and_none_is_taken),
		cmocka_unit_test(an_empty_list_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
