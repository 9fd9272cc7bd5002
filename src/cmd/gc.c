#include "box/control.h"
#include "cmd/cmd.h"

static const struct opt opts[] = { { 0 } };

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP_FD int statefd = -1;
	int n;

	if (cmd_parse(&cmd_gc, argc, argv, 0, 0, NULL, NULL, err) < 0)
		return err->code;
	statefd = cmd_state(err);
	n = statefd < 0 ? -1 : control_sweep(statefd, true, err);
	if (n > 0)
		(void)printf("cleared %d\n", n);
	return err->code;
}

const struct cmd cmd_gc = {
	"gc", "", "clear what lost sandboxes left behind", opts, run,
};
