/*
 * iolimit.h - how fast one disk may be read and written: "/dev/vda rbps=10M
 * wiops=100". The words are those of io.max (kernel
 * Documentation/admin-guide/cgroup-v2.rst).
 */
#ifndef BASE_IOLIMIT_H
#define BASE_IOLIMIT_H

#include <stdint.h>

enum iolimit_kind {
	IOLIMIT_RBPS,  /* bytes read in a second */
	IOLIMIT_WBPS,  /* ... written */
	IOLIMIT_RIOPS, /* reads in a second */
	IOLIMIT_WIOPS, /* writes */
	IOLIMIT_KINDS,
};
extern const char *const iolimit_names[IOLIMIT_KINDS];

#define IOLIMIT_NONE UINT64_MAX

struct iolimit {
	char *device; /* absolute path or "MAJ:MIN" */
	uint64_t max[IOLIMIT_KINDS]; /* IOLIMIT_NONE where not limited */
};

/* Bytes are sizes ("10M"), operations plain numbers below 2^32 - 1, none is 0;
 * at least one is given, each once. 0, -EINVAL or -ERANGE. The caller finishes
 * *out in every case. */
int iolimit_parse(const char *text, struct iolimit *out);
/* The way back; the caller frees. */
char *iolimit_text(const struct iolimit *limit);
void iolimit_finish(struct iolimit *limit);

#endif
