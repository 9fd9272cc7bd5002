/*
 * reach - which doors of the kernel and of the host stand open to a program.
 *
 *	reach canary DIR              on the host: listens, and prints what the
 *	                              probe is to be told; until SIGTERM
 *	reach parent COMMAND...       executes it as a careless parent would:
 *	                              signals ignored and blocked, umask 0, a
 *	                              directory open, a token in the environment
 *	reach probe PID PORT DIR      a line for each door, tabs between:
 *	                              GROUP NAME open|shut|- WHY
 *
 * A door is open when the attempt succeeds, or when the kernel refuses it for
 * what it was asked and not for who asked: then the code behind is in reach. It
 * is shut when a filter, a namespace, a mount or a missing privilege answers.
 * "-" is a door that this place does not have.
 *
 * The probe also runs as root of a bare host, to show that it finds what there
 * is. So each attempt is harmless where it succeeds: it changes nothing but the
 * process that makes it, or asks for what cannot be done. (The kernel may load
 * the module of a socket family.)
 *
 * lint: long file: a table of attempts, a few lines each
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof(*(a)))
#define TOKEN "REACH_TOKEN"
#define OVERFLOW_ID 65534u

enum verdict { SHUT, OPEN, ABSENT };

/* What the probe was told, and whether it is PID 1 itself. */
static int canary_pid, canary_port;
static const char *canary_dir = "";
static bool is_first;

static char why[256];

static void explain(const char *text)
{
	snprintf(why, sizeof(why), "%s", text);
}

static void explain_errno(void)
{
	explain(errno ? strerrorname_np(errno) : "");
}

static enum verdict works(long rc)
{
	if (rc < 0)
		explain_errno();
	return rc < 0 ? SHUT : OPEN;
}

/* For attempts that cannot succeed as they are. ENOSPC is what a limit of
 * namespaces says. */
static enum verdict arrives(long rc)
{
	static const int shut[] = {
		EPERM, EACCES, ENOSYS, ENOSPC, EOPNOTSUPP, EAFNOSUPPORT,
		EPROTONOSUPPORT, ESOCKTNOSUPPORT,
	};

	if (rc >= 0)
		return OPEN;
	explain_errno();
	for (size_t i = 0; i < LEN(shut); i++)
		if (errno == shut[i])
			return SHUT;
	return OPEN;
}

static enum verdict holds(bool open)
{
	return open ? OPEN : SHUT;
}

/* --- system calls -------------------------------------------------------- */

static char zeros[256];
static char handle[16] = { 8, 0, 0, 0, 1 };
static struct timex no_tick = { .modes = ADJ_TICK, .tick = 1 };
static struct perf_event_attr clock_event = {
	.type = PERF_TYPE_SOFTWARE, .size = sizeof(clock_event),
	.config = PERF_COUNT_SW_CPU_CLOCK, .exclude_kernel = 1,
	.exclude_hv = 1,
};
static union bpf_attr small_map = {
	.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
	.max_entries = 1,
};

#define P(x) ((uintptr_t)(x))
#define NOWHERE P(-1)
#define BAD_POINTER 1

/* Where privilege is asked for first, the arguments are such that nobody can
 * be served. */
