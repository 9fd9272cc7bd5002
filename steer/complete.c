#include "steer/complete.h"

#include <string.h>

#include "base/complete.h"
#include "base/str.h"
#include "conf/record.h"
#include "steer/action.h"

/* Nobody is told of a failure in the middle of a line. */
static void add_names(struct complete_out *out)
{
	struct err err = ERR_INIT;
	CLEANUP_FD int statefd = record_open_dir(&err);
	CLEANUP_STRV char **names = NULL;

	if (statefd < 0 || record_list(statefd, &names, &err) < 0)
		return;
	for (char **n = names; n && *n; n++) {
		CLEANUP(record_finish) struct record rec = { 0 };

		if (record_read(statefd, *n, &rec, &err) == 0 &&
		    rec.display.enabled)
			complete_add(out, *n, record_state_name(rec.state));
	}
}

static void values(const char *word, const char *typed UNUSED,
		   struct complete_out *out)
{
	if (str_eq(word, "NAME"))
		add_names(out);
}

int complete_actions(const struct opt *opts, int argc, char **argv,
		     struct err *err)
{
	struct complete_row rows[64] = { 0 };
	const struct complete complete = {
		"steer", rows, opts, opts, values,
	};
	char *synopsis[ARRAY_LEN(rows)];
	size_t n = 0;
	int code;

	for (const struct action *a = actions;
	     a->name && n + 2 < ARRAY_LEN(rows); a++, n++) {
		synopsis[n] = action_synopsis(a, false);
		rows[n] = (struct complete_row){
			a->name, synopsis[n] + strlen(a->name), a->help,
			a->opts,
		};
	}
	rows[n] = (struct complete_row){ COMPLETE_NAME, COMPLETE_ARGS,
					 COMPLETE_HELP, NULL };
	code = complete_main(&complete, argc, argv, err);
	while (n > 0)
		free(synopsis[--n]);
	return code;
}
