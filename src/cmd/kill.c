#include <signal.h>

#include "base/signame.h"
#include "box/control.h"
#include "cmd/cmd.h"

static const struct opt opts[] = {
	{ 's', "signal", "SIG", "a name such as HUP, or a number; by default "
				"TERM" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt UNUSED,
		      const char *value, struct err *err)
{
	return signame_read(value, ctx, err);
}

static int run(int argc, char **argv, struct err *err)
{
	int signo = SIGTERM;
	int first = cmd_parse(&cmd_kill, argc, argv, 1, -1, set_option, &signo,
			      err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	for (int i = first; statefd >= 0 && i < argc; i++)
		if (control_kill(statefd, argv[i], signo, err) < 0)
			break;
	return err->code;
}

const struct cmd cmd_kill = {
	"kill", "NAME...", "send a signal to the program of a sandbox", opts,
	run,
};
