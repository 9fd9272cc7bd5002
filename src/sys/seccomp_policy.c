/* lint: long file: a table with a row for each system call, and others that
 * say how they differ from it */
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/macros.h"
#include "sys/seccomp_policy.h"

#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))

/* A number given twice is a warning (-Woverride-init). */
#define CALL(nr, name, action, tests) [nr] = {nr, name, action, tests}
#define ALLOW(nr, name) CALL(nr, #name, SECCOMP_RET_ALLOW, NULL)
#define REFUSE(nr, name) CALL(nr, #name, ERRNO(EPERM), NULL)
#define ABSENT(nr, name) CALL(nr, #name, ERRNO(ENOSYS), NULL)
#define KILL(nr, name) CALL(nr, #name, SECCOMP_RET_KILL_PROCESS, NULL)
#define TESTED(nr, name, tests) CALL(nr, #name, 0, tests)

/* --- tests of arguments -------------------------------------------------- */

/* clang-format off */
#define BITS(arg, mask, value) {arg, mask, value}
#define IS(arg, value) BITS(arg, UINT32_MAX, value)
/* One of `n` numbers, a power of two; `first` is a multiple of it. */
#define SPAN(arg, first, n) BITS(arg, UINT32_MAX - ((n) - 1), first)
#define WHEN1(action, a) {action, 1, {a}}
#define WHEN2(action, a, b) {action, 2, {a, b}}
#define WHEN3(action, a, b, c) {action, 3, {a, b, c}}
#define OTHERWISE(action) {action, 0, {{0, 0, 0}}}
/* clang-format on */

#define OK SECCOMP_RET_ALLOW
#define NO ERRNO(EPERM)

/* CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET. The bit of CLONE_NEWTIME is
 * part of the exit signal for clone(2); only unshare(2) and clone3(2) read it
 * as a namespace. */
#define CLONE_NEW 0x7e020000
#define CLONE_NEWTIME_BIT 0x80
/* CLONE_NEWUSER, PID, NET: what a browser confines its own processes by. */
#define CLONE_NESTED 0x70000000

static const struct seccomp_test clone_tests[] = {
	WHEN1(OK, BITS(0, CLONE_NEW, 0)),
	OTHERWISE(NO),
};

static const struct seccomp_test unshare_tests[] = {
	WHEN1(OK, BITS(0, CLONE_NEW | CLONE_NEWTIME_BIT, 0)),
	OTHERWISE(NO),
};

static const struct seccomp_test browser_clone_tests[] = {
	WHEN1(OK, BITS(0, CLONE_NEW & ~CLONE_NESTED, 0)),
	OTHERWISE(NO),
};

static const struct seccomp_test browser_unshare_tests[] = {
	WHEN1(OK,
	      BITS(0, (CLONE_NEW & ~CLONE_NESTED) | CLONE_NEWTIME_BIT, 0)),
	OTHERWISE(NO),
};

/* clang-format off */
/* What puts words into somebody else's terminal, or reaches the console. */
#define TERMINAL_REQUESTS                                                  \
	WHEN1(NO, IS(1, 0x5412)), /* TIOCSTI */                            \
	WHEN1(NO, IS(1, 0x541c)), /* TIOCLINUX */                          \
	WHEN1(NO, IS(1, 0x541d)), /* TIOCCONS */                           \
	WHEN1(NO, IS(1, 0x5423))  /* TIOCSETD: rarely audited disciplines */
/* clang-format on */

static const struct seccomp_test ioctl_tests[] = {
	TERMINAL_REQUESTS,
	OTHERWISE(OK),
};

/* Who makes a network namespace within a user namespace is its administrator:
 * of the requests to sockets (0x89xx) those stay that ask, and do not make
 * bridges, tunnels, routes. */
static const struct seccomp_test browser_ioctl_tests[] = {
	TERMINAL_REQUESTS,
	WHEN1(OK, IS(1, 0x8901)), /* FIOSETOWN */
	WHEN1(OK, IS(1, 0x8902)), /* SIOCSPGRP */
	WHEN1(OK, IS(1, 0x8903)), /* FIOGETOWN */
	WHEN1(OK, IS(1, 0x8904)), /* SIOCGPGRP */
	WHEN1(OK, IS(1, 0x8905)), /* SIOCATMARK */
	WHEN1(OK, IS(1, 0x8906)), /* SIOCGSTAMP */
	WHEN1(OK, IS(1, 0x8910)), /* SIOCGIFNAME */
	WHEN1(OK, IS(1, 0x8912)), /* SIOCGIFCONF */
	WHEN1(OK, IS(1, 0x8913)), /* SIOCGIFFLAGS */
	WHEN1(OK, IS(1, 0x8915)), /* SIOCGIFADDR */
	WHEN1(OK, IS(1, 0x8919)), /* SIOCGIFBRDADDR */
	WHEN1(OK, IS(1, 0x891b)), /* SIOCGIFNETMASK */
	WHEN1(OK, IS(1, 0x8921)), /* SIOCGIFMTU */
	WHEN1(OK, IS(1, 0x8927)), /* SIOCGIFHWADDR */
	WHEN1(OK, IS(1, 0x8933)), /* SIOCGIFINDEX */
	WHEN1(NO, BITS(1, 0xffffff00, 0x8900)),
	OTHERWISE(OK),
};

