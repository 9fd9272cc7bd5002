/*
 * on_pty.c - runs a command on a terminal, and is the one who sits before it.
 *
 *	on_pty SCRIPT COMMAND [ARG...]
 *
 * The command gets a terminal of 24 by 80 as 0, 1 and 2; with ON_PTY_STDERR
 * set its stderr stays what ours is. SCRIPT is done line by line:
 *
 *	wait TEXT     until TEXT has been shown, after what was waited for last
 *	send TEXT     types TEXT; \r, \n, \\ and \xHH as in C
 *	size ROWS COLS
 *	kill SIGNAL   by number, to the command
 *	hangup        takes the terminal away
 *	end           waits until the command has ended
 *
 * What was shown goes to stdout as it came. At the end one line on stderr:
 * the command's exit status (128+n for a signal), and whether the terminal's
 * modes are what they were before: "kept" or "changed". Status 0; 1 when a
 * wait was not fulfilled before the command's end; 2 for a script that cannot
 * be.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SHOWN_MAX (8 << 20)

static int master, peer;
static pid_t child;
static int status = -1;
static struct termios before;
static char shown[SHOWN_MAX];
static size_t nshown, waited;
static int pidfd;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

/* Moves what is shown. Returns 0 when there is nothing more to come now. */
static int look(int timeout)
{
	struct pollfd p[] = {
		{ .fd = master, .events = POLLIN },
		{ .fd = status < 0 ? pidfd : -1, .events = POLLIN },
	};
	ssize_t n;

	if (poll(p, 2, timeout) <= 0)
		return 0;
	if (p[0].revents) {
		n = read(master, shown + nshown, SHOWN_MAX - nshown);
		if (n <= 0)
			return 0;
		if (write(1, shown + nshown, (size_t)n) != n)
			die("write");
		nshown += (size_t)n;
		return 1;
	}
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	return 1;
}

/* The command writes nothing more once it has ended: what there is is there. */
static int wait_text(const char *text)
{
	for (;;) {
		char *at = memmem(shown + waited, nshown - waited, text,
				  strlen(text));

		if (at) {
			waited = (size_t)(at - shown) + strlen(text);
			return 0;
		}
		if (!look(status < 0 ? -1 : 0)) {
			fprintf(stderr, "never shown: %s\n", text);
			return 1;
		}
	}
}

static void send_text(const char *text)
{
	for (const char *p = text; *p; p++) {
		char c = *p, hex[3] = "";

		if (c == '\\' && p[1]) {
			p++;
			c = *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p;
			if (*p == 'x' && p[1] && p[2]) {
				memcpy(hex, p + 1, 2);
				c = (char)strtol(hex, NULL, 16);
				p += 2;
			}
		}
		if (write(master, &c, 1) != 1)
			die("type");
	}
}

static void set_size(const char *text)
{
	struct winsize size = { 0 };

	if (sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) != 2)
		die("size");
	if (ioctl(master, TIOCSWINSZ, &size) < 0)
		die("size");
}

static int step(char *line)
{
	char *arg = strchr(line, ' ');

	arg = arg ? (*arg = '\0', arg + 1) : line + strlen(line);
	if (!strcmp(line, "wait"))
		return wait_text(arg);
	if (!strcmp(line, "send"))
		send_text(arg);
	else if (!strcmp(line, "size"))
		set_size(arg);
	else if (!strcmp(line, "kill"))
		kill(child, atoi(arg));
	else if (!strcmp(line, "hangup"))
		close(peer), close(master), master = peer = -1;
	else if (!strcmp(line, "end"))
		while (status < 0)
			look(-1);
	else if (*line)
		die(line);
	return 0;
}

static void start(char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	const char *keep = getenv("ON_PTY_STDERR");

	if (openpty(&master, &peer, NULL, NULL, &size) < 0 ||
	    tcgetattr(peer, &before) < 0)
		die("openpty");
	fcntl(master, F_SETFD, FD_CLOEXEC);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		setsid();
		ioctl(peer, TIOCSCTTY, 0);
		for (int i = 0; i < (keep ? 2 : 3); i++)
			dup2(peer, i);
		if (peer > 2)
			close(peer);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	if (pidfd < 0)
		die("pidfd_open");
}

int main(int argc, char **argv)
{
	struct termios after = { 0 };
	const char *factor = getenv("WAIT_FACTOR");
	char *save = NULL;
	int rc = 0;

	if (argc < 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	/* What is never shown must not keep the test for ever. */
	alarm(60 * (factor ? (unsigned int)atoi(factor) : 1));
	start(argv + 2);
	for (char *line = strtok_r(argv[1], "\n", &save); line && !rc;
	     line = strtok_r(NULL, "\n", &save))
		rc = step(line);
	if (rc)
		kill(child, SIGKILL);
	while (status < 0)
		look(-1);
	while (master >= 0 && look(0))
		;
	if (peer >= 0)
		tcgetattr(peer, &after);
	fprintf(stderr, "%d %s\n",
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				      WEXITSTATUS(status),
		memcmp(&before, &after, sizeof(before)) ? "changed" : "kept");
	return rc;
}
