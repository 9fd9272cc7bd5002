/*
 * An X server that means harm, and the process that reads what it says.
 *
 * A thread plays the server: it answers each request out of the input, with
 * the number that the client waits for, so that one wrong answer does not end
 * the story. Where the input is used up the answers are a plain server's.
 * Faults of Xlib and libxcb themselves are what the jail is for: a failed
 * assertion of theirs ends the session as the end of the process would.
 * fuzz: -runs=3000 -malloc_limit_mb=1000000 -max_len=2048
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <X11/keysym.h>

#include "steer/xside.h"

#define TICK_MS 20 /* passes at each look at the clock */
#define ANSWERS_MAX 2000
#define MUTE_MS 100 /* each waits for the other: the parent would end it */
#define ROOT 0x100
#define VISUAL 0x21
#define FIRST_MAJOR 130

static jmp_buf end;
static pthread_t client;
static bool playing;
static int64_t now;

/* --- what ends a session, and how time passes in it ----------------------- */

static void leave(void)
{
	if (playing && pthread_equal(pthread_self(), client))
		longjmp(end, 1);
}

_Noreturn void __real__exit(int code);
_Noreturn void __wrap__exit(int code);
_Noreturn void __wrap__exit(int code)
{
	leave();
	__real__exit(code);
}

/* In front of the C library's, for the libraries (assert.h has it only where
 * assertions are). */
_Noreturn void __assert_fail(const char *text, const char *file,
			     unsigned int line, const char *function)
{
	leave();
	(void)fprintf(stderr, "%s:%u: %s: %s\n", file, line, function, text);
	abort();
}

int64_t __wrap_clock_ms(void);
int64_t __wrap_clock_ms(void)
{
	return now += TICK_MS;
}

int __real_poll(struct pollfd *p, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *p, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *p, nfds_t n, int timeout)
{
	(void)timeout;
	return __real_poll(p, n, 0);
}

/* --- the server ----------------------------------------------------------- */

struct server {
	struct fuzz_in in;
	int fd;
	unsigned int seq, answers;
};

/* Those of version 11 that are answered, by number. */
static const uint8_t answered[] = {
	3, 14, 15, 16, 17, 20, 21, 23, 26, 31, 38, 39, 40, 43, 44, 47, 48, 49,
	50, 52, 73, 83, 84, 85, 86, 87, 91, 92, 97, 98, 99, 101, 103, 106,
	108, 110, 116, 117, 118, 119,
};

static const struct {
	const char *name;
	uint32_t answered; /* bit N: its request N */
} extensions[] = {
	{ "XTEST", 0x3 },     { "MIT-SHM", 0x11 }, { "DAMAGE", 0x1 },
	{ "XFIXES", 0x1 },    { "XKEYBOARD", ~0u & 0x2095551 },
	{ "BIG-REQUESTS", 0x1 }, { "Generic Event Extension", 0x1 },
	{ "XInputExtension", ~0u }, { "RANDR", ~0u },
};

static bool is_answered(const uint8_t *q)
{
	unsigned int i = q[0] - FIRST_MAJOR;

	if (q[0] >= FIRST_MAJOR)
		return i < ARRAY_LEN(extensions) && q[1] < 32 &&
		       extensions[i].answered >> q[1] & 1;
	return memchr(answered, q[0], sizeof(answered)) != NULL;
}

static void set16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void set32(uint8_t *p, uint32_t v)
{
	set16(p, v & 0xffff);
	set16(p + 2, v >> 16);
}

