#include "box/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "conf/dirs.h"

#define LOGS "logs" /* in the data directory */
#define LINE_MAX_BYTES 1024
#define FLUSH_BYTES (64u << 10)
#define PERIOD_MS 1000 /* what LOG_RATE is for */

static int open_logs(struct err *err)
{
	CLEANUP_FD int data = dirs_open_data(err);
	CLEANUP_FD int logs = -1;

	if (data < 0)
		return -1;
	if (mkdirat(data, LOGS, 0700) == 0 || errno == EEXIST)
		logs = openat(data, LOGS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			      O_CLOEXEC);
	if (logs < 0)
		return err_set_errno(err, EXIT_FAILED, "open the log in",
				     dirs_data(err), errno);
	return take_fd(&logs);
}

static int start_file(struct log *log)
{
	int fd = openat(log->dir, log->name, O_WRONLY | O_CREAT | O_TRUNC |
			O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	if (log->fd >= 0)
		close(log->fd);
	log->fd = fd;
	log->size = 0;
	return 0;
}

int log_open(struct log *log, const char *name, struct err *err)
{
	int rc;

	*log = (struct log)LOG_INIT;
	(void)snprintf(log->name, sizeof(log->name), "%s.log", name);
	log->dir = open_logs(err);
	if (log->dir < 0)
		return -1;
	rc = start_file(log);
	if (rc == 0)
		return 0;
	log_close(log);
	return err_set_errno(err, EXIT_FAILED, "open the log of", name, rc);
}

static void rotate(struct log *log)
{
	char old[sizeof(log->name) + 4];

	(void)snprintf(old, sizeof(old), "%s.old", log->name);
	if (renameat(log->dir, log->name, log->dir, old) == 0)
		(void)start_file(log);
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int log_pause(const struct log *log)
{
	int64_t passed;

	if (log->spent < LOG_RATE)
		return 0;
	passed = now_ms() - log->since;
	return passed < PERIOD_MS ? (int)(PERIOD_MS - passed) : 0;
}

/* One write for many lines: the guest chooses how short they are, and must not
 * choose how much work they are to the host. */
static void flush(struct log *log, struct buf *lines)
{
	if (now_ms() - log->since >= PERIOD_MS) {
		log->since = now_ms();
		log->spent = 0;
	}
	log->spent += lines->len;
	if (log->size + lines->len > LOG_MAX)
		rotate(log);
	if (lines->len && log->size + lines->len <= LOG_MAX &&
	    fd_write_all(log->fd, lines->data, lines->len) == 0)
		log->size += lines->len;
	lines->len = 0;
}

static void add_line(struct buf *lines, const char *head, size_t head_len,
		     const char *text, size_t len)
{
	char line[LINE_MAX_BYTES];

	memcpy(line, text, len);
	line[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (!line[i])
			line[i] = '?';
	err_clean_text(line);
	buf_add(lines, head, head_len);
	buf_add(lines, line, strlen(line));
	buf_add(lines, "\n", 1);
}

/* "2026-01-31T23:59:59Z payload: " */
static size_t make_head(char *head, size_t size, const char *source)
{
	time_t now = time(NULL);
	char when[32];
	struct tm tm;
	int n;

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ",
		       gmtime_r(&now, &tm));
	n = snprintf(head, size, "%s %s: ", when, source);
	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

void log_write(struct log *log, const char *source, const char *text,
	       size_t len)
{
	CLEANUP_BUF struct buf lines = { 0 };
	char head[64];
	size_t head_len = make_head(head, sizeof(head), source);

	while (log->fd >= 0 && len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;
		size_t part = n < LINE_MAX_BYTES - 1 ? n : LINE_MAX_BYTES - 1;

		if (part)
			add_line(&lines, head, head_len, text, part);
		/* Past the newline only when the whole line was taken. */
		part += end && part == n;
		text += part;
		len -= part;
		if (lines.len >= FLUSH_BYTES || !len)
			flush(log, &lines);
	}
}

void log_printf(struct log *log, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_write(log, "sandboxd", text, strlen(text));
}

void log_close(struct log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	if (log->dir >= 0)
		close(log->dir);
	*log = (struct log)LOG_INIT;
}

int log_remove(const char *name, struct err *err)
{
	static const char *const suffixes[] = { "log", "log.old" };
	struct err absent = ERR_INIT;
	CLEANUP_FD int dir = open_logs(&absent);

	if (dir < 0)
		return 0; /* then there is none */
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		CLEANUP_FREE char *file =
			str_printf("%s.%s", name, suffixes[i]);

		if (unlinkat(dir, file, 0) < 0 && errno != ENOENT)
			return err_set_errno(err, EXIT_FAILED, "remove the log",
					     file, errno);
	}
	return 0;
}
