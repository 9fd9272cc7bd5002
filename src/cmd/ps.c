#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "base/jsonout.h"
#include "base/parse.h"
#include "base/stamp.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "conf/record.h"

static const struct opt opts[] = {
	{ 0, "format", "COLUMN,...", "these columns, tabs between them, and no "
				     "heading" },
	{ 0, "filter", "COLUMN=VALUE", "only sandboxes that have it; more than "
				       "one may be given" },
	{ 'q', "quiet", NULL, "names only" },
	{ 0, "json", NULL, "an array of objects, of all columns or those of "
			   "--format" },
	{ 0 },
};

#define DAMAGED "damaged"

struct row {
	struct record rec;
	bool damaged; /* of rec only the name is known */
};

/* --- columns ------------------------------------------------------------- */

/* A string, an integer, or null for what there is none of. */
typedef json_t *cell_fn(const struct row *row);

static json_t *text(const char *s)
{
	CLEANUP_FREE char *clean = s ? str_dup(s) : NULL;

	if (!clean)
		return json_null();
	err_clean_text(clean);
	return json_string(clean);
}

static json_t *name(const struct row *row)
{
	return text(row->rec.name);
}

static json_t *state(const struct row *row)
{
	return text(row->damaged ? DAMAGED : record_state_name(row->rec.state));
}

static json_t *process(const struct record_process *p)
{
	return p->pid ? json_integer(p->pid) : json_null();
}

static json_t *pid(const struct row *row)
{
	return process(&row->rec.init);
}

static json_t *monitor(const struct row *row)
{
	return process(&row->rec.monitor);
}

/* "3h", "12s": one unit is enough to tell sandboxes apart. */
static json_t *age(const struct row *row)
{
	int64_t s = (int64_t)time(NULL) - row->rec.created_ms / 1000;
	char buf[24];

	if (row->damaged)
		return json_null();
	if (s < 120)
		(void)snprintf(buf, sizeof(buf), "%" PRId64 "s", s < 0 ? 0 : s);
	else if (s < 7200)
		(void)snprintf(buf, sizeof(buf), "%" PRId64 "m", s / 60);
	else if (s < 172800)
		(void)snprintf(buf, sizeof(buf), "%" PRId64 "h", s / 3600);
	else
		(void)snprintf(buf, sizeof(buf), "%" PRId64 "d", s / 86400);
	return text(buf);
}

static json_t *when(int64_t ms)
{
	return ms ? text(stamp_text(ms).text) : json_null();
}

static json_t *created(const struct row *row)
{
	return when(row->rec.created_ms);
}

static json_t *started(const struct row *row)
{
	return when(row->rec.started_ms);
}

static json_t *ended(const struct row *row)
{
	return when(row->rec.ended_ms);
}

static json_t *display(const struct row *row)
{
	char buf[24];

	if (!row->rec.display.enabled)
		return json_null();
	(void)snprintf(buf, sizeof(buf), ":%u", row->rec.display.number);
	return text(buf);
}

static json_t *exit_code(const struct row *row)
{
	return row->rec.exit_code < 0 ? json_null() :
					json_integer(row->rec.exit_code);
}

static json_t *reason(const struct row *row)
{
	return text(row->rec.reason[0] ? row->rec.reason : NULL);
}

/* Both, for people. */
static json_t *exited(const struct row *row)
{
	char buf[64];

	if (row->rec.exit_code < 0)
		return json_null();
	(void)snprintf(buf, sizeof(buf), "%d %s", row->rec.exit_code,
		       row->rec.reason);
	return text(buf);
}

static json_t *profile(const struct row *row)
{
	return text(row->rec.profile);
}

static json_t *program(const struct row *row)
{
	return text(row->rec.command ? row->rec.command[0] : NULL);
}

static json_t *command(const struct row *row)
{
	CLEANUP_FREE char *words = parse_words_text(row->rec.command);

	return text(row->rec.command ? words : NULL);
}

struct column {
	const char *name, *heading;
	cell_fn *cell;
	bool shown; /* without --format */
};

