#include <jansson.h>

#include "base/clock.h"
#include "base/jsonout.h"
#include "base/parse.h"
#include "base/str.h"
#include "box/ending.h"
#include "cmd/cmd.h"

static const struct opt opts[] = {
	{ 0, "timeout", "DURATION", "wait no longer, and exit with 124" },
	{ 0, "json", NULL, "an object a line: name, exit_code, reason, "
			   "detail" },
	{ 0 },
};

struct options {
	int64_t deadline;
	bool json;
};

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct options *o = ctx;
	uint64_t ms;

	if (str_eq(opt->name, "json")) {
		o->json = true;
		return 0;
	}
	if (parse_time(value, &ms) < 0 || ms > INT64_MAX / 2)
		return err_set(err, EXIT_USAGE, "read --timeout", value,
			       "expected a time such as 500ms, 10s or 2m");
	o->deadline = clock_ms() + (int64_t)ms;
	return 0;
}

static void print_json(const struct record *rec, bool lost)
{
	json_t *o = json_pack("{s:s, s:o, s:s, s:s?}", "name", rec->name,
			      "exit_code",
			      lost ? json_null() : json_integer(rec->exit_code),
			      "reason", lost ? "lost" : rec->reason, "detail",
			      lost ? "its monitor was killed" : rec->detail);

	(void)jsonout_print(stdout, o, JSON_COMPACT);
	json_decref(o);
}

/* The first that is lost is the error; those behind it are waited for, too. */
static void print(const struct record *rec, const struct options *o,
		  struct err *err)
{
	bool lost = rec->state == RECORD_LOST;

	if (o->json)
		print_json(rec, lost);
	else if (lost)
		(void)printf("lost\n");
	else
		(void)printf("%d\n", rec->exit_code);
	(void)fflush(stdout);
	if (!lost || err->code)
		return;
	(void)err_set(err, EXIT_FAILED, "wait for", rec->name,
		      "its monitor was killed: nobody knows how it ended");
	(void)err_hint(err, "'sandboxd gc' clears what is left");
}

static int wait_all(struct ending *endings, int n, const struct options *o,
		    struct err *err)
{
	for (int i = 0; i < n; i++) {
		struct err late = ERR_INIT;

		if (ending_wait(&endings[i], o->deadline, &late) < 0) {
			*err = late;
			return -1;
		}
		print(&endings[i].rec, o, err);
	}
	return err->code ? -1 : 0;
}

/* All are opened before the first is waited for: they may end meanwhile. */
static void open_and_wait(int statefd, char **names, int n,
			  const struct options *o, struct err *err)
{
	struct ending *endings = mem_zalloc((size_t)n * sizeof(*endings));
	int opened = 0, rc = 0;

	while (opened < n && rc == 0) {
		rc = ending_open(statefd, names[opened], &endings[opened], err);
		opened++;
	}
	if (rc == 0)
		(void)wait_all(endings, n, o, err);
	while (opened-- > 0)
		ending_close(&endings[opened]);
	free(endings);
}

static int run(int argc, char **argv, struct err *err)
{
	struct options o = { .deadline = -1 };
	int first = cmd_parse(&cmd_wait, argc, argv, 1, -1, set_option, &o,
			      err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	if (statefd >= 0)
		open_and_wait(statefd, argv + first, argc - first, &o, err);
	return err->code;
}

const struct cmd cmd_wait = {
	"wait", "NAME...",
	"wait for the end of sandboxes and print their exit codes", opts, run,
};