/* A listener answers calls in the place of the kernel. */
static const struct seccomp_test strict_seccomp_tests[] = {
	WHEN2(NO, IS(0, 1), BITS(1, 0x8, 0x8)),
	OTHERWISE(OK),
};

/* PR_SET_MM can make a process lie about its own program and arguments. */
static const struct seccomp_test prctl_tests[] = {
	WHEN1(NO, IS(0, 35)),
	OTHERWISE(OK),
};

/* The query, PER_LINUX, PER_LINUX32 and both with UNAME26. Others make memory
 * executable or addresses predictable. */
static const struct seccomp_test personality_tests[] = {
	WHEN1(OK, IS(0, 0xffffffff)), WHEN1(OK, IS(0, 0)),
	WHEN1(OK, IS(0, 0x8)),	      WHEN1(OK, IS(0, 0x20000)),
	WHEN1(OK, IS(0, 0x20008)),    OTHERWISE(NO),
};

/* clang-format off */
/* Tables of the packet filters, policies of IPsec, and the upper layer
 * protocols and encapsulations that bring rarely audited protocols under a
 * plain socket. Then what takes a capability that nobody has here, but for
 * who makes a user namespace of his own. */
#define REFUSED_OPTIONS                                                     \
	WHEN2(NO, IS(1, 6), IS(2, 31)),	  /* SOL_TCP, TCP_ULP */            \
	WHEN2(NO, IS(1, 17), IS(2, 100)), /* SOL_UDP, UDP_ENCAP */          \
	WHEN2(NO, IS(1, 0), SPAN(2, 64, 2)),  /* SOL_IP, IPT_SO_SET_* */    \
	WHEN2(NO, IS(1, 0), SPAN(2, 96, 2)),  /* SOL_IP, ARPT_SO_SET_* */   \
	WHEN2(NO, IS(1, 0), SPAN(2, 128, 2)), /* SOL_IP, EBT_SO_SET_* */    \
	WHEN2(NO, IS(1, 41), SPAN(2, 64, 2)), /* SOL_IPV6, IP6T_SO_SET_* */ \
	WHEN2(NO, IS(1, 0), SPAN(2, 1152, 128)), /* SOL_IP, IP_VS_SO_SET_* */ \
	WHEN2(NO, IS(1, 0), IS(2, 16)),	  /* SOL_IP, IP_IPSEC_POLICY */     \
	WHEN2(NO, IS(1, 0), IS(2, 17)),	  /* SOL_IP, IP_XFRM_POLICY */      \
	WHEN2(NO, IS(1, 41), IS(2, 34)),  /* SOL_IPV6, IPV6_IPSEC_POLICY */ \
	WHEN2(NO, IS(1, 41), IS(2, 35)),  /* SOL_IPV6, IPV6_XFRM_POLICY */  \
	WHEN2(NO, IS(1, 6), IS(2, 19)),	  /* SOL_TCP, TCP_REPAIR */         \
	WHEN2(NO, IS(1, 1), IS(2, 32)),	  /* SOL_SOCKET, SO_SNDBUFFORCE */  \
	WHEN2(NO, IS(1, 1), IS(2, 33))	  /* SOL_SOCKET, SO_RCVBUFFORCE */
/* clang-format on */

static const struct seccomp_test setsockopt_tests[] = {
	REFUSED_OPTIONS,
	OTHERWISE(OK),
};

/* clang-format off */
/* The same tables: who is the administrator of a nested network namespace can
 * ask for its own, and the kernel makes them then, modules and all. */
static const struct seccomp_test browser_getsockopt_tests[] = {
	WHEN2(NO, IS(1, 0), SPAN(2, 64, 4)),	 /* SOL_IP, IPT_SO_GET_* */
	WHEN2(NO, IS(1, 0), SPAN(2, 96, 4)),	 /* SOL_IP, ARPT_SO_GET_* */
	WHEN2(NO, IS(1, 0), SPAN(2, 128, 4)),	 /* SOL_IP, EBT_SO_GET_* */
	WHEN2(NO, IS(1, 41), SPAN(2, 64, 2)),	 /* SOL_IPV6, IP6T_SO_GET_* */
	WHEN2(NO, IS(1, 41), SPAN(2, 68, 2)),
	WHEN2(NO, IS(1, 0), SPAN(2, 1152, 128)), /* SOL_IP, IP_VS_SO_GET_* */
	OTHERWISE(OK),
};
/* clang-format on */

/* Programs for the kernel's packet filter: its verifiers and compilers. */
static const struct seccomp_test strict_setsockopt_tests[] = {
	REFUSED_OPTIONS,
	WHEN2(NO, IS(1, 1), IS(2, 26)), /* SO_ATTACH_FILTER */
	WHEN2(NO, IS(1, 1), IS(2, 50)), /* SO_ATTACH_BPF */
	WHEN2(NO, IS(1, 1), IS(2, 51)), /* SO_ATTACH_REUSEPORT_CBPF */
	WHEN2(NO, IS(1, 1), IS(2, 52)), /* SO_ATTACH_REUSEPORT_EBPF */
	OTHERWISE(OK),
};

