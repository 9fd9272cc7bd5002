#include "box/desktop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/program.h"
#include "sys/mount.h"
#include "sys/ns.h"

/* Clients that may queue before the server accepts its first. */
#define X_BACKLOG 128

static bool uses_server(const struct profile *p)
{
	return p->display.enabled;
}

static bool uses_fluxbox(const struct profile *p)
{
	return p->display.enabled && p->display.window_manager == WM_FLUXBOX;
}

static bool uses_bus(const struct profile *p)
{
	return p->display.enabled && p->display.dbus;
}

const struct desktop_program desktop_programs[] = {
	{ "Xvfb", "xvfb", uses_server },
	{ "xkbcomp", "x11-xkb-utils", uses_server },
	{ "setxkbmap", "x11-xkb-utils", uses_server },
	{ "fluxbox", "fluxbox", uses_fluxbox },
	{ "dbus-daemon", "dbus-daemon", uses_bus },
	{ NULL, NULL, NULL },
};

static int check_programs(const struct profile *p, int root, struct err *err)
{
	const struct desktop_program *d = desktop_programs;

	for (; d->name; d++)
		if (d->used(p) &&
		    program_require(root, d->name, d->package, err) < 0)
			return -1;
	return 0;
}

int desktop_check_host(const struct profile *p, struct err *err)
{
	return profile_image_is_host(p) ? check_programs(p, -1, err) : 0;
}

int desktop_check_root(const struct profile *p, int root, struct err *err)
{
	return profile_image_is_host(p) ? 0 : check_programs(p, root, err);
}

char **desktop_xvfb_argv(const struct profile *p)
{
	/* No TCP and no abstract socket: the two that are passed in are all
	 * there are. No reset when the last client leaves, no screen saver, no
	 * auto-repeat (a slow guest would type a key twice). */
	static const char *const fixed[] = {
		"-nolisten", "tcp", "-nolisten", "local", "-noreset", "-s", "0",
		"-r", "-maxclients", "2048", "-auth", DESKTOP_AUTH,
	};
	char **v = NULL;

	strv_add(&v, "Xvfb");
	strv_take(&v,
		  str_printf(":%llu", (unsigned long long)p->display.number));
	strv_add(&v, "-screen");
	strv_add(&v, "0");
	strv_take(&v, str_printf("%llux%llux%llu",
				 (unsigned long long)p->display.width,
				 (unsigned long long)p->display.height,
				 (unsigned long long)p->display.depth));
	strv_add(&v, "-dpi");
	strv_take(&v, str_printf("%llu", (unsigned long long)p->display.dpi));
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		strv_add(&v, fixed[i]);
	if (!p->display.glx) {
		strv_add(&v, "-extension");
		strv_add(&v, "GLX");
	}
	return v;
}

char **desktop_wm_argv(const struct profile *p)
{
	char **v = NULL;

	if (p->display.window_manager == WM_FLUXBOX) {
		strv_add(&v, "fluxbox");
		strv_add(&v, "-rc");
		strv_add(&v, "/etc/sandboxd/fluxbox/init");
	}
	return v;
}

/* "de(nodeadkeys),ru" is layouts "de,ru" with variants "nodeadkeys,". */
char **desktop_keyboard_argv(const struct profile *p)
{
	struct buf layouts = { 0 }, variants = { 0 };
	struct buf *to = &layouts;
	char **v = NULL;

	if (str_eq(p->display.keyboard, "us"))
		return NULL;
	for (const char *c = p->display.keyboard; *c; c++) {
		if (*c == ',') {
			buf_add(&layouts, c, 1);
			buf_add(&variants, c, 1);
		} else if (*c == '(' || *c == ')') {
			to = *c == '(' ? &variants : &layouts;
		} else {
			buf_add(to, c, 1);
		}
	}
	strv_add(&v, "setxkbmap");
	strv_add(&v, "-layout");
	strv_take(&v, layouts.data);
	strv_add(&v, "-variant");
	strv_take(&v, variants.data ? variants.data : str_dup(""));
	return v;
}

char **desktop_bus_argv(const struct profile *p)
{
	static const char *const words[] = {
		"dbus-daemon", "--session", "--address=systemd:", "--nofork",
		"--nopidfile", "--nosyslog",
	};
	char **v = NULL;

	for (size_t i = 0; p->display.dbus && i < ARRAY_LEN(words); i++)
		strv_add(&v, words[i]);
	return v;
}

static unsigned char *put_counted(unsigned char *p, const void *data,
				  size_t len)
{
	*p++ = (unsigned char)(len >> 8);
	*p++ = (unsigned char)len;
	memcpy(p, data, len);
	return p + len;
}

size_t desktop_xauthority(const struct profile *p,
			  const unsigned char *cookie, unsigned char *buf)
{
	static const char scheme[] = "MIT-MAGIC-COOKIE-1";
	unsigned char *q = buf;
	char number[24];

	(void)snprintf(number, sizeof(number), "%llu",
		       (unsigned long long)p->display.number);
	*q++ = 0xff; /* FamilyWild: whatever the host is called */
	*q++ = 0xff;
	q = put_counted(q, "", 0);
	q = put_counted(q, number, strlen(number));
	q = put_counted(q, scheme, strlen(scheme));
	q = put_counted(q, cookie, COOKIE_LEN);
	return (size_t)(q - buf);
}

/* Binds `sock` to `name` in the directory `dirfd`; reached through its
 * descriptor, as sockaddr_un holds 107 bytes only. */
