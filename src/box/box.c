#include "box/box.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/attach.h"
#include "box/client.h"
#include "box/delegate.h"
#include "box/desktop.h"
#include "box/devices.h"
#include "box/labels.h"
#include "box/launch.h"
#include "box/layers.h"
#include "box/limits.h"
#include "box/rootless.h"
#include "box/services.h"
#include "box/walls.h"
#include "box/writable.h"
#include "sys/inherit.h"
#include "sys/ns.h"

/* A guest's last processes may be in the middle of a large exit. */
#define DESTROY_WAIT_MS 20000

static int up_record(struct box *box, struct err *err)
{
	/* Said from the first moment: they are about to be made. */
	box->rec.cgroups = !rootless() || box->rec.scope;
	if (walls_find(box, err) < 0 || devices_open(box, err) < 0)
		return -1;
	box->lock = record_create(box->statefd, &box->rec,
				  box->own.count ? &box->own : NULL, err);
	if (box->lock < 0)
		return -1;
	box->dir = record_dir(box->statefd, box->rec.name, err);
	return box->dir < 0 ? -1 : log_open(&box->log, box->rec.name, err);
}

static int down_record(int statefd, struct record *rec, struct err *err)
{
	/* A name that was taken when we came is not ours to remove. */
	if (!rec->exists)
		return 0;
	if (log_remove(rec->name, err) < 0)
		return -1;
	return record_remove(statefd, rec->name, err);
}

static int down_groups(int statefd, struct record *rec, struct err *err)
{
	struct box_group_path path = box_group_path(rec->name, GROUP_BOX);
	struct cgroup_host host = CGROUP_HOST_NONE;
	int rc;

	if (!rec->cgroups)
		return 0;
	rc = delegate_host(rec, CGROUP_ALL, &host);
	if (rc == 0)
		rc = cgroup_destroy(&host, path.text, DESTROY_WAIT_MS);
	if (rc == 0)
		limits_release(rec, &host);
	cgroup_host_finish(&host);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "remove cgroup",
				     path.text, rc);
	rec->cgroups = false;
	return 0;
}

static int up_layers(struct box *box, struct err *err)
{
	if (layers_open(box, err) < 0 || devices_make(box, err) < 0)
		return -1;
	return writable_make(box, err);
}

static int up_display(struct box *box, struct err *err)
{
	return box->profile->display.enabled ? desktop_prepare(box, err) : 0;
}

static int down_display(int statefd, struct record *rec, struct err *err)
{
	struct err absent = ERR_INIT;
	CLEANUP_FD int dir = record_dir(statefd, rec->name, &absent);
	int rc;

	if (dir < 0 && absent.code == EXIT_ABSENT)
		return 0;
	if (dir < 0) {
		*err = absent;
		return -1;
	}
	rc = fd_remove_tree_at(dir, STATE_X11);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "remove the display of",
				      rec->name, rc) : 0;
}

static int up_init(struct box *box, struct err *err)
{
	if (launch_init(box, err) < 0)
		return -1;
	devices_close(box);
	if (services_wait_up(box, err) < 0)
		return -1;
	if (limits_mounts(box, err) < 0)
		return -1;
	/* Without a desktop to wait for, the next word is that it runs. */
	return box->profile->display.enabled ?
		       record_write(box->statefd, &box->rec, err) : 0;
}

static int down_init(int statefd UNUSED, struct record *rec, struct err *err)
{
	return launch_kill_init(rec, err);
}

/* A stage of its own, so that the record has the time of all others. */
static int up_running(struct box *box, struct err *err)
{
	box->rec.state = RECORD_RUNNING;
	return record_write(box->statefd, &box->rec, err);
}

const struct stage box_stages[] = {
	{ "record", up_record, down_record },
	{ "groups", limits_create, down_groups },
	{ "labels", labels_up, labels_down },
	{ "namespaces", launch_namespaces, NULL },
	{ "layers", up_layers, writable_remove },
	{ "terminal", attach_up, attach_down },
	{ "display", up_display, down_display },
	{ "init", up_init, down_init },
	{ "desktop", services_start_desktop, NULL },
	{ "payload", services_start_payload, NULL },
	{ "running", up_running, NULL },
};
const size_t box_nstages = ARRAY_LEN(box_stages);

