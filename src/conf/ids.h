/*
 * ids.h - ranges of host ids for sandboxes.
 *
 * Bases are multiples of ID_RANGE from IDS_FIRST to IDS_LAST: above the block
 * that systemd-nspawn hands out (it ends at 0x6fffffff) and below the sign
 * bit, which some programs still trip over.
 */
#ifndef CONF_IDS_H
#define CONF_IDS_H

#include <stdint.h>

#include "base/err.h"

#define IDS_FIRST 0x70000000u
#define IDS_LAST 0x7fff0000u

struct ids_taken {
	struct ids_span {
		uint64_t first, count;
	} *spans;
	size_t len;
};

void ids_take(struct ids_taken *taken, uint64_t first, uint64_t count);
void ids_free(struct ids_taken *taken);

/* Takes every line of a file in the form of /etc/subuid. No file is fine. */
int ids_take_file(struct ids_taken *taken, const char *path, struct err *err);

/* The lowest base up to `last` whose range meets no span; 0 when there is
 * none. */
uint32_t ids_choose(const struct ids_taken *taken, uint32_t last);

/* The first line of at least ID_RANGE ids that a file in the form of
 * /etc/subuid has for `user`, by login name or by number. No such line, or no
 * file: a count of 0. */
int ids_of_user(const char *path, const char *user, uint32_t uid,
		struct ids_span *out, struct err *err);

#endif
