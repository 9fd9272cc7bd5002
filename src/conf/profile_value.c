#include "conf/profile_value.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sandboxd/layout.h"

const struct profile_key *profile_find(const char *section, const char *name)
{
	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (str_eq(k->section, section) && str_eq(k->name, name))
			return k;
	return NULL;
}

bool profile_name_ok(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";

	return *name && strchr(first, *name) && strlen(name) <= NAME_LEN &&
	       name[strspn(name, rest)] == '\0';
}

static bool path_ok(const char *path)
{
	CLEANUP_STRV char **parts = strv_split(path, '/');

	if (path[0] != '/')
		return false;
	for (char **p = parts; p && *p; p++)
		if (str_eq(*p, ".") || str_eq(*p, ".."))
			return false;
	return true;
}

static int choice_index(const struct profile_key *key, const char *word)
{
	for (int i = 0; key->choices[i]; i++)
		if (str_eq(key->choices[i], word))
			return i;
	return -1;
}

/* Splits at commas, drops blanks; -EINVAL when that leaves no single words. */
static int list_words(const char *value, char ***out)
{
	CLEANUP_STRV char **fields = strv_split(value, ',');
	CLEANUP_STRV char **list = NULL;

	for (char **f = fields; f && *f; f++) {
		CLEANUP_STRV char **words = NULL;

		if (parse_words(*f, &words) < 0 || strv_len(words) != 1)
			return -EINVAL;
		strv_take(&list, take_ptr(&words[0]));
	}
	*out = take_ptr(&list);
	return 0;
}

/* The first word that is no choice, or NULL. */
static const char *stranger(const struct profile_key *key, char *const *list)
{
	for (; list && *list; list++)
		if (choice_index(key, *list) < 0)
			return *list;
	return NULL;
}

static int parse_list(const struct profile_key *key, const char *value,
		      char ***out)
{
	CLEANUP_STRV char **list = NULL;

	if (list_words(value, &list) < 0 || stranger(key, list))
		return -EINVAL;
	*out = take_ptr(&list);
	return 0;
}

static bool dir_ok(const char *text)
{
	return str_starts(text, "/") || str_starts(text, "./") ||
	       str_starts(text, "../");
}

/* Nothing at all is no directory, and fine: it undoes an earlier value. */
static int parse_dirs(const char *value, char ***out)
{
	CLEANUP_STRV char **dirs = strv_split(value, ':');

	for (char **d = dirs; d && *d; d++)
		if (!dir_ok(*d))
			return -EINVAL;
	*out = take_ptr(&dirs);
	return 0;
}

/* How a profile writes PROFILE_UNLIMITED. */
static const char *unlimited(const struct profile_key *key)
{
	return key->type == PROFILE_TIME ? "none" : "unlimited";
}

static int parse_scalar(const struct profile_key *key, const char *value,
			uint64_t *out)
{
	if (key->max == PROFILE_UNLIMITED && str_eq(value, unlimited(key))) {
		*out = PROFILE_UNLIMITED;
		return 0;
	}
	if (key->type == PROFILE_SIZE)
		return parse_size(value, out);
	if (key->type == PROFILE_CPUS)
		return parse_cpus(value, out);
	if (key->type == PROFILE_TIME)
		return parse_time(value, out);
	return parse_number(value, out);
}

static int store_scalar(const struct profile_key *key, const char *value,
			uint64_t *field)
{
	uint64_t n;
	int rc = parse_scalar(key, value, &n);

	if (rc < 0)
		return rc;
	if (n < key->min || n > key->max)
		return -ERANGE;
	if (key->choices && choice_index(key, value) < 0)
		return -EINVAL;
	*field = n;
	return 0;
}

static bool text_ok(const struct profile_key *key, const char *value)
{
	if (key->type == PROFILE_NAME)
		return profile_name_ok(value);
	if (key->type == PROFILE_PATH)
		return path_ok(value);
	if (key->type == PROFILE_DIR && dir_ok(value))
		return true;
	return *value && (!key->choices || choice_index(key, value) >= 0);
}

static int store_text(const struct profile_key *key, const char *value,
		      char **field)
{
	if (!text_ok(key, value))
		return -EINVAL;
	free(*field);
	*field = str_dup(value);
	return 0;
}

