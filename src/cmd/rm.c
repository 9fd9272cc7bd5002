#include "base/str.h"
#include "box/control.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"

static const struct opt opts[] = {
	{ 'f', "force", NULL, "end it first if it runs, at once" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt UNUSED,
		      const char *value UNUSED, struct err *err UNUSED)
{
	*(bool *)ctx = true;
	return 0;
}

static int run(int argc, char **argv, struct err *err)
{
	bool force = false;
	int first =
		cmd_parse(&cmd_rm, argc, argv, 1, -1, set_option, &force, err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	for (int i = first; statefd >= 0 && i < argc && !err->code; i++) {
		struct progress p = PROGRESS("ending", argv[i]);
		const struct patience patience = { progress_tick, &p };

		(void)control_remove(statefd, argv[i], force, &patience, err);
		progress_erase(&p);
	}
	return err->code;
}

const struct cmd cmd_rm = {
	"rm", "NAME...", "remove sandboxes that have ended", opts, run,
};