static const struct call {
	const char *name;
	long nr;
	uintptr_t a[6];
} calls[] = {
	{ "io_uring_setup", SYS_io_uring_setup, { 1, P(zeros) } },
	{ "bpf", SYS_bpf, { BPF_MAP_CREATE, P(&small_map), 72 } },
	{ "perf_event_open", SYS_perf_event_open,
	  { P(&clock_event), 0, NOWHERE, NOWHERE } },
	{ "userfaultfd", SYS_userfaultfd, { 1 } },
	{ "keyctl", SYS_keyctl,
	  { KEYCTL_GET_KEYRING_ID, P(KEY_SPEC_SESSION_KEYRING) } },
	{ "add_key", SYS_add_key,
	  { P("user"), P("reach"), P("x"), 1, P(KEY_SPEC_THREAD_KEYRING) } },
	{ "request_key", SYS_request_key, { P("user"), P("reach-none") } },
	{ "memfd_secret", SYS_memfd_secret, { 0 } },
	{ "modify_ldt", SYS_modify_ldt, { 0, P(zeros), 16 } },
	{ "vmsplice", SYS_vmsplice, { NOWHERE } },
	{ "fanotify_init", SYS_fanotify_init, { 0x200 } },
	{ "name_to_handle_at", SYS_name_to_handle_at,
	  { P(AT_FDCWD), P("/"), P(zeros), P(zeros) } },
	{ "open_by_handle_at", SYS_open_by_handle_at,
	  { P(AT_FDCWD), P(handle), O_RDONLY } },
	{ "kcmp", SYS_kcmp, { 0 } },
	{ "process_madvise", SYS_process_madvise, { NOWHERE } },
	{ "move_pages", SYS_move_pages, { 0 } },
	{ "ptrace of itself", SYS_ptrace, { PTRACE_TRACEME } },
	{ "clone3, flags out of sight", SYS_clone3, { 0 } },
	{ "mount", SYS_mount, { 0, P("/") } },
	{ "umount2", SYS_umount2, { P("/"), MNT_EXPIRE | MNT_FORCE } },
	{ "fsopen", SYS_fsopen, { P("tmpfs") } },
	{ "open_tree", SYS_open_tree, { P(AT_FDCWD), P("/"), 1 } },
	{ "move_mount", SYS_move_mount,
	  { NOWHERE, P(""), NOWHERE, P(""), 0x44 } },
	{ "mount_setattr", SYS_mount_setattr,
	  { NOWHERE, P(""), AT_EMPTY_PATH, P(zeros), 32 } },
	{ "pivot_root", SYS_pivot_root, { BAD_POINTER, BAD_POINTER } },
	{ "chroot", SYS_chroot, { P("/") } },
	{ "swapon", SYS_swapon, { BAD_POINTER } },
	{ "reboot", SYS_reboot, { 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 17 } },
	{ "init_module", SYS_init_module, { 0 } },
	{ "finit_module", SYS_finit_module, { NOWHERE, P("") } },
	{ "delete_module", SYS_delete_module, { BAD_POINTER } },
	{ "acct", SYS_acct, { BAD_POINTER } },
	{ "iopl", SYS_iopl, { 3 } },
	{ "sethostname", SYS_sethostname, { 0, NOWHERE } },
	{ "adjtimex", SYS_adjtimex, { P(&no_tick) } },
	{ "syslog", SYS_syslog, { 3, P(zeros), sizeof(zeros) } },
	{ "personality READ_IMPLIES_EXEC", SYS_personality,
	  { READ_IMPLIES_EXEC } },
	{ "prctl PR_SET_MM", SYS_prctl, { PR_SET_MM, 15, P(zeros) } },
};

static enum verdict try_call(const void *arg)
{
	const struct call *c = arg;

	return arrives(syscall(c->nr, c->a[0], c->a[1], c->a[2], c->a[3],
			       c->a[4], c->a[5]));
}

/* --- other tables of system calls ---------------------------------------- */

static long entry32(long nr, long a, long b)
{
	int rc;

	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(nr), "b"(a), "c"(b), "d"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = rc < 0 ? -rc : 0;
	return rc < 0 ? -1 : rc;
}

/* Numbers of arch/x86/entry/syscalls/syscall_32.tbl. */
static enum verdict getpid32(void) { return works(entry32(20, 0, 0)); }

static enum verdict keyctl32(void)
{
	return works(entry32(288, KEYCTL_GET_KEYRING_ID,
			     KEY_SPEC_SESSION_KEYRING));
}

static enum verdict vsock32(void)
{
	return works(entry32(359, AF_VSOCK, SOCK_STREAM));
}

static enum verdict getpid_x32(void)
{
	return works(syscall(0x40000000 | SYS_getpid));
}

/* --- sockets ------------------------------------------------------------- */

