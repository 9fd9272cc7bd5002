#include "steer/action.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/parse.h"
#include "base/str.h"
#include "steer/button.h"
#include "steer/text.h"
#include "steer/timeout.h"

const struct action *action_find(const char *name, struct err *err)
{
	const char *names[32] = { NULL };
	const char *near = NULL;
	size_t n = 0;

	for (const struct action *a = actions; a->name; a++) {
		if (str_eq(a->name, name))
			return a;
		if (str_eq(a->other, name))
			near = a->name;
		if (n < ARRAY_LEN(names) - 1)
			names[n++] = a->name;
	}
	if (!near)
		near = str_nearest(name, names);
	err_set(err, EXIT_USAGE, "read the command line", name,
		"no such action");
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	else
		(void)err_hint(err, "steer --help lists them");
	return NULL;
}

static int count_args(const struct action *a, enum arg_group group)
{
	int n = 0;

	for (int i = 0; i < ACTION_ARGS; i++)
		n += a->args[i].type != ARG_NONE && a->args[i].group == group;
	return n;
}

static void add_arg(struct buf *text, const struct action_arg *arg)
{
	const char *open = "", *close = "";

	if (arg->group == ARG_ALONE ||
	    (arg->group == ARG_POINT && arg->type == ARG_X))
		open = "[";
	if (arg->group == ARG_ALONE ||
	    (arg->group == ARG_POINT && arg->type == ARG_Y))
		close = "]";
	buf_printf(text, " %s%s%s%s", open, arg->name, close,
		   arg->type == ARG_CHORDS ? "..." : "");
}

char *action_synopsis(const struct action *a, bool options)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s", a->name);
	for (const struct opt *o = a->opts; options && o && o->name; o++)
		buf_printf(&text, " [-%c %s]", o->letter, o->arg);
	for (int i = 0; i < ACTION_ARGS && a->args[i].type != ARG_NONE; i++)
		add_arg(&text, &a->args[i]);
	return text.data;
}

/* --- values -------------------------------------------------------------- */

static int bad(struct err *err, const char *word, const char *cause)
{
	return err_set(err, EXIT_USAGE, "read the command line", word, "%s",
		       cause);
}

static int read_coordinate(const char *word, int32_t *out, struct err *err)
{
	uint64_t value;

	if (parse_number(word, &value) < 0 || value > INT16_MAX)
		return bad(err, word, "expected pixels, 0 to 32767");
	*out = (int32_t)value;
	return 0;
}

static int read_count(const char *word, uint32_t *out, struct err *err)
{
	uint64_t value;

	if (parse_number(word, &value) < 0 || value < 1 ||
	    value > ACTION_COUNT_MAX)
		return err_set(err, EXIT_USAGE, "read the command line", word,
			       "expected a number from 1 to %u",
			       ACTION_COUNT_MAX);
	*out = (uint32_t)value;
	return 0;
}

static int read_choice(const char *words, const char *word, size_t *out,
		       struct err *err)
{
	CLEANUP_STRV char **choices = strv_split(words, '|');

	for (size_t i = 0; choices[i]; i++) {
		if (str_eq(choices[i], word)) {
			*out = i;
			return 0;
		}
	}
	return err_set(err, EXIT_USAGE, "read the command line", word,
		       "expected %s", words);
}

static int read_chord(struct invocation *inv, const char *word,
		      struct err *err)
{
	inv->chords = mem_realloc(inv->chords, (inv->nchords + 1) *
						       sizeof(*inv->chords));
	return chord_parse(word, &inv->chords[inv->nchords++], err);
}

static int read_arg(struct invocation *inv, const struct action_arg *arg,
		    const char *word, struct err *err)
{
	switch (arg->type) {
	case ARG_X:
		inv->positioned = true;
		return read_coordinate(word, &inv->at.x, err);
	case ARG_Y:
		return read_coordinate(word, &inv->at.y, err);
	case ARG_TO_X:
		return read_coordinate(word, &inv->to.x, err);
	case ARG_TO_Y:
		return read_coordinate(word, &inv->to.y, err);
	case ARG_N:
		return read_count(word, &inv->count, err);
	case ARG_TEXT:
		inv->text = word;
		return text_check(word, err);
	case ARG_WINDOW:
		inv->text = word;
		return word[0] ? 0 : bad(err, word, "expected a window");
	case ARG_CHOICE:
		return read_choice(arg->name, word, &inv->choice, err);
	case ARG_CHORDS:
	case ARG_NONE:
		break;
	}
	return bad(err, word, "unexpected");
}

int action_set_option(struct invocation *inv, const struct opt *opt,
		      const char *value, struct err *err)
{
	if (str_eq(opt->name, "output")) {
		inv->output = value;
		return 0;
	}
	if (str_eq(opt->name, "button"))
		return button_parse(value, &inv->button, err);
	if (str_eq(opt->name, "count"))
		return read_count(value, &inv->count, err);
	if (str_eq(opt->name, "modifiers"))
		return chord_parse(value, &inv->modifiers, err);
	return timeout_parse(value, &inv->duration_ms, err);
}

/* --- arguments ----------------------------------------------------------- */

static int wrong_number(const struct action *a, bool few, struct err *err)
{
	CLEANUP_FREE char *synopsis = action_synopsis(a, true);

	(void)bad(err, a->name, few ? "an argument is missing" :
				      "too many arguments");
	return err_hint(err, "usage: steer %s", synopsis);
}

/* Which arguments the words are: those that are required, then as many as the
 * number of words allows, a point before a single one. */
static int choose_groups(const struct action *a, int argc, bool present[3],
			 struct err *err)
{
	int left = argc - count_args(a, ARG_REQUIRED);
	int point = count_args(a, ARG_POINT);
	bool few = left < 0 || (left == 1 && point);

	present[ARG_REQUIRED] = true;
	present[ARG_POINT] = point && left >= point;
	left -= present[ARG_POINT] ? point : 0;
	present[ARG_ALONE] = left == 1 && count_args(a, ARG_ALONE);
	left -= present[ARG_ALONE];
	return left ? wrong_number(a, few, err) : 0;
}

/* Every word that is left belongs to the last argument. */
static int read_chords(struct invocation *inv, int argc, char **argv,
		       struct err *err)
{
	if (argc == 0)
		return wrong_number(inv->action, true, err);
	for (int i = 0; i < argc; i++)
		if (read_chord(inv, argv[i], err) < 0)
			return -1;
	return 0;
}

int action_read_args(struct invocation *inv, int argc, char **argv,
		     struct err *err)
{
	const struct action *a = inv->action;
	bool present[3] = { false };
	int word = 0;

	if (a->args[0].type == ARG_CHORDS)
		return read_chords(inv, argc, argv, err);
	if (choose_groups(a, argc, present, err) < 0)
		return -1;
	for (int i = 0; i < ACTION_ARGS && word < argc; i++) {
		if (!present[a->args[i].group])
			continue;
		if (read_arg(inv, &a->args[i], argv[word++], err) < 0)
			return -1;
	}
	return 0;
}

void action_finish(struct invocation *inv)
{
	free(inv->chords);
	inv->chords = NULL;
}
