/*
 * init_box.h - namespaces around the real sandbox-init, for its tests.
 *
 *	struct box b;
 *	box_init(&b);
 *	box_service(&b, PLAN_PAYLOAD, "sh", "-c", "exit 7", NULL);
 *	box_boot(&b);
 *	box_send(&b, INIT_START, 0, 0);
 *	...
 *	box_finish(&b);
 *
 * The box has user, pid, mount, ipc, net, uts and cgroup namespaces, ids
 * 0..65535 mapped as the launcher maps them, its own /proc, and the directory
 * of the test programs read-only at /mnt.
 */
#ifndef TESTS_INIT_BOX_H
#define TESTS_INIT_BOX_H

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sandboxd/exitcode.h"
#include "sandboxd/initproto.h"
#include "sandboxd/layout.h"
#include "sys/ns.h"

#define BOX_ID_BASE 1879048192u
#define BOX_NS                                                           \
	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC |     \
	 CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define BOX_FDS 12
#define BOX_FIRST_FD 5 /* number inside of the first that is passed */
#define BOX_WORDS 16

/* The whole test ends if something never comes: a safety net, no assertion. */
#define BOX_ALARM_S 240

struct box {
	struct plan_header head;
	struct buf tail; /* what the header points into */
	int pass[BOX_FDS], npass;
	int output;      /* read end of what the services print */
	bool seals_missing;
	size_t cut;      /* bytes of the plan that init gets; 0: all */
	int control;
	pid_t pid;       /* of init, outside */
	int group;       /* v2 directory to boot in, or -1 */
	int status;      /* as box_wait() found it */
};

static inline const char *box_build_dir(void)
{
	static char dir[4096];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);

	assert_true(n > 0);
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	*strrchr(dir, '/') = '\0';
	return dir;
}

/* --- the plan ----------------------------------------------------------- */

static inline struct plan_strings box_strings(struct box *b,
					      const char *const *v, size_t n)
{
	struct plan_strings s = {
		.offset = (uint32_t)(sizeof(b->head) + b->tail.len),
		.count = (uint32_t)n,
	};

	for (size_t i = 0; i < n; i++)
		buf_add(&b->tail, v[i], strlen(v[i]) + 1);
	return s;
}

static inline struct plan_strings box_string(struct box *b, const char *s)
{
	return box_strings(b, &s, 1);
}

/* Mount points that must be read-only, nosuid and nodev. */
static inline void box_locked(struct box *b, const char *const *v, size_t n)
{
	b->head.mounts[0] = (struct plan_mounts){
		ST_RDONLY | ST_NOSUID | ST_NODEV, box_strings(b, v, n),
	};
}

static inline struct plan_filter box_filter(struct box *b, const void *insns,
					    size_t count)
{
	struct plan_filter f;

	while ((sizeof(b->head) + b->tail.len) % 8)
		buf_add(&b->tail, "", 1);
	f.offset = (uint32_t)(sizeof(b->head) + b->tail.len);
	f.count = (uint32_t)count;
	buf_add(&b->tail, insns, count * 8);
	return f;
}

/* Hands `fd` to init; returns its number inside. Owns fd. */
static inline int box_pass(struct box *b, int fd)
{
	assert_true(fd >= 0 && b->npass < BOX_FDS);
	b->pass[b->npass] = fd;
	return BOX_FIRST_FD + b->npass++;
}

static inline void box_init(struct box *b)
{
	int ends[2];

	memset(b, 0, sizeof(*b));
	b->head.magic = PLAN_MAGIC;
	b->head.version = PLAN_VERSION;
	b->head.mode = PLAN_BOOT;
	for (int i = 0; i < PLAN_NAMESPACES; i++)
		b->head.fence[i] = -1;
	b->head.outer_filters = -1;
	b->control = b->group = -1;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	b->output = ends[0];
	(void)box_pass(b, ends[1]);
}

/* Adds a service that prints to b->output; NULL ends its words. */
static inline struct plan_service *box_service(struct box *b,
					       enum plan_kind kind, ...)
{
	struct plan_service *s = &b->head.service[b->head.nservices++];
	const char *words[BOX_WORDS], *path = "PATH=/usr/bin:/bin";
	va_list ap;
	size_t n = 0;