int box_down(int statefd, struct record *rec, struct err *err)
{
	return stage_down(box_stages, 1, box_nstages, statefd, rec, err);
}

int box_remove(int statefd, struct record *rec, struct err *err)
{
	return stage_down(box_stages, 0, box_nstages, statefd, rec, err);
}

void box_warn(struct box *box, const char *fmt, ...)
{
	struct client_msg msg = { .type = CLIENT_WARNING };
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg.detail, sizeof(msg.detail), fmt, ap);
	va_end(ap);
	strv_add(&box->rec.notes, msg.detail);
	client_send(box->client, &msg);
}

void box_forget_caller(struct box *box)
{
	char kept[256];

	inherit_reset(kept, sizeof(kept));
	if (kept[0])
		box_warn(box, BOX_KEPT "%s", kept);
}

void box_init(struct box *box, const struct profile *profile)
{
	int *fds[] = {
		&box->statefd, &box->dir, &box->lock, &box->userns,
		&box->cgroupns, &box->holder.fd, &box->holder.ready,
		&box->holder.release, &box->x_host, &box->x_guest,
		&box->stdio[0], &box->stdio[1], &box->stdio[2],
		&box->desktop_out, &box->desktop_log, &box->payload_log,
		&box->control, &box->initfd, &box->oomfd, &box->client,
		&box->signals, &box->watcher, &box->watch_report,
		&box->writable, &box->upper, &box->master, &box->peer,
		&box->attach, &box->bus, &box->bus_out, &box->bus_log,
		&box->dev,
	};

	memset(box, 0, sizeof(*box));
	box->profile = profile;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		*fds[i] = -1;
	box->host = (struct cgroup_host)CGROUP_HOST_NONE;
	for (int g = 0; g < GROUPS; g++)
		box->group[g] = (struct cgroup)CGROUP_NONE;
	box->log = (struct log)LOG_INIT;
	box->rec.exit_code = -1;
}

pid_t box_fork_into(int tree, const int *tasks, int ntasks)
{
	pid_t parent = getpid();
	pid_t pid = ns_clone(0, tree);

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || cgroup_join_tasks(tasks, ntasks) < 0)
		_exit(1);
	return 0;
}

int box_open_process(const struct record_process *p)
{
	CLEANUP_FD int fd = ns_pidfd_open(p->pid);

	/* No pid yet, or by now the id of a mere thread. */
	if (fd == -EINVAL || fd == -ENOENT)
		return -ESRCH;
	/* Looked at after the pid can no longer change hands. */
	if (fd >= 0 && !record_process_alive(p))
		return -ESRCH;
	return take_fd(&fd);
}

int box_give_stdio(const int stdio[3], uint32_t owner, struct err *err)
{
	struct stat st;

	for (int i = 0; i < 3; i++) {
		if (stdio[i] < 0)
			continue;
		if (fstat(stdio[i], &st) < 0 ||
		    (S_ISFIFO(st.st_mode) &&
		     fchown(stdio[i], owner, owner) < 0))
			return err_set_errno(err, EXIT_FAILED, "hand over",
					     "a pipe", errno);
	}
	return 0;
}

struct box_group_path box_group_path(const char *name, enum box_group g)
{
	static const char *const child[GROUPS] = {
		[GROUP_BOX] = "", [GROUP_INIT] = "/" CGROUP_INIT,
		[GROUP_DESKTOP] = "/" CGROUP_DESKTOP,
		[GROUP_PAYLOAD] = "/" CGROUP_PAYLOAD,
	};
	struct box_group_path p;

	(void)snprintf(p.text, sizeof(p.text), CGROUP_TOP "/%s%s", name,
		       child[g]);
	return p;
}
