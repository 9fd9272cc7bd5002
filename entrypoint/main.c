/*
 * sandbox-init - PID 1 of a sandbox, and the way into it for `exec`.
 *
 * Started by the launcher, never by hand: descriptors 3 and 4 are its only
 * interface (initproto.h). It has no options, reads no file but the kernel's,
 * allocates nothing and prints nothing.
 */
#include <errno.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confine.h"
#include "init.h"
#include "sandboxd/exitcode.h"
#include "stage.h"

static noreturn void give_up(struct init_msg *failure)
{
	failure->service = -1;
	/* With nobody to tell there is only the status. */
	(void)!send(INIT_FD_CONTROL, failure, sizeof(*failure), MSG_NOSIGNAL);
	_exit(EXIT_LAUNCH);
}

static noreturn void boot(struct init *in)
{
	struct init_msg failure = { 0 };

	if (getpid() != 1) {
		fail(&failure, INIT_FAIL_SETUP, EPERM, "boot: not PID 1");
		give_up(&failure);
	}
	if (init_boot(in, &failure) < 0)
		give_up(&failure);
	tell(in, INIT_UP, -1, 0);
	init_loop(in);
}

static noreturn void join(struct init *in)
{
	struct init_msg failure = { 0 };
	struct stage stage = {
		.plan = &in->plan,
		.service = &in->plan.head->service[0],
		.report = INIT_FD_CONTROL,
		.ready = -1,
		.null = open_null(),
		.joined = true,
	};

	if (stage.null < 0) {
		fail(&failure, INIT_FAIL_SETUP, stage.null, "open /dev/null");
		give_up(&failure);
	}
	stage_run(&stage);
}

int main(void)
{
	struct init_msg failure = { 0 };
	struct init in = {
		.control = INIT_FD_CONTROL,
		.signals = -1,
		.ready = -1,
		.null = -1,
		.deadline = -1,
	};
	int rc = signals_block();

	for (int i = 0; i < PLAN_SERVICES; i++)
		in.service[i].report = -1;
	/* Nothing in here may look into a process on its way in. */
	if (rc == 0)
		rc = confine_undumpable();
	if (rc == 0 && personality(PER_LINUX) < 0)
		rc = -errno;
	if (rc < 0) {
		fail(&failure, INIT_FAIL_SETUP, rc, "first steps");
		give_up(&failure);
	}
	if (plan_map(&in.plan, INIT_FD_PLAN, &failure) < 0)
		give_up(&failure);
	if (in.plan.head->mode == PLAN_EXEC)
		join(&in);
	boot(&in);
}
