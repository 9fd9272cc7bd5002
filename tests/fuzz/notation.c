/* The small notations of options and profiles. What one of them reads and
 * writes back, it reads as the same. */
#include "tests/fuzz/fuzz.h"

#include "base/cpulist.h"
#include "base/iolimit.h"
#include "base/parse.h"
#include "base/signame.h"
#include "base/stamp.h"
#include "box/enter_user.h"
#include "box/terminal.h"

typedef int read_fn(const char *text, uint64_t *out);
typedef char *write_fn(uint64_t value);

static void there_and_back(const char *text, read_fn *read, write_fn *write)
{
	CLEANUP_FREE char *written = NULL;
	uint64_t value, again = 0;

	if (read(text, &value) < 0)
		return;
	written = write(value);
	FUZZ_CHECK(read(written, &again) == 0 && again == value);
}

static void words(const char *text)
{
	CLEANUP_STRV char **v = NULL;
	CLEANUP_STRV char **again = NULL;
	CLEANUP_FREE char *written = NULL;

	if (parse_words(text, &v) < 0)
		return;
	written = parse_words_text(v);
	FUZZ_CHECK(parse_words(written, &again) == 0);
	FUZZ_CHECK(strv_len(v) == strv_len(again));
	for (size_t i = 0; i < strv_len(v); i++)
		FUZZ_CHECK(str_eq(v[i], again[i]));
}

static void cpus(const char *text)
{
	static struct cpulist list, again;
	CLEANUP_FREE char *written = NULL;

	if (cpulist_parse(text, &list) < 0)
		return;
	written = cpulist_text(&list);
	FUZZ_CHECK(cpulist_parse(written, &again) == 0);
	FUZZ_CHECK(cpulist_missing(&list, &again) < 0);
	FUZZ_CHECK(cpulist_missing(&again, &list) < 0);
}

static void io(const char *text)
{
	struct iolimit limit, again;
	CLEANUP_FREE char *written = NULL;

	if (iolimit_parse(text, &limit) == 0) {
		written = iolimit_text(&limit);
		FUZZ_CHECK(iolimit_parse(written, &again) == 0);
		FUZZ_CHECK(str_eq(limit.device, again.device));
		FUZZ_CHECK(memcmp(limit.max, again.max, sizeof(again.max)) ==
			   0);
		iolimit_finish(&again);
	}
	iolimit_finish(&limit);
}

static void stamp(const char *text)
{
	int64_t ms, again;

	if (stamp_read(text, &ms) < 0 || ms < 0)
		return;
	FUZZ_CHECK(stamp_read(stamp_text(ms).text, &again) == 0);
	FUZZ_CHECK(again == ms);
}

static void names(const char *text)
{
	struct err err = ERR_INIT;
	struct enter_user user;
	int signo;

	if (signame_read(text, &signo, &err) == 0)
		FUZZ_CHECK(signo > 0 && signo < 65);
	if (enter_user_parse(text, "agent", &user, &err) == 0)
		FUZZ_CHECK(user.uid <= 65534 && user.gid <= 65534 && user.uid);
	(void)terminal_type_ok(text);
}

static void others(const char *text)
{
	struct parse_hugepages huge;
	struct parse_ids ids;
	uint64_t n;
	bool yes;

	(void)parse_number(text, &n);
	(void)parse_bool(text, &yes);
	(void)parse_hugepages(text, &huge);
	(void)parse_id_line(text, &ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	CLEANUP_FREE char *text = fuzz_text(&in, '\0');

	there_and_back(text, parse_size, parse_size_text);
	there_and_back(text, parse_cpus, parse_cpus_text);
	there_and_back(text, parse_time, parse_time_text);
	words(text);
	cpus(text);
	io(text);
	stamp(text);
	names(text);
	others(text);
	return 0;
}
