/*
 * What the policies must say, told again from the system's headers, without a
 * look at the tables.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "base/macros.h"
#include "sys/seccomp.h"
#include "tests/unit/seccomp_machine.h"

/* --- what the guest may do, told by the system's headers -------------------
 */

static void assert_action(enum seccomp_policy policy, uint32_t nr,
			  uint32_t action)
{
	const uint64_t ones = UINT64_MAX;

	if (ask(policy, nr, 0, 0, 0) != action ||
	    ask(policy, nr, ones, ones, ones) != action)
		fail_msg("%s: call %u does not get %#x",
			 seccomp_policy_name(policy), nr, action);
}

static void what_takes_over_a_machine_kills(void **state)
{
	static const uint32_t calls[] = {
		SYS_kexec_load,	    SYS_kexec_file_load, SYS_init_module,
		SYS_finit_module,   SYS_delete_module,	 SYS_reboot,
		SYS_swapon,	    SYS_swapoff,	 SYS_acct,
		SYS_iopl,	    SYS_ioperm,		 SYS_pivot_root,
		SYS_lookup_dcookie, SYS_nfsservctl,	 SYS_uselib,
	};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		assert_action(SECCOMP_DEFAULT, calls[i], KILLED);
}

static void what_a_desktop_does_not_need_is_refused(void **state)
{
	static const uint32_t calls[] = {
		SYS_mount,
		SYS_umount2,
		SYS_move_mount,
		SYS_open_tree,
		SYS_fsopen,
		SYS_fsconfig,
		SYS_fsmount,
		SYS_fspick,
		SYS_mount_setattr,
		SYS_setns,
		SYS_chroot,
		SYS_keyctl,
		SYS_add_key,
		SYS_request_key,
		SYS_bpf,
		SYS_perf_event_open,
		SYS_userfaultfd,
		SYS_io_uring_setup,
		SYS_io_uring_enter,
		SYS_io_uring_register,
		SYS_open_by_handle_at,
		SYS_name_to_handle_at,
		SYS_ptrace,
		SYS_process_vm_readv,
		SYS_process_vm_writev,
		SYS_process_madvise,
		SYS_pidfd_getfd,
		SYS_kcmp,
		SYS_syslog,
		SYS_quotactl,
		SYS_quotactl_fd,
		SYS_fanotify_init,
		SYS_settimeofday,
		SYS_clock_settime,
		SYS_clock_adjtime,
		SYS_adjtimex,
		SYS_sethostname,
		SYS_setdomainname,
		SYS_move_pages,
		SYS_migrate_pages,
		SYS_vhangup,
		SYS_memfd_secret,
		SYS_modify_ldt,
		SYS_vmsplice,
	};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		assert_action(SECCOMP_DEFAULT, calls[i], REFUSED(EPERM));
}

static void what_programs_use_is_allowed(void **state)
{
	static const uint32_t calls[] = {
		SYS_read,
		SYS_openat,
		SYS_openat2,
		SYS_mmap,
		SYS_mprotect,
		SYS_execve,
		SYS_execveat,
		SYS_fork,
		SYS_vfork,
		SYS_wait4,
		SYS_futex,
		SYS_futex_waitv,
		SYS_faccessat2,
		SYS_close_range,
		SYS_epoll_pwait2,
		SYS_memfd_create,
		SYS_shmget,
		SYS_inotify_init1,
		SYS_seccomp,
		SYS_landlock_restrict_self,
		SYS_setgroups,
		SYS_setresuid,
		SYS_setresgid,
		SYS_capset,
		SYS_signalfd4,
		SYS_pidfd_open,
		SYS_getdents64,
		SYS_statx,
		SYS_rseq,
		SYS_membarrier,
		SYS_getrandom,
		SYS_prlimit64,
		451 /* cachestat */,
		452 /* fchmodat2 */,
		454 /* futex_wake */,
		462 /* mseal */,
	};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		assert_action(SECCOMP_DEFAULT, calls[i], ALLOWED);
}

