/*
 * guard - runs one test and says what it left behind on the machine.
 *
 *	guard [-t SECONDS] [-g SECONDS] -r REPORT -- TEST [ARG...]
 *
 * The guard is outside the test: the test is its child, in a session of its
 * own, while the guard stays in the namespaces that it was started in. It
 * takes stock before, runs the test, takes stock after, and writes each
 * difference to REPORT as one line. An empty REPORT means that the machine is
 * as it was. The exit status is the test's (128+n for signal n).
 *
 * Stock is: mounts, directories in every cgroup hierarchy, network links,
 * System V IPC objects, and file names. What ends asynchronously gets up to
 * -g seconds (5) to be gone.
 *
 * Processes are found by descent, not by guessing from names. The guard makes
 * itself a child subreaper (PR_SET_CHILD_SUBREAPER), so whatever the test
 * starts and orphans, however often it forks or changes session, becomes a
 * child of the guard and not of process 1. The kernel looks for a subreaper
 * only among ancestors in the orphan's own PID namespace: a process inside a
 * sandbox goes to that sandbox's init, and init itself, whose parent is out
 * here, to the guard. So after the test every descendant of the guard is a
 * leak, and nothing else that goes on in the machine can look like one.
 * Leaked processes are killed after they were reported.
 *
 * GUARD_SCOPE says how much of the rest is compared:
 *	all   everything, and processes not of our descent that carry the marks
 *	      of a sandbox (something else started them on the test's behalf).
 *	      For a quiet machine; the default when CI=true.
 *	own   what cannot come from others at work on the same machine: names
 *	      that our programs use, ids above 65535. The default.
 *	self  descendants and the test's TMPDIR only, for tests in parallel.
 * GUARD_IGNORE is an extended regular expression; lines that match it are not
 * differences. For development on a shared machine only.
 *
 * The bare top group, `sandboxd`, comes and goes with the sandboxes in it, so
 * only `all` counts it.
 *
 * lint: long file: one program, with no library beneath it on purpose.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_SANDBOX_UID 65536
#define TERM_GRACE_MS 10000
#define POLL_MS 50

enum scope { SCOPE_SELF, SCOPE_OWN, SCOPE_ALL };

static enum scope scope = SCOPE_OWN;
static regex_t ignore_re, own_re;
static bool have_ignore;
static char own_group[PATH_MAX]; /* parent of the group we run in, or "" */

/* A sorted vector of lines. */
struct set {
	char **line;
	size_t n, size;
};

static void die(const char *what)
{
	fprintf(stderr, "guard: %s: %s\n", what, strerror(errno));
	exit(125);
}

__attribute__((format(printf, 2, 3)))
static void add(struct set *set, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die("memory");
	va_end(ap);
	if (have_ignore && !regexec(&ignore_re, s, 0, NULL, 0)) {
		free(s);
		return;
	}
	if (set->n == set->size) {
		set->size = set->size ? set->size * 2 : 256;
		set->line = realloc(set->line, set->size * sizeof(char *));
		if (!set->line)
			die("memory");
	}
	set->line[set->n++] = s;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct set *set)
{
	if (set->n)
		qsort(set->line, set->n, sizeof(char *), by_text);
}

static void clear(struct set *set)
{
	while (set->n)
		free(set->line[--set->n]);
	free(set->line);
	memset(set, 0, sizeof(*set));
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* --- taking stock ------------------------------------------------------- */

static void walk_groups(struct set *set, const char *root, const char *path,
			int depth)
{
	char sub[PATH_MAX];
	struct dirent *e;
	size_t len = strlen(root);
	DIR *dir = opendir(path);

	if (!dir) /* gone meanwhile */
		return;
	while ((e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >=
		    (int)sizeof(sub))
			continue;
		bool ours = !strncmp(sub + len, "/sandboxd", 9);

		/* Whoever put us into our group makes its siblings too. */
		if (!ours && *own_group && !strcmp(path + len, own_group))
			continue;
		if (scope == SCOPE_ALL ||
		    (ours && strcmp(sub + len, "/sandboxd") != 0))
			add(set, "cgroup %s", sub);
		if (depth < 16)
			walk_groups(set, root, sub, depth + 1);
	}
	closedir(dir);
}

/* Mount lines, and through them the places of the cgroup hierarchies. */
static void stock_mounts(struct set *set)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *type, point[PATH_MAX];
	size_t size = 0;

	if (!f)
		die("/proc/self/mountinfo");
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		add(set, "mount %s", line);
		type = strstr(line, " - ");
		if (!type || strncmp(type + 3, "cgroup", 6) != 0)
			continue;
		if (sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1)
			walk_groups(set, point, point, 0);
	}
	free(line);
	fclose(f);
}

