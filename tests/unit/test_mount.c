/* Paths in a tree that somebody else filled: none leads out of it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/mount.h"

/* The place holds "tree", and beside it "secret", which is what must not be
 * reached. */
static char place[] = P_tmpdir "/test_mount.XXXXXX";
static int outside = -1, tree = -1;

static void put(int dir, const char *name, const char *text)
{
	CLEANUP_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC,
				   0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static int set_up(void **state)
{
	if (!mkdtemp(place))
		return -1;
	outside = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(outside, "secret", "secret");
	if (mkdirat(outside, "tree", 0755) < 0 ||
	    mkdirat(outside, "tree/dir", 0755) < 0)
		return -1;
	tree = openat(outside, "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(tree, "file", "own");
	return symlinkat("/file", tree, "absolute") < 0 ||
	       symlinkat("../../../secret", tree, "dir/climbs") < 0 ||
	       symlinkat("dir", tree, "to-dir") < 0 ||
	       symlinkat("/proc/self/root", tree, "magic") < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	int rc = fd_remove_tree_at(outside, "tree");

	(void)unlinkat(outside, "secret", 0);
	close(tree);
	close(outside);
	return rc < 0 ? rc : rmdir(place);
}

static void a_path_without_links_is_opened(void **state)
{
	static const char *const paths[] = { "/file", "file", "/../../file",
					     "dir/../file" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		CLEANUP_FD int fd = mount_open(tree, paths[i], O_RDONLY);
		char text[8];

		assert_true(fd >= 0);
		assert_int_equal(fd_read_all(fd, text, sizeof(text)), 3);
	}
}

static void no_link_is_followed_where_we_make_things(void **state)
{
	static const char *const paths[] = { "absolute", "dir/climbs",
					     "to-dir", "to-dir/climbs",
					     "magic", "magic/etc" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(mount_open(tree, paths[i], O_PATH), -ELOOP);
	assert_int_equal(mount_mkdir(tree, "to-dir/new", 0755, 0, 0), -ELOOP);
	assert_int_equal(faccessat(tree, "dir/new", F_OK, 0), -1);
}

static void a_link_of_the_tree_stays_in_it(void **state)
{
	CLEANUP_FD int fd = mount_resolve(tree, "absolute", O_RDONLY);
	char text[8];

	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, text, sizeof(text)), 3);
	assert_int_equal(mount_resolve(tree, "dir/climbs", O_RDONLY), -ENOENT);
	assert_int_equal(mount_resolve(tree, "/../secret", O_RDONLY), -ENOENT);
	assert_int_equal(mount_resolve(tree, "magic", O_PATH), -ENOENT);
}

/* Where there is a /proc in the tree, its links lead anywhere. */
static void a_link_of_the_kernel_is_never_followed(void **state)
{
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(mount_resolve(root, "proc/self/root", O_PATH),
			 -ELOOP);
	assert_int_equal(mount_resolve(root, "proc/self/cwd/file", O_PATH),
			 -ELOOP);
}

static void a_directory_is_made_with_all_above_it(void **state)
{
	CLEANUP_FD int fd = mount_mkdir(tree, "/a/b/c", 0700, 0, 0);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fstatat(tree, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_without_links_is_opened),
		cmocka_unit_test(no_link_is_followed_where_we_make_things),
		cmocka_unit_test(a_link_of_the_tree_stays_in_it),
		cmocka_unit_test(a_link_of_the_kernel_is_never_followed),
		cmocka_unit_test(a_directory_is_made_with_all_above_it),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
