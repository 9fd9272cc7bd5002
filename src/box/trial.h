/*
 * trial.h - a sandbox that starts and is taken down before its program.
 *
 * It goes through the stages of every start, by the same code, up to the ready
 * desktop; there the last stage turns back. What would refuse a start refuses
 * this one.
 */
#ifndef BOX_TRIAL_H
#define BOX_TRIAL_H

#include "base/err.h"
#include "conf/profile.h"

/* Tries a completed profile under the name `name`. `notes` (base/str.h)
 * receives what the sandbox went without, as `inspect` would list it. 0, or -1
 * with the error that `run` would end with. */
int trial_run(const struct profile *p, const char *name, char ***notes,
	      struct err *err);

#endif
