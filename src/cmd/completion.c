#include <string.h>

#include "base/complete.h"
#include "base/str.h"
#include "box/enter_host.h"
#include "box/policy.h"
#include "cmd/cmd.h"
#include "conf/profile.h"
#include "conf/record.h"

static const struct opt opts[] = { { 0 } };

/* Nobody is told of a failure in the middle of a line. */
static void add_names(struct complete_out *out)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int statefd = cmd_state(&err);
	CLEANUP_STRV char **names = NULL;

	if (statefd < 0 || record_list(statefd, &names, &err) < 0)
		return;
	for (char **n = names; n && *n; n++) {
		CLEANUP(record_finish) struct record rec = { 0 };
		bool known = record_read(statefd, *n, &rec, &err) == 0;

		complete_add(out, *n,
			     known ? record_state_name(rec.state) : NULL);
	}
}

static void add_keys(const char *behind, struct complete_out *out)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *key =
			str_printf("%s.%s%s", k->section, k->name, behind);

		complete_add(out, key, k->help);
	}
}

static void add_key_names(struct complete_out *out)
{
	for (const struct profile_section *s = profile_sections; s->name; s++)
		complete_add(out, s->name, s->help);
	add_keys("", out);
}

/* `head`: all in front of the value, or of the last one of a list. */
static void add_choices(const struct profile_key *key, const char *head,
			struct complete_out *out)
{
	static const char *const yes_no[] = { "yes", "no", NULL };
	const char *const *choices =
		key->type == PROFILE_BOOL ? yes_no : key->choices;

	for (; choices && *choices; choices++) {
		CLEANUP_FREE char *value = str_printf("%s%s", head, *choices);

		complete_add(out, value, NULL);
	}
}

static void add_assignments(const char *typed, struct complete_out *out)
{
	const char *eq = strchr(typed, '='), *comma = strrchr(typed, ',');

	if (!eq) {
		add_keys("=", out);
		return;
	}
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *head =
			str_printf("%s.%s=", k->section, k->name);
		CLEANUP_FREE char *list = str_printf(
			"%.*s", comma ? (int)(comma + 1 - typed) : 0, typed);

		if (str_starts(typed, head))
			add_choices(k, k->type == PROFILE_LIST && comma ?
				    list : head, out);
	}
}

static void add_policies(struct complete_out *out)
{
	for (size_t i = 0; policy_name(i); i++)
		complete_add(out, policy_name(i), NULL);
}

/* The next one of a list with commas. */
static void add_namespaces(const char *typed, struct complete_out *out)
{
	const char *comma = strrchr(typed, ',');
	int head = comma ? (int)(comma + 1 - typed) : 0;

	for (size_t i = 0; enter_host_name(i); i++) {
		CLEANUP_FREE char *list =
			str_printf("%.*s%s", head, typed, enter_host_name(i));

		complete_add(out, list, NULL);
	}
}

static void values(const char *word, const char *typed,
		   struct complete_out *out)
{
	if (str_eq(word, "NAME"))
		add_names(out);
	else if (str_eq(word, "KEY"))
		add_key_names(out);
	else if (str_eq(word, "KEY=VALUE"))
		add_assignments(typed, out);
	else if (str_eq(word, "POLICY"))
		add_policies(out);
	else if (str_eq(word, "KIND,..."))
		add_namespaces(typed, out);
}

/* Its words are another command's, options and all: not to be parsed. */
static int run(int argc, char **argv, struct err *err)
{
	struct complete_row rows[64] = { 0 };
	const struct complete complete = {
		PROGRAM, rows, cmd_first_opts, cmd_every_opts, values,
	};
	size_t n = 0;

	for (const struct cmd_row *r = cmd_table;
	     r->cmd && n + 1 < ARRAY_LEN(rows); r++)
		rows[n++] = (struct complete_row){
			r->cmd->name, r->cmd->args, r->cmd->summary,
			r->cmd->opts,
		};
	return complete_main(&complete, argc - 1, argv + 1, err);
}

const struct cmd cmd_completion = {
	COMPLETE_NAME, COMPLETE_ARGS, COMPLETE_HELP, opts, run,
};
