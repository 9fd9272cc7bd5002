/*
 * The log: what becomes of what a source writes, and that a reader sees each
 * line that is kept once, whatever turns over meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/stamp.h"
#include "base/str.h"
#include "box/log_read.h"
#include "sandboxd/layout.h"

static char data[] = "/tmp/test_log.XXXXXX";

static int set_up(void **state)
{
	if (!mkdtemp(data))
		return -1;
	return setenv(DATA_DIR_ENV, data, 1);
}

static int tear_down(void **state)
{
	CLEANUP_FD int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd_remove_tree_at(tmp, data + strlen("/tmp/"));
}

static struct log open_log(const char *name)
{
	struct err err = ERR_INIT;
	struct log log;

	if (log_open(&log, name, &err) < 0)
		fail_msg("%s: %s", err.what, err.cause);
	return log;
}

static void put(struct log *log, enum log_source source, const char *text)
{
	log_write(log, source, text, strlen(text));
}

/* What a reader gave, "source: text|" for each line. */
struct got {
	struct buf text;
	size_t lines;
	long next;   /* the number that the next line must have */
	bool gapless;
};

static bool take(void *ctx, const struct log_line *line)
{
	struct got *got = ctx;

	assert_int_equal(strlen(line->time), STAMP_LEN);
	buf_printf(&got->text, "%s: %s|", log_source_names[line->source],
		   line->text);
	got->lines++;
	return true;
}

static const char *read_log(const char *name, struct log_query query)
{
	static struct buf last;
	struct got got = { 0 };
	struct err err = ERR_INIT;

	if (!query.tail)
		query.tail = SIZE_MAX;
	query.monitor = -1;
	assert_int_equal(log_read(name, &query, take, &got, &err), 0);
	buf_free(&last);
	last = got.text;
	return last.data ? last.data : "";
}

static struct log_query since(const char *time)
{
	return (struct log_query){ .since = time };
}

static void lines_are_put_together_and_cleaned(void **state)
{
	const struct log_query desktop = { .sources = 1 << LOG_DESKTOP };
	struct log log = open_log("lines");
	char wide[LOG_LINE + 2];
	CLEANUP_FREE char *want = NULL;

	put(&log, LOG_PAYLOAD, "be");
	assert_string_equal(read_log("lines", (struct log_query){ 0 }), "");
	put(&log, LOG_PAYLOAD, "gun\nred \033[31m\n\nre");
	put(&log, LOG_PAYLOAD, "turn\r\ncaf\xc3");
	put(&log, LOG_PAYLOAD, "\xa9 \xc3\n\xff\n");
	log_write(&log, LOG_PAYLOAD, "a\0b\n", 4);
	put(&log, LOG_PAYLOAD, "no end");
	log_end_line(&log, LOG_PAYLOAD);
	log_end_line(&log, LOG_PAYLOAD);
	assert_string_equal(
		read_log("lines", (struct log_query){ 0 }),
		"payload: begun|payload: red ?[31m|payload: |payload: return|"
		"payload: caf\xc3\xa9 ?|payload: ?|payload: a?b|"
		"payload: no end|");
	/* Of a line that is too long, no character is cut in two, and its end
	 * is not another line. */
	memset(wide, 'w', sizeof(wide));
	memcpy(wide + LOG_LINE - 1, "\xc3\xa9", 3);
	put(&log, LOG_DESKTOP, wide);
	put(&log, LOG_DESKTOP, "\n");
	memcpy(wide + LOG_LINE - 1, "w", 2);
	put(&log, LOG_DESKTOP, wide);
	put(&log, LOG_DESKTOP, "\n");
	wide[LOG_LINE - 1] = '\0';
	want = str_printf("desktop: %s|desktop: \xc3\xa9|desktop: %sw|", wide,
			  wide);
	assert_string_equal(read_log("lines", desktop), want);
	log_close(&log);
}

static void sources_are_merged_and_chosen(void **state)
{
	struct log log = open_log("merge");
	struct timespec gap = { 0, 2000000 };

	put(&log, LOG_PAYLOAD, "1\n");
	nanosleep(&gap, NULL);
	put(&log, LOG_DESKTOP, "2\n");
	nanosleep(&gap, NULL);
	log_printf(&log, "%d", 3);
	nanosleep(&gap, NULL);
	put(&log, LOG_PAYLOAD, "4\n");
	log_close(&log);
	assert_string_equal(read_log("merge", (struct log_query){ 0 }),
			    "payload: 1|desktop: 2|sandboxd: 3|payload: 4|");
	assert_string_equal(
		read_log("merge", (struct log_query){
					  .sources = 1 << LOG_PAYLOAD |
						     1 << LOG_SANDBOXD }),
		"payload: 1|sandboxd: 3|payload: 4|");
	assert_string_equal(read_log("merge", (struct log_query){ .tail = 3 }),
			    "desktop: 2|sandboxd: 3|payload: 4|");
	assert_string_equal(
		read_log("merge", (struct log_query){
					  .sources = 1 << LOG_PAYLOAD,
					  .tail = 1 }),
		"payload: 4|");
	assert_string_equal(read_log("merge", since("9999")), "");
	assert_string_equal(read_log("absent", (struct log_query){ 0 }), "");
}

