/* What is typed at a guest's terminal, and the keys that let go of it. */
#include "tests/fuzz/fuzz.h"

#include "box/console.h"

/* In front of the keys everything goes to the guest, in order. */
static void type(struct console *c, struct fuzz_in *in)
{
	CLEANUP_BUF struct buf typed = { 0 }, passed = { 0 };
	bool gone = false;

	while (in->left && !gone) {
		uint8_t want = fuzz_byte(in);
		char part[256], out[256 + CONSOLE_KEYS_MAX];
		size_t len = want < in->left ? want : in->left, n;

		len = fuzz_take(in, part, len);
		n = console_filter(c, part, len, out, &gone);
		FUZZ_CHECK(n <= len + CONSOLE_KEYS_MAX);
		buf_add(&typed, part, len);
		buf_add(&passed, out, n);
	}
	FUZZ_CHECK(passed.len <= typed.len);
	FUZZ_CHECK(!passed.len ||
		   memcmp(passed.data, typed.data, passed.len) == 0);
	if (gone)
		return;
	/* What is held back is a beginning of the keys. */
	FUZZ_CHECK(typed.len - passed.len == c->typed);
	FUZZ_CHECK(!c->typed || memcmp(typed.data + passed.len, c->keys,
				       c->typed) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	CLEANUP_FREE char *keys = fuzz_text(&in, '\0');
	struct err err = ERR_INIT;
	struct console c = { 0 };

	if (console_set_keys(&c, keys, &err) < 0)
		FUZZ_CHECK(err.code == EXIT_USAGE);
	else
		type(&c, &in);
	return 0;
}
