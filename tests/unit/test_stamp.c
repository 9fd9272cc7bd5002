/* Points in time: what is read, what is refused, and the way back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/stamp.h"

#define UNTOUCHED 4711

static void a_time_is_written_with_milliseconds_in_utc(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ 951826154999, "2000-02-29T12:09:14.999Z" },
		{ 4102444799000, "2099-12-31T23:59:59.000Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t back = UNTOUCHED;

		assert_string_equal(stamp_text(rows[i].ms).text, rows[i].text);
		assert_int_equal(strlen(rows[i].text), STAMP_LEN);
		assert_int_equal(stamp_read(rows[i].text, &back), 0);
		assert_true(back == rows[i].ms);
	}
}

static void every_form_of_the_standard_is_read(void **state)
{
	static const char *const same[] = {
		"2000-02-29T12:09:14Z",	     "2000-02-29t12:09:14z",
		"2000-02-29 12:09:14Z",	     "2000-02-29T12:09:14.0000000Z",
		"2000-02-29T13:09:14+01:00", "2000-02-29T06:39:14-05:30",
		"2000-03-01T00:09:14+12:00", "2000-02-29T12:09:14.0009Z",
	};
	int64_t ms;

	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		ms = UNTOUCHED;
		if (stamp_read(same[i], &ms) != 0 || ms != 951826154000)
			fail_msg("%s: %jd", same[i], (intmax_t)ms);
	}
	assert_int_equal(stamp_read("2000-02-29T12:09:14.5Z", &ms), 0);
	assert_true(ms == 951826154500);
}

static void anything_else_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "now", "2000", "2000-02-29", "2000-02-29T12:09:14",
		"2000-02-30T12:09:14Z", "2001-02-29T12:09:14Z",
		"1900-02-29T12:09:14Z", "2000-13-01T12:09:14Z",
		"2000-00-01T12:09:14Z", "2000-01-00T12:09:14Z",
		"2000-01-01T24:00:00Z", "2000-01-01T12:60:00Z",
		"2000-01-01T12:00:61Z", "2000-1-01T12:00:00Z",
		"2000-01-01T12:00Z", "2000-01-01T12:00:00.Z",
		"2000-01-01T12:00:00+1:00", "2000-01-01T12:00:00+0100",
		"2000-01-01T12:00:00+24:00", "2000-01-01T12:00:00Z ",
		" 2000-01-01T12:00:00Z", "-200-01-01T12:00:00Z",
		"2000-01-01T12:00:00ZZ", "2000-01-01T12:00:00,5Z",
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int64_t ms = UNTOUCHED;

		if (stamp_read(wrong[i], &ms) != -EINVAL || ms != UNTOUCHED)
			fail_msg("'%s' was read", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_written_with_milliseconds_in_utc),
		cmocka_unit_test(every_form_of_the_standard_is_read),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