/* Lines as they stand in a file, with times of our choice. */
static void since_is_exact(void **state)
{
	struct log log = open_log("since");
	struct log_query query;
	static const char text[] = "2026-01-01T00:00:00.000Z a\n"
				   "2026-01-01T00:00:00.001Z b\n"
				   "not a line of ours\n"
				   "2026-01-01T00:00:00.002Z c\n"
				   "2026-01-01T00:00:00.003Z torn";

	assert_int_equal(fd_replace_at(log.dir, "payload.log", text,
				       strlen(text), 0600), 0);
	query = since("2026-01-01T00:00:00.001Z");
	assert_string_equal(read_log("since", query), "payload: b|payload: c|");
	query = since("2026-01-01T00:00:00.000Z");
	query.tail = 2;
	assert_string_equal(read_log("since", query), "payload: b|payload: c|");
	log_close(&log);
}

static off_t size_of(const struct log *log, const char *file)
{
	struct stat st;

	return fstatat(log->dir, file, &st, 0) < 0 ? -1 : st.st_size;
}

static void a_flood_pushes_out_nobody_else(void **state)
{
	struct log log = open_log("flood");
	char line[1001];

	log_printf(&log, "before");
	put(&log, LOG_DESKTOP, "desk\n");
	memset(line, 'x', 1000);
	line[999] = '\n';
	line[1000] = '\0';
	for (int i = 0; i < 4000; i++)
		put(&log, LOG_PAYLOAD, line);
	assert_true(size_of(&log, "payload.log") <= LOG_MAX);
	assert_true(size_of(&log, "payload.log.old") <= LOG_MAX);
	assert_true(size_of(&log, "payload.log.old") > LOG_MAX / 2);
	assert_string_equal(
		read_log("flood", (struct log_query){
					  .sources = 1 << LOG_SANDBOXD |
						     1 << LOG_DESKTOP }),
		"sandboxd: before|desktop: desk|");
	assert_true(log_pause(&log) > 0);
	log_close(&log);
}

/* A file that cannot be written stands for a full disk. */
static void what_is_lost_is_counted_and_told(void **state)
{
	struct log log = open_log("full");
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), real;

	put(&log, LOG_PAYLOAD, "kept\n");
	real = log.file[LOG_PAYLOAD].fd;
	log.file[LOG_PAYLOAD].fd = fd;
	put(&log, LOG_PAYLOAD, "lost\nlost\n");
	put(&log, LOG_PAYLOAD, "lost\n");
	log.file[LOG_PAYLOAD].fd = real;
	close(fd);
	put(&log, LOG_PAYLOAD, "again\n");
	put(&log, LOG_PAYLOAD, "more\n");
	assert_string_equal(
		read_log("full", (struct log_query){
					 .sources = 1 << LOG_PAYLOAD }),
		"payload: kept|payload: again|payload: more|");
	assert_string_equal(
		read_log("full", (struct log_query){
					 .sources = 1 << LOG_SANDBOXD }),
		"sandboxd: 3 lines of payload were lost: "
		"No space left on device|");
	log_close(&log);
}

/* A small file system: a batch fits in part. */
static void a_line_that_was_cut_does_not_hurt_the_next(void **state)
{
	struct log log = open_log("torn");
	int ends[2];
	char big[64];

	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
	memset(big, 'x', sizeof(big));
	big[62] = '\n';
	big[63] = '\0';
	/* Not a file, but as full as one. */
	log.file[LOG_PAYLOAD].fd = ends[1];
	for (int i = 0; i < 100; i++)
		put(&log, LOG_PAYLOAD, big);
	assert_true(log.file[LOG_PAYLOAD].lost > 0);
	log.file[LOG_PAYLOAD].fd = -1;
	put(&log, LOG_PAYLOAD, "whole\n");
	assert_string_equal(
		read_log("torn", (struct log_query){
					 .sources = 1 << LOG_PAYLOAD }),
		"payload: whole|");
	assert_non_null(strstr(read_log("torn", (struct log_query){ 0 }),
			       "lines of payload were lost"));
	close(ends[0]);
	close(ends[1]);
	log_close(&log);
}

