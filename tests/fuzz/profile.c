/* A profile: the file, then what --set makes of it. What is shown of it reads
 * back as the same. */
#include "tests/fuzz/fuzz.h"

#include "base/fd.h"
#include "conf/profile_doc.h"

#define SETS_MAX 8

static char *show(const struct profile *p)
{
	struct err err = ERR_INIT;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int rc;

	FUZZ_CHECK(out);
	rc = profile_doc_ini(out, p, &err);
	(void)fclose(out);
	if (rc == 0)
		return text;
	FUZZ_CHECK(err.code);
	free(text);
	return NULL;
}

static void compare(char *const *a, char *const *b)
{
	FUZZ_CHECK(strv_len(a) == strv_len(b));
	for (; a && *a; a++, b++) {
		if (!str_eq(*a, *b))
			(void)fprintf(stderr, "%s\n%s\n", *a, *b);
		FUZZ_CHECK(str_eq(*a, *b));
	}
}

static void check_shown(const struct profile *p)
{
	CLEANUP(profile_finish) struct profile back = { 0 };
	CLEANUP_STRV char **before = profile_settings(p);
	CLEANUP_STRV char **after = NULL;
	CLEANUP_FREE char *text = show(p);
	CLEANUP_FD int fd = -1;
	struct err err = ERR_INIT;

	if (!text)
		return;
	fuzz_check_shown(text, "\n\t");
	fd = fuzz_file(text, strlen(text));
	if (profile_read(&back, fd_path(fd).text, &err) < 0 ||
	    profile_complete(&back, &err) < 0) {
		err_print(stderr, "fuzz", &err);
		(void)fputs(text, stderr);
		FUZZ_CHECK(!"reads back");
	}
	after = profile_settings(&back);
	compare(before, after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;
	CLEANUP(profile_finish) struct profile p = { 0 };
	CLEANUP_FD int fd = fuzz_file(data, len);
	struct fuzz_in in = { data + len, size - len };
	struct err err = ERR_INIT;
	int rc = profile_read(&p, fd_path(fd).text, &err);

	(void)fuzz_byte(&in);
	for (int i = 0; i < SETS_MAX && rc == 0 && in.left; i++) {
		CLEANUP_FREE char *set = fuzz_text(&in, '\0');

		rc = profile_set(&p, set, &err);
	}
	if (rc == 0)
		rc = profile_complete(&p, &err);
	FUZZ_CHECK((rc < 0) == (err.code != 0));
	err_print(fuzz_null(), "fuzz", &err);
	if (rc == 0)
		check_shown(&p);
	return 0;
}
