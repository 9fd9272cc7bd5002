/*
 * inherit.h - what a process has from whoever started it and hands on to
 * whatever it starts (fork(2), execve(2)), besides descriptors, signals, umask
 * and environment.
 */
#ifndef SYS_INHERIT_H
#define SYS_INHERIT_H

#include <stddef.h>

/* Puts back what every login begins with: nice value, scheduling and I/O
 * policies, processors, memory policy, how memory errors, huge pages and page
 * merging are dealt with, what a core dump holds and the place among the
 * victims of a lack of memory; soft limits go up to the hard ones, but those of
 * stack and core dumps. Writes into `kept` the names of what stays since
 * changing it takes a privilege, or "". Before a user namespace is entered:
 * privileges of the initial one count. */
void inherit_reset(char *kept, size_t size);

#endif