static void strict_is_without_what_a_desktop_can_do_without(void **state)
{
	static const uint32_t absent[] = {
		SYS_splice,	     SYS_tee,
		SYS_mq_open,	     SYS_mq_timedsend,	SYS_mq_notify,
		SYS_remap_file_pages, SYS_process_mrelease,
		451 /* cachestat */, 462 /* mseal */,	471 /* the newest */,
	};
	static const uint32_t refused[] = {
		SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_sync,
	};

	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		assert_action(SECCOMP_STRICT, absent[i], REFUSED(ENOSYS));
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		assert_action(SECCOMP_STRICT, refused[i], REFUSED(EPERM));
	assert_action(SECCOMP_STRICT, SYS_shmget, ALLOWED); /* X pictures */
	assert_action(SECCOMP_STRICT, SYS_sendfile, ALLOWED);
}

static void strict_takes_filters_but_no_listener(void **state)
{
	/* SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_* */
	const uint64_t set = 1, tsync = 1, listener = 8;

	assert_int_equal(ask(SECCOMP_STRICT, SYS_seccomp, set, tsync, 0),
			 ALLOWED);
	assert_int_equal(ask(SECCOMP_STRICT, SYS_seccomp, set, listener, 0),
			 REFUSED(EPERM));
	assert_int_equal(ask(SECCOMP_STRICT, SYS_seccomp, set,
			     listener | tsync | UINT64_C(1) << 32, 0),
			 REFUSED(EPERM));
	assert_int_equal(ask(SECCOMP_DEFAULT, SYS_seccomp, set, listener, 0),
			 ALLOWED);
}

static bool opened_by_browser(uint32_t nr)
{
	return nr == SYS_clone || nr == SYS_unshare || nr == SYS_chroot;
}

static void no_policy_allows_what_default_refuses(void **state)
{
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		if (ask(SECCOMP_DEFAULT, nr, 0, 0, 0) == ALLOWED)
			continue;
		assert_int_equal(ask(SECCOMP_STRICT, nr, 0, 0, 0),
				 ask(SECCOMP_DEFAULT, nr, 0, 0, 0));
		if (!opened_by_browser(nr))
			assert_int_equal(ask(SECCOMP_BROWSER, nr, 0, 0, 0),
					 ask(SECCOMP_DEFAULT, nr, 0, 0, 0));
	}
	assert_action(SECCOMP_BROWSER, SYS_chroot, ALLOWED);
	assert_action(SECCOMP_BROWSER, SYS_clone3, REFUSED(ENOSYS));
	assert_action(SECCOMP_BROWSER, SYS_setns, REFUSED(EPERM));
	assert_action(SECCOMP_BROWSER, SYS_mount, REFUSED(EPERM));
	assert_action(SECCOMP_BROWSER, SYS_pivot_root, KILLED);
}

static void a_call_of_a_newer_kernel_does_not_exist(void **state)
{
	assert_action(SECCOMP_DEFAULT, SECCOMP_NR_END, REFUSED(ENOSYS));
	assert_action(SECCOMP_DEFAULT, 600, REFUSED(ENOSYS));
	assert_action(SECCOMP_DEFAULT, SYS_clone3, REFUSED(ENOSYS));
	assert_action(SECCOMP_DEFAULT, SYS_io_setup, REFUSED(ENOSYS));
	assert_action(SECCOMP_DEFAULT, SYS_io_submit, REFUSED(ENOSYS));
}

static void check_flags(enum seccomp_policy policy, uint64_t allowed)
{
	const uint64_t shared = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
				CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
				CLONE_NEWNET;

	for (unsigned int i = 0; i < 64; i++) {
		uint64_t bit = UINT64_C(1) << i;
		uint32_t want = bit & shared & ~allowed ? REFUSED(EPERM) :
							  ALLOWED;

		assert_int_equal(ask(policy, SYS_clone, bit, 0, 0), want);
		assert_int_equal(ask(policy, SYS_clone,
				     bit | allowed | CLONE_VM | SIGCHLD, 0, 0),
				 want);
		if (bit == CLONE_NEWTIME)
			want = REFUSED(EPERM);
		assert_int_equal(ask(policy, SYS_unshare, bit, 0, 0), want);
		assert_int_equal(ask(policy, SYS_unshare, bit | allowed, 0, 0),
				 want);
	}
}

