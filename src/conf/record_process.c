#include "conf/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/parse.h"
#include "base/str.h"

/* Fields of /proc/PID/stat behind the name, counted as in proc(5). */
#define FIELD_STATE 3
#define FIELD_START 22

/* Moves to field `to`, standing on FIELD_STATE. */
static char *skip_fields(char *p, int to)
{
	for (int i = FIELD_STATE; p && i < to; i++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	return p;
}

static int read_stat(pid_t pid, char *state, uint64_t *start)
{
	char path[32], text[1024], *p;
	int rc;

	if (pid <= 0)
		return -ESRCH;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	rc = fd_read_file_at(AT_FDCWD, path, text, sizeof(text));
	if (rc < 0)
		return rc == -ENOENT ? -ESRCH : rc;
	/* The name may hold anything, brackets too: the last one ends it. */
	p = strrchr(text, ')');
	if (!p || p[1] != ' ')
		return -EPROTO;
	p += 2;
	*state = *p;
	p = skip_fields(p, FIELD_START);
	if (!p)
		return -EPROTO;
	p[strcspn(p, " ")] = '\0';
	return parse_number(p, start) < 0 ? -EPROTO : 0;
}

int record_process_identify(pid_t pid, struct record_process *out)
{
	uint64_t start;
	char state;
	int rc = read_stat(pid, &state, &start);

	if (rc < 0)
		return rc;
	*out = (struct record_process){ .pid = pid, .start = start };
	return 0;
}

bool record_process_alive(const struct record_process *p)
{
	uint64_t start;
	char state;

	return read_stat(p->pid, &state, &start) == 0 && start == p->start &&
	       state != 'Z' && state != 'X';
}
