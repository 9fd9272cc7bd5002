#include "steer/actions.h"

#include <string.h>

#include "steer/answer.h"
#include "steer/button.h"

/* Between two clicks: a desktop takes them for one multiple click within 200
 * to 500 ms, by toolkit. Between two steps of a wheel: what comes closer is
 * merged by some, which then scroll less. */
#define CLICK_MS 60u
#define WHEEL_MS 10u
#define DRAG_MS 250u

#define LEFT 1u
#define WHEEL_UP 4u /* then down, left, right */

static void copy_chord(struct proto_request *req, const struct chord *chord)
{
	req->nkeys = chord->n;
	memcpy(req->keys, chord->keys, sizeof(req->keys));
}

static struct proto_request request(uint32_t type,
				    const struct invocation *inv)
{
	struct proto_request req = {
		.type = type,
		.positioned = inv->positioned,
		.at = inv->at,
		.to = inv->to,
		.button = inv->button ? inv->button : LEFT,
		.count = inv->count ? inv->count : 1,
	};

	copy_chord(&req, &inv->modifiers);
	return req;
}

static json_t *held_buttons(uint32_t mask)
{
	json_t *held = json_array();

	for (uint32_t i = 1; i <= PROTO_BUTTON_MAX; i++) {
		const char *name = button_name(i);

		if (mask & 1u << i)
			answer_add(held, name ? json_string(name) :
						json_integer(i));
	}
	return held;
}

int action_position(const struct invocation *inv, struct session *s,
		    json_t *out, struct err *err)
{
	struct proto_request req = { .type = PROTO_POSITION };
	struct proto_reply reply = { 0 };
	const struct proto_position *p = &reply.position;

	if (session_call(s, &req, &reply, err) < 0)
		return -1;
	answer_put(out, "x", json_integer(p->at.x));
	answer_put(out, "y", json_integer(p->at.y));
	answer_put(out, "buttons", held_buttons(p->buttons));
	answer_put(out, "window", p->window ? json_integer(p->window) :
					      json_null());
	return 0;
}

/* In the order and the form of `xdotool getmouselocation`. */
void action_position_text(const struct invocation *inv, const json_t *out)
{
	const json_t *held = json_object_get(out, "buttons");
	const json_t *window = json_object_get(out, "window");
	size_t n = json_array_size(held);

	(void)printf("x:%" JSON_INTEGER_FORMAT " y:%" JSON_INTEGER_FORMAT
		     " buttons:%s",
		     json_integer_value(json_object_get(out, "x")),
		     json_integer_value(json_object_get(out, "y")),
		     n ? "" : "none");
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(held, i);

		if (json_is_string(one))
			(void)printf("%s%s", i ? "," : "",
				     json_string_value(one));
		else
			(void)printf("%s%" JSON_INTEGER_FORMAT, i ? "," : "",
				     json_integer_value(one));
	}
	if (json_is_integer(window))
		(void)printf(" window:0x%llx\n",
			     (unsigned long long)json_integer_value(window));
	else
		(void)puts(" window:none");
}

int action_move(const struct invocation *inv, struct session *s, json_t *out,
		struct err *err)
{
	struct proto_request req = request(PROTO_MOVE, inv);

	return action_ask(s, &req, err);
}

int action_click(const struct invocation *inv, struct session *s, json_t *out,
		 struct err *err)
{
	struct proto_request req = request(PROTO_CLICK, inv);

	req.ms = CLICK_MS;
	session_allow(s, (uint64_t)req.count * req.ms);
	return action_ask(s, &req, err);
}

int action_scroll(const struct invocation *inv, struct session *s,
		  json_t *out, struct err *err)
{
	struct proto_request req = request(PROTO_CLICK, inv);

	req.button = WHEEL_UP + (uint32_t)inv->choice;
	req.ms = WHEEL_MS;
	session_allow(s, (uint64_t)req.count * req.ms);
	return action_ask(s, &req, err);
}

int action_drag(const struct invocation *inv, struct session *s, json_t *out,
		struct err *err)
{
	struct proto_request req = request(PROTO_DRAG, inv);

	req.ms = inv->duration_ms ? (uint32_t)inv->duration_ms : DRAG_MS;
	session_allow(s, req.ms);
	return action_ask(s, &req, err);
}

int action_press(const struct invocation *inv, struct session *s, json_t *out,
		 struct err *err)
{
	struct proto_request req = request(PROTO_PRESS, inv);

	return action_ask(s, &req, err);
}

int action_release(const struct invocation *inv, struct session *s,
		   json_t *out, struct err *err)
{
	struct proto_request req = request(PROTO_RELEASE, inv);

	req.button = inv->button;
	return action_ask(s, &req, err);
}
