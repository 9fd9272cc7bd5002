/*
 * The stage table: how it is walked, with made-up stages; and that nothing is
 * left whichever stage of the real table fails, before or after its work.
 *
 * asan: no leak check
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "box/box.h"
#include "box/client.h"
#include "box/monitor.h"
#include "sandboxd/initproto.h"

/* --- the walk ------------------------------------------------------------ */

static char walked[256];
static const char *refusing, *stuck; /* stages whose up, down fails */

static void note(const char *what)
{
	strcat(walked, walked[0] ? " " : "");
	strcat(walked, what);
}

static int up(const char *name, struct err *err)
{
	note(name);
	if (!refusing || strcmp(name, refusing) != 0)
		return 0;
	return err_set(err, EXIT_FAILED, "raise", name, "made to fail");
}

static int down(const char *name, struct err *err)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "-%s", name);
	note(text);
	if (!stuck || !strstr(stuck, name))
		return 0;
	return err_set(err, EXIT_FAILED, "lower", name, "made to stick");
}

#define STAGE_FUNCTIONS(n)                                                   \
	static int up_##n(struct box *box UNUSED, struct err *err)           \
	{                                                                    \
		return up(#n, err);                                          \
	}                                                                    \
	static int down_##n(int statefd UNUSED, struct record *rec UNUSED,   \
			    struct err *err)                                 \
	{                                                                    \
		return down(#n, err);                                        \
	}
STAGE_FUNCTIONS(a)
STAGE_FUNCTIONS(b)
STAGE_FUNCTIONS(c)

static const struct stage made_up[] = {
	{ "a", up_a, down_a },
	{ "nothing", NULL, NULL },
	{ "b", up_b, down_b },
	{ "c", up_c, down_c },
};

static int walk(size_t *failed, struct err *err)
{
	static const struct profile profile;
	struct box box;

	*failed = 99;
	*err = (struct err)ERR_INIT;
	walked[0] = '\0';
	box_init(&box, &profile);
	return stage_up(made_up, ARRAY_LEN(made_up), &box, failed, err);
}

static int reset(void **state UNUSED)
{
	refusing = stuck = NULL;
	return 0;
}

static void a_start_goes_up_in_the_order_of_the_table(void **state UNUSED)
{
	struct err err;
	size_t failed;

	assert_int_equal(walk(&failed, &err), 0);
	assert_string_equal(walked, "a b c");
	assert_int_equal(err.code, 0);
	assert_int_equal(failed, 99);
}

static void a_failure_walks_back_from_the_failing_stage(void **state UNUSED)
{
	struct err err;
	size_t failed;

	refusing = "b";
	assert_int_equal(walk(&failed, &err), -1);
	assert_string_equal(walked, "a b -b -a");
	assert_int_equal(failed, 2);
	assert_string_equal(err.object, "b");
	assert_string_equal(err.hint, "");
}

static void the_first_stage_may_fail_as_well(void **state UNUSED)
{
	struct err err;
	size_t failed;

	refusing = "a";
	assert_int_equal(walk(&failed, &err), -1);
	assert_string_equal(walked, "a -a");
	assert_int_equal(failed, 0);
}

static void what_cannot_be_taken_down_is_told_and_found_again(
	void **state UNUSED)
{
	struct err err;
	size_t failed;

	refusing = "c";
	stuck = "b";
	assert_int_equal(walk(&failed, &err), -1);
	assert_string_equal(walked, "a b c -c -b");
	assert_string_equal(err.object, "c");
	assert_string_equal(err.cause, "made to fail");
	assert_non_null(strstr(err.hint, "b: made to stick"));
	assert_non_null(strstr(err.hint, "gc"));
}

static void an_end_tries_all_and_reports_the_first_error(
	void **state UNUSED)
{
	struct err err = ERR_INIT;
	struct record rec = { 0 };

	walked[0] = '\0';
	stuck = "bc";
	assert_int_equal(stage_down(made_up, 0, ARRAY_LEN(made_up), -1, &rec,
				    &err), -1);
	assert_string_equal(walked, "-c -b");
	assert_string_equal(err.object, "c");
	stuck = NULL;
	walked[0] = '\0';
	assert_int_equal(stage_down(made_up, 0, ARRAY_LEN(made_up), -1, &rec,
				    &err), 0);
	assert_string_equal(walked, "-c -b -a");
	walked[0] = '\0';
	assert_int_equal(stage_down(made_up, 1, ARRAY_LEN(made_up), -1, &rec,
				    &err), 0);
	assert_string_equal(walked, "-c -b");
}

/* --- the real table ------------------------------------------------------ */

/* The watcher of the window manager is confined more than the checker of
 * addresses can bear. */
#ifdef __SANITIZE_ADDRESS__
#define DISPLAY_ENABLED "no"
#else
#define DISPLAY_ENABLED "yes"
#endif

static char place[PATH_MAX]; /* our private directory */
static size_t victim;

static int refuse(struct err *err)
{
	return err_set(err, EXIT_FAILED, "raise", box_stages[victim].name,
		       "made to fail");
}

static int fail_before(struct box *box UNUSED, struct err *err)
{
	return refuse(err);
}

static int fail_after(struct box *box, struct err *err)
{
	if (box_stages[victim].up(box, err) < 0)
		return -1;
	return refuse(err);
}

static const char *sandbox_name(void)
{
	static char name[32];

	(void)snprintf(name, sizeof(name), "stage-%d", (int)getpid());
	return name;
}

static void read_profile(struct profile *p)
{
	struct err err = ERR_INIT;
	char path[PATH_MAX];
	int fd, rc;

	(void)snprintf(path, sizeof(path), "%.4000s/desk.ini", place);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)dprintf(fd, "[display]\nenabled = %s\nwidth = 320\nheight = 240\n"
			  "[limits]\nmemory = 256M\ncpus = 1\npids = 20\n",
		      DISPLAY_ENABLED);
	close(fd);
	rc = profile_read(p, path, &err);
	if (rc == 0)
		rc = profile_complete(p, &err);
	if (rc < 0)
		fail_msg("%s: %s", err.object, err.cause);
}

