/*
 * sandboxd-scope - asks the user's systemd for a control group.
 *
 *	sandboxd-scope start UNIT PID DESCRIPTION
 *		moves the process into a new scope of that name, which is
 *		delegated to who asks; done when the scope is up
 *	sandboxd-scope attach UNIT PID GROUP
 *		moves the process into GROUP ("/a/b") beneath a scope
 *
 * Status 0, or 1 and a line that says why not. Sources: org.freedesktop.
 * systemd1(5), and systemd's text on control group delegation.
 *
 * A program of its own: libsystemd and what it loads would cost every start
 * of sandboxd milliseconds, and only ordinary users need it. A process whose
 * group the user does not own, like that of a login session, is moved by the
 * system's systemd in the end, whom the user's one asks.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define DESTINATION "org.freedesktop.systemd1"
#define OBJECT "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"

/* How long a manager may take for one job: as sd-bus(3) waits for an answer. */
#define WAIT_USEC 25000000

struct wait {
	char job[256];   /* the job's object; "": not known yet */
	char ended[256]; /* the last one that ended */
	char result[32];
};

static int fail(const char *what, int rc, const sd_bus_error *e)
{
	printf("%s: %s\n", what, e && e->message ? e->message : strerror(-rc));
	return 1;
}

static int on_removed(sd_bus_message *m, void *data, sd_bus_error *e)
{
	const char *job, *unit, *result;
	struct wait *w = data;
	uint32_t id;

	(void)e;
	if (sd_bus_message_read(m, "uoss", &id, &job, &unit, &result) < 0)
		return 0;
	/* It may end before its name comes back. */
	if (w->job[0] && strcmp(job, w->job) != 0)
		return 0;
	(void)snprintf(w->ended, sizeof(w->ended), "%s", job);
	(void)snprintf(w->result, sizeof(w->result), "%s", result);
	return 0;
}

static int wait_for(sd_bus *bus, struct wait *w, const char *job)
{
	int rc;

	(void)snprintf(w->job, sizeof(w->job), "%s", job);
	while (strcmp(w->job, w->ended) != 0) {
		rc = sd_bus_process(bus, NULL);
		if (rc == 0)
			rc = sd_bus_wait(bus, WAIT_USEC) ?: -ETIMEDOUT;
		if (rc < 0)
			return fail("wait for the scope", rc, NULL);
	}
	if (strcmp(w->result, "done") == 0)
		return 0;
	printf("start the scope: its job ended as '%s'\n", w->result);
	return 1;
}

static int start(sd_bus *bus, char **argv)
{
	uint32_t pid = (uint32_t)strtoul(argv[1], NULL, 10);
	sd_bus_error e = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	struct wait w = { "", "", "" };
	const char *job;
	int rc;

	/* Who made a job is told of its end without subscribing. */
	rc = sd_bus_match_signal(bus, NULL, DESTINATION, OBJECT, MANAGER,
				 "JobRemoved", on_removed, &w);
	if (rc < 0)
		return fail("listen", rc, NULL);
	rc = sd_bus_call_method(bus, DESTINATION, OBJECT, MANAGER,
				"StartTransientUnit", &e, &reply,
				"ssa(sv)a(sa(sv))", argv[0], "fail", 4,
				"Description", "s", argv[2],
				"PIDs", "au", 1, pid,
				"Delegate", "b", 1,
				"CollectMode", "s", "inactive-or-failed", 0);
	if (rc < 0)
		return fail("start a scope", rc, &e);
	rc = sd_bus_message_read(reply, "o", &job);
	return rc < 0 ? fail("read the answer", rc, NULL) :
			wait_for(bus, &w, job);
}

static int attach(sd_bus *bus, char **argv)
{
	uint32_t pid = (uint32_t)strtoul(argv[1], NULL, 10);
	sd_bus_error e = SD_BUS_ERROR_NULL;
	int rc = sd_bus_call_method(bus, DESTINATION, OBJECT, MANAGER,
				    "AttachProcessesToUnit", &e, NULL, "ssau",
				    argv[0], argv[2], 1, pid);

	return rc < 0 ? fail("join the scope", rc, &e) : 0;
}

int main(int argc, char **argv)
{
	sd_bus *bus = NULL;
	int rc;

	if (argc != 5)
		return 2;
	/* A session may have another bus than that of its user's manager,
	 * which is in XDG_RUNTIME_DIR. */
	(void)unsetenv("DBUS_SESSION_BUS_ADDRESS");
	rc = sd_bus_open_user(&bus);
	if (rc < 0)
		return fail("reach the user's bus", rc, NULL);
	rc = strcmp(argv[1], "start") == 0 ? start(bus, argv + 2) :
					     attach(bus, argv + 2);
	sd_bus_flush_close_unref(bus);
	return rc;
}
