#include "sys/blockdev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

#define BLOCK_DEVICES "/sys/dev/block"

static bool parse_numbers(const char *text, dev_t *dev)
{
	unsigned int maj, min;
	char end;

	if (sscanf(text, "%u:%u%c", &maj, &min, &end) != 2)
		return false;
	*dev = makedev(maj, min);
	return true;
}

int blockdev_disk_at(int sysdev, dev_t dev, dev_t *disk)
{
	char name[64], text[32];
	int rc;

	(void)snprintf(name, sizeof(name), "%u:%u/partition", major(dev),
		       minor(dev));
	/* Each entry is a link into the device tree, where a partition lies
	 * right beneath its disk. */
	rc = faccessat(sysdev, name, F_OK, 0) == 0;
	(void)snprintf(name, sizeof(name), "%u:%u/%sdev", major(dev),
		       minor(dev), rc ? "../" : "");
	rc = fd_read_file_at(sysdev, name, text, sizeof(text));
	if (rc == -ENOENT)
		return -ENODEV;
	if (rc < 0)
		return rc;
	return parse_numbers(text, disk) ? 0 : -ENODEV;
}

static int number_of(const char *path, dev_t *dev)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	*dev = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
	/* Major 0 is of file systems that are on no disk of their own. */
	if (S_ISCHR(st.st_mode) || major(*dev) == 0)
		return -ENOTBLK;
	return 0;
}

int blockdev_find(const char *name, dev_t *disk)
{
	CLEANUP_FD int sysdev = -1;
	dev_t dev = 0;
	int rc;

	if (name[0] == '/') {
		rc = number_of(name, &dev);
		if (rc < 0)
			return rc;
	} else if (!parse_numbers(name, &dev)) {
		return -ENODEV;
	}
	sysdev = open(BLOCK_DEVICES, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return sysdev < 0 ? -errno : blockdev_disk_at(sysdev, dev, disk);
}
