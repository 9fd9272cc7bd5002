#include "sys/calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"

#define CALL(name) { SYS_##name, #name }

static const struct {
	long number;
	const char *name;
} calls[] = {
	CALL(clone3), CALL(close_range), CALL(execveat), CALL(fsconfig),
	CALL(fsmount), CALL(fsopen), CALL(mount_setattr), CALL(move_mount),
	CALL(open_tree), CALL(openat2), CALL(pidfd_open),
	CALL(pidfd_send_signal), CALL(statx),
};

const char *calls_missing(void)
{
	/* To each of them this is a bad descriptor, pointer, pid or size. */
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (syscall(calls[i].number, -1, NULL, 0, NULL, 0, 0) < 0 &&
		    errno == ENOSYS)
			return calls[i].name;
	return NULL;
}
