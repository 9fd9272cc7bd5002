#include "base/clock.h"
#include "steer/actions.h"

#include <string.h>

#include "base/macros.h"
#include "steer/answer.h"
#include "steer/picture.h"

int action_ask(struct session *s, const struct proto_request *req,
	       struct err *err)
{
	struct proto_reply reply = { 0 };

	return session_call(s, req, &reply, err);
}

static void put_size(json_t *out, uint32_t width, uint32_t height)
{
	answer_put(out, "width", json_integer(width));
	answer_put(out, "height", json_integer(height));
}

int action_screenshot(const struct invocation *inv, struct session *s,
		      json_t *out, struct err *err)
{
	struct pixels pixels;
	struct picture picture = { .pixels = &pixels };
	CLEANUP_FREE char *path = NULL;

	if (session_capture(s, &pixels, err) < 0)
		return -1;
	/* The display is no longer needed, and a slow reader of ours may be
	 * interrupted. */
	session_end(s);
	if (picture_save(&picture, inv->output, err) < 0)
		return -1;
	path = picture.path;
	if (path)
		answer_put(out, "path", answer_clean(path));
	put_size(out, pixels.width, pixels.height);
	answer_put(out, "bytes", json_integer((json_int_t)picture.bytes));
	return 0;
}

/* A name that was given is printed as it was given. */
void action_screenshot_text(const struct invocation *inv, const json_t *out)
{
	const char *path = json_string_value(json_object_get(out, "path"));

	if (path)
		(void)puts(inv->output ? inv->output : path);
}

int action_size(const struct invocation *inv, struct session *s, json_t *out,
		struct err *err)
{
	struct proto_request req = { .type = PROTO_SIZE };
	struct proto_reply reply = { 0 };

	if (session_call(s, &req, &reply, err) < 0)
		return -1;
	put_size(out, reply.picture.width, reply.picture.height);
	return 0;
}

void action_size_text(const struct invocation *inv, const json_t *out)
{
	(void)printf("%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT "\n",
		     json_integer_value(json_object_get(out, "width")),
		     json_integer_value(json_object_get(out, "height")));
}

int action_wait(const struct invocation *inv, struct session *s, json_t *out,
		struct err *err)
{
	int64_t left = s->deadline - clock_ms();
	struct proto_request req = {
		.type = inv->choice == 0 ? PROTO_WAIT_STABLE : PROTO_WAIT_FOCUS,
		.timeout_ms = left > 0 ? (uint32_t)left : 1,
	};

	return action_ask(s, &req, err);
}
