#include "cmd/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"

#define PERIOD_MS 1000

/* A line that wraps could not be rewritten. */
static int columns(void)
{
	struct winsize size;

	if (ioctl(2, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return 79;
	return size.ws_col - 1;
}

static void show(struct progress *p, int64_t ms)
{
	CLEANUP_FREE char *line =
		str_printf(PROGRAM ": %s '%s'%s%s ... %lld s", p->verb,
			   p->name, p->stage ? ": " : "",
			   p->stage ? p->stage : "", (long long)(ms / 1000));
	int max = columns(), width;

	width = (int)strnlen(line, (size_t)max);
	(void)fprintf(stderr, "\r%.*s%*s", max, line,
		      p->width > width ? p->width - width : 0, "");
	p->width = p->width > width ? p->width : width;
}

int progress_tick(void *progress)
{
	struct progress *p = progress;
	int64_t passed = clock_ms() - p->since;

	if (!isatty(2))
		return -1;
	if (passed >= PERIOD_MS)
		show(p, passed);
	return (int)(PERIOD_MS - passed % PERIOD_MS);
}

void progress_erase(struct progress *p)
{
	if (p->width)
		(void)fprintf(stderr, "\r%*s\r", p->width, "");
	p->width = 0;
}
