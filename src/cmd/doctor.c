#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonout.h"
#include "base/str.h"
#include "box/doctor.h"
#include "cmd/cmd.h"

#define TEXT_COLUMN 28 /* behind the state and the longest id */

struct doctor_options {
	bool json, checks;
	char **sets;
};

static const struct opt opts[] = {
	{ 0, "set", "KEY=VALUE", "override section.key of the profile" },
	{ 0, "json", NULL, "as a JSON object" },
	{ 0, "checks", NULL, "list all checks instead" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err UNUSED)
{
	struct doctor_options *o = ctx;

	if (str_eq(opt->name, "json"))
		o->json = true;
	else if (str_eq(opt->name, "checks"))
		o->checks = true;
	else
		strv_add(&o->sets, value);
	return 0;
}

/* --- as text -------------------------------------------------------------- */

static void print_finding(const struct doctor_finding *f, bool with_remedy)
{
	CLEANUP_FREE char *text = str_printf(
		"%s%s%s", f->found ? f->found : f->title, f->means ? "; " : "",
		f->means ? f->means : "");
	CLEANUP_FREE char *remedy =
		with_remedy ? str_printf("fix: %s", f->remedy) : NULL;

	(void)printf("%-9s %-17s ", doctor_state_name(f->state), f->id);
	opt_wrap(stdout, text, TEXT_COLUMN);
	if (!remedy)
		return;
	(void)printf("%*s", TEXT_COLUMN, "");
	opt_wrap(stdout, remedy, TEXT_COLUMN);
}

/* The next one of this state at `f` or behind, or NULL. */
static const struct doctor_finding *next(const struct doctor *d,
					 const struct doctor_finding *f,
					 enum doctor_state state)
{
	for (; f < d->findings + d->count; f++)
		if (f->state == state)
			return f;
	return NULL;
}

/* A remedy stands once, behind the last of those that it is for. */
static void print_state(const struct doctor *d, enum doctor_state state)
{
	const struct doctor_finding *f = next(d, d->findings, state), *then;

	for (; f; f = then) {
		then = next(d, f + 1, state);
		print_finding(f, f->remedy &&
			      !(then && str_eq(f->remedy, then->remedy)));
	}
}

/* The worst first. */
static void print_text(const struct doctor *d, const char *profile)
{
	const size_t *n = d->states;

	for (int state = DOCTOR_STATES - 1; state >= 0; state--)
		print_state(d, state);
	(void)printf("\n%s %s here: missing: %zu, degraded: %zu, advice: %zu, "
		     "ok: %zu\n", profile, n[DOCTOR_MISSING] ?
		     "cannot run" : "can run", n[DOCTOR_MISSING],
		     n[DOCTOR_DEGRADED], n[DOCTOR_ADVICE], n[DOCTOR_OK]);
}

/* --- as JSON -------------------------------------------------------------- */

static void print_json(const struct doctor *d, const char *profile)
{
	json_t *array = json_array(), *o;

	for (size_t i = 0; i < d->count; i++) {
		const struct doctor_finding *f = &d->findings[i];

		(void)json_array_append_new(
			array,
			json_pack("{ss ss ss ss? ss? ss?}", "id", f->id,
				  "title", f->title, "state",
				  doctor_state_name(f->state), "found",
				  f->found, "means", f->means, "remedy",
				  f->remedy));
	}
	o = json_pack("{ss sb so}", "profile", profile, "runs",
		      d->states[DOCTOR_MISSING] == 0, "findings", array);
	(void)jsonout_print(stdout, o, JSON_INDENT(2));
	json_decref(o);
}

static int list_checks(bool json)
{
	json_t *array = json_array();

	for (size_t i = 0; doctor_id(i); i++)
		if (json)
			(void)json_array_append_new(
				array, json_pack("{ss ss}", "id", doctor_id(i),
						 "title", doctor_title(i)));
		else
			(void)printf("%-17s %s\n", doctor_id(i),
				     doctor_title(i));
	if (json)
		(void)jsonout_print(stdout, array, JSON_INDENT(2));
	json_decref(array);
	return EXIT_DONE;
}

/* --- the command ---------------------------------------------------------- */

static int examine(const struct profile *p, bool json)
{
	CLEANUP(doctor_finish) struct doctor d = { 0 };
	CLEANUP_FREE char *name = str_dup(p->path);

	err_clean_text(name);
	doctor_look(p, &d);
	if (json)
		print_json(&d, name);
	else
		print_text(&d, name);
	return d.states[DOCTOR_MISSING] ? EXIT_IMPOSSIBLE : EXIT_DONE;
}

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP(profile_finish) struct profile p = { 0 };
	struct doctor_options o = { 0 };
	int first = cmd_parse(&cmd_doctor, argc, argv, 0, 1, set_option, &o,
			      err);
	int code = EXIT_USAGE;

	if (first >= 0 && o.checks && argc > first)
		(void)err_set(err, EXIT_USAGE, "examine for", argv[first],
			      "--checks lists all, for no profile");
	else if (first >= 0 && o.checks)
		code = list_checks(o.json);
	else if (first >= 0 && cmd_load_profile(&p, argv[first], o.sets, NULL,
					   err) == 0)
		code = examine(&p, o.json);
	strv_free(o.sets);
	return err->code ? err->code : code;
}

const struct cmd cmd_doctor = {
	"doctor", "[PROFILE]",
	"say what this host can and cannot give a sandbox", opts, run,
};
