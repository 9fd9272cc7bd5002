#include "steer/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "box/jail.h"
#include "steer/xside.h"
#include "sys/ns.h"

#define NO_PLACE "Maximum number of clients reached" /* what X servers say */
#define RELEASE_MS 1000 /* for letting go after a failure */

static int failed(struct err *err, const char *what)
{
	return err_set_errno(err, EXIT_FAILED, what, NULL, errno);
}

/* --- the child ----------------------------------------------------------- */

static _Noreturn void child(int sock, int words, int pixels,
			    const struct target_link *link)
{
	struct xside_fds fds = {
		.sock = sock,
		.xfd = link->fd,
		.pixels = pixels,
		.share = fcntl(pixels, F_DUPFD_CLOEXEC, 3),
	};
	int keep[] = { 2, sock, fds.xfd, fds.pixels, fds.share };
	struct jail jail = {
		.uid = link->jail,
		.gid = link->jail,
		.keep = keep,
		.nkeep = ARRAY_LEN(keep),
		.address_space = SESSION_ADDRESS_SPACE,
	};
	struct proto_reply hello = { 0 };

	/* libxcb prints why a server refused it; that is all it can say. */
	if (fds.share < 0 || dup2(words, 2) < 0 ||
	    jail_enter(&jail, &hello.err) < 0) {
		if (!hello.err.code)
			(void)failed(&hello.err, "start the display's reader");
		(void)send(sock, &hello, sizeof(hello), MSG_NOSIGNAL);
		_exit(EXIT_FAILED);
	}
	_exit(xside_main(&fds, link->has_cookie ? link->cookie : NULL));
}

/* Of fixed size for good: a picture that shrinks while it is read would be
 * SIGBUS for us (memfd_create(2), "file sealing"). */
static int make_pixels(void)
{
	CLEANUP_FD int fd = memfd_create("pixels",
					 MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, PROTO_PIXELS) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		    0)
		return -1;
	return take_fd(&fd);
}

static int start_child(struct session *s, const struct target_link *link,
		       struct err *err)
{
	CLEANUP_FD int theirs = -1;
	CLEANUP_FD int write_end = -1;
	int pair[2], words[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return failed(err, "make a socket pair");
	s->sock = pair[0];
	theirs = pair[1];
	if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0)
		return failed(err, "make a pipe");
	s->words = words[0];
	write_end = words[1];
	s->pixels = make_pixels();
	if (s->pixels < 0)
		return failed(err, "make memory for the picture");
	s->pid = fork();
	if (s->pid < 0) {
		s->pid = 0;
		return failed(err, "fork");
	}
	if (s->pid == 0)
		child(theirs, write_end, s->pixels, link);
	return 0;
}

/* SIGKILL is what a jailed process cannot put off. Not waited for before, so
 * the number is no other process's. */
static void stop_child(struct session *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		(void)ns_wait(s->pid);
	}
	s->pid = 0;
	fd_close(&s->sock);
	fd_close(&s->words);
}

/* --- signals ------------------------------------------------------------- */

/* A signal that was ignored when we started stays so: once blocked it would
 * be kept for us all the same. */
static void add_unless_ignored(sigset_t *set, int signo)
{
	struct sigaction act;

	if (sigaction(signo, NULL, &act) == 0 && act.sa_handler != SIG_IGN)
		(void)sigaddset(set, signo);
}

static int hold_signals(struct session *s, struct err *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	add_unless_ignored(&set, SIGINT);
	add_unless_ignored(&set, SIGTERM);
	add_unless_ignored(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, &s->before) < 0)
		return failed(err, "hold signals back");
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? failed(err, "watch signals") : 0;
}

static void let_signals(struct session *s)
{
	if (s->signals < 0)
		return;
	fd_close(&s->signals);
	(void)sigprocmask(SIG_SETMASK, &s->before, NULL);
}

/* --- requests ------------------------------------------------------------ */