static int store_vector(const struct profile_key *key, const char *value,
			char ***field)
{
	char **v = NULL;
	int rc;

	if (key->type == PROFILE_WORDS)
		rc = parse_words(value, &v);
	else if (key->type == PROFILE_DIRS)
		rc = parse_dirs(value, &v);
	else if (key->type == PROFILE_LIST)
		rc = parse_list(key, value, &v);
	else if (key->type == PROFILE_DEVICES)
		rc = profile_parse_devices(value, &v);
	else
		rc = profile_parse_limits(key, value, &v);
	if (rc < 0)
		return rc;
	strv_free(*field);
	*field = v;
	return 0;
}

static int store(struct profile *p, const struct profile_key *key,
		 const char *value)
{
	void *field = (char *)p + key->offset;
	int i;

	switch (key->type) {
	case PROFILE_STRING:
	case PROFILE_NAME:
	case PROFILE_PATH:
	case PROFILE_DIR:
		return store_text(key, value, field);
	case PROFILE_DIRS:
	case PROFILE_WORDS:
	case PROFILE_LIST:
	case PROFILE_IO:
	case PROFILE_HUGEPAGES:
	case PROFILE_DEVICES:
		return store_vector(key, value, field);
	case PROFILE_CPULIST:
		return profile_store_cpus(value, field);
	case PROFILE_BOOL:
		return parse_bool(value, field);
	case PROFILE_CHOICE:
		i = choice_index(key, value);
		if (i < 0)
			return -EINVAL;
		*(int *)field = i;
		return 0;
	case PROFILE_SIZE:
	case PROFILE_CPUS:
	case PROFILE_TIME:
	case PROFILE_NUMBER:
		return store_scalar(key, value, field);
	}
	return -EINVAL;
}

static char *scalar_text(const struct profile_key *key, uint64_t n)
{
	if (n == PROFILE_UNLIMITED)
		return str_dup(unlimited(key));
	if (key->type == PROFILE_SIZE)
		return parse_size_text(n);
	if (key->type == PROFILE_CPUS)
		return parse_cpus_text(n);
	if (key->type == PROFILE_TIME)
		return parse_time_text(n);
	return str_printf("%ju", (uintmax_t)n);
}

static char *join(const char *const *words, const char *between)
{
	struct buf out = { 0 };

	buf_add(&out, "", 0);
	for (; words && *words; words++)
		buf_printf(&out, "%s%s", out.len ? between : "", *words);
	return out.data;
}

char *profile_value(const struct profile *p, const struct profile_key *key)
{
	const void *field = (const char *)p + key->offset;
	const char *text;

	switch (key->type) {
	case PROFILE_STRING:
	case PROFILE_NAME:
	case PROFILE_PATH:
	case PROFILE_DIR:
	case PROFILE_CPULIST:
		text = *(char *const *)field;
		return str_dup(text ? text : "");
	case PROFILE_WORDS:
		return parse_words_text(*(char **const *)field);
	case PROFILE_LIST:
	case PROFILE_IO:
	case PROFILE_HUGEPAGES:
	case PROFILE_DEVICES:
		return join(*(const char *const *const *)field, ", ");
	case PROFILE_DIRS:
		return join(*(const char *const *const *)field, ":");
	case PROFILE_BOOL:
		return str_dup(*(const bool *)field ? "yes" : "no");
	case PROFILE_CHOICE:
		return str_dup(key->choices[*(const int *)field]);
	case PROFILE_SIZE:
	case PROFILE_CPUS:
	case PROFILE_TIME:
	case PROFILE_NUMBER:
		break;
	}
	return scalar_text(key, *(const uint64_t *)field);
}

struct kind {
	const char *name;
	const char *text; /* without the range */
};

