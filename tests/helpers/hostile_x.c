/*
 * hostile_x - an X server that means harm, for the tests of steer.
 *
 *	hostile_x SOCKET HOW
 *	hostile_x --list             the names of HOW, one a line
 *	hostile_x --xvfb HOW ARG...  in place of Xvfb in a sandbox: at the
 *	                             sockets that were passed
 *
 * Prints "ready" when it listens, serves each client in a process of its own,
 * and ends with its standard input. What it lies about is its own doing;
 * x_proxy spoils what an honest server says.
 *
 * lint: long file: one program, with no library beneath it on purpose.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ROOT 0x100u
#define VISUAL 0x21u
#define XTEST_MAJOR 130

#define GET_WINDOW_ATTRIBUTES 3
#define GET_GEOMETRY 14
#define QUERY_TREE 15
#define INTERN_ATOM 16
#define GET_PROPERTY 20
#define QUERY_POINTER 38
#define TRANSLATE_COORDINATES 40
#define GET_INPUT_FOCUS 43
#define QUERY_KEYMAP 44
#define GET_IMAGE 73
#define QUERY_EXTENSION 98
#define GET_KEYBOARD_MAPPING 101
#define GET_MODIFIER_MAPPING 119

#define ATOM_STRING 31
#define ATOM_WINDOW 33
#define FIRST_OF_OURS 0x150u /* atoms that were interned */

static const struct {
	const char *name, *does;
} hows[] = {
	{ "full", "lets nobody in: its queue is full" },
	{ "mute", "accepts and says nothing" },
	{ "now", "closes at once" },
	{ "hello", "closes when it was greeted" },

	{ "random", "answers the setup with noise" },
	{ "short", "half of a setup, and closes" },
	{ "half", "half of a setup, and says no more" },
	{ "refuse", "refuses, in words that a terminal would obey" },
	{ "refuse-long", "refuses, in as many words as there can be" },
	{ "authenticate", "asks for more to be let in, for ever" },
	{ "length", "a setup that claims as much as its length can" },
	{ "vendor", "a setup with a vendor of 65535 bytes" },
	{ "screens", "a setup of 255 screens, with one" },
	{ "noscreen", "a setup of no screen" },
	{ "depths", "a screen of 255 depths, with one" },
	{ "visuals", "a depth of 65535 visuals, with one" },
	{ "formats", "a setup of 255 pixel formats, with one" },
	{ "noformat", "a setup of no pixel format" },
	{ "keycodes", "keys from 255 to 0" },
	{ "giant", "a screen of 65535 by 65535" },

	{ "close", "closes after the setup" },
	{ "silent", "a good setup, then nothing" },
	{ "bomb", "a good setup, then replies that claim 16 GiB, and noise" },
	{ "fds", "the same, with descriptors beside the bytes" },
	{ "garbage", "a good setup, then noise for ever" },
	{ "events", "a good setup, then events for ever" },
	{ "errors", "a good setup, then an error to every request" },

	/* The rest answers as a server would that knows XTEST, but: */
	{ "cut", "it ends in the middle of the picture" },
	{ "noimage", "pictures are empty" },
	{ "huge", "windows are 65535 by 65535, the screen too" },
	{ "zero", "they are 0 by 0" },
	{ "largest", "they are as large as is allowed" },
	{ "list", "a property is as long as can be and holds noise, and every "
		  "window lies within another" },
	{ "ghosts", "the same, but no window that is listed is there" },
	{ "cycle", "every window lies in its neighbour, which lies in it" },
	{ "types", "a property is of any type and format, and claims the "
		   "most that it can" },
	{ "titles", "the names of windows are such that a terminal would "
		    "obey them" },
	{ "levels", "the keyboard has 255 levels, in no bytes" },
	{ "nokeys", "the keyboard has no meanings at all" },
	{ "held", "every key and every button is down" },
};

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

static uint32_t get32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Of the screen and of every window. */
static unsigned int side(void)
{
	if (is("huge") || is("giant"))
		return 65535;
	return is("zero") ? 0 : is("largest") ? 4096 : 640;
}

