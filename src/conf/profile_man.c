/*
 * Run by the Makefile: prints the keys of a profile, and the rules over them,
 * as the middle of sandboxd-profile(5), in mdoc(7), from the tables that also
 * read and judge them.
 */
#include "base/str.h"
#include "conf/lint.h"
#include "conf/profile.h"

/* Text is never a control line or an escape by accident. */
static void roff(const char *text)
{
	if (*text == '.' || *text == '\'')
		(void)fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '\\')
			(void)fputs("\\e", stdout);
		else if (*text == '\'')
			(void)fputs("\\(aq", stdout);
		else
			(void)putchar(*text);
	}
	(void)putchar('\n');
}

static void sentence(const char *text)
{
	bool small = *text >= 'a' && *text <= 'z';
	CLEANUP_FREE char *whole =
		str_printf("%c%s.", small ? *text - 'a' + 'A' : *text,
			   text + 1);

	roff(whole);
}

static void key(const struct profile_key *k)
{
	CLEANUP_FREE char *expected = profile_expected(k);

	if (k->fallback)
		(void)printf(".It Ic %s No = Li \"%s\"\n", k->name,
			     k->fallback);
	else
		(void)printf(".It Ic %s\n", k->name);
	sentence(k->help);
	(void)printf(".br\nExpected:\n");
	roff(expected);
}

static void section(const struct profile_section *s)
{
	(void)printf(".Ss [%s]\n", s->name);
	sentence(s->help);
	(void)printf(".Bl -tag -width Ds\n");
	if (s->any)
		(void)printf(".It Ic %s\n", s->any);
	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (str_eq(k->section, s->name))
			key(k);
	(void)printf(".El\n");
}

static void rule(enum lint id)
{
	const struct lint_rule *r = &lint_rules[id];

	(void)printf(".It Cm %s No ( %s , %s", lint_ids[id],
		     lint_severity_name(r->severity), r->key);
	if (r->also)
		(void)printf(" , %s", r->also);
	(void)printf(" )\n");
	sentence(r->why);
	(void)printf(".br\nRemedy:\n");
	roff(r->remedy);
}

static void rules(void)
{
	(void)printf(".Sh RULES\n"
		     "What weakens a sandbox, as\n.Ic sandboxd check\n"
		     "finds it, and what to do instead.\n"
		     "A start warns of what is a warning and refuses what is "
		     "grave, unless\n.Ic accept\nnames the rule; what is "
		     "fatal it refuses in any case.\n"
		     ".Bl -tag -width Ds\n");
	for (int r = 0; r < LINT_RULES; r++)
		rule(r);
	(void)printf(".El\n");
}

int main(void)
{
	for (const struct profile_section *s = profile_sections; s->name; s++)
		section(s);
	rules();
	return fflush(stdout) == 0 ? 0 : 1;
}
