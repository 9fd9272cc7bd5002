#include "box/control.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "box/box.h"
#include "sys/ns.h"

/* Signals the monitor and waits for its end. */
static int end_monitor(const struct record *rec, int signo, struct err *err)
{
	CLEANUP_FD int fd = ns_pidfd_open(rec->monitor.pid);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int rc;

	/* Looked at after the pid can no longer change hands. */
	if (fd < 0 || !record_process_alive(&rec->monitor))
		return 0;
	rc = ns_pidfd_signal(fd, signo);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "stop", rec->name, rc);
	/* It ends: it has deadlines for everything that it waits for. */
	while (poll(&p, 1, -1) < 0)
		;
	return 0;
}

/* What is known of a sandbox whose record may be damaged: its name. */
static void known(struct record *rec, const char *name)
{
	record_finish(rec);
	memset(rec, 0, sizeof(*rec));
	(void)snprintf(rec->name, sizeof(rec->name), "%s", name);
	rec->cgroups = true;
	rec->id_base = 1; /* the name's directory is there to be removed */
}

/* With the monitor's lock held: everything of it goes, or all but the record
 * and the log. Returns 1 when there was something, 0 when it is in use. */
static int sweep_one(int statefd, const char *name, bool stopped_too,
		     bool remove, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int lock = record_lock(statefd, name, err);
	struct err damaged = ERR_INIT;

	if (lock < 0)
		return err->code ? -1 : 0;
	if (record_read(statefd, name, &rec, &damaged) < 0) {
		if (damaged.code == EXIT_ABSENT)
			return 0;
		known(&rec, name);
	} else if (rec.state == RECORD_STOPPED && !stopped_too) {
		return 0;
	}
	if (remove)
		return box_remove(statefd, &rec, err) < 0 ? -1 : 1;
	return box_down(statefd, &rec, err) < 0 ? -1 : 1;
}

int control_stop(int statefd, const char *name, bool now, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };

	if (record_read(statefd, name, &rec, err) < 0)
		return -1;
	if (rec.state == RECORD_STOPPED)
		return 0;
	if (end_monitor(&rec, now ? SIGQUIT : SIGTERM, err) < 0)
		return -1;
	/* Nothing to do unless the monitor died without its work done. */
	return sweep_one(statefd, name, false, false, err) < 0 &&
	       err->code != EXIT_ABSENT ? -1 : 0;
}

int control_remove(int statefd, const char *name, bool force, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	bool running;

	if (record_read(statefd, name, &rec, err) < 0 &&
	    err->code == EXIT_ABSENT)
		return -1;
	*err = (struct err)ERR_INIT;
	running = rec.name[0] && rec.state != RECORD_STOPPED &&
		  rec.state != RECORD_LOST;
	if (running && !force) {
		(void)err_set(err, EXIT_FAILED, "remove", name, "it is %s",
			      record_state_name(rec.state));
		return err_hint(err, "stop it first, or use 'sandboxd rm -f'");
	}
	if (running && control_stop(statefd, name, true, err) < 0)
		return -1;
	return sweep_one(statefd, name, true, true, err) < 0 &&
	       err->code != EXIT_ABSENT ? -1 : 0;
}

int control_sweep(int statefd, bool remove, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	int swept = 0, rc = 0;

	if (record_list(statefd, &names, err) < 0)
		return -1;
	for (char **n = names; n && *n; n++) {
		struct err one = ERR_INIT;
		int got = sweep_one(statefd, *n, false, remove, &one);

		if (got < 0 && rc == 0) {
			*err = one;
			rc = -1;
		}
		swept += got > 0;
	}
	return rc < 0 ? rc : swept;
}
