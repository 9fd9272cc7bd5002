/*
 * hostile_x - an X server that means harm, for the tests of steer.
 *
 *	hostile_x SOCKET HOW
 *
 * Prints "ready" when it listens, serves one client after the other, and ends
 * with its standard input. HOW:
 *	mute     accepts and says nothing
 *	random   answers the setup with noise
 *	short    half of a setup
 *	length   a setup that claims as much as a length field can
 *	close    closes after the setup
 *	silent   a good setup, then nothing
 *	bomb     a good setup, then replies that claim 16 GiB, and noise
 *	garbage  a good setup, then noise for ever
 *	events   a good setup, then events for ever
 *	errors   a good setup, then an error to every request
 *	cut      answers as a server would, cut off in the middle of the picture
 *	huge     the same, but the screen is 65535 by 65535
 *	zero     the same, but the screen is 0 by 0
 *	list     the same, but every property claims to be as long as can be and
 *	         holds noise, and every window lies within another
 *	ghosts   the same, but no window that is listed is there
 *	fds      the same as "bomb", with descriptors beside the bytes
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ROOT 0x100u
#define VISUAL 0x21u
#define GET_WINDOW_ATTRIBUTES 3
#define GET_GEOMETRY 14
#define QUERY_TREE 15
#define INTERN_ATOM 16
#define GET_PROPERTY 20
#define TRANSLATE_COORDINATES 40
#define GET_INPUT_FOCUS 43
#define GET_IMAGE 73
#define QUERY_EXTENSION 98

static const char *how;
static uint32_t seed = 1;

static int is(const char *name)
{
	return strcmp(how, name) == 0;
}

static uint8_t noise(void)
{
	seed = seed * 1103515245u + 12345u;
	return (uint8_t)(seed >> 16);
}

static int put(int fd, const void *data, size_t len)
{
	return send(fd, data, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

static int put_noise(int fd, size_t len)
{
	unsigned char block[4096];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = noise();
	for (; len; len -= len < sizeof(block) ? len : sizeof(block))
		if (put(fd, block, len < sizeof(block) ? len : sizeof(block)))
			return -1;
	return 0;
}

static void set16(unsigned char *p, unsigned int v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void set32(unsigned char *p, uint32_t v)
{
	set16(p, v & 0xffff);
	set16(p + 2, v >> 16);
}

/* One screen of 640x480, depth 24 in 32 bits, one TrueColor visual. */
static size_t make_setup(unsigned char s[256])
{
	unsigned char *screen = s + 52;

	memset(s, 0, 256);
	s[0] = 1;
	set16(s + 2, 11);
	set32(s + 12, 0x200000);
	set32(s + 16, 0x1fffff);
	set16(s + 24, 4); /* vendor */
	set16(s + 26, 0xffff);
	s[28] = 1; /* screens */
	s[29] = 1; /* formats */
	s[32] = 32;
	s[33] = 32;
	s[34] = 8;
	s[35] = 255;
	memcpy(s + 40, "evil", 4);
	s[44] = 24;
	s[45] = 32;
	s[46] = 32;
	set32(screen, ROOT);
	set16(screen + 20, 640);
	set16(screen + 22, 480);
	set32(screen + 32, VISUAL);
	screen[38] = 24;
	screen[39] = 1;
	screen[40] = 24; /* depth */
	set16(screen + 42, 1);
	set32(screen + 48, VISUAL);
	screen[52] = 4; /* TrueColor */
	screen[53] = 8;
	set16(screen + 54, 256);
	set32(screen + 56, 0xff0000);
	set32(screen + 60, 0xff00);
	set32(screen + 64, 0xff);
	set16(s + 6, (52 + 72 - 8) / 4);
	return 52 + 72;
}

static int send_setup(int fd)
{
	unsigned char s[256];
	size_t len = make_setup(s);

	if (is("random"))
		return put_noise(fd, 4096);
	if (is("short"))
		return put(fd, s, len / 2);
	if (is("length")) {
		set16(s + 6, 0xffff);
		set16(s + 24, 0xffff);
		s[28] = s[29] = 255;
	}
	return put(fd, s, len);
}

static int send_with_fd(int fd, const void *data, size_t len)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(4 * sizeof(int))];
	} c;
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &c,
			    .msg_controllen = sizeof(c.room) };
	int null = open("/dev/null", O_RDWR);
	int fds[4] = { null, null, null, null };
	ssize_t n;

	memset(&c, 0, sizeof(c));
	c.head.cmsg_level = SOL_SOCKET;
	c.head.cmsg_type = SCM_RIGHTS;
	c.head.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&c.head), fds, sizeof(fds));
	n = sendmsg(fd, &m, MSG_NOSIGNAL);
	close(null);
	return n == (ssize_t)len ? 0 : -1;
}

static int send_reply(int fd, unsigned int seq, const unsigned char *fill,
		      uint32_t words)
{
	unsigned char r[32] = { 1 };

	memcpy(r + 8, fill, 24);
	r[1] = 24;
	set16(r + 2, seq);
	set32(r + 4, words);
	return is("fds") ? send_with_fd(fd, r, sizeof(r)) :
			   put(fd, r, sizeof(r));
}

