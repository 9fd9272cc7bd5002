/*
 * str.h - strings and string vectors that grow. Running out of memory ends
 * the program (mem_* never return NULL): no tool here can go on without.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
char *str_dup(const char *s);
/* A new string; the caller frees it. */
char *str_printf(const char *fmt, ...) PRINTF_LIKE(1, 2);

bool str_starts(const char *s, const char *prefix);
bool str_eq(const char *a, const char *b); /* NULL equals only NULL */

/* Bytes that grow; always NUL-terminated after `len`. Zero-initialise. */
struct buf {
	char *data;
	size_t len, size;
};
void buf_add(struct buf *b, const void *data, size_t len);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_free(struct buf *b);
#define CLEANUP_BUF CLEANUP(buf_free)

/* NULL-ended vector of owned strings. NULL is the empty vector. */
size_t strv_len(char *const *v);
void strv_add(char ***v, const char *s);       /* copies s */
void strv_take(char ***v, char *s);            /* owns s */
char **strv_copy(char *const *v);
char **strv_split(const char *s, char sep);    /* empty fields are dropped */
void strv_free(char **v);
void strv_cleanup(char ***v);
#define CLEANUP_STRV CLEANUP(strv_cleanup)

/* The entry of `words` (NULL-ended) nearest to `word` by edit distance, for
 * "did you mean"; NULL when none is near enough to be a typo of it. */
const char *str_nearest(const char *word, const char *const *words);

#endif