/* The upper bits of the type are SOCK_CLOEXEC and SOCK_NONBLOCK. */
#define FAMILY(family) IS(0, family)
#define TYPE(type) BITS(1, 0xf, type)
#define PROTOCOL(protocol) IS(2, protocol)
enum { UNIX = 1, INET = 2, INET6 = 10, NETLINK = 16 };
enum { STREAM = 1, DGRAM = 2, RAW = 3, SEQPACKET = 5, PACKET = 10 };

/* clang-format off */
/* Protocol 0 is the type's usual one. */
#define USUAL_SOCKETS                                       \
	WHEN2(OK, FAMILY(UNIX), TYPE(STREAM)),              \
	WHEN2(OK, FAMILY(UNIX), TYPE(DGRAM)),               \
	WHEN2(OK, FAMILY(UNIX), TYPE(SEQPACKET)),           \
	WHEN3(OK, FAMILY(INET), TYPE(STREAM), PROTOCOL(0)), \
	WHEN3(OK, FAMILY(INET), TYPE(STREAM), PROTOCOL(6)), \
	WHEN3(OK, FAMILY(INET), TYPE(DGRAM), PROTOCOL(0)),  \
	WHEN3(OK, FAMILY(INET), TYPE(DGRAM), PROTOCOL(17)), \
	WHEN3(OK, FAMILY(INET6), TYPE(STREAM), PROTOCOL(0)), \
	WHEN3(OK, FAMILY(INET6), TYPE(STREAM), PROTOCOL(6)), \
	WHEN3(OK, FAMILY(INET6), TYPE(DGRAM), PROTOCOL(0)), \
	WHEN3(OK, FAMILY(INET6), TYPE(DGRAM), PROTOCOL(17))
#define PING_SOCKETS                                        \
	WHEN3(OK, FAMILY(INET), TYPE(DGRAM), PROTOCOL(1)),  \
	WHEN3(OK, FAMILY(INET6), TYPE(DGRAM), PROTOCOL(58))
/* Which types there are netlink itself knows; a raw one is an ordinary one to
 * it. ROUTE is for the list of interfaces, KOBJECT_UEVENT for udev's. */
#define ROUTE_SOCKETS WHEN2(OK, FAMILY(NETLINK), PROTOCOL(0))
#define UEVENT_SOCKETS WHEN2(OK, FAMILY(NETLINK), PROTOCOL(15))
/* MPTCP, SCTP, DCCP, UDP-Lite and the like, and what is left of the three
 * families. Errors are those of a kernel without the thing, so that programs
 * look for another way: libaudit, say, takes EAFNOSUPPORT for "no auditing
 * here". */
#define OTHER_SOCKETS                                                  \
	WHEN2(ERRNO(EPROTONOSUPPORT), FAMILY(INET), TYPE(STREAM)),     \
	WHEN2(ERRNO(EPROTONOSUPPORT), FAMILY(INET), TYPE(DGRAM)),      \
	WHEN2(ERRNO(EPROTONOSUPPORT), FAMILY(INET6), TYPE(STREAM)),    \
	WHEN2(ERRNO(EPROTONOSUPPORT), FAMILY(INET6), TYPE(DGRAM)),     \
	WHEN2(NO, FAMILY(UNIX), TYPE(RAW)),                            \
	WHEN2(NO, FAMILY(UNIX), TYPE(PACKET)),                         \
	WHEN2(NO, FAMILY(INET), TYPE(RAW)),                            \
	WHEN2(NO, FAMILY(INET), TYPE(PACKET)),                         \
	WHEN2(NO, FAMILY(INET6), TYPE(RAW)),                           \
	WHEN2(NO, FAMILY(INET6), TYPE(PACKET)),                        \
	WHEN1(ERRNO(ESOCKTNOSUPPORT), FAMILY(UNIX)),                   \
	WHEN1(ERRNO(ESOCKTNOSUPPORT), FAMILY(INET)),                   \
	WHEN1(ERRNO(ESOCKTNOSUPPORT), FAMILY(INET6)),                  \
	OTHERWISE(ERRNO(EAFNOSUPPORT))
/* clang-format on */

static const struct seccomp_test socket_tests[] = {
	USUAL_SOCKETS, PING_SOCKETS,  ROUTE_SOCKETS,
	UEVENT_SOCKETS, OTHER_SOCKETS,
};

static const struct seccomp_test strict_socket_tests[] = {
	USUAL_SOCKETS, ROUTE_SOCKETS, OTHER_SOCKETS,
};

/* The administrator of a nested network namespace reaches schedulers,
 * classifiers and virtual devices by ROUTE, and nothing else is left to reach
 * them by. What lists interfaces gets the answer of a kernel without it. */
static const struct seccomp_test browser_socket_tests[] = {
	USUAL_SOCKETS, PING_SOCKETS, UEVENT_SOCKETS, OTHER_SOCKETS,
};

/* KEYCTL_JOIN_SESSION_KEYRING: init leaves the host's keyring behind, and
 * KEYCTL_GET_KEYRING_ID of KEY_SPEC_SESSION_KEYRING, to see that it did. */
static const struct seccomp_test init_keyctl_tests[] = {
	WHEN1(OK, IS(0, 1)),
	WHEN2(OK, IS(0, 0), IS(1, 0xfffffffd)),
	OTHERWISE(NO),
};