/* In a child, as monitor_spawn() does it. The first message is the verdict. */
static pid_t start_monitor(const struct stage *stages, const char *name,
			   struct client_msg *first, struct client_msg *last)
{
	static char sleep_word[] = "true";
	char *command[] = { sleep_word, NULL };
	struct profile profile = { 0 };
	struct monitor_start start = {
		.profile = &profile, .name = name, .command = command,
		.stdio = { -1, -1, -1 }, .caller = { -1, -1, -1 },
		.payload_log = -1,
	};
	int pair[2];
	pid_t pid;

	read_profile(&profile);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pair[0]);
		_exit(monitor_run(&start, stages, box_nstages, pair[1]));
	}
	close(pair[1]);
	do {
		assert_int_equal(client_receive(pair[0], first), 1);
	} while (first->type == CLIENT_STAGE);
	if (!client_receive(pair[0], last))
		last->type = 0;
	close(pair[0]);
	profile_finish(&profile);
	return pid;
}

static int run_table(const struct stage *stages, const char *name,
		     struct client_msg *first, struct client_msg *last)
{
	pid_t pid = start_monitor(stages, name, first, last);
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* We are the subreaper: whatever lives on is our child. */
static void assert_no_process(void)
{
	pid_t pid;

	do {
		pid = waitpid(-1, NULL, WNOHANG);
	} while (pid > 0);
	assert_int_equal(pid, -1);
	assert_int_equal(errno, ECHILD);
}

static void assert_entries(const char *sub, const char *only)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", place, sub);
	dir = opendir(path);
	if (!dir)
		assert_int_equal(errno, ENOENT);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && (!only || strcmp(e->d_name, only)))
			fail_msg("%s/%s is left", sub, e->d_name);
	if (dir)
		closedir(dir);
}

