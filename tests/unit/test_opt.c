/* Command lines read from a table, and the help made of the same rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/opt.h"
#include "base/str.h"

static const struct opt opts[] = {
	{ 'd', "detach", NULL, "return as soon as it runs" },
	{ 'n', "name", "NAME", "call the sandbox NAME" },
	{ 0, "set", "KEY=VALUE",
	  "use VALUE for KEY instead of what the profile says; may be given "
	  "more than once, the last one counts" },
	{ 0, "a-very-long-option-name-indeed", "VALUE", "does something" },
	{ 0 },
};

struct seen {
	struct buf log; /* "d n=x " */
	const char *refuse;
};

static int note(void *ctx, const struct opt *opt, const char *value,
		struct err *err)
{
	struct seen *s = ctx;

	if (str_eq(s->refuse, opt->name))
		return err_set(err, EXIT_USAGE, "test", opt->name, "refused");
	buf_printf(&s->log, "%s%s%s ", opt->name, value ? "=" : "",
		   value ? value : "");
	return 0;
}

struct run {
	char **argv;
	int argc, rest;
	struct seen seen;
	struct err err;
};

static void start(struct run *r, const char *line, bool permute)
{
	*r = (struct run){ .argv = strv_split(line, ' ') };
	r->argc = (int)strv_len(r->argv);
	buf_add(&r->seen.log, "", 0);
	r->rest = opt_parse(opts, r->argc, r->argv, permute, note, &r->seen,
			    &r->err);
}

static void end(struct run *r)
{
	strv_free(r->argv);
	buf_free(&r->seen.log);
}

static void expect(const char *line, bool permute, const char *log,
		   const char *rest)
{
	struct buf left = { 0 };
	struct run r;

	start(&r, line, permute);
	assert_string_equal(r.err.cause, "");
	assert_true(r.rest >= 1 && r.rest <= r.argc);
	buf_add(&left, "", 0);
	for (int i = r.rest; i < r.argc; i++)
		buf_printf(&left, "%s ", r.argv[i]);
	assert_string_equal(r.seen.log.data, log);
	assert_string_equal(left.data, rest);
	buf_free(&left);
	end(&r);
}

static void expect_error(const char *line, const char *object,
			 const char *cause, const char *hint)
{
	struct run r;

	start(&r, line, true);
	assert_int_equal(r.rest, -1);
	assert_int_equal(r.err.code, EXIT_USAGE);
	assert_string_equal(r.err.object, object);
	assert_string_equal(r.err.cause, cause);
	assert_string_equal(r.err.hint, hint);
	end(&r);
}

static void a_value_may_be_joined_or_follow(void **state)
{
	expect("p -n x", false, "name=x ", "");
	expect("p -nx", false, "name=x ", "");
	expect("p -dn x", false, "detach name=x ", "");
	expect("p -dnx", false, "detach name=x ", "");
	expect("p --name x", false, "name=x ", "");
	expect("p --name=x", false, "name=x ", "");
	expect("p --name=", false, "name= ", "");
	expect("p --set a.b=c=d", false, "set=a.b=c=d ", "");
	expect("p --set=a.b=c", false, "set=a.b=c ", "");
}

static void a_value_may_look_like_an_option(void **state)
{
	expect("p -n -d", false, "name=-d ", "");
	expect("p --name -- x", false, "name=-- ", "x ");
}

static void reading_stops_at_the_first_word(void **state)
{
	expect("p -d run -n x", false, "detach ", "run -n x ");
	expect("p", false, "", "");
	expect("p - -d", false, "", "- -d ");
}

static void words_move_behind_options_in_order(void **state)
{
	expect("p a -d b -n x c", true, "detach name=x ", "a b c ");
	expect("p a b c", true, "", "a b c ");
	expect("p -d -n x", true, "detach name=x ", "");
	expect("p - -d", true, "detach ", "- ");
}

