/* What stands in the way of user namespaces, in made-up /proc trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "sys/userns.h"

struct fake {
	char path[64];
	int proc;
};

static int setup(void **state)
{
	static const char *const dirs[] = {
		"sys", "sys/kernel", "self", "self/attr", "self/attr/apparmor",
	};
	struct fake *f = mem_zalloc(sizeof(*f));

	(void)snprintf(f->path, sizeof(f->path), "%s/test_userns.XXXXXX",
		       P_tmpdir);
	if (!mkdtemp(f->path))
		return -1;
	f->proc = open(f->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (mkdirat(f->proc, dirs[i], 0700) < 0)
			return -1;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	CLEANUP_FD int tmp = open(P_tmpdir, O_PATH | O_CLOEXEC);
	struct fake *f = *state;
	int rc;

	close(f->proc);
	rc = fd_remove_tree_at(tmp, strrchr(f->path, '/') + 1);
	free(f);
	return rc;
}

static void put(const struct fake *f, const char *file, const char *text)
{
	CLEANUP_FD int fd = openat(f->proc, file,
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				   0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

#define SYSCTL "sys/kernel/apparmor_restrict_unprivileged_userns"
#define LABEL "self/attr/apparmor/current"
#define OLD_LABEL "self/attr/current"

static void a_kernel_without_the_rule_restricts_nothing(void **state)
{
	const struct fake *f = *state;

	put(f, LABEL, "unconfined\n");
	assert_false(userns_is_restricted_at(f->proc));
	put(f, SYSCTL, "0\n");
	assert_false(userns_is_restricted_at(f->proc));
}

static void who_has_no_profile_is_restricted(void **state)
{
	const struct fake *f = *state;

	put(f, SYSCTL, "1\n");
	put(f, LABEL, "unconfined\n");
	assert_true(userns_is_restricted_at(f->proc));
}

static void a_profile_of_ones_own_lifts_it(void **state)
{
	const struct fake *f = *state;

	put(f, SYSCTL, "1\n");
	put(f, LABEL, "sandboxd (unconfined)\n");
	assert_false(userns_is_restricted_at(f->proc));
	put(f, LABEL, "sandboxd (enforce)\n");
	assert_false(userns_is_restricted_at(f->proc));
}

static void the_older_name_of_the_label_will_do(void **state)
{
	const struct fake *f = *state;

	put(f, SYSCTL, "1\n");
	assert_true(userns_is_restricted_at(f->proc));
	put(f, OLD_LABEL, "sandboxd (unconfined)\n");
	assert_false(userns_is_restricted_at(f->proc));
	put(f, LABEL, "unconfined\n");
	assert_true(userns_is_restricted_at(f->proc));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_without_the_rule_restricts_nothing),
		TEST(who_has_no_profile_is_restricted),
		TEST(a_profile_of_ones_own_lifts_it),
		TEST(the_older_name_of_the_label_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
