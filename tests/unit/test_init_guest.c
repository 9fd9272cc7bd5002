/*
 * What a service of sandbox-init is when it runs, and every way in which one
 * is not started: by PID 1 and by joining (PLAN_EXEC).
 */
#include "init_box.h"

#include <sched.h>

#include "sys/cgroup.h"
#include "sys/seccomp.h"

/* --- what it is --------------------------------------------------------- */

/* "Name:\tvalue" of a /proc/PID/status text; the value ends at the line. */
static void assert_field(const char *text, const char *name, const char *value)
{
	CLEANUP_FREE char *line = str_printf("\n%s:\t%s\n", name, value);

	if (!strstr(text, line)) {
		print_message("%s", text);
		fail_msg("no line '%s: %s'", name, value);
	}
}

/* Runs the payload of `b` to its end; returns what it printed. */
static const char *run_payload(struct box *b)
{
	const char *text;

	box_boot(b);
	(void)box_run(b, 0);
	text = box_rest(b);
	assert_int_equal(box_expect(b, INIT_EXITED, 0).value, 0);
	return text;
}

static void a_payload_holds_no_privilege_and_no_signal_state(void **state)
{
	static const char *const zero[] = {
		"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "SigPnd",
		"ShdPnd", "SigBlk", "SigIgn",
	};
	struct plan_service *s;
	const char *text;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "cat", "/proc/self/status", NULL);
	s->ngroups = 3;
	s->groups[0] = 1000;
	s->groups[1] = 5;
	s->groups[2] = 44;
	text = run_payload(&b);
	for (size_t i = 0; i < ARRAY_LEN(zero); i++)
		assert_field(text, zero[i], "0000000000000000");
	assert_field(text, "Uid", "1000\t1000\t1000\t1000");
	assert_field(text, "Gid", "1000\t1000\t1000\t1000");
	assert_field(text, "Groups", "5 44 1000 ");
	assert_field(text, "NoNewPrivs", "1");
	assert_field(text, "Umask", "0022");
	assert_field(text, "Pid", "2");
	box_finish(&b);
}

static void a_payload_has_three_descriptors(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/mnt/init_guest", "fds", NULL);
	assert_string_equal(run_payload(&b), "0 1 2 ");
	box_finish(&b);
}

static void a_payload_leads_a_session_of_its_own(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/mnt/init_guest", "session", NULL);
	assert_string_equal(run_payload(&b), "1");
	box_finish(&b);
}

static void a_payload_has_the_planned_environment_and_no_other(void **state)
{
	static const char *const env[] = {
		"PATH=/bin:/usr/bin", "A=", "B=x y",
	};
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "env", NULL);
	s->env = box_strings(&b, env, 3);
	assert_string_equal(run_payload(&b), "PATH=/bin:/usr/bin\nA=\nB=x y\n");
	box_finish(&b);
}

static void a_payload_starts_in_its_directory(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "pwd", NULL);
	s->cwd = box_string(&b, "/usr/bin");
	assert_string_equal(run_payload(&b), "/usr/bin\n");
	box_finish(&b);
}

static void a_payload_has_its_resource_limits(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "sh", "-c",
			"ulimit -Sn; ulimit -Hn; ulimit -c", NULL);
	s->nrlimits = 2;
	s->rlimits[0] = (struct plan_rlimit){
		.resource = RLIMIT_NOFILE, .soft = 64, .hard = 128,
	};
	s->rlimits[1] = (struct plan_rlimit){ .resource = RLIMIT_CORE };
	assert_string_equal(run_payload(&b), "64\n128\n0\n");
	box_finish(&b);
}