static void two_dashes_end_the_options(void **state)
{
	expect("p -- -d", false, "", "-d ");
	expect("p -d -- x -- -d", false, "detach ", "x -- -d ");
	expect("p a -d -- -n b", true, "detach ", "a -n b ");
	expect("p a -- b -d", true, "", "a b -d ");
	expect("p --", true, "", "");
}

static void an_unknown_option_names_the_nearest(void **state)
{
	expect_error("p --naem x", "--naem", "no such option",
		     "did you mean '--name'?");
	expect_error("p --naem=x", "--naem", "no such option",
		     "did you mean '--name'?");
	expect_error("p --xylophone", "--xylophone", "no such option", "");
	expect_error("p -dx", "-x", "no such option", "");
	/* No abbreviations: a new option would make them ambiguous. */
	expect_error("p --detac", "--detac", "no such option",
		     "did you mean '--detach'?");
}

static void a_negative_number_is_told_about_the_dashes(void **state)
{
	expect_error("p -5", "-5", "no such option",
		     "put '--' before a negative number");
}

static void a_missing_value_is_named(void **state)
{
	expect_error("p -n", "-n", "expected a value: NAME", "");
	expect_error("p -dn", "-n", "expected a value: NAME", "");
	expect_error("p --set", "--set", "expected a value: KEY=VALUE", "");
}

static void a_flag_takes_no_value(void **state)
{
	expect_error("p --detach=yes", "--detach", "takes no value", "");
}

static void what_the_callback_refuses_is_an_error(void **state)
{
	CLEANUP_STRV char **argv = strv_split("p -d", ' ');
	struct seen seen = { .refuse = "detach" };
	struct err err = ERR_INIT;

	assert_int_equal(opt_parse(opts, 2, argv, false, note, &seen, &err),
			 -1);
	assert_string_equal(err.cause, "refused");
}

static char *help_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	opt_help(out, opts);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void help_is_aligned_and_at_most_80_wide(void **state)
{
	char *text = help_text();
	char **lines = strv_split(text, '\n');

	for (char **l = lines; *l; l++)
		assert_true(strlen(*l) <= 80);
	assert_string_equal(lines[0],
			    "  -d, --detach         return as soon as it runs");
	assert_string_equal(lines[1],
			    "  -n, --name NAME      call the sandbox NAME");
	assert_ptr_equal(strstr(lines[2], "      --set KEY=VALUE  use VALUE"),
			 lines[2]);
	assert_ptr_equal(strstr(lines[3], "                       "),
			 lines[3]);
	assert_int_not_equal(lines[3][23], ' ');
	strv_free(lines);
	free(text);
}

static void a_wide_option_gets_a_line_of_its_own(void **state)
{
	char *text = help_text();

	assert_non_null(strstr(text,
			       "      --a-very-long-option-name-indeed VALUE\n"
			       "                       does something\n"));
	free(text);
}

static void help_loses_no_word(void **state)
{
	char *text = help_text(), *joined = str_printf("%s", "");
	char **words;

	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	words = strv_split(text, ' ');
	for (char **w = words; *w; w++) {
		char *next = str_printf("%s%s ", joined, *w);

		free(joined);
		joined = next;
	}
	for (const struct opt *o = opts; o->name; o++)
		assert_non_null(strstr(joined, o->help));
	free(joined);
	strv_free(words);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_may_be_joined_or_follow),
		cmocka_unit_test(a_value_may_look_like_an_option),
		cmocka_unit_test(reading_stops_at_the_first_word),
		cmocka_unit_test(words_move_behind_options_in_order),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(an_unknown_option_names_the_nearest),
		cmocka_unit_test(a_negative_number_is_told_about_the_dashes),
		cmocka_unit_test(a_missing_value_is_named),
		cmocka_unit_test(a_flag_takes_no_value),
		cmocka_unit_test(what_the_callback_refuses_is_an_error),
		cmocka_unit_test(help_is_aligned_and_at_most_80_wide),
		cmocka_unit_test(a_wide_option_gets_a_line_of_its_own),
		cmocka_unit_test(help_loses_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