/* One screen of 640x640, depth 24 in 32 bits, one TrueColor visual. */
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

/* One field of it is a lie. */
static void lie(unsigned char *s)
{
	unsigned char *screen = s + 52;

	if (is("length")) {
		set16(s + 6, 0xffff);
		set16(s + 24, 0xffff);
		s[28] = s[29] = 255;
	}
	if (is("vendor"))
		set16(s + 24, 0xffff);
	if (is("screens"))
		s[28] = 255;
	if (is("noscreen"))
		s[28] = 0;
	if (is("formats"))
		s[29] = 255;
	if (is("noformat"))
		s[29] = 0;
	if (is("keycodes")) {
		s[34] = 255;
		s[35] = 0;
	}
	if (is("depths"))
		screen[39] = 255;
	if (is("visuals"))
		set16(screen + 42, 0xffff);
	set16(screen + 20, side());
	set16(screen + 22, side());
}

/* Terminals take the first for a title, and the last bytes are no UTF-8. */
static const char evil[] = "\033]0;evil\a\033[2J\033[31mevil\r\n\b\177"
			   "\302\233" "31m\342\200\256evil\300\200\377";

static int send_refusal(int fd)
{
	unsigned char s[8 + 256] = { 0 };
	size_t len = is("refuse-long") ? 255 : sizeof(evil) - 1;

	s[1] = (unsigned char)len;
	set16(s + 2, 11);
	set16(s + 6, (unsigned int)(len + 3) / 4);
	for (size_t i = 0; i < len; i++)
		s[8 + i] = (unsigned char)evil[i % (sizeof(evil) - 1)];
	(void)put(fd, s, 8 + ((len + 3) & ~(size_t)3));
	return -1;
}

