/*
 * xconnect.h - lets Xlib work on a connection that is already there.
 *
 * Xlib can open a display by name only, and a name means files and sockets
 * that the jail cannot reach.
 */
#ifndef STEER_XCONNECT_H
#define STEER_XCONNECT_H

#define XCONNECT_COOKIE 16 /* bytes of a MIT-MAGIC-COOKIE-1 */

/* The next XOpenDisplay() speaks over `fd`, whatever name it is given.
 * `cookie` may be NULL; it must stay until then. */
void xconnect_use(int fd, const void *cookie);

#endif
