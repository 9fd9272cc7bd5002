#include "box/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/mount.h"
#include "sys/seccomp.h"
#include "sys/userns.h"

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

static int fail(struct err *err, const char *what, int errnum)
{
	return err_set_errno(err, EXIT_IMPOSSIBLE, what, NULL, errnum);
}

/* --- descriptors --------------------------------------------------------- */

static bool kept(const struct jail *jail, int fd)
{
	for (int i = 0; i < jail->nkeep; i++)
		if (jail->keep[i] == fd)
			return true;
	return false;
}

/* The lowest kept descriptor of at least `from`, or -1. */
static int next_kept(const struct jail *jail, int from)
{
	int next = -1;

	for (int i = 0; i < jail->nkeep; i++)
		if (jail->keep[i] >= from &&
		    (next < 0 || jail->keep[i] < next))
			next = jail->keep[i];
	return next;
}

/* A terminal on 0 to 2 would let the jailed process push input into the
 * caller's shell (TIOCSTI); a closed one would be taken by a later open. */
static int null_stdio(const struct jail *jail)
{
	CLEANUP_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++)
		if (!kept(jail, fd) && fd != null && dup2(null, fd) < 0)
			return -errno;
	if (null < 3)
		(void)take_fd(&null);
	return 0;
}

static int close_others(const struct jail *jail)
{
	unsigned int from = 3;
	int next;

	while ((next = next_kept(jail, (int)from)) >= 0) {
		if ((unsigned int)next > from &&
		    close_range(from, (unsigned int)next - 1, 0) < 0)
			return -errno;
		from = (unsigned int)next + 1;
	}
	return close_range(from, ~0u, 0) < 0 ? -errno : 0;
}

/* --- namespaces and root -------------------------------------------------- */

/* A mount that is attached to no tree: from this root no path leads anywhere,
 * and the last reference to it is the process itself. */
static int enter_empty_root(void)
{
	static const struct mount_option options[] = {
		{ "size", "4096" }, { "mode", "0555" }, { "ro", NULL }, { 0 },
	};
	CLEANUP_FD int root = mount_new("tmpfs", options, MOUNT_DATA |
					MOUNT_ATTR_RDONLY, NULL, 0);

	if (root < 0)
		return root;
	if (fchdir(root) < 0 || chroot(".") < 0)
		return -errno;
	return 0;
}

/* --- privilege ------------------------------------------------------------ */

static int limit_resources(const struct jail *jail)
{
	const struct {
		__rlimit_resource_t resource;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_AS, jail->address_space },
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_MSGQUEUE, 0 },
		/* Room for descriptors that a server sends along. */
		{ RLIMIT_NOFILE, 64 },
		{ RLIMIT_NPROC, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit limit = { limits[i].value, limits[i].value };

		if (limit.rlim_cur == RLIM_INFINITY)
			continue;
		if (setrlimit(limits[i].resource, &limit) < 0)
			return -errno;
	}
	return 0;
}

/* The bounding set goes first: emptying it needs CAP_SETPCAP. */
static int drop_bounding_set(void)
{
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++) {
		/* EINVAL: this kernel knows fewer than our headers. */
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 &&
		    errno != EINVAL)
			return -errno;
	}
	return 0;
}

/* Inside a user namespace the ids do not change from 0 to something else, so
 * the kernel clears nothing by itself (capabilities(7)). */
static int drop_capabilities(void)
{
	cap_t none = cap_init();
	int rc = 0;

	if (!none)
		return -errno;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    cap_set_proc(none) < 0)
		rc = -errno;
	(void)cap_free(none);
	return rc;
}

static int become(const struct jail *jail, bool root)
{
	if (root && setgroups(0, NULL) < 0)
		return -errno;
	if (setresgid(jail->gid, jail->gid, jail->gid) < 0 ||
	    setresuid(jail->uid, jail->uid, jail->uid) < 0)
		return -errno;
	return 0;
}

/* After the ids: changing them resets both (prctl(2)). */
static int seal_process(void)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

static int drop_privilege(const struct jail *jail, bool root, struct err *err)
{
	int rc = drop_bounding_set();

	if (rc < 0)
		return fail(err, "empty the capability bounding set", rc);
	rc = become(jail, root);
	if (rc < 0)
		return fail(err, "change to an unprivileged user", rc);
	rc = drop_capabilities();
	if (rc < 0)
		return fail(err, "drop capabilities", rc);
	rc = seal_process();
	if (rc < 0)
		return fail(err, "seal the process", rc);
	rc = seccomp_load(SECCOMP_JAIL);
	return rc < 0 ? fail(err, "load the seccomp filter", rc) : 0;
}

static int isolate(const struct jail *jail, bool root, struct err *err)
{
	int rc = root ? (unshare(NAMESPACES) < 0 ? -errno : 0) :
			userns_unshare(NAMESPACES, jail->uid, jail->gid);

	if (rc < 0) {
		(void)fail(err, "make empty namespaces", rc);
		return root ? -1 : err_hint(err, "run as root, or allow user "
					    "namespaces to unprivileged users");
	}
	rc = enter_empty_root();
	return rc < 0 ? fail(err, "enter an empty root", rc) : 0;
}

int jail_enter(const struct jail *jail, struct err *err)
{
	bool root = geteuid() == 0;
	int rc = null_stdio(jail);

	if (rc == 0)
		rc = close_others(jail);
	if (rc < 0)
		return fail(err, "close descriptors", rc);
	if (isolate(jail, root, err) < 0)
		return -1;
	rc = limit_resources(jail);
	if (rc < 0)
		return fail(err, "limit resources", rc);
	return drop_privilege(jail, root, err);
}