static void assert_no_group(const char *name)
{
	struct box_group_path path = box_group_path(name, GROUP_BOX);
	struct cgroup_host host;
	int roots[CGROUP_HIERARCHIES];

	assert_int_equal(cgroup_host_open(&host, CGROUP_ALL), 0);
	for (int i = 0; i < CGROUP_CONTROLLERS; i++)
		roots[i] = host.dir[i];
	roots[CGROUP_CONTROLLERS] = host.tree;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (roots[i] >= 0 &&
		    faccessat(roots[i], path.text, F_OK, 0) == 0)
			fail_msg("a group %s is left", path.text);
	cgroup_host_finish(&host);
}

static void assert_nothing_left(const char *name)
{
	assert_no_process();
	assert_entries("state", "lock");
	assert_entries("data/logs", NULL);
	assert_no_group(name);
}

static void try_stage(size_t i, int (*instead)(struct box *, struct err *))
{
	struct stage *table = mem_zalloc(box_nstages * sizeof(*table));
	struct client_msg first, last;

	for (size_t j = 0; j < box_nstages; j++)
		table[j] = box_stages[j];
	table[i].up = instead;
	victim = i;
	assert_int_not_equal(run_table(table, sandbox_name(), &first, &last),
			     0);
	assert_int_equal(first.type, CLIENT_FAILED);
	/* That stage and no other; and nothing went wrong on the way down. */
	assert_string_equal(first.err.what, "raise");
	assert_string_equal(first.err.object, box_stages[i].name);
	assert_string_equal(first.err.hint, "");
	assert_int_equal(last.type, 0);
	assert_nothing_left(sandbox_name());
	free(table);
}

static void the_stages_stand_in_the_order_of_building(void **state UNUSED)
{
	static const char *const order[] = {
		"record", "groups", "labels", "namespaces", "layers",
		"terminal", "display", "init", "desktop", "payload", "running",
	};

	assert_int_equal(box_nstages, ARRAY_LEN(order));
	for (size_t i = 0; i < box_nstages; i++)
		assert_string_equal(box_stages[i].name, order[i]);
}

static void the_whole_table_goes_up_and_comes_down(void **state UNUSED)
{
	struct client_msg first, last;

	assert_int_equal(run_table(box_stages, sandbox_name(), &first, &last),
			 0);
	if (first.type == CLIENT_FAILED)
		fail_msg("%s '%s': %s", first.err.what, first.err.object,
			 first.err.cause);
	assert_int_equal(first.type, CLIENT_STARTED);
	assert_int_equal(last.type, CLIENT_ENDED);
	assert_string_equal(last.reason, "exited");
	assert_nothing_left(sandbox_name());
}

static void nothing_is_left_when_a_stage_fails_before_its_work(
	void **state UNUSED)
{
	for (size_t i = 0; i < box_nstages; i++)
		try_stage(i, fail_before);
}

static void nothing_is_left_when_a_stage_fails_after_its_work(
	void **state UNUSED)
{
	for (size_t i = 0; i < box_nstages; i++)
		try_stage(i, fail_after);
}

static void taking_down_what_is_down_already_is_success(void **state UNUSED)
{
	struct record rec = { .exists = true, .cgroups = true };
	struct err err = ERR_INIT;
	int statefd = record_open_dir(&err);

	assert_true(statefd >= 0);
	(void)snprintf(rec.name, sizeof(rec.name), "%s", sandbox_name());
	for (int i = 0; i < 2; i++) {
		rec.cgroups = true;
		assert_int_equal(box_remove(statefd, &rec, &err), 0);
	}
	close(statefd);
}

/* --- the place ----------------------------------------------------------- */

