#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box/enter.h"
#include "box/relay.h"
#include "cmd/cmd.h"

static const struct opt opts[] = { { 0 } };

struct joined {
	int pidfd;
	int code;
};

static bool ended(void *ctx)
{
	struct joined *j = ctx;
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)j->pidfd, &info, WEXITED) < 0 &&
	    errno == EINTR)
		return false;
	j->code = info.si_code == CLD_EXITED ? info.si_status :
					       EXIT_SIGNAL + info.si_status;
	return true;
}

static void send_signal(void *ctx, int signo)
{
	struct joined *j = ctx;

	(void)pidfd_send_signal(j->pidfd, signo, NULL, 0);
}

static int relay(struct relay *relay, int pidfd, struct err *err)
{
	static const struct relay_ops ops = { ended, send_signal };
	struct joined j = { .pidfd = pidfd, .code = EXIT_LAUNCH };

	if (relay_run(relay, pidfd, &ops, &j, err) < 0)
		return err->code;
	return j.code;
}

static int enter(int statefd, const char *name, char **command, struct err *err)
{
	struct relay r;
	int pidfd, code;

	if (relay_open(&r, err) < 0)
		return err->code;
	pidfd = enter_start(statefd, name, command, r.guest, err);
	relay_close_guest(&r);
	code = pidfd < 0 ? err->code : relay(&r, pidfd, err);
	relay_close(&r);
	if (pidfd >= 0)
		close(pidfd);
	return code;
}

static int run(int argc, char **argv, struct err *err)
{
	int first = cmd_parse(&cmd_exec, argc, argv, 2, -1, NULL, NULL, err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);
	int code = EXIT_LAUNCH;

	if (statefd >= 0)
		code = enter(statefd, argv[first], argv + first + 1, err);
	return err->code ? cmd_ours(err) : code;
}

const struct cmd cmd_exec = {
	"exec", "NAME -- COMMAND [ARG...]",
	"run another program in a running sandbox", opts, run,
};
