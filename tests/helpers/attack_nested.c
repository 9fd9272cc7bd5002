/*
 * attack_nested - what a hostile agent tries as root of a user and a network
 * namespace of its own, one attempt a line.
 *
 *	attack_nested                prints "NAME refused ERROR" or "NAME DONE"
 *	attack_nested run COMMAND... runs COMMAND there
 *	attack_nested count KIND     makes namespaces of "user", "pid" or "net"
 *	                             in a user namespace and keeps them, until
 *	                             the kernel refuses: "COUNT ERROR"
 *	attack_nested make           the namespaces that can be made: "NAME
 *	                             DONE" or "NAME refused ERROR"
 *
 * Where such namespaces cannot be made at all it says so, with status 3.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"

#define SIOCBRADDBR 0x89a0
#define SIOCADDTUNNEL 0x89f1
#define SIOCSIFVLAN 0x8983
#define NETLINK_CRYPTO 21
#define IPT_SO_SET_REPLACE 64
#define IPT_SO_SET_ADD_COUNTERS 65
#define ARPT_SO_SET_ADD_COUNTERS 97
#define IPT_SO_GET_INFO 64
#define ARPT_SO_GET_INFO 96
#define IPT_INFO_LEN 84
#define XFRM_POLICY_LEN 168

/* --- sockets ------------------------------------------------------------- */

static long netlink(int protocol)
{
	return socket(AF_NETLINK, SOCK_RAW, protocol);
}

static long route(void) { return netlink(NETLINK_ROUTE); }
static long xfrm(void) { return netlink(NETLINK_XFRM); }
static long netfilter(void) { return netlink(NETLINK_NETFILTER); }
static long generic(void) { return netlink(NETLINK_GENERIC); }
static long sock_diag(void) { return netlink(NETLINK_SOCK_DIAG); }
static long audit(void) { return netlink(NETLINK_AUDIT); }
static long crypto(void) { return netlink(NETLINK_CRYPTO); }
static long connector(void) { return netlink(NETLINK_CONNECTOR); }
static long iscsi(void) { return netlink(NETLINK_ISCSI); }
static long packet(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static long packet_dgram(void) { return socket(AF_PACKET, SOCK_DGRAM, 0); }
static long xdp(void) { return socket(44, SOCK_RAW, 0); }
static long key(void) { return socket(AF_KEY, SOCK_RAW, 2); }
static long vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0); }
static long tipc(void) { return socket(AF_TIPC, SOCK_STREAM, 0); }
static long rds(void) { return socket(AF_RDS, SOCK_SEQPACKET, 0); }
static long rxrpc(void) { return socket(AF_RXRPC, SOCK_DGRAM, AF_INET); }
static long kcm(void) { return socket(AF_KCM, SOCK_SEQPACKET, 0); }
static long alg(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }
static long can(void) { return socket(AF_CAN, SOCK_RAW, 1); }
static long raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static long raw6(void) { return socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6); }
static long raw_any(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_RAW); }
static long mptcp(void) { return socket(AF_INET, SOCK_STREAM, 262); }
static long sctp(void) { return socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP); }
static long dccp(void) { return socket(AF_INET, SOCK_DCCP, IPPROTO_DCCP); }
static long l2tp(void) { return socket(AF_INET, SOCK_DGRAM, 115); }

static long option(int family, int level, int name)
{
	char zeros[XFRM_POLICY_LEN] = { 0 };
	int s = socket(family, SOCK_STREAM, 0);

	if (s < 0)
		err(1, "an ordinary socket");
	return setsockopt(s, level, name, zeros, sizeof(zeros));
}

/* Refused by the arguments, if not before: EPERM tells the two apart. */
static long past_filter(long rc)
{
	return rc < 0 && errno == EPERM ? rc : 0;
}

static long tables(void)
{
	return past_filter(option(AF_INET, SOL_IP, IPT_SO_SET_REPLACE));
}

static long tables6(void)
{
	return past_filter(option(AF_INET6, SOL_IPV6, IPT_SO_SET_REPLACE));
}

static long counters(void)
{
	return past_filter(option(AF_INET, SOL_IP, IPT_SO_SET_ADD_COUNTERS));
}

static long counters6(void)
{
	return past_filter(option(AF_INET6, SOL_IPV6, IPT_SO_SET_ADD_COUNTERS));
}

