#include "steer/timeout.h"

#include "base/parse.h"

#define HOUR_MS 3600000u

int timeout_parse(const char *text, uint64_t *ms, struct err *err)
{
	uint64_t value;

	/* Thousandths are what the notation for CPU shares counts in. */
	if ((parse_cpus(text, &value) < 0 && parse_time(text, &value) < 0) ||
	    value == 0 || value > HOUR_MS)
		return err_set(err, EXIT_USAGE, "read the command line", text,
			       "expected seconds, 0.001 to 3600, or a time "
			       "such as 500ms or 2m");
	*ms = value;
	return 0;
}
