#include "box/ending.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/fd.h"
#include "box/box.h"

#define POLL_MAX_MS 1000000

int ending_open(int statefd, const char *name, struct ending *out,
		struct err *err)
{
	*out = (struct ending){ .monitor = -1, .end = -1 };
	if (record_read_open(statefd, name, &out->rec, &out->end, err) < 0)
		return -1;
	out->monitor = box_open_process(&out->rec.monitor);
	return out->monitor >= 0 || out->monitor == -ESRCH ? 0 :
	       err_set_errno(err, EXIT_FAILED, "wait for", name, out->monitor);
}

/* False when time is up. */
static bool wait_monitor(const struct ending *e, int64_t deadline)
{
	struct pollfd p = { .fd = e->monitor, .events = POLLIN };

	while (p.fd >= 0) {
		int64_t left = deadline < 0 ? POLL_MAX_MS :
					      deadline - clock_ms();

		if (left < 0)
			left = 0;
		if (poll(&p, 1, left > POLL_MAX_MS ? POLL_MAX_MS :
						     (int)left) > 0)
			break;
		if (deadline >= 0 && clock_ms() >= deadline)
			return false;
	}
	return true;
}

int ending_wait(struct ending *e, int64_t deadline, struct err *err)
{
	struct record end;

	if (!wait_monitor(e, deadline))
		return err_set(err, EXIT_TIMEOUT, "wait for", e->rec.name,
			       "it has not ended in that time");
	if (record_read_end(e->end, e->rec.name, &end)) {
		record_finish(&e->rec);
		e->rec = end;
		e->rec.state = RECORD_STOPPED;
		return 0;
	}
	record_finish(&end);
	if (e->rec.state != RECORD_STOPPED)
		e->rec.state = RECORD_LOST;
	return 0;
}

void ending_close(struct ending *e)
{
	fd_close(&e->monitor);
	fd_close(&e->end);
	record_finish(&e->rec);
}
