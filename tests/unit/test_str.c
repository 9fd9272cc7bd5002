/* Strings, growing bytes, vectors and the guess at a typo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void null_equals_only_null(void **state)
{
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
	assert_false(str_eq("", NULL));
	assert_true(str_eq("a", "a"));
	assert_false(str_eq("a", "b"));
}

static void a_prefix_is_found_only_at_the_start(void **state)
{
	assert_true(str_starts("LD_PRELOAD", "LD_"));
	assert_true(str_starts("a", ""));
	assert_false(str_starts("XLD_", "LD_"));
	assert_false(str_starts("L", "LD_"));
}

static void memory_of_no_bytes_is_still_memory(void **state)
{
	void *p = mem_zalloc(0);

	assert_non_null(p);
	p = mem_realloc(p, 0);
	assert_non_null(p);
	free(p);
}

static void bytes_grow_and_stay_terminated(void **state)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < 1000; i++) {
		buf_add(&b, "xy", 2);
		assert_int_equal(b.data[b.len], '\0');
	}
	assert_int_equal(b.len, 2000);
	assert_int_equal(strspn(b.data, "xy"), 2000);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void bytes_may_hold_a_nul(void **state)
{
	struct buf b = { 0 };

	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_free(&b);
}

static void adding_nothing_makes_an_empty_text(void **state)
{
	struct buf b = { 0 };

	buf_add(&b, NULL, 0);
	assert_string_equal(b.data, "");
	buf_free(&b);
}

static void text_is_formatted_behind_what_is_there(void **state)
{
	struct buf b = { 0 };

	buf_printf(&b, "%d-", 1);
	buf_printf(&b, "%0300d", 2);
	assert_int_equal(b.len, 302);
	assert_ptr_equal(strstr(b.data, "1-000"), b.data);
	buf_free(&b);
}

static void splitting_drops_empty_fields(void **state)
{
	char **v = strv_split(",a,,bc,", ',');

	assert_int_equal(strv_len(v), 2);
	assert_string_equal(v[0], "a");
	assert_string_equal(v[1], "bc");
	strv_free(v);
	assert_null(strv_split("", ','));
	assert_null(strv_split(",,", ','));
}

static void a_copy_shares_nothing(void **state)
{
	CLEANUP_STRV char **v = strv_split("a b", ' ');
	char **copy = strv_copy(v);

	assert_int_equal(strv_len(copy), 2);
	assert_ptr_not_equal(copy[0], v[0]);
	assert_string_equal(copy[1], "b");
	strv_free(copy);
	assert_null(strv_copy(NULL));
}

static void the_empty_vector_is_null(void **state)
{
	assert_int_equal(strv_len(NULL), 0);
	strv_free(NULL);
}

static void a_vector_is_freed_at_the_end_of_its_scope(void **state)
{
	CLEANUP_STRV char **v = NULL;

	strv_add(&v, "leaked unless it is freed");
	assert_null(v[1]);
}

static void a_typo_finds_its_word(void **state)
{
	static const char *const words[] = { "memory", "swap", "cpus",
					     "pids",   "dpi",  NULL };

	assert_string_equal(str_nearest("memroy", words), "memory");
	assert_string_equal(str_nearest("memor", words), "memory");
	assert_string_equal(str_nearest("cpu", words), "cpus");
	assert_string_equal(str_nearest("pid", words), "pids");
	assert_string_equal(str_nearest("swap", words), "swap");
}

static void a_far_word_is_no_typo(void **state)
{
	static const char *const words[] = { "memory", "swap", NULL };
	static const char *const none[] = { NULL };

	assert_null(str_nearest("xylophone", words));
	assert_null(str_nearest("", words));
	assert_null(str_nearest("memory", none));
}

static void a_short_word_is_not_taken_for_any_other(void **state)
{
	static const char *const words[] = { "a", "ps", "rm", "gc", NULL };

	assert_null(str_nearest("x", words));
	assert_null(str_nearest("up", words));
	assert_null(str_nearest("", words));
	assert_string_equal(str_nearest("psa", words), "ps");
	assert_string_equal(str_nearest("r", words), "rm");
}

static void an_endless_word_is_no_typo(void **state)
{
	static const char *const words[] = { "memory", NULL };
	char *word = mem_zalloc(100001);

	memset(word, 'm', 100000);
	assert_null(str_nearest(word, words));
	free(word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_equals_only_null),
		cmocka_unit_test(a_prefix_is_found_only_at_the_start),
		cmocka_unit_test(memory_of_no_bytes_is_still_memory),
		cmocka_unit_test(bytes_grow_and_stay_terminated),
		cmocka_unit_test(bytes_may_hold_a_nul),
		cmocka_unit_test(adding_nothing_makes_an_empty_text),
		cmocka_unit_test(text_is_formatted_behind_what_is_there),
		cmocka_unit_test(splitting_drops_empty_fields),
		cmocka_unit_test(a_copy_shares_nothing),
		cmocka_unit_test(the_empty_vector_is_null),
		cmocka_unit_test(a_vector_is_freed_at_the_end_of_its_scope),
		cmocka_unit_test(a_typo_finds_its_word),
		cmocka_unit_test(a_far_word_is_no_typo),
		cmocka_unit_test(a_short_word_is_not_taken_for_any_other),
		cmocka_unit_test(an_endless_word_is_no_typo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
