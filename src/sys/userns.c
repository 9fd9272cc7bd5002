#include "sys/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/ns.h"

/* Who maps stays outside and waits until there is something to map. */
struct helpers {
	pid_t pid[2];
	int go[2];   /* pipe: a byte for each once the namespace is there */
	int said[2]; /* pipe: what they print */
};

/* In a child: becomes the program of `map`, for process `target`. */
static _Noreturn void helper(const struct helpers *h, pid_t target,
			     const struct userns_map *map)
{
	char n[5][12], byte;
	char *argv[] = {
		(char *)(uintptr_t)map->program, n[0], (char[]){ "0" }, n[1],
		(char[]){ "1" }, n[2], n[3], n[4], NULL,
	};
	char *envp[] = { NULL };

	(void)snprintf(n[0], sizeof(n[0]), "%d", target);
	(void)snprintf(n[1], sizeof(n[1]), "%u", map->own);
	(void)snprintf(n[2], sizeof(n[2]), "%u", map->range.inside);
	(void)snprintf(n[3], sizeof(n[3]), "%u", map->range.outside);
	(void)snprintf(n[4], sizeof(n[4]), "%u", map->range.count);
	close(h->go[1]);
	if (read(h->go[0], &byte, 1) != 1 || dup2(h->said[1], 1) < 0 ||
	    dup2(h->said[1], 2) < 0)
		_exit(1);
	execve(map->program, argv, envp);
	(void)dprintf(2, "%s: %s\n", map->program, strerror(errno));
	_exit(1);
}

static int start_helpers(struct helpers *h, const struct userns_map maps[2])
{
	pid_t self = getpid();

	if (pipe2(h->go, O_CLOEXEC) < 0 || pipe2(h->said, O_CLOEXEC) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		h->pid[i] = fork();
		if (h->pid[i] == 0)
			helper(h, self, &maps[i]);
		if (h->pid[i] < 0)
			return -errno;
	}
	return 0;
}

/* Reads the first line of what they said, and waits for both. */
static int end_helpers(struct helpers *h, char *why, size_t size)
{
	ssize_t n;
	int rc = 0;

	fd_close(&h->go[0]);
	fd_close(&h->go[1]);
	fd_close(&h->said[1]);
	n = h->said[0] < 0 ? 0 : fd_read_all(h->said[0], why, size - 1);
	why[n > 0 ? n : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	fd_close(&h->said[0]);
	for (int i = 0; i < 2; i++)
		if (h->pid[i] > 0 && ns_wait(h->pid[i]) != 0)
			rc = -EKEYREJECTED;
	return rc;
}

int userns_enter(const struct userns_map maps[2], char *why, size_t size)
{
	struct helpers h = { .go = { -1, -1 }, .said = { -1, -1 } };
	int rc = start_helpers(&h, maps), ended;

	if (rc == 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		rc = -errno;
	if (rc == 0)
		rc = fd_write_all(h.go[1], "go", 2);
	ended = end_helpers(&h, why, size);
	return rc < 0 ? rc : ended;
}

static int map_one(const char *file, uint32_t inside, uint32_t outside)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "%u %u 1", inside, outside);
	return fd_write_file_at(AT_FDCWD, file, line);
}

/* setgroups must be given up before the group map can be written
 * (user_namespaces(7)). */
int userns_unshare(int flags, uint32_t uid, uint32_t gid)
{
	uid_t own = geteuid();
	gid_t group = getegid();
	int rc;

	if (unshare(CLONE_NEWUSER | flags) < 0)
		return -errno;
	rc = fd_write_file_at(AT_FDCWD, "/proc/self/setgroups", "deny");
	if (rc == 0)
		rc = map_one("/proc/self/uid_map", uid, own);
	if (rc == 0)
		rc = map_one("/proc/self/gid_map", gid, group);
	return rc;
}

/* A change of ids clears what is effective, and hides the process from others
 * of its user (PR_SET_DUMPABLE), who open its namespaces. */
int userns_own(uid_t uid)
{
	cap_t caps = cap_get_proc();
	int rc = 0;

	if (!caps)
		return -errno;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setresuid(uid, uid, uid) < 0 || cap_set_proc(caps) < 0 ||
	    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		rc = -errno;
	(void)cap_free(caps);
	return rc;
}

bool userns_sees_others(void)
{
	cap_flag_value_t set = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (caps)
		(void)cap_get_flag(caps, CAP_SYS_PTRACE, CAP_EFFECTIVE, &set);
	(void)cap_free(caps);
	return set == CAP_SET;
}

int userns_join(int pidfd)
{
	return setns(pidfd, CLONE_NEWUSER | CLONE_NEWNS) < 0 ? -errno : 0;
}

bool userns_is_restricted_at(int procfd)
{
	char set[8], label[256];

	if (fd_read_file_at(procfd,
			    "sys/kernel/apparmor_restrict_unprivileged_userns",
			    set, sizeof(set)) < 0 || !str_eq(set, "1"))
		return false;
	/* The older name may be another module's. */
	if (fd_read_file_at(procfd, "self/attr/apparmor/current", label,
			    sizeof(label)) < 0 &&
	    fd_read_file_at(procfd, "self/attr/current", label,
			    sizeof(label)) < 0)
		return true;
	return str_eq(label, "unconfined");
}

bool userns_is_restricted(void)
{
	CLEANUP_FD int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return userns_is_restricted_at(proc);
}
