/*
 * label.h - labels of the host's security modules, which a program gets as it
 * is executed.
 *
 * At exec and not at once: a profile speaks of the program, not of the way
 * there, and this is how container engines do it, so that profiles written for
 * those work here. The kernel gives the program that label or does not execute
 * it; what the exec will do can be read back from the same file.
 *
 * Sources: kernel Documentation/admin-guide/LSM/apparmor.rst, aa_change_onexec
 * in aa_change_profile(2), setexeccon(3), proc_pid_attr(5).
 */
#ifndef ENTRYPOINT_LABEL_H
#define ENTRYPOINT_LABEL_H

#include "plan.h"

/* Asks for the labels of the plan. 0 or negative errno: -ENOENT when AppArmor
 * has no such profile, -EINVAL when SELinux has no such context, -EXDEV when
 * /proc is not the kernel's. */
int label_take(const struct plan *plan);

/* Part of the self-check: 0, or -EPERM with *failure set. */
int label_check(const struct plan *plan, struct init_msg *failure);

#endif
