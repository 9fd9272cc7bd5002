#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonout.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/check.h"
#include "conf/lint.h"

struct check_options {
	bool strict, json, rules;
	char **sets;
};

static const struct opt opts[] = {
	{ 0, "set", "KEY=VALUE", "override section.key of the profile" },
	{ 0, "strict", NULL, "warnings fail, too" },
	{ 0, "json", NULL, "as a JSON array" },
	{ 0, "rules", NULL, "list all rules instead" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err UNUSED)
{
	struct check_options *o = ctx;

	if (str_eq(opt->name, "strict"))
		o->strict = true;
	else if (str_eq(opt->name, "json"))
		o->json = true;
	else if (str_eq(opt->name, "rules"))
		o->rules = true;
	else
		strv_add(&o->sets, value);
	return 0;
}

/* --- rules ---------------------------------------------------------------- */

static json_t *rule_json(enum lint rule)
{
	const struct lint_rule *r = &lint_rules[rule];

	return json_pack("{ss ss ss ss ss}", "rule", lint_ids[rule],
			 "severity", lint_severity_name(r->severity), "key",
			 r->key, "why", r->why, "remedy", r->remedy);
}

static void print_json(json_t *array)
{
	(void)jsonout_print(stdout, array, JSON_INDENT(2));
	json_decref(array);
}

static void list_rules(bool json)
{
	json_t *array = json_array();

	for (int r = 0; r < LINT_RULES; r++) {
		if (json) {
			(void)json_array_append_new(array, rule_json(r));
			continue;
		}
		(void)printf("%-20s %-8s %s: %s\n%30s%s\n", lint_ids[r],
			     lint_severity_name(lint_rules[r].severity),
			     lint_rules[r].key, lint_rules[r].why, "",
			     lint_rules[r].remedy);
	}
	if (json)
		print_json(array);
	else
		json_decref(array);
}

/* --- findings ------------------------------------------------------------- */

struct findings {
	const char *file;
	json_t *json; /* NULL: as text */
	size_t count[LINT_FATAL + 1];
	size_t accepted;
};

/* The profile's file as messages name it; the caller frees. */
static char *file_of(const struct profile *p)
{
	char *file = str_dup(str_eq(p->path, "-") ? "standard input" : p->path);

	err_clean_text(file);
	return file;
}

/* "FILE:LINE", or the file alone; the caller frees. */
static char *place_of(const char *file, const struct lint_finding *f)
{
	return f->line ? str_printf("%s:%u", file, f->line) : str_dup(file);
}

static void tell_json(struct findings *all, const struct lint_finding *f,
		      const char *what)
{
	json_t *o = rule_json(f->rule);

	/* Of those that the rule looks at, the one. */
	(void)json_object_set_new(o, "key",
				  json_stringn(what, strcspn(what, " ")));
	(void)json_object_set_new(o, "file", json_string(all->file));
	(void)json_object_set_new(o, "line", f->line ? json_integer(f->line) :
						       json_null());
	(void)json_object_set_new(o, "found", json_string(what));
	(void)json_object_set_new(o, "accepted", json_boolean(f->accepted));
	(void)json_array_append_new(all->json, o);
}

static void tell(void *ctx, const struct lint_finding *f)
{
	const struct lint_rule *r = &lint_rules[f->rule];
	CLEANUP_FREE char *what = str_dup(f->what);
	CLEANUP_FREE char *place = NULL;
	struct findings *all = ctx;

	if (f->accepted)
		all->accepted++;
	else
		all->count[r->severity]++;
	err_clean_text(what);
	if (all->json) {
		tell_json(all, f, what);
		return;
	}
	place = place_of(all->file, f);
	(void)printf("%s: %s %s: %s: %s\nhint: %s\n", place,
		     f->accepted ? "accepted" : lint_severity_name(r->severity),
		     lint_ids[f->rule], what, r->why, r->remedy);
}

static int check_profile(const struct profile *p, const struct check_options *o)
{
	CLEANUP_FREE char *file = file_of(p);
	struct findings f = { .file = file,
			      .json = o->json ? json_array() : NULL };

	lint_check(p, tell, &f);
	if (f.json)
		print_json(f.json);
	else
		(void)printf("%s: fatal: %zu, grave: %zu, warnings: %zu, "
			     "notes: %zu, accepted: %zu\n", file,
			     f.count[LINT_FATAL], f.count[LINT_GRAVE],
			     f.count[LINT_WARNING], f.count[LINT_NOTE],
			     f.accepted);
	return f.count[LINT_FATAL] || f.count[LINT_GRAVE] ||
	       (o->strict && f.count[LINT_WARNING]) ? EXIT_FAILED : EXIT_DONE;
}

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP(profile_finish) struct profile p = { 0 };
	struct check_options o = { 0 };
	int first = cmd_parse(&cmd_check, argc, argv, 0, 1, set_option, &o,
			      err);
	int code = EXIT_DONE;

	if (first >= 0 && o.rules == (argc > first)) {
		(void)err_set(err, EXIT_USAGE, "check", argv[first],
			      o.rules ? "--rules lists all, of no profile" :
					"a profile is missing");
	} else if (first >= 0 && o.rules) {
		list_rules(o.json);
	} else if (first >= 0 &&
		   cmd_load_profile(&p, argv[first], o.sets, NULL, err) == 0) {
		code = check_profile(&p, &o);
	}
	strv_free(o.sets);
	return err->code ? err->code : code;
}

const struct cmd cmd_check = {
	"check", "[PROFILE]",
	"say what is wrong with a profile, and what weakens its sandbox",
	opts, run,
};

/* --- for run -------------------------------------------------------------- */

struct before_run {
	const char *file;
	struct err *err;
};

static void warn(void *ctx, const struct lint_finding *f)
{
	const struct lint_rule *r = &lint_rules[f->rule];
	const char *id = lint_ids[f->rule];
	struct before_run *b = ctx;
	CLEANUP_FREE char *place = place_of(b->file, f);

	/* What is fatal the start itself refuses, with all it knows of it. */
	if (f->accepted || r->severity == LINT_NOTE ||
	    r->severity == LINT_FATAL)
		return;
	if (r->severity == LINT_WARNING) {
		err_warn(PROGRAM, "%s: %s: %s [%s]", place, f->what, r->why,
			 id);
		return;
	}
	if (b->err->code) /* one is enough to refuse it */
		return;
	(void)err_set(b->err, EXIT_USAGE, "start with", f->what,
		      "%s (%s) [%s]", r->why, place, id);
	(void)err_hint(b->err, "%s; or, knowing that, [security] accept = %s",
		       r->remedy, id);
}

int check_before_run(const struct profile *p, struct err *err)
{
	CLEANUP_FREE char *file = file_of(p);

	lint_check(p, warn, &(struct before_run){ file, err });
	return err->code ? -1 : 0;
}
