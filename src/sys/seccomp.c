#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/seccomp.h"

int seccomp_load(enum seccomp_policy policy)
{
	struct seccomp_filter filter = seccomp_filter(policy);
	struct sock_fprog prog = {
		.len = (unsigned short)filter.count,
		/* The kernel only reads it; its structure lacks the const. */
		.filter = (struct sock_filter *)(uintptr_t)filter.insns,
	};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		return -errno;
	return 0;
}

/* proc_pid_status(5) */
int seccomp_own_filters(void)
{
	static const char name[] = "\nSeccomp_filters:";
	char text[8192];
	const char *at;

	if (fd_read_file_at(AT_FDCWD, "/proc/self/status", text,
			    sizeof(text)) < 0)
		return -1;
	at = strstr(text, name);
	return at ? (int)strtol(at + sizeof(name) - 1, NULL, 10) : -1;
}

uint64_t seccomp_hash(uint64_t hash, const struct sock_filter *insns,
		      size_t count)
{
	const unsigned char *byte = (const unsigned char *)insns;

	for (size_t i = 0; i < count * sizeof(*insns); i++)
		hash = (hash ^ byte[i]) * 0x100000001b3u;
	return hash;
}