static int send_error(int fd, unsigned int seq)
{
	unsigned char r[32] = { 0, 17 };

	set16(r + 2, seq);
	return put(fd, r, sizeof(r));
}

static uint32_t get32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* As many bytes as were asked for, and a claim of many more. */
static int send_property(int fd, const unsigned char *q, unsigned int seq)
{
	uint32_t type = get32(q + 12), words = get32(q + 20);
	unsigned char r[32] = { 1 };

	if (words > 4096)
		words = 4096;
	/* ATOM, CARDINAL and WINDOW have numbers, and text has none. */
	r[1] = type == 4 || type == 6 || type == 33 ? 32 : 8;
	set16(r + 2, seq);
	set32(r + 4, words);
	set32(r + 8, type);
	set32(r + 12, 0xffffffffu);
	set32(r + 16, 0xffffffffu);
	return put(fd, r, sizeof(r)) || put_noise(fd, words * 4);
}

/* A display full of windows. */
static int answer_windows(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned char fill[24] = { 0 };
	unsigned char attributes[44] = { 1 };

	switch (q[0]) {
	case GET_PROPERTY:
		return send_property(fd, q, seq);
	case QUERY_TREE:
		set32(fill, ROOT);
		set32(fill + 4, get32(q + 4) + 1);
		set16(fill + 8, 0xffff);
		return send_reply(fd, seq, fill, 0);
	case GET_WINDOW_ATTRIBUTES:
		set16(attributes + 2, seq);
		set32(attributes + 4, 3);
		attributes[26] = 2; /* viewable */
		return put(fd, attributes, sizeof(attributes));
	default:
		for (size_t i = 0; i < sizeof(fill); i++)
			fill[i] = noise();
		return send_reply(fd, seq, fill, 0);
	}
}

/* What a plain server without extensions would say. */
static int answer(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned int side = is("huge") ? 65535 : is("zero") ? 0 : 640;
	unsigned char fill[24] = { 0 };

	switch (q[0]) {
	case GET_GEOMETRY:
		set32(fill, ROOT);
		set16(fill + 8, side);
		set16(fill + 10, side);
		return send_reply(fd, seq, fill, 0);
	case GET_IMAGE:
		set32(fill, VISUAL);
		if (send_reply(fd, seq, fill, 640 * 480) ||
		    put_noise(fd, 100000))
			return -1;
		return -1; /* and closes */
	case INTERN_ATOM:
	case GET_PROPERTY:
	case GET_INPUT_FOCUS:
	case QUERY_EXTENSION:
		return send_reply(fd, seq, fill, 0);
	default:
		return 0;
	}
}

static int request(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned char fill[24];

	for (size_t i = 0; i < sizeof(fill); i++)
		fill[i] = noise();
	if (is("close"))
		return -1;
	if (is("silent"))
		return 0;
	if (is("errors") || (is("ghosts") && q[0] == GET_WINDOW_ATTRIBUTES))
		return send_error(fd, seq);
	if ((is("list") || is("ghosts")) &&
	    (q[0] == GET_PROPERTY || q[0] == QUERY_TREE ||
	     q[0] == GET_WINDOW_ATTRIBUTES || q[0] == GET_INPUT_FOCUS ||
	     q[0] == GET_GEOMETRY || q[0] == TRANSLATE_COORDINATES))
		return answer_windows(fd, q, seq);
	if (is("bomb") || is("fds"))
		return send_reply(fd, seq, fill, 0xffffffffu) ||
		       put_noise(fd, 100000);
	return answer(fd, q, seq);
}

static int read_all(int fd, unsigned char *p, size_t len)
{
	while (len) {
		ssize_t n = read(fd, p, len);

		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int endless(int fd)
{
	unsigned char event[32] = { 0 };

	if (is("garbage"))
		while (put_noise(fd, 4096) == 0)
			;
	event[0] = 28; /* PropertyNotify */
	while (is("events") && put(fd, event, sizeof(event)) == 0)
		;
	return -1;
}

static void serve(int fd)
{
	static unsigned char q[1 << 20];

	if (is("mute")) {
		(void)read_all(fd, q, sizeof(q));
		return;
	}
	if (read_all(fd, q, 12) || send_setup(fd))
		return;
	if (is("garbage") || is("events")) {
		(void)endless(fd);
		return;
	}
	for (unsigned int seq = 1; read_all(fd, q, 4) == 0; seq++) {
		size_t len = (q[2] | q[3] << 8) * 4u, head = 4;

		if (!len) { /* BIG-REQUESTS */
			if (read_all(fd, q + 4, 4))
				return;
			break;
		}
		if (read_all(fd, q + head, len - head) ||
		    request(fd, q, seq))
			return;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc != 3)
		errx(2, "usage: hostile_x SOCKET HOW");
	how = argv[2];
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", argv[1]);
	if (bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s, 8) < 0)
		err(1, "%s", argv[1]);
	signal(SIGCHLD, SIG_IGN);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd p[] = { { .fd = s, .events = POLLIN },
				      { .fd = 0, .events = POLLIN } };
		int c;

		(void)poll(p, 2, -1);
		if (p[1].revents)
			break;
		c = accept(s, NULL, NULL);
		if (fork() == 0) {
			close(s);
			serve(c);
			_exit(0);
		}
		close(c);
	}
	return 0;
}
