/*
 * attack_corpus - a second table of what a hostile agent tries, beside that of
 * attack: the other ways to the same ends.
 *
 *	attack_corpus [NAME...]  prints "NAME refused ERROR" or "NAME DONE", for
 *	                         all, or for those
 *	attack_corpus signals    every signal there is, in each way, to PID 1:
 *	                         prints those that it may send, then "sent"
 *	attack_corpus processes  reads, writes and follows everything that
 *	                         belongs to a process of another user: "read PID
 *	                         NAME", "write ..." and "link ..." for what can
 *	                         be, then "looked"
 *	attack_corpus devices    "open PATH" for each device that opens, "made
 *	                         NUMBERS" for one that can be made, "tried"
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/quota.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>

#include "attempt.h"

/* --- time: to what it is, so that no harm is done ------------------------ */

static long set_day(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return settimeofday(&now, NULL);
}

static long adjust(void)
{
	struct timex t = { .modes = ADJ_OFFSET };

	return adjtimex(&t);
}

static long adjust_clock(void)
{
	struct timex t = { .modes = ADJ_FREQUENCY };

	return clock_adjtime(CLOCK_REALTIME, &t);
}

static long time_offsets(void)
{
	int fd = open("/proc/self/timens_offsets", O_WRONLY);

	return fd < 0 ? fd : write(fd, "monotonic 1 0\n", 14);
}

static long real_time_clock(void) { return open("/dev/rtc0", O_RDONLY); }

/* --- modules, kernels, the machine --------------------------------------- */

static long module_file(void)
{
	return syscall(SYS_finit_module, open("/usr/bin/env", O_RDONLY), "", 0);
}

static long remove_module(void)
{
	return syscall(SYS_delete_module, "canary", O_NONBLOCK);
}

static long kernel_file(void)
{
	return syscall(SYS_kexec_file_load, -1, -1, 0, "", 0);
}

static long swap_off(void) { return swapoff("/canary"); }
static long hang_up(void) { return vhangup(); }
static long name_domain(void) { return setdomainname("canary", 6); }
static long quotas(void) { return quotactl(QCMD(Q_SYNC, 0), NULL, 0, NULL); }

#ifdef __x86_64__
static long port_range(void) { return syscall(SYS_ioperm, 0x70, 2, 1); }
static long segments(void) { return syscall(SYS_modify_ldt, 0, NULL, 0); }
#else
static long port_range(void) { return -1; }
static long segments(void) { return -1; }
#endif

static long hidden_memory(void) { return syscall(SYS_memfd_secret, 0); }

static long watch_files(void)
{
	return fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);
}

static long file_handle(void)
{
	struct file_handle *h = calloc(1, sizeof(*h) + 128);
	int mount;

	h->handle_bytes = 128;
	return name_to_handle_at(AT_FDCWD, "/usr", h, &mount, 0);
}

/* --- mounts, by descriptor ----------------------------------------------- */

static long move(void)
{
	return syscall(SYS_move_mount, open("/usr", O_PATH), "", AT_FDCWD,
		       "/tmp", 4);
}

static long attributes(void)
{
	uint64_t attr[4] = { 0, 1, 0, 0 };

	return syscall(SYS_mount_setattr, AT_FDCWD, "/usr", 0, attr,
		       sizeof(attr));
}

static long pick(void) { return syscall(SYS_fspick, AT_FDCWD, "/", 0); }

static long mount_overlay(void)
{
	return mount("none", "/tmp", "overlay", 0,
		     "lowerdir=/usr,upperdir=/tmp,workdir=/tmp");
}

static long make_shared(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
}

static long add_file_cap(void)
{
	static const uint8_t caps[20] = { 1, 0, 0, 2, 0xff, 0xff, 0xff, 0xff };

	close(open("/tmp/able", O_CREAT | O_WRONLY, 0755));
	return setxattr("/tmp/able", "security.capability", caps,
			sizeof(caps), 0);
}

static long trusted_mark(void)
{
	close(open("/tmp/marked", O_CREAT | O_WRONLY, 0755));
	return setxattr("/tmp/marked", "trusted.overlay.opaque", "y", 1, 0);
}

