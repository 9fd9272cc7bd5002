#include "sys/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "sys/idmap.h"
#include "sys/mount.h"
#include "sys/seccomp.h"
#include "sys/userns.h"

/* Younger than the oldest headers that we build with (asm/unistd_64.h,
 * linux/lsm.h). */
#define CALL_LSM_LIST 461
#define LSM_MAX 32

/* What a probe is told, and where it answers. */
struct job {
	void (*run)(struct job *job);
	enum ns_kind kind;
	int dirfd;
	uint32_t base, count;
	struct probe_answer answer;
};

/* Notes the result of a call; true: go on. */
static bool went(struct job *job, const char *call, int rc)
{
	if (rc >= 0)
		return true;
	job->answer.rc = rc;
	(void)snprintf(job->answer.call, sizeof(job->answer.call), "%s", call);
	return false;
}

/* The same of one that sets errno. */
static bool called(struct job *job, const char *call, long rc)
{
	return went(job, call, rc < 0 ? -errno : 0);
}

/* Runs it in a child with one thread, whose end takes all down. */
static void in_child(struct job *job)
{
	int pipe[2];
	ssize_t n;
	pid_t pid;

	if (!called(job, "pipe2", pipe2(pipe, O_CLOEXEC)))
		return;
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		job->run(job);
		_exit(fd_write_all(pipe[1], &job->answer,
				   sizeof(job->answer)) < 0);
	}
	close(pipe[1]);
	if (called(job, "fork", pid)) {
		n = fd_read_all(pipe[0], &job->answer, sizeof(job->answer));
		if (n != (ssize_t)sizeof(job->answer))
			(void)went(job, "this", -EOWNERDEAD);
		(void)ns_wait(pid);
	}
	close(pipe[0]);
}

/* --- namespaces ----------------------------------------------------------- */

static void user_namespace(struct job *job)
{
	(void)called(job, "unshare", unshare(CLONE_NEWUSER));
}

static void namespace(struct job *job)
{
	static const int flags[NS_KINDS] = {
		[NS_USER] = CLONE_NEWUSER, [NS_MNT] = CLONE_NEWNS,
		[NS_PID] = CLONE_NEWPID, [NS_NET] = CLONE_NEWNET,
		[NS_IPC] = CLONE_NEWIPC, [NS_UTS] = CLONE_NEWUTS,
		[NS_CGROUP] = CLONE_NEWCGROUP, [NS_TIME] = CLONE_NEWTIME,
	};

	if (called(job, "unshare", unshare(CLONE_NEWUSER)))
		(void)called(job, "unshare", unshare(flags[job->kind]));
}

/* --- mounts --------------------------------------------------------------- */

/* Where mounts can be made that nobody else sees; the working directory is a
 * fresh tmpfs on top of the root. */
static bool enter_mounts(struct job *job)
{
	CLEANUP_FD int root = -1, fd = -1;

	if (geteuid() == 0) {
		if (!called(job, "unshare", unshare(CLONE_NEWNS)))
			return false;
	} else if (!went(job, "unshare", userns_unshare(CLONE_NEWNS, 0, 0))) {
		return false;
	}
	if (!went(job, "mount", mount_make_private()))
		return false;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = mount_tmpfs("64K", "64", 0700, 0, MOUNT_SAFE);
	return called(job, "open", root) && went(job, "fsmount", fd) &&
	       went(job, "move_mount", mount_attach(fd, root)) &&
	       called(job, "fchdir", fchdir(fd));
}

static void mounts(struct job *job)
{
	CLEANUP_FD int copy = -1;

	if (!enter_mounts(job))
		return;
	copy = mount_copy(AT_FDCWD, ".", 0);
	if (went(job, "open_tree", copy))
		(void)went(job, "mount_setattr",
			   mount_set(copy, MOUNT_LOCKED, true));
}

static void overlay(struct job *job)
{
	const struct mount_option o[] = {
		{ "lowerdir", "lower" }, { "upperdir", "upper" },
		{ "workdir", "work" }, { "index", "off" },
		{ "metacopy", "off" }, { "redirect_dir", "nofollow" },
		{ "volatile", NULL },
		{ geteuid() ? "userxattr" : NULL, NULL }, { NULL, NULL },
	};
	static const char *const dirs[] = { "lower", "upper", "work" };
	CLEANUP_FD int fd = -1;

	if (!enter_mounts(job))
		return;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (!called(job, "mkdir", mkdirat(AT_FDCWD, dirs[i], 0700)))
			return;
	fd = mount_new("overlay", o, MOUNT_SAFE, NULL, 0);
	(void)went(job, "mount overlay", fd);
}

/* Runs `mount` as PID 1 of namespaces like a sandbox's. No id is mapped: that
 * of the host's root takes a privilege that no start needs. */
