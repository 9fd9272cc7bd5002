/*
 * calls.h - the system calls that nothing here replaces.
 *
 * Older calls that walk paths would do the same work where nobody changes the
 * tree meanwhile; in a hostile one they are the hole. So there is no fallback.
 */
#ifndef SYS_CALLS_H
#define SYS_CALLS_H

/* A call that answers ENOSYS, of the kernel's or of a filter around us; NULL
 * when all are there. Nothing is done by asking. */
const char *calls_missing(void);

/* The first Linux that has them all. */
#define CALLS_LINUX "5.12"

#endif
