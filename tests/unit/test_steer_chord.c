/* Key chords as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <X11/keysym.h>

#include "base/macros.h"
#include "steer/chord.h"

static void modifiers_and_a_key_keep_their_order(void **state)
{
	struct chord c;
	struct err err = ERR_INIT;

	assert_int_equal(chord_parse("ctrl+shift+t", &c, &err), 0);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.keys[0], XK_Control_L);
	assert_int_equal(c.keys[1], XK_Shift_L);
	assert_int_equal(c.keys[2], XK_t);
}

static void assert_key(const char *name, uint32_t keysym)
{
	struct chord c;
	struct err err = ERR_INIT;

	assert_int_equal(chord_parse(name, &c, &err), 0);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.keys[0], keysym);
}

static void names_are_those_of_keysyms(void **state)
{
	assert_key("Return", XK_Return);
	assert_key("F5", XK_F5);
	assert_key("a", XK_a);
	assert_key("A", XK_A);
	assert_key("7", XK_7);
	assert_key("plus", XK_plus);
	assert_key("KP_Enter", XK_KP_Enter);
}

static void everyday_words_mean_keys_in_any_case(void **state)
{
	assert_key("enter", XK_Return);
	assert_key("ESC", XK_Escape);
	assert_key("Win", XK_Super_L);
	assert_key("PageUp", XK_Page_Up);
	assert_key("Ctrl", XK_Control_L);
}

static void assert_refused(const char *text, const char *object,
			   const char *hint)
{
	struct chord c;
	struct err err = ERR_INIT;

	assert_int_equal(chord_parse(text, &c, &err), -1);
	assert_int_equal(err.code, EXIT_USAGE);
	assert_string_equal(err.object, object);
	if (hint)
		assert_non_null(strstr(err.hint, hint));
}

static void an_unknown_key_names_the_nearest_one(void **state)
{
	assert_refused("ctrl+BackSpce", "BackSpce", "'BackSpace'");
	assert_refused("crtl+t", "crtl", "'ctrl'");
	assert_refused("wibblewobble", "wibblewobble", "xev");
}

static void a_punctuation_mark_is_told_its_name(void **state)
{
	assert_refused("!", "!", "'exclam'");
	assert_refused("ctrl+/", "/", "'slash'");
}

static void a_missing_name_is_refused(void **state)
{
	assert_refused("", "", "'plus'");
	assert_refused("+", "+", "'plus'");
	assert_refused("ctrl+", "ctrl+", "'plus'");
	assert_refused("ctrl++t", "ctrl++t", "'plus'");
}

static void a_key_cannot_be_pressed_twice(void **state)
{
	assert_refused("ctrl+a+ctrl", "ctrl", NULL);
	assert_refused("ctrl+Control_L", "Control_L", NULL);
}

static void a_chord_has_a_largest_size(void **state)
{
	struct chord c;
	struct err err = ERR_INIT;

	assert_int_equal(chord_parse("a+b+c+d+e+f+g+h", &c, &err), 0);
	assert_int_equal(c.n, PROTO_CHORD_MAX);
	assert_refused("a+b+c+d+e+f+g+h+i", "i", NULL);
}

static void an_endless_name_is_refused(void **state)
{
	char name[300];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(chord_parse(name, &(struct chord){ 0 },
				     &(struct err)ERR_INIT), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modifiers_and_a_key_keep_their_order),
		cmocka_unit_test(names_are_those_of_keysyms),
		cmocka_unit_test(everyday_words_mean_keys_in_any_case),
		cmocka_unit_test(an_unknown_key_names_the_nearest_one),
		cmocka_unit_test(a_punctuation_mark_is_told_its_name),
		cmocka_unit_test(a_missing_name_is_refused),
		cmocka_unit_test(a_key_cannot_be_pressed_twice),
		cmocka_unit_test(a_chord_has_a_largest_size),
		cmocka_unit_test(an_endless_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
