/*
 * Theory of operation.
 *
 * Each source is a stream of files: SOURCE.log.old, SOURCE.log, and when that
 * one is full the next, of which the older loses its name. A reader holds the
 * newest file that it knows of open and reads on from where it was. When
 * SOURCE.log is another file by now, what it holds gets no more lines: it reads
 * that to the end, then what came after. Inodes tell files apart, and one that
 * is held open has its number for itself.
 */
#include "box/log_read.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/parse.h"
#include "base/stamp.h"
#include "base/str.h"

#define READ_BYTES (64u << 10)

struct stream {
	int fd; /* the newest file, read so far to its end; -1: none yet */
	struct buf text;
	struct log_line *lines; /* in the first `used` bytes of text */
	size_t count, room, next, used;
	uint64_t serial; /* of the file; 0: none yet */
	bool gap;        /* files were gone before this one */
};

struct reader {
	const struct log_query *query;
	log_line_fn *take;
	void *ctx;
	const char *name;
	int top, dir; /* DATA_DIR/logs, and NAME in it, or -1: not yet */
	int changes;  /* inotify(7), or -1 */
	struct stream stream[LOG_SOURCES];
	size_t skip; /* lines in front of the tail */
};

/* --- files --------------------------------------------------------------- */

static bool same_stat(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool same_file(int a, int b)
{
	struct stat sa, sb;

	return a >= 0 && b >= 0 && fstat(a, &sa) == 0 && fstat(b, &sb) == 0 &&
	       same_stat(&sa, &sb);
}

/* Whether the log's newest file is (still) the one that `fd` is; -1: none. */
static bool is_newest(int dir, enum log_source source, int fd)
{
	struct stat named, held;

	if (fstatat(dir, log_file_name(source, false).text, &named,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return fd < 0;
	return fd >= 0 && fstat(fd, &held) == 0 && same_stat(&named, &held);
}

static int open_file(int dir, enum log_source source, bool old)
{
	return openat(dir, log_file_name(source, old).text,
		      O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

/* Both files as they were at one moment. For another moment, while the log
 * turns over, there is an old one only, and that is the newest. */
static void open_pair(int dir, enum log_source source, int *old, int *newest)
{
	for (;;) {
		*newest = open_file(dir, source, false);
		*old = open_file(dir, source, true);
		if (is_newest(dir, source, *newest))
			return;
		fd_close(newest);
		fd_close(old);
	}
}

static int read_on(struct stream *s)
{
	char part[READ_BYTES];
	ssize_t n;

	while (s->fd >= 0 && (n = read(s->fd, part, sizeof(part))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf_add(&s->text, part, (size_t)n);
	}
	return 0;
}

/* Goes on with `fd`, and owns it. The last line of a file that is finished has
 * no end when the disk was full then. */
static int read_next(struct stream *s, int fd)
{
	if (s->text.len && s->text.data[s->text.len - 1] != '\n')
		buf_add(&s->text, "\n", 1);
	fd_close(&s->fd);
	s->fd = fd;
	return read_on(s);
}

/* Reads all that there is by now. */
static int update(struct reader *r, enum log_source source)
{
	struct stream *s = &r->stream[source];
	CLEANUP_FD int old = -1;
	CLEANUP_FD int newest = -1;
	int rc;

	if (s->fd >= 0 && is_newest(r->dir, source, s->fd))
		return read_on(s);
	open_pair(r->dir, source, &old, &newest);
	rc = read_on(s);
	if (rc == 0 && old >= 0 && !same_file(s->fd, old))
		rc = read_next(s, take_fd(&old));
	if (rc == 0 && newest >= 0)
		rc = read_next(s, take_fd(&newest));
	return rc;
}

/* --- lines --------------------------------------------------------------- */

static void add_line(struct stream *s, const struct log_line *line)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->lines = mem_realloc(s->lines, s->room * sizeof(*line));
	}
	s->lines[s->count++] = *line;
}

/* One of our own, at the time of the line behind the gap. */
static void tell_gap(struct stream *s, const struct log_line *behind)
{
	static const char *const texts[] = {
		[LOG_SANDBOXD] = "lines of sandboxd were gone before they "
				 "could be read",
		[LOG_DESKTOP] = "lines of desktop were gone before they could "
				"be read",
		[LOG_BUS] = "lines of bus were gone before they could be read",
		[LOG_PAYLOAD] = "lines of payload were gone before they could "
				"be read",
	};
	struct log_line line = { LOG_SANDBOXD, behind->time,
				 texts[behind->source] };

	s->gap = false;
	add_line(s, &line);
}

/* "#N" is the first line of file N. */
static void begin_file(struct stream *s, const char *number)
{
	uint64_t serial = 0;

	(void)parse_number(number, &serial);
	s->gap = s->gap || (s->serial && serial > s->serial + 1);
	s->serial = serial;
}

static struct log_line split(enum log_source source, char *text)
{
	struct log_line line = { source, "", text };

	if (strnlen(text, STAMP_LEN + 1) > STAMP_LEN &&
	    text[STAMP_LEN] == ' ') {
		text[STAMP_LEN] = '\0';
		line.time = text;
		line.text = text + STAMP_LEN + 1;
	}
	return line;
}

/* Cuts the text into whole lines, and those into their parts. */
static void cut(struct stream *s, enum log_source source)
{
	char *text = s->text.data, *end;

	s->count = s->next = s->used = 0;
	while (s->used < s->text.len &&
	       (end = memchr(text, '\n', s->text.len - s->used))) {
		struct log_line line;

		*end = '\0';
		s->used += (size_t)(end + 1 - text);
		err_clean_text(text);
		line = split(source, text);
		if (*text == '#')
			begin_file(s, text + 1);
		else if (s->gap)
			tell_gap(s, &line);
		if (*text != '#')
			add_line(s, &line);
		text = end + 1;
	}
}

/* The lines are of no more use; what follows them becomes the next ones. */
static void drop_lines(struct stream *s)
{
	s->text.len -= s->used;
	if (s->text.len)
		memmove(s->text.data, s->text.data + s->used, s->text.len);
	s->count = s->next = s->used = 0;
}

/* Takes the earliest of the streams' next lines; NULL when all are taken. */
static const struct log_line *next_line(struct reader *r)
{
	struct stream *first = NULL;

	for (int i = 0; i < LOG_SOURCES; i++) {
		struct stream *s = &r->stream[i];

		if (s->next < s->count &&
		    (!first || strcmp(s->lines[s->next].time,
				      first->lines[first->next].time) < 0))
			first = s;
	}
	return first ? &first->lines[first->next++] : NULL;
}

static bool wanted(const struct reader *r, const struct log_line *line)
{
	return !r->query->since || strcmp(line->time, r->query->since) >= 0;
}

/* Gives out what was read. Returns false when no more is wanted. */
static bool give(struct reader *r)
{
	const struct log_line *line;
	bool more = true;

	while (more && (line = next_line(r))) {
		if (!wanted(r, line))
			continue;
		if (r->skip)
			r->skip--;
		else
			more = r->take(r->ctx, line);
	}
	for (int s = 0; s < LOG_SOURCES; s++)
		drop_lines(&r->stream[s]);
	return more;
}

/* With only a tail wanted: what is in front of it is skipped. */
static void count_tail(struct reader *r)
{
	const struct log_line *line;
	size_t n = 0;

	while ((line = next_line(r)))
		n += wanted(r, line);
	for (int s = 0; s < LOG_SOURCES; s++)
		r->stream[s].next = 0;
	r->skip = n > r->query->tail ? n - r->query->tail : 0;
}

/* --- following ----------------------------------------------------------- */

static int watch(const struct reader *r, int dir)
{
	struct fd_path path = fd_path(dir);

	return inotify_add_watch(r->changes, path.text,
				 IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0
		       ? -errno : 0;
}

static int start_watch(struct reader *r)
{
	r->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return r->changes < 0 ? -errno : watch(r, r->top);
}

static int open_dir(struct reader *r)
{
	if (r->dir >= 0)
		return 0;
	r->dir = openat(r->top, r->name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->dir < 0)
		return errno == ENOENT ? 0 : -errno;
	return r->changes < 0 ? 0 : watch(r, r->dir);
}

static int update_all(struct reader *r)
{
	unsigned int sources = r->query->sources;
	int rc = open_dir(r);

	for (int s = 0; s < LOG_SOURCES && rc == 0 && r->dir >= 0; s++) {
		if (sources && !(sources & 1u << s))
			continue;
		rc = update(r, s);
		cut(&r->stream[s], s);
	}
	return rc;
}

/* Waits until something was written, or the monitor has ended. */
static void wait_change(const struct reader *r)
{
	struct pollfd p[] = {
		{ .fd = r->changes, .events = POLLIN },
		{ .fd = r->query->monitor, .events = POLLIN },
	};
	char events[4096];

	(void)poll(p, 2, -1);
	(void)!read(r->changes, events, sizeof(events));
}

static bool ended(const struct reader *r)
{
	struct pollfd p = { .fd = r->query->monitor, .events = POLLIN };

	return p.fd < 0 || poll(&p, 1, 0) > 0;
}

static int read_all(struct reader *r)
{
	bool last = true, first = true;
	int rc = r->query->follow ? start_watch(r) : 0;

	while (rc == 0) {
		/* What it wrote is complete when it had ended before. */
		last = !r->query->follow || ended(r);
		rc = update_all(r);
		if (rc == 0 && first && r->query->tail != SIZE_MAX)
			count_tail(r);
		first = false;
		if (rc < 0 || !give(r) || last)
			break;
		wait_change(r);
	}
	return rc;
}

int log_read(const char *name, const struct log_query *query, log_line_fn *take,
	     void *ctx, struct err *err)
{
	struct reader r = {
		.query = query, .take = take, .ctx = ctx, .name = name,
		.top = log_open_top(err), .dir = -1, .changes = -1,
	};
	int rc;

	if (r.top < 0)
		return -1;
	for (int s = 0; s < LOG_SOURCES; s++)
		r.stream[s].fd = -1;
	rc = read_all(&r);
	for (int s = 0; s < LOG_SOURCES; s++) {
		fd_close(&r.stream[s].fd);
		buf_free(&r.stream[s].text);
		free(r.stream[s].lines);
	}
	fd_close(&r.changes);
	fd_close(&r.dir);
	fd_close(&r.top);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "read the log of", name,
				      rc) : 0;
}
