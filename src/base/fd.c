#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read_all(int fd, void *data, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, (char *)data + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int fd_read_file_at(int dirfd, const char *name, char *buf, size_t size)
{
	CLEANUP_FD int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC |
				   O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fd_read_all(fd, buf, size);
	if (n < 0)
		return (int)n;
	if ((size_t)n == size)
		return -EFBIG;
	if (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return 0;
}

int fd_write_file_at(int dirfd, const char *name, const char *text)
{
	CLEANUP_FD int fd = openat(dirfd, name, O_WRONLY | O_CLOEXEC |
				   O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	/* A second write would be a second command to a control file. */
	if (write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

static int write_new(int dirfd, const char *name, const void *data,
			size_t len, mode_t mode)
{
	CLEANUP_FD int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL |
				   O_CLOEXEC | O_NOFOLLOW, mode);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fd_write_all(fd, data, len);
	if (rc == 0 && fchmod(fd, mode) < 0)
		rc = -errno;
	return rc;
}

int fd_replace_at(int dirfd, const char *name, const void *data, size_t len,
		  mode_t mode)
{
	char temp[NAME_MAX + 1];
	int rc, n;

	n = snprintf(temp, sizeof(temp), ".%s.%d", name, getpid());
	if (n < 0 || (size_t)n >= sizeof(temp))
		return -ENAMETOOLONG;
	/* Left by a process of our pid that died half way. */
	if (unlinkat(dirfd, temp, 0) < 0 && errno != ENOENT)
		return -errno;
	rc = write_new(dirfd, temp, data, len, mode);
	if (rc == 0 && renameat(dirfd, temp, dirfd, name) < 0)
		rc = -errno;
	if (rc < 0)
		(void)unlinkat(dirfd, temp, 0);
	return rc;
}

/* Each level of directories below which the tree is removed holds two
 * descriptors; what lies deeper is moved up first, so that no tree is too
 * deep for RLIMIT_NOFILE or the stack. */
#define REMOVE_DEPTH 64

struct removal {
	int top; /* the directory that goes last */
	unsigned int serial;
	bool moved; /* something new is in `top` */
};

static int remove_entries(struct removal *r, int dirfd, int depth);

/* RESOLVE_NO_XDEV also stops at a bind mount of the same file system, which
 * st_dev does not show. */
static int open_tree_dir(int dirfd, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
			   RESOLVE_BENEATH,
	};
	long fd = syscall(SYS_openat2, dirfd, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int move_to_top(struct removal *r, int dirfd, const char *name)
{
	char to[32];

	do {
		(void)snprintf(to, sizeof(to), ".deep.%u", r->serial++);
		if (renameat2(dirfd, name, r->top, to, RENAME_NOREPLACE) == 0) {
			r->moved = true;
			return 0;
		}
	} while (errno == EEXIST);
	return -errno;
}

static int remove_dir(struct removal *r, int dirfd, const char *name,
		      int depth)
{
	CLEANUP_FD int fd = -1;
	int rc;

	if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -errno;
	if (depth == REMOVE_DEPTH)
		return move_to_top(r, dirfd, name);
	fd = open_tree_dir(dirfd, name);
	if (fd < 0)
		return fd;
	rc = remove_entries(r, fd, depth + 1);
	if (rc < 0)
		return rc;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static int remove_entry(struct removal *r, int dirfd, const char *name,
			int depth)
{
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR ? remove_dir(r, dirfd, name, depth) : -errno;
}

static int remove_entries(struct removal *r, int dirfd, int depth)
{
	int rc = 0, copy = fcntl(dirfd, F_DUPFD_CLOEXEC, 3);
	struct dirent *e;
	DIR *dir;

	if (copy < 0)
		return -errno;
	dir = fdopendir(copy);
	if (!dir) {
		rc = -errno;
		close(copy);
		return rc;
	}
	rewinddir(dir); /* the copy shares its place with dirfd */
	while (rc == 0 && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = remove_entry(r, dirfd, e->d_name, depth);
	closedir(dir);
	return rc;
}

int fd_remove_tree_at(int dirfd, const char *name)
{
	CLEANUP_FD int fd = -1;
	struct removal r = { 0 };
	int rc;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -errno;
	fd = open_tree_dir(dirfd, name);
	if (fd < 0)
		return fd;
	r.top = fd;
	do {
		r.moved = false;
		rc = remove_entries(&r, fd, 0);
		if (rc < 0)
			return rc;
	} while (r.moved);
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int fd_sealed_copy(const char *name, const void *data, size_t len)
{
	CLEANUP_FD int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fd_write_all(fd, data, len);
	if (rc < 0)
		return rc;
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE |
		  F_SEAL_SEAL) < 0)
		return -errno;
	return take_fd(&fd);
}

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int change_flag(int fd, int get, int set, int flag, int on)
{
	int flags = fcntl(fd, get);

	if (flags < 0)
		return -errno;
	flags = on ? flags | flag : flags & ~flag;
	return fcntl(fd, set, flags) < 0 ? -errno : 0;
}

int fd_set_cloexec(int fd, int on)
{
	return change_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on);
}

int fd_set_nonblock(int fd, int on)
{
	return change_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on);
}

int fd_fill_stdio(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDWR);

		if (fd < 0)
			return -errno;
		if (fd > 2)
			return close(fd) < 0 ? -errno : 0;
	}
}

int fd_reserve(int last)
{
	for (;;) {
		int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return -errno;
		if (fd > last)
			return close(fd) < 0 ? -errno : 0;
	}
}

/* Room for one descriptor, aligned as its header must be. */
union passed {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

int fd_send(int sock, const void *data, size_t len, int fd)
{
	union passed passed = { 0 };
	struct iovec part = { (void *)(uintptr_t)data, len };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		msg.msg_control = &passed;
		msg.msg_controllen = sizeof(passed);
		passed.header.cmsg_level = SOL_SOCKET;
		passed.header.cmsg_type = SCM_RIGHTS;
		passed.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&passed.header), &fd, sizeof(fd));
	}
	do {
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

ssize_t fd_receive(int sock, void *data, size_t size, int *fd)
{
	union passed passed = { 0 };
	struct iovec part = { data, size };
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &passed, .msg_controllen = sizeof(passed),
	};
	struct cmsghdr *header;
	ssize_t n;

	*fd = -1;
	do {
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&msg);
	if (header && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	return n;
}

struct fd_path fd_path(int fd)
{
	struct fd_path p;

	(void)snprintf(p.text, sizeof(p.text), "/proc/self/fd/%d", fd);
	return p;
}
