/*
 * exitcode.h - every exit status of sandboxd and steer.
 *
 * run and exec pass the program's own status through, and use the shell's
 * convention (POSIX XCU 2.8.2) for what they have to say themselves.
 */
#ifndef SANDBOXD_EXITCODE_H
#define SANDBOXD_EXITCODE_H

enum exitcode {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,     /* the operation failed */
	EXIT_USAGE = 2,      /* wrong arguments or a bad profile */
	EXIT_ABSENT = 3,     /* no such sandbox, image or window */
	EXIT_IMPOSSIBLE = 4, /* not on this kernel or with this privilege */
	EXIT_DISPLAY = 5,    /* the display does not answer, or is busy */
	EXIT_TIMEOUT = 124,  /* a time limit passed */
	EXIT_LAUNCH = 125,   /* run, exec: sandboxd itself failed */
	EXIT_NOEXEC = 126,   /* run, exec: the program cannot be executed */
	EXIT_NOTFOUND = 127, /* run, exec: the program was not found */
	EXIT_SIGNAL = 128,   /* run, exec: plus the number of the signal */
};

#endif
