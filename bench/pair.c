/*
 * pair - times whole programs against each other, in rotation.
 *
 *	pair [-n ROUNDS] [-w WARM-UPS] -o FILE < ROWS
 *
 * A row is words separated by tabs: its name, the milliseconds to pause before
 * each start, the program, its arguments. "MS@FILE" starts it in the mount
 * namespace FILE, which is entered before the time counts. Every round starts
 * each row once, so that what the machine does meanwhile meets all of them.
 * Time is from before posix_spawn(3) to the end seen by wait4(2); CPU time is
 * the rusage of that child and of what it waited for. A status other than 0
 * counts as failed.
 *
 * Standard output gets a Markdown table; the ratio is the median of the ratios
 * to the first row, round by round. FILE gets the times in ms, a line a row:
 * its name, a tab, one number a round.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROWS 32
#define ROUNDS 500
#define WORDS 64

struct row {
	char *name;
	long pause_ms;
	int mounts; /* namespace it starts in */
	char *argv[WORDS];
	double wall[ROUNDS], cpu[ROUNDS]; /* ms */
	int failed;
};

static struct row rows[ROWS];
static size_t nrows;
static int own; /* mount namespace */

static void die(const char *what)
{
	(void)fprintf(stderr, "pair: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

/* Takes `line` apart in place. */
static void read_row(char *line)
{
	struct row *r = &rows[nrows++];
	char *word = strtok(line, "\t");
	size_t n = 0;

	r->name = word;
	word = strtok(NULL, "\t");
	if (!word)
		die("a row without a pause");
	r->pause_ms = strtol(word, &word, 10);
	r->mounts = *word == '@' ? open(word + 1, O_RDONLY | O_CLOEXEC) : own;
	if (r->mounts < 0)
		die(r->name);
	while (n + 1 < WORDS && (word = strtok(NULL, "\t")))
		r->argv[n++] = word;
	if (n == 0)
		die("a row without a program");
}

static void read_rows(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (nrows < ROWS && (len = getline(&line, &size, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		read_row(line);
		line = NULL;
		size = 0;
	}
	if (nrows == 0)
		die("no rows");
}

/* Its output goes nowhere: what a terminal costs is not the question. */
static bool run_once(struct row *r, double *wall, double *cpu)
{
	static posix_spawn_file_actions_t quiet;
	static bool ready;
	struct rusage usage;
	double start;
	int status, rc;
	pid_t pid;

	if (!ready) {
		posix_spawn_file_actions_init(&quiet);
		for (int fd = 0; fd < 3; fd++)
			posix_spawn_file_actions_addopen(&quiet, fd,
							 "/dev/null", O_RDWR,
							 0);
		ready = true;
	}
	if (setns(r->mounts, CLONE_NEWNS) < 0)
		die("enter a mount namespace");
	if (r->pause_ms)
		usleep((useconds_t)r->pause_ms * 1000);
	start = now_ms();
	rc = posix_spawnp(&pid, r->argv[0], &quiet, NULL, r->argv, environ);
	if (rc) {
		errno = rc;
		die(r->argv[0]);
	}
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait");
	*wall = now_ms() - start;
	*cpu = cpu_ms(&usage);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which `part` of them lie. */
static double part_of(const double *values, int n, double part)
{
	static double sorted[ROUNDS];
	double at = part * (n - 1);
	int i = (int)at;

	memcpy(sorted, values, (size_t)n * sizeof(*values));
	qsort(sorted, (size_t)n, sizeof(*sorted), by_value);
	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

static double ratio(const struct row *r, int n)
{
	static double ratios[ROUNDS];

	for (int i = 0; i < n; i++)
		ratios[i] = r->wall[i] / rows[0].wall[i];
	return part_of(ratios, n, 0.5);
}

static void print_table(int n)
{
	(void)printf("| %-42s | median ms | min ms | p90 ms | cpu ms | ratio | "
		     "failed |\n|---|--:|--:|--:|--:|--:|--:|\n", "");
	for (struct row *r = rows; r < rows + nrows; r++)
		(void)printf("| %-42s | %9.2f | %6.2f | %6.2f | %6.2f | %5.2f "
			     "| %6d |\n", r->name, part_of(r->wall, n, 0.5),
			     part_of(r->wall, n, 0), part_of(r->wall, n, 0.9),
			     part_of(r->cpu, n, 0.5), ratio(r, n), r->failed);
}

static void write_times(const char *path, int n)
{
	FILE *out = fopen(path, "we");

	if (!out)
		die(path);
	for (struct row *r = rows; r < rows + nrows; r++) {
		(void)fprintf(out, "%s", r->name);
		for (int i = 0; i < n; i++)
			(void)fprintf(out, "\t%.4f", r->wall[i]);
		(void)fprintf(out, "\n");
	}
	if (fclose(out) != 0)
		die(path);
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	int n = 20, warm = 2, c;
	double wall, cpu;

	while ((c = getopt(argc, argv, "n:w:o:")) != -1) {
		if (c == 'n')
			n = atoi(optarg);
		else if (c == 'w')
			warm = atoi(optarg);
		else if (c == 'o')
			path = optarg;
		else
			return 2;
	}
	if (n < 1 || n > ROUNDS || !path)
		return 2;
	own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (own < 0)
		die("mount namespace");
	read_rows();
	for (int i = -warm; i < n; i++) {
		for (struct row *r = rows; r < rows + nrows; r++) {
			bool good = run_once(r, &wall, &cpu);

			if (i < 0)
				continue;
			r->wall[i] = wall;
			r->cpu[i] = cpu;
			r->failed += !good;
		}
	}
	if (setns(own, CLONE_NEWNS) < 0)
		die("leave a mount namespace");
	print_table(n);
	write_times(path, n);
	return 0;
}
