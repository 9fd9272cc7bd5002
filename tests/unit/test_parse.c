/* The small notations: what is read, what is refused, and the way back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpulist.h"
#include "base/iolimit.h"
#include "base/parse.h"
#include "base/str.h"

#define UNTOUCHED 4711u

typedef int number_fn(const char *text, uint64_t *out);

struct row {
	const char *text;
	uint64_t value; /* when rc is 0 */
	int rc;
};

static void check_rows(number_fn *parse, const struct row *rows, size_t len)
{
	for (const struct row *r = rows; r < rows + len; r++) {
		uint64_t got = UNTOUCHED;
		int rc = parse(r->text, &got);

		if (rc != r->rc || got != (rc ? UNTOUCHED : r->value))
			fail_msg("'%s': %d, %ju", r->text, rc, (uintmax_t)got);
	}
}

static void numbers_are_plain_digits(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "007", 7, 0 },
		{ "18446744073709551615", UINT64_MAX, 0 },
		{ "18446744073709551616", 0, -ERANGE },
		{ "99999999999999999999999", 0, -ERANGE },
		{ "", 0, -EINVAL },
		{ "-1", 0, -EINVAL },
		{ "+1", 0, -EINVAL },
		{ " 1", 0, -EINVAL },
		{ "1 ", 0, -EINVAL },
		{ "0x10", 0, -EINVAL },
		{ "1e3", 0, -EINVAL },
		{ "1.0", 0, -EINVAL },
	};

	check_rows(parse_number, rows, ARRAY_LEN(rows));
}

static void sizes_count_in_1024(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "512", 512, 0 },
		{ "64K", 65536, 0 },
		{ "64k", 65536, 0 },
		{ "512M", 536870912, 0 },
		{ "2G", 2147483648, 0 },
		{ "1T", 1099511627776, 0 },
		{ "16777215T", 16777215ull << 40, 0 },
		{ "16777216T", 0, -ERANGE },
		{ "12Q", 0, -EINVAL },
		{ "12MB", 0, -EINVAL },
		{ "12 M", 0, -EINVAL },
		{ "1.5G", 0, -EINVAL },
		{ "M", 0, -EINVAL },
		{ "", 0, -EINVAL },
		{ "-1M", 0, -EINVAL },
	};

	check_rows(parse_size, rows, ARRAY_LEN(rows));
}

static void cpus_are_kept_in_thousandths(void **state)
{
	static const struct row rows[] = {
		{ "1", 1000, 0 },
		{ "1.5", 1500, 0 },
		{ "0.25", 250, 0 },
		{ "0.001", 1, 0 },
		{ "1.500", 1500, 0 },
		{ "0", 0, 0 },
		{ "1.5000", 0, -EINVAL },
		{ "1.", 0, -EINVAL },
		{ ".5", 0, -EINVAL },
		{ "1,5", 0, -EINVAL },
		{ "1.5.", 0, -EINVAL },
		{ "-1", 0, -EINVAL },
		{ "1.-5", 0, -EINVAL },
		{ "50%", 0, -EINVAL },
		{ "", 0, -EINVAL },
		{ "18446744073709551", 18446744073709551000u, 0 },
		{ "18446744073709551.616", 0, -ERANGE },
		{ "18446744073709552", 0, -ERANGE },
	};

	check_rows(parse_cpus, rows, ARRAY_LEN(rows));
}

static void times_need_a_unit(void **state)
{
	static const struct row rows[] = {
		{ "500ms", 500, 0 },
		{ "10s", 10000, 0 },
		{ "2m", 120000, 0 },
		{ "1h", 3600000, 0 },
		{ "0s", 0, 0 },
		{ "0", 0, 0 },
		{ "00", 0, -EINVAL },
		{ "10", 0, -EINVAL },
		{ "10S", 0, -EINVAL },
		{ "1M", 0, -EINVAL },
		{ "1h30m", 0, -EINVAL },
		{ "10 s", 0, -EINVAL },
		{ "s", 0, -EINVAL },
		{ "18446744073709551615h", 0, -ERANGE },
	};

	check_rows(parse_time, rows, ARRAY_LEN(rows));
}

static void booleans_have_four_spellings_each(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "YES",
					   "True" };
	static const char *const no[] = { "no", "false", "off", "0", "No",
					  "FALSE" };
	static const char *const bad[] = { "", "y", "2", "yes ", "enable",
					   "01" };
	bool b;

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		b = false;
		assert_int_equal(parse_bool(yes[i], &b), 0);
		assert_true(b);
		assert_int_equal(parse_bool(no[i], &b), 0);
		assert_false(b);
		b = true;
		assert_int_equal(parse_bool(bad[i], &b), -EINVAL);
		assert_true(b);
	}
}

