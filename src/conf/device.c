#include "conf/device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

const struct device_base device_base[] = {
	{ "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
	/* Those of the sandbox's own devpts. */
	{ NULL, 5, 2 }, { NULL, 136, -1 },
	{ .major = 0 },
};

#define ALL UINT_MAX /* minors */

/* What is not here is grave, too: nobody has judged it.
 *
 * By number: a name is whatever somebody called it. Misc devices (major 10)
 * and others have theirs from the kernel's devices.txt and miscdevice.h. */
static const struct kind {
	unsigned int major, first, last; /* minors */
	enum device_grade grade;
	const char *gives;
} kinds[] = {
	{ 1, 1, 2, DEVICE_NEVER, "it is the memory of this host" },
	{ 1, 4, 4, DEVICE_NEVER, "it is the hardware of this host" },
	{ 1, 11, 11, DEVICE_GRAVE, "the kernel's log" },
	{ 4, 0, 63, DEVICE_GRAVE, "the host's consoles" },
	{ 4, 64, 255, DEVICE_LESSER, "what is on a serial line" },
	{ 5, 1, 1, DEVICE_GRAVE, "the host's console" },
	{ 7, 0, ALL, DEVICE_GRAVE, "what is on the host's consoles" },
	{ 9, 0, ALL, DEVICE_NEVER, "it is a tape of this host" },
	{ 10, 130, 130, DEVICE_GRAVE, "the host's restart" },
	{ 10, 144, 144, DEVICE_GRAVE, "the host's firmware settings" },
	{ 10, 183, 183, DEVICE_LESSER, "the host's random numbers" },
	{ 10, 196, 196, DEVICE_GRAVE, "whole devices of the host" },
	{ 10, 200, 200, DEVICE_LESSER, "the kernel's packet tunnels" },
	{ 10, 203, 203, DEVICE_GRAVE, "the making of devices" },
	{ 10, 223, 223, DEVICE_GRAVE, "the host's keyboard and mouse" },
	{ 10, 224, 224, DEVICE_GRAVE, "the host's keys" },
	{ 10, 227, 228, DEVICE_GRAVE, "the host's hardware" },
	{ 10, 229, 229, DEVICE_LESSER, "the kernel's user file systems" },
	{ 10, 231, 231, DEVICE_NEVER, "it is the memory of this host" },
	{ 10, 232, 232, DEVICE_LESSER,
	  "the kernel's virtual machines, and CPU time beside the limits" },
	{ 10, 234, 234, DEVICE_GRAVE, "the host's disks" },
	{ 10, 235, 235, DEVICE_GRAVE, "the host's mounts" },
	{ 10, 236, 237, DEVICE_GRAVE, "the host's disks" },
	{ 10, 238, 238, DEVICE_LESSER, "the kernel's virtual networks" },
	{ 10, 239, 240, DEVICE_GRAVE, "the host's keyboard and mouse" },
	{ 10, 241, 241, DEVICE_LESSER, "the kernel's virtual sockets" },
	{ 10, 242, 242, DEVICE_GRAVE, "the host's radios" },
	{ 13, 0, ALL, DEVICE_GRAVE, "the host's keyboard and mouse" },
	{ 21, 0, ALL, DEVICE_NEVER, "it is a disk of this host" },
	{ 29, 0, ALL, DEVICE_GRAVE, "what is on the host's screen" },
	{ 81, 0, ALL, DEVICE_GRAVE, "the host's camera" },
	{ 108, 0, ALL, DEVICE_LESSER, "the kernel's packet tunnels" },
	{ 116, 0, ALL, DEVICE_GRAVE, "the host's microphone and speakers" },
	{ 162, 0, ALL, DEVICE_NEVER, "it is a disk of this host" },
	{ 188, 0, ALL, DEVICE_LESSER, "what is on a serial line" },
	{ 189, 0, ALL, DEVICE_GRAVE, "a USB device of the host" },
	{ 195, 0, ALL, DEVICE_LESSER, "the graphics card's driver" },
	{ 202, 0, ALL, DEVICE_GRAVE, "the host's processors" },
	{ 203, 0, ALL, DEVICE_LESSER, "what processors this host has" },
	{ 226, 0, 127, DEVICE_GRAVE, "what is on the host's screen" },
	{ 226, 128, ALL, DEVICE_LESSER, "the graphics card's driver" },
};

static void classify(struct device *d)
{
	unsigned int major = major(d->number), minor = minor(d->number);

	d->grade = DEVICE_GRAVE;
	d->gives = "a driver of the host's kernel that nobody has judged";
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];

		if (k->major != major || minor < k->first || minor > k->last)
			continue;
		d->grade = k->grade;
		d->gives = k->gives;
	}
}

static bool is_base(dev_t number)
{
	for (const struct device_base *b = device_base; b->major; b++)
		if ((int)major(number) == b->major &&
		    (b->minor < 0 || (int)minor(number) == b->minor))
			return true;
	return false;
}

static int open_at(int dir, const char *name, int flags)
{
	return openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC | flags);
}

/* One step after the other, so that no link is followed anywhere. */
static int walk(const char *path)
{
	CLEANUP_STRV char **parts =
		strv_split(path + strlen(DEVICE_DIR), '/');
	int fd = open_at(AT_FDCWD, DEVICE_DIR, O_DIRECTORY);

	for (char **p = parts; p && *p && fd >= 0; p++) {
		CLEANUP_FD int above = fd;

		fd = open_at(above, *p, p[1] ? O_DIRECTORY : 0);
	}
	return fd;
}

static int refuse(struct device *out, const char *fault, const char *remedy)
{
	out->fault = fault;
	out->remedy = remedy;
	return -1;
}

static int cannot_open(struct device *out, int error)
{
	/* With O_DIRECTORY a link is ENOTDIR. */
	if (error == ENOTDIR)
		return refuse(out, "a link or a file is on the way",
			      "name the node that it leads to");
	return refuse(out, error == ENOENT ? "it is not there" :
					     strerror(error), NULL);
}

int device_open(const char *path, struct device *out)
{
	CLEANUP_FD int fd = walk(path);
	struct stat st;

	*out = (struct device){ .gives = "" };
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_open(out, errno);
	if (S_ISLNK(st.st_mode))
		return refuse(out, "it is a link",
			      "name the node that it leads to");
	if (S_ISBLK(st.st_mode))
		return refuse(out, "it is a disk of this host",
			      "name a directory of it in rootfs.layers");
	if (!S_ISCHR(st.st_mode))
		return refuse(out, "it is no device", NULL);
	if (is_base(st.st_rdev))
		return refuse(out, "every sandbox has it", "leave it out");
	out->number = st.st_rdev;
	out->mode = st.st_mode & 07777;
	classify(out);
	if (out->grade == DEVICE_NEVER)
		return refuse(out, out->gives, NULL);
	return take_fd(&fd);
}

bool device_is_public(mode_t mode)
{
	return (mode & (S_IROTH | S_IWOTH)) == (S_IROTH | S_IWOTH);
}
