#include "base/complete.h"

#include <string.h>

#include "base/complete_scripts.h"
#include "base/str.h"

struct complete_out {
	FILE *file;
	const char *typed;  /* what a candidate begins with */
	const char *prefix; /* "--name=", printed in front of it */
};

void complete_add(struct complete_out *out, const char *value,
		  const char *help)
{
	if (str_starts(value, out->typed))
		(void)fprintf(out->file, "%s%s\t%s\n", out->prefix, value,
			      help ? help : "");
}

/* --- a word of a usage ---------------------------------------------------- */

struct place {
	char *word;
	bool programs; /* behind "--" */
	bool repeats;
};

/* "[NAME...]" is NAME. */
static char *bare(const char *token, bool *repeats)
{
	size_t len;

	token += strspn(token, "[");
	len = strcspn(token, "].");
	*repeats = strstr(token, "...") != NULL;
	return str_printf("%.*s", (int)len, token);
}

/* Finds the place of word number `n`. False when none can follow. */
static bool find_place(const char *args, size_t n, struct place *out)
{
	CLEANUP_STRV char **tokens = strv_split(args, ' ');
	bool behind = false;

	*out = (struct place){ 0 };
	for (char **t = tokens; t && *t; t++) {
		free(out->word);
		out->word = bare(*t, &out->repeats);
		if (str_eq(out->word, "--")) {
			behind = true;
			continue;
		}
		out->programs = behind;
		if (n-- == 0)
			return true;
	}
	return out->word && out->repeats;
}

static void choices(const char *words, struct complete_out *out)
{
	CLEANUP_STRV char **list = strv_split(words, '|');

	for (char **w = list; w && *w; w++)
		complete_add(out, *w, NULL);
}

static const char *shells_own(const char *word, bool program)
{
	static const struct {
		const char *word, *line;
	} own[] = {
		{ "FILE", ":files" },	   { "PATH", ":files" },
		{ "SOCKET", ":files" },	   { "ARG", ":files" },
		{ "PROFILE", ":files .ini" }, { "DIR", ":directories" },
	};

	if (program && str_eq(word, "COMMAND"))
		return ":programs";
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_eq(own[i].word, word))
			return own[i].line;
	return NULL;
}

static void fill(const struct complete *c, const char *word, bool program,
		 struct complete_out *out)
{
	const char *own = shells_own(word, program);

	if (own)
		(void)fprintf(out->file, "%s\n", own);
	else if (strchr(word, '|'))
		choices(word, out);
	else
		c->values(word, out->typed, out);
}

/* --- a line --------------------------------------------------------------- */

struct line {
	const struct complete *c;
	const struct complete_row *row;
	char **name;  /* words of a command that is not whole yet */
	char **words; /* what followed it, options aside */
	const struct opt *waiting; /* its value comes next */
	bool dashes;
	bool lost; /* no such command */
};

/* What of a command's name follows these words; NULL: another command. */
static const char *name_rest(const char *name, char *const *words)
{
	for (; words && *words; words++) {
		size_t len = strlen(*words);

		if (strncmp(name, *words, len) != 0 ||
		    (name[len] && name[len] != ' '))
			return NULL;
		name += len + (name[len] == ' ');
	}
	return name;
}

/* The next word of each command that begins with `words`, once; a line of
 * help where it is the last. */
static void add_names(const struct complete *c, char *const *words,
		      struct complete_out *out)
{
	CLEANUP_FREE char *last = NULL;

	for (const struct complete_row *r = c->rows; r->name; r++) {
		const char *rest = name_rest(r->name, words);
		size_t len = rest ? strcspn(rest, " ") : 0;
		CLEANUP_FREE char *word = NULL;

		if (!len)
			continue;
		word = str_printf("%.*s", (int)len, rest);
		if (!str_eq(word, last))
			complete_add(out, word, rest[len] ? NULL : r->help);
		free(last);
		last = take_ptr(&word);
	}
}

static const struct opt *find_option(const struct opt *opts, const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (; opts && opts->name; opts++) {
		if (word[1] == '-' ? strlen(opts->name) == len &&
				     memcmp(opts->name, word + 2, len) == 0 :
				     opts->letter == word[strlen(word) - 1])
			return opts;
	}
	return NULL;
}

/* Of the tables that count at this place. */
static const struct opt *option(const struct line *l, const char *word)
{
	const struct opt *found;

	if (!l->row)
		return find_option(l->c->first_opts, word);
	found = find_option(l->row->opts, word);
	return found ? found : find_option(l->c->every_opts, word);
}

