#include "conf/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <string.h>

#include "base/str.h"
#include "conf/profile_value.h"

#define LINE_LIMIT 1023 /* bytes of a line, its end not counted */
#define PATH_SHOWN 220
#define READ_PROFILE "read profile"

struct reader {
	FILE *in;
	const char *path; /* as shown */
	unsigned int line;
	bool failed; /* *err is set */
	char **seen; /* "[section]" and "section.key" */
	struct profile *profile;
	struct err *err;
};

/* "FILE:LINE"; of a long path the end, so that the number is not cut off. */
static char *position(const struct reader *r)
{
	size_t len = strlen(r->path);

	if (len <= PATH_SHOWN)
		return str_printf("%s:%u", r->path, r->line);
	return str_printf("...%s:%u", r->path + len - PATH_SHOWN, r->line);
}

static int bad_line(struct reader *r, const char *cause)
{
	CLEANUP_FREE char *where = position(r);

	r->failed = true;
	return err_set(r->err, EXIT_USAGE, READ_PROFILE, where, "%s", cause);
}

/* -1 with the error set when `what` was there before. */
static int see_once(struct reader *r, char *what)
{
	CLEANUP_FREE char *cause = NULL;

	for (char **s = r->seen; s && *s; s++) {
		if (str_eq(*s, what)) {
			cause = str_printf("%.160s appears a second time",
					   what);
			free(what);
			return bad_line(r, cause);
		}
	}
	strv_take(&r->seen, what);
	return 0;
}

static int read_failed(struct reader *r, int errnum)
{
	r->failed = true;
	return err_set_errno(r->err, EXIT_FAILED, READ_PROFILE, r->path,
			     errnum);
}

/* Reads one line without its end ("\n" or "\r\n"). Returns 1, 0 at the end of
 * the file, -1 with the error set. Never holds more than a line's limit: the
 * file may be endless. */