static const struct family {
	const char *name;
	int family, type, protocol;
} families[] = {
	{ "AF_ALG", AF_ALG, SOCK_SEQPACKET, 0 },
	{ "AF_VSOCK", AF_VSOCK, SOCK_STREAM, 0 },
	{ "AF_PACKET", AF_PACKET, SOCK_RAW, 0 },
	{ "AF_KEY", AF_KEY, SOCK_RAW, 2 },
	{ "AF_XDP", AF_XDP, SOCK_RAW, 0 },
	{ "AF_RDS", AF_RDS, SOCK_SEQPACKET, 0 },
	{ "AF_TIPC", AF_TIPC, SOCK_STREAM, 0 },
	{ "AF_CAN", AF_CAN, SOCK_RAW, 1 },
	{ "AF_RXRPC", AF_RXRPC, SOCK_DGRAM, AF_INET },
	{ "AF_KCM", AF_KCM, SOCK_SEQPACKET, 0 },
	{ "AF_SMC", AF_SMC, SOCK_STREAM, 0 },
	{ "AF_QIPCRTR", AF_QIPCRTR, SOCK_DGRAM, 0 },
	{ "AF_BLUETOOTH", AF_BLUETOOTH, SOCK_RAW, 1 },
	{ "AF_NFC", AF_NFC, SOCK_SEQPACKET, 0 },
	{ "AF_PPPOX", AF_PPPOX, SOCK_DGRAM, 0 },
	{ "netlink, XFRM", AF_NETLINK, SOCK_RAW, NETLINK_XFRM },
	{ "netlink, NETFILTER", AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER },
	{ "netlink, GENERIC", AF_NETLINK, SOCK_RAW, NETLINK_GENERIC },
	{ "netlink, SOCK_DIAG", AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG },
	{ "netlink, CONNECTOR", AF_NETLINK, SOCK_RAW, NETLINK_CONNECTOR },
	{ "netlink, CRYPTO", AF_NETLINK, SOCK_RAW, 21 },
	{ "netlink, AUDIT", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT },
	{ "raw IPv4", AF_INET, SOCK_RAW, IPPROTO_ICMP },
	{ "raw IPv6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 },
	{ "SCTP", AF_INET, SOCK_STREAM, IPPROTO_SCTP },
	{ "MPTCP", AF_INET, SOCK_STREAM, IPPROTO_MPTCP },
	{ "DCCP", AF_INET, SOCK_DCCP, IPPROTO_DCCP },
	{ "L2TP", AF_INET, SOCK_DGRAM, 115 },
};

static enum verdict try_family(const void *arg)
{
	const struct family *f = arg;

	return works(socket(f->family, f->type, f->protocol));
}

static enum verdict option(int level, int name)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return arrives(setsockopt(s, level, name, zeros, 16));
}

static enum verdict ip_tables(void) { return option(SOL_IP, 64); }
static enum verdict tcp_ulp(void) { return option(SOL_TCP, TCP_ULP); }

/* --- namespaces ---------------------------------------------------------- */

static enum verdict user_ns(void) { return works(unshare(CLONE_NEWUSER)); }

static enum verdict user_ns_by_clone(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return works(pid);
}

static enum verdict user_and_net(void)
{
	return works(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

static enum verdict user_and_mnt(void)
{
	return works(unshare(CLONE_NEWUSER | CLONE_NEWNS));
}

static enum verdict mnt_ns(void) { return works(unshare(CLONE_NEWNS)); }

static enum verdict join_ns(void)
{
	return works(setns(open("/proc/self/ns/net", O_RDONLY), CLONE_NEWNET));
}

/* --- a terminal of its own ----------------------------------------------- */

static int terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master < 0 || unlockpt(master) < 0 || setsid() < 0)
		return -1;
	slave = open(ptsname(master), O_RDWR);
	return slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 ? -1 : slave;
}

static enum verdict control(unsigned long request, void *arg)
{
	int tty = terminal();

	if (tty >= 0)
		return arrives(syscall(SYS_ioctl, tty, request, arg));
	explain("no terminal");
	return ABSENT;
}

static enum verdict tiocsti(void)
{
	return control(TIOCSTI, (char[]){ 'x' });
}

/* The kernel looks at the lower half alone. */
static enum verdict tiocsti_upper(void)
{
	return control(TIOCSTI | UINT64_C(1) << 32, (char[]){ 'x' });
}

static enum verdict tioclinux(void)
{
	return control(TIOCLINUX, (char[]){ 0 });
}

