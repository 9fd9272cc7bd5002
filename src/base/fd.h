/*
 * fd.h - descriptors: whole reads and writes, atomic replacement, passing.
 *
 * Everything returns 0 or a count, or negative errno. Every descriptor made
 * here is close-on-exec.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>
#include <sys/types.h>

/* Write all of `len` bytes, whatever interrupts. */
int fd_write_all(int fd, const void *data, size_t len);

/* Reads until end of file or `size` bytes; returns how many. */
ssize_t fd_read_all(int fd, void *data, size_t size);

/* Reads a small file beneath `dirfd` into `buf`, NUL-terminated, the trailing
 * newline removed. -EFBIG when it does not fit. */
int fd_read_file_at(int dirfd, const char *name, char *buf, size_t size);

/* Writes `text` in one write(2) to an existing file beneath `dirfd`: the form
 * that cgroup and proc control files need. */
int fd_write_file_at(int dirfd, const char *name, const char *text);

/* Replaces `name` beneath `dirfd` by `data`, atomically: a reader sees the old
 * or the new contents, never a part (write, rename). Not flushed to the disk:
 * what is kept this way describes running processes and dies with the host. */
int fd_replace_at(int dirfd, const char *name, const void *data, size_t len,
		  mode_t mode);

/* Removes `name` beneath `dirfd` with all it holds, however deep. Follows no
 * link; a mount point is -EXDEV or -EBUSY, on the way to `name`, too, and so is
 * an absolute one. An absent name is success. */
int fd_remove_tree_at(int dirfd, const char *name);

/* A memfd holding `data`, sealed against every change. Returns it. */
int fd_sealed_copy(const char *name, const void *data, size_t len);

/* Closes *fd, if it is open, for good: it is -1 then. */
void fd_close(int *fd);

/* Sets or clears FD_CLOEXEC. */
int fd_set_cloexec(int fd, int on);
int fd_set_nonblock(int fd, int on);

/* Opens /dev/null on each of 0, 1, 2 that is closed, so that no later
 * descriptor lands there. */
int fd_fill_stdio(void);

/* Opens /dev/null, close-on-exec, on each number up to `last` that is free: a
 * protocol that wants descriptors at fixed numbers can then dup2(2) there
 * without hitting another. */
int fd_reserve(int last);

/* Sends `data` as one message over a socket of packets, with descriptor `fd`
 * unless that is -1 (unix(7), SCM_RIGHTS). */
int fd_send(int sock, const void *data, size_t len, int fd);
/* Receives one message; returns its length, 0 at end of file. *fd is the
 * descriptor that came with it, close-on-exec, or -1. */
ssize_t fd_receive(int sock, void *data, size_t size, int *fd);

/* Text of "/proc/self/fd/N" for `fd`, for calls that take only a path. */
struct fd_path {
	char text[32];
};
struct fd_path fd_path(int fd);

#endif
