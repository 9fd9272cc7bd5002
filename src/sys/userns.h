/*
 * userns.h - a user namespace for who is not root.
 *
 * An ordinary user may make one, but map no id but his own into it. The
 * subordinate ids that /etc/subuid and /etc/subgid grant him are mapped by two
 * privileged programs, newuidmap(1) and newgidmap(1) (user_namespaces(7),
 * "User and group ID mappings").
 */
#ifndef SYS_USERNS_H
#define SYS_USERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Ids `inside` to inside + count - 1 are `outside` and on. */
struct userns_range {
	uint32_t inside, outside, count;
};

/* One kind of ids: the absolute path of the program that maps them, the
 * caller's own id, which becomes 0, and one range more. */
struct userns_map {
	const char *program;
	uint32_t own;
	struct userns_range range;
};

/* Puts the calling process, which must have one thread, into a new user
 * namespace and a new mount namespace that belongs to it. There it is 0, with
 * every capability. `maps` are those of users and of groups. 0 or negative
 * errno; -EKEYREJECTED when a program refused: its words are in `why` then. */
int userns_enter(const struct userns_map maps[2], char *why, size_t size);

/* Puts the calling process, which must have one thread, into a new user
 * namespace and the other new ones of `flags` (CLONE_NEW*), which belong to
 * it. One id of each kind is mapped, which takes no privilege: the caller's
 * own is `uid`, and `gid`. 0 or negative errno. */
int userns_unshare(int flags, uint32_t uid, uint32_t gid);

/* Becomes user `uid`, with capabilities as before, so that the next user
 * namespace that the caller makes is his. What the kernel counts by user - in
 * it, and in all namespaces that it will own: inotify instances, timers and
 * pending signals, message queues - counts against the owner as well, whose
 * own limits it can use up (Linux: kernel/ucount.c). Needs CAP_SETUID. 0 or
 * negative errno. */
int userns_own(uid_t uid);

/* Could the caller look into a namespace that another user owns? Its owner can
 * as such; others, who are above it, need CAP_SYS_PTRACE (ptrace(2), "Ptrace
 * access mode checking"). */
bool userns_sees_others(void);

#define USERNS_APPARMOR "kernel.apparmor_restrict_unprivileged_userns"

/* Does AppArmor leave a user namespace that the calling process makes without
 * its capabilities? With that sysctl set it does so to whoever no profile
 * confines; one that allows `userns`, even as "NAME (unconfined)", lifts it
 * (apparmor.d(5), Ubuntu 23.10 and newer). Reads beneath `procfd`. */
bool userns_is_restricted_at(int procfd);
bool userns_is_restricted(void);

/* Puts the calling process into the user and mount namespaces of the process
 * that `pidfd` is, for which it must own the one or be privileged in it
 * (setns(2)). */
int userns_join(int pidfd);

#endif
