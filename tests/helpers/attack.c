/*
 * attack - what a hostile agent tries, one attempt a line.
 *
 *	attack           prints "NAME refused ERROR" or "NAME DONE" for each
 *	attack sweep     every file of /sys and of /proc, but for directories of
 *	                 processes, that can be opened for writing
 *	attack tty       the attempts that need a terminal of its own
 *	attack watch     until /tmp/enough is there: looks for processes of ours
 *	                 on their way in, and tries to open their memory, trace
 *	                 them, and take their descriptors
 *
 * An attempt that the kernel lets through prints DONE: none may.
 *
 * lint: long file: a table of attempts, a few lines each
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "attempt.h"

#define CLONE_ARGS_LEN 88
#define X32 0x40000000
#define GETPID_I386 20

/* --- mounts -------------------------------------------------------------- */

static long mount_type(const char *type)
{
	return mount("none", "/tmp", type, 0, NULL);
}

static long mount_tmpfs(void) { return mount_type("tmpfs"); }
static long mount_proc(void) { return mount_type("proc"); }
static long mount_sysfs(void) { return mount_type("sysfs"); }
static long mount_cgroup(void) { return mount_type("cgroup"); }
static long mount_cgroup2(void) { return mount_type("cgroup2"); }

static long mount_bind(void)
{
	return mount("/usr", "/tmp", NULL, MS_BIND, NULL);
}

static long remount_usr(void)
{
	return mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long umount_usr(void) { return umount2("/usr", MNT_DETACH); }
static long new_fsopen(void) { return syscall(SYS_fsopen, "tmpfs", 0); }

static long new_open_tree(void)
{
	return syscall(SYS_open_tree, AT_FDCWD, "/usr", 1);
}

static long change_root(void) { return chroot("/tmp"); }

static long pivot(void)
{
	return syscall(SYS_pivot_root, "/tmp", "/tmp");
}

/* --- devices ------------------------------------------------------------- */

static long node(const char *path, mode_t type, unsigned int major,
		 unsigned int minor)
{
	return mknod(path, type | 0666, makedev(major, minor));
}

static long node_mem(void) { return node("/tmp/mem", S_IFCHR, 1, 1); }
static long node_disk(void) { return node("/tmp/disk", S_IFBLK, 254, 0); }
static long node_fuse(void) { return node("/tmp/fuse", S_IFCHR, 10, 229); }
static long open_mem(void) { return open("/dev/mem", O_RDONLY); }
static long open_kvm(void) { return open("/dev/kvm", O_RDWR); }
static long open_fuse(void) { return open("/dev/fuse", O_RDWR); }
static long open_disk(void) { return open("/dev/vda", O_RDONLY); }
static long open_kmsg(void) { return open("/dev/kmsg", O_RDONLY); }

/* --- PID 1 and others ---------------------------------------------------- */

static long trace_init(void) { return ptrace(PTRACE_ATTACH, 1, 0, 0); }
static long seize_init(void) { return ptrace(PTRACE_SEIZE, 1, 0, 0); }
static long kill_init(void) { return kill(1, SIGKILL); }
static long stop_init(void) { return kill(1, SIGSTOP); }

static long read_init(void)
{
	char here[8];
	struct iovec to = { here, sizeof(here) };
	struct iovec from = { (void *)(uintptr_t)0x400000, sizeof(here) };

	return process_vm_readv(1, &to, 1, &from, 1, 0);
}

static long pidfd_getfd_init(void)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	return fd < 0 ? fd : syscall(SYS_pidfd_getfd, fd, 3, 0);
}

static long pidfd_kill_init(void)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	return fd < 0 ? fd :
			syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
}

static long init_root(void) { return open("/proc/1/root/", O_RDONLY); }
static long init_cwd(void) { return open("/proc/1/cwd/", O_RDONLY); }
static long init_mem(void) { return open("/proc/1/mem", O_RDWR); }
static long init_maps(void) { return open("/proc/1/maps", O_RDONLY); }
static long init_exe(void) { return open("/proc/1/exe", O_RDONLY); }
static long init_fd(void) { return open("/proc/1/fd/3", O_RDWR); }

static long init_environ(void)
{
	return open("/proc/1/environ", O_RDONLY);
}

static long trace_me(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0); }

static long read_parent(void)
{
	static char there[8];
	char here[8];
	struct iovec to = { here, sizeof(here) };
	struct iovec from = { there, sizeof(there) };

	return process_vm_readv(getppid(), &to, 1, &from, 1, 0);
}