static void stock_links(struct set *set)
{
	struct if_nameindex *all = if_nameindex();

	if (!all)
		die("if_nameindex");
	for (struct if_nameindex *i = all; i->if_index; i++)
		add(set, "link %s", i->if_name);
	if_freenameindex(all);
}

static void stock_ipc(struct set *set, const char *kind)
{
	char path[64], line[512];
	long key, id;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sysvipc/%s", kind);
	f = fopen(path, "re");
	if (!f) /* a kernel without System V IPC */
		return;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%ld %ld", &key, &id) == 2)
			add(set, "ipc %s %ld", kind, id);
	fclose(f);
}

static bool is_ours(const char *path, const char *name)
{
	struct stat st;

	if (!regexec(&own_re, name, 0, NULL, 0))
		return true;
	return lstat(path, &st) == 0 && st.st_uid >= FIRST_SANDBOX_UID;
}

static void walk_files(struct set *set, const char *path, int depth, bool any)
{
	char sub[PATH_MAX];
	struct dirent *e;
	DIR *dir = opendir(path);

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >=
		    (int)sizeof(sub))
			continue;
		if (any || is_ours(sub, e->d_name))
			add(set, "file %s", sub);
		if (depth > 1 && e->d_type == DT_DIR)
			walk_files(set, sub, depth - 1, any);
	}
	closedir(dir);
}

static void stock_files(struct set *set)
{
	const char *tmp = getenv("TMPDIR");
	bool all = scope == SCOPE_ALL;

	if (tmp && strcmp(tmp, "/tmp") != 0)
		walk_files(set, tmp, 8, true);
	if (scope == SCOPE_SELF)
		return;
	walk_files(set, "/tmp", 1, all);
	walk_files(set, "/tmp/.X11-unix", 1, all);
	walk_files(set, "/dev/shm", 1, all);
	if (!all)
		return;
	walk_files(set, "/run", 1, true);
	walk_files(set, "/run/sandboxd", 4, true);
	walk_files(set, "/var/lib/sandboxd", 4, true);
}

static void take_stock(struct set *set)
{
	stock_files(set);
	if (scope != SCOPE_SELF) {
		stock_mounts(set);
		stock_links(set);
		stock_ipc(set, "shm");
		stock_ipc(set, "sem");
		stock_ipc(set, "msg");
	}
	sort(set);
}

/* --- processes ---------------------------------------------------------- */

struct proc {
	pid_t pid, parent;
	unsigned long long start;
	char comm[64];
};

struct procs {
	struct proc *p;
	size_t n, size;
};

static bool read_proc(pid_t pid, struct proc *out)
{
	char path[64], text[1024], *open, *close;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name is the process's own choice; the last ')' ends it. */
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || close < open)
		return false;
	*close = '\0';
	snprintf(out->comm, sizeof(out->comm), "%s", open + 1);
	for (char *c = out->comm; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	out->pid = pid;
	return sscanf(close + 1,
		      " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u"
		      " %*d %*d %*d %*d %*d %*d %llu",
		      &out->parent, &out->start) == 2;
}

static void list_procs(struct procs *all)
{
	struct dirent *e;
	DIR *dir = opendir("/proc");

	if (!dir)
		die("/proc");
	while ((e = readdir(dir))) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (all->n == all->size) {
			all->size = all->size ? all->size * 2 : 256;
			all->p = realloc(all->p, all->size * sizeof(*all->p));
			if (!all->p)
				die("memory");
		}
		if (read_proc(atoi(e->d_name), &all->p[all->n]))
			all->n++;
	}
	closedir(dir);
}

