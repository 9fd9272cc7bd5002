/*
 * trials - runs many commands side by side and tells how each of them ended.
 *
 *	trials [-j N] [-t SECONDS] DIR
 *
 * Reads commands from standard input, one a line, words separated by tabs. The
 * Nth runs in the new directory DIR/N, with nothing on standard input and its
 * output in DIR/N.out and DIR/N.err; -j (8) is how many at a time. Prints for
 * each, in their order:
 *	N STATUS KB OUT ERR
 * STATUS is that of the exit, -S for signal S, or "hung" after -t (60) seconds,
 * when it was killed. KB is the most memory that it or one of its children had
 * in use (getrusage(2), ru_maxrss). OUT and ERR are "none", or "text" for what
 * a terminal may see: UTF-8 without control characters but newlines; else
 * "raw".
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX 1024
#define WORDS 32

struct trial {
	char *line;
	pid_t pid;
	time_t end;
	int hung, status;
	long kb;
};

static struct trial trials[MAX];
static int n, running;
static const char *dir;

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void open_as(int fd, const char *name, int flags)
{
	int new = open(name, flags, 0600);

	if (new < 0 || dup2(new, fd) < 0)
		err(125, "%s", name);
	close(new);
}

static void child(struct trial *t, int number)
{
	char name[4096], *words[WORDS + 1] = { NULL };
	sigset_t none;
	int i = 0;

	for (char *w = strtok(t->line, "\t"); w; w = strtok(NULL, "\t"))
		if (i < WORDS)
			words[i++] = w;
	open_as(0, "/dev/null", O_RDONLY);
	snprintf(name, sizeof(name), "%s/%d.out", dir, number);
	open_as(1, name, O_WRONLY | O_CREAT | O_TRUNC);
	snprintf(name, sizeof(name), "%s/%d.err", dir, number);
	open_as(2, name, O_WRONLY | O_CREAT | O_TRUNC);
	snprintf(name, sizeof(name), "%s/%d", dir, number);
	if (mkdir(name, 0700) < 0 || chdir(name) < 0)
		err(125, "%s", name);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(words[0], words);
	err(125, "%s", words[0]);
}

static void start(int number, int seconds)
{
	struct trial *t = &trials[number];

	t->end = now() + seconds;
	t->pid = fork();
	if (t->pid < 0)
		err(1, "fork");
	if (t->pid == 0)
		child(t, number);
	running++;
}

/* Waits for any to end, or a second. */
static void reap(const sigset_t *chld)
{
	const struct timespec second = { .tv_sec = 1 };
	struct rusage use;
	int status;
	pid_t pid;

	(void)sigtimedwait(chld, NULL, &second);
	while ((pid = wait4(-1, &status, WNOHANG, &use)) > 0) {
		for (int i = 0; i < n; i++) {
			if (trials[i].pid != pid)
				continue;
			trials[i].pid = 0;
			trials[i].status = status;
			trials[i].kb = use.ru_maxrss;
			running--;
		}
	}
	for (int i = 0; i < n; i++) {
		if (trials[i].pid > 0 && now() > trials[i].end) {
			trials[i].hung = 1;
			kill(trials[i].pid, SIGKILL);
		}
	}
}

/* Bytes of the character that `s` starts with; 0 when a terminal must not see
 * it. */
static size_t plain(const unsigned char *s, size_t left)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
		     s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	unsigned int point = len > 1 ? s[0] & (0x7fu >> len) : s[0];

	if (!len || len > left)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	if ((point < 32 && point != '\n') || (point >= 0x7f && point < 0xa0))
		return 0;
	/* Those that reorder text. */
	if ((point >= 0x202a && point <= 0x202e) ||
	    (point >= 0x2066 && point <= 0x2069))
		return 0;
	return len;
}

static const char *look(const char *suffix, int number)
{
	const char *what = "text";
	char name[4096];
	unsigned char *s;
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "%s/%d.%s", dir, number, suffix);
	fd = open(name, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		err(1, "%s", name);
	s = mmap(NULL, (size_t)st.st_size + 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (s == MAP_FAILED)
		err(1, "%s", name);
	for (size_t at = 0, len; at < (size_t)st.st_size; at += len) {
		len = plain(s + at, (size_t)st.st_size - at);
		if (!len) {
			what = "raw";
			break;
		}
	}
	munmap(s, (size_t)st.st_size + 1);
	close(fd);
	return st.st_size ? what : "none";
}

static void tell(int number)
{
	const struct trial *t = &trials[number];

	printf("%d ", number);
	if (t->hung)
		printf("hung");
	else if (WIFSIGNALED(t->status))
		printf("-%d", WTERMSIG(t->status));
	else
		printf("%d", WEXITSTATUS(t->status));
	printf(" %ld %s %s\n", t->kb, look("out", number), look("err", number));
}

static void read_lines(void)
{
	size_t size = 0;
	char *line = NULL;

	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (n == MAX)
			errx(1, "more than %d", MAX);
		trials[n++].line = strdup(line);
	}
	free(line);
}

int main(int argc, char **argv)
{
	int jobs = 8, seconds = 60, o;
	sigset_t chld;

	while ((o = getopt(argc, argv, "j:t:")) > 0) {
		if (o == 'j')
			jobs = atoi(optarg);
		else if (o == 't')
			seconds = atoi(optarg);
		else
			errx(2, "unknown option");
	}
	if (optind != argc - 1 || argv[optind][0] != '/')
		errx(2, "usage: trials [-j N] [-t SECONDS] /DIR");
	dir = argv[optind];
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	read_lines();
	for (int next = 0; next < n || running;) {
		while (next < n && running < jobs)
			start(next++, seconds);
		reap(&chld);
	}
	for (int i = 0; i < n; i++)
		tell(i);
	return 0;
}
