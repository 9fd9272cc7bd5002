/*
 * dirs.h - the two directories of whoever runs us.
 *
 *	            root                an ordinary user
 *	state       STATE_DIR           $XDG_RUNTIME_DIR/sandboxd
 *	data        DATA_DIR            $XDG_DATA_HOME/sandboxd, or
 *	                                ~/.local/share/sandboxd
 *
 * STATE_DIR_ENV and DATA_DIR_ENV (sandboxd/layout.h) stand above both. Sources:
 * XDG Base Directory Specification 0.8.
 */
#ifndef CONF_DIRS_H
#define CONF_DIRS_H

#include "base/err.h"

/* The absolute path, or NULL with *err. It lies in memory of this module. */
const char *dirs_state(struct err *err);
const char *dirs_data(struct err *err);

/* The data directory as a descriptor; made, 0700, when absent. Refused when it
 * is a link, not ours, or writable to others. */
int dirs_open_data(struct err *err);

/* Keeps both as they are now, for the life of the process: a command of an
 * ordinary user becomes root of a user namespace of its own, and looks in the
 * same places as before. So do programs that it starts: XDG_RUNTIME_DIR gets
 * the usual value where it had none. */
int dirs_keep(struct err *err);

#endif
