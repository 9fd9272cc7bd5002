/*
 * xraw - a client of an X server in the bare protocol, for the tests of steer:
 * it looks and acts where steer's own code must not be trusted.
 *
 *	xraw SOCKET state             pointer, held keys and buttons, locks
 *	xraw SOCKET hold KEY BUTTON   press both and end without releasing
 *	xraw SOCKET tap KEY           press and release
 *	xraw SOCKET grab              GrabServer; "ready", until end of input
 *	xraw SOCKET flood             draw all the time; "ready", then the same
 *	xraw SOCKET pictures N        make and fill N pixmaps of 2000x2000;
 *	                              prints how many the server refused
 *	xraw SOCKET watch             cover the screen by a window that has the
 *	                              focus; "ready", then a line for each event
 *	                              of pointer and keyboard, until end of
 *	                              input: NAME DETAIL X,Y STATE TIME
 *	xraw SOCKET read LAG          a window that has the focus, of a program
 *	                              that takes LAG ms for each event and
 *	                              answers pings; "ready", then the code
 *	                              point of each key as the keymap that it
 *	                              read last has it, until end of input
 *	xraw SOCKET windows N         make N small windows; "ready", then until
 *	                              end of input
 *	xraw SOCKET clients           connect until no more are let in; "ready",
 *	                              then until end of input
 *	xraw SOCKET iconify ID        ask the window manager to
 *	xraw SOCKET exec PROGRAM...   run it with the bare connection as
 *	                              descriptor $XRAW_FD
 *
 * $XRAW_AUTH names an Xauthority file of one entry, for a server that wants a
 * cookie.
 */
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CREATE_WINDOW 1
#define MAP_WINDOW 8
#define INTERN_ATOM 16
#define CHANGE_PROPERTY 18
#define SEND_EVENT 25
#define GRAB_SERVER 36
#define QUERY_POINTER 38
#define SET_INPUT_FOCUS 42
#define QUERY_KEYMAP 44
#define CREATE_PIXMAP 53
#define CREATE_GC 55
#define FILL_RECTANGLE 70
#define QUERY_EXTENSION 98
#define GET_KEYBOARD_MAPPING 101
#define FAKE_INPUT 2

static int fd;
static uint32_t root, id_base;

static void put(const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		err(1, "write");
}

static void get(void *data, size_t len)
{
	for (char *p = data; len;) {
		ssize_t n = read(fd, p, len);

		if (n <= 0)
			err(1, "read");
		p += n;
		len -= (size_t)n;
	}
}

/* The next reply; anything before it is dropped. */
static void reply(unsigned char r[32])
{
	do
		get(r, 32);
	while (r[0] != 1);
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint16_t get16(const unsigned char *p)
{
	uint16_t v;

	memcpy(&v, p, 2);
	return v;
}

static void connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		err(1, "%s", path);
}

