#include "steer/action.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "steer/picture.h"

#define DEFAULT_MS 5000
#define WAIT_MS 10000

static int simple(struct session *s, const struct proto_request *req,
		  struct err *err)
{
	struct proto_reply reply;

	return session_call(s, req, &reply, err);
}

static int flush_stdout(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set_errno(err, EXIT_FAILED, "write", "-", errno);
}

static int do_screenshot(const struct invocation *inv, struct session *s,
			 struct err *err)
{
	CLEANUP_FREE char *written = NULL;
	struct pixels pixels;

	if (session_capture(s, &pixels, err) < 0)
		return -1;
	/* The display is no longer needed, and a slow reader of ours may be
	 * interrupted. */
	session_end(s);
	if (picture_save(&pixels, inv->output, &written, err) < 0)
		return -1;
	if (written)
		(void)printf("%s\n", written);
	return flush_stdout(err);
}

static int do_size(const struct invocation *inv, struct session *s,
		   struct err *err)
{
	struct proto_request req = { .type = PROTO_SIZE };
	struct proto_reply reply;

	if (session_call(s, &req, &reply, err) < 0)
		return -1;
	(void)printf("%ux%u\n", reply.picture.width, reply.picture.height);
	return flush_stdout(err);
}

static int do_move(const struct invocation *inv, struct session *s,
		   struct err *err)
{
	struct proto_request req = {
		.type = PROTO_MOVE, .x = inv->x, .y = inv->y,
	};

	return simple(s, &req, err);
}

static int do_click(const struct invocation *inv, struct session *s,
		    struct err *err)
{
	struct proto_request req = {
		.type = PROTO_CLICK,
		.positioned = inv->positioned,
		.x = inv->x,
		.y = inv->y,
	};

	return simple(s, &req, err);
}

static int do_type(const struct invocation *inv, struct session *s,
		   struct err *err)
{
	const char *text = inv->text;
	size_t left = strlen(text);

	while (left) {
		struct proto_request req = { .type = PROTO_TYPE };

		req.length = left < PROTO_TEXT_MAX ? (uint32_t)left :
						     PROTO_TEXT_MAX;
		memcpy(req.text, text, req.length);
		if (simple(s, &req, err) < 0)
			return -1;
		text += req.length;
		left -= req.length;
	}
	return 0;
}

static int do_key(const struct invocation *inv, struct session *s,
		  struct err *err)
{
	struct proto_request req = {
		.type = PROTO_KEY, .nkeys = inv->chord.n,
	};

	memcpy(req.keys, inv->chord.keys, sizeof(req.keys));
	return simple(s, &req, err);
}

static int do_wait(const struct invocation *inv, struct session *s,
		   struct err *err)
{
	int64_t left = s->deadline - session_now();
	struct proto_request req = {
		.type = inv->choice == 0 ? PROTO_WAIT_STABLE : PROTO_WAIT_FOCUS,
		.timeout_ms = left > 0 ? (uint32_t)left : 1,
	};

	return simple(s, &req, err);
}

static const struct opt screenshot_opts[] = {
	{ 'o', "output", "FILE", "where to write it; '-' is standard output" },
	{ 0 },
};

/* clang-format off */
const struct action actions[] = {
	{ "screenshot", { { 0 } }, false, screenshot_opts, DEFAULT_MS,
	  do_screenshot, "write a PNG of the screen and print its name" },
	{ "size", { { 0 } }, false, NULL, DEFAULT_MS,
	  do_size, "print the size of the screen" },
	{ "move", { { "X", ARG_X }, { "Y", ARG_Y } }, false, NULL, DEFAULT_MS,
	  do_move, "move the pointer" },
	{ "click", { { "X", ARG_X }, { "Y", ARG_Y } }, true, NULL, DEFAULT_MS,
	  do_click, "click the left button, there or where the pointer is" },
	{ "type", { { "TEXT", ARG_TEXT } }, false, NULL, DEFAULT_MS,
	  do_type, "type ASCII text, tabs and newlines" },
	{ "key", { { "CHORD", ARG_CHORD } }, false, NULL, DEFAULT_MS,
	  do_key, "press keys together: ctrl+shift+t, Return, F5" },
	{ "wait", { { "stable|focus", ARG_CHOICE } }, false, NULL, WAIT_MS,
	  do_wait, "until the screen is still, or a window has the focus" },
	{ 0 },
};
/* clang-format on */
