#include "box/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/parse.h"
#include "base/str.h"
#include "conf/profile.h"

#define OPEN FENCE_OPEN

static const struct fence fences[] = {
	{ USERNS_NONE, { 0 } },
	/* Measured: Chromium holds a user and a network namespace, and a
	 * process namespace for each page and each of its services, of which
	 * there were five. So this is for several of it with many pages. */
	{ USERNS_FENCED, { [NS_USER] = 16, [NS_PID] = 256, [NS_NET] = 16 } },
	{ USERNS_FULL, { OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN } },
};

const struct fence *fence_find(const char *userns)
{
	const struct fence *f = fences;

	while (f < fences + ARRAY_LEN(fences) - 1 &&
	       !str_eq(f->userns, userns))
		f++;
	return f;
}

int fence_open(int proc)
{
	int fd = openat(proc, "sys/user", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int fence_set(int limits, const struct fence *fence)
{
	char name[32], number[16];
	int rc = 0;

	for (int k = 0; rc == 0 && k < NS_KINDS; k++) {
		if (fence->most[k] == FENCE_OPEN)
			continue;
		(void)snprintf(name, sizeof(name), "max_%s_namespaces",
			       ns_names[k]);
		(void)snprintf(number, sizeof(number), "%d", fence->most[k]);
		rc = fd_write_file_at(limits, name, number);
	}
	return rc;
}

/* The file systems' own knobs, for a user of the host (inotify(7)). */
static int set_half(int limits, const char *what)
{
	char file[48], number[24];
	uint64_t most = 0;
	int rc;

	(void)snprintf(file, sizeof(file), "../fs/inotify/max_user_%s", what);
	rc = fd_read_file_at(limits, file, number, sizeof(number));
	if (rc < 0 || parse_number(number, &most) < 0)
		return rc == -ENOENT ? 0 : rc < 0 ? rc : -EPROTO;
	(void)snprintf(file, sizeof(file), "max_inotify_%s", what);
	(void)snprintf(number, sizeof(number), "%llu",
		       (unsigned long long)most / 2);
	return fd_write_file_at(limits, file, number);
}

int fence_halve(int limits)
{
	int rc = set_half(limits, "instances");

	return rc < 0 ? rc : set_half(limits, "watches");
}