static enum verdict tiocsetd(void)
{
	return control(TIOCSETD, (int[]){ N_TTY });
}

/* --- other processes ----------------------------------------------------- */

static pid_t beside;

/* Until the attempt has been made. */
static pid_t sibling(void)
{
	beside = fork();
	if (beside < 0)
		err(1, "fork");
	if (beside == 0)
		for (;;)
			pause();
	return beside;
}

static enum verdict trace_sibling(void)
{
	return works(ptrace(PTRACE_SEIZE, sibling(), 0, 0));
}

static enum verdict read_sibling(void)
{
	char here[4];
	struct iovec to = { here, sizeof(here) };
	struct iovec from = { zeros, sizeof(here) };

	return works(process_vm_readv(sibling(), &to, 1, &from, 1, 0));
}

static enum verdict take_from_sibling(void)
{
	long fd = syscall(SYS_pidfd_open, sibling(), 0);

	return works(fd < 0 ? fd : syscall(SYS_pidfd_getfd, fd, 1, 0));
}

static enum verdict of_first(const char *file, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/1/%s", file);
	if (!is_first)
		return works(open(path, flags));
	explain("the program itself is PID 1");
	return ABSENT;
}

static enum verdict first_mem(void) { return of_first("mem", O_RDWR); }
static enum verdict first_env(void) { return of_first("environ", O_RDONLY); }
static enum verdict first_root(void) { return of_first("root/", O_RDONLY); }

static enum verdict first_signal(void)
{
	return is_first ? of_first("", 0) : works(kill(1, 0));
}

/* --- the host ------------------------------------------------------------ */

static enum verdict connect_to(const void *address, socklen_t len)
{
	const struct sockaddr *a = address;

	return works(connect(socket(a->sa_family, SOCK_STREAM, 0), a, len));
}

static struct sockaddr_in tcp_address(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

/* `abstract`: 1 for a name that is in no directory. */
static socklen_t unix_address(struct sockaddr_un *a, int abstract,
			      const char *name)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a->sun_path + abstract, sizeof(a->sun_path) - 1, "%.100s",
		 name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   strlen(name) + 1);
}

static const char *abstract_name(int pid)
{
	static char name[32];

	snprintf(name, sizeof(name), "reach-%d", pid);
	return name;
}

static const char *beneath(const char *dir, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%.255s/%.255s", dir, name);
	return path;
}

static enum verdict host_tcp(void)
{
	struct sockaddr_in a = tcp_address(canary_port);

	return connect_to(&a, sizeof(a));
}

static enum verdict host_abstract(void)
{
	struct sockaddr_un a;
	socklen_t len = unix_address(&a, 1, abstract_name(canary_pid));

	return connect_to(&a, len);
}

static enum verdict host_socket(void)
{
	struct sockaddr_un a;
	socklen_t len = unix_address(&a, 0, beneath(canary_dir, "socket"));

	return connect_to(&a, len);
}

static enum verdict host_file(void)
{
	return works(open(beneath(canary_dir, "file"), O_RDONLY));
}

static enum verdict host_shadow(void)
{
	return works(open("/etc/shadow", O_RDONLY));
}

static enum verdict host_memory(void)
{
	return works(shmget(canary_pid, 1, 0));
}

static const char *canary_proc(const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "/proc/%d/%s", canary_pid, file);
	return path;
}

static enum verdict host_process(void)
{
	char comm[16] = "";
	int fd = open(canary_proc("comm"), O_RDONLY);

	if (fd < 0)
		return works(fd);
	return holds(read(fd, comm, 5) == 5 && !strcmp(comm, "reach"));
}

static enum verdict host_root(void)
{
	struct sockaddr_un a;
	socklen_t len = unix_address(&a, 0, beneath(canary_proc("cwd"),
						    "socket"));

	return connect_to(&a, len);
}

/* --- files of the kernel ------------------------------------------------- */

static const char *const readable[] = {
	"/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/key-users",
	"/proc/timer_list", "/proc/sched_debug", "/proc/interrupts",
	"/proc/vmallocinfo", "/proc/slabinfo", "/proc/pagetypeinfo",
	"/proc/modules", "/proc/config.gz", "/proc/kpagecount",
	"/sys/kernel/debug", "/sys/kernel/tracing", "/sys/firmware",
	"/sys/devices/virtual/powercap", "/sys/module", "/sys/fs/bpf",
};

