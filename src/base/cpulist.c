#include "base/cpulist.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

static bool has(const struct cpulist *list, unsigned int cpu)
{
	return list->bits[cpu / 64] >> cpu % 64 & 1;
}

/* "3" or "0-1". */
static int take_range(const char *text, struct cpulist *out)
{
	CLEANUP_FREE char *first = str_dup(text);
	char *dash = strchr(first, '-');
	uint64_t from = 0, to = 0;
	int rc;

	if (dash)
		*dash++ = '\0';
	rc = parse_number(first, &from);
	if (rc == 0)
		rc = parse_number(dash ? dash : first, &to);
	if (rc < 0)
		return rc;
	if (from > to)
		return -EINVAL;
	if (to >= CPULIST_MAX)
		return -ERANGE;
	for (; from <= to; from++)
		out->bits[from / 64] |= UINT64_C(1) << from % 64;
	return 0;
}

int cpulist_parse(const char *text, struct cpulist *out)
{
	struct cpulist list = { 0 };
	int rc;

	for (;;) {
		size_t len = strcspn(text, ",");
		CLEANUP_FREE char *range = str_printf("%.*s", (int)len, text);

		rc = take_range(range, &list);
		if (rc < 0)
			return rc;
		if (!text[len])
			break;
		text += len + 1;
		text += *text == ' ';
	}
	*out = list;
	return 0;
}

char *cpulist_text(const struct cpulist *list)
{
	struct buf out = { 0 };
	unsigned int first, last;

	buf_add(&out, "", 0);
	for (first = 0; first < CPULIST_MAX; first = last + 1) {
		last = first;
		if (!has(list, first))
			continue;
		while (last + 1 < CPULIST_MAX && has(list, last + 1))
			last++;
		buf_printf(&out, "%s%u", out.len ? "," : "", first);
		if (last > first)
			buf_printf(&out, "-%u", last);
	}
	return out.data;
}

int cpulist_missing(const struct cpulist *want, const struct cpulist *have)
{
	for (unsigned int cpu = 0; cpu < CPULIST_MAX; cpu++)
		if (has(want, cpu) && !has(have, cpu))
			return (int)cpu;
	return -1;
}
