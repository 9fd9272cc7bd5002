#include "conf/ids.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "sandboxd/layout.h"

void ids_take(struct ids_taken *taken, uint64_t first, uint64_t count)
{
	size_t size = (taken->len + 1) * sizeof(*taken->spans);

	taken->spans = mem_realloc(taken->spans, size);
	taken->spans[taken->len++] = (struct ids_span){ first, count };
}

void ids_free(struct ids_taken *taken)
{
	free(taken->spans);
	*taken = (struct ids_taken){ 0 };
}

/* newuidmap(1) passes over lines it cannot read, comments among them; what it
 * passes over nobody can use. */
static void take_line(struct ids_taken *taken, char *line)
{
	struct parse_ids ids;

	line[strcspn(line, "\n")] = '\0';
	if (parse_id_line(line, &ids) == 0)
		ids_take(taken, ids.first, ids.count);
}

int ids_take_file(struct ids_taken *taken, const char *path, struct err *err)
{
	CLEANUP_FREE char *line = NULL;
	FILE *in = fopen(path, "re");
	size_t size = 0;
	int rc = 0;

	if (!in && errno == ENOENT)
		return 0;
	if (!in)
		return err_set_errno(err, EXIT_FAILED, "open", path, errno);
	while (getline(&line, &size, in) >= 0)
		take_line(taken, line);
	if (ferror(in))
		rc = err_set_errno(err, EXIT_FAILED, "read", path, errno);
	(void)fclose(in);
	return rc;
}

static bool meets(const struct ids_span *span, uint64_t base)
{
	/* Written so that first + count cannot overflow. */
	return span->first < base + ID_RANGE && span->count &&
	       (span->first >= base || base - span->first < span->count);
}

static bool is_free(const struct ids_taken *taken, uint64_t base)
{
	for (size_t i = 0; i < taken->len; i++)
		if (meets(&taken->spans[i], base))
			return false;
	return true;
}

uint32_t ids_choose(const struct ids_taken *taken)
{
	for (uint64_t base = IDS_FIRST; base <= IDS_LAST; base += ID_RANGE)
		if (is_free(taken, base))
			return (uint32_t)base;
	return 0;
}
