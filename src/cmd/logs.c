#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonout.h"
#include "base/parse.h"
#include "base/stamp.h"
#include "base/str.h"
#include "box/box.h"
#include "box/log_read.h"
#include "cmd/cmd.h"

static const struct opt opts[] = {
	{ 'f', "follow", NULL, "go on until the sandbox has ended" },
	{ 'n', "tail", "N", "of what is there only the last N lines" },
	{ 0, "since", "TIME", "what is not older: 10m, 2h, or "
			      "2026-01-31T23:59:59Z" },
	{ 0, "source", "payload|bus|desktop|sandboxd", "only what it said; "
						       "more than one may be "
						       "given" },
	{ 0, "json", NULL, "an object a line: time, source, text" },
	{ 0 },
};

struct options {
	struct log_query query;
	struct stamp since;
	bool json;
};

static int set_source(struct options *o, const char *value, struct err *err)
{
	const char *near = str_nearest(value, log_source_names);

	for (int s = 0; s < LOG_SOURCES; s++) {
		if (str_eq(log_source_names[s], value)) {
			o->query.sources |= 1u << s;
			return 0;
		}
	}
	(void)err_set(err, EXIT_USAGE, "read --source", value,
		      "expected payload, bus, desktop or sandboxd");
	return near ? err_hint(err, "did you mean '%s'?", near) : -1;
}

static int set_since(struct options *o, const char *value, struct err *err)
{
	int64_t ms, now = clock_unix_ms();
	uint64_t ago;

	if (parse_time(value, &ago) == 0)
		ms = ago < (uint64_t)now ? now - (int64_t)ago : 0;
	else if (stamp_read(value, &ms) < 0)
		return err_set(err, EXIT_USAGE, "read --since", value,
			       "expected a time such as 10m, 2h or "
			       "2026-01-31T23:59:59Z");
	o->since = stamp_text(ms);
	o->query.since = o->since.text;
	return 0;
}

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct options *o = ctx;
	uint64_t n;

	if (str_eq(opt->name, "follow"))
		o->query.follow = true;
	else if (str_eq(opt->name, "json"))
		o->json = true;
	else if (str_eq(opt->name, "source"))
		return set_source(o, value, err);
	else if (str_eq(opt->name, "since"))
		return set_since(o, value, err);
	else if (parse_number(value, &n) < 0)
		return err_set(err, EXIT_USAGE, "read --tail", value,
			       "expected a number of lines");
	else
		o->query.tail = n;
	return 0;
}

static bool print_json(const struct log_line *line)
{
	json_t *o = json_pack("{s:s, s:s, s:s}", "time", line->time, "source",
			      log_source_names[line->source], "text",
			      line->text);
	bool done = o && jsonout_print(stdout, o, JSON_COMPACT);

	json_decref(o);
	return done;
}

static bool print(void *ctx, const struct log_line *line)
{
	const struct options *o = ctx;

	if (o->json)
		return print_json(line);
	return printf("%s %s: %s\n", line->time, log_source_names[line->source],
		      line->text) > 0;
}

/* There is a log of a sandbox whose record is damaged, too; how long it lasts
 * only the record tells. */
static int find(int statefd, const char *name, struct options *o,
		struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int dir = record_dir(statefd, name, err);

	if (dir < 0)
		return -1;
	if (!o->query.follow)
		return 0;
	if (record_read(statefd, name, &rec, err) < 0)
		return -1;
	o->query.monitor = box_open_process(&rec.monitor);
	if (o->query.monitor < 0 && o->query.monitor != -ESRCH)
		return err_set_errno(err, EXIT_FAILED, "follow", name,
				     o->query.monitor);
	/* Whoever reads along wants each line when it comes. */
	return setvbuf(stdout, NULL, _IOLBF, 0);
}

static int run(int argc, char **argv, struct err *err)
{
	struct options o = { .query = { .tail = SIZE_MAX, .monitor = -1 } };
	int first = cmd_parse(&cmd_logs, argc, argv, 1, 1, set_option, &o, err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	if (statefd >= 0 && find(statefd, argv[first], &o, err) == 0)
		(void)log_read(argv[first], &o.query, print, &o, err);
	if (o.query.monitor >= 0)
		close(o.query.monitor);
	return err->code;
}

const struct cmd cmd_logs = {
	"logs", "NAME", "print what a sandbox and its programs said", opts, run,
};
