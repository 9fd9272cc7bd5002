/* /etc/subuid and its like, which other programs write. */
#include "tests/fuzz/fuzz.h"

#include "base/fd.h"
#include "conf/ids.h"
#include "sandboxd/layout.h"

static void choose(const struct ids_taken *taken)
{
	const uint32_t last = IDS_FIRST + 64 * ID_RANGE;
	uint32_t base = ids_choose(taken, last);

	FUZZ_CHECK(base == 0 || (base >= IDS_FIRST && base <= last));
	for (size_t i = 0; base && i < taken->len; i++) {
		const struct ids_span *s = &taken->spans[i];

		FUZZ_CHECK(!s->count || s->first >= base + (uint64_t)ID_RANGE ||
			   (s->first < base && base - s->first >= s->count));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FD int fd = fuzz_file(data, size);
	struct ids_taken taken = { 0 };
	struct err err = ERR_INIT;
	struct ids_span span;
	char path[40];

	(void)snprintf(path, sizeof(path), "%s", fd_path(fd).text);
	FUZZ_CHECK(ids_take_file(&taken, path, &err) == 0);
	choose(&taken);
	ids_free(&taken);
	FUZZ_CHECK(ids_of_user(path, "agent", 1000, &span, &err) == 0);
	FUZZ_CHECK(!span.count || (span.count >= ID_RANGE &&
				   span.first + span.count <= UINT32_MAX));
	return 0;
}
