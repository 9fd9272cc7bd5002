/*
 * label.h - security labels of AppArmor and SELinux, from the host's side. A
 * label is taken by the process that gets it (entrypoint/stage.c).
 *
 * Sources: kernel Documentation/admin-guide/LSM/apparmor.rst,
 * security/apparmor/apparmorfs.c, apparmor_parser(8), selinux(8).
 */
#ifndef SYS_LABEL_H
#define SYS_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the module is in force on this host. */
bool label_has_apparmor(void);
bool label_has_selinux(void);

/* The mode ("enforce", "complain") of a profile that the kernel holds. 0;
 * -ENOENT when it holds none of that name or securityfs is not mounted;
 * -EACCES when only root may ask. */
int label_mode(const char *profile, char *mode, size_t size);

/* Compiles profile text and hands it to the kernel, in place of one of the same
 * name; `parser` is apparmor_parser(8), whose words about a failure go to
 * `why`. 0, or negative errno. */
int label_load(const char *parser, const char *text, char *why, size_t size);

/* Takes a profile from the kernel; one that is absent is success. */
int label_unload(const char *profile);

#endif