/* PROT_EXEC */
static const struct seccomp_test jail_map_tests[] = {
	WHEN1(OK, BITS(2, 0x4, 0)),
	OTHERWISE(SECCOMP_RET_KILL_PROCESS),
};

static const struct seccomp_test jail_fcntl_tests[] = {
	WHEN1(OK, IS(1, 1)), /* F_GETFD */
	WHEN1(OK, IS(1, 2)), /* F_SETFD */
	WHEN1(OK, IS(1, 3)), /* F_GETFL */
	WHEN1(OK, IS(1, 4)), /* F_SETFL */
	OTHERWISE(SECCOMP_RET_KILL_PROCESS),
};

/* --- the guest ------------------------------------------------------------ */

static const struct seccomp_call default_calls[SECCOMP_NR_END] = {
	ALLOW(0, read),
	ALLOW(1, write),
	ALLOW(2, open),
	ALLOW(3, close),
	ALLOW(4, stat),
	ALLOW(5, fstat),
	ALLOW(6, lstat),
	ALLOW(7, poll),
	ALLOW(8, lseek),
	ALLOW(9, mmap),
	ALLOW(10, mprotect),
	ALLOW(11, munmap),
	ALLOW(12, brk),
	ALLOW(13, rt_sigaction),
	ALLOW(14, rt_sigprocmask),
	ALLOW(15, rt_sigreturn),
	TESTED(16, ioctl, ioctl_tests),
	ALLOW(17, pread64),
	ALLOW(18, pwrite64),
	ALLOW(19, readv),
	ALLOW(20, writev),
	ALLOW(21, access),
	ALLOW(22, pipe),
	ALLOW(23, select),
	ALLOW(24, sched_yield),
	ALLOW(25, mremap),
	ALLOW(26, msync),
	ALLOW(27, mincore),
	ALLOW(28, madvise),
	ALLOW(29, shmget),
	ALLOW(30, shmat),
	ALLOW(31, shmctl),
	ALLOW(32, dup),
	ALLOW(33, dup2),
	ALLOW(34, pause),
	ALLOW(35, nanosleep),
	ALLOW(36, getitimer),
	ALLOW(37, alarm),
	ALLOW(38, setitimer),
	ALLOW(39, getpid),
	ALLOW(40, sendfile),
	TESTED(41, socket, socket_tests),
	ALLOW(42, connect),
	ALLOW(43, accept),
	ALLOW(44, sendto),
	ALLOW(45, recvfrom),
	ALLOW(46, sendmsg),
	ALLOW(47, recvmsg),
	ALLOW(48, shutdown),
	ALLOW(49, bind),
	ALLOW(50, listen),
	ALLOW(51, getsockname),
	ALLOW(52, getpeername),
	TESTED(53, socketpair, socket_tests),
	TESTED(54, setsockopt, setsockopt_tests),
	ALLOW(55, getsockopt),
	TESTED(56, clone, clone_tests),
	ALLOW(57, fork),
	ALLOW(58, vfork),
	ALLOW(59, execve),
	ALLOW(60, exit),
	ALLOW(61, wait4),
	ALLOW(62, kill),
	ALLOW(63, uname),
	ALLOW(64, semget),
	ALLOW(65, semop),
	ALLOW(66, semctl),
	ALLOW(67, shmdt),
	ALLOW(68, msgget),
	ALLOW(69, msgsnd),
	ALLOW(70, msgrcv),
	ALLOW(71, msgctl),
	ALLOW(72, fcntl),
	ALLOW(73, flock),
	ALLOW(74, fsync),
	ALLOW(75, fdatasync),
	ALLOW(76, truncate),
	ALLOW(77, ftruncate),
	ALLOW(78, getdents),
	ALLOW(79, getcwd),
	ALLOW(80, chdir),
	ALLOW(81, fchdir),
	ALLOW(82, rename),
	ALLOW(83, mkdir),
	ALLOW(84, rmdir),
	ALLOW(85, creat),
	ALLOW(86, link),
	ALLOW(87, unlink),
	ALLOW(88, symlink),
	ALLOW(89, readlink),
	ALLOW(90, chmod),
	ALLOW(91, fchmod),
	ALLOW(92, chown),
	ALLOW(93, fchown),
	ALLOW(94, lchown),
	ALLOW(95, umask),
	ALLOW(96, gettimeofday),
	ALLOW(97, getrlimit),
	ALLOW(98, getrusage),
	ALLOW(99, sysinfo),
	ALLOW(100, times),
	ALLOW(102, getuid),
	ALLOW(104, getgid),
	ALLOW(105, setuid),
	ALLOW(106, setgid),
	ALLOW(107, geteuid),
	ALLOW(108, getegid),
	ALLOW(109, setpgid),
	ALLOW(110, getppid),
	ALLOW(111, getpgrp),
	ALLOW(112, setsid),
	ALLOW(113, setreuid),
	ALLOW(114, setregid),
	ALLOW(115, getgroups),
	ALLOW(116, setgroups),
	ALLOW(117, setresuid),
	ALLOW(118, getresuid),
	ALLOW(119, setresgid),
	ALLOW(120, getresgid),
	ALLOW(121, getpgid),
	ALLOW(122, setfsuid),
	ALLOW(123, setfsgid),
	ALLOW(124, getsid),
	ALLOW(125, capget),
	ALLOW(126, capset),
	ALLOW(127, rt_sigpending),
	ALLOW(128, rt_sigtimedwait),
	ALLOW(129, rt_sigqueueinfo),
	ALLOW(130, rt_sigsuspend),
	ALLOW(131, sigaltstack),
	ALLOW(132, utime),
	ALLOW(133, mknod),
	TESTED(135, personality, personality_tests),
	ALLOW(137, statfs),
	ALLOW(138, fstatfs),
	ALLOW(140, getpriority),
	ALLOW(141, setpriority),
	ALLOW(142, sched_setparam),
	ALLOW(143, sched_getparam),
	ALLOW(144, sched_setscheduler),
	ALLOW(145, sched_getscheduler),
	ALLOW(146, sched_get_priority_max),
	ALLOW(147, sched_get_priority_min),
	ALLOW(148, sched_rr_get_interval),
	ALLOW(149, mlock),
	ALLOW(150, munlock),
	ALLOW(151, mlockall),
	ALLOW(152, munlockall),
	TESTED(157, prctl, prctl_tests),
	ALLOW(158, arch_prctl),
	ALLOW(160, setrlimit),
	ALLOW(162, sync),
	ALLOW(186, gettid),
	ALLOW(187, readahead),
	ALLOW(188, setxattr),
	ALLOW(189, lsetxattr),
	ALLOW(190, fsetxattr),
	ALLOW(191, getxattr),
	ALLOW(192, lgetxattr),
	ALLOW(193, fgetxattr),
	ALLOW(194, listxattr),
	ALLOW(195, llistxattr),
	ALLOW(196, flistxattr),
	ALLOW(197, removexattr),
	ALLOW(198, lremovexattr),
	ALLOW(199, fremovexattr),
	ALLOW(200, tkill),
	ALLOW(201, time),
	ALLOW(202, futex),
	ALLOW(203, sched_setaffinity),
	ALLOW(204, sched_getaffinity),
	ALLOW(213, epoll_create),
	ALLOW(216, remap_file_pages),
	ALLOW(217, getdents64),
	ALLOW(218, set_tid_address),
	ALLOW(219, restart_syscall),
	ALLOW(220, semtimedop),
	ALLOW(221, fadvise64),
	ALLOW(222, timer_create),
	ALLOW(223, timer_settime),
	ALLOW(224, timer_gettime),
	ALLOW(225, timer_getoverrun),
	ALLOW(226, timer_delete),
	ALLOW(228, clock_gettime),
	ALLOW(229, clock_getres),
	ALLOW(230, clock_nanosleep),
	ALLOW(231, exit_group),
	ALLOW(232, epoll_wait),
	ALLOW(233, epoll_ctl),
	ALLOW(234, tgkill),
	ALLOW(235, utimes),
	ALLOW(239, get_mempolicy),
	ALLOW(240, mq_open),
	ALLOW(241, mq_unlink),
	ALLOW(242, mq_timedsend),
	ALLOW(243, mq_timedreceive),
	ALLOW(244, mq_notify),
	ALLOW(245, mq_getsetattr),
	ALLOW(247, waitid),
	ALLOW(251, ioprio_set),
	ALLOW(252, ioprio_get),
	ALLOW(253, inotify_init),
	ALLOW(254, inotify_add_watch),
	ALLOW(255, inotify_rm_watch),
	ALLOW(257, openat),
	ALLOW(258, mkdirat),
	ALLOW(259, mknodat),
	ALLOW(260, fchownat),
	ALLOW(261, futimesat),
	ALLOW(262, newfstatat),
	ALLOW(263, unlinkat),
	ALLOW(264, renameat),
	ALLOW(265, linkat),
	ALLOW(266, symlinkat),
	ALLOW(267, readlinkat),
	ALLOW(268, fchmodat),
	ALLOW(269, faccessat),
	ALLOW(270, pselect6),
	ALLOW(271, ppoll),
	TESTED(272, unshare, unshare_tests),
	ALLOW(273, set_robust_list),
	ALLOW(274, get_robust_list),
	ALLOW(275, splice),
	ALLOW(276, tee),
	ALLOW(277, sync_file_range),
	ALLOW(280, utimensat),
	ALLOW(281, epoll_pwait),
	ALLOW(282, signalfd),
	ALLOW(283, timerfd_create),
	ALLOW(284, eventfd),
	ALLOW(285, fallocate),
	ALLOW(286, timerfd_settime),
	ALLOW(287, timerfd_gettime),
	ALLOW(288, accept4),
	ALLOW(289, signalfd4),
	ALLOW(290, eventfd2),
	ALLOW(291, epoll_create1),
	ALLOW(292, dup3),
	ALLOW(293, pipe2),
	ALLOW(294, inotify_init1),
	ALLOW(295, preadv),
	ALLOW(296, pwritev),
	ALLOW(297, rt_tgsigqueueinfo),
	ALLOW(299, recvmmsg),
	ALLOW(302, prlimit64),
	ALLOW(306, syncfs),
	ALLOW(307, sendmmsg),
	ALLOW(309, getcpu),
	ALLOW(314, sched_setattr),
	ALLOW(315, sched_getattr),
	ALLOW(316, renameat2),
	ALLOW(317, seccomp),
	ALLOW(318, getrandom),
	ALLOW(319, memfd_create),
	ALLOW(322, execveat),
	ALLOW(324, membarrier),
	ALLOW(325, mlock2),
	ALLOW(326, copy_file_range),
	ALLOW(327, preadv2),
	ALLOW(328, pwritev2),
	ALLOW(329, pkey_mprotect),
	ALLOW(330, pkey_alloc),
	ALLOW(331, pkey_free),
	ALLOW(332, statx),
	ALLOW(334, rseq),

	/* Made by the kernel's own trampolines when the host probes a program;
	 * from anywhere else they end in a signal. */
	ALLOW(335, uretprobe),
	ALLOW(336, uprobe),

	ALLOW(424, pidfd_send_signal),
	ALLOW(434, pidfd_open),
	ALLOW(436, close_range),
	ALLOW(437, openat2),
	ALLOW(439, faccessat2),
	ALLOW(441, epoll_pwait2),
	ALLOW(444, landlock_create_ruleset),
	ALLOW(445, landlock_add_rule),
	ALLOW(446, landlock_restrict_self),
	ALLOW(448, process_mrelease),
	ALLOW(449, futex_waitv),
	ALLOW(451, cachestat),
	ALLOW(452, fchmodat2),
	ALLOW(453, map_shadow_stack),
	ALLOW(454, futex_wake),
	ALLOW(455, futex_wait),
	ALLOW(456, futex_requeue),
	/* They tell what /proc/self/mountinfo tells, under the same rule of
	 * who may see which mount. */
	ALLOW(457, statmount),
	ALLOW(458, listmount),
	ALLOW(459, lsm_get_self_attr),
	ALLOW(461, lsm_list_modules),
	ALLOW(462, mseal),
	ALLOW(463, setxattrat),
	ALLOW(464, getxattrat),
	ALLOW(465, listxattrat),
	ALLOW(466, removexattrat),
	ALLOW(468, file_getattr),
	ALLOW(469, file_setattr),
	ALLOW(471, rseq_slice_yield),

	/* Its flags lie behind a pointer, where no filter can look. On ENOSYS
	 * the C libraries use clone, whose flags can be tested. */
	ABSENT(435, clone3),
	/* The older asynchronous input and output, of databases. All programs
	 * of the machine share one number of events (aio-max-nr,
	 * proc_sys_fs(5)), which any one could use up. */
	ABSENT(206, io_setup),
	ABSENT(207, io_destroy),
	ABSENT(208, io_getevents),
	ABSENT(209, io_submit),
	ABSENT(210, io_cancel),
	ABSENT(333, io_pgetevents),
	/* Numbers without a call behind them. */
	ABSENT(156, _sysctl),
	ABSENT(174, create_module),
	ABSENT(177, get_kernel_syms),
	ABSENT(178, query_module),
	ABSENT(181, getpmsg),
	ABSENT(182, putpmsg),
	ABSENT(183, afs_syscall),
	ABSENT(184, tuxcall),
	ABSENT(185, security),
	ABSENT(205, set_thread_area),
	ABSENT(211, get_thread_area),
	ABSENT(214, epoll_ctl_old),
	ABSENT(215, epoll_wait_old),
	ABSENT(236, vserver),

	/* Another process's memory and descriptors. */
	REFUSE(101, ptrace),
	REFUSE(310, process_vm_readv),
	REFUSE(311, process_vm_writev),
	REFUSE(312, kcmp),
	REFUSE(438, pidfd_getfd),
	REFUSE(440, process_madvise),
	/* Mounts, roots and namespaces. */
	REFUSE(161, chroot),
	REFUSE(165, mount),
	REFUSE(166, umount2),
	REFUSE(308, setns),
	REFUSE(428, open_tree),
	REFUSE(429, move_mount),
	REFUSE(430, fsopen),
	REFUSE(431, fsconfig),
	REFUSE(432, fsmount),
	REFUSE(433, fspick),
	REFUSE(442, mount_setattr),
	REFUSE(467, open_tree_attr),
	REFUSE(470, listns),
	/* Files by handle pass every mount and directory on the way. */
	REFUSE(303, name_to_handle_at),
	REFUSE(304, open_by_handle_at),
	/* The machine's clock, name, log, quotas and terminals. */
	REFUSE(103, syslog),
	REFUSE(153, vhangup),
	REFUSE(159, adjtimex),
	REFUSE(164, settimeofday),
	REFUSE(170, sethostname),
	REFUSE(171, setdomainname),
	REFUSE(179, quotactl),
	REFUSE(227, clock_settime),
	REFUSE(305, clock_adjtime),
	REFUSE(443, quotactl_fd),
	REFUSE(136, ustat),
	REFUSE(139, sysfs),
	REFUSE(460, lsm_set_self_attr),
	/* Keyrings have no namespace. */
	REFUSE(248, add_key),
	REFUSE(249, request_key),
	REFUSE(250, keyctl),
	/* Much kernel code, many past holes, little that a desktop needs. */
	REFUSE(154, modify_ldt),
	REFUSE(278, vmsplice),
	REFUSE(298, perf_event_open),
	REFUSE(300, fanotify_init),
	REFUSE(301, fanotify_mark),
	REFUSE(321, bpf),
	REFUSE(323, userfaultfd),
	REFUSE(425, io_uring_setup),
	REFUSE(426, io_uring_enter),
	REFUSE(427, io_uring_register),
	/* Hides pages from the host. */
	REFUSE(447, memfd_secret),
	/* Placement on memory nodes is the host's to decide. */
	REFUSE(237, mbind),
	REFUSE(238, set_mempolicy),
	REFUSE(256, migrate_pages),
	REFUSE(279, move_pages),
	REFUSE(450, set_mempolicy_home_node),

	/* Nobody calls these by accident. */
	KILL(134, uselib),
	KILL(155, pivot_root),
	KILL(163, acct),
	KILL(167, swapon),
	KILL(168, swapoff),
	KILL(169, reboot),
	KILL(172, iopl),
	KILL(173, ioperm),
	KILL(175, init_module),
	KILL(176, delete_module),
	KILL(180, nfsservctl),
	KILL(212, lookup_dcookie),
	KILL(246, kexec_load),
	KILL(313, finit_module),
	KILL(320, kexec_file_load),
};