static void a_limit_above_the_launchers_own_stays_the_lower_one(void **state)
{
	struct rlimit own, less;
	struct plan_service *s;
	struct box b;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &own), 0);
	less = (struct rlimit){ .rlim_cur = 200, .rlim_max = own.rlim_max };
	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "sh", "-c", "ulimit -Hn", NULL);
	s->nrlimits = 1;
	s->rlimits[0] = (struct plan_rlimit){
		.resource = RLIMIT_NOFILE,
		.soft = own.rlim_max + 1, .hard = own.rlim_max + 1,
	};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
	assert_int_equal(strtoull(run_payload(&b), NULL, 10), own.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &own), 0);
	box_finish(&b);
}

static struct plan_filter policy(struct box *b, enum seccomp_policy which)
{
	struct seccomp_filter f = seccomp_filter(which);

	return box_filter(b, f.insns, f.count);
}

/* In a group namespace of its own a process is in the root of each. */
static uint32_t group_lines(void)
{
	char text[4096];
	uint32_t n = 1;

	assert_int_equal(fd_read_file_at(AT_FDCWD, "/proc/self/cgroup", text,
					 sizeof(text)), 0);
	for (const char *p = text; *p; p++)
		n += *p == '\n';
	return n;
}

static void our_own_filters_let_every_service_start(void **state)
{
	struct plan_service *s;
	const char *text;
	struct box b;

	box_init(&b);
	b.head.init_filter = policy(&b, SECCOMP_INIT);
	s = box_service(&b, PLAN_PAYLOAD, "cat", "/proc/self/status", NULL);
	s->filter = policy(&b, SECCOMP_DEFAULT);
	/* So that the check looks at all it can look at. */
	box_locked(&b, &(const char *){ "/mnt" }, 1);
	assert_int_equal(ns_inodes(0, b.head.host_ns), 0);
	b.head.host_ns[NS_TIME] = 0;
	b.head.id_base = BOX_ID_BASE;
	b.head.outer_filters = seccomp_own_filters();
	s->cgroup_path = box_string(&b, "/");
	s->cgroup_lines = group_lines();
	s = box_service(&b, PLAN_DISPLAY, "sh", "-c", "echo >&$2", "sh", NULL);
	s->filter = policy(&b, SECCOMP_DEFAULT);
	/* Standard input, for the display to hold no end of our pipe. */
	s->stdio[1] = s->stdio[2] = -1;
	text = run_payload(&b);
	assert_field(text, "Seccomp", "2");
	assert_field(text, "Seccomp_filters", "2");
	(void)box_run(&b, 1);
	(void)box_expect(&b, INIT_READY, 1);
	(void)box_expect(&b, INIT_EXITED, 1);
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

/* --- PID 1 itself ------------------------------------------------------- */

static void read_status(pid_t pid, char *text, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	assert_int_equal(fd_read_file_at(AT_FDCWD, path, text, size), 0);
}

static void pid_1_keeps_what_it_needs_as_long_as_it_needs_it(void **state)
{
	char text[8192];
	struct box b;

	box_init(&b);
	b.head.init_filter = policy(&b, SECCOMP_INIT);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	read_status(b.pid, text, sizeof(text));
	/* CAP_SETUID, CAP_SETGID, CAP_KILL */
	assert_field(text, "CapPrm", "00000000000000e0");
	assert_field(text, "CapEff", "00000000000000e0");
	assert_field(text, "CapInh", "0000000000000000");
	assert_field(text, "CapBnd", "0000000000000000");
	assert_field(text, "CapAmb", "0000000000000000");
	assert_field(text, "NoNewPrivs", "1");
	assert_field(text, "Seccomp", "2");
	assert_field(text, "SigIgn", "0000000000000000");
	(void)box_run(&b, 0);
	(void)box_expect(&b, INIT_EXITED, 0);
	read_status(b.pid, text, sizeof(text));
	assert_field(text, "CapPrm", "0000000000000020");
	box_finish(&b);
}

static void pid_1_holds_no_descriptor_that_it_does_not_need(void **state)
{
	CLEANUP_BUF struct buf found = { 0 };
	char path[64];
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	(void)box_expect(&b, INIT_EXITED, 0);
	for (int fd = 0; fd < 200; fd++) {
		struct stat st;

		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", b.pid, fd);
		if (lstat(path, &st) == 0)
			buf_printf(&found, "%d ", fd);
	}
	/* /dev/null on 0 to 2, the socket, /dev/null, the signalfd. The pipe
	 * for the payload's output was 5. */
	assert_string_equal(found.data, "0 1 2 3 4 6 ");
	box_finish(&b);
}

/* --- control groups ----------------------------------------------------- */

static void remove_group(int dir, const char *top)
{
	char path[80];

	(void)snprintf(path, sizeof(path), "%s/init", top);
	(void)unlinkat(dir, path, AT_REMOVEDIR);
	(void)snprintf(path, sizeof(path), "%s/payload", top);
	(void)unlinkat(dir, path, AT_REMOVEDIR);
	(void)unlinkat(dir, top, AT_REMOVEDIR);
}

static int make_group(int dir, const char *top, const char *name)
{
	char path[80];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_int_equal(mkdirat(dir, path, 0755), 0);
	return openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* cgroup_allow_moves() for one group. */
static void allow_moves(int dir, const char *path)
{
	char file[120];

	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	assert_int_equal(fchownat(dir, file, BOX_ID_BASE, (gid_t)-1, 0), 0);
}

/* One line on v2 (made by clone3) and, where there is v1, one more (joined
 * through an inherited descriptor). */
static void a_service_runs_in_its_groups(void **state)
{
	CLEANUP_FREE char *top = str_printf("test-init-%d", getpid());
	CLEANUP_FREE char *path = str_printf("/%s/payload", top);
	struct cgroup_host host;
	struct plan_service *s;
	int v1 = -1;
	struct box b;

	assert_int_equal(cgroup_host_open(&host, CGROUP_ALL), 0);
	if (host.tree < 0 || mkdirat(host.tree, top, 0755) < 0) {
		cgroup_host_finish(&host);
		skip();
	}
	box_init(&b);
	b.group = make_group(host.tree, top, "init");
	s = box_service(&b, PLAN_PAYLOAD, "true", NULL);
	s->cgroup2 = box_pass(&b, make_group(host.tree, top, "payload"));
	allow_moves(host.tree, top);
	allow_moves(host.tree, path + 1);
	s->cgroup_lines = 1;
	if (host.version[CGROUP_PIDS] == 1) {
		v1 = host.dir[CGROUP_PIDS];
		assert_int_equal(mkdirat(v1, top, 0755), 0);
		close(make_group(v1, top, "payload"));
		CLEANUP_FREE char *tasks = str_printf("%s/tasks", path + 1);

		s->cgroup1[0] = box_pass(&b, openat(v1, tasks, O_WRONLY |
						    O_CLOEXEC));
		s->cgroup_lines++;
	}
	s->cgroup_path = box_string(&b, path);
	/* The group namespace is the host's, so paths read as on the host. */
	box_boot_in(&b, BOX_NS & ~(uint64_t)CLONE_NEWCGROUP);
	(void)box_expect(&b, INIT_UP, -1);
	(void)box_run(&b, 0);
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, 0);
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
	close(b.group);
	remove_group(host.tree, top);
	if (v1 >= 0)
		remove_group(v1, top);
	cgroup_host_finish(&host);
}

/* --- not started -------------------------------------------------------- */

static void refused(struct box *b, enum init_failure why, int error,
		    const char *text, int status)
{
	box_boot(b);
	box_send(b, INIT_START, 0, 0);
	box_expect_failure(b, 0, why, error, text);
	assert_string_equal(box_rest(b), "");
	/* The next message is the end: no INIT_EXITED for what never ran. */
	box_send(b, INIT_STOP, -1, 0);
	assert_false(box_receive(b->control, &(struct init_msg){ 0 }));
	assert_int_equal(box_wait(b), status);
	box_finish(b);
}

static void a_program_that_is_not_there_is_not_found(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "no-such-program", NULL);
	refused(&b, INIT_FAIL_NOTFOUND, ENOENT, "no-such-program",
		EXIT_NOTFOUND);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/no/such", NULL);
	refused(&b, INIT_FAIL_NOTFOUND, ENOENT, "/no/such", EXIT_NOTFOUND);
}