static int put(const struct server *s, const void *data, size_t len)
{
	return send(s->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

/* Places and values, as many as the input wants, over what is right. */
static void spoil(struct server *s, uint8_t *p, size_t len)
{
	for (uint8_t n = fuzz_byte(&s->in) % 8; n; n--) {
		size_t at = fuzz_byte(&s->in) % len;

		p[at] = fuzz_byte(&s->in);
	}
}

/* One screen of 640x480, depth 24 in 32 bits, one TrueColor visual. */
static int put_setup(struct server *s)
{
	uint8_t setup[124] = { 1 }, *screen = setup + 52;

	set16(setup + 2, 11);
	set16(setup + 6, (sizeof(setup) - 8) / 4);
	set32(setup + 12, 0x200000);
	set32(setup + 16, 0x1fffff);
	set16(setup + 24, 4); /* vendor */
	set16(setup + 26, 0xffff);
	setup[28] = setup[29] = 1; /* screens, formats */
	setup[32] = setup[33] = 32;
	setup[34] = 8; /* keycodes */
	setup[35] = 255;
	setup[44] = 24;
	setup[45] = setup[46] = 32;
	set32(screen, ROOT);
	set16(screen + 20, 640);
	set16(screen + 22, 480);
	set32(screen + 32, VISUAL);
	screen[38] = screen[40] = 24;
	screen[39] = 1; /* depths */
	set16(screen + 42, 1); /* visuals */
	set32(screen + 48, VISUAL);
	screen[52] = 4; /* TrueColor */
	screen[53] = 8;
	set16(screen + 54, 256);
	set32(screen + 56, 0xff0000);
	set32(screen + 60, 0xff00);
	set32(screen + 64, 0xff);
	spoil(s, setup, sizeof(setup));
	/* libxcb 1.15 prints as much of a refusal as this says, also of what
	 * lies behind it. */
	if (setup[0] != 1 && setup[1] > 4 * setup[6])
		setup[1] = (uint8_t)(4 * setup[6]);
	return put(s, setup, sizeof(setup));
}

/* Where an honest server would put something that matters here. */
static size_t honest(const uint8_t *q, uint8_t r[4096])
{
	char name[32] = "";

	switch (q[0]) {
	case 3: /* GetWindowAttributes */
		r[26] = 2;
		return 44;
	case 14: /* GetGeometry */
		r[1] = 24;
		set32(r + 8, ROOT);
		set16(r + 16, 640);
		set16(r + 18, 480);
		return 32;
	case 15: /* QueryTree */
		set32(r + 8, ROOT);
		set32(r + 12, ROOT);
		set16(r + 16, 2);
		set32(r + 32, 0x300);
		set32(r + 36, 0x400);
		return 40;
	case 16: /* InternAtom */
		set32(r + 8, 0x150u + q[8]);
		return 32;
	case 20: /* GetProperty: a number, which is a window's, too */
		r[1] = 32;
		memcpy(r + 8, q + 12, 4);
		set32(r + 16, 1);
		set32(r + 32, 0x300);
		return 36;
	case 43: /* GetInputFocus */
		set32(r + 8, 0x300);
		return 32;
	case 98: /* QueryExtension */
		memcpy(name, q + 8, q[4] < 31 ? q[4] : 31);
		for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
			if (str_eq(name, extensions[i].name)) {
				r[8] = 1;
				r[9] = (uint8_t)(FIRST_MAJOR + i);
				r[10] = (uint8_t)(64 + 8 * i);
			}
		return 32;
	case 101: /* GetKeyboardMapping: two for each key */
		r[1] = 2;
		for (unsigned int i = 0; i < q[5]; i++)
			set32(r + 32 + i * 8, i ? 'a' + i % 26 : XK_Shift_L);
		return 32 + q[5] * 8u;
	case 119: /* GetModifierMapping */
		r[1] = 2;
		return 48;
	default:
		set16(r + 8, 1);
		set16(r + 10, 2);
		return 32;
	}
}

static int put_noise(struct server *s, size_t len)
{
	uint8_t noise[1024];

	len = len < sizeof(noise) ? len : sizeof(noise);
	(void)fuzz_take(&s->in, noise, len);
	return put(s, noise, len);
}

/* The right one, spoilt; another length, true or not; an error; events in
 * front of it; another number; noise; the end. */
static int answer(struct server *s, const uint8_t *q)
{
	uint8_t r[4096] = { 1 }, how = fuzz_byte(&s->in);
	size_t len = honest(q, r);

	if (++s->answers > ANSWERS_MAX)
		return -1;
	set32(r + 4, (uint32_t)(len - 32) / 4);
	if (how & 1)
		spoil(s, r, len);
	r[0] = 1;
	switch (how >> 1 & 7) {
	case 1: /* more of it */
		len = 32 + 4u * fuzz_byte(&s->in);
		(void)fuzz_take(&s->in, r + 32, len - 32);
		set32(r + 4, (uint32_t)(len - 32) / 4);
		break;
	case 2: /* a claim */
		set32(r + 4, fuzz_word(&s->in));
		break;
	case 3:
		memset(r, 0, len = 32);
		r[1] = fuzz_byte(&s->in);
		break;
	case 4: /* an event first; with bit 7 one that claims to be longer */
		r[0] = how & 0x80 ? 35 : fuzz_byte(&s->in) | 2;
		set32(r + 4, how & 0x80 ? fuzz_byte(&s->in) : 0);
		(void)fuzz_take(&s->in, r + 8, 24);
		set16(r + 2, s->seq);
		return put(s, r, 32) || (how & 0x40 ? 0 : answer(s, q));
	case 5:
		if (how & 0x80)
			return put_noise(s, 1024);
		s->seq += fuzz_byte(&s->in);
		break;
	case 6:
		if (how & 0x80)
			return -1;
		len = fuzz_byte(&s->in) % len;
		break;
	default:
		break;
	}
	set16(r + 2, s->seq);
	return put(s, r, len);
}

static int get(const struct server *s, uint8_t *p, size_t len)
{
	while (len) {
		ssize_t n = recv(s->fd, p, len, 0);

		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static void *serve(void *arg)
{
	static uint8_t q[1 << 19];
	struct server *s = arg;

	if (get(s, q, 12) || put_setup(s))
		goto out;
	for (s->seq = 1; get(s, q, 4) == 0; s->seq++) {
		size_t len = (q[2] | q[3] << 8) * 4u, head = 4;

		if (!len) { /* BIG-REQUESTS */
			if (get(s, q + 4, 4))
				break;
			head = 8;
			memcpy(&len, q + 4, 4);
			len = (len & 0xffff) * 4;
		}
		if (len < head || get(s, q + head, len - head) ||
		    (is_answered(q) && answer(s, q)))
			break;
	}
out:
	(void)shutdown(s->fd, SHUT_RDWR);
	return NULL;
}

/* --- the session ---------------------------------------------------------- */

static void ask(struct fuzz_in *in, int sock)
{
	static const uint32_t text[] = { 'a', 'A', 0xe4, '\n', 0x20ac, 0x10348,
					 '\t', 0x3b1, 'z', 0x2603 };
	static const uint32_t keys[] = { XK_Control_L, XK_Shift_L, 'q',
					 XK_Caps_Lock, 0x10020ac };
	struct proto_request req = { .type = fuzz_byte(in) % 18 };
	uint8_t how = fuzz_byte(in);

	req.timeout_ms = 300;
	req.window = how & 1 ? 0x300 : 0x400;
	req.positioned = how >> 1 & 1;
	req.at = (struct proto_point){ how, how };
	req.to = (struct proto_point){ 255 - how, 9 };
	req.button = 1 + how % PROTO_BUTTON_MAX;
	req.count = 1 + how % 3;
	req.ms = how;
	req.nkeys = how % (ARRAY_LEN(keys) + 1);
	memcpy(req.keys, keys, sizeof(keys));
	req.length = ARRAY_LEN(text);
	memcpy(req.text, text, sizeof(text));
	(void)!send(sock, &req, sizeof(req), MSG_DONTWAIT);
}

/* What the parent would get. */
static void check_replies(int sock)
{
	struct proto_reply r;

	while (recv(sock, &r, sizeof(r), MSG_DONTWAIT) == (ssize_t)sizeof(r))
		FUZZ_CHECK(r.windows.count <= PROTO_WINDOWS_MAX &&
			   r.windows.count <= r.windows.total);
}

static void session(struct server *s, int xfd)
{
	static int pixels = -1;
	static pthread_t server;
	struct xside_fds fds = { .xfd = xfd };
	int pair[2];

	if (pixels < 0) {
		pixels = memfd_create("pixels", MFD_CLOEXEC);
		FUZZ_CHECK(ftruncate(pixels, PROTO_PIXELS) == 0);
	}
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			       pair));
	fds.sock = pair[1];
	fds.pixels = pixels;
	fds.share = dup(pixels);
	for (uint8_t n = fuzz_byte(&s->in) % 3; n < 3; n++)
		ask(&s->in, pair[0]);
	(void)shutdown(pair[0], SHUT_WR);
	client = pthread_self();
	FUZZ_CHECK(!pthread_create(&server, NULL, serve, s));
	playing = true;
	if (setjmp(end) == 0)
		(void)xside_main(&fds, NULL);
	playing = false;
	(void)shutdown(s->fd, SHUT_RDWR);
	(void)pthread_join(server, NULL);
	check_replies(pair[0]);
	close(pair[0]);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct server s;
	int pair[2];
	const struct timeval mute = { .tv_usec = MUTE_MS * 1000 };

	s = (struct server){ .in = { data, size } };
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	s.fd = pair[0];
	FUZZ_CHECK(!setsockopt(s.fd, SOL_SOCKET, SO_RCVTIMEO, &mute,
			       sizeof(mute)));
	session(&s, pair[1]);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
