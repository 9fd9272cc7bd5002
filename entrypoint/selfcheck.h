/*
 * selfcheck.h - the last act before exec: a service reads back what it is.
 *
 * Every promise of the plan is asked from the kernel again, by the process
 * that is about to become the service, with the service's own ids and under
 * its filter. A difference means that some step did less than it said, and
 * the service is not started. The one place here that parses text, and it is
 * the kernel's.
 */
#ifndef ENTRYPOINT_SELFCHECK_H
#define ENTRYPOINT_SELFCHECK_H

#include "stage.h"

/* What the service's own filter hides: call it before that is loaded. */
int selfcheck_keyring(const struct stage *stage, struct init_msg *failure);

/* Returns 0, or -EPERM with *failure (INIT_FAIL_SELFCHECK) set to a text such
 * as "CapEff: expected 0, found 3". */
int selfcheck(const struct stage *stage, struct init_msg *failure);

#endif