static void as_init(struct job *job, void (*mount)(struct job *job))
{
	int flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
		    CLONE_NEWIPC;

	if (!called(job, "unshare", unshare(flags)))
		return;
	job->run = mount;
	in_child(job);
}

static void mount_type_named(struct job *job, const char *type)
{
	CLEANUP_FD int fd = mount_new(type, NULL, MOUNT_DATA, NULL, 0);

	(void)went(job, type, fd);
}

static void mount_proc(struct job *job)
{
	mount_type_named(job, "proc");
}

static void mount_sysfs(struct job *job)
{
	mount_type_named(job, "sysfs");
}

static void mount_devices(struct job *job)
{
	mount_type_named(job, "devpts");
	if (job->answer.rc == 0)
		mount_type_named(job, "mqueue");
}

static void fresh_proc(struct job *job)
{
	as_init(job, mount_proc);
}

static void fresh_sysfs(struct job *job)
{
	as_init(job, mount_sysfs);
}

static void fresh_devices(struct job *job)
{
	as_init(job, mount_devices);
}

/* --- walls ---------------------------------------------------------------- */

static void seccomp(struct job *job)
{
	if (called(job, "prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
		(void)went(job, "seccomp", seccomp_load(SECCOMP_INIT));
}

/* --- owners --------------------------------------------------------------- */

/* The user namespace is that of a child that waits to be killed. */
static int mapped_userns(struct job *job, pid_t *child)
{
	int ready[2], userns;
	char byte;

	if (!called(job, "pipe2", pipe2(ready, O_CLOEXEC)))
		return -1;
	*child = fork();
	if (*child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWUSER) == 0 &&
		    write(ready[1], "", 1) == 1)
			(void)pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		(void)went(job, "unshare", -ENOSPC);
	else
		(void)went(job, "write uid_map",
			   ns_write_maps(*child, job->base, job->count));
	close(ready[0]);
	userns = job->answer.rc < 0 ? -1 : ns_open(*child, NS_USER);
	return userns;
}

static void idmap(struct job *job)
{
	CLEANUP_FD int userns = -1, fd = -1;
	pid_t child = -1;

	userns = mapped_userns(job, &child);
	if (userns >= 0) {
		fd = idmap_copy(job->dirfd, userns, MOUNT_LOCKED);
		(void)went(job, "mount_setattr", fd);
	}
	if (child > 0) {
		(void)kill(child, SIGKILL);
		(void)ns_wait(child);
	}
}

/* --- all of them ---------------------------------------------------------- */

struct probe_answer probe(enum probe which)
{
	static void (*const run[PROBES])(struct job *job) = {
		[PROBE_USERNS] = user_namespace, [PROBE_MOUNTS] = mounts,
		[PROBE_OVERLAY] = overlay, [PROBE_PROC] = fresh_proc,
		[PROBE_SYSFS] = fresh_sysfs, [PROBE_DEVICES] = fresh_devices,
		[PROBE_SECCOMP] = seccomp,
	};
	struct job job = { .run = run[which], .dirfd = -1 };

	in_child(&job);
	return job.answer;
}

struct probe_answer probe_namespace(enum ns_kind kind)
{
	struct job job = { .run = namespace, .kind = kind, .dirfd = -1 };

	in_child(&job);
	return job.answer;
}

struct probe_answer probe_idmap(int dirfd, uint32_t base, uint32_t count)
{
	struct job job = {
		.run = idmap, .dirfd = dirfd, .base = base, .count = count,
	};

	in_child(&job);
	return job.answer;
}

/* --- security modules ----------------------------------------------------- */

static const char *lsm_name(uint64_t id)
{
	/* linux/lsm.h, LSM_ID_*. */
	static const char *const names[] = {
		"capability", "selinux", "smack", "tomoyo", "apparmor", "yama",
		"loadpin", "safesetid", "lockdown", "bpf", "landlock", "ima",
		"evm", "ipe",
	};

	return id >= 100 && id - 100 < ARRAY_LEN(names) ? names[id - 100] :
							  "another";
}

int probe_lsms(char *list, size_t size)
{
	uint64_t ids[LSM_MAX];
	uint32_t bytes = sizeof(ids);
	long n = syscall(CALL_LSM_LIST, ids, &bytes, 0);
	size_t len = 0;

	if (n < 0)
		return fd_read_file_at(AT_FDCWD, "/sys/kernel/security/lsm",
				       list, size);
	list[0] = '\0';
	for (long i = 0; i < n && len < size; i++) {
		int more = snprintf(list + len, size - len, "%s%s",
				    i ? "," : "", lsm_name(ids[i]));

		len += more > 0 ? (size_t)more : 0;
	}
	return 0;
}