static int next_line(struct reader *r, char line[LINE_LIMIT + 2])
{
	size_t len = 0;
	int c;

	r->line++;
	while ((c = getc(r->in)) != EOF && c != '\n') {
		if (c == '\0')
			return bad_line(r, "a NUL byte");
		if (len == LINE_LIMIT + 1 || (len == LINE_LIMIT && c != '\r'))
			return bad_line(r, "a line of over 1023 bytes");
		line[len++] = (char)c;
	}
	if (c == EOF && ferror(r->in))
		return read_failed(r, errno);
	if (c == EOF && len == 0)
		return 0;
	if (len && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return 1;
}

static int check_controls(struct reader *r, const char *line)
{
	const char *fault = profile_text_fault(line);

	return fault ? bad_line(r, fault) : 0;
}

static bool is_comment_or_end(const char *p)
{
	p += strspn(p, " \t");
	return *p == '\0' || *p == ';' || *p == '#';
}

/* inih keeps 49 bytes of a section's name, ignores what follows the bracket,
 * and says nothing of a section without keys. */
static int check_section_line(struct reader *r, const char *text)
{
	const char *end = strchr(text, ']');
	CLEANUP_FREE char *name = NULL;
	CLEANUP_FREE char *where = position(r);
	struct profile_source src = { READ_PROFILE, where, r->line };

	if (!end || !is_comment_or_end(end + 1))
		return bad_line(r, "expected [SECTION] and nothing else");
	name = str_printf("%.*s", (int)(end - text - 1), text + 1);
	if (profile_check_section(name, &src, r->err) < 0) {
		r->failed = true;
		return -1;
	}
	return see_once(r, str_printf("[%s]", name));
}

/* inih would also take "name: value", which cuts a name with a colon. */
static int check_line(struct reader *r, const char *line)
{
	const char *text = line + strspn(line, " \t");
	size_t name = strcspn(text, "=:");

	if (check_controls(r, line) < 0)
		return -1;
	if (is_comment_or_end(text))
		return 0;
	if (*text == '[')
		return check_section_line(r, text);
	if (text[name] != '=' || name == 0)
		return bad_line(r, "expected KEY = VALUE");
	if (!r->seen)
		return bad_line(r, "a key before the first [SECTION]");
	return 0;
}

/* The reader inih calls like fgets(). It hands on checked lines only, so that
 * inih never sees one that it would cut or pass over. */
static char *read_line(char *str, int num, void *stream)
{
	struct reader *r = stream;
	char line[LINE_LIMIT + 2] = "";
	const char *text = line;

	if (r->failed || next_line(r, line) <= 0)
		return NULL;
	if (r->line == 1 && str_starts(text, "\xef\xbb\xbf"))
		text += 3; /* byte order mark, written by some editors */
	if (check_line(r, text) < 0)
		return NULL;
	if (strlen(text) + 2 > (size_t)num) {
		(void)bad_line(r, "a line longer than this inih can read");
		return NULL;
	}
	(void)snprintf(str, (size_t)num, "%s\n", text);
	return str;
}

static int on_key(void *ctx, const char *section, const char *name,
		  const char *value)
{
	struct reader *r = ctx;
	CLEANUP_FREE char *where = position(r);
	struct profile_source src = { READ_PROFILE, where, r->line };

	if (see_once(r, str_printf("%s.%s", section, name)) < 0)
		return 0;
	if (profile_assign(r->profile, section, name, value, &src, r->err) < 0)
		r->failed = true;
	return !r->failed;
}

/* Debian's inih has these as variables; the defaults cut lines at 200 bytes
 * and values at " ;", and join indented lines to the one before. */
static void set_up_inih(void)
{
	ini_use_stack = false;
	ini_initial_alloc = LINE_LIMIT + 3;
	ini_max_line = LINE_LIMIT + 3;
	ini_allow_realloc = false;
	ini_allow_multiline = false;
	ini_allow_inline_comments = false;
	ini_allow_no_value = false;
}

static int parse(struct reader *r)
{
	int rc;

	set_up_inih();
	rc = ini_parse_stream(read_line, r, on_key, r);
	if (r->failed)
		return -1;
	if (rc > 0) {
		r->line = (unsigned int)rc;
		return bad_line(r, "not understood");
	}
	return rc < 0 ? read_failed(r, ENOMEM) : 0;
}

static int set_defaults(struct profile *p, struct err *err)
{
	struct profile_source src = { "set default of", NULL, 0 };

	for (const struct profile_key *k = profile_keys; k->section; k++) {
		src.object = k->name;
		if (k->fallback && profile_assign(p, k->section, k->name,
						  k->fallback, &src, err) < 0)
			return -1;
	}
	return 0;
}

static FILE *open_profile(const char *path)
{
	CLEANUP_FD int fd = -1;
	FILE *in;

	/* A copy, so that closing it leaves the caller's 0 alone. */
	if (str_eq(path, "-"))
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	in = fdopen(fd, "r");
	if (in)
		(void)take_fd(&fd);
	return in;
}

/* Closes `in`; NULL: errno says why. */
static int read_stream(struct profile *out, const char *path, FILE *in,
		       struct err *err)
{
	struct reader r = { .profile = out, .in = in, .err = err };
	int rc = in ? 0 : errno;

	*out = (struct profile){ .path = str_dup(path) };
	r.path = str_eq(path, "-") ? "standard input" : path;
	if (!in)
		return read_failed(&r, rc);
	rc = set_defaults(out, err);
	if (rc == 0)
		rc = parse(&r);
	(void)fclose(in);
	strv_free(r.seen);
	return rc;
}

int profile_read(struct profile *out, const char *path, struct err *err)
{
	return read_stream(out, path, open_profile(path), err);
}

int profile_read_agent(struct profile *out, struct err *err)
{
	size_t len = strlen(profile_agent);

	return read_stream(out, PROFILE_AGENT,
			   fmemopen((void *)(uintptr_t)profile_agent, len, "r"),
			   err);
}
