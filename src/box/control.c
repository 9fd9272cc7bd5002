#include "box/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "box/box.h"
#include "box/event.h"
#include "box/rootless.h"
#include "box/writable.h"
#include "sys/ns.h"

#define LOCK_WAIT_MS 3000
#define LOCK_AGAIN_MS 10

/* Waits for the monitor's end, which `signo` with `value` (0: its own will)
 * brings. */
static int end_monitor(const struct record *rec, int signo, int value,
		       const struct patience *patience, struct err *err)
{
	CLEANUP_FD int fd = box_open_process(&rec->monitor);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int rc;

	if (fd == -ESRCH)
		return 0;
	rc = fd < 0 ? fd :
	     signo ? ns_pidfd_signal_value(fd, signo, value) : 0;
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "stop", rec->name, rc);
	/* It ends: it has deadlines for everything that it waits for. */
	while (poll(&p, 1, patience_ms(patience)) <= 0)
		;
	return 0;
}

/* What is known of a sandbox whose record may be damaged: its name. */
static void known(struct record *rec, const char *name)
{
	record_finish(rec);
	memset(rec, 0, sizeof(*rec));
	(void)snprintf(rec->name, sizeof(rec->name), "%s", name);
	rec->cgroups = !rootless();
	rec->rootfs.on_disk = true;
	rec->security.apparmor_own = !rootless();
	rec->exists = true;
}

enum swept {
	SWEPT_ERROR = -1,
	SWEPT_GONE,   /* there was nothing, or is nothing any more */
	SWEPT_DONE,   /* something was taken down */
	SWEPT_KEPT,   /* it has ended in order; its record stays */
	SWEPT_IN_USE, /* its monitor lives */
};

/* An error, unless somebody else was faster. */
static enum swept failed(struct err *err)
{
	if (err->code != EXIT_ABSENT)
		return SWEPT_ERROR;
	*err = (struct err)ERR_INIT;
	return SWEPT_GONE;
}

/* Of one that was killed before it had a record there is its directory. */
static enum swept sweep_begun(int statefd, const char *name, bool remove,
			      struct err *err)
{
	if (!remove)
		return SWEPT_KEPT;
	return record_remove(statefd, name, err) < 0 ? failed(err) : SWEPT_DONE;
}

/* With the monitor's lock held, takes down what is left of one sandbox: of a
 * lost one, or of an ended one too if `ended`; its record and log as well if
 * `remove`. */
static enum swept sweep_one(int statefd, const char *name, bool ended,
			    bool remove, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int lock = record_lock(statefd, name, err);
	int rc;

	if (lock < 0)
		return err->code ? failed(err) : SWEPT_IN_USE;
	if (record_read(statefd, name, &rec, err) < 0) {
		if (err->code == EXIT_ABSENT)
			return failed(err);
		*err = (struct err)ERR_INIT;
		/* Groups, log or layer of that name are those of another state
		 * directory's sandbox. */
		if (!record_was_begun(statefd, name))
			return sweep_begun(statefd, name, remove, err);
		known(&rec, name); /* damaged: its name will do */
	} else if (rec.state == RECORD_STOPPED && !ended) {
		return SWEPT_KEPT;
	}
	rc = remove ? box_remove(statefd, &rec, err) :
		      box_down(statefd, &rec, err);
	return rc < 0 ? failed(err) : SWEPT_DONE;
}

int control_stop(int statefd, const char *name, int grace,
		 const struct patience *patience, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	int signo = grace == CONTROL_AT_ONCE ? SIGQUIT : SIGTERM;
	int value = grace >= 0 ? grace + 1 : 0; /* as event.h has it */

	if (record_read(statefd, name, &rec, err) < 0)
		return -1;
	/* A record says "stopped" a moment before its monitor is gone. */
	if (rec.state == RECORD_STOPPED)
		signo = 0;
	if (end_monitor(&rec, signo, value, patience, err) < 0)
		return -1;
	/* Nothing to do unless the monitor died without its work done. */
	return sweep_one(statefd, name, false, false, err) == SWEPT_ERROR ? -1 :
									    0;
}

int control_kill(int statefd, const char *name, int signo, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int fd = -1;
	int rc;

	if (record_read(statefd, name, &rec, err) < 0)
		return -1;
	if (rec.state != RECORD_RUNNING)
		return err_set(err, EXIT_FAILED, "kill", name, "it is %s",
			       record_state_name(rec.state));
	fd = box_open_process(&rec.monitor);
	rc = fd < 0 ? fd : ns_pidfd_signal_value(fd, EVENT_KILL, signo);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "kill", name, rc) : 0;
}

/* Whether `name` may go; a running one is ended first if `force`. */
static int make_ended(int statefd, const char *name, bool force,
		      const struct patience *patience, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };

	if (record_read(statefd, name, &rec, err) < 0) {
		if (err->code == EXIT_ABSENT)
			return -1;
		*err = (struct err)ERR_INIT; /* damaged: the lock decides */
		return 0;
	}
	if (!force && rec.state != RECORD_STOPPED && rec.state != RECORD_LOST) {
		(void)err_set(err, EXIT_FAILED, "remove", name, "it is %s",
			      record_state_name(rec.state));
		return err_hint(err, "stop it first, or use 'sandboxd rm -f'");
	}
	if (control_stop(statefd, name, CONTROL_AT_ONCE, patience, err) == 0)
		return 0;
	return failed(err) == SWEPT_GONE ? 0 : -1;
}

/* A killed monitor's lock outlives it in its children, by a moment; another
 * command holds it as long as it works. flock(2) knows no deadline. */
static enum swept sweep_patiently(int statefd, const char *name,
				  struct err *err)
{
	int64_t deadline = clock_ms() + LOCK_WAIT_MS;
	enum swept got;

	while ((got = sweep_one(statefd, name, true, true, err)) ==
		       SWEPT_IN_USE && clock_ms() < deadline)
		(void)poll(NULL, 0, LOCK_AGAIN_MS);
	return got;
}

int control_remove(int statefd, const char *name, bool force,
		   const struct patience *patience, struct err *err)
{
	if (make_ended(statefd, name, force, patience, err) < 0)
		return -1;
	switch (sweep_patiently(statefd, name, err)) {
	case SWEPT_ERROR:
		return -1;
	case SWEPT_IN_USE:
		return err_set(err, EXIT_FAILED, "remove", name,
			       "another command is at work on it");
	default:
		return 0;
	}
}

/* One that runs is left alone; that nobody can read what it is, is told. */
static enum swept look_at(int statefd, const char *name, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };

	return record_read(statefd, name, &rec, err) < 0 ? failed(err) :
							   SWEPT_IN_USE;
}

int control_sweep(int statefd, bool remove, struct err *err)
{
	CLEANUP_STRV char **names = NULL;
	int swept = 0, layers, rc = 0;

	if (record_list(statefd, &names, err) < 0)
		return -1;
	for (char **n = names; n && *n; n++) {
		struct err one = ERR_INIT;
		enum swept got = sweep_one(statefd, *n, false, remove, &one);

		if (got == SWEPT_IN_USE)
			got = look_at(statefd, *n, &one);
		if (got == SWEPT_ERROR && rc == 0) {
			*err = one;
			rc = -1;
		}
		swept += got == SWEPT_DONE;
	}
	if (rc < 0)
		return rc;
	layers = remove ? writable_sweep(err) : 0;
	return layers < 0 ? -1 : swept + layers;
}
