/*
 * exitcode.h - every exit status of sandboxd and steer.
 *
 * run, exec and attach pass the program's own status through, and use the
 * shell's convention (POSIX XCU 2.8.2) for what they have to say themselves.
 */
#ifndef SANDBOXD_EXITCODE_H
#define SANDBOXD_EXITCODE_H

enum exitcode {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,     /* the operation failed */
	EXIT_USAGE = 2,      /* wrong arguments or a bad profile */
	EXIT_ABSENT = 3,     /* no such sandbox, image or window */
	EXIT_IMPOSSIBLE = 4, /* not on this kernel or with this privilege */
	EXIT_DISPLAY = 5,    /* the desktop failed or does not answer */
	EXIT_TIMEOUT = 124,  /* a time limit passed */
	EXIT_LAUNCH = 125,   /* those three: sandboxd itself failed */
	EXIT_NOEXEC = 126,   /* run, exec: the program cannot be executed */
	EXIT_NOTFOUND = 127, /* run, exec: the program was not found */
	EXIT_SIGNAL = 128,   /* those three: plus the signal's number */
};

#endif
