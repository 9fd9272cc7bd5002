#include "box/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stamp.h"
#include "base/str.h"
#include "box/box.h"
#include "conf/dirs.h"

#define LOGS "logs" /* in the data directory */
#define FLUSH_BYTES (64u << 10)
#define HEAD_MAX 16 /* what put_head() writes */
#define PERIOD_MS 1000 /* what LOG_RATE is for */

const char *const log_source_names[] = {
	[LOG_SANDBOXD] = "sandboxd", [LOG_DESKTOP] = "desktop",
	[LOG_BUS] = "bus", [LOG_PAYLOAD] = "payload", NULL,
};

struct log_name log_file_name(enum log_source source, bool old)
{
	struct log_name name;

	(void)snprintf(name.text, sizeof(name.text), "%s.log%s",
		       log_source_names[source], old ? ".old" : "");
	return name;
}

/* The directory `name` in `at`, made when absent. */
static int open_private(int at, const char *name)
{
	int fd;

	if (mkdirat(at, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

char *log_path(const char *name, enum log_source source, struct err *err)
{
	const char *data = dirs_data(err);

	return data ? str_printf("%s/" LOGS "/%s/%s", data, name,
				 log_file_name(source, false).text)
		    : NULL;
}

int log_open_top(struct err *err)
{
	CLEANUP_FD int data = dirs_open_data(err);
	int logs = data < 0 ? -1 : open_private(data, LOGS);

	if (data >= 0 && logs < 0)
		(void)err_set_errno(err, EXIT_FAILED, "open the logs in",
				    dirs_data(err), logs);
	return logs < 0 ? -1 : logs;
}

static int start_file(struct log *log, enum log_source source)
{
	struct log_file *f = &log->file[source];
	int fd = openat(log->dir, log_file_name(source, false).text,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);

	if (fd < 0)
		return -errno;
	f->fd = fd;
	f->serial++;
	f->size = 0;
	f->torn = false;
	return 0;
}

/* What comes in front of the next line, if anything. */
static int put_head(struct log_file *f)
{
	char head[HEAD_MAX];
	int rc = 0, n = snprintf(head, sizeof(head), "#%u\n", f->serial);

	if (f->size == 0)
		rc = fd_write_all(f->fd, head, (size_t)n);
	/* A line that was cut stays one: who reads along has seen it. */
	else if (f->torn)
		rc = fd_write_all(f->fd, "\n", 1);
	if (rc < 0)
		return rc;
	if (f->size == 0)
		f->size = (size_t)n;
	f->torn = false;
	return 0;
}

/* The log's directory, with nothing of an earlier sandbox in it. */
static int open_empty(int top, const char *name)
{
	int rc = fd_remove_tree_at(top, name);

	return rc < 0 ? rc : open_private(top, name);
}

int log_open(struct log *log, const char *name, struct err *err)
{
	CLEANUP_FD int top = log_open_top(err);
	int rc;

	*log = (struct log)LOG_INIT;
	if (top < 0)
		return -1;
	log->dir = open_empty(top, name);
	rc = log->dir < 0 ? log->dir : start_file(log, LOG_SANDBOXD);
	if (rc == 0)
		return 0;
	log_close(log);
	return err_set_errno(err, EXIT_FAILED, "open the log of", name, rc);
}

/* The file is full: a new one takes its name. */
static int rotate(struct log *log, enum log_source source)
{
	if (renameat(log->dir, log_file_name(source, false).text, log->dir,
		     log_file_name(source, true).text) < 0 && errno != ENOENT)
		return -errno;
	fd_close(&log->file[source].fd);
	return 0;
}

int log_pause(const struct log *log)
{
	int64_t passed;

	if (log->spent < LOG_RATE)
		return 0;
	passed = clock_ms() - log->since;
	return passed < PERIOD_MS ? (int)(PERIOD_MS - passed) : 0;
}

static uint64_t count_lines(const char *text, size_t len)
{
	const char *end = text + len;
	uint64_t n = 0;

	for (; (text = memchr(text, '\n', (size_t)(end - text))); text++)
		n++;
	return n;
}

/* Writes whole lines and counts those that do not fit on the disk. */
static int put_lines(struct log *log, enum log_source source, const char *text,
		     size_t len)
{
	struct log_file *f = &log->file[source];
	size_t done = 0;
	ssize_t n = 0;
	int rc = 0;

	if (f->fd >= 0 && f->size + len + HEAD_MAX > LOG_MAX)
		rc = rotate(log, source);
	if (rc == 0 && f->fd < 0)
		rc = start_file(log, source);
	if (rc == 0)
		rc = put_head(f);
	while (rc == 0 && done < len) {
		n = write(f->fd, text + done, len - done);
		if (n < 0 && errno != EINTR)
			rc = -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	f->size += done;
	if (rc == 0)
		return 0;
	f->torn = f->torn || (done && text[done - 1] != '\n');
	f->lost += count_lines(text + done, len - done);
	f->cause = -rc;
	return rc;
}

static void tell_lost(struct log *log)
{
	for (int s = 0; s < LOG_SOURCES; s++) {
		struct log_file *f = &log->file[s];
		char text[160];
		int n;

		if (!f->lost)
			continue;
		n = snprintf(text, sizeof(text), "%s %llu lines of %s were "
			     "lost: %s\n", stamp_text(clock_unix_ms()).text,
			     (unsigned long long)f->lost, log_source_names[s],
			     strerror(f->cause));
		if (put_lines(log, LOG_SANDBOXD, text, (size_t)n) < 0) {
			log->file[LOG_SANDBOXD].lost--; /* none of anybody's */
			return;
		}
		f->lost = 0;
	}
}

/* One write for many lines: the guest chooses how short they are, and must not
 * choose how much work they are to the host. */
static void flush(struct log *log, enum log_source source, struct buf *lines)
{
	if (clock_ms() - log->since >= PERIOD_MS) {
		log->since = clock_ms();
		log->spent = 0;
	}
	log->spent += lines->len;
	if (lines->len &&
	    put_lines(log, source, lines->data, lines->len) == 0)
		tell_lost(log);
	lines->len = 0;
}

/* How many bytes of `text` end in a whole character of UTF-8; all of them when
 * they are not UTF-8 anyway. */
static size_t whole_characters(const char *text, size_t len)
{
	for (size_t back = 1; back < 4 && back <= len; back++) {
		unsigned char c = (unsigned char)text[len - back];
		size_t size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (c < 0x80)
			return len;
		if (c >= 0xc0)
			return back < size && back < len ? len - back : len;
	}
	return len;
}

/* The first `len` bytes of the line become one in the log. */
static void add_line(struct log_file *f, size_t len, const struct stamp *now,
		     struct buf *lines)
{
	char text[LOG_LINE + 1];

	memcpy(text, f->line, len);
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = '?';
	text[len] = '\0';
	err_clean_text(text);
	buf_printf(lines, "%s %s\n", now->text, text);
	f->len -= len;
	memmove(f->line, f->line + len, f->len);
}

/* The line's end has come. What a terminal wants before it, is none of it. */
static void end_line(struct log_file *f, const struct stamp *now,
		     struct buf *lines)
{
	if (f->len && f->line[f->len - 1] == '\r')
		f->len--;
	if (f->len || !f->begun)
		add_line(f, f->len, now, lines);
	f->begun = false;
}

void log_write(struct log *log, enum log_source source, const char *text,
	       size_t len)
{
	CLEANUP_BUF struct buf lines = { 0 };
	struct log_file *f = &log->file[source];
	struct stamp now = stamp_text(clock_unix_ms());

	while (log->dir >= 0 && len) {
		size_t room = LOG_LINE - f->len, n = len < room ? len : room;
		const char *end = memchr(text, '\n', n);

		n = end ? (size_t)(end - text) : n;
		memcpy(f->line + f->len, text, n);
		f->len += n;
		if (end) {
			end_line(f, &now, &lines);
		} else if (f->len == LOG_LINE) {
			add_line(f, whole_characters(f->line, f->len), &now,
				 &lines);
			f->begun = true;
		}
		n += end ? 1 : 0;
		text += n;
		len -= n;
		if (lines.len >= FLUSH_BYTES)
			flush(log, source, &lines);
	}
	flush(log, source, &lines);
}

void log_end_line(struct log *log, enum log_source source)
{
	if (log->file[source].len)
		log_write(log, source, "\n", 1);
}

void log_printf(struct log *log, const char *fmt, ...)
{
	char text[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_write(log, LOG_SANDBOXD, text, strlen(text));
	log_end_line(log, LOG_SANDBOXD);
}

void log_close(struct log *log)
{
	for (int s = 0; s < LOG_SOURCES; s++)
		fd_close(&log->file[s].fd);
	fd_close(&log->dir);
	*log = (struct log)LOG_INIT;
}

int log_remove(const char *name, struct err *err)
{
	struct err absent = ERR_INIT;
	CLEANUP_FD int top = log_open_top(&absent);
	int rc = top < 0 ? 0 /* then there is none */
			 : fd_remove_tree_at(top, name);

	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "remove the log of",
				      name, rc) : 0;
}
