#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SIGNALS 64

static int result(long rc)
{
	return rc < 0 ? -errno : 0;
}

int confine_securebits(void)
{
	/* The setuid fixup stays on: it is what empties the sets when a
	 * service leaves uid 0, before it empties them itself. */
	if (prctl(PR_GET_SECUREBITS) == CONFINE_SECUREBITS)
		return 0;
	return result(prctl(PR_SET_SECUREBITS, CONFINE_SECUREBITS));
}

int confine_bounding(void)
{
	for (unsigned long cap = 0; cap < 64; cap++) {
		int held = prctl(PR_CAPBSET_READ, cap);

		if (held < 0)
			break; /* EINVAL: past the last one of this kernel */
		if (held && prctl(PR_CAPBSET_DROP, cap) < 0)
			return -errno;
	}
	return result(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L,
			    0L));
}

int confine_caps(uint64_t mask)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)mask, .permitted = (uint32_t)mask },
		{ .effective = (uint32_t)(mask >> 32),
		  .permitted = (uint32_t)(mask >> 32) },
	};

	return result(syscall(SYS_capset, &header, data));
}

int confine_no_new_privs(void)
{
	return result(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
}

int confine_undumpable(void)
{
	return result(prctl(PR_SET_DUMPABLE, 0L));
}

int confine_die_with_parent(void)
{
	return result(prctl(PR_SET_PDEATHSIG, (long)SIGKILL));
}

int confine_filter(const struct plan *plan, const struct plan_filter *filter)
{
	uintptr_t at = (uintptr_t)plan->head + filter->offset;
	struct sock_fprog prog = {
		.len = (unsigned short)filter->count,
		.filter = (struct sock_filter *)at,
	};

	if (!filter->count)
		return 0;
	return result(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog));
}

static int set_mask(uint64_t mask)
{
	return result(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL,
			      sizeof(mask)));
}

int signals_block(void)
{
	return set_mask(~UINT64_C(0));
}

int signals_unblock(void)
{
	return set_mask(0);
}

int signals_default(void)
{
	/* What the kernel takes: handler, flags, restorer, mask. musl's
	 * sigaction() refuses the numbers it keeps for threads, which a
	 * launcher can have ignored all the same. */
	const unsigned long action[4] = { 0 };

	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (syscall(SYS_rt_sigaction, sig, action, NULL, 8L) < 0)
			return -errno;
	}
	return 0;
}

int open_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(1, 3))
		return fd;
	close(fd);
	return -ENODEV;
}
