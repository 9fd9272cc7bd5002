#include "box/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sandboxd/layout.h"
#include "sys/mount.h"

#define PTMX "dev/pts/ptmx" /* of the guest's instance, not the host's */
#define TERMINAL_MODE 0620  /* as of any login's: group tty may write */

bool terminal_type_ok(const char *type)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789.+_-";
	size_t len = strspn(type, chars);

	return len && len <= TERMINAL_TYPE_LEN && !type[len];
}

int terminal_reserve(int stdio[3])
{
	for (int i = 0; i < 3; i++) {
		stdio[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (stdio[i] < 0)
			return -errno;
	}
	return 0;
}

/* The host's end. The guest cannot mount over /dev/pts, and what is looked at
 * here is what the kernel has there. */
static int open_master(void)
{
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int master = -1;
	struct statfs fs;
	int locked = 0;

	if (root < 0)
		return -errno;
	master = mount_open(root, PTMX, O_RDWR | O_NOCTTY);
	if (master < 0)
		return master;
	if (fstatfs(master, &fs) < 0)
		return -errno;
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return -ENODEV;
	if (ioctl(master, TIOCSPTLCK, &locked) < 0)
		return -errno;
	return take_fd(&master);
}

/* A descriptor of the guest's end. */
static int open_peer(int master)
{
	int fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Erasing a character erases all its bytes: the guest's locale is UTF-8. */
static int set_modes(int fd)
{
	struct termios modes;

	if (tcgetattr(fd, &modes) < 0)
		return -errno;
	modes.c_iflag |= IUTF8;
	return tcsetattr(fd, TCSANOW, &modes) < 0 ? -errno : 0;
}

static int send_end(int sock, int end)
{
	char nothing = 0;

	return fd_send(sock, &nothing, sizeof(nothing), end);
}

int terminal_make(const int stdio[3], uid_t owner, int sock)
{
	CLEANUP_FD int master = open_master();
	CLEANUP_FD int peer = master < 0 ? master : open_peer(master);
	int rc;

	if (peer < 0)
		return peer;
	if (fchown(peer, owner, GID_TTY) < 0 ||
	    fchmod(peer, TERMINAL_MODE) < 0)
		return -errno;
	rc = set_modes(peer);
	for (int i = 0; rc == 0 && i < 3; i++)
		if (dup3(peer, stdio[i], O_CLOEXEC) < 0)
			rc = -errno;
	if (rc == 0)
		rc = send_end(sock, master);
	return rc < 0 ? rc : send_end(sock, peer);
}

static int receive_end(int sock)
{
	int end = -1;
	char nothing = 0;
	ssize_t n = fd_receive(sock, &nothing, sizeof(nothing), &end);

	if (n < 0)
		return (int)n;
	return end < 0 ? -EPIPE : end;
}

int terminal_receive(int sock, int *peer)
{
	CLEANUP_FD int master = receive_end(sock);
	int rc = master;

	if (rc >= 0)
		rc = *peer = receive_end(sock);
	if (rc >= 0)
		rc = fd_set_nonblock(master, 1);
	return rc < 0 ? rc : take_fd(&master);
}
