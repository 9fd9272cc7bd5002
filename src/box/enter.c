/*
 * Theory of operation.
 *
 * A first child is born in the payload's group, joins all eight namespaces by
 * one setns(2) with the pidfd of PID 1 - which cannot have been recycled - and
 * clones a second one into the process namespace, as a sibling of itself: the
 * caller waits for it. That one executes sandbox-init in its PLAN_EXEC mode,
 * which drops everything, checks itself and becomes the command.
 *
 * Until then both are root of the guest's user namespace: not the agent's id,
 * so nothing inside can trace them or read their memory.
 */
#include "box/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "box/box.h"
#include "box/delegate.h"
#include "box/limits.h"
#include "box/plan.h"
#include "box/program.h"
#include "box/rootless.h"
#include "box/services.h"
#include "box/walls.h"
#include "sandboxd/initproto.h"
#include "sys/inherit.h"
#include "sys/mount.h"
#include "sys/ns.h"

struct entry {
	int init;    /* pidfd of PID 1 */
	int program; /* sandbox-init */
	int plan;
	int control[2];
	int terminal[2]; /* how its terminal comes out */
	int pid[2]; /* pipe: the first child tells the second one's pid */
	struct cgroup_host host;
	struct cgroup group;
	int tasks[CGROUP_CONTROLLERS], ntasks;
	const struct enter *what;
	struct enter_user user;
	int stdio[3];
	char *kept; /* entered.kept */
};

static int fail(struct err *err, const char *what, const char *object, int rc)
{
	return err_set_errno(err, EXIT_LAUNCH, what, object, rc);
}

int enter_find_init(const struct record *rec, struct err *err)
{
	CLEANUP_FD int fd = -1;
	uint64_t ns[NS_KINDS];

	if (rec->state != RECORD_RUNNING) {
		(void)err_set(err, EXIT_LAUNCH, "enter", rec->name, "it is %s",
			      record_state_name(rec->state));
		return err_hint(err, "only a running sandbox can be entered");
	}
	fd = box_open_process(&rec->init);
	if (fd < 0 && fd != -ESRCH)
		return fail(err, "enter", rec->name, fd);
	if (fd < 0 || ns_inodes(rec->init.pid, ns) < 0 ||
	    memcmp(ns, rec->ns, sizeof(ns)) != 0)
		return err_set(err, EXIT_LAUNCH, "enter", rec->name,
			       "its first process is gone");
	return take_fd(&fd);
}

static int open_group(struct entry *e, const struct record *rec,
		      struct err *err)
{
	struct box_group_path path = box_group_path(rec->name, GROUP_PAYLOAD);
	int rc;

	if (!rec->cgroups)
		return 0;
	rc = delegate_host(rec, limits_controllers(rec), &e->host);
	if (rc == 0)
		rc = cgroup_open(&e->host, path.text, &e->group);
	if (rc == 0)
		rc = e->ntasks = cgroup_open_tasks(&e->group, e->tasks);
	return rc < 0 ? fail(err, "open cgroup", path.text, rc) : 0;
}

/* Says what could not be put back. */
static void keep(char kept[ENTERED_KEPT], const char *what)
{
	size_t len = strlen(kept);

	if (what && what[0])
		(void)snprintf(kept + len, ENTERED_KEPT - len, "%s%s",
			       len ? ", " : BOX_KEPT, what);
}

static void keep_limits(char kept[ENTERED_KEPT],
			const struct plan_service *service)
{
	CLEANUP_FREE char *lower = limits_allow(service);

	keep(kept, lower);
}

static int open_plan(struct entry *e, int statefd, const struct record *rec,
		     struct err *err)
{
	CLEANUP_FD int dir = record_dir(statefd, rec->name, err);
	CLEANUP_FD int file = -1;
	CLEANUP_BUF struct buf plan = { 0 };
	const struct plan_header *header;
	const struct plan_entry how = { e->what, &e->user, e->stdio,
					rec->ns };

	if (dir < 0 || plan_exec(dir, rec->name, &how, &plan, err) < 0)
		return -1;
	header = (const void *)plan.data;
	keep_limits(e->kept, &header->service[0]);
	e->plan = fd_sealed_copy("plan", plan.data, plan.len);
	if (e->plan < 0)
		return fail(err, "make", "the plan", e->plan);
	file = program_open("sandbox-init", err);
	if (file < 0)
		return -1;
	e->program = mount_copy(file, "", MOUNT_LOCKED);
	return e->program < 0 ? fail(err, "open", "sandbox-init", e->program)
			      : 0;
}

/* --- in the children ----------------------------------------------------- */

static _Noreturn void give_up(int control, const char *step, int error)
{
	struct init_msg msg = {
		.version = PLAN_VERSION, .type = INIT_FAILED,
		.value = INIT_FAIL_SETUP, .error = error,
	};

	(void)snprintf(msg.text, sizeof(msg.text), "%s", step);
	(void)!send(control, &msg, sizeof(msg), MSG_NOSIGNAL);
	_exit(EXIT_LAUNCH);
}

