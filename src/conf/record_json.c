#include "conf/record_json.h"

#include <jansson.h>
#include <string.h>

#include "base/stamp.h"
#include "base/str.h"

static const char *const state_names[] = {
	[RECORD_STARTING] = "starting", [RECORD_RUNNING] = "running",
	[RECORD_STOPPING] = "stopping", [RECORD_STOPPED] = "stopped",
	[RECORD_LOST] = "lost",
};

const char *const record_ns_names[] = { "user", "mnt", "pid",    "net",
					"ipc",  "uts", "cgroup", "time" };

const char *record_state_name(enum record_state state)
{
	return state_names[state];
}

/* Takes `value`. All strings put in are valid UTF-8, so only memory can be
 * missing, and nothing here goes on without (base/str.h). */
static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0) {
		(void)fputs("out of memory\n", stderr);
		abort();
	}
}

/* Arguments and paths are any bytes, JSON is UTF-8. The record only shows
 * them: nothing is executed from it. */
static json_t *text_or_null(const char *text)
{
	CLEANUP_FREE char *clean = NULL;
	json_t *j = text ? json_string(text) : json_null();

	if (j)
		return j;
	clean = str_dup(text);
	err_clean_text(clean);
	return json_string(clean);
}

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *limit_number(uint64_t n)
{
	return n > INT64_MAX ? json_null() : number(n);
}

static json_t *texts(char *const *v)
{
	json_t *array = json_array();

	for (; v && *v; v++) {
		if (json_array_append_new(array, text_or_null(*v)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *process(const struct record_process *p)
{
	json_t *o = json_object();

	if (p->pid == 0) {
		json_decref(o);
		return json_null();
	}
	put(o, "pid", number((uint64_t)p->pid));
	put(o, "start", number(p->start));
	return o;
}

static json_t *namespaces(const struct record *rec)
{
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_LEN(record_ns_names); i++)
		put(o, record_ns_names[i], number(rec->ns[i]));
	return o;
}

/* "section.key=value" as section -> key -> value. */
static json_t *settings(char *const *v)
{
	json_t *o = json_object();

	for (; v && *v; v++) {
		size_t dot = strcspn(*v, "."), eq = strcspn(*v, "=");
		CLEANUP_FREE char *section = str_printf("%.*s", (int)dot, *v);
		CLEANUP_FREE char *key =
			str_printf("%.*s", (int)(eq - dot - 1), *v + dot + 1);

		if (!json_object_get(o, section))
			put(o, section, json_object());
		put(json_object_get(o, section), key,
		    text_or_null(*v + eq + 1));
	}
	return o;
}

static json_t *stages(const struct record *rec)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rec->nstages; i++) {
		json_t *o = json_object();

		put(o, "name", text_or_null(rec->stages[i].name));
		put(o, "usec", number(rec->stages[i].usec));
		if (json_array_append_new(array, o) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* KEY_ms for programs, KEY for people (RFC 3339, UTC). */
static void put_time(json_t *o, const char *key, int64_t ms)
{
	CLEANUP_FREE char *key_ms = str_printf("%s_ms", key);

	put(o, key_ms, json_integer(ms));
	put(o, key, ms ? json_string(stamp_text(ms).text) : json_null());
}

static json_t *display(const struct record *rec)
{
	json_t *o = json_object();

	put(o, "enabled", json_boolean(rec->display.enabled));
	put(o, "number", number(rec->display.number));
	put(o, "width", number(rec->display.width));
	put(o, "height", number(rec->display.height));
	put(o, "depth", number(rec->display.depth));
	put(o, "restarts", number(rec->display.restarts));
	return o;
}

static json_t *limit(const struct record_limit *l, bool text)
{
	json_t *o = json_object();

	put(o, "requested", text ? text_or_null(l->requested_text) :
				   limit_number(l->requested));
	put(o, "effective", text ? text_or_null(l->effective_text) :
				   limit_number(l->effective));
	put(o, "enforced", json_boolean(l->enforced));
	return o;
}

static json_t *limits(const struct record *rec)
{
	json_t *o = json_object();

	for (int l = 0; l < LIMITS; l++)
		put(o, limit_names[l],
		    limit(&rec->limits[l], limit_is_text(l)));
	return o;
}

static json_t *rootfs(const struct record *rec)
{
	json_t *o = json_object();

	put(o, "image", text_or_null(rec->rootfs.image));
	put(o, "layers", texts(rec->rootfs.layers));
	put(o, "writable", text_or_null(rec->rootfs.writable));
	put(o, "on_disk", json_boolean(rec->rootfs.on_disk));
	return o;
}

static json_t *security(const struct record *rec)
{
	json_t *o = json_object();

	put(o, "landlock", rec->security.landlock ?
	    number(rec->security.landlock) : json_null());
	put(o, "device_list", text_or_null(rec->security.device_list));
	put(o, "devices", texts(rec->security.devices));
	put(o, "apparmor", text_or_null(rec->security.apparmor));
	put(o, "apparmor_own", json_boolean(rec->security.apparmor_own));
	put(o, "selinux", text_or_null(rec->security.selinux));
	return o;
}

static void put_ending(json_t *o, const struct record *rec)
{
	put(o, "exit_code", rec->exit_code < 0 ?
	    json_null() : json_integer(rec->exit_code));
	put(o, "reason", text_or_null(rec->reason[0] ? rec->reason : NULL));
	put(o, "detail", text_or_null(rec->detail));
	put(o, "oom_kills", number(rec->oom_kills));
	put_time(o, "oom", rec->oom_ms);
	put(o, "memory_peak", number(rec->memory_peak));
	put(o, "cpu_usec", number(rec->cpu_usec));
	put(o, "fork_refusals", number(rec->fork_refusals));
}

json_t *record_tree(const struct record *rec)
{
	json_t *o = json_object();

	put(o, "version", number(RECORD_FORMAT));
	put(o, "name", text_or_null(rec->name));
	put(o, "state", json_string(record_state_name(rec->state)));
	put(o, "profile", text_or_null(rec->profile));
	put(o, "settings", settings(rec->settings));
	put(o, "command", texts(rec->command));
	put(o, "foreground", json_boolean(rec->foreground));
	put(o, "terminal", json_boolean(rec->terminal));
	put(o, "user", text_or_null(rec->user));
	put(o, "monitor", process(&rec->monitor));
	put(o, "init", process(&rec->init));
	put(o, "ns", namespaces(rec));
	put(o, "id_base", number(rec->id_base));
	put(o, "host_uid", number(rec->host_uid));
	put(o, "host_gid", number(rec->host_gid));
	put(o, "cgroups", json_boolean(rec->cgroups));
	put(o, "scope", text_or_null(rec->scope));
	put_time(o, "created", rec->created_ms);
	put_time(o, "started", rec->started_ms);
	put_time(o, "ended", rec->ended_ms);
	put(o, "stages", stages(rec));
	put(o, "display", display(rec));
	put(o, "limits", limits(rec));
	put(o, "rootfs", rootfs(rec));
	put(o, "security", security(rec));
	put(o, "notes", texts(rec->notes));
	put_ending(o, rec);
	return o;
}

char *record_json(const struct record *rec)
{
	json_t *o = record_tree(rec);
	char *text = json_dumps(o, JSON_INDENT(2));

	json_decref(o);
	if (!text) {
		(void)fputs("out of memory\n", stderr);
		abort();
	}
	return text;
}
