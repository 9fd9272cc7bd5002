#include "sys/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

const char *const ns_names[NS_KINDS] = {
	[NS_USER] = "user", [NS_MNT] = "mnt", [NS_PID] = "pid",
	[NS_NET] = "net", [NS_IPC] = "ipc", [NS_UTS] = "uts",
	[NS_CGROUP] = "cgroup", [NS_TIME] = "time",
};

struct ns_path {
	char text[48];
};

static struct ns_path ns_path(pid_t pid, enum ns_kind kind)
{
	struct ns_path p;

	if (pid)
		(void)snprintf(p.text, sizeof(p.text), "/proc/%d/ns/%s", pid,
			       ns_names[kind]);
	else
		(void)snprintf(p.text, sizeof(p.text), "/proc/self/ns/%s",
			       ns_names[kind]);
	return p;
}

int ns_inodes(pid_t pid, uint64_t inodes[NS_KINDS])
{
	struct stat st;

	for (int k = 0; k < NS_KINDS; k++) {
		if (stat(ns_path(pid, k).text, &st) < 0)
			return -errno;
		inodes[k] = st.st_ino;
	}
	return 0;
}

int ns_open(pid_t pid, enum ns_kind kind)
{
	int fd = open(ns_path(pid, kind).text, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

pid_t ns_clone(uint64_t flags, int cgroup)
{
	struct clone_args args = {
		.flags = flags | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
		/* clone3 refuses a signal of its own beside CLONE_PARENT. */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
		.cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

static int write_map(pid_t pid, const char *file, const char *text)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return fd_write_file_at(AT_FDCWD, path, text);
}

int ns_write_maps(pid_t pid, uint32_t base, uint32_t count)
{
	char map[48];
	int rc;

	(void)snprintf(map, sizeof(map), "0 %u %u\n", base, count);
	rc = write_map(pid, "gid_map", map);
	return rc < 0 ? rc : write_map(pid, "uid_map", map);
}

int ns_loopback_up(void)
{
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_name = "lo" };

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &req) < 0)
		return -errno;
	req.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &req) < 0 ? -errno : 0;
}

int ns_become_root(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
	    setresuid(0, 0, 0) < 0)
		return -errno;
	return 0;
}

int ns_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

int ns_pidfd_open(pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	return fd < 0 ? -errno : fd;
}

int ns_pidfd_signal(int pidfd, int signo)
{
	return pidfd_send_signal(pidfd, signo, NULL, 0) < 0 ? -errno : 0;
}

int ns_pidfd_signal_value(int pidfd, int signo, int value)
{
	siginfo_t info = { .si_signo = signo, .si_code = SI_QUEUE };

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = value;
	return pidfd_send_signal(pidfd, signo, &info, 0) < 0 ? -errno : 0;
}
