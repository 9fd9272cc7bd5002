/*
 * record_dir.h - directories and locks of records; not for other modules.
 */
#ifndef CONF_RECORD_DIR_H
#define CONF_RECORD_DIR_H

#include "conf/record.h"

/* Waits for STATE_DIR/lock; the descriptor holds it. Not to be nested. */
int record_lock_state(int statefd, struct err *err);

/* The three below want that lock held. */

/* record_dir() without the search for a similar name. */
int record_open_name(int statefd, const char *name, struct err *err);
/* Tries the monitor's lock in `dirfd`: descriptor, or -1 with err->code 0 when
 * it is held. */
int record_try_lock(int dirfd, const char *name, struct err *err);
int record_names(int statefd, char ***names, struct err *err);

#endif
