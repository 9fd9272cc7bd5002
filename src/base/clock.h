/*
 * clock.h - what time it is, in milliseconds.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Of a clock that never jumps and means nothing by itself: for deadlines
 * (clock_gettime(2), CLOCK_MONOTONIC). */
int64_t clock_ms(void);

/* Unix time, which somebody may set: for what people read. */
int64_t clock_unix_ms(void);

#endif
