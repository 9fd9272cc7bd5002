/*
 * Theory of operation.
 *
 * The monitor stays in the host's namespaces all its life; that of an ordinary
 * user in the outer ones of rootless.h, which stand for the host's in all that
 * follows. Three processes are forked from it, one after the other:
 *
 *  holder   Born in the group NAME, it makes a cgroup namespace there - the
 *           group it is in becomes what the guest sees as "/" - and a user
 *           namespace, whose id maps only the monitor, with the host's
 *           CAP_SETUID, can write. The monitor keeps both as descriptors. The
 *           owner of the second is the sandbox's own first id, which nobody
 *           outside has: what the kernel counts inside counts for him, too.
 *           While the builder builds, it goes on to make those that take
 *           longest: of network, IPC and UTS. It ends when they have been
 *           joined: on v2 the group may get children with controllers only
 *           when it holds no process.
 *
 *  builder  Born in NAME/init. In a mount namespace of its own, which the
 *           host's user namespace owns, it puts the root together. Then it
 *           enters what the holder made and clones
 *
 *  init     into all the others, as a sibling of itself (CLONE_PARENT), so
 *           that the monitor is the one who waits for PID 1. The copied mount
 *           namespace belongs to the guest's user namespace: all that the
 *           builder attached is locked. It finishes what only the inside can
 *           (guest.c) and executes sandbox-init.
 *
 * Errors come back over one close-on-exec pipe, as the error object itself;
 * end of file without one means that sandbox-init was executed.
 *
 * Holder and builder die with the monitor (PR_SET_PDEATHSIG). Entering the user
 * namespace clears that; from there on init asks for it anew, once confined,
 * and finds its control socket closed if the monitor died before.
 */
#include "box/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "box/guest.h"
#include "box/limits.h"
#include "box/plan.h"
#include "box/program.h"
#include "box/rootfs.h"
#include "sandboxd/initproto.h"
#include "sys/mount.h"
#include "sys/ns.h"
#include "sys/userns.h"

#define KILL_WAIT_MS 10000
#define ENDING_MS 1000

/* What the holder makes while the builder builds. */
#define HELD (CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

/* What comes over the pipe. */
struct report {
	pid_t init; /* set by the builder, once */
	struct err err;
};

static int fail(struct err *err, const char *what, const char *object, int rc)
{
	return err_set_errno(err, EXIT_FAILED, what, object, rc);
}

static pid_t fork_into(const struct box *box, enum box_group g)
{
	return box_fork_into(box->group[g].tree, box->tasks[g], box->ntasks[g]);
}

/* --- holder -------------------------------------------------------------- */

/* Tells the errno of a step; true: go on. */
static bool holder_tell(int ready, int error)
{
	return write(ready, &error, sizeof(error)) == (ssize_t)sizeof(error) &&
	       error == 0;
}

/* Whose the user namespace will be. */
static uid_t choose_owner(struct box *box)
{
	if (userns_sees_others())
		return box->rec.id_base;
	strv_add(&box->rec.notes, "it can use up what its owner has of inotify "
		 "instances, timers and message queues: without CAP_SYS_PTRACE "
		 "no other owner will do");
	return geteuid();
}

static _Noreturn void holder(uid_t owner, int ready, int release)
{
	char byte;
	int rc = 0;

	if (unshare(CLONE_NEWCGROUP) < 0 || userns_own(owner) < 0 ||
	    unshare(CLONE_NEWUSER) < 0)
		rc = errno;
	if (holder_tell(ready, rc)) {
		rc = unshare(HELD) < 0 ? errno : 0;
		(void)holder_tell(ready, rc);
		/* Also after a failure: what was made before is opened in /proc
		 * of this process. */
		(void)!read(release, &byte, 1);
	}
	_exit(0);
}

