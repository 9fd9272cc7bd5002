#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"

const struct cmd_row cmd_table[] = {
	{ "Run:", &cmd_run },
	{ NULL, &cmd_exec },
	{ NULL, &cmd_attach },
	{ "Look:", &cmd_ps },
	{ NULL, &cmd_inspect },
	{ NULL, &cmd_logs },
	{ "End:", &cmd_wait },
	{ NULL, &cmd_kill },
	{ NULL, &cmd_stop },
	{ NULL, &cmd_rm },
	{ NULL, &cmd_gc },
	{ "Host:", &cmd_doctor },
	{ "Profiles:", &cmd_check },
	{ NULL, &cmd_profile_keys },
	{ NULL, &cmd_profile_show },
	{ NULL, &cmd_seccomp },
	{ "Help:", &cmd_help },
	{ NULL, &cmd_completion },
	{ NULL, NULL },
};

const struct opt cmd_first_opts[] = {
	{ 'h', "help", NULL, "show this help" },
	{ 0, "version", NULL, "print the version" },
	{ 0 },
};

const struct opt cmd_every_opts[] = {
	{ 'h', "help", NULL, "show this help" },
	{ 0 },
};

int cmd_match(const struct cmd *cmd, int argc, char **argv)
{
	const char *name = cmd->name;
	int used = 0;

	while (used < argc && *name) {
		size_t len = strcspn(name, " ");

		if (strlen(argv[used]) != len ||
		    memcmp(argv[used], name, len) != 0)
			return 0;
		used++;
		name += len;
		name += strspn(name, " ");
	}
	return *name ? -used : used;
}

const struct cmd *cmd_find(int argc, char **argv, int *used)
{
	for (const struct cmd_row *r = cmd_table; r->cmd; r++) {
		*used = cmd_match(r->cmd, argc, argv);
		if (*used > 0)
			return r->cmd;
	}
	return NULL;
}

static bool begins_one(const char *word)
{
	for (const struct cmd_row *r = cmd_table; r->cmd; r++)
		if (str_starts(r->cmd->name, word) &&
		    r->cmd->name[strlen(word)] == ' ')
			return true;
	return false;
}

static void hint_rest(const char *word, struct err *err)
{
	CLEANUP_BUF struct buf all = { 0 };

	for (const struct cmd_row *r = cmd_table; r->cmd; r++)
		if (str_starts(r->cmd->name, word) &&
		    r->cmd->name[strlen(word)] == ' ')
			buf_printf(&all, "%s'%s'", all.len ? ", " : "",
				   r->cmd->name);
	(void)err_hint(err, "one of %s", all.data);
}

int cmd_unknown(int argc, char **argv, struct err *err)
{
	const char *names[64] = { NULL }, *near;
	CLEANUP_FREE char *typed = NULL;
	size_t n = 0;

	if (begins_one(argv[0]) && argc < 2) {
		(void)err_set(err, EXIT_USAGE, "run", argv[0],
			      "a second word is missing");
		hint_rest(argv[0], err);
		return EXIT_USAGE;
	}
	typed = begins_one(argv[0]) ? str_printf("%s %s", argv[0], argv[1]) :
				      str_dup(argv[0]);
	for (const struct cmd_row *r = cmd_table;
	     r->cmd && n + 1 < ARRAY_LEN(names); r++)
		names[n++] = r->cmd->name;
	near = str_nearest(typed, names);
	(void)err_set(err, EXIT_USAGE, "run", typed, "no such command");
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	else if (begins_one(argv[0]))
		hint_rest(argv[0], err);
	else
		(void)err_hint(err, "see '" PROGRAM " --help'");
	return EXIT_USAGE;
}