	va_start(ap, kind);
	while (n < BOX_WORDS && (words[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	s->kind = kind;
	s->uid = s->gid = kind == PLAN_PAYLOAD ? UID_AGENT :
			  kind == PLAN_WM ? UID_WM : UID_DISPLAY;
	s->argv = box_strings(b, words, n);
	s->env = box_string(b, path);
	s->cwd = box_string(b, "/");
	s->stdio[0] = -1;
	s->stdio[1] = s->stdio[2] = BOX_FIRST_FD;
	s->listen[0] = s->listen[1] = s->cgroup2 = -1;
	for (int i = 0; i < PLAN_CGROUPS; i++)
		s->cgroup1[i] = -1;
	return s;
}

/* The plan as a descriptor. */
static inline int box_plan(struct box *b)
{
	CLEANUP_BUF struct buf plan = { 0 };
	int fd;

	if (!b->head.size)
		b->head.size = (uint32_t)(sizeof(b->head) + b->tail.len);
	buf_add(&plan, &b->head, sizeof(b->head));
	buf_add(&plan, b->tail.data, b->tail.len);
	if (b->cut)
		plan.len = b->cut;
	if (!b->seals_missing)
		return fd_sealed_copy("plan", plan.data, plan.len);
	fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(fd_write_all(fd, plan.data, plan.len), 0);
	return fd;
}

/* --- in the child ------------------------------------------------------- */

static inline void box_must(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "box: %s: %s\n", what, strerror(errno));
	_exit(99);
}

/* Makes every signal that can be, ignored and blocked: what a careless
 * launcher would leave behind. */
static inline void box_careless_signals(void)
{
	const unsigned long ignore[4] = { (unsigned long)SIG_IGN };
	uint64_t all = ~UINT64_C(0);

	for (int sig = 1; sig <= 64; sig++)
		(void)syscall(SYS_rt_sigaction, sig, ignore, NULL, 8L);
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8L);
	(void)umask(0);
}

/* Executes sandbox-init with its descriptors where it expects them. */
static inline void box_become_init(const struct box *b, int init, int plan,
				   int control)
{
	int fds[BOX_FDS + 2] = { control, plan }, n = b->npass + 2;
	char *argv[] = { (char[]){ "sandbox-init" }, NULL }, *env[] = { NULL };

	memcpy(fds + 2, b->pass, sizeof(b->pass));
	for (int i = 0; i < n; i++)
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 100);
	init = fcntl(init, F_DUPFD_CLOEXEC, 100);
	for (int i = 0; i < n; i++)
		box_must(dup2(fds[i], INIT_FD_CONTROL + i) >= 0, "dup2");
	/* One that the plan does not name. */
	box_must(dup2(plan, 77) >= 0, "dup2");
	box_careless_signals();
	(void)syscall(SYS_execveat, init, "", argv, env, AT_EMPTY_PATH);
	box_must(false, "execveat");
}

/* mount(2); its header has the name of one of ours. */
static inline bool box_mount(const char *source, const char *target,
			     unsigned long flags)
{
	return syscall(SYS_mount, source, target, source, flags, NULL) == 0;
}

static inline void box_mounts(const char *programs)
{
	unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

	box_must(box_mount("none", "/", MS_PRIVATE | MS_REC), "private");
	box_must(box_mount(programs, "/mnt", MS_BIND | MS_REC), "bind");
	box_must(box_mount("none", "/mnt", MS_REMOUNT | MS_BIND | flags),
		 "remount");
	box_must(box_mount("proc", "/proc", 0), "mount proc");
}

/* --- control ------------------------------------------------------------ */

static inline void box_pair(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
}

