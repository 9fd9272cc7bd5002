#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"

static const struct opt opts[] = { { 0 } };

static int name_width(void)
{
	int width = 0;

	for (const struct cmd_row *r = cmd_table; r->cmd; r++)
		if ((int)strlen(r->cmd->name) > width)
			width = (int)strlen(r->cmd->name);
	return width;
}

void cmd_help_all(FILE *out)
{
	int width = name_width();

	(void)fprintf(out, "usage: " PROGRAM " COMMAND [OPTION...] [ARG...]\n"
		      "Launch sandboxes for agents that use a desktop.\n");
	for (const struct cmd_row *r = cmd_table; r->cmd; r++) {
		if (r->group)
			(void)fprintf(out, "\n%s\n", r->group);
		(void)fprintf(out, "  %-*s  %s\n", width, r->cmd->name,
			      r->cmd->summary);
	}
	(void)fprintf(out, "\nOptions:\n");
	opt_help(out, cmd_first_opts);
	(void)fprintf(out,
		      "\n'" PROGRAM " COMMAND --help' tells more about one; "
		      "so does " PROGRAM "(1).\n");
}

/* One table, so that all is aligned alike. */
static void options(const struct opt *own, FILE *out)
{
	struct opt all[32] = { 0 };
	size_t n = 0;

	while (own->name && n + 2 < ARRAY_LEN(all))
		all[n++] = *own++;
	for (const struct opt *o = cmd_every_opts; o->name &&
	     n + 1 < ARRAY_LEN(all); o++)
		all[n++] = *o;
	opt_help(out, all);
}

void cmd_help_one(const struct cmd *cmd, FILE *out)
{
	(void)fprintf(out, "usage: " PROGRAM " %s%s%s%s\n%c%s.\n\n", cmd->name,
		      cmd->opts[0].name ? " [OPTION...]" : "",
		      cmd->args[0] ? " " : "", cmd->args,
		      cmd->summary[0] - 'a' + 'A', cmd->summary + 1);
	options(cmd->opts, out);
}

bool cmd_help_begun(int argc, char **argv, FILE *out)
{
	int width = name_width();
	bool any = false;

	for (const struct cmd_row *r = cmd_table; r->cmd; r++) {
		if (cmd_match(r->cmd, argc, argv) != -argc)
			continue;
		if (!any)
			(void)fprintf(out, "usage: " PROGRAM " %s WORD "
				      "[OPTION...] [ARG...]\n\n", argv[0]);
		any = true;
		(void)fprintf(out, "  %-*s  %s\n", width, r->cmd->name,
			      r->cmd->summary);
	}
	return any;
}

static int run(int argc, char **argv, struct err *err)
{
	int first = cmd_parse(&cmd_help, argc, argv, 0, -1, NULL, NULL, err);
	int used, left = argc - first;
	const struct cmd *cmd;

	if (first < 0)
		return err->code;
	if (left == 0) {
		cmd_help_all(stdout);
		return EXIT_DONE;
	}
	cmd = cmd_find(left, argv + first, &used);
	if (cmd && used == left)
		cmd_help_one(cmd, stdout);
	else if (!cmd_help_begun(left, argv + first, stdout))
		return cmd_unknown(left, argv + first, err);
	return EXIT_DONE;
}

const struct cmd cmd_help = {
	"help", "[COMMAND...]", "tell more about a command", opts, run,
};
