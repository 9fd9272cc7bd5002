#include "base/clock.h"
#include "steer/actions.h"

#include "base/macros.h"
#include "steer/answer.h"
#include "steer/window.h"

static json_t *area(const struct proto_area *a)
{
	json_t *o = json_object();

	answer_put(o, "x", json_integer(a->at.x));
	answer_put(o, "y", json_integer(a->at.y));
	answer_put(o, "width", json_integer(a->width));
	answer_put(o, "height", json_integer(a->height));
	return o;
}

static json_t *number_unless(int64_t value, int64_t none)
{
	return value == none ? json_null() : json_integer(value);
}

static json_t *window(const struct proto_window *w)
{
	json_t *o = json_object();

	answer_put(o, "id", json_integer(w->id));
	answer_put(o, "title", answer_clean(w->title));
	answer_put(o, "class", answer_clean(w->class));
	answer_put(o, "instance", answer_clean(w->instance));
	answer_put(o, "area", area(&w->area));
	answer_put(o, "frame", area(&w->frame));
	answer_put(o, "desktop", number_unless(w->desktop, PROTO_DESKTOP_NONE));
	answer_put(o, "claimed_pid", number_unless(w->claimed_pid, 0));
	answer_put(o, "mapped", json_boolean(w->flags & PROTO_WINDOW_MAPPED));
	answer_put(o, "focused", json_boolean(w->flags & PROTO_WINDOW_FOCUSED));
	answer_put(o, "minimised",
		   json_boolean(w->flags & PROTO_WINDOW_MINIMISED));
	return o;
}

int action_windows(const struct invocation *inv, struct session *s,
		   json_t *out, struct err *err)
{
	CLEANUP(session_windows_free) struct session_windows windows = { 0 };
	json_t *list;

	if (session_windows(s, &windows, err) < 0)
		return -1;
	list = json_array();
	for (uint32_t i = 0; i < windows.count; i++)
		answer_add(list, window(&windows.list[i]));
	answer_put(out, "windows", list);
	answer_put(out, "total", json_integer(windows.total));
	return 0;
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static long long number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void print_number(const json_t *o, const char *key, int width)
{
	const json_t *value = json_object_get(o, key);

	if (json_is_integer(value))
		(void)printf(" %*lld", width, number_of(o, key));
	else
		(void)printf(" %*s", width, "-");
}

static const char *state_of(const json_t *o)
{
	if (json_is_true(json_object_get(o, "focused")))
		return "focused";
	if (json_is_true(json_object_get(o, "minimised")))
		return "minimised";
	return json_is_true(json_object_get(o, "mapped")) ? "shown" : "hidden";
}

static void print_window(const json_t *o)
{
	const json_t *area = json_object_get(o, "area");
	const char *class = text_of(o, "class");
	char place[32], size[32];

	(void)snprintf(place, sizeof(place), "%lld,%lld", number_of(area, "x"),
		       number_of(area, "y"));
	(void)snprintf(size, sizeof(size), "%lldx%lld",
		       number_of(area, "width"), number_of(area, "height"));
	(void)printf("0x%08llx %-11s %-11s", number_of(o, "id"), place, size);
	print_number(o, "desktop", 4);
	print_number(o, "claimed_pid", 7);
	(void)printf("  %-9s %-16s %s\n", state_of(o), class[0] ? class : "-",
		     text_of(o, "title"));
}

void action_windows_text(const struct invocation *inv, const json_t *out)
{
	const json_t *list = json_object_get(out, "windows");
	size_t n = json_array_size(list);

	(void)printf("%-10s %-11s %-11s %4s %7s  %-9s %-16s %s\n", "WINDOW",
		     "PLACE", "SIZE", "DESK", "PID?", "STATE", "CLASS",
		     "TITLE");
	for (size_t i = 0; i < n; i++)
		print_window(json_array_get(list, i));
	if (number_of(out, "total") > (long long)n)
		(void)printf("and %lld more\n",
			     number_of(out, "total") - (long long)n);
}

/* Does to the one window that is meant what `type` asks. */
static int act_on(const struct invocation *inv, struct session *s,
		  uint32_t type, json_t *out, struct err *err)
{
	CLEANUP(session_windows_free) struct session_windows windows = { 0 };
	struct proto_request req = { .type = type };
	const struct proto_window *w;
	int64_t left;

	if (session_windows(s, &windows, err) < 0)
		return -1;
	w = window_find(&windows, inv->text, err);
	if (!w)
		return -1;
	left = s->deadline - clock_ms();
	req.window = w->id;
	req.timeout_ms = left > 0 ? (uint32_t)left : 1;
	if (action_ask(s, &req, err) < 0)
		return -1;
	answer_put(out, "window", json_integer(w->id));
	answer_put(out, "title", answer_clean(w->title));
	return 0;
}

int action_focus(const struct invocation *inv, struct session *s, json_t *out,
		 struct err *err)
{
	return act_on(inv, s, PROTO_FOCUS, out, err);
}

int action_close(const struct invocation *inv, struct session *s, json_t *out,
		 struct err *err)
{
	return act_on(inv, s, PROTO_CLOSE, out, err);
}
