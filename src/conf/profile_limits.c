#include "conf/profile.h"

#include <errno.h>
#include <string.h>

#include "base/cpulist.h"
#include "base/iolimit.h"
#include "base/parse.h"
#include "base/str.h"
#include "conf/profile_value.h"

/* Less than this and the payload's first exec is killed. */
#define PAYLOAD_MEMORY_MIN (16ull << 20)

/* --- lists --------------------------------------------------------------- */

/* Is there a limit for this size already? Disks have several names: that no
 * two entries mean the same one is seen later. */
static bool is_repeated(char *const *list, const char *entry)
{
	size_t len = strcspn(entry, "=") + 1;

	for (; list && *list; list++)
		if (strncmp(*list, entry, len) == 0)
			return true;
	return false;
}

static char *io_text(const char *value)
{
	CLEANUP(iolimit_finish) struct iolimit limit = { 0 };

	return iolimit_parse(value, &limit) < 0 ? NULL : iolimit_text(&limit);
}

static char *hugepages_text(const char *value)
{
	CLEANUP_FREE char *page = NULL;
	CLEANUP_FREE char *bytes = NULL;
	struct parse_hugepages huge;

	value += strspn(value, " \t");
	if (parse_hugepages(value, &huge) < 0)
		return NULL;
	page = parse_size_text(huge.page);
	bytes = parse_size_text(huge.bytes);
	return str_printf("%s=%s", page, bytes);
}

int profile_parse_limits(const struct profile_key *key, const char *value,
			 char ***out)
{
	CLEANUP_STRV char **fields = strv_split(value, ',');
	CLEANUP_STRV char **list = NULL;

	for (char **f = fields; f && *f; f++) {
		char *text = key->type == PROFILE_IO ? io_text(*f) :
						       hugepages_text(*f);

		if (text && (key->type == PROFILE_IO ||
			     !is_repeated(list, text))) {
			strv_take(&list, text);
			continue;
		}
		free(text);
		return -EINVAL;
	}
	*out = take_ptr(&list);
	return 0;
}

int profile_store_cpus(const char *value, char **field)
{
	struct cpulist cpus;
	int rc = cpulist_parse(value, &cpus);

	if (rc < 0)
		return rc;
	free(*field);
	*field = cpulist_text(&cpus);
	return 0;
}

/* --- combinations -------------------------------------------------------- */

static int check_memory(const struct profile *p, struct err *err)
{
	CLEANUP_FREE char *kept = parse_size_text(p->display.memory);
	CLEANUP_FREE char *all = parse_size_text(p->limits.memory);
	CLEANUP_FREE char *cause = NULL;

	if (!p->display.enabled || p->limits.memory == PROFILE_UNLIMITED ||
	    (p->limits.memory >= p->display.memory &&
	     p->limits.memory - p->display.memory >= PAYLOAD_MEMORY_MIN))
		return 0;
	cause = str_printf("display.memory = %s of limits.memory = %s leaves "
			   "less than 16M to the command", kept, all);
	profile_bad(p, err, cause);
	return err_hint(err, "raise limits.memory or lower display.memory");
}

/* The two softer limits of memory lie below the harder ones. */
static int check_soft_memory(const struct profile *p, struct err *err)
{
	uint64_t high = p->limits.memory_high, least = PAYLOAD_MEMORY_MIN;

	if (p->display.enabled)
		least += p->display.memory;
	if (high != PROFILE_UNLIMITED && high >= p->limits.memory)
		return profile_bad(p, err, "limits.memory_high has to be below "
				   "limits.memory: there is no more to slow "
				   "down at");
	if (high < least) {
		profile_bad(p, err, "limits.memory_high leaves the command "
			    "less than 16M beside display.memory");
		return err_hint(err, "raise limits.memory_high");
	}
	if (p->limits.memory_low > high ||
	    p->limits.memory_low > p->limits.memory)
		return profile_bad(p, err, "limits.memory_low is more than the "
				   "sandbox may have by limits.memory and "
				   "limits.memory_high");
	return 0;
}

/* The kernel saves up to what one period of 100 ms grants. */
static int check_burst(const struct profile *p, struct err *err)
{
	uint64_t most = p->limits.cpus / 10;

	if (p->limits.cpu_burst == 0)
		return 0;
	if (p->limits.cpus == PROFILE_UNLIMITED)
		return profile_bad(p, err, "limits.cpu_burst without "
				   "limits.cpus: there is nothing to save");
	if (p->limits.cpu_burst <= most)
		return 0;
	profile_bad(p, err, "limits.cpu_burst is more than limits.cpus "
		    "grants in 100ms");
	return err_hint(err, "set limits.cpu_burst = %llums or less",
			(unsigned long long)most);
}

int profile_check_limits(const struct profile *p, struct err *err)
{
	if (check_memory(p, err) < 0 || check_soft_memory(p, err) < 0)
		return -1;
	return check_burst(p, err);
}

/* --- for the record ------------------------------------------------------ */

uint64_t profile_limit(const struct profile *p, enum limit limit)
{
	const struct profile_key *key = profile_find("limits",
						     limit_names[limit]);

	return *(const uint64_t *)(const void *)((const char *)p +
						 key->offset);
}

char *profile_limit_text(const struct profile *p, enum limit limit)
{
	char *text = profile_value(p, profile_find("limits",
						   limit_names[limit]));

	if (*text)
		return text;
	free(text);
	return NULL;
}
