/* Signals by name. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/signame.h"

#define UNTOUCHED 4711

static void check(const char *text, int want)
{
	struct err err = ERR_INIT;
	int got = UNTOUCHED;

	if (signame_read(text, &got, &err) != 0 || got != want)
		fail_msg("'%s': %d, not %d", text, got, want);
}

static void a_signal_has_names_and_a_number(void **state)
{
	check("TERM", SIGTERM);
	check("SIGTERM", SIGTERM);
	check("sigterm", SIGTERM);
	check("Kill", SIGKILL);
	check("15", SIGTERM);
	check("9", SIGKILL);
	check("64", SIGRTMAX);
	check("RTMIN", SIGRTMIN);
	check("RTMIN+1", SIGRTMIN + 1);
	check("sigrtmin+30", SIGRTMIN + 30);
	check("RTMAX", SIGRTMAX);
	check("SIGRTMAX-3", SIGRTMAX - 3);
	check("WINCH", SIGWINCH);
}

static void anything_else_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "SIG", "0", "65", "-1", "TERM ", " TERM", "99999999999999",
		"RTMIN+", "RTMIN-1", "RTMIN+31", "RTMAX+1", "RTMAX-31",
		"RTMIN+1x", "RTMAX-1 ", "RTMI", "SIGSIGTERM",
		"18446744073709551617",
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err err = ERR_INIT;
		int got = UNTOUCHED;

		if (signame_read(wrong[i], &got, &err) != -1 ||
		    got != UNTOUCHED)
			fail_msg("'%s' was read", wrong[i]);
		assert_int_equal(err.code, EXIT_USAGE);
		assert_string_equal(err.object, wrong[i]);
	}
}

static void a_typo_is_answered_with_the_nearest_name(void **state)
{
	struct err err = ERR_INIT;
	int got;

	assert_int_equal(signame_read("sigter", &got, &err), -1);
	assert_string_equal(err.hint, "did you mean 'TERM'?");
	assert_int_equal(signame_read("WINC", &got, &err), -1);
	assert_string_equal(err.hint, "did you mean 'WINCH'?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_has_names_and_a_number),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_typo_is_answered_with_the_nearest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