static void a_new_log_is_empty_and_removing_takes_all(void **state)
{
	struct log log = open_log("again");
	struct err err = ERR_INIT;
	char *path = log_path("again", LOG_DESKTOP, &err);

	put(&log, LOG_DESKTOP, "first life\n");
	assert_int_equal(access(path, F_OK), 0);
	log_close(&log);
	log = open_log("again");
	assert_string_equal(read_log("again", (struct log_query){ 0 }), "");
	put(&log, LOG_DESKTOP, "second life\n");
	assert_int_equal(log_remove("again", &err), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(log_remove("again", &err), 0);
	log_close(&log);
	free(path);
}

static bool take_number(void *ctx, const struct log_line *line)
{
	struct got *got = ctx;

	got->gapless = got->gapless && atol(line->text) == got->next;
	got->next++;
	return true;
}

/* A reader who takes his time: meanwhile files come and go. */
static bool take_slowly(void *ctx, const struct log_line *line)
{
	struct log *log = ctx;
	char text[1001];

	if (strcmp(line->text, "first") == 0) {
		memset(text, 'x', 1000);
		text[999] = '\n';
		text[1000] = '\0';
		for (int i = 0; i < 3000; i++)
			put(log, LOG_PAYLOAD, text);
		put(log, LOG_PAYLOAD, "last\n");
	}
	if (line->text[0] == 'f' || line->text[0] == 'x')
		return true;
	assert_int_equal(line->source, LOG_SANDBOXD);
	assert_string_equal(line->text, "lines of payload were gone before "
					"they could be read");
	assert_int_equal(strlen(line->time), STAMP_LEN);
	return false;
}

static void what_was_gone_too_early_is_told(void **state)
{
	struct log log = open_log("slow");
	struct err err = ERR_INIT;
	struct log_query query = { .follow = true, .tail = SIZE_MAX,
				   .sources = 1 << LOG_PAYLOAD,
				   .monitor = pidfd_open(getpid(), 0) };

	put(&log, LOG_PAYLOAD, "first\n");
	assert_int_equal(log_read("slow", &query, take_slowly, &log, &err), 0);
	close(query.monitor);
	log_close(&log);
}

struct turning {
	struct log *log;
	long next, count;
};

/* At the first line two more files begin: the one that is being read has no
 * name any more, and the next one is the old one. */
static bool take_while_turning(void *ctx, const struct log_line *line)
{
	struct turning *t = ctx;
	char text[64];

	assert_int_equal(line->source, LOG_PAYLOAD);
	assert_int_equal(atol(line->text), t->next);
	t->next++;
	while (t->log->file[LOG_PAYLOAD].serial < 3) {
		(void)snprintf(text, sizeof(text), "%ld %050d\n", t->count++,
			       0);
		put(t->log, LOG_PAYLOAD, text);
	}
	return t->next < t->count;
}

static void files_that_turn_over_are_read_in_turn(void **state)
{
	struct log log = open_log("turning");
	struct turning t = { .log = &log, .count = 1 };
	struct err err = ERR_INIT;
	struct log_query query = { .follow = true, .tail = SIZE_MAX,
				   .monitor = pidfd_open(getpid(), 0) };

	put(&log, LOG_PAYLOAD, "0\n");
	assert_int_equal(log_read("turning", &query, take_while_turning, &t,
				  &err), 0);
	assert_true(t.count > 2 * LOG_MAX / 100);
	assert_int_equal(t.next, t.count);
	close(query.monitor);
	log_close(&log);
}

#define NUMBERS 60000

/* Enough for several files. It waits for the reader now and then: so far
 * behind that files are lost, no line can be promised. */
static _Noreturn void write_numbers(int credit)
{
	struct log log = open_log("numbers");
	char text[32], byte;

	for (int i = 0; i < NUMBERS; i++) {
		if (i % 10000 == 0)
			(void)!read(credit, &byte, 1);
		(void)snprintf(text, sizeof(text), "%d\n", i);
		put(&log, LOG_PAYLOAD, text);
	}
	_exit(0);
}

static bool take_and_pay(void *ctx, const struct log_line *line)
{
	struct got *got = ctx;

	if (got->next % 10000 == 9999)
		(void)!write((int)got->lines, "", 1);
	return take_number(ctx, line);
}

static void a_follower_sees_every_line_once(void **state)
{
	struct got got = { .gapless = true };
	struct err err = ERR_INIT;
	struct log_query query = { .follow = true, .tail = SIZE_MAX,
				   .sources = 1 << LOG_PAYLOAD };
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		write_numbers(ends[0]);
	query.monitor = pidfd_open(pid, 0);
	assert_true(query.monitor >= 0);
	got.lines = (size_t)ends[1];
	/* Two on credit: files turn over while they are read. */
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(log_read("numbers", &query, take_and_pay, &got, &err),
			 0);
	assert_int_equal(got.next, NUMBERS);
	assert_true(got.gapless);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(query.monitor);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_put_together_and_cleaned),
		cmocka_unit_test(sources_are_merged_and_chosen),
		cmocka_unit_test(since_is_exact),
		cmocka_unit_test(a_flood_pushes_out_nobody_else),
		cmocka_unit_test(what_is_lost_is_counted_and_told),
		cmocka_unit_test(a_line_that_was_cut_does_not_hurt_the_next),
		cmocka_unit_test(a_new_log_is_empty_and_removing_takes_all),
		cmocka_unit_test(what_was_gone_too_early_is_told),
		cmocka_unit_test(files_that_turn_over_are_read_in_turn),
		cmocka_unit_test(a_follower_sees_every_line_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
