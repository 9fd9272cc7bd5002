/*
 * killat - kills whoever makes the Nth step of a command.
 *
 *	killat N COMMAND [ARG...]
 *
 * A step is the beginning or the end of a system call of the command or of a
 * process that it made, counted over all of them; the one that makes step N
 * dies of SIGKILL there, the others go on by themselves. With N = 0 nobody
 * dies. When the command itself has ended, prints how many steps there were,
 * up to N, and the name of the one who was killed.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */

static unsigned long steps, kill_at;
static char victim[32] = "nobody";

static void read_name(pid_t pid)
{
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (!f || !fgets(victim, sizeof(victim), f))
		strcpy(victim, "somebody");
	victim[strcspn(victim, "\n")] = '\0';
	if (f)
		fclose(f);
}

/* Where a tracee stopped: what it is to go on with. */
static void stopped(pid_t pid, int status)
{
	int signo = WSTOPSIG(status);
	int done = kill_at && steps >= kill_at;

	if (!done && signo == STEP && ++steps == kill_at) {
		read_name(pid);
		kill(pid, SIGKILL);
		return;
	}
	/* Events of ours are no signals of theirs. */
	if (signo == STEP || status >> 16)
		signo = 0;
	/* ESRCH: somebody else killed it. */
	(void)ptrace(done ? PTRACE_DETACH : PTRACE_SYSCALL, pid, 0, signo);
}

static pid_t start(char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		execv(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) != pid)
		err(2, "fork");
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0)
		err(2, "ptrace");
	kill(pid, SIGCONT);
	return pid;
}

int main(int argc, char **argv)
{
	int status;
	pid_t first, pid;

	if (argc < 3)
		errx(2, "usage: killat N COMMAND [ARG...]");
	kill_at = strtoul(argv[1], NULL, 10);
	first = start(argv + 2);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			stopped(pid, status);
		else if (pid == first)
			break;
	}
	printf("%lu %s\n", steps, victim);
	return 0;
}
