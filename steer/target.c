#include "steer/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "conf/record.h"
#include "sandboxd/layout.h"
#include "steer/session.h"
#include "sys/mount.h"

static int no_answer(struct err *err, int errnum)
{
	return err_set(err, EXIT_DISPLAY, "connect to the display", NULL,
		       "%s", errnum == EAGAIN ? "it does not answer" :
						strerror(errnum));
}

/* connect(2) on a full queue waits as long as a send may (unix(7) sockets take
 * SO_SNDTIMEO for both). */
static int set_send_timeout(int fd, int64_t ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* `path_fd` is the socket's inode; what its name leads to may change. */
static int connect_inode(int path_fd, int64_t deadline, struct err *err)
{
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int64_t left = deadline - clock_ms();
	struct stat st;

	if (fstat(path_fd, &st) < 0)
		return no_answer(err, errno);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, EXIT_DISPLAY, "connect to the display",
			       NULL, "it is not a socket");
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
		       fd_path(path_fd).text);
	if (fd < 0 || left <= 0 || set_send_timeout(fd, left) < 0)
		return no_answer(err, fd < 0 ? errno : EAGAIN);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return no_answer(err, errno);
	if (set_send_timeout(fd, 0) < 0)
		return no_answer(err, errno);
	return take_fd(&fd);
}

static void set_name(struct target_link *link, const char *name)
{
	(void)snprintf(link->name, sizeof(link->name), "%s", name);
}

/* --- a socket by path ---------------------------------------------------- */

static int read_cookie(int dirfd, const char *name, struct target_link *out,
		       struct err *err)
{
	CLEANUP_FD int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC |
				   O_NOCTTY | O_NONBLOCK);
	unsigned char more[XCONNECT_COOKIE + 1];
	ssize_t n;

	if (fd < 0)
		return err_set_errno(err, EXIT_FAILED, "read the cookie", name,
				     errno);
	n = fd_read_all(fd, more, sizeof(more));
	if (n < 0)
		return err_set_errno(err, EXIT_FAILED, "read the cookie", name,
				     (int)n);
	if (n != XCONNECT_COOKIE)
		return err_set(err, EXIT_FAILED, "read the cookie", name,
			       "it must hold %d bytes and nothing else",
			       XCONNECT_COOKIE);
	memcpy(out->cookie, more, XCONNECT_COOKIE);
	out->has_cookie = true;
	return 0;
}

static int connect_path(const struct target *t, int64_t deadline,
			struct target_link *out, struct err *err)
{
	CLEANUP_FD int inode = open(t->socket, O_PATH | O_CLOEXEC);

	if (inode < 0)
		return err_set_errno(err, EXIT_DISPLAY, "open the socket",
				     t->socket, errno);
	if (t->cookie && read_cookie(AT_FDCWD, t->cookie, out, err) < 0)
		return -1;
	out->jail = UID_JAIL;
	out->fd = connect_inode(inode, deadline, err);
	return out->fd < 0 ? -1 : 0;
}

/* --- a sandbox ----------------------------------------------------------- */

static bool has_display(int statefd, const char *name)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	struct err ignored = ERR_INIT;

	/* One that vanished since the listing is just not there. */
	return record_read(statefd, name, &rec, &ignored) == 0 &&
	       rec.state == RECORD_RUNNING && rec.display.enabled;
}

static void several(char *const *running, struct err *err)
{
	CLEANUP_BUF struct buf text = { 0 };

	for (; *running; running++)
		buf_printf(&text, "%s%s", text.len ? ", " : "", *running);
	err_set(err, EXIT_ABSENT, "choose a sandbox", NULL,
		"several are running: %s", text.data);
	(void)err_hint(err, "name one with -s NAME");
}

/* The name of the one sandbox with a display that runs. */
static char *only_one(int statefd, struct err *err)
{
	CLEANUP_STRV char **all = NULL;
	CLEANUP_STRV char **running = NULL;

	if (record_list(statefd, &all, err) < 0)
		return NULL;
	for (size_t i = 0; all && all[i]; i++)
		if (has_display(statefd, all[i]))
			strv_add(&running, all[i]);
	if (!running) {
		err_set(err, EXIT_ABSENT, "choose a sandbox", NULL,
			"none with a display is running");
		return NULL;
	}
	if (!running[1])
		return str_dup(running[0]);
	several(running, err);
	return NULL;
}

static int check_running(const struct record *rec, struct err *err)
{
	if (rec->state != RECORD_RUNNING)
		return err_set(err, EXIT_ABSENT, "steer", rec->name,
			       "the sandbox is %s",
			       record_state_name(rec->state));
	if (!rec->display.enabled)
		return err_set(err, EXIT_ABSENT, "steer", rec->name,
			       "the sandbox has no display");
	return 0;
}

/* Who listens there is whoever made the socket: the monitor. */
static int check_peer(int fd, const struct record *rec, struct err *err)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return no_answer(err, errno);
	if (peer.uid == geteuid())
		return 0;
	return err_set(err, EXIT_DISPLAY, "connect to the display", rec->name,
		       "user %u listens there, not the sandbox", peer.uid);
}

static int connect_record(int boxfd, const struct record *rec,
			  int64_t deadline, struct target_link *out,
			  struct err *err)
{
	CLEANUP_FD int dir = mount_open(boxfd, STATE_X11, O_PATH | O_DIRECTORY);
	CLEANUP_FD int inode = dir < 0 ? dir :
			       mount_open(dir, X11_SOCKET, O_PATH);
	CLEANUP_FD int fd = -1;

	if (inode < 0)
		return err_set_errno(err, EXIT_DISPLAY, "open the display of",
				     rec->name, inode);
	if (read_cookie(dir, X11_COOKIE, out, err) < 0)
		return -1;
	fd = connect_inode(inode, deadline, err);
	if (fd < 0 || check_peer(fd, rec, err) < 0)
		return -1;
	out->jail = rec->id_base + UID_JAIL;
	out->fd = take_fd(&fd);
	return 0;
}

static int connect_sandbox(const struct target *t, int64_t deadline,
			   struct target_link *out, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int statefd = record_open_dir(err);
	CLEANUP_FREE char *name = NULL;
	CLEANUP_FD int boxfd = -1;

	if (statefd < 0)
		return -1;
	name = t->sandbox ? str_dup(t->sandbox) : only_one(statefd, err);
	if (!name)
		return -1;
	set_name(out, name);
	if (record_read(statefd, name, &rec, err) < 0 ||
	    check_running(&rec, err) < 0)
		return -1;
	boxfd = record_dir(statefd, name, err);
	if (boxfd < 0)
		return -1;
	return connect_record(boxfd, &rec, deadline, out, err);
}

int target_connect(const struct target *t, int64_t deadline,
		   struct target_link *out, struct err *err)
{
	*out = (struct target_link){ .fd = -1 };
	if (t->socket) {
		set_name(out, t->socket);
		return connect_path(t, deadline, out, err);
	}
	return connect_sandbox(t, deadline, out, err);
}
