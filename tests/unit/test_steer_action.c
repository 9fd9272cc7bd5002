/* The table of actions, its words, and the words of a command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/str.h"
#include "steer/action.h"
#include "steer/button.h"
#include "steer/timeout.h"

static const struct action *find(const char *name)
{
	struct err err = ERR_INIT;
	const struct action *a = action_find(name, &err);

	assert_non_null(a);
	return a;
}

static void every_row_is_complete(void **state)
{
	for (const struct action *a = actions; a->name; a++) {
		assert_non_null(a->run);
		assert_non_null(a->help);
		assert_true(a->timeout_ms > 0);
		assert_ptr_equal(find(a->name), a);
		for (int i = 0; i < ACTION_ARGS; i++)
			assert_true(!a->args[i].name ==
				    (a->args[i].type == ARG_NONE));
	}
}

static void assert_synopsis(const char *name, const char *want)
{
	CLEANUP_FREE char *got = action_synopsis(find(name), true);

	assert_string_equal(got, want);
}

static void a_synopsis_shows_options_and_arguments(void **state)
{
	assert_synopsis("screenshot", "screenshot [-o FILE]");
	assert_synopsis("size", "size");
	assert_synopsis("move", "move X Y");
	assert_synopsis("click", "click [-b BUTTON] [-n N] [-m CHORD] [X Y]");
	assert_synopsis("scroll",
			"scroll [-m CHORD] up|down|left|right [N] [X Y]");
	assert_synopsis("drag", "drag [-b BUTTON] [-m CHORD] [-d SECONDS] "
				"X Y X2 Y2");
	assert_synopsis("key", "key [-d SECONDS] CHORD...");
	assert_synopsis("wait", "wait stable|focus");
}

static void an_unknown_action_names_the_nearest_one(void **state)
{
	struct err err = ERR_INIT;

	assert_null(action_find("screnshot", &err));
	assert_int_equal(err.code, EXIT_USAGE);
	assert_non_null(strstr(err.hint, "'screenshot'"));
}

/* Reads `words`, separated by blanks, as arguments of `action`. */
static int read_words(const char *action, const char *words,
		      struct invocation *inv, struct err *err)
{
	CLEANUP_STRV char **argv = strv_split(words, ' ');

	action_finish(inv);
	*inv = (struct invocation){ .action = find(action) };
	*err = (struct err)ERR_INIT;
	return action_read_args(inv, (int)strv_len(argv), argv, err);
}

static void coordinates_are_read(void **state)
{
	CLEANUP(action_finish) struct invocation inv = { 0 };
	struct err err;

	assert_int_equal(read_words("move", "12 34", &inv, &err), 0);
	assert_int_equal(inv.at.x, 12);
	assert_int_equal(inv.at.y, 34);
	assert_true(inv.positioned);
	assert_int_equal(read_words("click", "", &inv, &err), 0);
	assert_false(inv.positioned);
}

static void the_words_of_a_scroll_tell_what_they_are(void **state)
{
	CLEANUP(action_finish) struct invocation inv = { 0 };
	struct err err;

	assert_int_equal(read_words("scroll", "left", &inv, &err), 0);
	assert_int_equal(inv.choice, 2);
	assert_int_equal(inv.count, 0);
	assert_int_equal(read_words("scroll", "up 7", &inv, &err), 0);
	assert_int_equal(inv.count, 7);
	assert_false(inv.positioned);
	assert_int_equal(read_words("scroll", "up 8 9", &inv, &err), 0);
	assert_int_equal(inv.count, 0);
	assert_int_equal(inv.at.x, 8);
	assert_int_equal(inv.at.y, 9);
	assert_int_equal(read_words("scroll", "up 7 8 9", &inv, &err), 0);
	assert_int_equal(inv.count, 7);
	assert_int_equal(inv.at.x, 8);
	assert_int_equal(read_words("drag", "1 2 3 4", &inv, &err), 0);
	assert_int_equal(inv.at.y, 2);
	assert_int_equal(inv.to.x, 3);
	assert_int_equal(inv.to.y, 4);
}

