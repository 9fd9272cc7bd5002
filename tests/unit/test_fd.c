/* Descriptors: whole transfers, atomic replacement, removal of trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/str.h"

static int top = -1;
static char dir[] = "/tmp/test_fd.XXXXXX";

static int set_up(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return top < 0 ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	return remove(path);
}

/* Each test leaves nothing; what one that failed has left goes all the same. */
static int tear_down(void **state)
{
	int rc = rmdir(dir);

	close(top);
	if (rc < 0)
		(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}

static void make_file(int at, const char *name, const void *data, size_t len)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(close(fd), 0);
}

static void check_file(const char *name, const char *want)
{
	char buf[256];

	assert_int_equal(fd_read_file_at(top, name, buf, sizeof(buf)), 0);
	assert_string_equal(buf, want);
}

static void check_gone(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(top, name, &st, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(errno, ENOENT);
}

/* A child's status; it reports by exit so that no assertion runs in it. */
static int status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* --- reading and writing -------------------------------------------------- */

static void more_than_a_pipe_holds_is_written_whole(void **state)
{
	static char data[1 << 20], back[1 << 20];
	int p[2];
	pid_t pid;

	memset(data, 'x', sizeof(data));
	data[sizeof(data) - 1] = 'y';
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		_exit(fd_write_all(p[1], data, sizeof(data)) == 0 ? 0 : 1);
	close(p[1]);
	assert_int_equal(fd_read_all(p[0], back, sizeof(back)), sizeof(back));
	assert_memory_equal(data, back, sizeof(data));
	assert_int_equal(status_of(pid), 0);
	close(p[0]);
}

static void reading_ends_at_the_end_or_when_full(void **state)
{
	char buf[8];
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(fd_write_all(p[1], "0123456789", 10), 0);
	assert_int_equal(fd_read_all(p[0], buf, sizeof(buf)), 8);
	close(p[1]);
	assert_int_equal(fd_read_all(p[0], buf, sizeof(buf)), 2);
	assert_int_equal(fd_read_all(p[0], buf, sizeof(buf)), 0);
	close(p[0]);
}

static void a_bad_descriptor_is_its_errno(void **state)
{
	char c;

	assert_int_equal(fd_write_all(-1, "x", 1), -EBADF);
	assert_int_equal(fd_read_all(-1, &c, 1), -EBADF);
	assert_int_equal(fd_set_cloexec(-1, 1), -EBADF);
	assert_int_equal(fd_set_nonblock(-1, 1), -EBADF);
}

static void a_small_file_comes_without_its_last_newline(void **state)
{
	char buf[8];

	make_file(top, "f", "a\n\n", 3);
	assert_int_equal(fd_read_file_at(top, "f", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "a\n");
	assert_int_equal(unlinkat(top, "f", 0), 0);
	make_file(top, "f", "", 0);
	assert_int_equal(fd_read_file_at(top, "f", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(unlinkat(top, "f", 0), 0);
}

static void a_file_that_does_not_fit_is_refused(void **state)
{
	char buf[8];

	make_file(top, "f", "1234567", 7);
	assert_int_equal(fd_read_file_at(top, "f", buf, 8), 0);
	assert_int_equal(fd_read_file_at(top, "f", buf, 7), -EFBIG);
	assert_int_equal(unlinkat(top, "f", 0), 0);
	assert_int_equal(fd_read_file_at(top, "f", buf, 8), -ENOENT);
}

static void a_link_is_not_followed(void **state)
{
	char buf[8];

	make_file(top, "f", "x", 1);
	assert_int_equal(symlinkat("f", top, "l"), 0);
	assert_int_equal(fd_read_file_at(top, "l", buf, sizeof(buf)), -ELOOP);
	assert_int_equal(fd_write_file_at(top, "l", "y"), -ELOOP);
	check_file("f", "x");
	assert_int_equal(unlinkat(top, "f", 0), 0);
	assert_int_equal(unlinkat(top, "l", 0), 0);
}

static void writing_makes_no_file(void **state)
{
	assert_int_equal(fd_write_file_at(top, "f", "x"), -ENOENT);
	make_file(top, "f", "", 0);
	assert_int_equal(fd_write_file_at(top, "f", "x"), 0);
	check_file("f", "x");
	assert_int_equal(unlinkat(top, "f", 0), 0);
}

/* --- replacing ------------------------------------------------------------ */

static int count_entries(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* "." and ".." */
}

static void a_file_is_replaced_with_its_mode(void **state)
{
	mode_t old = umask(077);
	struct stat st;

	assert_int_equal(fd_replace_at(top, "f", "one", 3, 0644), 0);
	check_file("f", "one");
	assert_int_equal(fstatat(top, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(fd_replace_at(top, "f", "2", 1, 0600), 0);
	check_file("f", "2");
	assert_int_equal(fstatat(top, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	umask(old);
	assert_int_equal(count_entries(), 1);
	assert_int_equal(unlinkat(top, "f", 0), 0);
}

static void who_has_the_old_file_open_keeps_it(void **state)
{
	char c;
	int fd;

	assert_int_equal(fd_replace_at(top, "f", "1", 1, 0600), 0);
	fd = openat(top, "f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fd_replace_at(top, "f", "2", 1, 0600), 0);
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(c, '1');
	close(fd);
	assert_int_equal(unlinkat(top, "f", 0), 0);
}

static void a_link_in_its_place_is_replaced_not_followed(void **state)
{
	make_file(top, "target", "x", 1);
	assert_int_equal(symlinkat("target", top, "f"), 0);
	assert_int_equal(fd_replace_at(top, "f", "y", 1, 0600), 0);
	check_file("target", "x");
	check_file("f", "y");
	assert_int_equal(unlinkat(top, "f", 0), 0);
	assert_int_equal(unlinkat(top, "target", 0), 0);
}

static void a_failed_replacement_leaves_the_old_and_no_rest(void **state)
{
	assert_int_equal(mkdirat(top, "f", 0700), 0);
	assert_int_equal(fd_replace_at(top, "f", "y", 1, 0600), -EISDIR);
	assert_int_equal(count_entries(), 1);
	assert_int_equal(unlinkat(top, "f", AT_REMOVEDIR), 0);
}

static void what_a_dead_writer_left_is_no_obstacle(void **state)
{
	CLEANUP_FREE char *left = str_printf(".f.%d", getpid());

	make_file(top, left, "half", 4);
	assert_int_equal(fd_replace_at(top, "f", "y", 1, 0600), 0);
	check_file("f", "y");
	check_gone(left);
	assert_int_equal(unlinkat(top, "f", 0), 0);
}

static void a_name_too_long_for_its_rest_is_refused(void **state)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	assert_int_equal(fd_replace_at(top, name, "y", 1, 0600),
			 -ENAMETOOLONG);
}

/* --- removing ------------------------------------------------------------- */

static void an_absent_tree_is_success(void **state)
{
	assert_int_equal(fd_remove_tree_at(top, "none"), 0);
}

static void a_file_or_link_is_removed_alone(void **state)
{
	make_file(top, "f", "x", 1);
	assert_int_equal(symlinkat("f", top, "l"), 0);
	assert_int_equal(fd_remove_tree_at(top, "l"), 0);
	check_gone("l");
	check_file("f", "x");
	assert_int_equal(fd_remove_tree_at(top, "f"), 0);
	check_gone("f");
}

static void a_tree_goes_with_links_but_not_their_targets(void **state)
{
	assert_int_equal(mkdirat(top, "keep", 0700), 0);
	make_file(top, "keep/f", "x", 1);
	assert_int_equal(mkdirat(top, "t", 0700), 0);
	assert_int_equal(mkdirat(top, "t/a", 0), 0);
	assert_int_equal(mkdirat(top, "t/.b", 0700), 0);
	assert_int_equal(symlinkat("../../keep", top, "t/.b/l"), 0);
	assert_int_equal(mknodat(top, "t/.b/fifo", S_IFIFO | 0600, 0), 0);
	for (int i = 0; i < 500; i++) {
		CLEANUP_FREE char *name = str_printf("t/.b/%d", i);

		make_file(top, name, "", 0);
	}
	assert_int_equal(fd_remove_tree_at(top, "t"), 0);
	check_gone("t");
	check_file("keep/f", "x");
	assert_int_equal(fd_remove_tree_at(top, "keep"), 0);
	check_gone("keep");
}

/* `levels` directories, one in the other, with a file in each. */
static void make_deep(int levels)
{
	int fd = dup(top);

	for (int i = 0; i < levels; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		make_file(fd, i ? "f" : "top-f", "", 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(fd);
		fd = next;
	}
	close(fd);
	assert_int_equal(unlinkat(top, "top-f", 0), 0);
}

static void a_tree_deeper_than_descriptors_last_is_removed(void **state)
{
	struct rlimit old, few;

	make_deep(3000);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 200;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(fd_remove_tree_at(top, "d"), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	check_gone("d");
}

/* In a mount namespace of its own: binds one directory of the test into
 * another and removes that. 0: refused; 77: no privilege to mount. */
static int remove_around_a_bind(const char *tree)
{
	CLEANUP_FREE char *from = str_printf("%s/keep", dir);
	CLEANUP_FREE char *to = str_printf("%s/t/m", dir);
	int here; /* `top` leads to the mount as it is outside */

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(from, to, NULL, MS_BIND, NULL) < 0)
		return 77;
	here = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return 2;
	switch (fd_remove_tree_at(here, tree)) {
	case -EXDEV:
	case -EBUSY:
		return 0;
	default:
		return 1;
	}
}

static void a_bind_mount_of_the_same_disk_is_not_entered(void **state)
{
	static const char *const trees[] = { "t", "t/m" };
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(trees) && rc != 77; i++) {
		pid_t pid;

		assert_int_equal(mkdirat(top, "keep", 0700), 0);
		make_file(top, "keep/f", "x", 1);
		assert_int_equal(mkdirat(top, "t", 0700), 0);
		assert_int_equal(mkdirat(top, "t/m", 0700), 0);
		pid = fork();
		if (pid == 0)
			_exit(remove_around_a_bind(trees[i]));
		rc = status_of(pid);
		assert_true(rc == 0 || rc == 77);
		check_file("keep/f", "x");
		assert_int_equal(fd_remove_tree_at(top, "keep"), 0);
		assert_int_equal(fd_remove_tree_at(top, "t"), 0);
	}
	if (rc == 77)
		skip();
}

static void a_tree_is_removed_twice_through_one_descriptor(void **state)
{
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mkdirat(top, "t", 0700), 0);
		make_file(top, "t/f", "", 0);
		assert_int_equal(fd_remove_tree_at(top, "t"), 0);
		check_gone("t");
	}
}

/* --- flags and the rest --------------------------------------------------- */

static void a_sealed_copy_reads_back_and_never_changes(void **state)
{
	char buf[8] = "";
	int fd = fd_sealed_copy("test", "abc", 3);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, buf, sizeof(buf)), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 9), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void a_flag_is_set_and_cleared_alone(void **state)
{
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(fd_set_cloexec(p[0], 0), 0);
	assert_int_equal(fcntl(p[0], F_GETFD), 0);
	assert_int_equal(fd_set_cloexec(p[0], 1), 0);
	assert_int_equal(fcntl(p[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fd_set_nonblock(p[0], 1), 0);
	assert_int_equal(fcntl(p[0], F_GETFL), O_RDONLY | O_NONBLOCK);
	assert_int_equal(fd_set_nonblock(p[0], 0), 0);
	assert_int_equal(fcntl(p[0], F_GETFL), O_RDONLY);
	close(p[0]);
	close(p[1]);
}

/* 0 when, with 0 and 2 closed, both are open afterwards and 1 is the same. */
static int fill_from_gaps(int out)
{
	struct stat before, after, null;

	if (dup2(out, 1) != 1 || fstat(1, &before) < 0)
		return 1;
	close(0);
	close(2);
	if (fd_fill_stdio() != 0 || fstat(1, &after) < 0)
		return 2;
	if (before.st_ino != after.st_ino || before.st_dev != after.st_dev)
		return 3;
	for (int fd = 0; fd <= 2; fd += 2)
		if (fstat(fd, &null) < 0 || !S_ISCHR(null.st_mode))
			return 4;
	return 0;
}

static void closed_standard_descriptors_are_filled(void **state)
{
	int p[2];
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		_exit(fill_from_gaps(p[1]));
	assert_int_equal(status_of(pid), 0);
	close(p[0]);
	close(p[1]);
}

static void filling_full_descriptors_leaks_none(void **state)
{
	int before = dup(top), after;

	close(before);
	assert_int_equal(fd_fill_stdio(), 0);
	after = dup(top);
	close(after);
	assert_int_equal(before, after);
}

static void a_path_leads_to_the_descriptor(void **state)
{
	struct stat a, b;

	assert_int_equal(stat(fd_path(top).text, &a), 0);
	assert_int_equal(fstat(top, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_a_pipe_holds_is_written_whole),
		cmocka_unit_test(reading_ends_at_the_end_or_when_full),
		cmocka_unit_test(a_bad_descriptor_is_its_errno),
		cmocka_unit_test(a_small_file_comes_without_its_last_newline),
		cmocka_unit_test(a_file_that_does_not_fit_is_refused),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(writing_makes_no_file),
		cmocka_unit_test(a_file_is_replaced_with_its_mode),
		cmocka_unit_test(who_has_the_old_file_open_keeps_it),
		cmocka_unit_test(a_link_in_its_place_is_replaced_not_followed),
		cmocka_unit_test(
			a_failed_replacement_leaves_the_old_and_no_rest),
		cmocka_unit_test(what_a_dead_writer_left_is_no_obstacle),
		cmocka_unit_test(a_name_too_long_for_its_rest_is_refused),
		cmocka_unit_test(an_absent_tree_is_success),
		cmocka_unit_test(a_file_or_link_is_removed_alone),
		cmocka_unit_test(a_tree_goes_with_links_but_not_their_targets),
		cmocka_unit_test(
			a_tree_deeper_than_descriptors_last_is_removed),
		cmocka_unit_test(a_bind_mount_of_the_same_disk_is_not_entered),
		cmocka_unit_test(
			a_tree_is_removed_twice_through_one_descriptor),
		cmocka_unit_test(a_sealed_copy_reads_back_and_never_changes),
		cmocka_unit_test(a_flag_is_set_and_cleared_alone),
		cmocka_unit_test(closed_standard_descriptors_are_filled),
		cmocka_unit_test(filling_full_descriptors_leaks_none),
		cmocka_unit_test(a_path_leads_to_the_descriptor),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
