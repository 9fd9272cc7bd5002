/*
 * log.h - a sandbox's log: DATA_DIR/logs/NAME.log, capped.
 *
 * Holds what the monitor did, what the desktop wrote, and - when nobody is
 * attached - what the payload wrote, a line each, with the time and its
 * source. At LOG_MAX bytes the file becomes NAME.log.old and a new one starts:
 * a guest that floods costs the host twice that and nothing else.
 */
#ifndef BOX_LOG_H
#define BOX_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOG_MAX (512u << 10)
/* Bytes in a second after which log_pause() asks for patience. */
#define LOG_RATE (1u << 20)

struct log {
	int dir; /* DATA_DIR/logs, or -1: nothing is kept */
	int fd;
	size_t size;
	int64_t since; /* ms: start of the second that `spent` counts */
	size_t spent;
	char name[80];
};

#define LOG_INIT { .dir = -1, .fd = -1 }

/* Opens the log of sandbox `name`, empty. */
int log_open(struct log *log, const char *name, struct err *err);
/* Writes `text` as lines from `source`; control characters are replaced. A
 * full disk loses lines, not the sandbox. */
void log_write(struct log *log, const char *source, const char *text,
	       size_t len);
void log_printf(struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* How long (ms) whoever has the choice should leave text unread where it is,
 * so that a guest that floods waits instead of keeping the host busy; 0: not
 * at all. */
int log_pause(const struct log *log);
void log_close(struct log *log);

/* Removes the log of `name`, both files. Absent ones are success. */
int log_remove(const char *name, struct err *err);

#endif
