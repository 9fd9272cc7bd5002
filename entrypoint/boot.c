#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "confine.h"
#include "init.h"

#define WANTED_MAX (2 + PLAN_SERVICES * PLAN_FDS)

/* While services are made; see confine.h. */
#define BOOT_CAPS                                                       \
	((UINT64_C(1) << CAP_SETUID) | (UINT64_C(1) << CAP_SETGID) |    \
	 (UINT64_C(1) << CAP_KILL))

/* Inserts into the sorted `fds`, once. */
static int insert(int *fds, int n, int fd)
{
	int i = n;

	for (int j = 0; j < n; j++)
		if (fds[j] == fd)
			return n;
	for (; i && fds[i - 1] > fd; i--)
		fds[i] = fds[i - 1];
	fds[i] = fd;
	return n + 1;
}

static int wanted_fds(const struct init *in, int *fds)
{
	int n = insert(fds, 0, INIT_FD_CONTROL);

	/* Not the plan: mapped, it needs no descriptor. */
	for (uint32_t i = 0; i < in->plan.head->nservices; i++) {
		int named[PLAN_FDS];
		int count = plan_fds(&in->plan.head->service[i], named);

		while (count--)
			n = insert(fds, n, named[count]);
	}
	return n;
}

static int close_between(int first, int last)
{
	if (first > last)
		return 0;
	return syscall(SYS_close_range, first, last, 0) < 0 ? -errno : 0;
}

/* Closes what the plan does not name, marks the rest close-on-exec. */
static int keep_only_planned(struct init *in)
{
	int fds[WANTED_MAX];
	int n = wanted_fds(in, fds), next = 0, rc = 0;

	for (int i = 0; rc == 0 && i < n; i++) {
		rc = close_between(next, fds[i] - 1);
		next = fds[i] + 1;
		if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
	}
	if (rc == 0 && syscall(SYS_close_range, next, ~0U, 0) < 0)
		rc = -errno;
	return rc;
}

/* /dev/null above 2, and on each of 0 to 2 that is free. */
static int fill_stdio(struct init *in)
{
	int fd;

	do {
		fd = open_null();
	} while (fd >= 0 && fd <= 2);
	in->null = fd;
	return fd < 0 ? fd : 0;
}

static int open_signals(struct init *in)
{
	sigset_t all;

	sigfillset(&all);
	in->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return in->signals < 0 ? -errno : 0;
}

/* X clients try a display's abstract name first, where anybody could listen
 * (unix(7)). Bound and never listened at, it sends them on to the socket in the
 * file system, whose directory nobody inside can change. */
static int hold_name(struct init *in)
{
	const char *name = plan_string(&in->plan, &in->plan.head->held);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = name ? strlen(name) : 0;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				     1 + len);

	in->held = -1;
	if (!name)
		return 0;
	if (size > sizeof(addr))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path + 1, name, len);
	in->held = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (in->held < 0 ||
	    bind(in->held, (const struct sockaddr *)&addr, size) < 0)
		return -errno;
	return 0;
}

static int reset_signals(struct init *in)
{
	/* An inherited "ignore" of SIGCHLD would make the kernel reap. */
	return signals_default();
}

static int securebits(struct init *in)
{
	return confine_securebits();
}

static int bounding(struct init *in)
{
	return confine_bounding();
}

static int caps(struct init *in)
{
	return confine_caps(BOOT_CAPS);
}

static int no_new_privs(struct init *in)
{
	return confine_no_new_privs();
}

static int die_with_parent(struct init *in)
{
	return confine_die_with_parent();
}

static int filter(struct init *in)
{
	return confine_filter(&in->plan, &in->plan.head->init_filter);
}

int init_boot(struct init *in, struct init_msg *failure)
{
	static const struct {
		const char *name;
		int (*run)(struct init *in);
	} steps[] = {
		{ "boot: close descriptors", keep_only_planned },
		{ "boot: open /dev/null", fill_stdio },
		{ "boot: hold the display's name", hold_name },
		{ "boot: reset signals", reset_signals },
		{ "boot: open signalfd", open_signals },
		{ "boot: lock securebits", securebits },
		{ "boot: empty bounding set", bounding },
		{ "boot: drop capabilities", caps },
		{ "boot: no new privileges", no_new_privs },
		{ "boot: die with parent", die_with_parent },
		{ "boot: load filter", filter },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		int rc = steps[i].run(in);

		if (rc < 0)
			return fail(failure, INIT_FAIL_SETUP, rc,
				    steps[i].name);
	}
	return 0;
}