static void read_name(struct line *l, const char *word)
{
	bool more = false;

	strv_add(&l->name, word);
	for (const struct complete_row *r = l->c->rows; r->name; r++) {
		const char *rest = name_rest(r->name, l->name);

		if (rest && !*rest) {
			l->row = r;
			return;
		}
		more = more || rest;
	}
	l->lost = !more;
}

static void read_word(struct line *l, const char *word)
{
	bool dash = word[0] == '-' && word[1] && !l->dashes;

	if (l->waiting) {
		l->waiting = NULL;
	} else if (dash && str_eq(word, "--")) {
		l->dashes = true;
	} else if (dash) {
		const struct opt *o = option(l, word);

		if (o && o->arg && !strchr(word, '='))
			l->waiting = o;
	} else if (!l->row) {
		read_name(l, word);
	} else {
		strv_add(&l->words, word);
	}
}

static void add_options(const struct opt *opts, struct complete_out *out)
{
	for (; opts && opts->name; opts++) {
		CLEANUP_FREE char *name = str_printf("--%s", opts->name);

		complete_add(out, name, opts->help);
	}
}

static void every_option(const struct line *l, struct complete_out *out)
{
	if (!l->row) {
		add_options(l->c->first_opts, out);
		return;
	}
	add_options(l->row->opts, out);
	add_options(l->c->every_opts, out);
}

/* "--name=VALUE" in one word. */
static void joined_value(const struct line *l, struct complete_out *out)
{
	const struct opt *o = option(l, out->typed);
	const char *value = strchr(out->typed, '=') + 1;
	CLEANUP_FREE char *prefix =
		str_printf("%.*s", (int)(value - out->typed), out->typed);

	if (!o || !o->arg)
		return;
	out->prefix = prefix;
	out->typed = value;
	fill(l->c, o->arg, false, out);
}

static void argument(const struct line *l, struct complete_out *out)
{
	struct place place;

	if (!find_place(l->row->args, strv_len(l->words), &place)) {
		if (!l->dashes)
			every_option(l, out);
	} else if (place.programs && !l->dashes) {
		complete_add(out, "--", "a command follows");
	} else if (!place.programs && str_eq(place.word, "COMMAND")) {
		add_names(l->c, l->words, out);
	} else {
		fill(l->c, place.word, place.programs, out);
	}
	free(place.word);
}

/* Prints what the last of `words` can become. */
static void print_words(const struct complete *c, char *const *words)
{
	struct line l = { .c = c };
	struct complete_out out = {
		.file = stdout, .prefix = "", .typed = "",
	};

	for (; words[0] && words[1]; words++)
		read_word(&l, words[0]);
	if (words[0])
		out.typed = words[0];
	if (l.lost)
		; /* nothing is right behind a wrong word */
	else if (l.waiting)
		fill(c, l.waiting->arg, false, &out);
	else if (out.typed[0] == '-' && !l.dashes)
		strchr(out.typed, '=') ? joined_value(&l, &out) :
					 every_option(&l, &out);
	else if (!l.row)
		add_names(c, l.name, &out);
	else
		argument(&l, &out);
	strv_free(l.name);
	strv_free(l.words);
}

/* --- the scripts ---------------------------------------------------------- */

/* The one of `shell`, or NULL; the caller frees. In the files PROGRAM stands
 * for the program's name. */
static char *script_of(const char *shell, const char *program)
{
	struct buf text = { 0 };
	const char *script = NULL, *mark;

	for (size_t i = 0; i < complete_nscripts; i++)
		if (str_eq(complete_scripts[i].shell, shell))
			script = complete_scripts[i].text;
	if (!script)
		return NULL;
	while ((mark = strstr(script, "PROGRAM"))) {
		buf_add(&text, script, (size_t)(mark - script));
		buf_printf(&text, "%s", program);
		script = mark + strlen("PROGRAM");
	}
	buf_printf(&text, "%s", script);
	return text.data;
}

int complete_main(const struct complete *c, int argc, char **argv,
		  struct err *err)
{
	CLEANUP_FREE char *script = NULL;

	if (argc >= 1 && str_eq(argv[0], "words")) {
		argv += argc > 1 && str_eq(argv[1], "--") ? 2 : 1;
		print_words(c, argv);
		return EXIT_DONE;
	}
	script = argc == 1 ? script_of(argv[0], c->program) : NULL;
	if (!script) {
		(void)err_set(err, EXIT_USAGE, "run", COMPLETE_NAME,
			      "expected one of bash, zsh, fish");
		(void)err_hint(err, "%s " COMPLETE_NAME " bash prints the "
			       "script for bash", c->program);
		return EXIT_USAGE;
	}
	(void)fputs(script, stdout);
	return EXIT_DONE;
}