static void run_connected(const char *path, char **argv)
{
	const char *number = getenv("XRAW_FD");

	connect_to(path);
	if (dup2(fd, number ? atoi(number) : 3) < 0)
		err(1, "dup2");
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* The entry ends with the cookie. */
static void read_cookie(const char *path, unsigned char cookie[16])
{
	FILE *f = fopen(path, "r");

	if (!f || fseek(f, -16, SEEK_END) < 0 || fread(cookie, 16, 1, f) != 1)
		err(1, "%s", path);
	fclose(f);
}

static void say_hello(void)
{
	unsigned char hello[48] = { 'l', 0, 11 };
	const char *auth = getenv("XRAW_AUTH");

	if (auth) {
		hello[6] = 18;
		hello[8] = 16;
		memcpy(hello + 12, "MIT-MAGIC-COOKIE-1", 18);
		read_cookie(auth, hello + 32);
	}
	put(hello, auth ? sizeof(hello) : 12);
}

static void open_display(const char *path)
{
	unsigned char head[8];
	unsigned char *body;
	size_t len, screen;

	connect_to(path);
	say_hello();
	get(head, sizeof(head));
	if (head[0] != 1)
		errx(1, "refused");
	len = get16(head + 6) * 4u;
	body = malloc(len);
	get(body, len);
	id_base = get32(body + 4);
	screen = 32 + ((get16(body + 16) + 3u) & ~3u) + body[21] * 8u;
	root = get32(body + screen);
	free(body);
}

/* The connections stay open. */
static void take_all_places(const char *path)
{
	unsigned char head[8];

	do {
		connect_to(path);
		say_hello();
		get(head, sizeof(head));
	} while (head[0] == 1);
}

static uint8_t xtest(void)
{
	unsigned char q[16] = { QUERY_EXTENSION, 0, 4, 0, 5 }, r[32];

	memcpy(q + 8, "XTEST", 5);
	put(q, sizeof(q));
	reply(r);
	if (!r[8])
		errx(1, "no XTEST");
	return r[9];
}

static void fake(uint8_t major, uint8_t event, int detail)
{
	unsigned char q[36] = { major, FAKE_INPUT, 9, 0, event,
				(uint8_t)detail };

	put(q, sizeof(q));
}

static void print_state(void)
{
	unsigned char pointer[8] = { QUERY_POINTER, 0, 2 }, r[32];
	unsigned char keymap[4] = { QUERY_KEYMAP, 0, 1 }, keys[40];
	unsigned int mask;

	memcpy(pointer + 4, &root, 4);
	put(pointer, sizeof(pointer));
	reply(r);
	mask = get16(r + 24);
	printf("pointer %d,%d keys", (int16_t)get16(r + 16),
	       (int16_t)get16(r + 18));
	put(keymap, sizeof(keymap));
	get(keys, sizeof(keys));
	for (int i = 0; i < 256; i++)
		if (keys[8 + i / 8] & 1 << (i & 7))
			printf(" %d", i);
	printf(" buttons %u modifiers 0x%x\n", mask >> 8 & 31, mask & 255);
}

/* A reply shows that the server has done all before it. */
static void barrier(void)
{
	unsigned char keymap[4] = { QUERY_KEYMAP, 0, 1 }, r[40];

	put(keymap, sizeof(keymap));
	get(r, sizeof(r));
}

static void make_context(void)
{
	unsigned char q[16] = { CREATE_GC, 0, 4 };

	memcpy(q + 4, &id_base, 4);
	memcpy(q + 8, &root, 4);
	put(q, sizeof(q));
}

static void draw(void)
{
	unsigned char q[20] = { FILL_RECTANGLE, 0, 5 };
	uint16_t size[2] = { 400, 400 };

	memcpy(q + 4, &root, 4);
	memcpy(q + 8, &id_base, 4);
	memcpy(q + 16, size, 4);
	put(q, sizeof(q));
	barrier();
}

/* Fills drawable `id` by the context, 2000x2000. */
static void fill_picture(uint32_t id)
{
	unsigned char q[20] = { FILL_RECTANGLE, 0, 5 };
	uint16_t size[2] = { 2000, 2000 };

	memcpy(q + 4, &id, 4);
	memcpy(q + 8, &id_base, 4);
	memcpy(q + 16, size, 4);
	put(q, sizeof(q));
}

/* True when the server refused a request since the last reply. */
static int refused(void)
{
	unsigned char keymap[4] = { QUERY_KEYMAP, 0, 1 }, r[40];
	int errors = 0;

	put(keymap, sizeof(keymap));
	for (get(r, 32); r[0] != 1; get(r, 32))
		errors += r[0] == 0;
	get(r + 32, 8);
	return errors > 0;
}

static void make_pictures(int n)
{
	int errors = 0;

	make_context();
	for (int i = 0; i < n; i++) {
		unsigned char q[16] = { CREATE_PIXMAP, 24, 4 };
		uint16_t size[2] = { 2000, 2000 };
		uint32_t id = id_base + 1 + (uint32_t)i;

		memcpy(q + 4, &id, 4);
		memcpy(q + 8, &root, 4);
		memcpy(q + 12, size, 4);
		put(q, sizeof(q));
		fill_picture(id);
		errors += refused();
	}
	printf("%d\n", errors);
}

static void set32(unsigned char *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

static void make_window(uint32_t id, uint16_t side, uint32_t override,
			uint32_t events)
{
	unsigned char create[40] = { CREATE_WINDOW, 0, 10 };
	unsigned char map[8] = { MAP_WINDOW, 0, 2 };

	set32(create + 4, id);
	set32(create + 8, root);
	memcpy(create + 16, &side, 2);
	memcpy(create + 18, &side, 2);
	set32(create + 28, 1u << 9 | 1u << 11); /* override, events */
	set32(create + 32, override);
	set32(create + 36, events);
	put(create, sizeof(create));
	set32(map + 4, id);
	put(map, sizeof(map));
}

static void take_focus(void)
{
	unsigned char focus[12] = { SET_INPUT_FOCUS, 0, 3 };

	set32(focus + 4, id_base);
	put(focus, sizeof(focus));
}

static uint32_t intern(const char *name)
{
	size_t len = strlen(name), padded = (len + 3) & ~(size_t)3;
	unsigned char q[64] = { INTERN_ATOM, 0, (uint8_t)(2 + padded / 4) };
	unsigned char r[32];

	q[4] = (uint8_t)len;
	memcpy(q + 8, name, len);
	put(q, 8 + padded);
	reply(r);
	return get32(r + 8);
}

static void iconify(uint32_t id)
{
	unsigned char q[44] = { SEND_EVENT, 0, 11 };

	set32(q + 4, root);
	set32(q + 8, 3u << 19); /* substructure notify and redirect */
	q[12] = 33; /* ClientMessage */
	q[13] = 32;
	set32(q + 16, id);
	set32(q + 20, intern("WM_CHANGE_STATE"));
	set32(q + 24, 3);
	put(q, sizeof(q));
	barrier();
}

static void print_events(void)
{
	static const char *const names[] = { "keydown", "keyup", "press",
					     "release", "motion" };
	struct pollfd p[] = { { .events = POLLIN },
			      { .fd = fd, .events = POLLIN } };

	while (poll(p, 2, -1) > 0 && !p[0].revents) {
		unsigned char e[32];
		int type;

		get(e, sizeof(e));
		type = e[0] & 127;
		if (type >= 2 && type <= 6)
			printf("%s %d %d,%d 0x%x %u\n", names[type - 2],
			       type == 6 ? 0 : e[1], (int16_t)get16(e + 20),
			       (int16_t)get16(e + 22), get16(e + 28),
			       get32(e + 4));
		fflush(stdout);
	}
}

/* --- a reader of keys ---------------------------------------------------- */

#define QUEUE 65536
#define KEY_PRESS 2
#define CLIENT_MESSAGE 33
#define MAPPING_NOTIFY 34
#define FIRST_KEY 8

static unsigned char queue[QUEUE][32];
static size_t queue_head, queue_tail;
static uint32_t keymap[256][2];

/* Reads what comes until a reply, and keeps the events before it. */
static void reply_after_events(unsigned char r[32])
{
	for (get(r, 32); r[0] != 1; get(r, 32))
		memcpy(queue[queue_tail++ % QUEUE], r, 32);
}

static void read_keymap(void)
{
	unsigned char q[8] = { GET_KEYBOARD_MAPPING, 0, 2, 0, FIRST_KEY,
			       256 - FIRST_KEY };
	unsigned char r[32], sym[4];
	unsigned int levels;

	put(q, sizeof(q));
	reply_after_events(r);
	levels = r[1];
	for (uint32_t i = 0; i < get32(r + 4); i++) {
		get(sym, 4);
		if (i % levels < 2)
			keymap[FIRST_KEY + i / levels][i % levels] = get32(sym);
	}
}

static void set_property(const char *name, const char *type, uint32_t value)
{
	unsigned char q[28] = { CHANGE_PROPERTY, 0, 7 };

	set32(q + 4, id_base);
	set32(q + 8, intern(name));
	set32(q + 12, intern(type));
	q[16] = 32;
	set32(q + 20, 1);
	set32(q + 24, value);
	put(q, sizeof(q));
}

static void answer_ping(const unsigned char *event)
{
	unsigned char q[44] = { SEND_EVENT, 0, 11 };

	set32(q + 4, root);
	set32(q + 8, 3u << 19);
	memcpy(q + 12, event, 32);
	set32(q + 16, root);
	put(q, sizeof(q));
}

static void handle(const unsigned char *e)
{
	if (e[0] == KEY_PRESS) {
		uint32_t sym = keymap[e[1]][e[28] & 1];

		if (sym < 0xff00 || sym >> 24 == 1)
			printf("%x\n", sym & 0xffffff);
		fflush(stdout);
	} else if (e[0] == MAPPING_NOTIFY) {
		read_keymap();
	} else if ((e[0] & 127) == CLIENT_MESSAGE) {
		answer_ping(e);
	}
}

static void read_keys(int lag)
{
	struct pollfd p[] = { { .events = POLLIN },
			      { .fd = fd, .events = POLLIN } };

	set_property("WM_STATE", "WM_STATE", 1);
	set_property("WM_PROTOCOLS", "ATOM", intern("_NET_WM_PING"));
	read_keymap();
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (queue_head == queue_tail) {
			if (poll(p, 2, -1) < 1 || p[0].revents)
				return;
			get(queue[queue_tail++ % QUEUE], 32);
		}
		usleep((useconds_t)lag * 1000);
		handle(queue[queue_head++ % QUEUE]);
	}
}

static void until_end_of_input(void (*work)(void))
{
	struct pollfd p = { .events = POLLIN };

	barrier();
	puts("ready");
	fflush(stdout);
	while (poll(&p, 1, work ? 20 : -1) == 0)
		work();
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[2] : "";

	if (argc < 3)
		errx(2, "usage: xraw SOCKET VERB");
	if (!strcmp(verb, "exec") && argc > 3)
		run_connected(argv[1], argv + 3);
	open_display(argv[1]);
	if (!strcmp(verb, "state")) {
		print_state();
	} else if (!strcmp(verb, "hold") && argc == 5) {
		uint8_t major = xtest();

		fake(major, 2, atoi(argv[3]));
		fake(major, 4, atoi(argv[4]));
		barrier();
	} else if (!strcmp(verb, "tap") && argc == 4) {
		uint8_t major = xtest();

		fake(major, 2, atoi(argv[3]));
		fake(major, 3, atoi(argv[3]));
		barrier();
	} else if (!strcmp(verb, "pictures") && argc == 4) {
		make_pictures(atoi(argv[3]));
	} else if (!strcmp(verb, "grab")) {
		unsigned char q[4] = { GRAB_SERVER, 0, 1 };

		put(q, sizeof(q));
		until_end_of_input(NULL);
	} else if (!strcmp(verb, "watch")) {
		make_window(id_base, 5000, 1, 0x4f); /* keys, buttons, motion */
		take_focus();
		barrier();
		puts("ready");
		fflush(stdout);
		print_events();
	} else if (!strcmp(verb, "read") && argc == 4) {
		make_window(id_base, 100, 1, 1); /* key presses */
		take_focus();
		read_keys(atoi(argv[3]));
	} else if (!strcmp(verb, "windows") && argc == 4) {
		for (int i = 0; i < atoi(argv[3]); i++)
			make_window(id_base + (uint32_t)i, 20, 0, 0);
		until_end_of_input(NULL);
	} else if (!strcmp(verb, "clients")) {
		int own = fd;

		take_all_places(argv[1]);
		fd = own;
		until_end_of_input(NULL);
	} else if (!strcmp(verb, "iconify") && argc == 4) {
		iconify((uint32_t)strtoul(argv[3], NULL, 0));
	} else if (!strcmp(verb, "flood")) {
		make_context();
		until_end_of_input(draw);
	} else {
		errx(2, "unknown verb");
	}
	return 0;
}
