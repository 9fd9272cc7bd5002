/*
 * log.h - a sandbox's log: DATA_DIR/logs/NAME, one file for each source.
 *
 *	sandboxd.log  what the monitor did
 *	desktop.log   what the X server and the window manager wrote
 *	bus.log       what the session bus wrote, and what it started: the
 *	              agent's own programs, if the agent likes
 *	payload.log   what the program wrote when nobody was attached
 *
 * A file begins with a line of "#N", the how-manieth of its source it is, and
 * holds lines of "TIME TEXT" (base/stamp.h). At LOG_MAX bytes it becomes
 * SOURCE.log.old and a new one starts: a guest that floods costs the host twice
 * that and nothing else, least of all what the others had to say.
 *
 * log_read.h is the way back.
 */
#ifndef BOX_LOG_H
#define BOX_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOG_MAX (512u << 10)
/* Bytes in a second after which log_pause() asks for patience. */
#define LOG_RATE (1u << 20)
/* A longer line of the guest's becomes several. */
#define LOG_LINE 1024

enum log_source {
	LOG_SANDBOXD,
	LOG_DESKTOP,
	LOG_BUS,
	LOG_PAYLOAD,
	LOG_SOURCES,
};

/* "sandboxd" "desktop" "bus" "payload", NULL-ended. */
extern const char *const log_source_names[];

struct log_file {
	int fd; /* -1: nothing was written yet */
	size_t size;
	unsigned int serial; /* of the file */
	bool torn;     /* its last line was cut by a full disk */
	uint64_t lost; /* lines that were not written, and not yet told */
	int cause;     /* ... and why: errno */
	size_t len;    /* of `line`, which has no end yet */
	bool begun;    /* the line's beginning is in the log already */
	char line[LOG_LINE];
};

struct log {
	int dir; /* DATA_DIR/logs/NAME, or -1: nothing is kept */
	struct log_file file[LOG_SOURCES];
	int64_t since; /* ms: start of the second that `spent` counts */
	size_t spent;
};

#define LOG_INIT                                                       \
	{                                                              \
		.dir = -1, .file = { { .fd = -1 }, { .fd = -1 },       \
				     { .fd = -1 }, { .fd = -1 } },     \
	}

/* Opens the log of sandbox `name`, empty. */
int log_open(struct log *log, const char *name, struct err *err);
/* Adds what `source` wrote; whole lines reach the file, with control characters
 * replaced. A full disk loses lines, not the sandbox: how many is told in
 * sandboxd.log when there is room again. */
void log_write(struct log *log, enum log_source source, const char *text,
	       size_t len);
/* `source` writes no more: what it wrote last is a line, too. */
void log_end_line(struct log *log, enum log_source source);
/* A line of the monitor's own. */
void log_printf(struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* How long (ms) whoever has the choice should leave text unread where it is,
 * so that a guest that floods waits instead of keeping the host busy; 0: not
 * at all. */
int log_pause(const struct log *log);
void log_close(struct log *log);

/* Removes the log of `name`. An absent one is success. */
int log_remove(const char *name, struct err *err);

/* DATA_DIR/logs, made when absent; descriptor or -1. */
int log_open_top(struct err *err);
/* The file of `source`, the current or the old one, in the log's directory. */
struct log_name {
	char text[24];
};
struct log_name log_file_name(enum log_source source, bool old);
/* Its whole path; the caller frees. */
char *log_path(const char *name, enum log_source source, struct err *err);

#endif
