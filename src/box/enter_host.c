/*
 * Theory of operation.
 *
 * setns(2) with the pidfd of PID 1, which cannot have been recycled, moves the
 * caller itself; then it executes the tool, and signals, terminal and exit
 * status are the tool's own. A process namespace takes in children only, so
 * for that one the caller stays behind as parent: PID 1 inside cannot end
 * before the tool has been reaped, and therefore nothing may stop the caller.
 */
#include "box/enter_host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/enter.h"
#include "box/rootless.h"
#include "conf/record.h"
#include "sys/ns.h"

#define ENTER "enter the namespaces of"

static const struct {
	enum ns_kind kind;
	int flag;
	const char *refused; /* why not; NULL: it can be entered */
} kinds[] = {
	{ NS_NET, CLONE_NEWNET, NULL },
	{ NS_PID, CLONE_NEWPID, NULL },
	{ NS_IPC, CLONE_NEWIPC, NULL },
	{ NS_UTS, CLONE_NEWUTS, NULL },
	{ NS_CGROUP, CLONE_NEWCGROUP, NULL },
	{ NS_TIME, CLONE_NEWTIME, NULL },
	{ NS_MNT, CLONE_NEWNS,
	  "programs and libraries of the guest would run as root of the host" },
	{ NS_USER, CLONE_NEWUSER,
	  "what belongs to it can be traced from inside, and has the host's "
	  "files" },
};

/* --- which --------------------------------------------------------------- */

const char *enter_host_name(size_t i)
{
	if (i >= ARRAY_LEN(kinds) || kinds[i].refused)
		return NULL;
	return ns_names[kinds[i].kind];
}

static int unknown(const char *name, struct err *err)
{
	CLEANUP_BUF struct buf all = { 0 };

	for (size_t i = 0; enter_host_name(i); i++)
		buf_printf(&all, "%s%s", i ? ", " : "", enter_host_name(i));
	(void)err_set(err, EXIT_USAGE, "enter namespace", name,
		      "there is no such kind");
	return err_hint(err, "some of %s, with commas between", all.data);
}

static int add_kind(const char *name, int *flags, struct err *err)
{
	size_t i = 0;

	while (i < ARRAY_LEN(kinds) && !str_eq(ns_names[kinds[i].kind], name))
		i++;
	if (i == ARRAY_LEN(kinds))
		return unknown(name, err);
	if (kinds[i].refused) {
		(void)err_set(err, EXIT_USAGE, "enter namespace", name, "%s",
			      kinds[i].refused);
		return err_hint(err, "exec without --namespaces runs a program "
				"inside the walls");
	}
	if (*flags & kinds[i].flag)
		return err_set(err, EXIT_USAGE, "enter namespace", name,
			       "it is named twice");
	*flags |= kinds[i].flag;
	return 0;
}

int enter_host_parse(const char *list, int *flags, struct err *err)
{
	CLEANUP_FREE char *copy = str_dup(list);
	char *rest = copy, *name;

	*flags = 0;
	while ((name = strsep(&rest, ",")))
		if (add_kind(name, flags, err) < 0)
			return -1;
	return 0;
}

/* --- there --------------------------------------------------------------- */

static int no_privilege(const char *name, const char *cause, struct err *err)
{
	(void)err_set(err, EXIT_IMPOSSIBLE, ENTER, name, "%s", cause);
	return err_hint(err, "run it as root of the host; exec without "
			"--namespaces takes no privilege");
}

int enter_host_join(int statefd, const char *name, int flags, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int init = -1;

	if (rootless())
		return no_privilege(name, "only root can", err);
	if (record_read(statefd, name, &rec, err) < 0)
		return -1;
	init = enter_find_init(&rec, err);
	if (init < 0)
		return -1;
	if (setns(init, flags) == 0)
		return 0;
	if (errno == EPERM)
		return no_privilege(name, strerror(EPERM), err);
	return err_set_errno(err, EXIT_LAUNCH, ENTER, name, errno);
}

/* --- the tool ------------------------------------------------------------ */

static int not_executed(const char *program, int error, struct err *err)
{
	if (error == ENOENT)
		return err_set(err, EXIT_NOTFOUND, "run", program,
			       "no such program on the host");
	return err_set_errno(err, EXIT_NOEXEC, "run", program, error);
}

/* The parent would not be seen as gone by its pid, which is 0 from inside: but
 * then nobody reads what we could not do. */
static _Noreturn void become(char *const *command, int report,
			     const sigset_t *mask)
{
	struct pollfd parent = { .fd = report };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (poll(&parent, 1, 0) != 0)
		_exit(EXIT_LAUNCH);
	/* Stopped by a key, it would leave the terminal to a parent that must
	 * not be stopped. */
	(void)signal(SIGTSTP, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	(void)execvp(command[0], command);
	(void)fd_write_all(report, &errno, sizeof(errno));
	_exit(EXIT_LAUNCH);
}

static pid_t fork_tool(char *const *command, struct err *err)
{
	int report[2], error = 0;
	sigset_t all, before;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_set_errno(err, EXIT_LAUNCH, "make", "a pipe", errno);
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = ns_clone(0, -1);
	if (pid == 0) {
		close(report[0]);
		become(command, report[1], &before);
	}
	close(report[1]);
	if (pid < 0)
		(void)err_set_errno(err, EXIT_LAUNCH, "fork", command[0], pid);
	else if (fd_read_all(report[0], &error, sizeof(error)) > 0)
		(void)not_executed(command[0], error, err);
	close(report[0]);
	if (!err->code)
		return pid;
	if (pid > 0)
		(void)ns_wait(pid);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return -1;
}

pid_t enter_host_run(int flags, char *const *command, struct err *err)
{
	if (flags & CLONE_NEWPID)
		return fork_tool(command, err);
	(void)execvp(command[0], command);
	return not_executed(command[0], errno, err);
}

int enter_host_wait(pid_t pid)
{
	siginfo_t info;
	sigset_t all;
	int status;

	sigfillset(&all);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		int signo = sigwaitinfo(&all, &info);

		/* What a terminal sends, the tool got as well. */
		if (signo > 0 && signo != SIGCHLD && info.si_code != SI_KERNEL)
			(void)kill(pid, signo);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   EXIT_SIGNAL + WTERMSIG(status);
}
