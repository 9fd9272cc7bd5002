#include "box/writable.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "sys/mount.h"

static int fail(struct err *err, const char *what, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, "the writable layer", rc);
}

static int make_tmpfs(const struct profile *p)
{
	char size[32], inodes[32];

	(void)snprintf(size, sizeof(size), "%llu",
		       (unsigned long long)p->rootfs.size);
	(void)snprintf(inodes, sizeof(inodes), "%llu",
		       (unsigned long long)p->rootfs.inodes);
	return mount_tmpfs(size, inodes, 0755, 0, MOUNT_SAFE);
}

int writable_make(struct box *box, struct err *err)
{
	CLEANUP_FD int work = -1;
	uint32_t base = box->rec.id_base;

	box->writable = make_tmpfs(box->profile);
	if (box->writable < 0)
		return fail(err, "mount", box->writable);
	box->upper = mount_mkdir(box->writable, WRITABLE_UPPER, 0755, base,
				 base);
	work = mount_mkdir(box->writable, WRITABLE_WORK, 0700, 0, 0);
	if (box->upper < 0 || work < 0)
		return fail(err, "make", work < 0 ? work : box->upper);
	box->rec.rootfs.writable =
		str_printf("/proc/%d/fd/%d", getpid(), box->upper);
	return 0;
}

int writable_remove(int statefd UNUSED, struct record *rec,
		    struct err *err UNUSED)
{
	free(rec->rootfs.writable);
	rec->rootfs.writable = NULL;
	return 0;
}