static void a_file_that_is_no_program_cannot_be_executed(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/etc/passwd", NULL);
	refused(&b, INIT_FAIL_NOEXEC, EACCES, "/etc/passwd", EXIT_NOEXEC);
}

static void a_working_directory_that_is_not_there_is_named(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL)->cwd =
		box_string(&b, "/no/such");
	refused(&b, INIT_FAIL_WORKDIR, ENOENT, "/no/such", EXIT_LAUNCH);
}

static void a_step_that_fails_is_named(void **state)
{
	CLEANUP_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL)->cgroup1[2] =
		box_pass(&b, fcntl(full, F_DUPFD_CLOEXEC, 0));
	refused(&b, INIT_FAIL_SETUP, ENOSPC, "join control groups",
		EXIT_LAUNCH);
}

static void a_group_that_is_no_group_is_named(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "true", NULL);
	s->cgroup2 = box_pass(&b, open("/dev/null", O_RDONLY | O_CLOEXEC));
	box_boot(&b);
	box_send(&b, INIT_START, 0, 0);
	box_expect_failure(&b, 0, INIT_FAIL_SETUP, EBADF, "make process");
	box_finish(&b);
}

/* --- the self-check ----------------------------------------------------- */

static void check_refuses(struct box *b, const char *text)
{
	refused(b, INIT_FAIL_SELFCHECK, 0, text, EXIT_LAUNCH);
}

