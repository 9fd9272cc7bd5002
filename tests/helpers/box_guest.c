/*
 * box_guest - what the tests of whole sandboxes run inside.
 *
 *	box_guest fds                    its open descriptors
 *	box_guest forks N                forks to N children, or until
 *	                                 refused; all stay until its end
 *	box_guest hold N                 the same, then waits for ever
 *	box_guest bomb                   forks, as does every child, for ever
 *	box_guest eat MIB                fills that much memory
 *	box_guest huge N                 fills N huge pages of 2 MiB, one after
 *	                                 the other, or until refused
 *	box_guest abstract-listen NAME   an abstract socket; until killed
 *	box_guest abstract-connect NAME
 *	box_guest tcp-listen PORT        on 127.0.0.1; until killed
 *	box_guest tcp-connect PORT
 *	box_guest buffers N              MiB that N connections hold when nobody
 *	                                 reads
 *	box_guest shm-make KEY           System V shared memory
 *	box_guest shm-find KEY
 *	box_guest x NUMBER COOKIE        asks display NUMBER to be let in;
 *	                                 32 hexadecimal digits, "none", or
 *	                                 "own" for the sandbox's
 *	box_guest windows NUMBER         windows on the screen, a line each
 *
 * "listening", "made", "found", "accepted" are success; refusals are told with
 * the name of the error.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int say(int failed, const char *success)
{
	puts(failed ? strerrorname_np(errno) : success);
	fflush(stdout);
	return failed != 0;
}

static int fds(const char *unused)
{
	(void)unused;
	for (int fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	return 0;
}

static int forks(const char *count)
{
	int ends[2], n = 0, want = atoi(count), error = 0;
	char c;

	if (pipe(ends) < 0)
		err(1, "pipe");
	for (; n < want; n++) {
		pid_t pid = fork();

		if (pid < 0) {
			error = errno;
			break;
		}
		if (pid == 0) {
			close(ends[1]);
			_exit(read(ends[0], &c, 1) != 0);
		}
	}
	printf("%d %s\n", n, error ? strerrorname_np(error) : "made");
	fflush(stdout);
	return 0;
}

static int hold(const char *count)
{
	int rc = forks(count);

	for (;;)
		pause();
	return rc;
}

static int bomb(const char *unused)
{
	int forked = 0;

	(void)unused;
	do
		forked = fork() > 0;
	while (getpid());
	return forked;
}

static int eat(const char *mib)
{
	size_t size = (size_t)atoi(mib) << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return say(1, "");
	puts("eating");
	fflush(stdout);
	memset(p, 1, size);
	puts("ate");
	return 0;
}

static int huge(const char *count)
{
	size_t size = 2 << 20;
	int made, n = atoi(count);

	for (made = 0; made < n; made++) {
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1,
			       0);

		if (p == MAP_FAILED)
			break;
		memset(p, 1, size);
	}
	printf("%d ", made);
	return say(made < n, "made");
}

static socklen_t abstract(struct sockaddr_un *a, const char *name)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a->sun_path + 1, sizeof(a->sun_path) - 1, "%s", name);
	return (socklen_t)(sizeof(sa_family_t) + 1 + strlen(name));
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int listen_at(const void *addr, socklen_t len, int family)
{
	int s = socket(family, SOCK_STREAM, 0);

	if (s < 0 || bind(s, addr, len) < 0 || listen(s, 8) < 0)
		return say(1, "");
	say(0, "listening");
	for (;;)
		pause();
}

static int connect_to(const void *addr, socklen_t len, int family)
{
	int s = socket(family, SOCK_STREAM, 0);

	return say(s < 0 || connect(s, addr, len) < 0, "accepted");
}

static int abstract_listen(const char *name)
{
	struct sockaddr_un a;

	return listen_at(&a, abstract(&a, name), AF_UNIX);
}

static int abstract_connect(const char *name)
{
	struct sockaddr_un a;

	return connect_to(&a, abstract(&a, name), AF_UNIX);
}

static int tcp_listen(const char *port)
{
	struct sockaddr_in a = loopback(port);

	return listen_at(&a, sizeof(a), AF_INET);
}

static int tcp_connect(const char *port)
{
	struct sockaddr_in a = loopback(port);

	return connect_to(&a, sizeof(a), AF_INET);
}

/* What a connection to ourselves takes until it is full. */
static long fill_connection(int listener, const struct sockaddr_in *a)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), size = 4 << 20;
	static char block[1 << 16];
	ssize_t n;
	long sum = 0;

	if (s < 0 ||
	    setsockopt(s, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ||
	    connect(s, (const void *)a, sizeof(*a)) < 0 ||
	    accept(listener, NULL, NULL) < 0)
		return -1;
	while ((n = send(s, block, sizeof(block), MSG_DONTWAIT)) > 0)
		sum += n;
	return sum;
}

static int buffers(const char *count)
{
	struct sockaddr_in a = loopback("7777");
	int s = socket(AF_INET, SOCK_STREAM, 0);
	long sum = 0, more = 0;

	if (s < 0 || bind(s, (void *)&a, sizeof(a)) || listen(s, 1))
		return say(1, "");
	for (int i = atoi(count); i > 0 && more >= 0; i--) {
		more = fill_connection(s, &a);
		sum += more > 0 ? more : 0;
	}
	printf("%ld\n", sum >> 20);
	return 0;
}

