#include "box/oom.h"

#include <errno.h>

#include "base/clock.h"

/* v1 announces first and kills then; the counter follows within moments. If
 * it does not, reclaim found memory after all. */
#define OOM_POLL_MS 2
#define OOM_PENDING_MS 2000

int oom_watch(struct box *box, struct err *err)
{
	short events;
	int fd = cgroup_watch_oom(&box->group[GROUP_PAYLOAD], &events);

	if (fd >= 0)
		box->oomfd = fd;
	/* Without a memory controller nothing can run out. */
	return fd >= 0 || fd == -ENOTSUP ? 0 :
	       err_set_errno(err, EXIT_FAILED, "watch memory of", box->rec.name,
			     fd);
}

bool oom_count(struct box *box)
{
	uint64_t kills = 0;

	if (cgroup_oom_kills(&box->group[GROUP_BOX], &kills) < 0 ||
	    kills <= box->rec.oom_kills)
		return box->rec.oom_kills > 0;
	box->rec.oom_kills = kills;
	box->rec.oom_ms = clock_unix_ms();
	return true;
}

void oom_seen(struct box *box)
{
	cgroup_oom_ack(box->oomfd);
	box->oom_deadline = clock_ms() + OOM_PENDING_MS;
}

static void kill_payload(struct box *box)
{
	struct cgroup *payload = &box->group[GROUP_PAYLOAD];
	uint64_t kills = 0;

	/* A kill in the desktop's group is none of the payload's. */
	if (!box->group_kill_here || cgroup_oom_kills(payload, &kills) < 0 ||
	    kills == 0)
		return;
	(void)cgroup_kill(payload);
}

int oom_poll(struct box *box, int timeout)
{
	uint64_t before = box->rec.oom_kills;

	if (!box->oom_deadline)
		return timeout;
	if (oom_count(box) && box->rec.oom_kills > before) {
		log_printf(&box->log,
			   "memory ran out: %llu killed by the kernel",
			   (unsigned long long)(box->rec.oom_kills - before));
		kill_payload(box);
		box->oom_deadline = 0;
	} else if (clock_ms() >= box->oom_deadline) {
		box->oom_deadline = 0;
	}
	if (!box->oom_deadline)
		return timeout;
	return timeout < 0 || timeout > OOM_POLL_MS ? OOM_POLL_MS : timeout;
}
