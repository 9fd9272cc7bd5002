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
static void take_line(void *ctx, char *line)
{
	struct ids_taken *taken = ctx;
	struct parse_ids ids;

	line[strcspn(line, "\n")] = '\0';
	if (parse_id_line(line, &ids) == 0)
		ids_take(taken, ids.first, ids.count);
}

/* Calls `fn` for each line. No file is fine. */
static int each_line(const char *path, void (*fn)(void *ctx, char *line),
		     void *ctx, struct err *err)
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
		fn(ctx, line);
	if (ferror(in))
		rc = err_set_errno(err, EXIT_FAILED, "read", path, errno);
	(void)fclose(in);
	return rc;
}

int ids_take_file(struct ids_taken *taken, const char *path, struct err *err)
{
	return each_line(path, take_line, taken, err);
}

struct own {
	const char *user;
	char uid[12];
	struct ids_span *found;
};

static void find_line(void *ctx, char *line)
{
	const struct own *own = ctx;
	size_t len = strcspn(line, ":");
	struct parse_ids ids;

	line[strcspn(line, "\n")] = '\0';
	if (own->found->count || parse_id_line(line, &ids) < 0 ||
	    ids.count < ID_RANGE || ids.first > UINT32_MAX ||
	    ids.count > UINT32_MAX - ids.first)
		return;
	line[len] = '\0';
	if (str_eq(line, own->user) || str_eq(line, own->uid))
		*own->found = (struct ids_span){ ids.first, ids.count };
}

int ids_of_user(const char *path, const char *user, uint32_t uid,
		struct ids_span *out, struct err *err)
{
	struct own own = { .user = user, .found = out };

	*out = (struct ids_span){ 0 };
	(void)snprintf(own.uid, sizeof(own.uid), "%u", uid);
	return each_line(path, find_line, &own, err);
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

uint32_t ids_choose(const struct ids_taken *taken, uint32_t last)
{
	for (uint64_t base = IDS_FIRST; base <= last; base += ID_RANGE)
		if (is_free(taken, base))
			return (uint32_t)base;
	return 0;
}
