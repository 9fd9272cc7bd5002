/*
 * stamp.h - points in time as people and programs write them: RFC 3339.
 */
#ifndef BASE_STAMP_H
#define BASE_STAMP_H

#include <stdint.h>

/* "2026-01-31T23:59:59.123Z". Always that long, so that the order of the texts
 * is the order of the times. */
#define STAMP_LEN 24

struct stamp {
	char text[STAMP_LEN + 1];
};

/* `ms` is Unix time. */
struct stamp stamp_text(int64_t ms);

/* Reads a date and time with an offset ("Z", "+01:00"), a fraction or not, into
 * Unix time in ms. 0, or -EINVAL for anything else; *ms is then untouched. */
int stamp_read(const char *text, int64_t *ms);

#endif