static int bind_in(int sock, int dirfd, const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s",
			 fd_path(dirfd).text, name);

	if (n < 0 || (size_t)n >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    fchmodat(dirfd, name, 0666, 0) < 0 || listen(sock, X_BACKLOG) < 0)
		return -errno;
	return 0;
}

static int prepare_sockets(struct box *box, int x11)
{
	int rc;

	box->x_host = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	box->x_guest = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (box->x_host < 0 || box->x_guest < 0)
		return -errno;
	if (box->profile->display.dbus) {
		box->bus = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (box->bus < 0)
			return -errno;
	}
	rc = bind_in(box->x_host, x11, X11_SOCKET);
	return rc < 0 ? rc : fd_replace_at(x11, X11_COOKIE, box->cookie,
					   sizeof(box->cookie), 0600);
}

int desktop_prepare(struct box *box, struct err *err)
{
	CLEANUP_FD int x11 = -1;
	int rc;

	if (getrandom(box->cookie, sizeof(box->cookie), 0) !=
	    (ssize_t)sizeof(box->cookie))
		return err_set_errno(err, EXIT_FAILED, "make", "the X cookie",
				     errno);
	x11 = mount_mkdir(box->dir, STATE_X11, 0700, geteuid(), getegid());
	rc = x11 < 0 ? x11 : prepare_sockets(box, x11);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "make", "the X socket",
				      rc)
		      : 0;
}

/* The same in the guest's tree, for user `uid` inside. */
static int bind_inside(const struct box *box, int sock, int dir,
		       const char *name, uint32_t uid, struct err *err)
{
	uint32_t owner = box->rec.id_base + uid;
	int rc = bind_in(sock, dir, name);

	if (rc == 0 &&
	    fchownat(dir, name, owner, owner, AT_SYMLINK_NOFOLLOW) < 0)
		rc = -errno;
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "bind the socket",
				      name, rc)
		      : 0;
}

int desktop_bind_guest(const struct box *box, int x11_dir, struct err *err)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "X%llu",
		       (unsigned long long)box->profile->display.number);
	return bind_inside(box, box->x_guest, x11_dir, name, UID_INIT, err);
}

int desktop_bind_bus(const struct box *box, int dir, struct err *err)
{
	return bind_inside(box, box->bus, dir, DESKTOP_BUS, UID_AGENT, err);
}

/* A connection to the display by the host-only socket. */
static int connect_host(const struct box *box)
{
	CLEANUP_FD int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP_FD int x11 =
		mount_open(box->dir, STATE_X11, O_PATH | O_DIRECTORY);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (sock < 0)
		return -errno;
	if (x11 < 0)
		return x11;
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" X11_SOCKET,
		       fd_path(x11).text);
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return take_fd(&sock);
}

/* In the child: becomes `steer watch-wm`. */
static _Noreturn void exec_watcher(int steer, int sock, int cookie, int report,
				   uint32_t uid)
{
	char s[12], c[12], r[12], u[12];
	char *argv[] = {
		(char[]){ "steer" }, (char[]){ "watch-wm" },
		(char[]){ "--socket-fd" }, s, (char[]){ "--cookie-fd" }, c,
		(char[]){ "--report-fd" }, r, (char[]){ "--uid" }, u, NULL,
	};
	char *envp[] = { NULL };
	sigset_t none;

	(void)snprintf(s, sizeof(s), "%d", sock);
	(void)snprintf(c, sizeof(c), "%d", cookie);
	(void)snprintf(r, sizeof(r), "%d", report);
	(void)snprintf(u, sizeof(u), "%u", uid);
	(void)fd_set_cloexec(sock, 0);
	(void)fd_set_cloexec(cookie, 0);
	(void)fd_set_cloexec(report, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execveat(steer, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

int desktop_watch(const struct box *box, int *report, struct err *err)
{
	CLEANUP_FD int steer = program_open("steer", err);
	CLEANUP_FD int cookie = -1, sock = -1, in = -1, out = -1;
	int ends[2], pidfd;
	pid_t pid;

	if (steer < 0)
		return -1;
	sock = connect_host(box);
	if (sock < 0)
		return err_set_errno(err, EXIT_DISPLAY, "connect to",
				     "the display", sock);
	cookie = fd_sealed_copy("cookie", box->cookie, sizeof(box->cookie));
	if (cookie < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return err_set_errno(err, EXIT_FAILED, "start", "the watcher",
				     cookie < 0 ? cookie : errno);
	in = ends[0];
	out = ends[1];
	pid = ns_clone(0, -1);
	if (pid == 0)
		exec_watcher(steer, sock, cookie, out,
			     box->rec.id_base + UID_JAIL);
	pidfd = pid < 0 ? pid : ns_pidfd_open(pid);
	if (pidfd < 0)
		return err_set_errno(err, EXIT_FAILED, "start", "the watcher",
				     pidfd);
	*report = take_fd(&in);
	return pidfd;
}

int desktop_watched(int report, struct err *err)
{
	char text[256];
	/* One read: who writes has the jail's trust, and need not close. */
	ssize_t n = read(report, text, sizeof(text) - 1);

	if (n > 0 && text[0] == 'R')
		return 0;
	text[n > 0 ? n : 0] = '\0';
	return err_set(err, EXIT_DISPLAY, "wait for", "the window manager",
		       "%s", n > 1 ? text + 1 :
			       "the display's answers ended its watcher");
}
