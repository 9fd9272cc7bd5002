#include <jansson.h>
#include <string.h>

#include "base/str.h"
#include "conf/ids.h"
#include "conf/profile.h"
#include "conf/record_json.h"

#define PID_LIMIT (1 << 22)     /* PID_MAX_LIMIT of the kernel */
#define SCREEN_MAX 65535        /* CARD16 of the X protocol */

/* One JSON object and the first field found wrong anywhere. */
struct node {
	json_t *object;
	const char *prefix; /* "limits.memory." */
	char *bad;          /* shared: char[64], empty while all is well */
};

#define BAD_SIZE 64

static void blame(const struct node *n, const char *key)
{
	if (!n->bad[0])
		(void)snprintf(n->bad, BAD_SIZE, "%s%s", n->prefix, key);
}

static bool get_bool(const struct node *n, const char *key)
{
	json_t *j = json_object_get(n->object, key);

	if (!json_is_boolean(j))
		blame(n, key);
	return json_is_true(j);
}

static int64_t get_number(const struct node *n, const char *key, int64_t min,
			  int64_t max)
{
	json_t *j = json_object_get(n->object, key);
	json_int_t value = json_integer_value(j);

	if (json_is_integer(j) && value >= min && value <= max)
		return value;
	blame(n, key);
	return min;
}

static uint32_t get_u32(const struct node *n, const char *key, uint32_t max)
{
	return (uint32_t)get_number(n, key, 0, max);
}

/* NULL for null; "" when the field is wrong. */
static const char *get_text(const struct node *n, const char *key)
{
	json_t *j = json_object_get(n->object, key);

	if (json_is_null(j))
		return NULL;
	if (json_is_string(j))
		return json_string_value(j);
	blame(n, key);
	return "";
}

static char *get_copy(const struct node *n, const char *key)
{
	const char *text = get_text(n, key);

	return text ? str_dup(text) : NULL;
}

static char **get_texts(const struct node *n, const char *key)
{
	json_t *array = json_object_get(n->object, key), *j;
	char **v = NULL;
	size_t i;

	if (!json_is_array(array))
		blame(n, key);
	json_array_foreach(array, i, j) {
		if (json_is_string(j))
			strv_add(&v, json_string_value(j));
		else
			blame(n, key);
	}
	return v;
}

static struct node get_object(const struct node *n, const char *key,
			      const char *prefix)
{
	json_t *j = json_object_get(n->object, key);

	if (!json_is_object(j))
		blame(n, key);
	return (struct node){ j, prefix, n->bad };
}

static void get_process(const struct node *n, const char *key,
			const char *prefix, struct record_process *out)
{
	struct node p;

	*out = (struct record_process){ 0 };
	if (json_is_null(json_object_get(n->object, key)))
		return;
	p = get_object(n, key, prefix);
	out->pid = (pid_t)get_number(&p, "pid", 1, PID_LIMIT);
	out->start = (uint64_t)get_number(&p, "start", 0, INT64_MAX);
}

static void get_namespaces(const struct node *n, struct record *out)
{
	struct node ns = get_object(n, "ns", "ns.");

	for (size_t i = 0; i < ARRAY_LEN(record_ns_names); i++)
		out->ns[i] = (uint64_t)get_number(&ns, record_ns_names[i], 0,
						  INT64_MAX);
}

static void get_section(const struct node *settings, const char *section,
			char ***out)
{
	CLEANUP_FREE char *prefix =
		str_printf("%s%s.", settings->prefix, section);
	struct node n = get_object(settings, section, prefix);
	const char *key;
	json_t *value;

	json_object_foreach(n.object, key, value) {
		if (json_is_string(value))
			strv_take(out, str_printf("%s.%s=%s", section, key,
						  json_string_value(value)));
		else
			blame(&n, key);
	}
}

static char **get_settings(const struct node *n)
{
	struct node settings = get_object(n, "settings", "settings.");
	const char *section;
	json_t *keys;
	char **v = NULL;

	json_object_foreach(settings.object, section, keys) {
		get_section(&settings, section, &v);
	}
	return v;
}

static void get_stages(const struct node *n, struct record *out)
{
	json_t *array = json_object_get(n->object, "stages"), *j;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) > RECORD_STAGES) {
		blame(n, "stages");
		return;
	}
	json_array_foreach(array, i, j) {
		struct node s = { j, "stages.", n->bad };
		const char *name = get_text(&s, "name");

		(void)snprintf(out->stages[i].name,
			       sizeof(out->stages[i].name), "%s",
			       name ? name : "");
		out->stages[i].usec =
			(uint64_t)get_number(&s, "usec", 0, INT64_MAX);
		out->nstages++;
	}
}

static void get_display(const struct node *n, struct record *out)
{
	struct node d = get_object(n, "display", "display.");

	out->display.enabled = get_bool(&d, "enabled");
	out->display.number = get_u32(&d, "number", 9999);
	out->display.width = get_u32(&d, "width", SCREEN_MAX);
	out->display.height = get_u32(&d, "height", SCREEN_MAX);
	out->display.depth = get_u32(&d, "depth", 32);
	out->display.restarts = get_u32(&d, "restarts", UINT32_MAX);
}

static uint64_t get_limit_number(const struct node *n, const char *key)
{
	if (json_is_null(json_object_get(n->object, key)))
		return PROFILE_UNLIMITED;
	return (uint64_t)get_number(n, key, 0, INT64_MAX);
}

static void get_limit(const struct node *n, enum limit limit,
		      struct record_limit *out)
{
	const char *key = limit_names[limit];
	CLEANUP_FREE char *prefix = str_printf("%s%s.", n->prefix, key);
	struct node l = get_object(n, key, prefix);