/* `want` holds the words, each with a '|' behind. */
static void check_words(const char *text, const char *want)
{
	struct buf got = { 0 };
	char **words = NULL;

	assert_int_equal(parse_words(text, &words), 0);
	buf_add(&got, "", 0);
	for (char **w = words; w && *w; w++)
		buf_printf(&got, "%s|", *w);
	assert_string_equal(got.data, want);
	buf_free(&got);
	strv_free(words);
}

static void words_are_split_as_a_shell_does(void **state)
{
	check_words("a b\tc", "a|b|c|");
	check_words("  a   b  ", "a|b|");
	check_words("", "");
	check_words("  \t ", "");
	check_words("'a b' c", "a b|c|");
	check_words("\"a b\" c", "a b|c|");
	check_words("a\\ b c", "a b|c|");
	check_words("''", "|");
	check_words("a '' \"\"", "a|||");
	check_words("a'b c'd\"e f\"g", "ab cde fg|");
	check_words("'a\\b'", "a\\b|");
	check_words("\"a\\\"b\\\\c\\n\"", "a\"b\\c\\n|");
	check_words("\\'x", "'x|");
	check_words("sh -c 'echo \"$HOME\" ; exit 3'",
		    "sh|-c|echo \"$HOME\" ; exit 3|");
}

static void nothing_in_words_is_expanded(void **state)
{
	check_words("$HOME `id` $(id) ~ * a;b & > x # y",
		    "$HOME|`id`|$(id)|~|*|a;b|&|>|x|#|y|");
}

static void an_open_quote_is_refused(void **state)
{
	static const char *const bad[] = { "'a",   "a \"b", "a\\", "\"a\\\"",
					   "\"a\\", "'",    "\"" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char *one[] = { NULL };
		char **words = one;

		assert_int_equal(parse_words(bad[i], &words), -EINVAL);
		assert_ptr_equal(words, one);
	}
}

static void quoted_words_read_back_the_same(void **state)
{
	static const char *const list[] = {
		"plain", "with blank", "",  "it's",	 "a\"b",
		"\\",	 "$HOME",      ";", "#",	 "tab\there",
		"caf\xc3\xa9",
	};
	char **words = NULL, **again = NULL, *text;

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		strv_add(&words, list[i]);
	text = parse_words_text(words);
	assert_int_equal(parse_words(text, &again), 0);
	assert_int_equal(strv_len(again), ARRAY_LEN(list));
	for (size_t i = 0; words[i]; i++)
		assert_string_equal(again[i], words[i]);
	free(text);
	strv_free(words);
	strv_free(again);
}

static void no_words_are_the_empty_text(void **state)
{
	char *text = parse_words_text(NULL);

	assert_string_equal(text, "");
	free(text);
}

static void check_text(char *text, const char *want)
{
	assert_string_equal(text, want);
	free(text);
}

static void values_are_written_in_the_largest_whole_unit(void **state)
{
	check_text(parse_size_text(0), "0");
	check_text(parse_size_text(512), "512");
	check_text(parse_size_text(1025), "1025");
	check_text(parse_size_text(1536 << 10), "1536K");
	check_text(parse_size_text(512 << 20), "512M");
	check_text(parse_size_text(1ull << 40), "1T");
	check_text(parse_cpus_text(1500), "1.5");
	check_text(parse_cpus_text(1000), "1");
	check_text(parse_cpus_text(10000), "10");
	check_text(parse_cpus_text(10), "0.01");
	check_text(parse_cpus_text(0), "0");
	check_text(parse_time_text(1500), "1500ms");
	check_text(parse_time_text(90000), "90s");
	check_text(parse_time_text(7200000), "2h");
	check_text(parse_time_text(0), "0ms");
}

static void written_values_read_back_the_same(void **state)
{
	static const uint64_t values[] = { 0,	 1,	  999,	     1000,
					   1024, 1048576, 3600000,   12345678,
					   1500, 60000,	  1ull << 41 };

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		char *size = parse_size_text(values[i]);
		char *cpus = parse_cpus_text(values[i]);
		char *time = parse_time_text(values[i]);
		uint64_t n = UNTOUCHED;

		assert_int_equal(parse_size(size, &n), 0);
		assert_true(n == values[i]);
		assert_int_equal(parse_cpus(cpus, &n), 0);
		assert_true(n == values[i]);
		assert_int_equal(parse_time(time, &n), 0);
		assert_true(n == values[i]);
		free(size);
		free(cpus);
		free(time);
	}
}

static void an_id_line_gives_its_range(void **state)
{
	struct parse_ids ids;

	assert_int_equal(parse_id_line("user:100000:65536", &ids), 0);
	assert_true(ids.first == 100000 && ids.count == 65536);
	assert_int_equal(parse_id_line(":1:2", &ids), 0);
}