static void a_promised_lock_that_holds_passes(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "echo", "ran", NULL);
	box_locked(&b, &(const char *){ "/mnt" }, 1);
	assert_string_equal(run_payload(&b), "ran\n");
	box_finish(&b);
}

static void a_promised_lock_that_is_writable_is_refused(void **state)
{
	static const char *const paths[] = { "/mnt", "/proc" };
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_locked(&b, paths, 2);
	check_refuses(&b, "/proc: is not read-only, nosuid, nodev");
}

static void a_promised_lock_that_is_no_mount_is_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_locked(&b, &(const char *){ "/etc/passwd" }, 1);
	check_refuses(&b, "/etc/passwd: is not a mount point");
}

static void a_promised_flag_that_is_missing_is_named(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	/* Of the last kind, so that all are looked at. */
	b.head.mounts[PLAN_MOUNTS - 1] = (struct plan_mounts){
		ST_RDONLY | ST_NOSUID | ST_NOEXEC, box_string(&b, "/mnt"),
	};
	check_refuses(&b, "/mnt: is not noexec");
}

static void a_mask_that_shows_something_is_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_locked(&b, &(const char *){ "/mnt" }, 1);
	b.head.mounts[0].flags |= PLAN_MOUNT_MASK;
	check_refuses(&b, "/mnt: is not masked");
}

static void a_namespace_of_the_host_is_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	assert_int_equal(ns_inodes(0, b.head.host_ns), 0);
	/* The one kind that the box does not have. */
	check_refuses(&b, "ns/time: is the host's");
}

static void ids_that_are_others_outside_are_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	b.head.id_base = BOX_ID_BASE + 1;
	check_refuses(&b, "uid_map: expected 1879048193, found 1879048192");
}

/* Of the box and of the host it is the same. */
static void the_root_of_the_host_is_refused(void **state)
{
	struct stat root;
	struct box b;

	assert_int_equal(stat("/", &root), 0);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	b.head.host_root[0] = root.st_dev;
	b.head.host_root[1] = root.st_ino;
	check_refuses(&b, "root directory: is the host's");
}