/* --- less for the guest --------------------------------------------------- */

static const struct seccomp_call strict_calls[SECCOMP_NR_END] = {
	TESTED(41, socket, strict_socket_tests),
	TESTED(53, socketpair, strict_socket_tests),
	TESTED(54, setsockopt, strict_setsockopt_tests),
	TESTED(317, seccomp, strict_seccomp_tests),

	/* Pages that two files share, by way of a pipe: CVE-2022-0847 and its
	 * like. Programs copy where they are told that it cannot be. */
	ABSENT(275, splice),
	ABSENT(276, tee),
	/* Messages of any size, kept in the kernel for as long as wanted, are
	 * what exploits of others' mistakes fill its memory with. */
	REFUSE(68, msgget),
	REFUSE(69, msgsnd),
	REFUSE(70, msgrcv),
	REFUSE(71, msgctl),
	ABSENT(240, mq_open),
	ABSENT(241, mq_unlink),
	ABSENT(242, mq_timedsend),
	ABSENT(243, mq_timedreceive),
	ABSENT(244, mq_notify),
	ABSENT(245, mq_getsetattr),
	/* Nobody's; emulated since Linux 4.0. */
	ABSENT(216, remap_file_pages),
	/* For who kills others to get at their memory. */
	ABSENT(448, process_mrelease),
	/* Makes the whole machine write out its disks; cannot fail. */
	REFUSE(162, sync),

	/* Younger than the oldest kernel that we support: what runs there does
	 * without. map_shadow_stack stays, for processors that have one. */
	ABSENT(451, cachestat),
	ABSENT(452, fchmodat2),
	ABSENT(454, futex_wake),
	ABSENT(455, futex_wait),
	ABSENT(456, futex_requeue),
	ABSENT(457, statmount),
	ABSENT(458, listmount),
	ABSENT(459, lsm_get_self_attr),
	ABSENT(461, lsm_list_modules),
	ABSENT(462, mseal),
	ABSENT(463, setxattrat),
	ABSENT(464, getxattrat),
	ABSENT(465, listxattrat),
	ABSENT(466, removexattrat),
	ABSENT(468, file_getattr),
	ABSENT(469, file_setattr),
	ABSENT(471, rseq_slice_yield),
};