static const struct kind *kind_of(enum profile_type type)
{
	static const struct kind kinds[] = {
		[PROFILE_STRING] = { "text", "a text" },
		[PROFILE_NAME] = { "name",
				   "a name of lower-case letters, digits, "
				   "'_', '.' and '-', at most 63 long" },
		[PROFILE_PATH] = { "path",
				   "an absolute path without '.' and '..'" },
		[PROFILE_DIR] = { "directory",
				  "a directory such as /srv/root or ./root" },
		[PROFILE_DIRS] = { "directories",
				   "directories such as /srv/b:./a, topmost "
				   "first" },
		[PROFILE_WORDS] = { "words", "words with every quote closed" },
		[PROFILE_LIST] = { "list", "a comma-separated list of" },
		[PROFILE_CPULIST] = { "cpu list",
				      "a list of CPUs such as 0-1,3" },
		[PROFILE_IO] = { "disk speeds",
				 "disks with at least one rate each such as "
				 "/dev/vda rbps=10M wiops=100, separated by "
				 "commas" },
		[PROFILE_HUGEPAGES] = { "page sizes",
					"page sizes with what may be used of "
					"each such as 2M=64M, 1G=0" },
		[PROFILE_DEVICES] = { "devices",
				      "up to 16 different nodes in /dev such "
				      "as /dev/kvm, /dev/fuse, separated by "
				      "commas; none in pts, shm, mqueue" },
		[PROFILE_BOOL] = { "bool", "yes or no" },
		[PROFILE_SIZE] = { "size", "a size such as 512M or 2G" },
		[PROFILE_CPUS] = { "cpus", "a number of CPUs such as 1.5" },
		[PROFILE_TIME] = { "time", "a time such as 500ms, 10s or 2m" },
		[PROFILE_NUMBER] = { "number", "a number" },
		[PROFILE_CHOICE] = { "choice", "one of" },
	};

	return &kinds[type];
}

const char *profile_type_name(enum profile_type type)
{
	return kind_of(type)->name;
}

static bool is_scalar(enum profile_type type)
{
	return type == PROFILE_SIZE || type == PROFILE_CPUS ||
	       type == PROFILE_TIME || type == PROFILE_NUMBER;
}

bool profile_range(const struct profile_key *key, char **min, char **max)
{
	if (!is_scalar(key->type))
		return false;
	*min = scalar_text(key, key->min);
	*max = scalar_text(key, key->max);
	return true;
}

char *profile_expected(const struct profile_key *key)
{
	CLEANUP_FREE char *words = join(key->choices, ", ");
	CLEANUP_FREE char *min = NULL;
	CLEANUP_FREE char *max = NULL;
	const char *text = kind_of(key->type)->text;

	if (key->type == PROFILE_LIST)
		return str_printf("%s %s", text, words);
	if (key->type == PROFILE_DIR)
		return str_printf("%s, or %s", words, text);
	if (key->choices)
		return str_printf("%s%s", key->choices[1] ? "one of " : "",
				  words);
	if (!profile_range(key, &min, &max))
		return str_dup(text);
	if (key->max != PROFILE_UNLIMITED)
		return str_printf("%s, from %s to %s", text, min, max);
	if (key->min)
		return str_printf("%s, at least %s, or %s", text, min,
				  unlimited(key));
	return str_printf("%s, or %s", text, unlimited(key));
}

/* What was meant, of a list by its first wrong word; NULL: no telling. */
static const char *nearest_choice(const struct profile_key *key,
				  const char *value)
{
	CLEANUP_STRV char **list = NULL;

	if (!key->choices || key->type == PROFILE_NUMBER)
		return NULL;
	if (key->type == PROFILE_LIST) {
		(void)list_words(value, &list);
		value = stranger(key, list);
	}
	return value ? str_nearest(value, key->choices) : NULL;
}

static int bad_value(const struct profile_key *key, const char *value,
		     const struct profile_source *src, struct err *err)
{
	CLEANUP_FREE char *want = profile_expected(key);
	const char *near = nearest_choice(key, value);

	err_set(err, EXIT_USAGE, src->what, src->object,
		"%s.%s = '%.*s%s': expected %s", key->section, key->name,
		PROFILE_SHOWN, value,
		strlen(value) > PROFILE_SHOWN ? "..." : "", want);
	if (near)
		err_hint(err, "did you mean '%s'?", near);
	return -1;
}

int profile_check_section(const char *section, const struct profile_source *src,
			  struct err *err)
{
	const char *names[32] = { NULL }, *near;
	size_t n = 0;

