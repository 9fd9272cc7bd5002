#include "box/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"

/* Nothing tells a job that runs in the background of its way back. */
#define FOREGROUND_MS 200

/* More than the kernel keeps of what a terminal was written: 8 KiB on the way
 * and 4 KiB to be read (drivers/tty/pty.c, n_tty.c). */
#define TERMINAL_BYTES 65536

/* One direction. Whoever reads `to` may be slow, so nothing here blocks. */
struct stream {
	int *from, *to;
	size_t start, end;
	enum {
		PLAIN,
		TYPED, /* for the guest's terminal */
		SHOWN, /* by the guest's terminal */
	} kind;
	struct console *console;
	bool gone;    /* TYPED: the detach keys were */
	bool lost;    /* SHOWN: nobody takes it any more */
	bool hung_up; /* ... and the guest was told */
	char last;    /* byte that went through */
	char data[16384 + CONSOLE_KEYS_MAX];
};

#define CHUNK 16384

static const int forwarded[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2,
};
/* Ours alone. */
static const int about_terminal[] = { SIGWINCH, SIGCONT };

static const char *const names[] = { "stdin", "stdout", "stderr" };

/* Of devices only a terminal comes to an end, and /dev/null is at it. */
static bool is_odd_device(const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return true;
	return S_ISCHR(st->st_mode) && !isatty(0) &&
	       st->st_rdev != makedev(1, 3);
}

