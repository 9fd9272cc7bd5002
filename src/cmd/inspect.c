#include "base/str.h"
#include "cmd/cmd.h"
#include "conf/record.h"

static const struct opt opts[] = { { 0 } };

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FREE char *json = NULL;
	CLEANUP_FD int statefd = -1;
	int first = cmd_parse(&cmd_inspect, argc, argv, 1, 1, NULL, NULL, err);

	if (first < 0)
		return err->code;
	statefd = cmd_state(err);
	if (statefd < 0 || record_read(statefd, argv[first], &rec, err) < 0)
		return err->code;
	json = record_json(&rec);
	(void)printf("%s\n", json);
	return EXIT_DONE;
}

const struct cmd cmd_inspect = {
	"inspect", "NAME", "print all that is known of a sandbox, as JSON",
	opts,	   run,
};