/* --- a browser, with a sandbox of its own --------------------------------- */

/* Measured with Chromium 156: its zygote is born in user, process and network
 * namespaces of its own, and leaves all files behind by chroot(2), for which
 * only that user namespace gives the right. All that it makes stays within the
 * mounts, host name, IPC and groups that are there. */
static const struct seccomp_call browser_opens[SECCOMP_NR_END] = {
	TESTED(56, clone, browser_clone_tests),
	TESTED(272, unshare, browser_unshare_tests),
	ALLOW(161, chroot),
};

/* What those namespaces would open in turn. */
static const struct seccomp_call browser_closes[SECCOMP_NR_END] = {
	TESTED(16, ioctl, browser_ioctl_tests),
	TESTED(41, socket, browser_socket_tests),
	TESTED(53, socketpair, browser_socket_tests),
	TESTED(55, getsockopt, browser_getsockopt_tests),
};

/* --- PID 1 ---------------------------------------------------------------- */

/* All that runs inside inherits the filter of init, and of all filters of a
 * process the strictest answer counts. So init's is the guest's with
 * exceptions, and can only be wider: whatever it refused would be refused to
 * everybody. */
static const struct seccomp_call init_calls[SECCOMP_NR_END] = {
	ALLOW(435, clone3), /* CLONE_INTO_CGROUP */
	TESTED(250, keyctl, init_keyctl_tests),
};