static void what_would_go_before_others_is_refused(void **state)
{
	struct sched_param fifo = { 1 }, other = { 0 };
	bool raised = setpriority(PRIO_PROCESS, 0, -5) == 0;
	bool real = sched_setscheduler(0, SCHED_FIFO, &fifo) == 0;
	struct box b;

	if (real) {
		box_init(&b);
		box_service(&b, PLAN_PAYLOAD, "true", NULL);
		check_refuses(&b, "scheduling policy: is of real time");
	}
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &other), 0);
	if (raised) {
		box_init(&b);
		box_service(&b, PLAN_PAYLOAD, "true", NULL);
		check_refuses(&b, "nice value: is below 0");
	}
	assert_int_equal(setpriority(PRIO_PROCESS, 0, 0), 0);
	if (!raised && !real)
		skip();
}

static void a_filter_that_is_missing_is_refused(void **state)
{
	int outer = seccomp_own_filters();
	CLEANUP_FREE char *text = str_printf("Seccomp_filters: expected %d, "
					     "found %d", outer + 2, outer + 1);
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL)->filter =
		policy(&b, SECCOMP_DEFAULT);
	/* As many as if there were another one around. */
	b.head.outer_filters = outer + 1;
	check_refuses(&b, text);
}

static void namespaces_of_its_own_pass(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "echo", "ran", NULL);
	assert_int_equal(ns_inodes(0, b.head.host_ns), 0);
	b.head.host_ns[NS_TIME] = 0;
	assert_string_equal(run_payload(&b), "ran\n");
	box_finish(&b);
}

/* What the kernel gives a new user namespace (kernel/user_namespace.c). */
#define UNLIMITED INT32_MAX

static void a_wrong_limit_of_namespaces_is_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	b.head.fence[NS_USER] = UNLIMITED;
	b.head.fence[NS_UTS] = 0;
	check_refuses(&b,
		      "max_uts_namespaces: expected 0, found 2147483647");
}

static void right_limits_of_namespaces_pass(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "echo", "ran", NULL);
	for (int k = 0; k < NS_KINDS; k++)
		b.head.fence[k] = UNLIMITED;
	assert_string_equal(run_payload(&b), "ran\n");
	box_finish(&b);
}

static void a_wrong_control_group_is_refused(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "true", NULL);
	s->cgroup_path = box_string(&b, "/elsewhere");
	s->cgroup_lines = 2;
	check_refuses(&b, "control groups: expected 2, found 0");
}

static void a_directory_among_the_descriptors_is_refused(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_PAYLOAD, "true", NULL);
	s->stdio[0] = box_pass(&b, open("/", O_RDONLY | O_CLOEXEC));
	check_refuses(&b, "descriptors: one is a directory");
}

/* --- joining (PLAN_EXEC) ------------------------------------------------ */

#define JOIN_NS                                                          \
	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC |     \
	 CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP)

/* In a process beside the test: enters, makes the one that executes, passes
 * its status on. Descriptors are passed as box_boot_in() does. */
static void enter(const struct box *host, const struct box *b, int plan,
		  int control)
{
	CLEANUP_FD int init = box_open_init();
	CLEANUP_FD int pidfd = ns_pidfd_open(host->pid);
	int status;
	pid_t pid;

	box_must(setns(pidfd, JOIN_NS) == 0, "setns");
	box_must(ns_become_root() == 0, "become root");
	pid = fork();
	if (pid == 0)
		box_become_init(b, init, plan, control);
	close(control);
	box_must(waitpid(pid, &status, 0) == pid, "waitpid");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) :
				  EXIT_SIGNAL + WTERMSIG(status));
}

/* Puts service 0 of `b` into the namespaces of `host`. */
static void join_box(struct box *b, const struct box *host)
{
	CLEANUP_FD int plan = -1;
	int pair[2];

	b->head.mode = PLAN_EXEC;
	plan = box_plan(b);
	box_pair(pair);
	(void)fflush(NULL);
	b->pid = fork();
	if (b->pid == 0) {
		close(pair[0]);
		close(host->control);
		enter(host, b, plan, pair[1]);
	}
	close(pair[1]);
	b->control = pair[0];
	while (b->npass)
		close(b->pass[--b->npass]);
}

