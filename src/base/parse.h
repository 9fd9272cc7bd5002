/*
 * parse.h - strict readers for the small notations of profiles and options.
 *
 * Each reads the whole text: no leading blank, no sign, nothing behind. They
 * return 0, -EINVAL for what is not of the form, -ERANGE for a value that
 * does not fit; *out is then untouched.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits. */
int parse_number(const char *text, uint64_t *out);

/* Bytes: digits and at most one of K, M, G, T (1024-based, either case). */
int parse_size(const char *text, uint64_t *out);

/* Thousandths of a CPU: "2", "1.5", "0.125". */
int parse_cpus(const char *text, uint64_t *out);

/* Milliseconds; the unit is required: "500ms", "10s", "2m", "1h". Only "0" is
 * the same in all of them. */
int parse_time(const char *text, uint64_t *out);

/* yes/no, true/false, on/off, 1/0, in any case. */
int parse_bool(const char *text, bool *out);

/* Shell words: blanks separate; '...', "..." and \ quote as in sh(1), but
 * nothing is expanded. *out is a vector (NULL when there is no word), which
 * the caller frees. -EINVAL: a quote or a backslash is left open. */
int parse_words(const char *text, char ***out);

/* A line of /etc/subuid or /etc/subgid: "OWNER:FIRST:COUNT". */
struct parse_ids {
	uint64_t first, count;
};
int parse_id_line(const char *line, struct parse_ids *out);

/* "2M=64M": at most 64 MiB in huge pages of 2 MiB. */
struct parse_hugepages {
	uint64_t page, bytes;
};
int parse_hugepages(const char *text, struct parse_hugepages *out);

/* The way back: what the reader above turns into the same value. The caller
 * frees. */
char *parse_size_text(uint64_t bytes);
char *parse_cpus_text(uint64_t thousandths);
char *parse_time_text(uint64_t ms);
char *parse_words_text(char *const *words);

#endif
