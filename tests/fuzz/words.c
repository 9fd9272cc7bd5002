/* Command lines: options, arguments of steer's actions, completion. Words are
 * separated by newlines, the first byte chooses. */
#include "tests/fuzz/fuzz.h"

#include "base/complete.h"
#include "cmd/cmd.h"
#include "steer/action.h"
#include "steer/complete.h"
#include "steer/text.h"
#include "steer/timeout.h"

static const struct opt none[] = { { 0 } };

static int take(void *ctx, const struct opt *opt, const char *value,
		struct err *err)
{
	FUZZ_CHECK(opt->name && !opt->arg == !value);
	return 0;
}

static void any_options(int argc, char **argv)
{
	for (const struct cmd_row *r = cmd_table; r->cmd; r++) {
		struct err err = ERR_INIT;
		int used;

		(void)cmd_find(argc - 1, argv + 1, &used);
		if (opt_parse(r->cmd->opts, argc, argv, r->group, take, NULL,
			      &err) < 0)
			FUZZ_CHECK(err.code == EXIT_USAGE);
	}
}

static int set(void *ctx, const struct opt *opt, const char *value,
	       struct err *err)
{
	return action_set_option(ctx, opt, value, err);
}

static void one_action(const struct action *a, int argc, char **argv)
{
	struct invocation inv = { .action = a };
	struct err err = ERR_INIT;
	int first = opt_parse(a->opts ? a->opts : none, argc, argv, true, set,
			      &inv, &err);

	if (first < 0 ||
	    action_read_args(&inv, argc - first, argv + first, &err) < 0)
		FUZZ_CHECK(err.code == EXIT_USAGE);
	err_print(fuzz_null(), "fuzz", &err);
	FUZZ_CHECK(inv.count <= ACTION_COUNT_MAX);
	FUZZ_CHECK(inv.button <= PROTO_BUTTON_MAX);
	FUZZ_CHECK(inv.modifiers.n <= PROTO_CHORD_MAX);
	for (size_t i = 0; i < inv.nchords && !err.code; i++)
		FUZZ_CHECK(inv.chords[i].n <= PROTO_CHORD_MAX);
	action_finish(&inv);
}

static void every_action(int argc, char **argv)
{
	struct err err = ERR_INIT;
	uint64_t ms;

	(void)action_find(argv[0], &err);
	(void)timeout_parse(argv[0], &ms, &err);
	if (text_check(argv[0], &err) == 0)
		for (const char *p = argv[0]; text_next(&p);)
			;
	for (const struct action *a = actions; a->name; a++)
		one_action(a, argc, argv);
}

static void completions(int argc, char **argv)
{
	struct err err = ERR_INIT;

	(void)complete_actions(none, argc, argv, &err);
	(void)cmd_completion.run(argc, argv, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	uint8_t how = fuzz_byte(&in);
	CLEANUP_FREE char *text = fuzz_text(&in, '\0');
	CLEANUP_FREE char **argv = NULL;
	CLEANUP_STRV char **words = NULL;

	/* Candidates go to standard output. */
	if (fileno(stdout) >= 0 && !freopen("/dev/null", "w", stdout))
		return 0;
	words = strv_split(text, '\n');
	if (!words)
		return 0;
	/* Options are moved about; the words are still to be freed. */
	argv = mem_zalloc((strv_len(words) + 1) * sizeof(*argv));
	memcpy(argv, words, strv_len(words) * sizeof(*argv));
	if (how % 3 == 0)
		any_options((int)strv_len(words), argv);
	else if (how % 3 == 1)
		every_action((int)strv_len(words), argv);
	else
		completions((int)strv_len(words), argv);
	return 0;
}