/* Whether the oldest process called that may be signalled. */
static long touch(const char *comm)
{
	char path[64], name[32];
	int rc = -1;

	for (int pid = 2; rc < 0 && pid < 1000; pid++) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fscanf(f, "%31s", name) == 1 && !strcmp(name, comm))
			rc = kill(pid, 0) < 0 ? errno : 0;
		fclose(f);
	}
	errno = rc < 0 ? ESRCH : rc;
	return rc == 0 ? 0 : -1;
}

static long kill_display(void) { return touch("Xvfb"); }
static long kill_wm(void) { return touch("fluxbox"); }

static long init_oom(void)
{
	return open("/proc/1/oom_score_adj", O_WRONLY);
}

static long limit_init(void)
{
	struct rlimit none = { 0, 0 };

	return prlimit(1, RLIMIT_NOFILE, &none, NULL);
}

/* --- namespaces ---------------------------------------------------------- */

static long join_init(void)
{
	int fd = open("/proc/1/ns/mnt", O_RDONLY);

	return fd < 0 ? fd : setns(fd, 0);
}

static long join_own_user(void)
{
	int fd = open("/proc/self/ns/user", O_RDONLY);

	return fd < 0 ? fd : setns(fd, CLONE_NEWUSER);
}

static long unshare_user(void) { return unshare(CLONE_NEWUSER); }
static long unshare_mnt(void) { return unshare(CLONE_NEWNS); }
static long unshare_net(void) { return unshare(CLONE_NEWNET); }

/* A child that comes to be is an escape of its own; it ends at once. */
static long reap(long pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

static long clone_user(void)
{
	return reap(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}

static long clone3_user(void)
{
	uint64_t args[CLONE_ARGS_LEN / 8] = { CLONE_NEWUSER };

	args[4] = SIGCHLD;
	return reap(syscall(SYS_clone3, args, sizeof(args)));
}

/* --- privilege ----------------------------------------------------------- */

static long become_root(void) { return setresuid(0, 0, 0); }
static long become_display(void) { return setresuid(998, 998, 998); }
static long become_group(void) { return setresgid(5, 5, 5); }

static long join_groups(void)
{
	gid_t tty = 5;

	return syscall(SYS_setgroups, 1, &tty);
}

static long take_caps(void)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0
	};
	struct __user_cap_data_struct all[2] = {
		{ ~0u, ~0u, ~0u }, { ~0u, ~0u, ~0u },
	};

	return syscall(SYS_capset, &head, all);
}

static long keep_caps(void) { return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0); }

static long new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

static long raise_limit(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_NOFILE, &all);
}

static long raise_priority(void)
{
	return setpriority(PRIO_PROCESS, 0, -20);
}

static long real_time(void)
{
	struct sched_param p = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &p);
}

/* --- the kernel's doors -------------------------------------------------- */

static long keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_SESSION_KEYRING, 1);
}

static long key(void)
{
	return syscall(SYS_add_key, "user", "canary", "x", 1,
		       KEY_SPEC_PROCESS_KEYRING);
}

static long request_key(void)
{
	return syscall(SYS_request_key, "user", "canary", NULL, 0);
}

static long bpf(void)
{
	union bpf_attr a = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 4, .max_entries = 1,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));
}

static long userfault(void) { return syscall(SYS_userfaultfd, 1); }

static long uring(void)
{
	struct io_uring_params p = { 0 };

	return syscall(SYS_io_uring_setup, 1, &p);
}

static long perf(void)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(a),
		.config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1,
	};

	return syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

/* The tables of calls beside the native one. */
static long x32(void) { return syscall(SYS_getpid | X32); }

static long i386(void)
{
	long ret = GETPID_I386;

	__asm__ volatile("int $0x80" : "+a"(ret) : : "memory");
	errno = ret < 0 ? (int)-ret : 0;
	return ret < 0 ? -1 : ret;
}

static long module(void)
{
	return syscall(SYS_init_module, "", 0, "");
}

static long kexec(void) { return syscall(SYS_kexec_load, 0, 0, NULL, 0); }
static long restart(void) { return reboot(RB_DISABLE_CAD); }
static long swap(void) { return swapon("/tmp/swap", 0); }
static long name_host(void) { return sethostname("canary", 6); }
static long ports(void) { return syscall(SYS_iopl, 3); }
static long accounting(void) { return syscall(SYS_acct, "/tmp/acct"); }
static long kernel_log(void) { return syscall(SYS_syslog, 3, NULL, 0); }