	out->enforced = get_bool(&l, "enforced");
	if (limit_is_text(limit)) {
		out->requested_text = get_copy(&l, "requested");
		out->effective_text = get_copy(&l, "effective");
		return;
	}
	out->requested = get_limit_number(&l, "requested");
	out->effective = get_limit_number(&l, "effective");
}

static void get_limits(const struct node *n, struct record *out)
{
	struct node l = get_object(n, "limits", "limits.");

	for (int i = 0; i < LIMITS; i++)
		get_limit(&l, i, &out->limits[i]);
}

static void get_rootfs(const struct node *n, struct record *out)
{
	struct node r = get_object(n, "rootfs", "rootfs.");

	out->rootfs.image = get_copy(&r, "image");
	out->rootfs.layers = get_texts(&r, "layers");
	out->rootfs.writable = get_copy(&r, "writable");
	out->rootfs.on_disk = get_bool(&r, "on_disk");
}

static void get_security(const struct node *n, struct record *out)
{
	struct node s = get_object(n, "security", "security.");

	if (!json_is_null(json_object_get(s.object, "landlock")))
		out->security.landlock = get_u32(&s, "landlock", UINT32_MAX);
	out->security.device_list = get_copy(&s, "device_list");
	out->security.devices = get_texts(&s, "devices");
	out->security.apparmor = get_copy(&s, "apparmor");
	out->security.apparmor_own = get_bool(&s, "apparmor_own");
	out->security.selinux = get_copy(&s, "selinux");
}

static void get_name(const struct node *n, const char *name,
		     struct record *out)
{
	const char *text = get_text(n, "name");

	if (!text || !str_eq(text, name) || !profile_name_ok(text))
		blame(n, "name");
	else
		memcpy(out->name, text, strlen(text) + 1);
}

static void get_state(const struct node *n, struct record *out)
{
	const char *text = get_text(n, "state");

	for (int s = RECORD_STARTING; s < RECORD_LOST; s++) {
		if (str_eq(text, record_state_name(s))) {
			out->state = s;
			return;
		}
	}
	blame(n, "state");
}

static void get_id_base(const struct node *n, struct record *out)
{
	out->id_base = get_u32(n, "id_base", IDS_LAST);
	out->host_uid = get_u32(n, "host_uid", UINT32_MAX);
	out->host_gid = get_u32(n, "host_gid", UINT32_MAX);
	if (out->id_base &&
	    (out->id_base < IDS_FIRST || out->id_base % ID_RANGE != 0))
		blame(n, "id_base");
}

static void get_reason(const struct node *n, struct record *out)
{
	const char *text = get_text(n, "reason");

	if (!text)
		return;
	if (!*text || strlen(text) >= sizeof(out->reason) ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")] != '\0')
		blame(n, "reason");
	else
		memcpy(out->reason, text, strlen(text) + 1);
}

static void get_ending(const struct node *n, struct record *out)
{
	out->exit_code = -1;
	if (!json_is_null(json_object_get(n->object, "exit_code")))
		out->exit_code = (int)get_number(n, "exit_code", 0, 255);
	get_reason(n, out);
	out->detail = get_copy(n, "detail");
	out->oom_kills = (uint64_t)get_number(n, "oom_kills", 0, INT64_MAX);
	out->oom_ms = get_number(n, "oom_ms", 0, INT64_MAX);
	out->memory_peak = (uint64_t)get_number(n, "memory_peak", 0, INT64_MAX);
	out->cpu_usec = (uint64_t)get_number(n, "cpu_usec", 0, INT64_MAX);
	out->fork_refusals =
		(uint64_t)get_number(n, "fork_refusals", 0, INT64_MAX);
}

static void decode(const struct node *n, const char *name, struct record *out)
{
	(void)get_number(n, "version", RECORD_FORMAT, RECORD_FORMAT);
	get_name(n, name, out);
	get_state(n, out);
	out->profile = get_copy(n, "profile");
	out->settings = get_settings(n);
	out->command = get_texts(n, "command");
	out->foreground = get_bool(n, "foreground");
	out->terminal = get_bool(n, "terminal");
	out->user = get_copy(n, "user");
	get_process(n, "monitor", "monitor.", &out->monitor);
	get_process(n, "init", "init.", &out->init);
	get_namespaces(n, out);
	get_id_base(n, out);
	out->cgroups = get_bool(n, "cgroups");
	out->scope = get_copy(n, "scope");
	out->created_ms = get_number(n, "created_ms", 0, INT64_MAX);
	out->started_ms = get_number(n, "started_ms", 0, INT64_MAX);
	out->ended_ms = get_number(n, "ended_ms", 0, INT64_MAX);
	get_stages(n, out);
	get_display(n, out);
	get_limits(n, out);
	get_rootfs(n, out);
	get_security(n, out);
	out->notes = get_texts(n, "notes");
	get_ending(n, out);
}

static int damaged(const char *name, struct err *err, const char *cause)
{
	err_set(err, EXIT_FAILED, "read record of", name, "damaged: %s",
		cause);
	return err_hint(err, "remove it with: sandboxd rm -f %s", name);
}

int record_decode(const char *text, size_t len, const char *name,
		  struct record *out, struct err *err)
{
	char bad[BAD_SIZE] = "";
	struct node n = { .prefix = "", .bad = bad };
	CLEANUP_FREE char *cause = NULL;
	json_error_t e;

	*out = (struct record){ .exists = true, .exit_code = -1 };
	n.object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
	if (!n.object) {
		cause = str_printf("line %d: %s", e.line, e.text);
		return damaged(name, err, cause);
	}
	decode(&n, name, out);
	json_decref(n.object);
	if (!bad[0])
		return 0;
	cause = str_printf("'%s' is missing or not what it has to be", bad);
	return damaged(name, err, cause);
}
