/*
 * landlock.h - the second wall around files, should the first one fail.
 *
 * The first is what is mounted, and whose. This one is Landlock
 * (landlock(7)), which knows nothing of mounts and ids. A program may
 *
 *	read and execute  what lies beneath the root of the sandbox
 *	change            what lies there, too, but in no system directory
 *	do nothing        with a file that lies anywhere else: one of the host
 *			  that is reached through a stray descriptor or a
 *			  process of the host (CVE-2024-21626, CVE-2019-5736)
 *
 * and it may mount nothing, make no device node, and trace nobody who is not
 * within the same wall. Everything that the program starts is within.
 *
 * Beneath /proc all may be written: the directories of processes come and go,
 * and a rule names one that is there.
 *
 * Signals and abstract sockets (ABI 6) are left to the namespaces: who joins
 * later gets a wall of its own, and could not `kill` the payload's processes.
 */
#ifndef ENTRYPOINT_LANDLOCK_H
#define ENTRYPOINT_LANDLOCK_H

#include <stdint.h>

/* Puts the caller, who has no_new_privs, behind it for good, with all that
 * version `abi` of the kernel's interface can refuse. 0 or negative errno. */
int landlock_enter(uint32_t abi);

#endif