static long make_immutable(void)
{
	int flags = FS_IMMUTABLE_FL;

	return ioctl(open("/tmp/able", O_RDONLY), FS_IOC_SETFLAGS, &flags);
}

/* --- keys ---------------------------------------------------------------- */

static long join_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
}

static long persistent_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_PERSISTENT, -1,
		       KEY_SPEC_PROCESS_KEYRING);
}

static long read_key(void)
{
	char buf[64];

	return syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_USER_KEYRING, buf,
		       sizeof(buf));
}

/* --- processes ----------------------------------------------------------- */

static long write_init(void)
{
	char here[8] = { 0 };
	struct iovec from = { here, sizeof(here) };
	struct iovec to = { (void *)(uintptr_t)0x400000, sizeof(here) };

	return process_vm_writev(1, &from, 1, &to, 1, 0);
}

static long compare_init(void)
{
	return syscall(SYS_kcmp, getpid(), 1, 0, 0, 0);
}

static long advise_init(void)
{
	struct iovec all = { (void *)(uintptr_t)0x1000, 4096 };
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	return syscall(SYS_process_madvise, fd, &all, 1, 20, 0);
}

static long pages_of_init(void)
{
	return syscall(SYS_migrate_pages, 1, 0, NULL, NULL);
}

static long join_init_by_pidfd(void)
{
	return setns((int)syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS);
}

static long watch_init(void)
{
	return prctl(PR_SET_PTRACER, 1, 0, 0, 0) < 0 ? -1 :
	       open("/proc/1/syscall", O_RDONLY);
}

static long low_address(void)
{
	return prctl(PR_SET_MM, PR_SET_MM_EXE_FILE,
		     open("/usr/bin/env", O_RDONLY), 0, 0);
}

/* --- namespaces ---------------------------------------------------------- */

static long new_uts(void) { return unshare(CLONE_NEWUTS); }
static long new_ipc(void) { return unshare(CLONE_NEWIPC); }
static long new_pid(void) { return unshare(CLONE_NEWPID); }
static long new_cgroup(void) { return unshare(CLONE_NEWCGROUP); }
static long new_time(void) { return unshare(CLONE_NEWTIME); }

/* --- sockets ------------------------------------------------------------- */

static long raw6(void) { return socket(AF_INET6, SOCK_RAW, 58); }
static long ping(void) { return socket(AF_INET, SOCK_DGRAM, 1); }
static long packet_datagrams(void) { return socket(AF_PACKET, SOCK_DGRAM, 0); }
static long xdp(void) { return socket(44, SOCK_RAW, 0); }
static long key_socket(void) { return socket(AF_KEY, SOCK_RAW, 2); }
static long audit(void) { return socket(AF_NETLINK, SOCK_RAW, 9); }
static long generic(void) { return socket(AF_NETLINK, SOCK_RAW, 16); }

/* As another process: what a server of the desktop might believe. */
static long false_credentials(void)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(struct ucred))];
	} control = { 0 };
	struct ucred root = { 1, 0, 0 };
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		err(1, "an ordinary socket");
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_CREDENTIALS;
	control.header.cmsg_len = CMSG_LEN(sizeof(root));
	memcpy(CMSG_DATA(&control.header), &root, sizeof(root));
	return sendmsg(pair[0], &m, 0);
}

static const struct attempt attempts[] = {
	TRY(set_day), TRY(adjust), TRY(adjust_clock), TRY(time_offsets),
	TRY(real_time_clock), TRY(module_file), TRY(remove_module),
	TRY(kernel_file), TRY(swap_off), TRY(hang_up), TRY(name_domain),
	TRY(quotas), TRY(port_range), TRY(segments), TRY(hidden_memory),
	TRY(watch_files), TRY(file_handle), TRY(move), TRY(attributes),
	TRY(pick), TRY(mount_overlay), TRY(make_shared), TRY(add_file_cap),
	TRY(trusted_mark), TRY(make_immutable), TRY(join_keyring),
	TRY(persistent_keyring), TRY(read_key), TRY(write_init),
	TRY(compare_init), TRY(advise_init), TRY(pages_of_init),
	TRY(join_init_by_pidfd), TRY(watch_init), TRY(low_address),
	TRY(new_uts), TRY(new_ipc), TRY(new_pid), TRY(new_cgroup),
	TRY(new_time), TRY(raw6), TRY(ping), TRY(packet_datagrams), TRY(xdp),
	TRY(key_socket), TRY(audit), TRY(generic), TRY(false_credentials),
};