static void in_place(char *path, const char *name)
{
	(void)snprintf(path, PATH_MAX, "%.4000s/%s", place, name);
}

static int copy_file(const char *from, const char *to)
{
	CLEANUP_FD int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	struct stat st;

	if (in < 0 || out < 0 || fstat(in, &st) < 0)
		return -1;
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = copy_file_range(in, NULL, out, NULL, (size_t)left,
					    0);

		if (n <= 0)
			return -1;
		left -= n;
	}
	return 0;
}

/* The programs of a sandbox are looked for beside the one that runs, which is
 * this one. So it moves to where they can be put beside it. */
static int move_in(char **argv)
{
	static const char *const programs[] = { "sandbox-init",
						"sandbox-xkbcomp", "steer" };
	char self[PATH_MAX], to[PATH_MAX], from[PATH_MAX], real[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)snprintf(place, sizeof(place), "%.3000s/stage.XXXXXX",
		       tmp ? tmp : "/tmp");
	if (n < 0 || !mkdtemp(place))
		return -1;
	self[n] = '\0';
	in_place(to, "test_stage");
	if (copy_file(self, to) < 0)
		return -1;
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		(void)snprintf(from, sizeof(from), "%.4000s/../%s", self,
			       programs[i]);
		in_place(to, programs[i]);
		/* What is not built is missed by who needs it. */
		if (realpath(from, real) && symlink(real, to) < 0)
			return -1;
	}
	(void)setenv("STAGE_PLACE", place, 1);
	in_place(to, "test_stage");
	return execv(to, argv);
}

static int prepare(void **state UNUSED)
{
	char path[PATH_MAX];
	static const struct {
		const char *name, *variable;
	} dirs[] = {
		{ "state", STATE_DIR_ENV }, { "data", DATA_DIR_ENV },
	};

	(void)snprintf(place, sizeof(place), "%s", getenv("STAGE_PLACE"));
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		in_place(path, dirs[i].name);
		if (mkdir(path, 0700) < 0 || setenv(dirs[i].variable, path, 1))
			return -1;
	}
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static int leave(void **state UNUSED)
{
	char *slash = strrchr(place, '/');
	CLEANUP_FD int parent = -1;

	*slash = '\0';
	parent = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return parent < 0 ? -1 : fd_remove_tree_at(parent, slash + 1);
}

int main(int argc UNUSED, char **argv)
{
	const struct CMUnitTest walk_tests[] = {
		cmocka_unit_test_setup(
			a_start_goes_up_in_the_order_of_the_table, reset),
		cmocka_unit_test_setup(
			a_failure_walks_back_from_the_failing_stage, reset),
		cmocka_unit_test_setup(the_first_stage_may_fail_as_well, reset),
		cmocka_unit_test_setup(
			what_cannot_be_taken_down_is_told_and_found_again,
			reset),
		cmocka_unit_test_setup(
			an_end_tries_all_and_reports_the_first_error,
			reset),
		cmocka_unit_test(the_stages_stand_in_the_order_of_building),
	};
	const struct CMUnitTest real_tests[] = {
		cmocka_unit_test(the_whole_table_goes_up_and_comes_down),
		cmocka_unit_test(
			nothing_is_left_when_a_stage_fails_before_its_work),
		cmocka_unit_test(
			nothing_is_left_when_a_stage_fails_after_its_work),
		cmocka_unit_test(taking_down_what_is_down_already_is_success),
	};
	int failed;

	if (geteuid() == 0 && !getenv("STAGE_PLACE") && move_in(argv) < 0) {
		perror("test_stage: moving in");
		return 1;
	}
	if (fd_reserve(INIT_FD_PLAN) < 0)
		return 1;
	failed = cmocka_run_group_tests(walk_tests, NULL, NULL);
	if (geteuid() != 0)
		printf("1..0 # SKIP the real table needs root\n");
	else
		failed += cmocka_run_group_tests(real_tests, prepare, leave);
	return failed;
}