/* --- the reader of X replies ---------------------------------------------- */

/* It was handed what it needs before the filter was loaded: there is nothing
 * left to open, to start or to ask for. */
static const struct seccomp_call jail_calls[SECCOMP_NR_END] = {
	ALLOW(0, read),
	ALLOW(1, write),
	ALLOW(3, close),
	ALLOW(5, fstat),
	ALLOW(7, poll),
	ALLOW(8, lseek),
	TESTED(9, mmap, jail_map_tests),
	TESTED(10, mprotect, jail_map_tests),
	ALLOW(11, munmap),
	ALLOW(12, brk),
	ALLOW(15, rt_sigreturn),
	ALLOW(20, writev),
	ALLOW(25, mremap),
	ALLOW(28, madvise),
	ALLOW(35, nanosleep),
	ALLOW(39, getpid),
	ALLOW(44, sendto),
	ALLOW(45, recvfrom),
	ALLOW(46, sendmsg),
	ALLOW(47, recvmsg),
	ALLOW(48, shutdown),
	ALLOW(60, exit),
	ALLOW(63, uname),
	TESTED(72, fcntl, jail_fcntl_tests),
	ALLOW(186, gettid),
	ALLOW(202, futex),
	ALLOW(219, restart_syscall),
	ALLOW(228, clock_gettime),
	ALLOW(230, clock_nanosleep),
	ALLOW(231, exit_group),
	ALLOW(262, newfstatat),
	ALLOW(271, ppoll),
	ALLOW(318, getrandom),
};

