#include "steer/action.h"

#include <string.h>

#include "base/macros.h"
#include "base/parse.h"
#include "base/str.h"
#include "steer/text.h"

const struct action *action_find(const char *name, struct err *err)
{
	const char *names[32] = { NULL };
	const char *near;
	size_t n = 0;

	for (const struct action *a = actions; a->name; a++) {
		if (str_eq(a->name, name))
			return a;
		if (n < ARRAY_LEN(names) - 1)
			names[n++] = a->name;
	}
	near = str_nearest(name, names);
	err_set(err, EXIT_USAGE, "read the command line", name,
		"no such action");
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	else
		(void)err_hint(err, "steer --help lists them");
	return NULL;
}

static int count_args(const struct action *a)
{
	int n = 0;

	while (n < ACTION_ARGS && a->args[n].type != ARG_NONE)
		n++;
	return n;
}

char *action_synopsis(const struct action *a)
{
	struct buf text = { 0 };
	int n = count_args(a);

	buf_printf(&text, "%s", a->name);
	for (const struct opt *o = a->opts; o && o->name; o++)
		buf_printf(&text, " [-%c %s]", o->letter, o->arg);
	for (int i = 0; i < n; i++)
		buf_printf(&text, " %s%s%s", a->optional && i == 0 ? "[" : "",
			   a->args[i].name,
			   a->optional && i == n - 1 ? "]" : "");
	return text.data;
}

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

static int read_arg(struct invocation *inv, const struct action_arg *arg,
		    const char *word, struct err *err)
{
	switch (arg->type) {
	case ARG_X:
		inv->positioned = true;
		return read_coordinate(word, &inv->x, err);
	case ARG_Y:
		return read_coordinate(word, &inv->y, err);
	case ARG_TEXT:
		inv->text = word;
		return text_check(word, err);
	case ARG_CHORD:
		return chord_parse(word, &inv->chord, err);
	case ARG_CHOICE:
		return read_choice(arg->name, word, &inv->choice, err);
	case ARG_NONE:
		break;
	}
	return bad(err, word, "unexpected");
}

int action_read_args(struct invocation *inv, int argc, char **argv,
		     struct err *err)
{
	const struct action *a = inv->action;
	int want = count_args(a);

	if (argc != want && !(a->optional && argc == 0)) {
		CLEANUP_FREE char *synopsis = action_synopsis(a);

		(void)bad(err, a->name, argc < want ? "an argument is missing" :
						      "too many arguments");
		return err_hint(err, "usage: steer %s", synopsis);
	}
	for (int i = 0; i < argc; i++)
		if (read_arg(inv, &a->args[i], argv[i], err) < 0)
			return -1;
	return 0;
}
