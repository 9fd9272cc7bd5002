/* What is hidden and locked: the paths that a pattern stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/masks.h"

static int collect(void *ctx, const char *path)
{
	strv_add(ctx, path);
	return 0;
}

static int refuse(void *ctx, const char *path UNUSED)
{
	++*(int *)ctx;
	return -EXDEV;
}

static bool has(char *const *v, const char *word)
{
	for (; v && *v; v++)
		if (str_eq(*v, word))
			return true;
	return false;
}

static const struct mask pattern = { MASK_HIDE, "a/cpu*/heat" };

/* A directory with some of a machine's processors in it. */
static int make_top(void **state)
{
	static const char *const dirs[] = {
		"a", "a/cpu0", "a/cpu0/heat", "a/cpu17", "a/cpufreq", "a/cpu",
		"a/cpu1x",
	};
	static char top[32];

	(void)snprintf(top, sizeof(top), "/tmp/test_masks.XXXXXX");
	assert_non_null(mkdtemp(top));
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		CLEANUP_FREE char *path = str_printf("%s/%s", top, dirs[i]);

		assert_int_equal(mkdir(path, 0755), 0);
	}
	*state = top;
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_FD int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd_remove_tree_at(tmp, strrchr(*state, '/') + 1);
}

static void a_pattern_is_every_number_there_is(void **state)
{
	CLEANUP_FD int top = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_STRV char **found = NULL;

	assert_int_equal(masks_expand(top, &pattern, collect, &found), 0);
	assert_int_equal(strv_len(found), 2);
	assert_true(has(found, "a/cpu0/heat"));
	assert_true(has(found, "a/cpu17/heat"));
}

static void a_plain_path_is_itself(void **state)
{
	static const struct mask plain = { MASK_LOCK, "not/there" };
	CLEANUP_FD int top = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_STRV char **found = NULL;

	assert_int_equal(masks_expand(top, &plain, collect, &found), 0);
	assert_int_equal(strv_len(found), 1);
	assert_true(has(found, "not/there"));
}

static void a_failure_ends_it(void **state)
{
	CLEANUP_FD int top = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int times = 0;

	assert_int_equal(masks_expand(top, &pattern, refuse, &times), -EXDEV);
	assert_int_equal(times, 1);
}

static void where_nothing_is_a_pattern_is_nothing(void **state)
{
	static const struct mask other = { MASK_HIDE, "b/cpu*/heat" };
	CLEANUP_FD int top = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_STRV char **found = NULL;

	assert_int_equal(masks_expand(top, &other, collect, &found), 0);
	assert_null(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_is_every_number_there_is),
		cmocka_unit_test(a_plain_path_is_itself),
		cmocka_unit_test(a_failure_ends_it),
		cmocka_unit_test(where_nothing_is_a_pattern_is_nothing),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
