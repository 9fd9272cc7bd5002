#include "base/parse.h"
#include "base/str.h"
#include "box/control.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"

/* As much as a profile may ask for. */
#define GRACE_MAX_MS (3600 * 1000)

static const struct opt opts[] = {
	{ 't', "time", "DURATION", "from SIGTERM to SIGKILL; by default the "
				   "profile's stop_timeout" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt UNUSED,
		      const char *value, struct err *err)
{
	uint64_t ms;

	if (parse_time(value, &ms) < 0 || ms > GRACE_MAX_MS)
		return err_set(err, EXIT_USAGE, "read --time", value,
			       "expected a time such as 500ms or 10s, at most "
			       "1h");
	*(int *)ctx = (int)ms;
	return 0;
}

static int run(int argc, char **argv, struct err *err)
{
	int grace = CONTROL_GRACE;
	int first = cmd_parse(&cmd_stop, argc, argv, 1, -1, set_option, &grace,
			      err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);

	for (int i = first; statefd >= 0 && i < argc && !err->code; i++) {
		struct progress p = PROGRESS("stopping", argv[i]);
		const struct patience patience = { progress_tick, &p };

		(void)control_stop(statefd, argv[i], grace, &patience, err);
		progress_erase(&p);
	}
	return err->code;
}

const struct cmd cmd_stop = {
	"stop", "NAME...", "end sandboxes in order", opts, run,
};
