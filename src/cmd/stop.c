#include "box/control.h"
#include "cmd/cmd.h"

static const struct opt opts[] = { { 0 } };

static int run(int argc, char **argv, struct err *err)
{
	int first = cmd_parse(&cmd_stop, argc, argv, 1, -1, NULL, NULL, err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	for (int i = first; statefd >= 0 && i < argc; i++)
		if (control_stop(statefd, argv[i], false, err) < 0)
			break;
	return err->code;
}

const struct cmd cmd_stop = {
	"stop", "NAME...", "end sandboxes in order", opts, run,
};