/* To the time that it is: no harm is done if it works. */
static long set_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return clock_settime(CLOCK_REALTIME, &t);
}

static long by_handle(void)
{
	char handle[128] = { 0 };

	return syscall(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY);
}

/* --- sockets ------------------------------------------------------------- */

static long raw(void) { return socket(AF_INET, SOCK_RAW, 1); }
static long packet(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static long vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0); }
static long alg(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }

static long nfnetlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

/* --- files --------------------------------------------------------------- */

static long pattern(void)
{
	return open("/proc/sys/kernel/core_pattern", O_WRONLY);
}

static long helper(void)
{
	return open("/proc/sys/kernel/modprobe", O_WRONLY);
}

static long uevent(void)
{
	return open("/sys/kernel/uevent_helper", O_WRONLY);
}

static long sysrq(void) { return open("/proc/sysrq-trigger", O_WRONLY); }
static long kcore(void) { return open("/proc/kcore", O_RDONLY); }

static long passwd(void)
{
	return open("/etc/passwd", O_WRONLY | O_APPEND);
}

static long replace_passwd(void)
{
	return rename("/etc/passwd", "/etc/passwd.old");
}

static long write_usr(void)
{
	return open("/usr/bin/canary", O_WRONLY | O_CREAT, 0755);
}

static long write_dev(void)
{
	return open("/dev/canary", O_WRONLY | O_CREAT, 0755);
}

/* --- the way of the X server --------------------------------------------- */

static long move_x_dir(void)
{
	return rename("/tmp/.X11-unix", "/tmp/.X11-old");
}

static long remove_x_dir(void) { return rmdir("/tmp/.X11-unix"); }
static long remove_x(void) { return unlink("/tmp/.X11-unix/X99"); }

static long link_x(void)
{
	return symlink("/etc", "/tmp/.X11-unix/X98");
}

static long replace_x(void)
{
	return rename("/tmp/own", "/tmp/.X11-unix/X99");
}

static long exchange_x_dir(void)
{
	(void)mkdir("/tmp/own-dir", 0777);
	return renameat2(AT_FDCWD, "/tmp/own-dir", AT_FDCWD, "/tmp/.X11-unix",
			 RENAME_EXCHANGE);
}

static long listen_x(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(a.sun_path, "/tmp/.X11-unix/X97");
	return bind(s, (struct sockaddr *)&a, sizeof(a));
}

static long open_x_dir(void) { return chmod("/tmp/.X11-unix", 0777); }

static long cookie(void)
{
	return open("/run/desktop/xauthority", O_WRONLY);
}

static long replace_cookie(void)
{
	return rename("/tmp/own", "/run/desktop/xauthority");
}

static long wm_home(void) { return open("/run/wm", O_RDONLY); }

static const struct attempt attempts[] = {
	TRY(mount_tmpfs), TRY(mount_proc), TRY(mount_sysfs), TRY(mount_cgroup),
	TRY(mount_cgroup2), TRY(mount_bind), TRY(remount_usr), TRY(umount_usr),
	TRY(new_fsopen), TRY(new_open_tree), TRY(change_root), TRY(pivot),
	TRY(node_mem), TRY(node_disk), TRY(node_fuse), TRY(open_mem),
	TRY(open_kvm), TRY(open_fuse), TRY(open_disk), TRY(open_kmsg),
	TRY(trace_init), TRY(seize_init), TRY(kill_init), TRY(stop_init),
	TRY(read_init), TRY(pidfd_getfd_init), TRY(pidfd_kill_init),
	TRY(init_root), TRY(init_cwd), TRY(init_mem), TRY(init_maps),
	TRY(init_exe), TRY(init_fd), TRY(init_environ), TRY(init_oom),
	TRY(limit_init), TRY(trace_me), TRY(read_parent), TRY(kill_display),
	TRY(kill_wm), TRY(keep_caps), TRY(x32), TRY(i386), TRY(join_init),
	TRY(join_own_user), TRY(unshare_user),
	TRY(unshare_mnt), TRY(unshare_net), TRY(clone_user), TRY(clone3_user),
	TRY(become_root), TRY(become_display), TRY(become_group),
	TRY(join_groups), TRY(take_caps), TRY(new_privs), TRY(raise_limit),
	TRY(raise_priority), TRY(real_time), TRY(keyring), TRY(key),
	TRY(request_key), TRY(bpf), TRY(userfault), TRY(uring), TRY(perf),
	TRY(module), TRY(kexec), TRY(restart), TRY(swap), TRY(name_host),
	TRY(ports), TRY(accounting), TRY(kernel_log), TRY(set_clock),
	TRY(by_handle), TRY(raw), TRY(packet), TRY(vsock), TRY(alg),
	TRY(nfnetlink), TRY(pattern), TRY(helper), TRY(uevent), TRY(sysrq),
	TRY(kcore), TRY(passwd), TRY(replace_passwd), TRY(write_usr),
	TRY(write_dev), TRY(move_x_dir), TRY(remove_x_dir), TRY(remove_x),
	TRY(link_x), TRY(replace_x), TRY(exchange_x_dir), TRY(listen_x),
	TRY(open_x_dir), TRY(cookie), TRY(replace_cookie), TRY(wm_home),
};