static const struct column columns[] = {
	{ "name", "NAME", name, true },
	{ "state", "STATE", state, true },
	{ "pid", "PID", pid, true }, /* of sandbox-init */
	{ "monitor", "MONITOR", monitor, false },
	{ "age", "AGE", age, true },
	{ "created", "CREATED", created, false },
	{ "started", "STARTED", started, false },
	{ "ended", "ENDED", ended, false },
	{ "display", "DISPLAY", display, true },
	{ "exit", "EXIT", exited, true },
	{ "exit_code", "CODE", exit_code, false },
	{ "reason", "REASON", reason, false },
	{ "profile", "PROFILE", profile, false },
	{ "program", "PROGRAM", program, true },
	{ "command", "COMMAND", command, false },
};

#define COLUMNS ARRAY_LEN(columns)

static const struct column *find_column(const char *option, const char *word,
					struct err *err)
{
	const char *names[COLUMNS + 1] = { NULL }, *near;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (str_eq(columns[i].name, word))
			return &columns[i];
		names[i] = columns[i].name;
	}
	near = str_nearest(word, names);
	(void)err_set(err, EXIT_USAGE, option, word, "no such column");
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	else
		(void)err_hint(err, "see sandboxd(1) for their names");
	return NULL;
}

/* What a cell shows; the caller frees. */
static char *cell_text(const struct column *c, const struct row *row)
{
	json_t *cell = c->cell(row);
	char *shown;

	if (json_is_integer(cell))
		shown = str_printf("%lld",
				   (long long)json_integer_value(cell));
	else
		shown = str_dup(json_is_string(cell) ?
				json_string_value(cell) : "-");
	json_decref(cell);
	return shown;
}

/* --- options ------------------------------------------------------------- */

struct options {
	const struct column *shown[2 * COLUMNS];
	size_t count;
	bool plain, json;
	char **filters; /* "COLUMN=VALUE", checked */
};

static int set_format(struct options *o, const char *value, struct err *err)
{
	CLEANUP_STRV char **words = strv_split(value, ',');

	o->count = 0;
	o->plain = true;
	for (char **w = words; w && *w; w++) {
		const struct column *c = find_column("read --format", *w, err);

		if (!c)
			return -1;
		if (o->count == ARRAY_LEN(o->shown))
			return err_set(err, EXIT_USAGE, "read --format", value,
				       "too many columns");
		o->shown[o->count++] = c;
	}
	return o->count ? 0 : err_set(err, EXIT_USAGE, "read --format", value,
				      "expected names of columns");
}

/* A state that there is none of would only ever match nothing. */
static int check_state(const char *value, struct err *err)
{
	const char *names[RECORD_LOST + 3] = { NULL }, *near;

	for (int s = RECORD_STARTING; s <= RECORD_LOST; s++)
		names[s] = record_state_name(s);
	names[RECORD_LOST + 1] = DAMAGED;
	for (const char **n = names; *n; n++)
		if (str_eq(*n, value))
			return 0;
	near = str_nearest(value, names);
	(void)err_set(err, EXIT_USAGE, "read --filter", value, "no such state");
	return near ? err_hint(err, "did you mean '%s'?", near) : -1;
}

static int add_filter(struct options *o, const char *value, struct err *err)
{
	const char *eq = strchr(value, '=');
	CLEANUP_FREE char *word = NULL;

	if (!eq)
		return err_set(err, EXIT_USAGE, "read --filter", value,
			       "expected COLUMN=VALUE");
	word = str_printf("%.*s", (int)(eq - value), value);
	if (!find_column("read --filter", word, err) ||
	    (str_eq(word, "state") && check_state(eq + 1, err) < 0))
		return -1;
	strv_add(&o->filters, value);
	return 0;
}

static int set_option(void *ctx, const struct opt *opt, const char *value,
		      struct err *err)
{
	struct options *o = ctx;

	if (str_eq(opt->name, "json"))
		o->json = true;
	else if (str_eq(opt->name, "filter"))
		return add_filter(o, value, err);
	else
		return set_format(o, value ? value : "name", err);
	return 0;
}

/* What is shown when --format does not say. */
static void complete(struct options *o)
{
	for (size_t i = 0; i < COLUMNS && !o->plain; i++)
		if (o->json || columns[i].shown)
			o->shown[o->count++] = &columns[i];
}

