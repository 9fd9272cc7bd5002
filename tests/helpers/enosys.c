/*
 * enosys - runs a command on a kernel that lacks system calls, as it seems to
 * it and to all that it starts.
 *
 *	enosys CALL[,CALL...] COMMAND [ARG...]
 *
 * Status 2 when that cannot be arranged. No-new-privileges is left as it is:
 * newuidmap(1) would not work under it.
 */
#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

static void take_away(scmp_filter_ctx filter, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);
	int rc;

	if (number == __NR_SCMP_ERROR)
		errx(2, "no call is named '%s'", name);
	rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0);
	if (rc < 0)
		errx(2, "%s: %s", name, strerror(-rc));
}

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	char *save = NULL;

	if (argc < 3)
		errx(2, "usage: enosys CALL[,CALL...] COMMAND [ARG...]");
	if (!filter || seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) < 0)
		errx(2, "cannot make a filter");
	for (char *name = strtok_r(argv[1], ",", &save); name;
	     name = strtok_r(NULL, ",", &save))
		take_away(filter, name);
	if (seccomp_load(filter) < 0)
		err(2, "seccomp_load");
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
