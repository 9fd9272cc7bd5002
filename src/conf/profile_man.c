/*
 * Run by the Makefile: prints the keys of a profile as the middle of
 * sandboxd-profile(5), in mdoc(7), from the table that also reads them.
 */
#include "base/str.h"
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

int main(void)
{
	for (const struct profile_section *s = profile_sections; s->name; s++)
		section(s);
	return fflush(stdout) == 0 ? 0 : 1;
}
