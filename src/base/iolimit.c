#include "base/iolimit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

const char *const iolimit_names[IOLIMIT_KINDS] = {
	[IOLIMIT_RBPS] = "rbps",
	[IOLIMIT_WBPS] = "wbps",
	[IOLIMIT_RIOPS] = "riops",
	[IOLIMIT_WIOPS] = "wiops",
};

static bool is_bytes(int kind)
{
	return kind == IOLIMIT_RBPS || kind == IOLIMIT_WBPS;
}

/* "254:0" */
static bool is_numbers(const char *text)
{
	size_t major = strspn(text, "0123456789");
	size_t minor;

	if (major == 0 || text[major] != ':')
		return false;
	minor = strspn(text + major + 1, "0123456789");
	return minor > 0 && text[major + 1 + minor] == '\0';
}

/* "rbps=10M" */
static int take_rate(const char *word, struct iolimit *out)
{
	size_t len = strcspn(word, "=");
	uint64_t value;
	int rc, k;

	for (k = 0; k < IOLIMIT_KINDS; k++)
		if (strlen(iolimit_names[k]) == len &&
		    strncmp(word, iolimit_names[k], len) == 0)
			break;
	if (k == IOLIMIT_KINDS || !word[len] || out->max[k] != IOLIMIT_NONE)
		return -EINVAL;
	rc = is_bytes(k) ? parse_size(word + len + 1, &value) :
			   parse_number(word + len + 1, &value);
	if (rc < 0)
		return rc;
	/* The kernel counts operations in 32 bits, the largest for "none". */
	if (value == 0 || value == IOLIMIT_NONE ||
	    (!is_bytes(k) && value >= UINT32_MAX))
		return -ERANGE;
	out->max[k] = value;
	return 0;
}

int iolimit_parse(const char *text, struct iolimit *out)
{
	CLEANUP_STRV char **words = NULL;
	int rc = parse_words(text, &words);

	*out = (struct iolimit){ 0 };
	for (int k = 0; k < IOLIMIT_KINDS; k++)
		out->max[k] = IOLIMIT_NONE;
	if (rc < 0)
		return rc;
	if (strv_len(words) < 2 ||
	    (words[0][0] != '/' && !is_numbers(words[0])))
		return -EINVAL;
	for (char **w = words + 1; *w && rc == 0; w++)
		rc = take_rate(*w, out);
	out->device = str_dup(words[0]);
	return rc;
}

char *iolimit_text(const struct iolimit *limit)
{
	char *name[] = { limit->device, NULL };
	CLEANUP_FREE char *device = parse_words_text(name);
	struct buf out = { 0 };

	buf_printf(&out, "%s", device);
	for (int k = 0; k < IOLIMIT_KINDS; k++) {
		CLEANUP_FREE char *rate = NULL;

		if (limit->max[k] == IOLIMIT_NONE)
			continue;
		rate = is_bytes(k) ?
			       parse_size_text(limit->max[k]) :
			       str_printf("%ju", (uintmax_t)limit->max[k]);
		buf_printf(&out, " %s=%s", iolimit_names[k], rate);
	}
	return out.data;
}

void iolimit_finish(struct iolimit *limit)
{
	free(limit->device);
	limit->device = NULL;
}