static bool passes(const struct row *row, char *const *filters)
{
	for (; filters && *filters; filters++) {
		struct err unused = ERR_INIT;
		const char *eq = strchr(*filters, '=');
		CLEANUP_FREE char *word =
			str_printf("%.*s", (int)(eq - *filters), *filters);
		CLEANUP_FREE char *has =
			cell_text(find_column("", word, &unused), row);

		if (!str_eq(has, eq + 1))
			return false;
	}
	return true;
}

/* --- output -------------------------------------------------------------- */

static void print_json(const struct options *o, const struct row *rows,
		       size_t n)
{
	json_t *array = json_array();

	for (size_t r = 0; r < n; r++) {
		json_t *object = json_object();

		for (size_t c = 0; c < o->count; c++)
			(void)json_object_set_new(object, o->shown[c]->name,
						  o->shown[c]->cell(&rows[r]));
		(void)json_array_append_new(array, object);
	}
	(void)jsonout_print(stdout, array, JSON_INDENT(2));
	json_decref(array);
}

static void print_plain(const struct options *o, const struct row *rows,
			size_t n)
{
	for (size_t r = 0; r < n; r++) {
		for (size_t c = 0; c < o->count; c++) {
			CLEANUP_FREE char *cell =
				cell_text(o->shown[c], &rows[r]);

			(void)printf("%s%s", c ? "\t" : "", cell);
		}
		(void)putchar('\n');
	}
}

static int width(const struct column *c, const struct row *rows, size_t n)
{
	size_t widest = strlen(c->heading);

	for (size_t r = 0; r < n; r++) {
		CLEANUP_FREE char *cell = cell_text(c, &rows[r]);

		if (strlen(cell) > widest)
			widest = strlen(cell);
	}
	return (int)widest;
}

static void print_table(const struct options *o, const struct row *rows,
			size_t n)
{
	int widths[COLUMNS];

	for (size_t c = 0; c < o->count; c++)
		widths[c] = c + 1 < o->count ? width(o->shown[c], rows, n) : 0;
	for (size_t c = 0; c < o->count; c++)
		(void)printf("%s%-*s", c ? "  " : "", widths[c],
			     o->shown[c]->heading);
	(void)putchar('\n');
	for (size_t r = 0; r < n; r++) {
		for (size_t c = 0; c < o->count; c++) {
			CLEANUP_FREE char *cell =
				cell_text(o->shown[c], &rows[r]);

			(void)printf("%s%-*s", c ? "  " : "", widths[c], cell);
		}
		(void)putchar('\n');
	}
}

/* One that ended while we looked is no longer there. */
static bool look(int statefd, const char *sandbox, struct row *row)
{
	struct err err = ERR_INIT;

	*row = (struct row){ 0 };
	if (record_read(statefd, sandbox, &row->rec, &err) == 0)
		return true;
	record_finish(&row->rec);
	if (err.code == EXIT_ABSENT)
		return false;
	err_warn(PROGRAM, "%s '%s': %s", err.what, err.object, err.cause);
	row->damaged = true;
	(void)snprintf(row->rec.name, sizeof(row->rec.name), "%s", sandbox);
	return true;
}

static void list(int statefd, char *const *names, const struct options *o)
{
	struct row *rows = mem_zalloc((strv_len(names) + 1) * sizeof(*rows));
	size_t n = 0;

	for (; names && *names; names++) {
		if (!look(statefd, *names, &rows[n]))
			continue;
		if (passes(&rows[n], o->filters))
			n++;
		else
			record_finish(&rows[n].rec);
	}
	if (o->json)
		print_json(o, rows, n);
	else if (o->plain)
		print_plain(o, rows, n);
	else
		print_table(o, rows, n);
	while (n-- > 0)
		record_finish(&rows[n].rec);
	free(rows);
}

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	CLEANUP_FD int statefd = -1;
	struct options o = { 0 };

	if (cmd_parse(&cmd_ps, argc, argv, 0, 0, set_option, &o, err) >= 0)
		statefd = cmd_state(err);
	if (statefd >= 0 && record_list(statefd, &names, err) == 0) {
		complete(&o);
		list(statefd, names, &o);
	}
	strv_free(o.filters);
	return err->code;
}

const struct cmd cmd_ps = { "ps", "", "list the sandboxes", opts, run };