static void host_init(struct box *host)
{
	box_init(host);
	box_service(host, PLAN_PAYLOAD, "true", NULL);
	box_boot(host);
}

static void a_joined_program_runs_within_the_same_walls(void **state)
{
	struct plan_service *s;
	struct box host, b;
	const char *text;

	host_init(&host);
	box_init(&b);
	/* Of itself: a shell that waits for it has signals of its own. */
	s = box_service(&b, PLAN_PAYLOAD, "cat", "/proc/self/status", NULL);
	s->filter = policy(&b, SECCOMP_DEFAULT);
	box_locked(&b, &(const char *){ "/mnt" }, 1);
	assert_int_equal(ns_inodes(host.pid, b.head.own_ns), 0);
	b.head.id_base = BOX_ID_BASE;
	join_box(&b, &host);
	/* End of file says that it was executed. */
	assert_false(box_receive(b.control, &(struct init_msg){ 0 }));
	text = box_rest(&b);
	assert_field(text, "Uid", "1000\t1000\t1000\t1000");
	assert_field(text, "CapPrm", "0000000000000000");
	assert_field(text, "CapBnd", "0000000000000000");
	assert_field(text, "SigBlk", "0000000000000000");
	assert_field(text, "SigIgn", "0000000000000000");
	assert_field(text, "NoNewPrivs", "1");
	assert_field(text, "Seccomp", "2");
	assert_field(text, "Umask", "0022");
	assert_int_equal(box_wait(&b), 0);
	box_finish(&b);
	box_finish(&host);
}

static void a_joined_program_ends_with_its_own_status(void **state)
{
	struct box host, b;

	host_init(&host);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c", "exit 5", NULL);
	join_box(&b, &host);
	assert_int_equal(box_wait(&b), 5);
	box_finish(&b);
	box_finish(&host);
}

static void a_joined_program_has_three_descriptors(void **state)
{
	struct box host, b;

	host_init(&host);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/mnt/init_guest", "fds", NULL);
	join_box(&b, &host);
	assert_string_equal(box_rest(&b), "0 1 2 ");
	assert_int_equal(box_wait(&b), 0);
	box_finish(&b);
	box_finish(&host);
}

static void join_refused(struct box *b, enum init_failure why, int error,
			 const char *text, int status)
{
	struct box host;

	host_init(&host);
	join_box(b, &host);
	box_expect_failure(b, 0, why, error, text);
	assert_int_equal(box_wait(b), status);
	box_finish(b);
	box_finish(&host);
}

static void a_joined_program_that_cannot_run_says_why(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "no-such-program", NULL);
	join_refused(&b, INIT_FAIL_NOTFOUND, ENOENT, "no-such-program",
		     EXIT_NOTFOUND);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/etc/passwd", NULL);
	join_refused(&b, INIT_FAIL_NOEXEC, EACCES, "/etc/passwd", EXIT_NOEXEC);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_locked(&b, &(const char *){ "/etc/passwd" }, 1);
	join_refused(&b, INIT_FAIL_SELFCHECK, 0,
		     "/etc/passwd: is not a mount point", EXIT_LAUNCH);
}

static void a_program_that_joined_another_sandbox_is_refused(void **state)
{
	struct box host, b;

	host_init(&host);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	assert_int_equal(ns_inodes(host.pid, b.head.own_ns), 0);
	b.head.own_ns[NS_NET]++;
	join_box(&b, &host);
	box_expect_failure(&b, 0, INIT_FAIL_SELFCHECK, 0,
			   "ns/net: is not the sandbox's");
	assert_int_equal(box_wait(&b), EXIT_LAUNCH);
	box_finish(&b);
	box_finish(&host);
}