static void no_flag_of_clone_or_unshare_makes_a_namespace(void **state)
{
	check_flags(SECCOMP_DEFAULT, 0);
	check_flags(SECCOMP_STRICT, 0);
}

static void a_browser_makes_three_kinds_of_namespaces(void **state)
{
	check_flags(SECCOMP_BROWSER,
		    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET);
}

/* What whoever made a network namespace is the administrator of. */
static void a_browser_reads_interfaces_and_makes_none(void **state)
{
	static const uint32_t reads[] = {
		SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFINDEX,
		SIOCGIFMTU,  SIOCGIFHWADDR, FIONREAD, FIONBIO, TCGETS,
	};
	static const uint32_t sets[] = {
		SIOCSIFFLAGS, SIOCSIFADDR, SIOCADDRT, SIOCDELRT, SIOCSARP,
		SIOCBRADDBR,  SIOCSIFBR, SIOCADDMULTI, SIOCSIFNAME,
		0x89f1 /* SIOCADDTUNNEL */, 0x8983 /* SIOCSIFVLAN */,
		0x8946 /* SIOCETHTOOL */, 0x8990 /* SIOCBONDENSLAVE */,
		0x89e0 /* SIOCUNIXFILE */, TIOCSTI,
	};
	const uint64_t high = UINT64_C(1) << 32;

	for (size_t i = 0; i < ARRAY_LEN(reads); i++)
		assert_int_equal(
			ask(SECCOMP_BROWSER, SYS_ioctl, 0, reads[i] | high, 0),
			ALLOWED);
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		assert_int_equal(
			ask(SECCOMP_BROWSER, SYS_ioctl, 0, sets[i] | high, 0),
			REFUSED(EPERM));
}

static void a_bit_above_the_request_does_not_hide_it(void **state)
{
	static const uint32_t requests[] = {TIOCSTI, TIOCLINUX, TIOCCONS,
					    TIOCSETD};
	const uint64_t high = UINT64_C(0xffffffff00000000);

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		uint64_t r = requests[i];

		assert_int_equal(ask(SECCOMP_DEFAULT, SYS_ioctl, 0, r, 0),
				 REFUSED(EPERM));
		assert_int_equal(
			ask(SECCOMP_DEFAULT, SYS_ioctl, 0, r | high, 0),
			REFUSED(EPERM));
		assert_int_equal(ask(SECCOMP_DEFAULT, SYS_ioctl, 0,
				     r | UINT64_C(1) << 32, 0),
				 REFUSED(EPERM));
	}
	assert_int_equal(ask(SECCOMP_DEFAULT, SYS_ioctl, 0, TCGETS, 0),
			 ALLOWED);
	assert_int_equal(ask(SECCOMP_DEFAULT, SYS_ioctl, 0, TIOCGWINSZ, 0),
			 ALLOWED);
	assert_int_equal(
		ask(SECCOMP_DEFAULT, SYS_prctl, PR_SET_MM | high, 0, 0),
		REFUSED(EPERM));
	assert_int_equal(ask(SECCOMP_DEFAULT, SYS_prctl, PR_SET_NAME, 0, 0),
			 ALLOWED);
}