static int take_namespaces(struct box *box, pid_t pid, struct err *err)
{
	int rc;

	box->userns = ns_open(pid, NS_USER);
	box->cgroupns = ns_open(pid, NS_CGROUP);
	if (box->userns < 0 || box->cgroupns < 0)
		return fail(err, "open", "the new namespaces",
			    box->userns < 0 ? box->userns : box->cgroupns);
	rc = ns_write_maps(pid, box->rec.id_base, ID_RANGE);
	if (rc == -EPERM) {
		(void)fail(err, "map", "user ids", rc);
		return err_hint(err,
				"CAP_SETUID and CAP_SETGID are needed over "
				"ids %u to %u",
				box->rec.id_base,
				box->rec.id_base + ID_RANGE - 1);
	}
	return rc < 0 ? fail(err, "map", "user ids", rc) : 0;
}

static int cannot_create(const char *what, int rc, struct err *err)
{
	(void)err_set_errno(err, EXIT_IMPOSSIBLE, "create", what, rc);
	return err_hint(err, "check the sysctls user.max_*_namespaces");
}

/* Waits for the holder's next step. */
static int read_holder(int ready, const char *what, struct err *err)
{
	int status = 0;

	if (fd_read_all(ready, &status, sizeof(status)) != sizeof(status))
		return err_set(
			err, EXIT_FAILED, "join", "the cgroup",
			"the process that should hold the namespaces died");
	if (status == 0)
		return 0;
	return cannot_create(what, status, err);
}

static void close_pair(int pair[2])
{
	fd_close(&pair[0]);
	fd_close(&pair[1]);
}

static int start_holder(struct box *box, struct err *err)
{
	int ready[2] = { -1, -1 }, release[2] = { -1, -1 };
	uid_t owner = choose_owner(box);
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(release, O_CLOEXEC) < 0) {
		close_pair(ready);
		return fail(err, "make", "a pipe", errno);
	}
	pid = fork_into(box, GROUP_BOX);
	if (pid == 0) {
		close(ready[0]);
		close(release[1]);
		holder(owner, ready[1], release[0]);
	}
	close(ready[1]);
	close(release[0]);
	box->holder.pid = pid;
	box->holder.ready = ready[0];
	box->holder.release = release[1];
	box->holder.fd = pid < 0 ? -1 : ns_pidfd_open(pid);
	if (box->holder.fd < 0)
		return fail(err, "fork", "the namespace holder",
			    pid < 0 ? pid : box->holder.fd);
	return 0;
}

static void end_holder(struct box *box)
{
	fd_close(&box->holder.release);
	fd_close(&box->holder.ready);
	fd_close(&box->holder.fd);
	if (box->holder.pid > 0)
		(void)ns_wait(box->holder.pid);
	box->holder.pid = 0;
}

int launch_namespaces(struct box *box, struct err *err)
{
	int rc = ns_inodes(0, box->host_ns);

	if (rc < 0)
		return fail(err, "read", "/proc/self/ns", rc);
	if (start_holder(box, err) < 0 ||
	    read_holder(box->holder.ready, "a user namespace", err) < 0 ||
	    take_namespaces(box, box->holder.pid, err) < 0) {
		end_holder(box);
		return -1;
	}
	return 0;
}

/* --- builder and init ---------------------------------------------------- */

struct start {
	struct box *box;
	const struct view *view;
	int report;  /* write end */
	int program; /* sandbox-init */
	int control; /* init's end */
	int terminal[2]; /* how the payload's comes out, or -1 */
	int plan;
};

static _Noreturn void give_up(int pipe, const struct err *err)
{
	struct report r = { .err = *err };

	(void)fd_write_all(pipe, &r, sizeof(r));
	_exit(1);
}

/* Moves the descriptors to where the protocol wants them; those that the plan
 * names by number lose close-on-exec, all others keep it. */
static int hand_over(const struct start *s)
{
	const struct box *box = s->box;
	int keep[8 + GROUPS * (CGROUP_CONTROLLERS + 1)], n = 0;

	keep[n++] = box->desktop_out;
	keep[n++] = box->bus_out;
	keep[n++] = box->x_host;
	keep[n++] = box->x_guest;
	keep[n++] = box->bus;
	for (int i = 0; i < 3; i++)
		keep[n++] = box->stdio[i];
	for (int g = GROUP_DESKTOP; g < GROUPS; g++) {
		keep[n++] = box->group[g].tree;
		for (int i = 0; i < box->ntasks[g]; i++)
			keep[n++] = box->tasks[g][i];
	}
	for (int i = 0; i < n; i++)
		if (keep[i] >= 0 && fd_set_cloexec(keep[i], 0) < 0)
			return -errno;
	if (dup2(s->control, INIT_FD_CONTROL) < 0 ||
	    dup2(s->plan, INIT_FD_PLAN) < 0)
		return -errno;
	return 0;
}