static long arp_counters(void)
{
	return past_filter(option(AF_INET, SOL_IP, ARPT_SO_SET_ADD_COUNTERS));
}

/* Of a table that the kernel makes when it is asked for. */
static long table_info(int family, int level, int name)
{
	char info[IPT_INFO_LEN] = "filter";
	socklen_t len = sizeof(info);
	int s = socket(family, SOCK_STREAM, 0);

	if (s < 0)
		err(1, "an ordinary socket");
	return past_filter(getsockopt(s, level, name, info, &len));
}

static long info(void)
{
	return table_info(AF_INET, SOL_IP, IPT_SO_GET_INFO);
}

static long info6(void)
{
	return table_info(AF_INET6, SOL_IPV6, IPT_SO_GET_INFO);
}

static long arp_info(void)
{
	return table_info(AF_INET, SOL_IP, ARPT_SO_GET_INFO);
}

static long policy(void)
{
	return past_filter(option(AF_INET, SOL_IP, IP_XFRM_POLICY));
}

static long policy6(void)
{
	return past_filter(option(AF_INET6, SOL_IPV6, IPV6_XFRM_POLICY));
}

static long ulp(void)
{
	return past_filter(option(AF_INET, SOL_TCP, TCP_ULP));
}

static long repair(void) { return option(AF_INET, SOL_TCP, TCP_REPAIR); }

static long buffer(void)
{
	return option(AF_INET, SOL_SOCKET, SO_SNDBUFFORCE);
}

static long request(unsigned long what, const char *name, short flags)
{
	struct ifreq r = { .ifr_flags = flags };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (s < 0)
		err(1, "an ordinary socket");
	strcpy(r.ifr_name, name);
	return ioctl(s, what, &r);
}

static long loopback_up(void) { return request(SIOCSIFFLAGS, "lo", IFF_UP); }

static long bridge(void)
{
	char name[IFNAMSIZ] = "br0";
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return past_filter(ioctl(s, SIOCBRADDBR, name));
}

static long tunnel(void)
{
	return past_filter(request(SIOCADDTUNNEL, "tunl0", 0));
}

static long vlan(void)
{
	return past_filter(request(SIOCSIFVLAN, "lo", 0));
}

/* --- namespaces, mounts, devices ------------------------------------------ */

static long more_mnt(void) { return unshare(CLONE_NEWNS); }
static long more_uts(void) { return unshare(CLONE_NEWUTS); }
static long more_ipc(void) { return unshare(CLONE_NEWIPC); }
static long more_cgroup(void) { return unshare(CLONE_NEWCGROUP); }
static long more_time(void) { return unshare(CLONE_NEWTIME); }

static long user_and_mnt(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS);
}

static long clone_mnt(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, 0,
			   0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long join(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY);

	return fd < 0 ? fd : setns(fd, 0);
}

