/* Replies of the process that reads X, which is taken to be in the guest's
 * hands: the trusted side must make sense of any, and of a list in memory that
 * the other one can write to. */
#include "tests/fuzz/fuzz.h"

#include <limits.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "steer/answer.h"
#include "steer/session.h"
#include "steer/window.h"

/* No process has this number: it can be killed without harm. */
#define NOBODY (INT_MAX - 1)

struct scene {
	struct session s;
	struct target target;
	int peer;
};

static void open_scene(struct scene *t)
{
	static char nowhere[] = "/nonexistent";
	int pair[2], words[2];

	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			       pair) &&
		   !pipe2(words, O_CLOEXEC | O_NONBLOCK));
	*t = (struct scene){
		.s = { .deadline = clock_ms() + 10000, .pid = NOBODY,
		       .sock = pair[0], .words = words[0],
		       .signals = -1,
		       .pixels = memfd_create("pixels", MFD_CLOEXEC) },
		.target = { .socket = nowhere },
		.peer = pair[1],
	};
	t->s.target = &t->target;
	FUZZ_CHECK(ftruncate(t->s.pixels, PROTO_PIXELS) == 0);
	FUZZ_CHECK(write(words[1], "it says\x1b[31m\n", 13) == 13);
	close(words[1]);
}

static void reply(struct scene *t, struct fuzz_in *in)
{
	uint8_t how = fuzz_byte(in);
	struct proto_reply r;

	(void)fuzz_take(in, &r, sizeof(r));
	if (how & 1)
		r.err.code = 0;
	if (how & 2) {
		r.windows.count %= PROTO_WINDOWS_MAX + 1;
		r.windows.total = r.windows.count + r.windows.total % 3;
	}
	if (how & 4) {
		r.picture = (struct proto_picture){
			r.picture.width % 64, r.picture.height % 64,
			r.picture.stride % 300, 32, 0, 0xff0000, 0xff00, 0xff };
	}
	(void)!send(t->peer, &r, how & 0xf8 ? sizeof(r) : how, 0);
	/* Then it is gone, or keeps silent until the deadline. */
	close(t->peer);
}

/* A window a few bytes: all of them together are more than an input holds. */
static void fill_list(struct scene *t, struct fuzz_in *in)
{
	struct proto_window *list =
		mem_zalloc(PROTO_WINDOWS_MAX * sizeof(*list));

	for (uint32_t i = 0; i < PROTO_WINDOWS_MAX && in->left; i++) {
		uint8_t len = fuzz_byte(in);

		list[i].id = fuzz_byte(in);
		memset(list[i].class, 'c', sizeof(list[i].class));
		memset(list[i].title, (char)len, sizeof(list[i].title));
		(void)fuzz_take(in, list[i].title, len);
	}
	FUZZ_CHECK(pwrite(t->s.pixels, list, PROTO_WINDOWS_MAX * sizeof(*list),
			  0) > 0);
	free(list);
}

static void windows(struct scene *t, const char *word)
{
	CLEANUP(session_windows_free) struct session_windows w = { 0 };
	struct err err = ERR_INIT;

	if (session_windows(&t->s, &w, &err) < 0) {
		FUZZ_CHECK(err.code);
		err_print(fuzz_null(), "fuzz", &err);
		return;
	}
	FUZZ_CHECK(w.count <= PROTO_WINDOWS_MAX);
	for (uint32_t i = 0; i < w.count; i++) {
		fuzz_check_shown(w.list[i].title, "");
		fuzz_check_shown(w.list[i].class, "");
		fuzz_check_shown(w.list[i].instance, "");
	}
	(void)window_find(&w, word, &err);
	err_print(fuzz_null(), "fuzz", &err);
}

static void capture(struct scene *t)
{
	struct err err = ERR_INIT;
	struct pixels p;
	unsigned char *row;

	if (session_capture(&t->s, &p, &err) < 0) {
		FUZZ_CHECK(err.code);
		return;
	}
	row = mem_zalloc(3 * (size_t)p.width);
	for (uint32_t y = 0; y < p.height; y++)
		pixels_row(&p, y, row);
	free(row);
}

static void any(struct scene *t, uint8_t type)
{
	struct proto_request req = { .type = type };
	struct proto_reply r;
	struct err err = ERR_INIT;

	if (session_call(&t->s, &req, &r, &err) < 0)
		FUZZ_CHECK(err.code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	uint8_t what = fuzz_byte(&in);
	CLEANUP_FREE char *word = fuzz_text(&in, '\0');
	struct scene t;

	open_scene(&t);
	reply(&t, &in);
	fill_list(&t, &in);
	if (what == 0)
		capture(&t);
	else if (what & 1)
		windows(&t, word);
	else
		any(&t, what >> 1);
	session_close(&t.s);
	return 0;
}
