/*
 * fuzz.h - what the fuzz targets share.
 *
 * A target is one file here: it hands bytes to one of our parsers, the way the
 * program would get them, and checks what must hold of any answer. Two drivers
 * run it: the compiler's engine, which makes inputs up (`make fuzz`), and
 * replay.c, which gives it the files of corpus/TARGET (01-corpus.sh).
 *
 * A line "fuzz: ARGUMENT..." in a target's first remark is for the engine.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/str.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that must hold does not. */
#define FUZZ_CHECK(cond)                                               \
	do {                                                           \
		if (!(cond)) {                                         \
			(void)fprintf(stderr, "%s:%d: not: %s\n",      \
				      __FILE__, __LINE__, #cond);      \
			abort();                                       \
		}                                                      \
	} while (0)

/* The input, taken piece by piece. Behind its end there are zeros. */
struct fuzz_in {
	const uint8_t *at;
	size_t left;
};

static inline size_t fuzz_take(struct fuzz_in *in, void *out, size_t len)
{
	size_t n = len < in->left ? len : in->left;

	memset(out, 0, len);
	if (n)
		memcpy(out, in->at, n);
	in->at += n;
	in->left -= n;
	return n;
}

static inline uint8_t fuzz_byte(struct fuzz_in *in)
{
	uint8_t byte;

	(void)fuzz_take(in, &byte, 1);
	return byte;
}

static inline uint32_t fuzz_word(struct fuzz_in *in)
{
	uint32_t word;

	(void)fuzz_take(in, &word, sizeof(word));
	return word;
}

/* Up to a `sep`, or all that is left; in memory of just that size, so that a
 * reader that goes too far is caught. The caller frees. */
static inline char *fuzz_text(struct fuzz_in *in, char sep)
{
	const uint8_t *end = in->left ? memchr(in->at, sep, in->left) : NULL;
	size_t len = end ? (size_t)(end - in->at) : in->left;
	char *text = mem_zalloc(len + 1);

	(void)fuzz_take(in, text, len);
	if (in->left) {
		in->at++;
		in->left--;
	}
	return text;
}

/* Nothing that a terminal would act on, but what stands in `but`. */
static inline void fuzz_check_shown(const char *text, const char *but)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t point = 0;

	while (*p) {
		size_t len = utf8_decode(p, &point);

		FUZZ_CHECK(len);
		FUZZ_CHECK(!utf8_is_control(point) || strchr(but, (int)*p));
		p += len;
	}
}

/* A file of these bytes; the path is that of its descriptor. */
static inline int fuzz_file(const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size &&
		   lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}


/* What is printed there nobody wants. */
static inline FILE *fuzz_null(void)
{
	static FILE *null;

	if (!null)
		null = fopen("/dev/null", "w");
	return null;
}

#endif