/* --- signals ------------------------------------------------------------- */

/* The kernel sends it, in the name of who asked for it: nothing tells him that
 * it was not delivered. */
static void signal_by_input(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
	    fcntl(pair[0], F_SETOWN, 1) < 0 ||
	    fcntl(pair[0], F_SETSIG, SIGKILL) < 0 ||
	    fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
		return;
	(void)!write(pair[1], "x", 1);
}

static int signals(void)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	for (int s = 0; s <= SIGRTMAX; s++) {
		siginfo_t info = { .si_signo = s, .si_code = SI_QUEUE };

		if (kill(1, s) == 0)
			printf("kill %d\n", s);
		if (syscall(SYS_tgkill, 1, 1, s) == 0)
			printf("tgkill %d\n", s);
		if (syscall(SYS_tkill, 1, s) == 0)
			printf("tkill %d\n", s);
		if (syscall(SYS_rt_sigqueueinfo, 1, s, &info) == 0)
			printf("sigqueue %d\n", s);
		if (fd >= 0 &&
		    syscall(SYS_pidfd_send_signal, fd, s, NULL, 0) == 0)
			printf("pidfd %d\n", s);
	}
	signal_by_input();
	puts("sent");
	return 0;
}

/* --- processes of others ------------------------------------------------- */

static void open_all(const char *pid, const char *name)
{
	char path[300], target[300];
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/%.200s", pid, name);
	fd = open(path, O_WRONLY | O_NONBLOCK);
	if (fd >= 0 && write(fd, "1", 1) >= 0)
		printf("write %s %s\n", pid, name);
	close(fd);
	if (readlink(path, target, sizeof(target)) >= 0)
		printf("link %s %s\n", pid, name);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	/* Some open for anybody and are checked when they are read. */
	if (fd >= 0 && (read(fd, target, 1) >= 0 || errno == EISDIR))
		printf("read %s %s\n", pid, name);
	if (fd >= 0)
		close(fd);
}

static void look_at(const char *pid)
{
	char path[32];
	struct dirent *e;
	struct stat st;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s", pid);
	if (stat(path, &st) < 0 || st.st_uid == getuid())
		return;
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			open_all(pid, e->d_name);
	if (dir)
		closedir(dir);
}

static int processes(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (strchr("123456789", e->d_name[0]))
			look_at(e->d_name);
	puts("looked");
	return 0;
}

/* --- devices ------------------------------------------------------------- */

static int open_device(const char *path, const struct stat *st, int type,
		       struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_F && (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) &&
	    open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) >= 0)
		printf("open %s\n", path);
	return 0;
}

/* Every number that something might be behind: made, and opened where that was
 * made or is there already. */
static int devices(void)
{
	for (unsigned int major = 1; major < 256; major++)
		for (unsigned int minor = 0; minor < 4; minor++)
			for (int block = 0; block < 2; block++)
				if (mknod("/tmp/node",
					  (block ? S_IFBLK : S_IFCHR) | 0666,
					  makedev(major, minor)) == 0) {
					printf("made %u:%u\n", major, minor);
					(void)unlink("/tmp/node");
				}
	(void)nftw("/", open_device, 32, FTW_PHYS | FTW_MOUNT);
	(void)nftw("/dev", open_device, 32, FTW_PHYS);
	puts("tried");
	return 0;
}

static int is_among(const char *name, char **list)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "signals"))
		return signals();
	if (argc == 2 && !strcmp(argv[1], "processes"))
		return processes();
	if (argc == 2 && !strcmp(argv[1], "devices"))
		return devices();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		if (argc == 1 || is_among(attempts[i].name, argv + 1))
			attempt_one(&attempts[i]);
	return 0;
}