static const char *const writable[] = {
	"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
	"/proc/sys/vm/panic_on_oom", "/proc/sysrq-trigger",
	"/sys/kernel/uevent_helper", "/sys/power/state",
};

/* A directory counts when there is anything in it. */
static bool lists_any(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	bool any = false;

	while (dir && (e = readdir(dir)))
		any = any || e->d_name[0] != '.';
	return any;
}

static enum verdict try_read(const void *path)
{
	char word[8]; /* some want whole words */
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0)
		return works(-1);
	if (S_ISDIR(st.st_mode))
		return holds(lists_any(path));
	/* Nothing new in the log is no refusal. */
	return holds(read(fd, word, sizeof(word)) > 0 || errno == EAGAIN);
}

static enum verdict try_write(const void *path)
{
	return works(open(path, O_WRONLY));
}

static enum verdict kernel_addresses(void)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	unsigned long long address = 0;

	return holds(f && fscanf(f, "%llx", &address) == 1 && address);
}

static int find_writable(const char *path, const struct stat *st, int type,
			 struct FTW *ftw)
{
	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) ||
	    open(path, O_WRONLY | O_NONBLOCK) < 0)
		return 0;
	explain(path);
	return 1;
}

static enum verdict sweep(const char *dir)
{
	return holds(nftw(dir, find_writable, 16, FTW_PHYS) == 1);
}

static enum verdict sweep_sysctl(void) { return sweep("/proc/sys"); }
static enum verdict sweep_sys(void) { return sweep("/sys"); }

/* What belongs to a process is its own. */
static enum verdict sweep_proc(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (islower((unsigned char)e->d_name[0]) &&
		    strcmp(e->d_name, "self") != 0 &&
		    strcmp(e->d_name, "thread-self") != 0 &&
		    strcmp(e->d_name, "sys") != 0 &&
		    sweep(beneath("/proc", e->d_name)) == OPEN)
			return OPEN;
	return SHUT;
}

static enum verdict release_agent(void)
{
	glob_t found = { 0 };

	if (glob("/sys/fs/cgroup/*/release_agent", 0, NULL, &found) != 0)
		return SHUT;
	return try_write(found.gl_pathv[0]);
}

/* --- devices ------------------------------------------------------------- */

static const char *const nodes[] = {
	"/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun",
	"/dev/loop-control", "/dev/vhost-vsock", "/dev/vsock", "/dev/uinput",
};

static enum verdict try_node(const void *path)
{
	return works(open(path, O_RDONLY | O_NONBLOCK));
}

static enum verdict disk(void)
{
	static const char *const disks[] = {
		"/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/loop0",
	};

	for (size_t i = 0; i < LEN(disks); i++)
		if (try_node(disks[i]) == OPEN) {
			explain(disks[i]);
			return OPEN;
		}
	return SHUT;
}

/* /dev/null by another name: who can make and open that one can any. */
static enum verdict make_node(void)
{
	char path[64];
	enum verdict v;

	snprintf(path, sizeof(path), "/tmp/reach-node.%d", getpid());
	v = works(mknod(path, S_IFCHR | 0600, makedev(1, 3)));
	if (v == OPEN)
		v = works(open(path, O_RDONLY));
	unlink(path);
	return v;
}

/* --- who it is ----------------------------------------------------------- */

/* A map tells of the namespace outside, which need not be the host's. But /usr
 * is the host's, and belongs to root: as whom it is seen, root is here. */
static enum verdict host_uid(void)
{
	struct stat st;

	return holds(stat("/usr", &st) < 0 || st.st_uid == geteuid());
}

/* A group that has no name here is somebody's all the same. */
static enum verdict host_groups(void)
{
	gid_t groups[256] = { getegid() };
	int n = getgroups(LEN(groups) - 1, groups + 1);
	struct stat st;

	if (stat("/usr", &st) < 0)
		return OPEN;
	for (int i = 0; i <= n; i++)
		if (groups[i] == st.st_gid || (i && groups[i] == OVERFLOW_ID))
			return OPEN;
	return SHUT;
}