static long mount_tmpfs(void)
{
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static long mount_proc(void)
{
	return mount("none", "/tmp", "proc", 0, NULL);
}

static long mount_bind(void)
{
	return mount("/usr", "/tmp", NULL, MS_BIND, NULL);
}

static long fsopen_tmpfs(void) { return syscall(SYS_fsopen, "tmpfs", 0); }
static long pivot(void) { return syscall(SYS_pivot_root, "/tmp", "/tmp"); }
static long host_name(void) { return sethostname("canary", 6); }

static long node(void)
{
	return mknod("/tmp/nested-mem", S_IFCHR | 0666, makedev(1, 1));
}

static long keyring(void) { return syscall(SYS_keyctl, 0, -3, 1); }
static long bpf(void) { return syscall(SYS_bpf, 0, NULL, 0); }
static long uring(void) { return syscall(SYS_io_uring_setup, 1, NULL); }
static long userfault(void) { return syscall(SYS_userfaultfd, 1); }

static long forward(void)
{
	return open("/proc/sys/net/ipv4/ip_forward", O_WRONLY);
}

static long more_user(void)
{
	return open("/proc/sys/user/max_mnt_namespaces", O_WRONLY);
}

/* Up from a root that was left open: it must end where the sandbox does. */
static long climb(void)
{
	struct stat before, after;
	int top = open("/", O_RDONLY | O_DIRECTORY);

	if (stat("/", &before) < 0 || chroot("/tmp") < 0 || fchdir(top) < 0)
		return -1;
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return -1;
	if (chroot(".") < 0 || stat("/", &after) < 0)
		return -1;
	errno = EXDEV;
	return before.st_ino == after.st_ino && before.st_dev == after.st_dev ?
		       -1 : 0;
}

static const struct attempt attempts[] = {
	TRY(route), TRY(xfrm), TRY(netfilter), TRY(generic), TRY(sock_diag),
	TRY(audit), TRY(crypto), TRY(connector), TRY(iscsi), TRY(packet),
	TRY(packet_dgram), TRY(xdp), TRY(key), TRY(vsock), TRY(tipc), TRY(rds),
	TRY(rxrpc), TRY(kcm), TRY(alg), TRY(can), TRY(raw), TRY(raw6),
	TRY(raw_any), TRY(mptcp), TRY(sctp), TRY(dccp), TRY(l2tp), TRY(tables),
	TRY(tables6), TRY(counters), TRY(counters6), TRY(arp_counters),
	TRY(info), TRY(info6), TRY(arp_info), TRY(policy), TRY(policy6),
	TRY(ulp), TRY(repair),
	TRY(buffer), TRY(loopback_up), TRY(bridge), TRY(tunnel), TRY(vlan),
	TRY(more_mnt), TRY(more_uts), TRY(more_ipc), TRY(more_cgroup),
	TRY(more_time), TRY(user_and_mnt), TRY(clone_mnt), TRY(join),
	TRY(mount_tmpfs), TRY(mount_proc), TRY(mount_bind), TRY(fsopen_tmpfs),
	TRY(pivot), TRY(host_name), TRY(node), TRY(keyring), TRY(bpf),
	TRY(uring), TRY(userfault), TRY(forward), TRY(more_user), TRY(climb),
};

/* --- the namespaces ------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

static void become_root(int flags)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %d 1", (int)geteuid());
	snprintf(gids, sizeof(gids), "0 %d 1", (int)getegid());
	if (unshare(CLONE_NEWUSER | flags) < 0)
		err(3, "unshare");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", uids);
	write_file("/proc/self/gid_map", gids);
}

static _Noreturn void wait_for(int end)
{
	char byte;

	(void)!read(end, &byte, 1);
	_exit(0);
}

/* Kept by a process that waits for the end of the pipe: 0 or errno. A PID
 * namespace comes to be with its first process. */
static int keep_one(int flag, const int end[2])
{
	int report[2], error;
	pid_t pid;

	if (pipe(report) < 0)
		err(1, "pipe");
	if (fork() == 0) {
		close(end[1]);
		close(report[0]);
		error = unshare(flag) < 0 ? errno : 0;
		pid = error ? 0 : fork();
		if (!error && pid < 0)
			error = errno;
		else if (!error && pid == 0)
			wait_for(end[0]);
		(void)!write(report[1], &error, sizeof(error));
		close(report[1]);
		wait_for(end[0]);
	}
	close(report[1]);
	if (read(report[0], &error, sizeof(error)) != sizeof(error))
		error = EPIPE;
	close(report[0]);
	return error;
}

static int count(const char *kind)
{
	int flag = !strcmp(kind, "user") ? CLONE_NEWUSER :
		   !strcmp(kind, "pid") ? CLONE_NEWPID : CLONE_NEWNET;
	int end[2], n = 0, error = 0;

	if (pipe(end) < 0)
		err(1, "pipe");
	become_root(0);
	while (n < 1000 && (error = keep_one(flag, end)) == 0)
		n++;
	printf("%d %s\n", n, strerrorname_np(error));
	return 0;
}

static int make(void)
{
	static const struct {
		const char *name;
		int flag;
	} kinds[] = {
		{ "user", 0 }, { "pid", CLONE_NEWPID }, { "net", CLONE_NEWNET },
		{ "mnt", CLONE_NEWNS }, { "uts", CLONE_NEWUTS },
		{ "ipc", CLONE_NEWIPC }, { "cgroup", CLONE_NEWCGROUP },
		{ "time", CLONE_NEWTIME },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (fork() == 0) {
			attempt_report(kinds[i].name,
				       unshare(CLONE_NEWUSER | kinds[i].flag));
			_exit(0);
		}
		wait(NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "count"))
		return count(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "make"))
		return make();
	become_root(CLONE_NEWNET);
	if (argc > 2 && !strcmp(argv[1], "run")) {
		execv(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	attempt_all(attempts, sizeof(attempts) / sizeof(*attempts));
	return 0;
}
