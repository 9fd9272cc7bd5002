#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "conf/record.h"

static const struct opt opts[] = { { 0 } };

/* "3h", "12s": one unit is enough to tell sandboxes apart. */
static void age(char *buf, size_t size, int64_t since_ms)
{
	int64_t s = (int64_t)time(NULL) - since_ms / 1000;

	if (s < 120)
		(void)snprintf(buf, size, "%" PRId64 "s", s < 0 ? 0 : s);
	else if (s < 7200)
		(void)snprintf(buf, size, "%" PRId64 "m", s / 60);
	else if (s < 172800)
		(void)snprintf(buf, size, "%" PRId64 "h", s / 3600);
	else
		(void)snprintf(buf, size, "%" PRId64 "d", s / 86400);
}

static void print(const char *name, int statefd)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	struct err err = ERR_INIT;
	char when[24], display[24] = "-", code[48] = "-";

	if (record_read(statefd, name, &rec, &err) < 0) {
		/* One that ended while we looked is no longer there. */
		if (err.code != EXIT_ABSENT)
			(void)printf("%-20s %-9s %s\n", name, "damaged",
				     err.cause);
		return;
	}
	age(when, sizeof(when), rec.created_ms);
	if (rec.display.enabled)
		(void)snprintf(display, sizeof(display), ":%u",
			       rec.display.number);
	if (rec.exit_code >= 0)
		(void)snprintf(code, sizeof(code), "%d %s", rec.exit_code,
			       rec.reason);
	(void)printf("%-20s %-9s %8d %5s %-8s %-14s %s\n", rec.name,
		     record_state_name(rec.state), rec.init.pid, when, display,
		     code, rec.command ? rec.command[0] : "");
}

static int run(int argc, char **argv, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	CLEANUP_FD int statefd = -1;

	if (cmd_parse(&cmd_ps, argc, argv, 0, 0, NULL, NULL, err) < 0)
		return err->code;
	statefd = cmd_state(err);
	if (statefd < 0 || record_list(statefd, &names, err) < 0)
		return err->code;
	(void)printf("%-20s %-9s %8s %5s %-8s %-14s %s\n", "NAME", "STATE",
		     "PID", "AGE", "DISPLAY", "EXIT", "COMMAND");
	for (char **n = names; n && *n; n++)
		print(*n, statefd);
	return EXIT_DONE;
}

const struct cmd cmd_ps = { "ps", "", "list the sandboxes", opts, run };
