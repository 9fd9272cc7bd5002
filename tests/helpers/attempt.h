/*
 * attempt.h - a table of attempts, each made in a process of its own.
 */
#ifndef TESTS_HELPERS_ATTEMPT_H
#define TESTS_HELPERS_ATTEMPT_H

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* `run` returns below 0, with errno, when it was refused. */
struct attempt {
	const char *name;
	long (*run)(void);
};

#define TRY(f) { #f, f }

/* Prints "NAME DONE" or "NAME refused ERROR". */
static void attempt_report(const char *name, long rc)
{
	if (rc >= 0)
		printf("%s DONE\n", name);
	else
		printf("%s refused %s\n", name, strerrorname_np(errno));
	fflush(stdout);
}

/* A filter may answer by SIGSYS; then the attempt is refused as well. */
static void attempt_one(const struct attempt *a)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		errno = 0;
		attempt_report(a->name, a->run());
		_exit(0);
	}
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
		printf("%s refused signal %d\n", a->name, WTERMSIG(status));
	fflush(stdout);
}

__attribute__((unused))
static void attempt_all(const struct attempt *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		attempt_one(&table[i]);
}

#endif