static int send_setup(int fd)
{
	unsigned char s[256];
	size_t len = make_setup(s);

	if (is("hello"))
		return -1;
	if (is("random"))
		return put_noise(fd, 4096);
	if (is("refuse") || is("refuse-long"))
		return send_refusal(fd);
	if (is("authenticate"))
		s[0] = 2;
	if (is("short") || is("half"))
		return put(fd, s, len / 2) || is("short") ? -1 : 0;
	lie(s);
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

/* How many bits each value of a property of this type has. */
static unsigned int format_of(uint32_t type)
{
	return type == 4 || type == 6 || type == ATOM_WINDOW ? 32 : 8;
}

/* As many bytes as were asked for, and a claim of many more. */
static int send_property(int fd, const unsigned char *q, unsigned int seq)
{
	uint32_t type = get32(q + 12), words = get32(q + 20);
	unsigned char r[32] = { 1 };

	if (words > 4096)
		words = 4096;
	r[1] = is("types") ? noise() : (unsigned char)format_of(type);
	set16(r + 2, seq);
	set32(r + 4, words);
	set32(r + 8, is("types") ? noise() : type);
	set32(r + 12, 0xffffffffu);
	set32(r + 16, 0xffffffffu);
	return put(fd, r, sizeof(r)) || put_noise(fd, words * 4);
}

/* The windows' names are evil, there are three of them, and any number that
 * is asked for is the first's. */
static int send_title(int fd, const unsigned char *q, unsigned int seq)
{
	uint32_t type = get32(q + 12), words = get32(q + 20);
	unsigned char r[32 + 64] = { 1 };
	int number = format_of(type) == 32 || type > FIRST_OF_OURS + 0x100;
	size_t len = number ? 12 : sizeof(evil) - 1;

	if (len > words * 4)
		len = words * 4;
	r[1] = number ? 32 : 8;
	set16(r + 2, seq);
	set32(r + 4, (uint32_t)(len + 3) / 4);
	set32(r + 8, type ? type : ATOM_STRING);
	set32(r + 16, (uint32_t)(number ? len / 4 : len));
	memcpy(r + 32, evil, sizeof(evil));
	for (unsigned int i = 0; number && i < 3; i++)
		set32(r + 32 + 4 * i, 0x300 + i);
	return put(fd, r, 32 + ((len + 3) & ~(size_t)3));
}

/* One window within another, for ever. */
static void fill_tree(const unsigned char *q, unsigned char fill[24])
{
	uint32_t window = get32(q + 4);

	set32(fill, ROOT);
	set32(fill + 4, is("cycle") ? window ^ 1 : window + 1);
	set16(fill + 8, 0xffff);
}

/* A display full of windows. */
static int answer_windows(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned char fill[24] = { 0 };
	unsigned char attributes[44] = { 1 };

	switch (q[0]) {
	case GET_PROPERTY:
		return is("titles") ? send_title(fd, q, seq) :
				      send_property(fd, q, seq);
	case QUERY_TREE:
		fill_tree(q, fill);
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

static int has_windows(void)
{
	return is("list") || is("ghosts") || is("cycle") || is("types") ||
	       is("titles");
}

/* One of the requests above. */
static int is_of_windows(const unsigned char *q)
{
	return q[0] == GET_PROPERTY || q[0] == QUERY_TREE ||
	       q[0] == GET_WINDOW_ATTRIBUTES || q[0] == GET_INPUT_FOCUS ||
	       q[0] == GET_GEOMETRY || q[0] == TRANSLATE_COORDINATES;
}

static uint32_t get16(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

/* As large as was asked for. */
static int send_image(int fd, const unsigned char *q, unsigned int seq)
{
	uint32_t words = get16(q + 12) * get16(q + 14);
	unsigned char fill[24] = { 0 };

	set32(fill, VISUAL);
	if (is("noimage"))
		words = 0;
	if (send_reply(fd, seq, fill, words) || is("cut"))
		return -1;
	return put_noise(fd, (size_t)words * 4);
}

/* Letters, and Shift where it mostly is. */
static int send_keys(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned int n = q[5], levels = is("levels") ? 255 : 2;
	unsigned char r[32 + 256 * 8] = { 1, (unsigned char)levels };

	set16(r + 2, seq);
	set32(r + 4, is("levels") ? 0 : n * 2);
	for (unsigned int i = 0; i < n && !is("nokeys"); i++)
		set32(r + 32 + 8 * i,
		      q[4] + i == 50 ? 0xffe1 : 'a' + i % 26);
	return put(fd, r, is("levels") ? 32 : 32 + n * 8);
}

/* As many words as there have to be behind a reply. */
static int send_longer(int fd, unsigned int seq, unsigned int words)
{
	unsigned char r[64] = { 1 };

	set16(r + 2, seq);
	set32(r + 4, words);
	memset(r + 8, is("held") ? 255 : 0, 24 + 4 * words);
	return put(fd, r, 32 + 4 * words);
}

static void fill_extension(const unsigned char *q, unsigned char fill[24])
{
	if (get16(q + 4) != 5 || memcmp(q + 8, "XTEST", 5) != 0)
		return;
	fill[0] = 1;
	fill[1] = XTEST_MAJOR;
}

/* What a plain server would say that knows XTEST. */
static int answer(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned char fill[24] = { 0 };

	switch (q[0]) {
	case GET_GEOMETRY:
		set32(fill, ROOT);
		set16(fill + 8, side());
		set16(fill + 10, side());
		break;
	case GET_IMAGE:
		return send_image(fd, q, seq);
	case GET_KEYBOARD_MAPPING:
		return send_keys(fd, q, seq);
	case QUERY_KEYMAP:
		return send_longer(fd, seq, 2);
	case GET_MODIFIER_MAPPING: /* none of each, in 24 unused bytes */
		break;
	case GET_WINDOW_ATTRIBUTES:
		return send_longer(fd, seq, 3);
	case INTERN_ATOM:
		set32(fill, FIRST_OF_OURS + q[8 + (get16(q + 4) & 15)]);
		break;
	case QUERY_EXTENSION:
		fill_extension(q, fill);
		break;
	case QUERY_POINTER:
		set32(fill, ROOT);
		set16(fill + 16, is("held") ? 0xffff : 0);
		break;
	case GET_PROPERTY:
	case QUERY_TREE:
	case TRANSLATE_COORDINATES:
	case GET_INPUT_FOCUS:
		break;
	case XTEST_MAJOR:
		if (q[1]) /* other than its version */
			return 0;
		break;
	default:
		return 0;
	}
	return send_reply(fd, seq, fill, 0);
}

static int request(int fd, const unsigned char *q, unsigned int seq)
{
	unsigned char fill[24];

	for (size_t i = 0; i < sizeof(fill); i++)
		fill[i] = noise();
	if (is("close"))
		return -1;
	if (is("silent") || is("half") || is("authenticate"))
		return 0;
	if (is("errors") || (is("ghosts") && q[0] == GET_WINDOW_ATTRIBUTES))
		return send_error(fd, seq);
	if (is("bomb") || is("fds"))
		return send_reply(fd, seq, fill, 0xffffffffu) ||
		       put_noise(fd, 100000);
	if (has_windows() && is_of_windows(q))
		return answer_windows(fd, q, seq);
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
	static unsigned char events[2048][32];

	if (is("garbage"))
		while (put_noise(fd, 4096) == 0)
			;
	for (size_t i = 0; i < 2048; i++)
		events[i][0] = 28; /* PropertyNotify */
	while (is("events") && put(fd, events, sizeof(events)) == 0)
		;
	return -1;
}

/* With the name and the data of a cookie behind it. */
static int read_hello(int fd, unsigned char *q)
{
	size_t more;

	if (read_all(fd, q, 12))
		return -1;
	more = ((get16(q + 6) + 3) & ~3u) + ((get16(q + 8) + 3) & ~3u);
	return read_all(fd, q + 12, more);
}

static void serve(int fd)
{
	static unsigned char q[1 << 20];

	if (is("now"))
		return;
	if (is("mute")) {
		(void)read_all(fd, q, sizeof(q));
		return;
	}
	if (read_hello(fd, q) || send_setup(fd))
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

static void fill_queue(const struct sockaddr_un *addr)
{
	int fd;

	do
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	while (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0);
}

/* A client's process ends with the client, or with us. */
static void accept_one(int s)
{
	int c = accept(s, NULL, NULL);

	if (c >= 0 && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(s);
		seed = (uint32_t)getpid();
		serve(c);
		_exit(0);
	}
	close(c);
}

/* Until the first of `fds` says anything; the others are listened to. */
static void serve_all(struct pollfd *fds, nfds_t n)
{
	signal(SIGCHLD, SIG_IGN);
	while (poll(fds, n, -1) >= 0 && !fds[0].revents)
		for (nfds_t i = 1; i < n; i++)
			if (fds[i].revents)
				accept_one(fds[i].fd);
}

/* sd_listen_fds(3); Xserver(1), -displayfd. */
static void serve_passed(char **args)
{
	struct pollfd fds[] = { { .fd = -1 },
				{ .fd = 3, .events = POLLIN },
				{ .fd = 4, .events = POLLIN } };

	for (; *args; args++)
		if (strcmp(*args, "-displayfd") == 0 && args[1])
			dprintf(atoi(args[1]), "99\n");
	serve_all(fds, 3);
}

static void listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s, is("full") ? 0 : 64) < 0)
		err(1, "%s", path);
	if (is("full"))
		fill_queue(&addr);
	puts("ready");
	fflush(stdout);
	serve_all((struct pollfd[]){ { .fd = 0, .events = POLLIN },
				     { .fd = is("full") ? -1 : s,
				       .events = POLLIN } }, 2);
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
	if (argc < 3)
		errx(2, "usage: hostile_x SOCKET HOW");
	how = argv[2];
	while (i < n && !is(hows[i].name))
		i++;
	if (i == n)
		errx(2, "%s: unknown", how);
	if (strcmp(argv[1], "--xvfb") == 0)
		serve_passed(argv + 3);
	else
		listen_at(argv[1]);
	return 0;
}
