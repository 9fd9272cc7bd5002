/*
 * x_proxy - stands before an honest X server and spoils what it says, for the
 * tests of steer.
 *
 *	x_proxy SOCKET SERVER HOW [SEED]
 *	x_proxy --list          the names of HOW, one a line
 *
 * Prints "ready" when it listens at SOCKET, serves each client in a process of
 * its own, and ends with its standard input. What is spoilt, and how, follows
 * from SEED and from what is said, so a fault can be seen again. Descriptors
 * that a client sends along are passed on.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ERROR 0
#define REPLY 1
#define GENERIC_EVENT 35
#define PROPERTY_NOTIFY 28
#define ROOM (1u << 20)
#define FLOOD 20000
#define CUT_MAX 3000

static const struct {
	const char *name, *does;
} hows[] = {
	{ "honest", "nothing, for comparison" },
	{ "flip", "a bit of a byte now and then, the setup's too" },
	{ "body", "bytes of replies, but not their kind, number and length" },
	{ "claim", "now and then a length that is as large as can be" },
	{ "long", "now and then a reply that is too long, by noise" },
	{ "short", "a reply without what follows its first 32 bytes" },
	{ "sequence", "now and then another sequence number" },
	{ "unasked", "replies that nobody asked for, in front of each" },
	{ "errors", "an error instead of each reply" },
	{ "some-errors", "an error instead of one reply in four" },
	{ "flood", "20000 events in front of each reply" },
	{ "drop", "one reply in eight is not passed on" },
	{ "stall", "half of a reply, and no more" },
	{ "cut", "closes after some bytes" },
	{ "drip", "a byte at a time" },
	{ "noise", "noise after some bytes" },
};

static const char *how;
static uint32_t seed = 1;
static unsigned char message[ROOM];

static int is(const char *name)
{
	return strcmp(how, name) == 0;
}

static uint32_t chance(uint32_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 12) % n;
}

static void make_noise(unsigned char *p, size_t len)
{
	while (len--)
		*p++ = (unsigned char)chance(256);
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static void set32(unsigned char *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

static void put(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = send(fd, p, is("drip") ? 1 : len, MSG_NOSIGNAL);

		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

static void get(int fd, void *data, size_t len)
{
	for (char *p = data; len;) {
		ssize_t n = read(fd, p, len);

		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

/* --- from the client ------------------------------------------------------ */

/* The other process holds these connections as well. */
static void hang_up(int to)
{
	(void)shutdown(to, SHUT_RDWR);
	_exit(0);
}