static void only_harmless_personalities_are_taken(void **state)
{
	for (uint64_t p = 0; p <= UINT32_MAX; p += p < 0x40000 ? 1 : 0xfff) {
		bool fine = p == PER_LINUX || p == PER_LINUX32 ||
			    p == UNAME26 || p == (UNAME26 | PER_LINUX32) ||
			    p == 0xffffffff;

		assert_int_equal(ask(SECCOMP_DEFAULT, SYS_personality, p, 0, 0),
				 fine ? ALLOWED : REFUSED(EPERM));
	}
	assert_int_equal(
		ask(SECCOMP_DEFAULT, SYS_personality, 0xffffffff, 0, 0),
		ALLOWED);
	assert_int_equal(
		ask(SECCOMP_DEFAULT, SYS_personality, ADDR_NO_RANDOMIZE, 0, 0),
		REFUSED(EPERM));
}

static uint32_t internet_socket(int type, uint32_t protocol, uint32_t ping)
{
	switch (type) {
	case SOCK_STREAM:
		return protocol == 0 || protocol == IPPROTO_TCP
			       ? ALLOWED
			       : REFUSED(EPROTONOSUPPORT);
	case SOCK_DGRAM:
		return protocol == 0 || protocol == IPPROTO_UDP ||
				       protocol == ping
			       ? ALLOWED
			       : REFUSED(EPROTONOSUPPORT);
	case SOCK_RAW:
	case SOCK_PACKET:
		return REFUSED(EPERM);
	default:
		return REFUSED(ESOCKTNOSUPPORT);
	}
}

static uint32_t unix_socket(int type)
{
	switch (type) {
	case SOCK_STREAM:
	case SOCK_DGRAM:
	case SOCK_SEQPACKET:
		return ALLOWED;
	case SOCK_RAW:
	case SOCK_PACKET:
		return REFUSED(EPERM);
	default:
		return REFUSED(ESOCKTNOSUPPORT);
	}
}

/* Which of netlink's protocols each policy keeps, and whether it may ping. */
static const struct socket_rule {
	enum seccomp_policy policy;
	bool route, uevent, ping;
} socket_rules[] = {
	{SECCOMP_DEFAULT, true, true, true},
	{SECCOMP_STRICT, true, false, false},
	{SECCOMP_BROWSER, false, true, true},
};

static uint32_t wanted_socket(const struct socket_rule *rule, int family,
			      int type, uint32_t protocol)
{
	switch (family) {
	case AF_UNIX:
		return unix_socket(type);
	case AF_INET:
		return internet_socket(type, protocol,
				       rule->ping ? IPPROTO_ICMP : 0);
	case AF_INET6:
		return internet_socket(type, protocol,
				       rule->ping ? IPPROTO_ICMPV6 : 0);
	case AF_NETLINK:
		if ((protocol == NETLINK_ROUTE && rule->route) ||
		    (protocol == NETLINK_KOBJECT_UEVENT && rule->uevent))
			return ALLOWED;
		return REFUSED(EAFNOSUPPORT);
	default:
		return REFUSED(EAFNOSUPPORT);
	}
}

static void check_socket(const struct socket_rule *rule, int family, int type,
			 uint32_t protocol)
{
	static const uint64_t above[] = {0, SOCK_CLOEXEC | SOCK_NONBLOCK,
					 UINT64_C(0xffffffff00000000)};
	uint32_t want = wanted_socket(rule, family, type, protocol);

	for (size_t i = 0; i < ARRAY_LEN(above); i++) {
		uint64_t f = (uint64_t)family | (above[i] >> 32 << 32);
		uint64_t t = (uint64_t)type | above[i];
		uint64_t p = protocol | (above[i] >> 32 << 32);

		if (ask(rule->policy, SYS_socket, f, t, p) != want ||
		    ask(rule->policy, SYS_socketpair, f, t, p) != want)
			fail_msg("%s: socket %d %d %u does not get %#x",
				 seccomp_policy_name(rule->policy), family,
				 type, protocol, want);
	}
}

static void only_ordinary_sockets_are_made(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(socket_rules); i++) {
		const struct socket_rule *rule = &socket_rules[i];

		for (int family = 0; family < 64; family++)
			for (int type = 0; type < 16; type++)
				for (uint32_t p = 0; p < 300; p++)
					check_socket(rule, family, type, p);
		check_socket(rule, AF_INET | 0x10000, SOCK_STREAM, 0);
		check_socket(rule, AF_INET, SOCK_STREAM, 0x80000006);
	}
}