static void another_line_is_no_id_line(void **state)
{
	static const char *const bad[] = { "",	    "user",   "user:1",
					   "u:1:",  "u::1",   "u:1:2:3",
					   "u:a:1", "u:1: 2", "# u:1:2 x" };
	struct parse_ids ids = { UNTOUCHED, UNTOUCHED };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(parse_id_line(bad[i], &ids), -EINVAL);
	assert_int_equal(parse_id_line("u:99999999999999999999:1", &ids),
			 -ERANGE);
	assert_true(ids.first == UNTOUCHED && ids.count == UNTOUCHED);
}

static void huge_pages_have_a_size_and_a_limit(void **state)
{
	static const char *const bad[] = { "", "2M", "2M=", "=1M", "0=1M",
					   "2M=1M ", "2M=1M=1M", "x=1M" };
	struct parse_hugepages huge = { UNTOUCHED, UNTOUCHED };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(parse_hugepages(bad[i], &huge), -EINVAL);
	assert_true(huge.page == UNTOUCHED && huge.bytes == UNTOUCHED);
	assert_int_equal(parse_hugepages("1G=0", &huge), 0);
	assert_true(huge.page == 1ull << 30 && huge.bytes == 0);
}

static void lists_of_cpus_are_sets(void **state)
{
	static const char *const bad[] = { "", "-", "1-", "-1", "2-1", "a",
					   "1,", ",1", "1,,2", "1 ,2" };
	struct cpulist list, less;
	char *text;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(cpulist_parse(bad[i], &list), -EINVAL);
	assert_int_equal(cpulist_parse("8192", &list), -ERANGE);
	assert_int_equal(cpulist_parse("64,3,0-1, 1-2,8191", &list), 0);
	text = cpulist_text(&list);
	assert_string_equal(text, "0-3,64,8191");
	free(text);
	assert_int_equal(cpulist_parse("0-63,65-8191", &less), 0);
	assert_int_equal(cpulist_missing(&list, &less), 64);
	assert_int_equal(cpulist_missing(&less, &less), -1);
}

static void limits_of_a_disk_are_words_of_io_max(void **state)
{
	struct iolimit limit;
	char *text;

	assert_int_equal(iolimit_parse("'/dev/my disk' wiops=7 rbps=2048K",
				       &limit), 0);
	assert_string_equal(limit.device, "/dev/my disk");
	assert_true(limit.max[IOLIMIT_RBPS] == 2 << 20);
	assert_true(limit.max[IOLIMIT_WIOPS] == 7);
	assert_true(limit.max[IOLIMIT_WBPS] == IOLIMIT_NONE);
	text = iolimit_text(&limit);
	assert_string_equal(text, "'/dev/my disk' rbps=2M wiops=7");
	free(text);
	iolimit_finish(&limit);
}

static void other_limits_of_a_disk_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "/dev/sda", "sda rbps=1", "8 rbps=1", "8: rbps=1",
		"8:1x rbps=1", "/dev/sda rbps", "/dev/sda rbps=",
		"/dev/sda bps=1", "/dev/sda rbps=1 rbps=2",
		"/dev/sda riops=1K", "/dev/sda rbps=max", "'/dev/sda rbps=1",
	};
	static const char *const out_of_range[] = {
		"/dev/sda rbps=0", "/dev/sda riops=4294967295",
	};
	struct iolimit limit;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(iolimit_parse(bad[i], &limit), -EINVAL);
		iolimit_finish(&limit);
	}
	for (size_t i = 0; i < ARRAY_LEN(out_of_range); i++) {
		assert_int_equal(iolimit_parse(out_of_range[i], &limit),
				 -ERANGE);
		iolimit_finish(&limit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_plain_digits),
		cmocka_unit_test(sizes_count_in_1024),
		cmocka_unit_test(cpus_are_kept_in_thousandths),
		cmocka_unit_test(times_need_a_unit),
		cmocka_unit_test(booleans_have_four_spellings_each),
		cmocka_unit_test(words_are_split_as_a_shell_does),
		cmocka_unit_test(nothing_in_words_is_expanded),
		cmocka_unit_test(an_open_quote_is_refused),
		cmocka_unit_test(quoted_words_read_back_the_same),
		cmocka_unit_test(no_words_are_the_empty_text),
		cmocka_unit_test(values_are_written_in_the_largest_whole_unit),
		cmocka_unit_test(written_values_read_back_the_same),
		cmocka_unit_test(an_id_line_gives_its_range),
		cmocka_unit_test(another_line_is_no_id_line),
		cmocka_unit_test(huge_pages_have_a_size_and_a_limit),
		cmocka_unit_test(lists_of_cpus_are_sets),
		cmocka_unit_test(limits_of_a_disk_are_words_of_io_max),
		cmocka_unit_test(other_limits_of_a_disk_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