static const struct proc *find(const struct procs *all, pid_t pid)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->p[i].pid == pid)
			return &all->p[i];
	return NULL;
}

static bool descends(const struct procs *all, const struct proc *p)
{
	for (int depth = 0; p && depth < 4096; depth++) {
		if (p->parent == getpid())
			return true;
		p = find(all, p->parent);
	}
	return false;
}

/* Whether a process that is not of our descent looks like a sandbox's. */
static bool has_marks(const struct proc *p)
{
	static const char *const names[] = { "sandboxd", "sandbox-init",
					     "Xvfb", "fluxbox", "steer" };
	char path[64], text[4096];
	struct stat st;
	size_t n = 0;
	FILE *f;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(p->comm, names[i]))
			return true;
	snprintf(path, sizeof(path), "/proc/%d", (int)p->pid);
	if (stat(path, &st) == 0 && st.st_uid >= FIRST_SANDBOX_UID)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)p->pid);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return strstr(text, ":/sandboxd/") != NULL;
}

static void find_leaked(struct set *set, const struct procs *before)
{
	struct procs all = { 0 };

	list_procs(&all);
	for (size_t i = 0; i < all.n; i++) {
		const struct proc *p = &all.p[i], *old = find(before, p->pid);

		if (descends(&all, p))
			add(set, "process %d (%s) of the test", (int)p->pid,
			    p->comm);
		else if (scope == SCOPE_ALL && p->pid != getpid() &&
			 (!old || old->start != p->start) && has_marks(p))
			add(set, "process %d (%s), child of %d", (int)p->pid,
			    p->comm, (int)p->parent);
	}
	free(all.p);
	sort(set);
}

/* --- the test ----------------------------------------------------------- */

