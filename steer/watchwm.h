/*
 * watchwm.h - tells sandboxd when the window manager is there.
 */
#ifndef STEER_WATCHWM_H
#define STEER_WATCHWM_H

/* `steer watch-wm --socket-fd N --cookie-fd N --report-fd N --uid N`: not for
 * people. sandboxd runs it with a connected X socket, the 16 bytes of the
 * cookie and a pipe. In the jail, as user and group N, it waits until the root
 * window's _NET_SUPPORTING_WM_CHECK names a window that says the same of
 * itself (EWMH 1.5, "Root Window Properties"), writes 'R' to the pipe and
 * exits with 0. If it cannot, it writes 'F' and a sentence, and exits with
 * another status. It has no time limit of its own. argv[0] is "watch-wm". */
int watchwm_main(int argc, char **argv);

#endif
