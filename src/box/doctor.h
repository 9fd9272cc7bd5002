/*
 * doctor.h - what this host can and cannot give a sandbox.
 *
 * One table of checks. Where a start would refuse, the check calls what the
 * start calls; the last one starts a sandbox and takes it down again, so that
 * what `run` says and what this says cannot differ.
 */
#ifndef BOX_DOCTOR_H
#define BOX_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/profile.h"

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_ADVICE,   /* a setting of the host that could be safer */
	DOCTOR_DEGRADED, /* sandboxes start, and go without something */
	DOCTOR_MISSING,  /* a start with this profile is refused */
	DOCTOR_STATES,
};

/* "ok", "advice", "degraded", "missing" */
const char *doctor_state_name(enum doctor_state state);

/* `id`, `title` and `means` are the table's; the rest is the finding's. */
struct doctor_finding {
	const char *id;    /* never changes: for programs */
	const char *title; /* what is looked for */
	enum doctor_state state;
	char *found;       /* what there is, or why not; NULL: nothing to say */
	const char *means; /* what follows from that; NULL when it is fine */
	char *remedy;      /* or NULL */
};

struct doctor {
	struct doctor_finding *findings; /* in the order of the table */
	size_t count;
	size_t states[DOCTOR_STATES]; /* how many of each */
};

/* Makes every check that is one for the calling user and for this completed
 * profile. What that takes is made, used and removed again: groups, namespaces,
 * a sandbox `doctor-PID`; a compiled keymap and the state and data directories
 * stay, as a start leaves them. The caller finishes *out. */
void doctor_look(const struct profile *p, struct doctor *out);
void doctor_finish(struct doctor *d);

/* The n-th check: its id, and what it looks for; NULL behind the last one. */
const char *doctor_id(size_t n);
const char *doctor_title(size_t n);

#endif
