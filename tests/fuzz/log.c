/* A guest's output on its way into the log and back. The first byte: whether
 * the rest is what a program wrote, or a log file that was tampered with. */
#include "tests/fuzz/fuzz.h"

#include <sys/stat.h>

#include "base/stamp.h"
#include "box/log_read.h"

#define NAME "fuzz"

static char top[64];
static pid_t owner;

static void remove_dir(void)
{
	struct err err = ERR_INIT;
	char logs[80];

	if (getpid() != owner)
		return;
	(void)log_remove(NAME, &err);
	(void)snprintf(logs, sizeof(logs), "%s/logs", top);
	(void)rmdir(logs);
	(void)rmdir(top);
}

static void make_dir(void)
{
	(void)snprintf(top, sizeof(top), "/dev/shm/fuzz-log.XXXXXX");
	owner = getpid();
	FUZZ_CHECK(mkdtemp(top) && setenv("SANDBOXD_DATA_DIR", top, 1) == 0);
	(void)atexit(remove_dir);
}

struct seen {
	uint64_t lines;
};

static bool see(void *ctx, const struct log_line *line)
{
	struct seen *seen = ctx;

	FUZZ_CHECK((unsigned int)line->source < LOG_SOURCES);
	FUZZ_CHECK(strlen(line->time) == STAMP_LEN || !*line->time);
	fuzz_check_shown(line->time, "");
	fuzz_check_shown(line->text, "");
	seen->lines++;
	return true;
}

static void read_back(unsigned int sources, size_t tail)
{
	struct log_query query = { .sources = sources, .tail = tail,
				   .monitor = -1 };
	struct err err = ERR_INIT;
	struct seen seen = { 0 };

	FUZZ_CHECK(log_read(NAME, &query, see, &seen, &err) == 0);
	FUZZ_CHECK(tail == SIZE_MAX || seen.lines <= tail);
}

/* In pieces, as they come from a pipe. */
static void write_log(struct log *log, struct fuzz_in *in)
{
	while (in->left) {
		uint8_t how = fuzz_byte(in);
		size_t len = how >> 2 ? how >> 2 : in->left;

		len = len < in->left ? len : in->left;
		log_write(log, how & 3, (const char *)in->at, len);
		in->at += len;
		in->left -= len;
	}
	for (int s = 0; s < LOG_SOURCES; s++)
		log_end_line(log, s);
}

static void write_file(const struct log *log, enum log_source source, bool old,
		       const char *text)
{
	int fd = openat(log->dir, log_file_name(source, old).text,
			O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t len = (ssize_t)strlen(text);

	FUZZ_CHECK(fd >= 0 && write(fd, text, (size_t)len) == len);
	close(fd);
}

static void tamper(const struct log *log, struct fuzz_in *in)
{
	for (int i = 0; i < 2 * LOG_SOURCES && in->left; i++) {
		CLEANUP_FREE char *text = fuzz_text(in, '\x01');

		write_file(log, i / 2, i % 2, text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	struct err err = ERR_INIT;
	uint8_t how = fuzz_byte(&in);
	struct log log;

	if (!*top)
		make_dir();
	FUZZ_CHECK(log_open(&log, NAME, &err) == 0);
	if (how & 1)
		write_log(&log, &in);
	else
		tamper(&log, &in);
	log_close(&log);
	read_back(0, SIZE_MAX);
	read_back(how >> 1, how);
	return 0;
}