static inline int box_open_init(void)
{
	char path[5000];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/sandbox-init", box_build_dir());
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static inline void box_boot_in(struct box *b, uint64_t namespaces)
{
	CLEANUP_FD int init = box_open_init(), plan = box_plan(b);
	char programs[5000];
	int pair[2], mapped[2];
	char c = 0;

	(void)snprintf(programs, sizeof(programs), "%s/tests",
		       box_build_dir());
	box_pair(pair);
	assert_int_equal(pipe2(mapped, O_CLOEXEC), 0);
	(void)fflush(NULL);
	b->pid = ns_clone(namespaces, b->group);
	if (b->pid == 0) {
		close(mapped[1]);
		box_must(read(mapped[0], &c, 1) == 1, "wait for the map");
		if (namespaces & CLONE_NEWNS)
			box_mounts(programs);
		box_must(ns_become_root() == 0, "become root");
		box_become_init(b, init, plan, pair[1]);
	}
	assert_true(b->pid > 0);
	if (namespaces & CLONE_NEWUSER)
		assert_int_equal(ns_write_maps(b->pid, BOX_ID_BASE, ID_RANGE),
				 0);
	assert_int_equal(write(mapped[1], &c, 1), 1);
	close(mapped[0]);
	close(mapped[1]);
	close(pair[1]);
	b->control = pair[0];
	while (b->npass)
		close(b->pass[--b->npass]);
}

/* One message; false at end of file. */
static inline bool box_receive(int control, struct init_msg *msg)
{
	ssize_t n = recv(control, msg, sizeof(*msg), 0);

	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return false;
	assert_int_equal(n, sizeof(*msg));
	assert_int_equal(msg->version, PLAN_VERSION);
	return true;
}

static inline struct init_msg box_expect(struct box *b,
					 enum init_msg_type type, int service)
{
	struct init_msg msg = { 0 };

	assert_true(box_receive(b->control, &msg));
	if (msg.type == INIT_FAILED && type != INIT_FAILED)
		fail_msg("failed: %s (%d)", msg.text, msg.error);
	assert_int_equal(msg.type, type);
	assert_int_equal(msg.service, service);
	return msg;
}

static inline void box_expect_failure(struct box *b, int service,
				      enum init_failure why, int error,
				      const char *text)
{
	struct init_msg msg = box_expect(b, INIT_FAILED, service);

	assert_string_equal(msg.text, text);
	assert_int_equal(msg.value, why);
	assert_int_equal(msg.error, error);
}

static inline void box_send(struct box *b, enum init_msg_type type,
			    int service, int value)
{
	struct init_msg msg = {
		.version = PLAN_VERSION,
		.type = type,
		.service = service,
		.value = value,
	};

	assert_int_equal(send(b->control, &msg, sizeof(msg), MSG_NOSIGNAL),
			 sizeof(msg));
}

static inline void box_boot(struct box *b)
{
	box_boot_in(b, BOX_NS);
	(void)box_expect(b, INIT_UP, -1);
}

/* Starts a service and waits until it was executed. Returns its pid inside. */
static inline int box_run(struct box *b, int service)
{
	box_send(b, INIT_START, service, 0);
	return box_expect(b, INIT_STARTED, service).value;
}

/* Waits for init; returns its exit status, or 1000 + signal. */
static inline int box_wait(struct box *b)
{
	int status;

	assert_int_equal(waitpid(b->pid, &status, 0), b->pid);
	b->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   1000 + WTERMSIG(status);
}

/* Stops in order and waits; messages on the way are dropped. */
static inline int box_stop(struct box *b, int grace_ms)
{
	struct init_msg msg;

	box_send(b, INIT_STOP, -1, grace_ms);
	while (box_receive(b->control, &msg))
		;
	return box_wait(b);
}

/* Reads what services printed up to the end of a line. */
static inline void box_line(struct box *b, const char *expected)
{
	char line[256];
	size_t n = 0;

	while (n < sizeof(line) - 1 && read(b->output, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	line[n] = '\0';
	assert_true(n > 0);
	line[n - 1] = '\0';
	assert_string_equal(line, expected);
}

/* Reads until nobody holds the other end. */
static inline const char *box_rest(struct box *b)
{
	static char text[16384];
	ssize_t n = fd_read_all(b->output, text, sizeof(text) - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static inline void box_finish(struct box *b)
{
	if (b->control >= 0)
		close(b->control);
	if (b->pid > 0)
		(void)box_wait(b);
	while (b->npass)
		close(b->pass[--b->npass]);
	close(b->output);
	buf_free(&b->tail);
}

/* For cmocka groups: a hang ends the program; init dies with it. */
static inline int box_group_setup(void **state)
{
	(void)state;
	(void)alarm(BOX_ALARM_S);
	return 0;
}

#endif
