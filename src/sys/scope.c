#include "sys/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "sys/ns.h"

bool scope_possible(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	CLEANUP_FREE char *bus = dir ? str_printf("%s/bus", dir) : NULL;

	return bus && access(bus, W_OK) == 0;
}

/* Runs the program; the first line that it prints goes to `why`. */
static int ask(int program, const char *const argv[], char *why, size_t size)
{
	int said[2], status;
	ssize_t n;
	pid_t pid;

	why[0] = '\0';
	if (pipe2(said, O_CLOEXEC) < 0)
		return -errno;
	pid = ns_clone(0, -1);
	if (pid == 0) {
		if (dup2(said[1], 1) < 0)
			_exit(1);
		execveat(program, "", (char *const *)(uintptr_t)argv, environ,
			 AT_EMPTY_PATH);
		(void)dprintf(1, "execute %s: %s\n", argv[0], strerror(errno));
		_exit(1);
	}
	close(said[1]);
	n = pid < 0 ? 0 : fd_read_all(said[0], why, size - 1);
	close(said[0]);
	if (pid < 0)
		return pid;
	why[n > 0 ? n : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	status = ns_wait(pid);
	if (status == 0)
		return 0;
	if (!why[0])
		(void)snprintf(why, size, "%s failed", argv[0]);
	return -ECONNREFUSED;
}

static int ask_for(int program, const char *verb, const char *unit, pid_t pid,
		   const char *last, char *why, size_t size)
{
	char number[12];
	const char *argv[] = {
		"sandboxd-scope", verb, unit, number, last, NULL,
	};

	(void)snprintf(number, sizeof(number), "%d", pid);
	return ask(program, argv, why, size);
}

int scope_start(int program, const char *unit, const char *description,
		pid_t pid, char *why, size_t size)
{
	return ask_for(program, "start", unit, pid, description, why, size);
}

int scope_attach(int program, const char *unit, const char *group, pid_t pid,
		 char *why, size_t size)
{
	return ask_for(program, "attach", unit, pid, group, why, size);
}
