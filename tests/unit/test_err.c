/* The error object: set once, printed once, harmless on a terminal. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

static void setting_fills_every_field_and_drops_the_hint(void **state)
{
	struct err e = ERR_INIT;

	assert_int_equal(err_set(&e, EXIT_FAILED, "mount", "/x", "no"), -1);
	assert_int_equal(err_hint(&e, "try %d", 2), -1);
	assert_string_equal(e.hint, "try 2");
	assert_int_equal(err_set(&e, EXIT_USAGE, "read", NULL, "%s-%d", "a", 1),
			 -1);
	assert_int_equal(e.code, EXIT_USAGE);
	assert_string_equal(e.what, "read");
	assert_string_equal(e.object, "");
	assert_string_equal(e.cause, "a-1");
	assert_string_equal(e.hint, "");
}

static void an_errno_is_taken_with_either_sign(void **state)
{
	struct err e = ERR_INIT;

	err_set_errno(&e, EXIT_FAILED, "open", "f", ENOENT);
	assert_string_equal(e.cause, strerror(ENOENT));
	err_set_errno(&e, EXIT_FAILED, "open", "f", -EACCES);
	assert_string_equal(e.cause, strerror(EACCES));
}

static void an_error_may_be_built_from_its_own_text(void **state)
{
	struct err e = ERR_INIT;

	err_set(&e, EXIT_FAILED, "mount", "/x", "busy");
	err_set(&e, EXIT_FAILED, e.what, e.object, "%s, again", e.cause);
	assert_string_equal(e.what, "mount");
	assert_string_equal(e.object, "/x");
	assert_string_equal(e.cause, "busy, again");
	err_hint(&e, "wait");
	err_hint(&e, "%s a while", e.hint);
	assert_string_equal(e.hint, "wait a while");
}

static void long_texts_are_cut_and_terminated(void **state)
{
	char text[2000];
	struct err e;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, EXIT_FAILED, text, text, "%s", text);
	err_hint(&e, "%s", text);
	assert_int_equal(strlen(e.what), sizeof(e.what) - 1);
	assert_int_equal(strlen(e.object), sizeof(e.object) - 1);
	assert_int_equal(strlen(e.cause), sizeof(e.cause) - 1);
	assert_int_equal(strlen(e.hint), sizeof(e.hint) - 1);
}

static void check_print(const struct err *e, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	err_print(out, "prog", e);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, want);
	free(text);
}

static void it_is_printed_on_a_line_with_the_hint_on_the_next(void **state)
{
	struct err e = ERR_INIT;

	err_set(&e, EXIT_FAILED, "mount", "/x", "no such thing");
	check_print(&e, "prog: mount '/x': no such thing\n");
	err_hint(&e, "make it");
	check_print(&e, "prog: mount '/x': no such thing\nhint: make it\n");
	err_set(&e, EXIT_FAILED, "start", NULL, "not root");
	check_print(&e, "prog: start: not root\n");
}

static void what_the_guest_wrote_stays_on_its_line(void **state)
{
	struct err e = ERR_INIT;

	err_set(&e, EXIT_FAILED, "run", "a\nb", "\x1b[2Jx\r\n\x7f");
	err_hint(&e, "x\ny");
	check_print(&e, "prog: run 'a?b': ?[2Jx???\nhint: x?y\n");
}

static void the_longest_error_is_printed_whole(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err e = { .code = EXIT_FAILED };

	memset(e.what, 'a', sizeof(e.what) - 1);
	memset(e.object, 'b', sizeof(e.object) - 1);
	memset(e.cause, 'c', sizeof(e.cause) - 1);
	assert_non_null(out);
	err_print(out, "prog", &e);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(size, strlen("prog:  '': \n") + sizeof(e.what) - 1 +
			 sizeof(e.object) - 1 + sizeof(e.cause) - 1);
	free(text);
}

static void check_clean(const char *in, const char *want)
{
	char *text = str_dup(in);

	err_clean_text(text);
	if (strcmp(text, want) != 0)
		fail_msg("'%s' became '%s'", in, text);
	free(text);
}

static void ordinary_text_is_left_alone(void **state)
{
	check_clean("", "");
	check_clean("plain ~ text", "plain ~ text");
	check_clean("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		    "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
	check_clean("\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd"); /* U+10FFFD */
}

static void control_characters_are_replaced(void **state)
{
	check_clean("\x01\x1f\x7f\t\n", "?????");
	check_clean("\xc2\x80\xc2\x9b", "??");         /* C1: CSI */
	check_clean("a\xe2\x80\xae" "b", "a?b");       /* U+202E */
	check_clean("a\xe2\x80\xa8" "b", "a?b");       /* U+2028 */
	check_clean("a\xe2\x81\xa6" "b", "a?b");       /* U+2066 */
	check_clean("\xef\xbb\xbf", "?");              /* U+FEFF */
	check_clean("\xc2\xad", "?");                  /* U+00AD */
	check_clean("\xef\xbf\xb9", "?");              /* U+FFF9 */
	check_clean("\xf3\xa0\x81\x81", "?");          /* U+E0041, a tag */
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	check_clean("a\xff" "b", "a?b");
	check_clean("\x80", "?");
	check_clean("\xc3", "?");                      /* cut off */
	check_clean("\xe2\x82", "??");
	check_clean("\xc0\xaf", "??");                 /* not the shortest */
	check_clean("\xe0\x80\xaf", "???");
	check_clean("\xed\xa0\x80", "???");            /* a surrogate */
	check_clean("\xf4\x90\x80\x80", "????");       /* above U+10FFFF */
	check_clean("\xf8\x88\x80\x80\x80", "?????");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_fills_every_field_and_drops_the_hint),
		cmocka_unit_test(an_errno_is_taken_with_either_sign),
		cmocka_unit_test(an_error_may_be_built_from_its_own_text),
		cmocka_unit_test(long_texts_are_cut_and_terminated),
		cmocka_unit_test(
			it_is_printed_on_a_line_with_the_hint_on_the_next),
		cmocka_unit_test(what_the_guest_wrote_stays_on_its_line),
		cmocka_unit_test(the_longest_error_is_printed_whole),
		cmocka_unit_test(ordinary_text_is_left_alone),
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