static void several_chords_are_read(void **state)
{
	CLEANUP(action_finish) struct invocation inv = { 0 };
	struct err err;

	assert_int_equal(read_words("key", "ctrl+a Delete x", &inv, &err), 0);
	assert_int_equal(inv.nchords, 3);
	assert_int_equal(inv.chords[0].n, 2);
	assert_int_equal(inv.chords[2].n, 1);
}

static void a_button_has_a_name_or_a_number(void **state)
{
	static const char *const wrong[] = {
		"0", "32", "-1", "Left", "", "1x",
	};
	struct err err = ERR_INIT;
	uint32_t n;

	assert_int_equal(button_parse("right", &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(button_parse("31", &n, &err), 0);
	assert_int_equal(n, 31);
	assert_string_equal(button_name(8), "back");
	assert_null(button_name(4));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(button_parse(wrong[i], &n, &err), -1);
}

static void the_names_of_another_tool_lead_to_ours(void **state)
{
	struct err err = ERR_INIT;

	assert_null(action_find("mousedown", &err));
	assert_string_equal(err.hint, "did you mean 'press'?");
}

static void a_choice_is_one_of_its_words(void **state)
{
	CLEANUP(action_finish) struct invocation inv = { 0 };
	struct err err;

	assert_int_equal(read_words("wait", "stable", &inv, &err), 0);
	assert_int_equal(inv.choice, 0);
	assert_int_equal(read_words("wait", "focus", &inv, &err), 0);
	assert_int_equal(inv.choice, 1);
	assert_int_equal(read_words("wait", "stable|focus", &inv, &err), -1);
	assert_int_equal(read_words("wait", "sta", &inv, &err), -1);
	assert_non_null(strstr(err.cause, "stable|focus"));
}

static void wrong_arguments_are_refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "move", "" }, { "move", "1" }, { "move", "1 2 3" },
		{ "move", "1 -2" }, { "move", "1 0x2" }, { "move", "+1 2" },
		{ "move", "32768 1" }, { "move", "99999999999999999999 1" },
		{ "click", "1" }, { "click", "1 2 3" }, { "size", "1" },
		{ "scroll", "" }, { "scroll", "up 0" },
		{ "scroll", "up 1001" },
		{ "scroll", "up 1 2 3 4" }, { "scroll", "in" },
		{ "drag", "1 2 3" }, { "drag", "1 2 3 4 5" }, { "key", "" },
		{ "key", "a nokey" }, { "release", "1" },
		{ "type", "" }, { "type", "a b" }, { "key", "nokey" },
		{ "wait", "" }, { "screenshot", "file.png" },
	};
	CLEANUP(action_finish) struct invocation inv = { 0 };
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(read_words(wrong[i][0], wrong[i][1], &inv,
					    &err), -1);
		assert_int_equal(err.code, EXIT_USAGE);
	}
}

static void a_timeout_is_seconds_or_has_a_unit(void **state)
{
	static const char *const wrong[] = {
		"", "0", "-1", "3601", "1e3", "0.0001", "1.5s", "0s", "2h",
		"unlimited", " 1",
	};
	struct err err = ERR_INIT;
	uint64_t ms;

	assert_int_equal(timeout_parse("5", &ms, &err), 0);
	assert_int_equal(ms, 5000);
	assert_int_equal(timeout_parse("0.25", &ms, &err), 0);
	assert_int_equal(ms, 250);
	assert_int_equal(timeout_parse("250ms", &ms, &err), 0);
	assert_int_equal(ms, 250);
	assert_int_equal(timeout_parse("2m", &ms, &err), 0);
	assert_int_equal(ms, 120000);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(timeout_parse(wrong[i], &ms, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(a_synopsis_shows_options_and_arguments),
		cmocka_unit_test(an_unknown_action_names_the_nearest_one),
		cmocka_unit_test(coordinates_are_read),
		cmocka_unit_test(the_words_of_a_scroll_tell_what_they_are),
		cmocka_unit_test(several_chords_are_read),
		cmocka_unit_test(a_button_has_a_name_or_a_number),
		cmocka_unit_test(the_names_of_another_tool_lead_to_ours),
		cmocka_unit_test(a_choice_is_one_of_its_words),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(a_timeout_is_seconds_or_has_a_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
