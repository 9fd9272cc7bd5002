/*
 * ns.h - namespaces, id maps and the processes that carry them.
 *
 * Everything returns 0, a descriptor or a pid, or negative errno.
 */
#ifndef SYS_NS_H
#define SYS_NS_H

#include <linux/sched.h>
#include <stdint.h>
#include <sys/types.h>

/* The eight kinds, in the order of plan_header.host_ns. */
enum ns_kind {
	NS_USER, NS_MNT, NS_PID, NS_NET, NS_IPC, NS_UTS, NS_CGROUP, NS_TIME,
	NS_KINDS,
};

extern const char *const ns_names[NS_KINDS]; /* "user" */

/* Every namespace flag of clone(2), for setns(2) with a pidfd. */
#define NS_ALL_FLAGS                                              \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | \
	 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWTIME)

/* Inodes of the namespaces of `pid` (0: the caller). */
int ns_inodes(pid_t pid, uint64_t inodes[NS_KINDS]);

/* A namespace of `pid` as a descriptor. */
int ns_open(pid_t pid, enum ns_kind kind);

/* clone3(2). `cgroup` is a v2 group's directory to be born in, or -1. With
 * CLONE_PARENT the child is a sibling and signals what the caller would.
 * In the child: 0, with only the calling thread. */
pid_t ns_clone(uint64_t flags, int cgroup);

/* Maps inside ids 0..count-1 of the user namespace of `pid` to base.. outside,
 * users and groups alike. The caller needs CAP_SETUID over both. */
int ns_write_maps(pid_t pid, uint32_t base, uint32_t count);

/* Brings the loopback interface of the caller's network namespace up. */
int ns_loopback_up(void);

/* Becomes uid and gid 0 of the user namespace just entered, no groups. */
int ns_become_root(void);

/* Waits for the end of a child, whatever interrupts: its wait status. */
int ns_wait(pid_t pid);

int ns_pidfd_open(pid_t pid);
int ns_pidfd_signal(int pidfd, int signo);
/* The same with a value, which signalfd(2) gives as ssi_int. */
int ns_pidfd_signal_value(int pidfd, int signo, int value);

#endif
