#include "base/signame.h"

#include <ctype.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "base/str.h"

#define STANDARD_SIGNALS 32 /* one past the last; real-time ones follow */

/* What stands behind "RTMIN" or "RTMAX": "", "+3", "-1". */
static int offset(const char *text, char sign)
{
	uint64_t n;

	if (!*text)
		return 0;
	if (*text != sign || parse_number(text + 1, &n) < 0 ||
	    n > (uint64_t)(SIGRTMAX - SIGRTMIN))
		return -1;
	return (int)n;
}

static int real_time(const char *name)
{
	int n = -1;

	if (strncasecmp(name, "RTMIN", 5) == 0) {
		n = offset(name + 5, '+');
		return n < 0 ? 0 : SIGRTMIN + n;
	}
	if (strncasecmp(name, "RTMAX", 5) == 0)
		n = offset(name + 5, '-');
	return n < 0 ? 0 : SIGRTMAX - n;
}

static int standard(const char *name)
{
	for (int s = 1; s < STANDARD_SIGNALS; s++) {
		const char *known = sigabbrev_np(s);

		if (known && strcasecmp(known, name) == 0)
			return s;
	}
	return 0;
}

static int unknown(const char *text, const char *name, struct err *err)
{
	const char *names[STANDARD_SIGNALS + 1] = { NULL }, *near;
	CLEANUP_FREE char *upper = str_dup(name);
	int n = 0;

	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	for (int s = 1; s < STANDARD_SIGNALS; s++)
		if (sigabbrev_np(s))
			names[n++] = sigabbrev_np(s);
	near = str_nearest(upper, names);
	(void)err_set(err, EXIT_USAGE, "read signal", text,
		      "expected a name such as TERM or RTMIN+1, or a number "
		      "from 1 to %d", SIGRTMAX);
	return near ? err_hint(err, "did you mean '%s'?", near) : -1;
}

int signame_read(const char *text, int *signo, struct err *err)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	uint64_t number;
	int found;

	if (parse_number(text, &number) == 0)
		found = number <= (uint64_t)SIGRTMAX ? (int)number : 0;
	else
		found = standard(name);
	if (!found)
		found = real_time(name);
	if (!found)
		return unknown(text, name, err);
	*signo = found;
	return 0;
}