static _Noreturn void init(const struct start *s)
{
	char *argv[] = { (char[]){ "sandbox-init" }, NULL };
	char *envp[] = { NULL };
	const struct profile *p = s->box->profile;
	struct err err = ERR_INIT;
	int rc;

	if (guest_enter(p->sandbox.hostname, fence_find(p->security.userns),
			&err) < 0)
		give_up(s->report, &err);
	rc = s->box->terminal ? terminal_make(s->box->stdio, UID_AGENT,
						s->terminal[1]) : 0;
	if (rc < 0) {
		(void)fail(&err, "make", "the payload's terminal", rc);
		give_up(s->report, &err);
	}
	rc = hand_over(s);
	if (rc == 0) {
		execveat(s->program, "", argv, envp, AT_EMPTY_PATH);
		rc = -errno;
	}
	(void)fail(&err, "execute", "sandbox-init", rc);
	give_up(s->report, &err);
}

static int enter_held(const struct box *box, struct err *err)
{
	int rc;

	if (read_holder(box->holder.ready, "the namespaces", err) < 0)
		return -1;
	if (setns(box->cgroupns, CLONE_NEWCGROUP) < 0 ||
	    setns(box->userns, CLONE_NEWUSER) < 0 ||
	    setns(box->holder.fd, HELD) < 0)
		return fail(err, "enter", "the new namespaces", errno);
	rc = ns_become_root();
	return rc < 0 ? fail(err, "become", "root inside", rc) : 0;
}

static _Noreturn void builder(const struct start *s)
{
	const uint64_t flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWTIME |
			       CLONE_PARENT;
	struct err err = ERR_INIT;
	struct report r = { 0 };
	int rc;

	/* rootfs_build() wants it as the working directory; that one the
	 * kernel carries over into the copy of the mounts. */
	if (fchdir(s->box->dir) < 0 || unshare(CLONE_NEWNS) < 0)
		rc = -errno;
	else
		rc = mount_make_private();
	if (rc < 0) {
		(void)fail(&err, "create", "a mount namespace", rc);
		give_up(s->report, &err);
	}
	if (rootfs_build(s->box, s->view, &err) < 0 ||
	    enter_held(s->box, &err) < 0)
		give_up(s->report, &err);
	r.init = ns_clone(flags, -1);
	if (r.init == 0)
		init(s);
	if (r.init < 0) {
		(void)cannot_create("the namespaces", r.init, &err);
		give_up(s->report, &err);
	}
	_exit(fd_write_all(s->report, &r, sizeof(r)) < 0);
}

/* Collects reports until end of file. */
static int collect(int pipe, pid_t *init_pid, struct err *err)
{
	struct report r;
	ssize_t n;
	int rc = 0;

	while ((n = fd_read_all(pipe, &r, sizeof(r))) == (ssize_t)sizeof(r)) {
		if (r.init > 0)
			*init_pid = r.init;
		if (r.err.code && rc == 0) {
			*err = r.err;
			rc = -1;
		}
	}
	if (rc == 0 && *init_pid == 0)
		rc = err_set(err, EXIT_FAILED, "start", "the sandbox",
			     "the process that builds it died");
	return rc;
}

static int note_init(struct box *box, pid_t pid, struct err *err)
{
	struct pollfd ended = { .events = POLLIN };
	int rc;

	box->initfd = ns_pidfd_open(pid);
	if (box->initfd < 0)
		return fail(err, "watch", "sandbox-init", box->initfd);
	ended.fd = box->initfd;
	rc = record_process_identify(pid, &box->rec.init);
	if (rc == 0)
		rc = ns_inodes(pid, box->rec.ns);
	/* A dead process has none, and a dying one shows it to nobody. Why it
	 * ended is on the control socket: who waits for it next reads that. */
	if (rc < 0 && poll(&ended, 1, ENDING_MS) > 0)
		rc = 0;
	return rc < 0 ? fail(err, "look at", "sandbox-init", rc) : 0;
}

