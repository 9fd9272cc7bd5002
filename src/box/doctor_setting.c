#include "box/doctor_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"

/* Values of kernel Documentation/admin-guide/sysctl, and of Yama's page in
 * LSM/. */
static const struct setting {
	const char *name;
	long from, to; /* all that are safe */
	bool needed;   /* a kernel without it behaves as the unsafe one */
} settings[] = {
	{ "dev.tty.legacy_tiocsti", 0, 0, true },
	{ "kernel.kptr_restrict", 1, 2, false },
	{ "kernel.dmesg_restrict", 1, 1, false },
	{ "kernel.unprivileged_bpf_disabled", 1, 2, false },
	{ "kernel.io_uring_disabled", 1, 2, true },
	{ "kernel.perf_event_paranoid", 2, 4, false },
	{ "vm.unprivileged_userfaultfd", 0, 0, false },
	{ "kernel.yama.ptrace_scope", 1, 3, true },
};

/* 0 or negative errno. */
static int read_setting(const char *name, char *text, size_t size)
{
	CLEANUP_FREE char *path = str_printf("/proc/sys/%s", name);

	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	return fd_read_file_at(AT_FDCWD, path, text, size);
}

static const struct setting *find(const char *name)
{
	const struct setting *s = settings;

	while (!str_eq(s->name, name))
		s++;
	return s;
}

bool doctor_setting(const struct doctor_case *c UNUSED,
		    const struct doctor_row *row, struct doctor_finding *f)
{
	const struct setting *s = find(row->title);
	char text[64];
	int rc = read_setting(s->name, text, sizeof(text));
	long value = rc == 0 ? strtol(text, NULL, 10) : 0;

	if (rc == -ENOENT && !s->needed)
		return false;
	if (rc == -ENOENT) {
		doctor_bad(row, f, "%s is not there", s->name);
	} else if (rc < 0) {
		doctor_bad(row, f, "%s: %s", s->name, strerror(-rc));
	} else if (value < s->from || value > s->to) {
		doctor_bad(row, f, "%s = %s", s->name, text);
		doctor_fix(f, "as root: sysctl -w %s=%ld, and the same in "
			   "/etc/sysctl.d", s->name, s->from);
	} else {
		doctor_say(f, "%s = %s", s->name, text);
	}
	return true;
}

bool doctor_setting_core(const struct doctor_case *c UNUSED,
			 const struct doctor_row *row,
			 struct doctor_finding *f)
{
	char text[256];

	if (read_setting("kernel.core_pattern", text, sizeof(text)) < 0)
		return false;
	if (text[0] == '|')
		doctor_bad(row, f, "kernel.core_pattern = %s", text);
	else
		doctor_say(f, "kernel.core_pattern = %s", text);
	return true;
}