static pid_t start_test(char **argv, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	setsid();
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	fprintf(stderr, "guard: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reaps everything that has ended; true when `test` was among it. */
static bool reap(pid_t test, int *status)
{
	bool ended = false;
	int st;

	for (;;) {
		pid_t pid = waitpid(-1, &st, WNOHANG);

		if (pid <= 0)
			return ended;
		if (pid == test) {
			*status = st;
			ended = true;
		}
	}
}

/* Waits for the test; ends its process group when it takes too long or when
 * we are told to stop. Returns its exit status in the shell's form. */
static int wait_test(pid_t test, const sigset_t *set, int seconds, FILE *report)
{
	long long deadline = now_ms() + seconds * 1000LL;
	int sig, status = 0, next = SIGTERM;

	for (;;) {
		long long left = deadline - now_ms();
		struct timespec t = { left / 1000, left % 1000 * 1000000 };

		if (left < 0)
			t = (struct timespec){ 0 };
		sig = sigtimedwait(set, NULL, &t);
		if (reap(test, &status))
			break;
		if (sig == SIGCHLD || (sig < 0 && errno == EINTR))
			continue;
		if (next == SIGTERM)
			fprintf(report, "%s\n", sig < 0 ? "time limit passed" :
							 "interrupted");
		kill(-test, next);
		next = SIGKILL;
		deadline = now_ms() + TERM_GRACE_MS;
	}
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

/* --- comparing ---------------------------------------------------------- */

/* Writes what is only in `a` to `out`; returns how many lines. */
static int only_in(const struct set *a, const struct set *b, const char *what,
		   FILE *out)
{
	int n = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (b->n && bsearch(&a->line[i], b->line, b->n, sizeof(char *),
				    by_text))
			continue;
		n++;
		if (out)
			fprintf(out, "%s: %s\n", what, a->line[i]);
	}
	return n;
}

static int compare(const struct set *before, const struct procs *procs,
		   FILE *out)
{
	static const struct set nothing;
	struct set after = { 0 }, leaked = { 0 };
	int n;

	find_leaked(&leaked, procs);
	take_stock(&after);
	n = only_in(&leaked, &nothing, "left behind", out);
	n += only_in(&after, before, "left behind", out);
	n += only_in(before, &after, "gone", out);
	clear(&leaked);
	clear(&after);
	return n;
}

/* There is no event for "the machine is as it was": look again and again. */
static void settle(const struct set *before, const struct procs *procs,
		   int seconds, FILE *report)
{
	const struct timespec pause = { 0, POLL_MS * 1000000L };
	long long deadline = now_ms() + seconds * 1000LL;
	int unused;

	for (;;) {
		reap(0, &unused);
		if (!compare(before, procs, NULL))
			return;
		if (now_ms() >= deadline)
			break;
		nanosleep(&pause, NULL);
	}
	compare(before, procs, report);
}

/* Kills children until there are none: a dead child's children become ours,
 * and a child that was not reaped keeps its pid, so no stranger is hit. */
static void kill_leaked(void)
{
	const struct timespec pause = { 0, POLL_MS * 1000000L };
	long long deadline = now_ms() + TERM_GRACE_MS;
	int unused;

	while (now_ms() < deadline) {
		struct procs all = { 0 };
		int left = 0;

		list_procs(&all);
		for (size_t i = 0; i < all.n; i++) {
			if (all.p[i].parent != getpid())
				continue;
			kill(all.p[i].pid, SIGKILL);
			left++;
		}
		free(all.p);
		if (!left)
			return;
		nanosleep(&pause, NULL);
		reap(0, &unused);
	}
}

/* --- start -------------------------------------------------------------- */

static void read_environment(void)
{
	const char *word = getenv("GUARD_SCOPE"), *ci = getenv("CI");
	const char *ignore = getenv("GUARD_IGNORE");

	if (!word || !*word)
		word = ci && !strcmp(ci, "true") ? "all" : "own";
	if (!strcmp(word, "all")) {
		scope = SCOPE_ALL;
	} else if (!strcmp(word, "self")) {
		scope = SCOPE_SELF;
	} else if (strcmp(word, "own") != 0) {
		errno = EINVAL;
		die("GUARD_SCOPE");
	}
	if (ignore && *ignore) {
		errno = EINVAL;
		if (regcomp(&ignore_re, ignore, REG_EXTENDED | REG_NOSUB))
			die("GUARD_IGNORE");
		have_ignore = true;
	}
	if (regcomp(&own_re, "sandboxd|steer|Xvfb|^\\.?X[0-9]+|\\.xkm$",
		    REG_EXTENDED | REG_NOSUB))
		die("regcomp");
}

/* The parent of the group that the guard runs in: the first hierarchy where
 * it is not the root will do. */
static void find_own_group(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX], *path, *slash;

	if (!f)
		return;
	while (!*own_group && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		path = strchr(line, '/');
		if (!path || !path[1])
			continue;
		slash = strrchr(path, '/');
		*slash = '\0';
		snprintf(own_group, sizeof(own_group), "%s", path);
	}
	fclose(f);
}

static int usage(void)
{
	fputs("usage: guard [-t SECONDS] [-g SECONDS] -r REPORT -- "
	      "TEST [ARG...]\n", stderr);
	return 125;
}

int main(int argc, char **argv)
{
	int limit = 300, grace = 5, c, code;
	struct procs procs = { 0 };
	struct set before = { 0 };
	FILE *report = NULL;
	sigset_t set, mask;

	while ((c = getopt(argc, argv, "+t:g:r:")) != -1) {
		if (c == 't')
			limit = atoi(optarg);
		else if (c == 'g')
			grace = atoi(optarg);
		else if (c == 'r')
			report = fopen(optarg, "we");
		else
			return usage();
	}
	if (optind == argc || !report || limit <= 0)
		return usage();
	read_environment();
	find_own_group();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("PR_SET_CHILD_SUBREAPER");
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &mask);

	list_procs(&procs);
	take_stock(&before);
	fflush(report);
	code = wait_test(start_test(argv + optind, &mask), &set, limit, report);
	settle(&before, &procs, grace, report);
	kill_leaked();
	fclose(report);
	clear(&before);
	free(procs.p);
	return code;
}
