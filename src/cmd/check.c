#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

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
	(void)json_dumpf(array, stdout, JSON_INDENT(2));
	(void)printf("\n");
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
	const char *path;
	json_t *json; /* NULL: as text */
	size_t count[LINT_GRAVE + 1];
	size_t accepted;
};

static void tell_json(struct findings *f, enum lint rule, const char *what,
		      bool accepted)
{
	json_t *o = rule_json(rule);

	(void)json_object_set_new(o, "found", json_string(what));
	(void)json_object_set_new(o, "accepted", json_boolean(accepted));
	(void)json_array_append_new(f->json, o);
}

static void tell(void *ctx, enum lint rule, const char *what, bool accepted)
{
	const struct lint_rule *r = &lint_rules[rule];
	CLEANUP_FREE char *clean = str_dup(what);
	struct findings *f = ctx;

	if (accepted)
		f->accepted++;
	else
		f->count[r->severity]++;
	err_clean_text(clean);
	if (f->json) {
		tell_json(f, rule, clean, accepted);
		return;
	}
	(void)printf("%s: %s: %s: %s [%s]\nhint: %s\n", f->path,
		     accepted ? "accepted" : lint_severity_name(r->severity),
		     clean, r->why, lint_ids[rule], r->remedy);
}

static int check_profile(const struct profile *p, const char *path,
			 const struct check_options *o)
{
	CLEANUP_FREE char *clean = str_dup(path);
	struct findings f = { .path = clean,
			      .json = o->json ? json_array() : NULL };

	err_clean_text(clean);
	lint_check(p, tell, &f);
	if (f.json)
		print_json(f.json);
	else
		(void)printf("%s: grave: %zu, warnings: %zu, notes: %zu, "
			     "accepted: %zu\n", clean, f.count[LINT_GRAVE],
			     f.count[LINT_WARNING], f.count[LINT_NOTE],
			     f.accepted);
	return f.count[LINT_GRAVE] || (o->strict && f.count[LINT_WARNING]) ?
		       EXIT_FAILED : EXIT_DONE;
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
		code = check_profile(&p, argv[first], &o);
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

static void warn(void *ctx, enum lint rule, const char *what, bool accepted)
{
	const struct lint_rule *r = &lint_rules[rule];
	struct err *err = ctx;

	if (accepted || r->severity == LINT_NOTE)
		return;
	if (r->severity == LINT_WARNING) {
		if (isatty(STDERR_FILENO))
			err_warn(PROGRAM, "%s: %s [%s]", what, r->why,
				 lint_ids[rule]);
		return;
	}
	if (err->code) /* one is enough to refuse it */
		return;
	(void)err_set(err, EXIT_USAGE, "start with", what, "%s [%s]", r->why,
		      lint_ids[rule]);
	(void)err_hint(err, "%s; or, knowing that, [security] accept = %s",
		       r->remedy, lint_ids[rule]);
}

int check_before_run(const struct profile *p, struct err *err)
{
	lint_check(p, warn, err);
	return err->code ? -1 : 0;
}