static void a_joined_program_dies_with_the_one_outside(void **state)
{
	struct box host, b;

	host_init(&host);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c", "echo up; exec sleep 1000",
		    NULL);
	join_box(&b, &host);
	box_line(&b, "up");
	assert_int_equal(kill(b.pid, SIGKILL), 0);
	assert_int_equal(box_wait(&b), 1000 + SIGKILL);
	assert_string_equal(box_rest(&b), "");
	box_finish(&b);
	box_finish(&host);
}

static void the_end_of_the_sandbox_ends_a_joined_program(void **state)
{
	struct box host, b;

	host_init(&host);
	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c", "echo up; exec sleep 1000",
		    NULL);
	join_box(&b, &host);
	box_line(&b, "up");
	assert_int_equal(box_stop(&host, 0), 0);
	assert_int_equal(box_wait(&b), EXIT_SIGNAL + SIGKILL);
	assert_string_equal(box_rest(&b), "");
	box_finish(&b);
	box_finish(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_payload_holds_no_privilege_and_no_signal_state),
		cmocka_unit_test(a_payload_has_three_descriptors),
		cmocka_unit_test(a_payload_leads_a_session_of_its_own),
		cmocka_unit_test(
			a_payload_has_the_planned_environment_and_no_other),
		cmocka_unit_test(a_payload_starts_in_its_directory),
		cmocka_unit_test(a_payload_has_its_resource_limits),
		cmocka_unit_test(
			a_limit_above_the_launchers_own_stays_the_lower_one),
		cmocka_unit_test(our_own_filters_let_every_service_start),
		cmocka_unit_test(
			pid_1_keeps_what_it_needs_as_long_as_it_needs_it),
		cmocka_unit_test(
			pid_1_holds_no_descriptor_that_it_does_not_need),
		cmocka_unit_test(a_service_runs_in_its_groups),
		cmocka_unit_test(a_program_that_is_not_there_is_not_found),
		cmocka_unit_test(a_file_that_is_no_program_cannot_be_executed),
		cmocka_unit_test(
			a_working_directory_that_is_not_there_is_named),
		cmocka_unit_test(a_step_that_fails_is_named),
		cmocka_unit_test(a_group_that_is_no_group_is_named),
		cmocka_unit_test(a_promised_lock_that_holds_passes),
		cmocka_unit_test(a_promised_lock_that_is_writable_is_refused),
		cmocka_unit_test(a_promised_lock_that_is_no_mount_is_refused),
		cmocka_unit_test(a_promised_flag_that_is_missing_is_named),
		cmocka_unit_test(a_mask_that_shows_something_is_refused),
		cmocka_unit_test(a_namespace_of_the_host_is_refused),
		cmocka_unit_test(ids_that_are_others_outside_are_refused),
		cmocka_unit_test(the_root_of_the_host_is_refused),
		cmocka_unit_test(what_would_go_before_others_is_refused),
		cmocka_unit_test(a_filter_that_is_missing_is_refused),
		cmocka_unit_test(namespaces_of_its_own_pass),
		cmocka_unit_test(a_wrong_limit_of_namespaces_is_refused),
		cmocka_unit_test(right_limits_of_namespaces_pass),
		cmocka_unit_test(a_wrong_control_group_is_refused),
		cmocka_unit_test(a_directory_among_the_descriptors_is_refused),
		cmocka_unit_test(a_joined_program_runs_within_the_same_walls),
		cmocka_unit_test(a_joined_program_ends_with_its_own_status),
		cmocka_unit_test(a_joined_program_has_three_descriptors),
		cmocka_unit_test(a_joined_program_that_cannot_run_says_why),
		cmocka_unit_test(
			a_program_that_joined_another_sandbox_is_refused),
		cmocka_unit_test(a_joined_program_dies_with_the_one_outside),
		cmocka_unit_test(the_end_of_the_sandbox_ends_a_joined_program),
	};

	return cmocka_run_group_tests(tests, box_group_setup, NULL);
}