/* What the library wrote before the child ended; "" when nothing. */
static void read_words(struct session *s, char *text, size_t size)
{
	ssize_t n = read(s->words, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	err_clean_text(text);
}

static int no_answer(struct err *err)
{
	err_set(err, EXIT_DISPLAY, "talk to the display", NULL,
		"it does not answer");
	return err_hint(err, "its server is stopped, or a program inside has "
			     "grabbed it: end that program");
}

static int child_gone(struct session *s, struct err *err)
{
	char text[200];

	read_words(s, text, sizeof(text));
	return err_set(err, EXIT_DISPLAY, "talk to the display", NULL,
		       "its answers ended the process that read them%s%s",
		       text[0] ? ": " : "", text);
}

static int interrupted(struct session *s, struct err *err)
{
	struct signalfd_siginfo info = { .ssi_signo = SIGINT };

	(void)!read(s->signals, &info, sizeof(info));
	return err_set(err, EXIT_SIGNAL + (int)info.ssi_signo, "steer", NULL,
		       "interrupted");
}

/* Text from the jail ends where we say, and codes are those we know. */
static int check_reply(struct proto_reply *reply)
{
	struct err *e = &reply->err;

	e->what[sizeof(e->what) - 1] = '\0';
	e->object[sizeof(e->object) - 1] = '\0';
	e->cause[sizeof(e->cause) - 1] = '\0';
	e->hint[sizeof(e->hint) - 1] = '\0';
	switch (e->code) {
	case EXIT_DONE:
	case EXIT_FAILED:
	case EXIT_USAGE:
	case EXIT_ABSENT:
	case EXIT_IMPOSSIBLE:
	case EXIT_DISPLAY:
	case EXIT_TIMEOUT:
		return 0;
	default:
		return -1;
	}
}

static int receive(struct session *s, struct proto_reply *reply,
		   struct err *err)
{
	if (recv(s->sock, reply, sizeof(*reply), MSG_DONTWAIT) !=
		    (ssize_t)sizeof(*reply) ||
	    check_reply(reply) < 0)
		return child_gone(s, err);
	if (reply->err.code) {
		*err = reply->err;
		return -1;
	}
	return 0;
}

static int wait_reply(struct session *s, int64_t deadline,
		      struct proto_reply *reply, struct err *err)
{
	struct pollfd p[] = {
		{ .fd = s->sock, .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};

	for (;;) {
		int64_t left = deadline - clock_ms();
		int n;

		if (left <= 0)
			return no_answer(err);
		n = poll(p, ARRAY_LEN(p), left > INT32_MAX ? INT32_MAX :
							     (int)left);
		if (n < 0 && errno != EINTR)
			return failed(err, "wait for the display");
		if (n > 0 && p[1].revents)
			return interrupted(s, err);
		if (n > 0)
			return receive(s, reply, err);
	}
}

static bool is_input(uint32_t type)
{
	return type == PROTO_CLICK || type == PROTO_DRAG ||
	       type == PROTO_PRESS || type == PROTO_TYPE ||
	       type == PROTO_KEY || type == PROTO_KEYDOWN;
}

/* A wait has its own limit; the display has a second more to confirm it. */
static int64_t deadline_of(const struct session *s,
			   const struct proto_request *req)
{
	return req->timeout_ms ? s->deadline + RELEASE_MS : s->deadline;
}

/* Started afresh, with time of its own: the old deadline has passed. */
static int let_go(const struct target *target)
{
	struct proto_request req = { .type = PROTO_RELEASE };
	struct proto_reply reply;
	struct session s;
	struct err err = ERR_INIT;
	int rc = session_open(&s, target, clock_ms() + RELEASE_MS, &err);

	if (rc == 0)
		rc = session_call(&s, &req, &reply, &err);
	session_close(&s);
	return rc;
}

static void recover(struct session *s, struct err *err)
{
	bool input = s->input;

	stop_child(s);
	s->input = false;
	if (input && let_go(s->target) < 0)
		(void)err_hint(err, "keys may still be down; the next click, "
				    "key or type lets go of them");
}

int session_call(struct session *s, const struct proto_request *req,
		 struct proto_reply *reply, struct err *err)
{
	int rc;

	if (!s->pid)
		return no_answer(err);
	s->input = is_input(req->type);
	if (send(s->sock, req, sizeof(*req), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		rc = child_gone(s, err);
	else
		rc = wait_reply(s, deadline_of(s, req), reply, err);
	/* An error that the X side reported is no reason to end it, but one
	 * that speaks of the display is. */
	if (rc < 0 && (err->code == EXIT_DISPLAY || err->code >= EXIT_SIGNAL))
		recover(s, err);
	s->input = false;
	return rc;
}

/* The words of a server are all that tells a full house from other trouble;
 * they make no difference but a hint. */
static int refused(struct err *err, const char *words)
{
	err_set(err, EXIT_DISPLAY, "open the display", NULL,
		"it refused the connection: %s", words);
	if (strncmp(words, NO_PLACE, strlen(NO_PLACE)) != 0)
		return -1;
	return err_hint(err, "programs inside hold all places: end some");
}

static int say_hello(struct session *s, struct err *err)
{
	struct proto_reply hello = { 0 };
	char text[200];

	if (wait_reply(s, s->deadline, &hello, err) == 0)
		return 0;
	/* One that ended without a reply has had its words read. */
	if (hello.err.code != EXIT_DISPLAY)
		return -1;
	read_words(s, text, sizeof(text));
	return text[0] ? refused(err, text) : -1;
}

int session_open(struct session *s, const struct target *target,
		 int64_t deadline, struct err *err)
{
	CLEANUP_FD int fd = -1;
	struct target_link link;
	int rc;

	*s = (struct session){ .target = target,
			       .deadline = deadline,
			       .sock = -1,
			       .pixels = -1,
			       .words = -1,
			       .signals = -1 };
	rc = target_connect(target, deadline, &link, err);
	memcpy(s->display, link.name, sizeof(s->display));
	if (rc < 0)
		return -1;
	fd = link.fd;
	if (hold_signals(s, err) < 0 || start_child(s, &link, err) < 0)
		return -1;
	return say_hello(s, err);
}

void session_blame(const struct session *s, struct err *err)
{
	if (err->code == EXIT_DISPLAY && !err->object[0])
		(void)snprintf(err->object, sizeof(err->object), "%s",
			       s->display);
}

void session_allow(struct session *s, uint64_t ms)
{
	s->deadline += (int64_t)ms;
}

int session_capture(struct session *s, struct pixels *out, struct err *err)
{
	struct proto_request req = { .type = PROTO_CAPTURE };
	struct proto_reply reply;
	size_t size;

	if (session_call(s, &req, &reply, err) < 0)
		return -1;
	size = pixels_size(&reply.picture);
	if (size) {
		s->map = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE,
			      s->pixels, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			return failed(err, "map the picture");
		}
		s->map_size = size;
	}
	return pixels_open(out, &reply.picture, s->map, s->map_size, err);
}

/* The X side can still write to the memfd; this copy it cannot change. */
static int copy_windows(struct session *s, struct session_windows *out)
{
	size_t size = out->count * sizeof(*out->list);

	out->list = mem_zalloc(size + 1);
	if (pread(s->pixels, out->list, size, 0) != (ssize_t)size)
		return -1;
	for (uint32_t i = 0; i < out->count; i++) {
		struct proto_window *w = &out->list[i];

		w->class[sizeof(w->class) - 1] = '\0';
		w->instance[sizeof(w->instance) - 1] = '\0';
		w->title[sizeof(w->title) - 1] = '\0';
		err_clean_text(w->class);
		err_clean_text(w->instance);
		err_clean_text(w->title);
	}
	return 0;
}

int session_windows(struct session *s, struct session_windows *out,
		    struct err *err)
{
	struct proto_request req = { .type = PROTO_WINDOWS };
	struct proto_reply reply = { 0 };

	*out = (struct session_windows){ 0 };
	if (session_call(s, &req, &reply, err) < 0)
		return -1;
	out->count = reply.windows.count;
	out->total = reply.windows.total;
	if (out->count > PROTO_WINDOWS_MAX || out->count > out->total ||
	    copy_windows(s, out) < 0)
		return err_set(err, EXIT_DISPLAY, "list windows", NULL,
			       "the display sent an impossible list");
	return 0;
}

void session_windows_free(struct session_windows *w)
{
	free(w->list);
	w->list = NULL;
}

void session_end(struct session *s)
{
	stop_child(s);
	let_signals(s);
}

void session_close(struct session *s)
{
	session_end(s);
	if (s->map)
		(void)munmap(s->map, s->map_size);
	s->map = NULL;
	fd_close(&s->pixels);
}
