/*
 * macros.h - attributes and scope-bound cleanup.
 *
 *	CLEANUP_FD int fd = open(...);       closed at the end of the scope
 *	CLEANUP_FREE char *s = strdup(...);  freed at the end of the scope
 *	return take_fd(&fd);                 hands ownership to the caller
 *	return take_ptr(&s);
 */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CLEANUP(f) __attribute__((cleanup(f)))
#define CLEANUP_FD CLEANUP(cleanup_fd)
#define CLEANUP_FREE CLEANUP(cleanup_free)

/* NOLINTNEXTLINE(readability-non-const-parameter) */
static inline void cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(p)                        \
	({                                 \
		__typeof__(*(p)) taken_ = *(p); \
		*(p) = NULL;               \
		taken_;                    \
	})

#endif