/* --- writable files of the kernel ---------------------------------------- */

static int try_write(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	int fd;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	fd = open(path, O_WRONLY | O_NONBLOCK);
	if (fd < 0)
		return 0;
	printf("%s\n", path);
	close(fd);
	return 0;
}

/* Directories of processes are not of the kernel. */
static void sweep_proc(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	char path[300];

	if (!dir)
		err(1, "/proc");
	while ((e = readdir(dir))) {
		if (strchr(".123456789", e->d_name[0]) ||
		    !strcmp(e->d_name, "self") ||
		    !strcmp(e->d_name, "thread-self"))
			continue;
		snprintf(path, sizeof(path), "/proc/%s", e->d_name);
		(void)nftw(path, try_write, 16, FTW_PHYS);
	}
	closedir(dir);
}

/* --- a terminal ---------------------------------------------------------- */

static int terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	char c = 'x', five[2] = { 2, 0 };

	if (master < 0 || unlockpt(master) < 0)
		err(1, "pty");
	if (setsid() < 0 && errno != EPERM)
		err(1, "setsid");
	slave = open(ptsname(master), O_RDWR);
	if (slave < 0)
		err(1, "%s", ptsname(master));
	printf("tiocsti %s\n", ioctl(slave, TIOCSTI, &c) < 0 ?
	       "refused" : "DONE");
	printf("tioclinux %s\n", ioctl(slave, TIOCLINUX, five) < 0 ?
	       "refused" : "DONE");
	/* The upper half of the request is not looked at by the kernel. */
	printf("tiocsti-high %s\n",
	       syscall(SYS_ioctl, slave, TIOCSTI | UINT64_C(1) << 32, &c) < 0 ?
	       "refused" : "DONE");
	return 0;
}

/* --- processes on their way in ------------------------------------------- */

static int is_ours(const char *pid)
{
	char path[64], comm[32] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	n = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	return n > 0 && !strncmp(comm, "sandbox", 7);
}

static void prey_on(const char *pid)
{
	static const char *const files[] = { "mem", "environ", "fd/3", "maps" };
	char path[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, files[i]);
		fd = open(path, O_RDONLY);
		/* What was opened is ours only if it still is after that. */
		if (fd >= 0 && is_ours(pid))
			printf("%s DONE\n", path);
		if (fd >= 0)
			close(fd);
	}
	if (ptrace(PTRACE_SEIZE, atoi(pid), 0, 0) < 0)
		return;
	if (is_ours(pid))
		printf("trace of %s DONE\n", pid);
	/* Whom we trace would be held when it executes. */
	exit(0);
}

static int watch(void)
{
	unsigned int seen = 0;

	while (access("/tmp/enough", F_OK) < 0) {
		DIR *dir = opendir("/proc");
		struct dirent *e;

		if (!dir)
			err(1, "/proc");
		while ((e = readdir(dir))) {
			if (!strchr("123456789", e->d_name[0]) ||
			    !strcmp(e->d_name, "1") || !is_ours(e->d_name))
				continue;
			seen++;
			prey_on(e->d_name);
		}
		closedir(dir);
	}
	printf("seen %s\n", seen ? "some" : "none");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "tty"))
		return terminal();
	if (!strcmp(what, "watch"))
		return watch();
	if (!strcmp(what, "sweep")) {
		sweep_proc();
		(void)nftw("/sys", try_write, 16, FTW_PHYS);
		puts("swept");
		return 0;
	}
	attempt_all(attempts, sizeof(attempts) / sizeof(*attempts));
	return 0;
}
