/* From a name to a disk: on a made-up /sys/dev/block, and this machine's. */
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
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/blockdev.h"

static char place[] = P_tmpdir "/test_blockdev.XXXXXX";
static int top = -1;

static void put(const char *path, const char *text)
{
	CLEANUP_FD int fd = openat(top, path, O_WRONLY | O_CREAT | O_CLOEXEC,
				   0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

/* sda (8:0) with one partition, 8:1; 253:0 is a disk of another kind. */
static int setup(void **state)
{
	static const char *const dirs[] = { "sda", "sda/sda1", "dm-0",
					    "block" };

	if (!mkdtemp(place))
		return -1;
	top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (mkdirat(top, dirs[i], 0755) < 0)
			return -1;
	put("sda/dev", "8:0\n");
	put("sda/sda1/dev", "8:1\n");
	put("sda/sda1/partition", "1\n");
	put("dm-0/dev", "253:0\n");
	return symlinkat("../sda", top, "block/8:0") < 0 ||
	       symlinkat("../sda/sda1", top, "block/8:1") < 0 ||
	       symlinkat("../dm-0", top, "block/253:0") < 0;
}

static int teardown(void **state)
{
	CLEANUP_FD int tmp = open(P_tmpdir, O_PATH | O_CLOEXEC);

	close(top);
	return fd_remove_tree_at(tmp, strrchr(place, '/') + 1);
}

static void a_partition_is_a_part_of_its_disk(void **state)
{
	CLEANUP_FD int block = openat(top, "block", O_PATH | O_CLOEXEC);
	dev_t disk;

	assert_int_equal(blockdev_disk_at(block, makedev(8, 1), &disk), 0);
	assert_true(disk == makedev(8, 0));
	assert_int_equal(blockdev_disk_at(block, makedev(8, 0), &disk), 0);
	assert_true(disk == makedev(8, 0));
	assert_int_equal(blockdev_disk_at(block, makedev(253, 0), &disk), 0);
	assert_true(disk == makedev(253, 0));
	assert_int_equal(blockdev_disk_at(block, makedev(8, 2), &disk),
			 -ENODEV);
}

static void what_is_on_no_disk_is_told_apart(void **state)
{
	dev_t disk;

	assert_int_equal(blockdev_find("/dev/null", &disk), -ENOTBLK);
	assert_int_equal(blockdev_find("/proc/self", &disk), -ENOTBLK);
	assert_int_equal(blockdev_find("/no/such/path", &disk), -ENOENT);
	assert_int_equal(blockdev_find("511:1048575", &disk), -ENODEV);
	assert_int_equal(blockdev_find("nonsense", &disk), -ENODEV);
}

/* Where the place is on a disk, every name of that disk means it. */
static void a_path_stands_for_the_disk_that_holds_it(void **state)
{
	char numbers[32];
	dev_t disk, same;
	struct stat st;

	assert_int_equal(fstat(top, &st), 0);
	if (major(st.st_dev) == 0)
		skip();
	assert_int_equal(blockdev_find(place, &disk), 0);
	(void)snprintf(numbers, sizeof(numbers), "%u:%u", major(st.st_dev),
		       minor(st.st_dev));
	assert_int_equal(blockdev_find(numbers, &same), 0);
	assert_true(same == disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partition_is_a_part_of_its_disk),
		cmocka_unit_test(what_is_on_no_disk_is_told_apart),
		cmocka_unit_test(a_path_stands_for_the_disk_that_holds_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
