/*
 * terminal.h - a terminal of the guest's own.
 *
 * A pair of pts(4) from the guest's devpts instance: the guest gets the one
 * end, on which a shell does what it does on any terminal, and the host keeps
 * the other. No terminal of the host ever reaches the guest: what it could do
 * with one - put words into its input, change its modes, read what is typed
 * for others - it can do to its own only.
 */
#ifndef BOX_TERMINAL_H
#define BOX_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#define TERMINAL_TYPE_LEN 64

/* What it begins with. */
struct terminal {
	char type[TERMINAL_TYPE_LEN + 1]; /* TERM */
	struct winsize size;
};

/* True for a TERM that may go to the guest: a name, not a path. */
bool terminal_type_ok(const char *type);

/* What stands for the guest's end until there is one: three descriptors of
 * /dev/null, whose numbers a plan can name. 0 or negative errno. */
int terminal_reserve(int stdio[3]);

/* In a process whose root is the guest's and who is root of its user
 * namespace: makes the pair, gives the guest's end to `owner` and puts it in
 * place of the three descriptors `stdio`. The other end goes out through
 * `sock`, a socket of packets, as this process is about to become the guest's;
 * with it goes another descriptor of the guest's end. While the host holds that
 * one the terminal is not hung up, however often the guest closes its own and
 * opens it again; later the guest can refuse it (TIOCEXCL of ioctl_tty(2)).
 * 0 or negative errno. */
int terminal_make(const int stdio[3], uid_t owner, int sock);

/* Takes from `sock` the host's end, non-blocking, and the guest's into *peer;
 * -EPIPE when they did not come. */
int terminal_receive(int sock, int *peer);

#endif
