/*
 * trap - a library that tells who loaded it: a line in /tmp/trap, wherever that
 * is for the process.
 *
 *	uid UID caps MASK of PROGRAM
 *
 * Its name in an image is that of one which programs load by themselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOG "/tmp/trap"

/* Only who makes it may ask for it to be made, in a sticky directory
 * (proc_sys_fs(5), protected_regular). */
static int open_log(void)
{
	int fd = open(LOG, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	fd = open(LOG, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0)
		(void)fchmod(fd, 0666);
	return fd;
}

__attribute__((constructor)) static void spring(void)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0
	};
	struct __user_cap_data_struct caps[2] = { 0 };
	int log = open_log();

	(void)syscall(SYS_capget, &head, caps);
	dprintf(log, "uid %d caps %08x%08x of %s\n", (int)geteuid(),
		caps[1].effective, caps[0].effective, program_invocation_name);
	close(log);
}
