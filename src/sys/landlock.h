/*
 * landlock.h - what of Landlock this kernel has (landlock(7)). The wall itself
 * is built from inside (entrypoint/landlock.h).
 */
#ifndef SYS_LANDLOCK_H
#define SYS_LANDLOCK_H

/* The version of its interface. Before the second one every rename from one
 * directory to another is refused, with which few programs can live: not
 * there. -ENOSYS: the kernel has none; -EOPNOTSUPP: it is switched off. */
int landlock_abi(void);

#endif