static int shm_make(const char *key)
{
	return say(shmget(atoi(key), 4096, IPC_CREAT | 0666) < 0, "made");
}

static int shm_find(const char *key)
{
	return say(shmget(atoi(key), 0, 0) < 0, "found");
}

/* --- X ------------------------------------------------------------------ */

#define COOKIE_LEN 16
#define PROTOCOL "MIT-MAGIC-COOKIE-1"
#define GET_WINDOW_ATTRIBUTES 3
#define GET_GEOMETRY 14
#define QUERY_TREE 15
#define VIEWABLE 2

static void get(int fd, void *data, size_t len)
{
	for (char *p = data; len;) {
		ssize_t n = read(fd, p, len);

		if (n <= 0)
			errx(1, "the server hung up");
		p += n;
		len -= (size_t)n;
	}
}

static void put(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		err(1, "write");
}

/* The cookie ends the only entry of the file. */
static void own_cookie(unsigned char *cookie)
{
	const char *path = getenv("XAUTHORITY");
	int fd = open(path ? path : "/run/desktop/xauthority", O_RDONLY);

	if (fd < 0 || lseek(fd, -COOKIE_LEN, SEEK_END) < 0)
		err(1, "cookie");
	get(fd, cookie, COOKIE_LEN);
	close(fd);
}

static void parse_cookie(const char *text, unsigned char *cookie)
{
	if (!strcmp(text, "own")) {
		own_cookie(cookie);
		return;
	}
	for (int i = 0; i < COOKIE_LEN; i++)
		if (sscanf(text + 2 * i, "%2hhx", cookie + i) != 1)
			errx(2, "not a cookie");
}

static int x_connect(const char *number)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "/tmp/.X11-unix/X%s", number);
	return s < 0 || connect(s, (struct sockaddr *)&a, sizeof(a)) < 0 ? -1 :
									   s;
}

/* Sends the greeting and reads the head of the answer. */
static int x_greet(int s, const char *cookie, unsigned char head[8])
{
	unsigned char hello[12 + 20 + COOKIE_LEN] = { 'l', 0, 11 };
	size_t len = 12;

	if (strcmp(cookie, "none") != 0) {
		hello[6] = (unsigned char)strlen(PROTOCOL);
		hello[8] = COOKIE_LEN;
		memcpy(hello + 12, PROTOCOL, strlen(PROTOCOL));
		parse_cookie(cookie, hello + 32);
		len = sizeof(hello);
	}
	put(s, hello, len);
	get(s, head, 8);
	return head[0] == 1;
}

static int x(const char *number, const char *cookie)
{
	unsigned char head[8];
	int s = x_connect(number);

	if (s < 0)
		return say(1, "");
	puts(x_greet(s, cookie, head) ? "accepted" : "refused");
	return 0;
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

/* One request about a window; its reply without what follows the 32 bytes.
 * False when the window is gone. */
static int ask(int s, uint8_t opcode, uint32_t window, unsigned char r[32])
{
	unsigned char q[8] = { opcode, 0, 2 };

	memcpy(q + 4, &window, 4);
	put(s, q, sizeof(q));
	get(s, r, 32);
	return r[0] == 1;
}

static uint32_t x_root(int s, const unsigned char head[8])
{
	size_t len = get16(head + 6) * 4u;
	unsigned char *body = malloc(len);
	uint32_t root;

	get(s, body, len);
	root = get32(body + 32 + ((get16(body + 16) + 3u) & ~3u) +
		     body[21] * 8u);
	free(body);
	return root;
}

static void describe(int s, uint32_t window)
{
	unsigned char r[32], rest[12];
	int viewable;

	if (!ask(s, GET_WINDOW_ATTRIBUTES, window, r))
		return;
	viewable = r[26] == VIEWABLE;
	get(s, rest, sizeof(rest));
	if (!viewable || !ask(s, GET_GEOMETRY, window, r))
		return;
	printf("0x%x %d,%d %ux%u\n", window, (int16_t)get16(r + 12),
	       (int16_t)get16(r + 14), get16(r + 16), get16(r + 18));
}

static int windows(const char *number)
{
	unsigned char head[8], r[32];
	int s = x_connect(number);
	uint32_t *all;
	uint16_t n;

	if (s < 0)
		return say(1, "");
	if (!x_greet(s, "own", head))
		errx(1, "refused");
	if (!ask(s, QUERY_TREE, x_root(s, head), r))
		errx(1, "no tree");
	n = get16(r + 16);
	all = calloc(n + 1u, 4);
	get(s, all, n * 4u);
	for (uint16_t i = 0; i < n; i++)
		describe(s, all[i]);
	free(all);
	return 0;
}

static const struct verb {
	const char *name;
	int (*run)(const char *arg);
} verbs[] = {
	{ "fds", fds }, { "forks", forks }, { "hold", hold }, { "bomb", bomb },
	{ "eat", eat }, { "huge", huge },
	{ "abstract-listen", abstract_listen },
	{ "abstract-connect", abstract_connect },
	{ "tcp-listen", tcp_listen }, { "tcp-connect", tcp_connect },
	{ "buffers", buffers },
	{ "shm-make", shm_make }, { "shm-find", shm_find },
	{ "windows", windows },
};

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "x"))
		return x(argv[2], argv[3]);
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc > 2 ? argv[2] : "0");
	errx(2, "unknown verb");
}