	for (const struct profile_section *s = profile_sections; s->name; s++) {
		if (str_eq(s->name, section))
			return 0;
		if (n + 1 < ARRAY_LEN(names))
			names[n++] = s->name;
	}
	near = str_nearest(section, names);
	err_set(err, EXIT_USAGE, src->what, src->object,
		"unknown section [%.*s]", PROFILE_SHOWN, section);
	if (near)
		err_hint(err, "did you mean [%s]?", near);
	return -1;
}

static bool in_other_section(const char *name, const char **section)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		if (str_eq(k->name, name)) {
			*section = k->section;
			return true;
		}
	}
	return false;
}

static int unknown_key(const char *section, const char *name,
		       const struct profile_source *src, struct err *err)
{
	const char *names[64] = { NULL }, *near, *other;
	size_t n = 0;

	for (const struct profile_key *k = profile_keys; k->section; k++)
		if (str_eq(k->section, section) && n + 1 < ARRAY_LEN(names))
			names[n++] = k->name;
	near = str_nearest(name, names);
	err_set(err, EXIT_USAGE, src->what, src->object,
		"unknown key '%.*s' in [%s]", PROFILE_SHOWN, name, section);
	if (in_other_section(name, &other))
		err_hint(err, "'%s' belongs to [%s]", name, other);
	else if (near)
		err_hint(err, "did you mean '%s'?", near);
	return -1;
}

/* A ';' that inih's other builds, and most readers, take for the start of a
 * comment: outside quotes, at the start or behind a blank; '#' likewise, but
 * a value may start with one. */
static bool has_bare_comment(const char *value)
{
	char quote = '\0', before = ' ';

	for (const char *p = value; *p; before = *p++) {
		if (quote) {
			if (*p == quote)
				quote = '\0';
		} else if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == '\'' || *p == '"') {
			quote = *p;
		} else if ((before == ' ' || before == '\t') &&
			   (*p == ';' || (*p == '#' && p > value))) {
			return true;
		}
	}
	return false;
}

const char *profile_text_fault(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t point;

	while (*p) {
		size_t len = utf8_decode(p, &point);

		if (!len)
			return "a byte that is not UTF-8";
		if (utf8_is_control(point) && point != '\t')
			return "a control character";
		p += len;
	}
	return NULL;
}

static int check_text(const char *section, const char *name, const char *value,
		      const struct profile_source *src, struct err *err)
{
	const char *fault = profile_text_fault(value);

	if (fault)
		return err_set(err, EXIT_USAGE, src->what, src->object,
			       "%s.%.*s: %s in the value", section,
			       PROFILE_SHOWN, name, fault);
	if (has_bare_comment(value)) {
		err_set(err, EXIT_USAGE, src->what, src->object,
			"%s.%.*s: a comment cannot follow a value", section,
			PROFILE_SHOWN, name);
		return err_hint(err, "give the comment a line of its own, or "
				"put the value in quotes");
	}
	return 0;
}

static struct profile_line *find_line(const struct profile *p, const char *key)
{
	for (size_t i = 0; i < p->nlines; i++)
		if (str_eq(p->lines[i].key, key))
			return &p->lines[i];
	return NULL;
}

static void keep_line(struct profile *p, const char *section, const char *name,
		      unsigned int line)
{
	CLEANUP_FREE char *key = str_printf("%s.%s", section, name);
	struct profile_line *l = find_line(p, key);

	if (l) {
		l->line = line;
	} else if (line) {
		p->lines = mem_realloc(p->lines,
				       (p->nlines + 1) * sizeof(*p->lines));
		p->lines[p->nlines++] =
			(struct profile_line){ take_ptr(&key), line };
	}
}

unsigned int profile_line(const struct profile *p, const char *key)
{
	const struct profile_line *l = find_line(p, key);

	return l ? l->line : 0;
}

int profile_assign(struct profile *p, const char *section, const char *name,
		   const char *value, const struct profile_source *src,
		   struct err *err)
{
	const struct profile_key *key = profile_find(section, name);

	if (profile_check_section(section, src, err) < 0)
		return -1;
	if (!key && !str_eq(section, "env"))
		return unknown_key(section, name, src, err);
	if (check_text(section, name, value, src, err) < 0)
		return -1;
	if (!key && profile_assign_env(p, name, value, src, err) < 0)
		return -1;
	if (key && store(p, key, value) < 0)
		return bad_value(key, value, src, err);
	keep_line(p, section, name, src->line);
	return 0;
}
