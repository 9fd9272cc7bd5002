/*
 * confine.h - privileges given up, by PID 1 at boot and by every service.
 *
 * The bounding set is emptied once, at boot, while CAP_SETPCAP is there: it
 * limits only what execve(2) may give, not what PID 1 already holds
 * (capabilities(7)), so PID 1 can keep SETUID, SETGID and KILL and every
 * service is born with an empty bounding set. CAP_SETPCAP is gone before the
 * first service. Everything returns 0 or negative errno and calls the kernel
 * directly: the C library's setuid family wants to speak to threads.
 */
#ifndef ENTRYPOINT_CONFINE_H
#define ENTRYPOINT_CONFINE_H

#include <linux/securebits.h>
#include <stdint.h>

#include "plan.h"

#define CONFINE_SECUREBITS                                                \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |                           \
	 SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |        \
	 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* Root's id means nothing to execve(2), ambient capabilities cannot be
 * raised, PR_SET_KEEPCAPS is off; all locked. A no-op when it is so. */
int confine_securebits(void);
int confine_bounding(void); /* empties the bounding and the ambient set */
/* Permitted and effective become `mask`, inheritable empty. */
int confine_caps(uint64_t mask);
int confine_no_new_privs(void);
int confine_undumpable(void);
int confine_die_with_parent(void);
/* Loads a filter of the plan; none when its count is 0. */
int confine_filter(const struct plan *plan, const struct plan_filter *filter);

int signals_block(void);   /* all of them, those musl keeps included */
int signals_default(void); /* every disposition */
int signals_unblock(void);

/* /dev/null, checked to be it; close-on-exec. Negative errno. */
int open_null(void);

#endif