static int check_stdio(struct err *err)
{
	struct stat st;

	for (int i = 0; i < 3; i++) {
		if (fstat(i, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			(void)err_set(err, EXIT_USAGE, "use", names[i],
				      "it is a directory");
			return err_hint(err, "redirect it from or to a file, "
					"or /dev/null");
		}
		if (i == 0 && is_odd_device(&st)) {
			(void)err_set(err, EXIT_USAGE, "use", names[i],
				      "it is a device");
			return err_hint(err, "no device reaches the guest; "
					"pipe what it shall read into this "
					"command, or use </dev/null");
		}
	}
	return 0;
}

/* PID 1 inside cannot end while a process that joined it waits to be reaped,
 * which is for us to do: no key and no read or write from the background may
 * stop us. */
static void never_stop(void)
{
	(void)signal(SIGTSTP, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
}

void relay_init(struct relay *r)
{
	*r = (struct relay){
		.guest = { -1, -1, -1 }, .host = { -1, -1, -1 },
		.signals = -1,
	};
	never_stop();
}

int relay_open(struct relay *r, bool pipes, struct err *err)
{
	int ends[2];

	relay_init(r);
	if (check_stdio(err) < 0)
		return -1;
	for (int i = 0; pipes && i < 3; i++) {
		if (pipe2(ends, O_CLOEXEC) < 0) {
			(void)err_set_errno(err, EXIT_LAUNCH, "make", "a pipe",
					    errno);
			relay_close(r);
			return -1;
		}
		r->guest[i] = ends[i != 0];
		r->host[i] = ends[i == 0];
		(void)fd_set_nonblock(r->host[i], 1);
	}
	return 0;
}

int relay_set_terminal(struct relay *r, struct console *console, int master,
		       struct err *err)
{
	r->console = console;
	r->host[1] = master;
	r->host[0] = fcntl(master, F_DUPFD_CLOEXEC, 3);
	if (r->host[0] < 0)
		return err_set_errno(err, EXIT_LAUNCH, "use", "the terminal",
				     errno);
	return 0;
}

void relay_close_guest(struct relay *r)
{
	for (int i = 0; i < 3; i++)
		fd_close(&r->guest[i]);
}

void relay_close(struct relay *r)
{
	relay_close_guest(r);
	for (int i = 0; i < 3; i++)
		fd_close(&r->host[i]);
	if (r->signals >= 0)
		(void)sigprocmask(SIG_SETMASK, &r->before, NULL);
	fd_close(&r->signals);
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Closing one of 0, 1, 2 would let a later descriptor land there. */
static void end_side(int *fd)
{
	if (*fd > 2)
		fd_close(fd);
	*fd = -1;
}

/* The terminal `fd` is another job's for now; one that is not ours to share
 * has no jobs. */
static bool in_background(int fd)
{
	pid_t owner = tcgetpgrp(fd);

	return owner > 0 && owner != getpgrp();
}

/* Reads what there is. False: nothing yet. */
static bool read_some(const struct stream *s, char *data, size_t *len)
{
	ssize_t n = read(*s->from, data, CHUNK);

	if (n < 0 && (again() || (errno == EIO && in_background(*s->from))))
		return false;
	*len = n > 0 ? (size_t)n : 0;
	return true;
}

static void fill(struct stream *s)
{
	size_t n;

	if (!read_some(s, s->data, &n))
		return;
	s->start = 0;
	s->end = s->lost ? 0 : n;
	if (n)
		return;
	end_side(s->from);
	end_side(s->to);
}

/* What is typed for a terminal. */
static void fill_typed(struct stream *s)
{
	static char in[CHUNK];
	size_t n;

	if (!read_some(s, in, &n))
		return;
	s->start = 0;
	s->end = console_filter(s->console, in, n, s->data, &s->gone);
	if (n)
		return;
	if (s->console->pass_end)
		s->end = console_end(*s->to, s->last && s->last != '\n',
				     s->data);
	end_side(s->from);
}

/* At most PIPE_BUF bytes: that much a pipe that polls writable takes without
 * blocking (pipe(7)), and `to` may be shared with a program that needs it
 * blocking. */
static void flush(struct stream *s)
{
	size_t n = s->end - s->start;
	ssize_t done =
		write(*s->to, s->data + s->start, n < PIPE_BUF ? n : PIPE_BUF);

	if (done < 0 && again())
		return;
	if (done < 0) { /* nobody reads any more: tell the writer */
		if (s->kind != SHOWN)
			end_side(s->from);
		end_side(s->to);
		s->start = s->end = 0;
		s->lost = true;
		return;
	}
	s->start += (size_t)done;
	s->last = s->data[s->start - 1];
}

static bool pending(const struct stream *s)
{
	return *s->to >= 0 && s->start < s->end;
}

static struct pollfd stream_poll(const struct stream *s)
{
	if (pending(s))
		return (struct pollfd){ .fd = *s->to, .events = POLLOUT };
	return (struct pollfd){ .fd = *s->from, .events = POLLIN };
}

/* Returns whether anything happened. */
static bool stream_step(struct stream *s, short revents)
{
	if (!revents)
		return false;
	if (pending(s))
		flush(s);
	else if (s->kind == TYPED)
		fill_typed(s);
	else
		fill(s);
	return true;
}

static ssize_t capacity(const struct stream *s)
{
	if (s->kind == SHOWN)
		return TERMINAL_BYTES;
	return fcntl(*s->from, F_GETPIPE_SZ);
}

/* After the end: all that the program wrote is in the pipe or terminal
 * already. No more than that holds, as what it left running may write for
 * ever. */
static void drain(struct stream *s, ssize_t left)
{
	while (pending(s) || left > 0) {
		bool full = pending(s);
		struct pollfd p = stream_poll(s);

		if (p.fd < 0 || poll(&p, 1, full ? -1 : 0) <= 0 ||
		    !stream_step(s, p.revents))
			return;
		if (!full)
			left -= (ssize_t)s->end;
	}
}

static int open_signals(struct relay *r, struct err *err)
{
	sigset_t set;

	if (r->signals >= 0)
		return 0;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaddset(&set, forwarded[i]);
	for (size_t i = 0; i < ARRAY_LEN(about_terminal); i++)
		sigaddset(&set, about_terminal[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &r->before);
	(void)signal(SIGPIPE, SIG_IGN);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals < 0 ? err_set_errno(err, EXIT_LAUNCH, "watch",
					      "signals", errno) : 0;
}

static bool take_signal(struct relay *r, const struct relay_ops *ops, void *ctx)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return false;
	switch (info.ssi_signo) {
	case SIGWINCH:
		if (r->console)
			console_resize(r->host[1]);
		return false;
	case SIGCONT:
		console_raw_again();
		return false;
	default:
		return ops->signal(ctx, (int)info.ssi_signo);
	}
}

static bool react(struct relay *r, const struct pollfd *p,
		  const struct relay_ops *ops, void *ctx)
{
	if (p[0].revents && take_signal(r, ops, ctx))
		return true;
	return p[1].revents && ops->ready(ctx);
}

int relay_wait(struct relay *r, int watch, const struct relay_ops *ops,
	       void *ctx, const struct patience *patience, struct err *err)
{
	struct pollfd p[2];

	if (open_signals(r, err) < 0)
		return -1;
	do {
		p[0] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = watch, .events = POLLIN };
		if (poll(p, 2, patience_ms(patience)) < 0)
			p[0].revents = p[1].revents = 0;
	} while (!react(r, p, ops, ctx));
	return 0;
}

/* The terminal that showed it is gone: the guest's is hung up. */
static bool hang_up(struct stream *s, const struct relay_ops *ops, void *ctx)
{
	if (s->kind != SHOWN || !s->lost || s->hung_up)
		return false;
	s->hung_up = true;
	return ops->signal(ctx, SIGHUP);
}

static void loop(struct relay *r, struct stream streams[3], int watch,
		 const struct relay_ops *ops, void *ctx, bool *gone)
{
	struct pollfd p[5];

	for (;;) {
		bool away = in_background(*streams[0].from);

		if (r->console && !away)
			console_raw();
		for (int i = 0; i < 3; i++)
			p[i] = stream_poll(&streams[i]);
		if (away && !pending(&streams[0]))
			p[0].fd = -1;
		p[3] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
		p[4] = (struct pollfd){ .fd = watch, .events = POLLIN };
		if (poll(p, 5, away ? FOREGROUND_MS : -1) < 0)
			continue;
		for (int i = 0; i < 3; i++)
			(void)stream_step(&streams[i], p[i].revents);
		*gone = streams[0].gone;
		if (*gone || hang_up(&streams[1], ops, ctx) ||
		    react(r, p + 3, ops, ctx))
			return;
	}
}

static void connect_streams(struct relay *r, struct stream streams[3],
			    int ours[3])
{
	for (int i = 0; i < 3; i++) {
		struct stream *s = &streams[i];

		*s = (struct stream){ .console = r->console };
		s->from = i ? &r->host[i] : &ours[0];
		s->to = i ? &ours[i] : &r->host[0];
	}
	if (r->console) {
		streams[0].kind = TYPED;
		streams[1].kind = SHOWN;
	}
}

int relay_run(struct relay *r, int watch, const struct relay_ops *ops,
	      void *ctx, struct err *err)
{
	static struct stream streams[3];
	int ours[3] = { 0, 1, 2 };
	bool gone = false;

	if (open_signals(r, err) < 0)
		return -1;
	connect_streams(r, streams, ours);
	loop(r, streams, watch, ops, ctx, &gone);
	/* Nobody is left to pass a signal on to; the reader may be slow. */
	(void)sigprocmask(SIG_SETMASK, &r->before, NULL);
	for (int i = 1; i < 3; i++)
		drain(&streams[i], gone ? 0 : capacity(&streams[i]));
	console_restore();
	return gone;
}
