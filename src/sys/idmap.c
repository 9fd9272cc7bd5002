#include "sys/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

#include "base/macros.h"

int idmap_copy(int dirfd, int userns, uint64_t attr)
{
	CLEANUP_FD int fd = open_tree(dirfd, "", OPEN_TREE_CLONE |
				      OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	struct mount_attr set = { .attr_set = attr };

	if (userns >= 0) {
		set.attr_set |= MOUNT_ATTR_IDMAP;
		set.userns_fd = (uint64_t)(unsigned int)userns;
	}
	if (fd < 0 ||
	    mount_setattr(fd, "", AT_EMPTY_PATH, &set, sizeof(set)) < 0)
		return -errno;
	return take_fd(&fd);
}