static int run_builder(struct start *s, int pipe[2], struct err *err)
{
	pid_t pid = fork_into(s->box, GROUP_INIT), init_pid = 0;
	int rc;

	if (pid == 0)
		builder(s);
	close(pipe[1]);
	pipe[1] = -1;
	if (pid < 0)
		return fail(err, "fork", "the builder", pid);
	rc = collect(pipe[0], &init_pid, err);
	(void)ns_wait(pid);
	if (init_pid == 0)
		return rc;
	if (rc < 0) {
		/* It has ended or is about to; nothing else waits for it. */
		(void)ns_wait(init_pid);
		return rc;
	}
	return note_init(s->box, init_pid, err);
}

/* sandbox-init as a mount of its own that nobody can write through: what the
 * guest sees as /proc/1/exe. */
static int open_init(struct err *err)
{
	CLEANUP_FD int file = program_open("sandbox-init", err);
	int fd;

	if (file < 0)
		return -1;
	fd = mount_copy(file, "", MOUNT_LOCKED);
	return fd < 0 ? fail(err, "open", "sandbox-init", fd) : fd;
}

static int make_plan(struct box *box, const struct view *view, struct err *err)
{
	CLEANUP_BUF struct buf plan = { 0 };
	int rc = plan_boot(box, view, &plan);

	if (rc < 0)
		return fail(err, "make", "the plan", rc);
	rc = fd_replace_at(box->dir, PLAN_FILE, plan.data, plan.len, 0600);
	if (rc == 0)
		rc = fd_sealed_copy("plan", plan.data, plan.len);
	return rc < 0 ? fail(err, "write", "the plan", rc) : rc;
}

/* The host's end of the payload's terminal, which init has sent by now. */
static int take_terminal(struct box *box, int sock, struct err *err)
{
	if (!box->terminal)
		return 0;
	box->master = terminal_receive(sock, &box->peer);
	if (box->master < 0)
		return fail(err, "take", "the payload's terminal", box->master);
	(void)ioctl(box->master, TIOCSWINSZ, &box->terminal->size);
	return 0;
}

int launch_init(struct box *box, struct err *err)
{
	CLEANUP(view_finish) struct view view = { 0 };
	struct start s = { .box = box, .view = &view, .terminal = { -1, -1 } };
	int pipe[2] = { -1, -1 }, pair[2] = { -1, -1 };
	CLEANUP_FD int program = open_init(err);
	CLEANUP_FD int plan = -1;
	int rc;

	if (program < 0 || view_make(box, &view, err) < 0 ||
	    box_give_stdio(box->stdio, box->rec.id_base + UID_AGENT, err) < 0)
		return -1;
	plan = make_plan(box, &view, err);
	if (plan < 0)
		return -1;
	if (pipe2(pipe, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		       s.terminal) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		close_pair(pipe);
		close_pair(s.terminal);
		return fail(err, "make", "the control socket", errno);
	}
	s.program = program;
	s.plan = plan;
	s.control = pair[1];
	s.report = pipe[1];
	box->control = pair[0];
	rc = run_builder(&s, pipe, err);
	fd_close(&s.terminal[1]);
	if (rc == 0)
		rc = take_terminal(box, s.terminal[0], err);
	close_pair(pipe);
	close_pair(s.terminal);
	close(pair[1]);
	end_holder(box);
	return rc < 0 ? rc : limits_children(box, err);
}

int launch_kill_init(const struct record *rec, struct err *err)
{
	CLEANUP_FD int fd = box_open_process(&rec->init);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd == -ESRCH)
		return 0;
	if (fd < 0)
		return fail(err, "end", rec->name, fd);
	(void)ns_pidfd_signal(fd, SIGKILL);
	if (poll(&p, 1, KILL_WAIT_MS) <= 0)
		return err_set(err, EXIT_FAILED, "end", rec->name,
			       "process %d does not die", rec->init.pid);
	/* When it is ours: a zombie still counts as a member of its group. */
	(void)waitpid(rec->init.pid, NULL, WNOHANG);
	return 0;
}