static void a_browser_asks_for_no_tables(void **state)
{
	static const struct {
		uint32_t level, option, want;
	} options[] = {
		{SOL_IP, 64, REFUSED(EPERM)},	/* IPT_SO_GET_INFO */
		{SOL_IP, 67, REFUSED(EPERM)},	/* IPT_SO_GET_REVISION_TARGET */
		{SOL_IP, 96, REFUSED(EPERM)},	/* ARPT_SO_GET_INFO */
		{SOL_IPV6, 64, REFUSED(EPERM)}, /* IP6T_SO_GET_INFO */
		{SOL_IPV6, 69, REFUSED(EPERM)}, /* ..._GET_REVISION_TARGET */
		{SOL_IP, 1153, REFUSED(EPERM)}, /* IP_VS_SO_GET_INFO */
		{SOL_IPV6, IPV6_TCLASS, ALLOWED},
		{SOL_SOCKET, 64, ALLOWED},
		{SOL_SOCKET, SO_PEERCRED, ALLOWED},
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		assert_int_equal(ask(SECCOMP_BROWSER, SYS_getsockopt, 0,
				     options[i].level | UINT64_C(1) << 32,
				     options[i].option | UINT64_C(1) << 32),
				 options[i].want);
	assert_action(SECCOMP_DEFAULT, SYS_getsockopt, ALLOWED);
}

static void tables_and_upper_layers_are_not_set_by_option(void **state)
{
	static const struct {
		uint32_t level, option, want;
	} options[] = {
		{SOL_TCP, TCP_ULP, REFUSED(EPERM)},
		{SOL_UDP, UDP_ENCAP, REFUSED(EPERM)},
		{SOL_IP, 64, REFUSED(EPERM)},	/* IPT_SO_SET_REPLACE */
		{SOL_IP, 65, REFUSED(EPERM)},	/* IPT_SO_SET_ADD_COUNTERS */
		{SOL_IPV6, 64, REFUSED(EPERM)}, /* IP6T_SO_SET_REPLACE */
		{SOL_IP, 1154, REFUSED(EPERM)}, /* IP_VS_SO_SET_ADD */
		{SOL_IP, IP_XFRM_POLICY, REFUSED(EPERM)},
		{SOL_IPV6, IPV6_XFRM_POLICY, REFUSED(EPERM)},
		{SOL_TCP, TCP_REPAIR, REFUSED(EPERM)},
		{SOL_SOCKET, SO_SNDBUFFORCE, REFUSED(EPERM)},
		{SOL_TCP, TCP_NODELAY, ALLOWED},
		{SOL_TCP, 64, ALLOWED},
		{SOL_SOCKET, SO_REUSEADDR, ALLOWED},
		{SOL_SOCKET, TCP_ULP, ALLOWED},
		{SOL_IP, IP_TOS, ALLOWED},
		{SOL_IPV6, IPV6_V6ONLY, ALLOWED},
		{SOL_IPV6, IPV6_TCLASS, ALLOWED},
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		assert_int_equal(ask(SECCOMP_DEFAULT, SYS_setsockopt, 0,
				     options[i].level | UINT64_C(1) << 32,
				     options[i].option | UINT64_C(1) << 32),
				 options[i].want);
	assert_int_equal(ask(SECCOMP_DEFAULT, SYS_setsockopt, 0, SOL_SOCKET,
			     SO_ATTACH_FILTER),
			 ALLOWED);
	assert_int_equal(ask(SECCOMP_STRICT, SYS_setsockopt, 0, SOL_SOCKET,
			     SO_ATTACH_FILTER),
			 REFUSED(EPERM));
	assert_int_equal(ask(SECCOMP_STRICT, SYS_setsockopt, 0, SOL_SOCKET,
			     SO_ATTACH_BPF),
			 REFUSED(EPERM));
	assert_int_equal(ask(SECCOMP_STRICT, SYS_setsockopt, 0, SOL_TCP,
			     TCP_ULP),
			 REFUSED(EPERM));
}

/* --- PID 1 ---------------------------------------------------------------- */

static void init_may_place_children_and_leave_a_keyring(void **state)
{
	assert_action(SECCOMP_INIT, SYS_clone3, ALLOWED);
	assert_int_equal(ask(SECCOMP_INIT, SYS_keyctl, 1, 0, 0), ALLOWED);
	for (uint64_t op = 0; op < 64; op++)
		if (op != 1)
			assert_int_equal(
				ask(SECCOMP_INIT, SYS_keyctl, op, 0, 0),
				REFUSED(EPERM));
	/* Of its own session's it may ask for the number. */
	for (int64_t id = -8; id < 8; id++)
		assert_int_equal(ask(SECCOMP_INIT, SYS_keyctl, 0,
				     (uint64_t)id, 0),
				 id == -3 ? ALLOWED : REFUSED(EPERM));
	assert_action(SECCOMP_INIT, SYS_mount, REFUSED(EPERM));
	assert_action(SECCOMP_INIT, SYS_setns, REFUSED(EPERM));
}

/* --- the jail ------------------------------------------------------------- */

static void the_jail_opens_and_starts_nothing(void **state)
{
	static const uint32_t calls[] = {
		SYS_open,   SYS_openat, SYS_socket, SYS_connect, SYS_execve,
		SYS_fork,   SYS_clone,	SYS_clone3, SYS_ioctl,	 SYS_kill,
		SYS_ptrace, SYS_dup2,	SYS_prctl,  SYS_shmat,	 SYS_unlink,
	};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		assert_action(SECCOMP_JAIL, calls[i], KILLED);
	assert_action(SECCOMP_JAIL, 600, KILLED);
}

static void the_jail_makes_no_code(void **state)
{
	static const uint32_t calls[] = {SYS_mmap, SYS_mprotect};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		uint32_t nr = calls[i];

		assert_int_equal(
			ask(SECCOMP_JAIL, nr, 0, 4096, PROT_READ | PROT_WRITE),
			ALLOWED);
		assert_int_equal(
			ask(SECCOMP_JAIL, nr, 0, 4096, PROT_READ | PROT_EXEC),
			KILLED);
		assert_int_equal(ask(SECCOMP_JAIL, nr, 0, 4096,
				     UINT64_C(0xffffffff00000000) | PROT_EXEC),
				 KILLED);
	}
	assert_action(SECCOMP_JAIL, SYS_pkey_mprotect, KILLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_takes_over_a_machine_kills),
		cmocka_unit_test(what_a_desktop_does_not_need_is_refused),
		cmocka_unit_test(what_programs_use_is_allowed),
		cmocka_unit_test(
			strict_is_without_what_a_desktop_can_do_without),
		cmocka_unit_test(strict_takes_filters_but_no_listener),
		cmocka_unit_test(no_policy_allows_what_default_refuses),
		cmocka_unit_test(a_call_of_a_newer_kernel_does_not_exist),
		cmocka_unit_test(no_flag_of_clone_or_unshare_makes_a_namespace),
		cmocka_unit_test(a_browser_makes_three_kinds_of_namespaces),
		cmocka_unit_test(a_browser_reads_interfaces_and_makes_none),
		cmocka_unit_test(a_bit_above_the_request_does_not_hide_it),
		cmocka_unit_test(only_harmless_personalities_are_taken),
		cmocka_unit_test(only_ordinary_sockets_are_made),
		cmocka_unit_test(a_browser_asks_for_no_tables),
		cmocka_unit_test(tables_and_upper_layers_are_not_set_by_option),
		cmocka_unit_test(init_may_place_children_and_leave_a_keyring),
		cmocka_unit_test(the_jail_opens_and_starts_nothing),
		cmocka_unit_test(the_jail_makes_no_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