/* --- the policies --------------------------------------------------------- */

/* The first list that knows a number decides. Where `over` is set, the filter
 * is loaded on top of that policy's, and says only where the two differ: every
 * start loads one small filter instead of a second large one. */
static const struct policy {
	const char *name;
	uint32_t unlisted;
	const struct seccomp_call *lists[3];
	const struct policy *over;
} policies[SECCOMP_POLICIES] = {
	[SECCOMP_STRICT] = {"strict", ERRNO(ENOSYS),
			    {strict_calls, default_calls}, NULL},
	[SECCOMP_DEFAULT] = {"default", ERRNO(ENOSYS), {default_calls}, NULL},
	[SECCOMP_BROWSER] = {"browser", ERRNO(ENOSYS),
			     {browser_closes, browser_opens, default_calls},
			     NULL},
	[SECCOMP_INIT] = {"init", ERRNO(ENOSYS), {init_calls, default_calls},
			  NULL},
	[SECCOMP_INIT_BROWSER] = {"init_browser", ERRNO(ENOSYS),
				  {init_calls, browser_opens, default_calls},
				  NULL},
	[SECCOMP_STRICT_OVER_INIT] = {"strict_over_init", OK,
				      {strict_calls, default_calls},
				      &policies[SECCOMP_INIT]},
	[SECCOMP_DEFAULT_OVER_INIT] = {"default_over_init", OK,
				       {default_calls},
				       &policies[SECCOMP_INIT]},
	[SECCOMP_BROWSER_OVER_INIT] = {"browser_over_init", OK,
				       {browser_closes, browser_opens,
					default_calls},
				       &policies[SECCOMP_INIT_BROWSER]},
	[SECCOMP_DEFAULT_OVER_BROWSER] = {"default_over_browser", OK,
					  {default_calls},
					  &policies[SECCOMP_INIT_BROWSER]},
	[SECCOMP_JAIL] = {"jail", SECCOMP_RET_KILL_PROCESS, {jail_calls},
			  NULL},
};

static const struct seccomp_call *find(const struct policy *p, uint32_t nr)
{
	for (size_t i = 0; i < ARRAY_LEN(p->lists) && p->lists[i]; i++)
		if (p->lists[i][nr].name)
			return &p->lists[i][nr];
	return NULL;
}

const struct seccomp_call *seccomp_policy_call(enum seccomp_policy policy,
					       uint32_t nr)
{
	const struct policy *p = &policies[policy];
	const struct seccomp_call *call;

	if (nr >= SECCOMP_NR_END)
		return NULL;
	call = find(p, nr);
	return p->over && call == find(p->over, nr) ? NULL : call;
}

uint32_t seccomp_policy_unlisted(enum seccomp_policy policy)
{
	return policies[policy].unlisted;
}

const char *seccomp_policy_name(enum seccomp_policy policy)
{
	return policies[policy].name;
}

/* --- what is loaded ------------------------------------------------------- */

const struct seccomp_stack seccomp_stacks[] = {
	{"default", SECCOMP_DEFAULT, SECCOMP_INIT, SECCOMP_DEFAULT_OVER_INIT,
	 SECCOMP_DEFAULT_OVER_INIT},
	{"strict", SECCOMP_STRICT, SECCOMP_INIT, SECCOMP_STRICT_OVER_INIT,
	 SECCOMP_DEFAULT_OVER_INIT},
	{"browser", SECCOMP_BROWSER, SECCOMP_INIT_BROWSER,
	 SECCOMP_BROWSER_OVER_INIT, SECCOMP_DEFAULT_OVER_BROWSER},
	/* Any filter of PID 1 would be the program's, too. */
	{"unconfined", SECCOMP_NONE, SECCOMP_NONE, SECCOMP_NONE,
	 SECCOMP_DEFAULT},
	{NULL, SECCOMP_NONE, SECCOMP_NONE, SECCOMP_NONE, SECCOMP_NONE},
};

const struct seccomp_stack *seccomp_stack(const char *name)
{
	for (const struct seccomp_stack *s = seccomp_stacks; s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}