static void pass_on(int from, int to)
{
	static char data[65536];
	char control[256];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(from, &m, 0);
	size_t sent;

	if (n <= 0)
		hang_up(to);
	iov.iov_len = (size_t)n;
	n = sendmsg(to, &m, MSG_NOSIGNAL);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		close(*(int *)CMSG_DATA(c));
	if (n <= 0)
		hang_up(to);
	for (sent = (size_t)n; sent < iov.iov_len; sent += (size_t)n) {
		n = send(to, data + sent, iov.iov_len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			hang_up(to);
	}
}

/* --- from the server ------------------------------------------------------ */

static void flip(unsigned char *p, size_t len)
{
	if (chance(4) == 0)
		p[chance((uint32_t)len)] ^= (unsigned char)(1 << chance(8));
}

static void stop(void)
{
	for (;;)
		pause();
}

static void put_events(int fd)
{
	unsigned char event[32] = { PROPERTY_NOTIFY };

	memcpy(event + 2, message + 2, 2);
	for (int i = 0; i < FLOOD; i++)
		put(fd, event, sizeof(event));
}

static void put_unasked(int fd)
{
	unsigned char r[32] = { REPLY };

	for (int i = 0; i < 3; i++) {
		make_noise(r + 1, sizeof(r) - 1);
		set32(r + 4, 0);
		put(fd, r, sizeof(r));
	}
}

/* BadWindow, or another that there is. */
static size_t make_error(unsigned char *m)
{
	m[0] = ERROR;
	m[1] = (unsigned char)(1 + chance(17));
	set32(m + 4, 0);
	return 32;
}

/* What the reply in `m` becomes; returns its length. */
static size_t spoil(unsigned char *m, size_t len)
{
	if (is("flip"))
		flip(m, len);
	if (is("body") && chance(2))
		for (uint32_t i = 1 + chance(8); i; i--)
			m[8 + chance((uint32_t)len - 8)] =
				(unsigned char)chance(256);
	if (is("claim") && chance(6) == 0)
		set32(m + 4, chance(2) ? 0xffffffffu : 0x3fffffffu);
	if (is("sequence") && chance(6) == 0)
		m[2 + chance(2)] += (unsigned char)(1 + chance(255));
	if (is("errors") || (is("some-errors") && chance(4) == 0))
		return make_error(m);
	if (is("short") && chance(2)) {
		set32(m + 4, 0);
		return 32;
	}
	if (is("long") && chance(6) == 0 && len + 4096 < ROOM) {
		make_noise(m + len, 4096);
		set32(m + 4, get32(m + 4) + 1024);
		return len + 4096;
	}
	return len;
}

/* Once, after as many bytes as the seed says. */
static void end_some_time(int to, size_t len)
{
	static uint32_t left;

	if (!is("cut") && !is("noise"))
		return;
	if (!left)
		left = 1 + chance(CUT_MAX);
	if (len < left) {
		left -= (uint32_t)len;
		return;
	}
	put(to, message, left);
	for (; is("noise"); put(to, message, 4096))
		make_noise(message, 4096);
	_exit(0);
}

static void put_reply(int to, size_t len)
{
	if (is("flood"))
		put_events(to);
	if (is("unasked"))
		put_unasked(to);
	if (is("drop") && chance(8) == 0)
		return;
	if (is("stall") && chance(6) == 0) {
		put(to, message, len / 2);
		stop();
	}
	put(to, message, spoil(message, len));
}

/* One message, and what follows a long one piece by piece. */
static void relay_message(int from, int to)
{
	uint64_t rest = 0;
	size_t len = 32;

	get(from, message, len);
	if (message[0] == REPLY || (message[0] & 127) == GENERIC_EVENT)
		rest = (uint64_t)get32(message + 4) * 4;
	if (rest <= ROOM / 2) {
		get(from, message + len, rest);
		len += rest;
		rest = 0;
	}
	end_some_time(to, len);
	if (message[0] == REPLY)
		put_reply(to, len);
	else
		put(to, message, len);
	for (; rest; rest -= len) {
		len = rest < ROOM ? rest : ROOM;
		get(from, message, len);
		put(to, message, len);
	}
}

static void relay_setup(int from, int to)
{
	size_t len;

	get(from, message, 8);
	len = 8 + (message[6] | (size_t)message[7] << 8) * 4;
	get(from, message + 8, len - 8);
	end_some_time(to, len);
	if (is("flip"))
		flip(message, len);
	put(to, message, len);
}

/* --- clients -------------------------------------------------------------- */

static int connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		err(1, "%s", path);
	return fd;
}

/* Two processes, so that neither waits for the other. */
static void serve(int client, const char *path)
{
	int server = connect_to(path);

	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pass_on(client, server);
	}
	relay_setup(server, client);
	for (;;)
		relay_message(server, client);
}

static void listen_at(const char *path, const char *server)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd p[] = { { .fd = s, .events = POLLIN },
			      { .fd = 0, .events = POLLIN } };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s, 64) < 0)
		err(1, "%s", path);
	signal(SIGCHLD, SIG_IGN);
	puts("ready");
	fflush(stdout);
	while (poll(p, 2, -1) > 0 && !p[1].revents) {
		int c = accept(s, NULL, NULL);

		/* Each client's luck is its own. */
		seed += 7919;
		if (c >= 0 && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(s);
			serve(c, server);
		}
		close(c);
	}
}

int main(int argc, char **argv)
{
	const size_t n = sizeof(hows) / sizeof(hows[0]);
	size_t i = 0;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (; i < n; i++)
			puts(hows[i].name);
		return 0;
	}
	if (argc < 4)
		errx(2, "usage: x_proxy SOCKET SERVER HOW [SEED]");
	how = argv[3];
	while (i < n && !is(hows[i].name))
		i++;
	if (i == n)
		errx(2, "%s: unknown", how);
	if (argc > 4)
		seed = (uint32_t)strtoul(argv[4], NULL, 0);
	listen_at(argv[1], argv[2]);
	return 0;
}
