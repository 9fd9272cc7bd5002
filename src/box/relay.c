#include "box/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

/* Nothing tells a job that runs in the background of its way back. */
#define FOREGROUND_MS 200

/* One direction. Whoever reads `to` may be slow, so nothing here blocks. */
struct stream {
	int *from, *to;
	size_t start, end;
	char data[16384];
};

static const int forwarded[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2,
};

static int check_stdio(struct err *err)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	struct stat st;

	for (int i = 0; i < 3; i++)
		if (fstat(i, &st) == 0 && S_ISDIR(st.st_mode))
			return err_set(err, EXIT_USAGE, "use", names[i],
				       "it is a directory");
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

int relay_open(struct relay *r, struct err *err)
{
	int ends[2];

	never_stop();
	for (int i = 0; i < 3; i++)
		r->guest[i] = r->host[i] = -1;
	if (check_stdio(err) < 0)
		return -1;
	for (int i = 0; i < 3; i++) {
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

static void fill(struct stream *s)
{
	ssize_t n = read(*s->from, s->data, sizeof(s->data));

	if (n < 0 && (again() || (errno == EIO && in_background(*s->from))))
		return;
	s->start = 0;
	s->end = n > 0 ? (size_t)n : 0;
	if (n > 0)
		return;
	end_side(s->from);
	end_side(s->to);
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
		end_side(s->from);
		end_side(s->to);
		s->start = s->end = 0;
		return;
	}
	s->start += (size_t)done;
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
	else
		fill(s);
	return true;
}

/* After the end: all that the program wrote is in the pipe already. No more
 * than the pipe holds, as what it left running may write for ever. */
static void drain(struct stream *s)
{
	ssize_t left = fcntl(*s->from, F_GETPIPE_SZ);

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

static int open_signals(sigset_t *old)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaddset(&set, forwarded[i]);
	if (sigprocmask(SIG_BLOCK, &set, old) < 0)
		return -errno;
	(void)signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void take_signal(int fd, const struct relay_ops *ops, void *ctx)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		ops->signal(ctx, (int)info.ssi_signo);
}

static void loop(struct stream streams[3], int signals, int watch,
		 const struct relay_ops *ops, void *ctx)
{
	struct pollfd p[5];

	for (;;) {
		bool away = in_background(*streams[0].from);

		for (int i = 0; i < 3; i++)
			p[i] = stream_poll(&streams[i]);
		if (away && !pending(&streams[0]))
			p[0].fd = -1;
		p[3] = (struct pollfd){ .fd = signals, .events = POLLIN };
		p[4] = (struct pollfd){ .fd = watch, .events = POLLIN };
		if (poll(p, 5, away ? FOREGROUND_MS : -1) < 0)
			continue;
		for (int i = 0; i < 3; i++)
			(void)stream_step(&streams[i], p[i].revents);
		if (p[3].revents)
			take_signal(signals, ops, ctx);
		if (p[4].revents && ops->ready(ctx))
			return;
	}
}

int relay_run(struct relay *r, int watch, const struct relay_ops *ops,
	      void *ctx, struct err *err)
{
	static struct stream streams[3];
	struct relay nothing = { { -1, -1, -1 }, { -1, -1, -1 } };
	int in = r ? 0 : -1, out = r ? 1 : -1, errout = r ? 2 : -1;
	CLEANUP_FD int signals = -1;
	sigset_t old;

	signals = open_signals(&old);
	if (signals < 0)
		return err_set_errno(err, EXIT_LAUNCH, "watch", "signals",
				     signals);
	r = r ? r : &nothing;
	streams[0].from = &in;
	streams[0].to = &r->host[0];
	streams[1].from = &r->host[1];
	streams[1].to = &out;
	streams[2].from = &r->host[2];
	streams[2].to = &errout;
	loop(streams, signals, watch, ops, ctx);
	/* Nobody is left to pass a signal on to; the reader may be slow. */
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	drain(&streams[1]);
	drain(&streams[2]);
	return 0;
}