static enum verdict capabilities(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long set = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, field, strlen(field)))
			set = strtoull(line + strlen(field), NULL, 16);
	snprintf(why, sizeof(why), "%llx", set);
	return holds(!f || set);
}

static enum verdict caps_effective(void) { return capabilities("CapEff:"); }
static enum verdict caps_bounding(void) { return capabilities("CapBnd:"); }

static enum verdict new_privileges(void)
{
	return holds(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
}

/* --- what came from the parent ------------------------------------------- */

static enum verdict ignored_signals(void)
{
	struct sigaction action;

	for (int s = 1; s < NSIG; s++)
		if (sigaction(s, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			return OPEN;
	return SHUT;
}

static enum verdict blocked_signals(void)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	for (int s = 1; s < NSIG; s++)
		if (sigismember(&set, s) == 1)
			return OPEN;
	return SHUT;
}

static enum verdict descriptors(void)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return OPEN;
	return SHUT;
}

static enum verdict open_umask(void) { return holds(!(umask(0) & 022)); }
static enum verdict token(void) { return holds(getenv(TOKEN) != NULL); }

static enum verdict core_limit(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_CORE, &r);
	return holds(r.rlim_cur > 1);
}

/* --- all of them --------------------------------------------------------- */

static const struct attempt {
	const char *group, *name;
	enum verdict (*try)(void);
} attempts[] = {
	{ "entry", "32-bit table, int 0x80", getpid32 },
	{ "entry", "32-bit table, keyctl", keyctl32 },
	{ "entry", "32-bit table, AF_VSOCK", vsock32 },
	{ "entry", "x32 table", getpid_x32 },
	{ "terminal", "TIOCSTI", tiocsti },
	{ "terminal", "TIOCSTI, upper half set", tiocsti_upper },
	{ "terminal", "TIOCLINUX", tioclinux },
	{ "terminal", "TIOCSETD", tiocsetd },
	{ "namespace", "user, by unshare", user_ns },
	{ "namespace", "user, by clone", user_ns_by_clone },
	{ "namespace", "user and network", user_and_net },
	{ "namespace", "user and mount", user_and_mnt },
	{ "namespace", "mount", mnt_ns },
	{ "namespace", "setns", join_ns },
	{ "socket", "iptables' option", ip_tables },
	{ "socket", "TCP_ULP", tcp_ulp },
	{ "process", "ptrace of a sibling", trace_sibling },
	{ "process", "process_vm_readv of a sibling", read_sibling },
	{ "process", "pidfd_getfd from a sibling", take_from_sibling },
	{ "process", "memory of PID 1", first_mem },
	{ "process", "environment of PID 1", first_env },
	{ "process", "root of PID 1", first_root },
	{ "process", "signals to PID 1", first_signal },
	{ "host", "port on loopback", host_tcp },
	{ "host", "abstract socket", host_abstract },
	{ "host", "socket in a directory", host_socket },
	{ "host", "file in /tmp", host_file },
	{ "host", "/etc/shadow", host_shadow },
	{ "host", "System V memory", host_memory },
	{ "host", "process in /proc", host_process },
	{ "host", "socket through /proc/PID", host_root },
	{ "file", "addresses in /proc/kallsyms", kernel_addresses },
	{ "file", "write: any of /proc/sys", sweep_sysctl },
	{ "file", "write: any other of /proc", sweep_proc },
	{ "file", "write: any of /sys", sweep_sys },
	{ "file", "write: release_agent", release_agent },
	{ "device", "disk", disk },
	{ "device", "mknod", make_node },
	{ "identity", "uid is the host's root", host_uid },
	{ "identity", "group of the host's root", host_groups },
	{ "identity", "capabilities", caps_effective },
	{ "identity", "bounding set", caps_bounding },
	{ "identity", "new privileges by exec", new_privileges },
	{ "inherited", "ignored signals", ignored_signals },
	{ "inherited", "blocked signals", blocked_signals },
	{ "inherited", "descriptors", descriptors },
	{ "inherited", "umask", open_umask },
	{ "inherited", "environment", token },
	{ "inherited", "core limit", core_limit },
};