static _Noreturn void become(const struct entry *e)
{
	char *argv[] = { (char[]){ "sandbox-init" }, NULL };
	char *envp[] = { NULL };
	int control = e->control[1];

	for (int i = 0; i < 3; i++)
		if (e->stdio[i] >= 0 && fd_set_cloexec(e->stdio[i], 0) < 0)
			give_up(control, "pass descriptors", errno);
	if (dup2(control, INIT_FD_CONTROL) < 0 ||
	    dup2(e->plan, INIT_FD_PLAN) < 0)
		give_up(control, "pass descriptors", errno);
	execveat(e->program, "", argv, envp, AT_EMPTY_PATH);
	give_up(INIT_FD_CONTROL, "execute sandbox-init", errno);
}

/* What shall outlive the caller must not be its child: nobody of the host
 * could be relied upon to reap it, and PID 1 inside cannot end before. As an
 * orphan it is PID 1's. */
static _Noreturn void leave(const struct entry *e)
{
	struct init_msg msg = {
		.version = PLAN_VERSION, .type = INIT_STARTED,
	};
	pid_t pid = ns_clone(0, -1);

	if (pid == 0)
		become(e);
	if (pid < 0)
		give_up(e->control[1], "fork", -pid);
	msg.value = pid;
	_exit(send(e->control[1], &msg, sizeof(msg), MSG_NOSIGNAL) < 0);
}

static _Noreturn void join(const struct entry *e)
{
	pid_t pid;
	int rc;

	if (setns(e->init, NS_ALL_FLAGS) < 0)
		give_up(e->control[1], "join the namespaces", errno);
	rc = ns_become_root();
	if (rc < 0)
		give_up(e->control[1], "become root inside", -rc);
	if (e->what->terminal) {
		rc = terminal_make(e->stdio, e->user.uid, e->terminal[1]);
		if (rc < 0)
			give_up(e->control[1], "make its terminal", -rc);
	}
	pid = ns_clone(CLONE_PARENT, -1);
	if (pid == 0 && e->what->detach)
		leave(e);
	if (pid == 0)
		become(e);
	/* A full group is the caller's to explain: v1 lets us in and refuses
	 * only the second process. */
	if (pid < 0 && pid != -EAGAIN)
		give_up(e->control[1], "fork", -pid);
	_exit(fd_write_all(e->pid[1], &pid, sizeof(pid)) < 0);
}

/* --- in the caller ------------------------------------------------------- */

/* What the joining process says before it is the command: when all went well
 * nothing but its pid inside, if it is detached; then end of file. */
static int read_verdict(int control, const char *program, pid_t *inside,
			struct err *err)
{
	struct init_msg msg;
	ssize_t n;

	for (;;) {
		n = recv(control, &msg, sizeof(msg), 0);
		if (n == (ssize_t)sizeof(msg) && msg.type == INIT_STARTED)
			*inside = msg.value;
		else if (n >= 0 || errno != EINTR)
			break;
	}
	if (n == 0)
		return 0;
	if (n != (ssize_t)sizeof(msg))
		return err_set(err, EXIT_LAUNCH, "run", program,
			       "sandbox-init ended without a word");
	msg.text[sizeof(msg.text) - 1] = '\0';
	return services_exec_error(&msg, program, err);
}

static int group_full(const char *name, struct err *err)
{
	(void)err_set(err, EXIT_LAUNCH, "enter", name,
		      "its limit of processes is reached");
	return err_hint(err, "raise [limits] pids");
}

/* The same without the right to be born in the group: the child waits until it
 * has been moved there. */
static int fork_moved(struct entry *e, const struct record *rec,
		      struct err *err)
{
	int go[2], rc;
	char byte = 0;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return fail(err, "make", "a pipe", errno);
	pid = box_fork_into(-1, NULL, 0);
	if (pid == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(EXIT_LAUNCH);
		join(e);
	}
	close(go[0]);
	if (pid < 0)
		rc = fail(err, "fork into", rec->name, pid);
	else
		rc = delegate_join(rec, GROUP_PAYLOAD, pid, err);
	if (rc == 0)
		(void)fd_write_all(go[1], &byte, 1);
	close(go[1]);
	if (rc < 0 && pid > 0)
		(void)ns_wait(pid);
	return rc < 0 ? -1 : pid;
}

static int fork_joiner(struct entry *e, const struct record *rec,
		       struct err *err)
{
	pid_t pid = box_fork_into(e->group.tree, e->tasks, e->ntasks);
	const char *name = rec->name;
	pid_t second = 0;

