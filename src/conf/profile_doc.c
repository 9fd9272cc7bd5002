#include "conf/profile_doc.h"

#include <jansson.h>
#include <string.h>

#include "base/opt.h"
#include "base/str.h"

#define LINE_LIMIT 1023 /* of profile_read.c */
#define INDENT 4

static bool wants(const char *key, const char *section, const char *name)
{
	size_t len = strlen(section);

	if (!key)
		return true;
	if (strncmp(key, section, len) != 0)
		return false;
	return !key[len] || (key[len] == '.' && str_eq(key + len + 1, name));
}

static int hint_nearest(const char *key, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	const char *near;

	for (const struct profile_section *s = profile_sections; s->name; s++)
		strv_add(&names, s->name);
	for (const struct profile_key *k = profile_keys; k->section; k++)
		strv_take(&names, str_printf("%s.%s", k->section, k->name));
	near = str_nearest(key, (const char *const *)names);
	if (near)
		return err_hint(err, "did you mean '%s'?", near);
	return err_hint(err, "'sandboxd profile keys' lists them");
}

/* "'display.memory', 'limits.memory'" for "memory". */
static void keys_named(const char *name, struct buf *out)
{
	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (str_eq(k->name, name))
			buf_printf(out, "%s'%s.%s'", out->len ? ", " : "",
				   k->section, k->name);
}

int profile_doc_check(const char *key, struct err *err)
{
	CLEANUP_BUF struct buf named = { 0 };

	for (const struct profile_section *s = profile_sections; s->name; s++)
		if (!key || str_eq(key, s->name))
			return 0;
	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (wants(key, k->section, k->name))
			return 0;
	(void)err_set(err, EXIT_USAGE, "look up", key,
		      "no such section or key");
	keys_named(key, &named);
	if (named.len)
		return err_hint(err, "there is %s", named.data);
	return hint_nearest(key, err);
}

static void indented(FILE *out, const char *text)
{
	(void)fprintf(out, "%*s", INDENT, "");
	opt_wrap(out, text, INDENT);
}

static void print_key(FILE *out, const struct profile_key *k)
{
	CLEANUP_FREE char *expected = profile_expected(k);

	(void)fprintf(out, "%s.%s%s%s\n", k->section, k->name,
		      k->fallback ? " = " : "", k->fallback ? k->fallback : "");
	indented(out, k->help);
	indented(out, expected);
}

void profile_doc_keys(FILE *out, const char *key)
{
	for (const struct profile_section *s = profile_sections; s->name; s++) {
		if (wants(key, s->name, NULL)) {
			(void)fprintf(out, "[%s]\n", s->name);
			indented(out, s->help);
			if (s->any)
				(void)fprintf(out, "%s.%s\n", s->name, s->any);
		}
		for (const struct profile_key *k = profile_keys; k->section;
		     k++)
			if (str_eq(k->section, s->name) &&
			    wants(key, s->name, k->name))
				print_key(out, k);
	}
}

/* --- JSON ----------------------------------------------------------------- */

static void put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) < 0)
		abort();
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *words(const char *const *list)
{
	json_t *array = json_array();

	for (; *list; list++)
		if (json_array_append_new(array, json_string(*list)) < 0)
			abort();
	return array;
}

static json_t *key_json(const struct profile_key *k)
{
	CLEANUP_FREE char *full = str_printf("%s.%s", k->section, k->name);
	CLEANUP_FREE char *expected = profile_expected(k);
	CLEANUP_FREE char *min = NULL;
	CLEANUP_FREE char *max = NULL;
	json_t *o = json_object();

	put(o, "key", json_string(full));
	put(o, "section", json_string(k->section));
	put(o, "name", json_string(k->name));
	put(o, "type", json_string(profile_type_name(k->type)));
	put(o, "default", text_or_null(k->fallback));
	if (profile_range(k, &min, &max)) {
		put(o, "min", json_string(min));
		put(o, "max", json_string(max));
	}
	if (k->choices)
		put(o, "choices", words(k->choices));
	put(o, "expected", json_string(expected));
	put(o, "help", json_string(k->help));
	return o;
}

char *profile_doc_json(const char *key)
{
	json_t *array = json_array();
	char *text;

	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (wants(key, k->section, k->name) &&
		    json_array_append_new(array, key_json(k)) < 0)
			abort();
	text = json_dumps(array, JSON_INDENT(2));
	json_decref(array);
	if (!text)
		abort();
	return text;
}

/* --- INI ------------------------------------------------------------------ */

static int line(FILE *out, const char *section, const char *name,
		const char *value, struct err *err)
{
	size_t len = strlen(value);
	CLEANUP_FREE char *text =
		str_printf("%s =%s%s", name, len ? " " : "", value);
	bool blank = len && (strchr(" \t", value[0]) ||
			     strchr(" \t", value[len - 1]));

	if (blank || strlen(text) > LINE_LIMIT) {
		CLEANUP_FREE char *key = str_printf("%s.%s", section, name);

		return err_set(err, EXIT_FAILED, "show profile", key, "%s",
			       blank ? "a file cannot hold a value that "
				       "starts or ends with a blank"
				     : "a file cannot hold so long a value");
	}
	(void)fprintf(out, "%s\n", text);
	return 0;
}

/* Quoted when a bare value would lose its blanks or end in a comment. */
static int env_line(FILE *out, const char *section, const char *entry,
		    struct err *err)
{
	size_t len = strcspn(entry, "=");
	CLEANUP_FREE char *name = str_printf("%.*s", (int)len, entry);
	const char *value = entry + len + 1;
	CLEANUP_FREE char *quoted = str_printf("\"%s\"", value);

	return line(out, section, name, strchr(value, '"') ? value : quoted,
		    err);
}

int profile_doc_ini(FILE *out, const struct profile *p, struct err *err)
{
	for (const struct profile_section *s = profile_sections; s->name; s++) {
		(void)fprintf(out, "%s[%s]\n",
			      s == profile_sections ? "" : "\n", s->name);
		for (const struct profile_key *k = profile_keys; k->section;
		     k++) {
			CLEANUP_FREE char *value = NULL;

			if (!str_eq(k->section, s->name))
				continue;
			value = profile_value(p, k);
			/* Not set: what is never empty may not say so. */
			if (!*value && !k->fallback)
				(void)fprintf(out, "# %s =\n", k->name);
			else if (line(out, s->name, k->name, value, err) < 0)
				return -1;
		}
		for (char **e = s->any ? p->env : NULL; e && *e; e++)
			if (env_line(out, s->name, *e, err) < 0)
				return -1;
	}
	return 0;
}
