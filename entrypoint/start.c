#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "init.h"
#include "sandboxd/exitcode.h"
#include "stage.h"

/* More than this without a newline is no display number. */
#define READY_BYTES_MAX 64

int service_of_kind(const struct init *in, enum plan_kind kind)
{
	for (uint32_t i = 0; i < in->plan.head->nservices; i++)
		if (in->plan.head->service[i].kind == kind)
			return (int)i;
	return -1;
}

/* A new process, in `cgroup2` from its first instruction if that is one. */
static pid_t new_process(int cgroup2)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
	};

	if (cgroup2 < 0)
		return fork();
	args.flags = CLONE_INTO_CGROUP;
	args.cgroup = (uint64_t)cgroup2;
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static noreturn void become_service(struct init *in, int index, int report,
				    int ready)
{
	struct stage stage = {
		.plan = &in->plan,
		.service = &in->plan.head->service[index],
		.index = index,
		.report = report,
		.ready = ready,
		.null = in->null,
	};

	stage_run(&stage);
}

static bool may_start(const struct init *in, uint32_t index)
{
	const struct plan_service *s = &in->plan.head->service[index];

	return s->argv.count && (s->again || !in->service[index].started);
}

static bool wanted_later(const struct init *in, int fd)
{
	int fds[PLAN_FDS];

	for (uint32_t i = 0; i < in->plan.head->nservices; i++) {
		int n = plan_fds(&in->plan.head->service[i], fds);

		if (!may_start(in, i))
			continue;
		while (n--)
			if (fds[n] == fd)
				return true;
	}
	return false;
}

/* PID 1 must not keep the ends of pipes open that others wait to close, nor
 * a listening socket whose server has died. */
static void close_fds(const struct init *in, int index)
{
	int fds[PLAN_FDS];
	int n = plan_fds(&in->plan.head->service[index], fds);

	for (int i = 0; i < n; i++) {
		/* Its own 0 to 2 stay filled. */
		if (wanted_later(in, fds[i]))
			continue;
		if (fds[i] > 2)
			close(fds[i]);
		else
			dup2(in->null, fds[i]);
	}
}

/* With the last service started nobody's ids are changed any more. */
static void drop_setid(const struct init *in)
{
	for (uint32_t i = 0; i < in->plan.head->nservices; i++)
		if (may_start(in, i))
			return;
	/* Giving up cannot fail; and what is kept beyond need is harmless. */
	(void)confine_caps(UINT64_C(1) << CAP_KILL);
}

static void close_pipe(const int *ends)
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

/* Of the display that is about to be; what one before did not say is lost. */
static void listen_for_ready(struct init *in, int fd)
{
	if (in->ready >= 0)
		close(in->ready);
	in->ready = fd;
	in->ready_bytes = 0;
}

static int start_with(struct init *in, int index, int *report, int *ready)
{
	const struct plan_service *s = &in->plan.head->service[index];
	pid_t pid;

	if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	if (s->kind == PLAN_DISPLAY && pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	pid = new_process(s->cgroup2);
	if (pid < 0)
		return -1;
	if (pid == 0)
		become_service(in, index, report[1], ready[1]);
	in->service[index].pid = pid;
	in->service[index].report = report[0];
	if (ready[0] >= 0)
		listen_for_ready(in, ready[0]);
	report[0] = ready[0] = -1;
	return 0;
}

static void start(struct init *in, int index, struct init_msg *failure)
{
	int report[2] = { -1, -1 }, ready[2] = { -1, -1 };

	if (start_with(in, index, report, ready) < 0)
		fail(failure, INIT_FAIL_SETUP, errno, "make process");
	close_pipe(report);
	close_pipe(ready);
}

void service_start(struct init *in, int index)
{
	struct init_msg failure = { 0 };

	if (index < 0 || (uint32_t)index >= in->plan.head->nservices ||
	    !in->plan.head->service[index].argv.count) {
		fail(&failure, INIT_FAIL_SETUP, EINVAL, "no such service");
		tell_failure(in, &failure, -1);
		return;
	}
	if (in->phase != PHASE_RUN)
		fail(&failure, INIT_FAIL_SETUP, ESHUTDOWN, "stopping");
	else if (!may_start(in, (uint32_t)index) || in->service[index].pid)
		fail(&failure, INIT_FAIL_SETUP, EALREADY, "was started");
	else
		start(in, index, &failure);
	if (failure.type) {
		tell_failure(in, &failure, index);
		return;
	}
	in->service[index].started = true;
	close_fds(in, index);
	drop_setid(in);
}

void service_report(struct init *in, int index)
{
	struct service *s = &in->service[index];
	struct init_msg msg;
	ssize_t n = read(s->report, &msg, sizeof(msg));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	close(s->report);
	s->report = -1;
	if (n != sizeof(msg)) {
		/* Closed by exec, or by a kill before it: INIT_EXITED comes
		 * next, then. */
		tell(in, INIT_STARTED, index, s->pid);
		return;
	}
	if (in->plan.head->service[index].kind == PLAN_PAYLOAD)
		in->status = stage_exit_code((enum init_failure)msg.value);
	s->pid = 0; /* it is exiting; reaped like any other */
	tell_failure(in, &msg, index);
}

void service_exited(struct init *in, pid_t pid, int status)
{
	for (int i = 0; i < PLAN_SERVICES; i++) {
		struct service *s = &in->service[i];

		if (s->pid != pid)
			continue;
		if (s->report >= 0)
			service_report(in, i);
		if (!s->pid)
			return; /* its failure was told */
		s->pid = 0;
		if (in->plan.head->service[i].kind == PLAN_PAYLOAD)
			in->status = WIFSIGNALED(status) ?
				EXIT_SIGNAL + WTERMSIG(status) :
				WEXITSTATUS(status);
		tell(in, INIT_EXITED, i, status);
		return;
	}
}

/* The display is the guest's: only that there is a line counts. */
void display_ready(struct init *in)
{
	char text[READY_BYTES_MAX];
	ssize_t n = read(in->ready, text, sizeof(text));
	bool line = false;

	if (n < 0 && errno == EINTR)
		return;
	for (ssize_t i = 0; i < n; i++)
		line = line || text[i] == '\n';
	if (line)
		tell(in, INIT_READY, service_of_kind(in, PLAN_DISPLAY), 0);
	else if (n > 0 && (in->ready_bytes += (uint32_t)n) < READY_BYTES_MAX)
		return;
	close(in->ready);
	in->ready = -1;
}