static enum verdict try_attempt(const void *arg)
{
	const struct attempt *a = arg;

	return a->try();
}

static void print(const char *group, const char *name, enum verdict v)
{
	static const char *const words[] = { "shut", "open", "-" };

	printf("%s\t%s\t%s\t%s\n", group, name, words[v], why);
	fflush(stdout);
}

/* In a child: a filter may answer by SIGSYS. */
static void try_door(const char *group, const char *name,
		     enum verdict (*try)(const void *), const void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	why[0] = '\0';
	if (pid == 0) {
		errno = 0;
		print(group, name, try(arg));
		if (beside)
			kill(beside, SIGKILL);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status)) {
		snprintf(why, sizeof(why), "signal %d", WTERMSIG(status));
		print(group, name, SHUT);
	}
}

static void try_paths(const char *group, const char *prefix,
		      const char *const *paths, size_t n,
		      enum verdict (*try)(const void *))
{
	char name[128];

	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%s", prefix, paths[i]);
		try_door(group, name, try, paths[i]);
	}
}

static int probe(char **argv)
{
	canary_pid = atoi(argv[0]);
	canary_port = atoi(argv[1]);
	canary_dir = argv[2];
	is_first = getpid() == 1;
	for (size_t i = 0; i < LEN(calls); i++)
		try_door("call", calls[i].name, try_call, &calls[i]);
	for (size_t i = 0; i < LEN(families); i++)
		try_door("socket", families[i].name, try_family, &families[i]);
	try_paths("file", "read: ", readable, LEN(readable), try_read);
	try_paths("file", "write: ", writable, LEN(writable), try_write);
	try_paths("device", "", nodes, LEN(nodes), try_node);
	for (size_t i = 0; i < LEN(attempts); i++)
		try_door(attempts[i].group, attempts[i].name, try_attempt,
			 &attempts[i]);
	return 0;
}

/* --- on the host --------------------------------------------------------- */

static int listen_on(const void *address, socklen_t len)
{
	const struct sockaddr *a = address;
	int s = socket(a->sa_family, SOCK_STREAM, 0);

	if (bind(s, a, len) < 0 || listen(s, 64) < 0)
		err(1, "listen");
	return s;
}

/* Nobody accepts: to be connected is enough. */
static int canary(const char *dir)
{
	struct sockaddr_in in = tcp_address(0);
	socklen_t len = sizeof(in);
	struct sockaddr_un un;
	sigset_t end;
	int memory;

	umask(0);
	if (chdir(dir) < 0)
		err(1, "%s", dir);
	if (getsockname(listen_on(&in, len), (struct sockaddr *)&in, &len) < 0)
		err(1, "getsockname");
	len = unix_address(&un, 1, abstract_name(getpid()));
	listen_on(&un, len);
	len = unix_address(&un, 0, "socket");
	listen_on(&un, len);
	if (open("file", O_WRONLY | O_CREAT | O_EXCL, 0666) < 0)
		err(1, "file");
	memory = shmget(getpid(), 1, IPC_CREAT | IPC_EXCL | 0666);
	if (memory < 0)
		err(1, "shmget");
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	printf("%d %d %s\n", getpid(), ntohs(in.sin_port), dir);
	fflush(stdout);
	sigwaitinfo(&end, NULL);
	return shmctl(memory, IPC_RMID, NULL) < 0;
}

static int parent(char **argv)
{
	struct rlimit all;
	sigset_t set;

	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	umask(0);
	getrlimit(RLIMIT_CORE, &all);
	all.rlim_cur = all.rlim_max;
	setrlimit(RLIMIT_CORE, &all);
	setenv(TOKEN, "canary", 1);
	dup2(open("/", O_RDONLY | O_DIRECTORY), 77);
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!strcmp(mode, "canary") && argc == 3)
		return canary(argv[2]);
	if (!strcmp(mode, "parent") && argc > 2)
		return parent(argv + 2);
	if (!strcmp(mode, "probe") && argc == 5)
		return probe(argv + 2);
	fprintf(stderr, "usage: reach canary DIR | parent COMMAND... | "
			"probe PID PORT DIR\n");
	return 2;
}