	if (pid == 0)
		join(e);
	if (pid == -EACCES && rec->scope) {
		pid = fork_moved(e, rec, err);
		if (pid < 0)
			return -1;
	}
	fd_close(&e->pid[1]);
	fd_close(&e->control[1]);
	fd_close(&e->terminal[1]);
	if (pid == -EAGAIN)
		return group_full(name, err);
	if (pid < 0)
		return fail(err, "fork into", name, pid);
	(void)fd_read_all(e->pid[0], &second, sizeof(second));
	(void)ns_wait(pid);
	return second == -EAGAIN ? group_full(name, err) : second;
}

static int open_channels(struct entry *e, struct err *err)
{
	const int type = SOCK_SEQPACKET | SOCK_CLOEXEC;

	if (pipe2(e->pid, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, type, 0, e->control) < 0 ||
	    socketpair(AF_UNIX, type, 0, e->terminal) < 0)
		return fail(err, "make", "a socket", errno);
	return 0;
}

/* Its terminal, once it runs. */
static int take_terminal(const struct entry *e, struct entered *out,
			 struct err *err)
{
	const struct terminal *t = e->what->terminal;

	if (!t)
		return 0;
	out->master = terminal_receive(e->terminal[0], &out->peer);
	if (out->master < 0)
		return fail(err, "take", "its terminal", out->master);
	(void)ioctl(out->master, TIOCSWINSZ, &t->size);
	return 0;
}

static int start(struct entry *e, const struct record *rec,
		 struct entered *out, struct err *err)
{
	CLEANUP_FD int pidfd = -1;
	int second, rc;

	if (open_channels(e, err) < 0)
		return -1;
	second = fork_joiner(e, rec, err);
	if (second < 0)
		return -1;
	if (second > 0)
		pidfd = ns_pidfd_open(second);
	rc = read_verdict(e->control[0], e->what->command[0], &out->inside,
			  err);
	if (second > 0 && (rc < 0 || e->what->detach))
		(void)ns_wait(second);
	if (rc < 0)
		return -1;
	if (pidfd < 0 || (e->what->detach && out->inside <= 0))
		return err_set(err, EXIT_LAUNCH, "enter", rec->name,
			       "the process that joined it died");
	if (e->what->detach)
		return 0;
	if (take_terminal(e, out, err) < 0)
		return -1;
	out->pidfd = take_fd(&pidfd);
	return 0;
}

static void entry_finish(struct entry *e)
{
	int *fds[] = {
		&e->init, &e->program, &e->plan, &e->control[0],
		&e->control[1], &e->pid[0], &e->pid[1],
		&e->terminal[0], &e->terminal[1],
	};

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close(fds[i]);
	for (int i = 0; e->what->terminal && i < 3; i++)
		fd_close(&e->stdio[i]);
	for (int i = 0; i < e->ntasks; i++)
		close(e->tasks[i]);
	cgroup_finish(&e->group);
	cgroup_host_finish(&e->host);
}

static int take_stdio(struct entry *e, uint32_t base, struct err *err)
{
	int rc;

	if (!e->what->terminal) {
		memcpy(e->stdio, e->what->stdio, sizeof(e->stdio));
		return box_give_stdio(e->stdio, base + e->user.uid, err);
	}
	rc = terminal_reserve(e->stdio);
	return rc < 0 ? fail(err, "open", "/dev/null", rc) : 0;
}

int enter_start(int statefd, const char *name, const struct enter *what,
		struct entered *out, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP(entry_finish) struct entry e = {
		.init = -1, .program = -1, .plan = -1, .control = { -1, -1 },
		.terminal = { -1, -1 }, .pid = { -1, -1 }, .what = what,
		.stdio = { -1, -1, -1 }, .host = CGROUP_HOST_NONE,
		.group = CGROUP_NONE,
	};
	char kept[ENTERED_KEPT];

	*out = (struct entered){ .pidfd = -1, .master = -1, .peer = -1 };
	e.kept = out->kept;
	inherit_reset(kept, sizeof(kept));
	keep(out->kept, kept);
	if (what->workdir && what->workdir[0] != '/')
		return err_set(err, EXIT_USAGE, "use as working directory",
			       what->workdir, "it is not absolute");
	if (!what->command[0][0])
		return err_set(err, EXIT_USAGE, "run in", name,
			       "the name of the program is empty");
	if (walls_check_calls(err) < 0 ||
	    record_read(statefd, name, &rec, err) < 0 ||
	    enter_user_parse(what->user, rec.user ? rec.user : "", &e.user,
			     err) < 0)
		return -1;
	e.init = enter_find_init(&rec, err);
	if (e.init < 0 || open_group(&e, &rec, err) < 0 ||
	    (rootless() && rootless_join(&rec, err) < 0) ||
	    take_stdio(&e, rec.id_base, err) < 0 ||
	    open_plan(&e, statefd, &rec, err) < 0)
		return -1;
	return start(&e, &rec, out, err);
}
