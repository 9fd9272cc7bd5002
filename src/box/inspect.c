#include "box/inspect.h"

#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/box.h"
#include "box/delegate.h"
#include "box/fence.h"
#include "box/limits.h"
#include "box/plan.h"
#include "conf/dirs.h"
#include "sys/mount.h"

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *usage_of(struct cgroup *group)
{
	struct cgroup_usage used = { 0 };
	json_t *o = json_object();

	(void)cgroup_get_usage(group, &used);
	(void)json_object_set_new(o, "memory", number(used.memory));
	(void)json_object_set_new(o, "memory_peak", number(used.memory_peak));
	(void)json_object_set_new(o, "cpu_usec", number(used.cpu_usec));
	(void)json_object_set_new(o, "pids", number(used.pids));
	return o;
}

/* Controllers may share a hierarchy, and so a directory. */
static void add_path(json_t *paths, int dir)
{
	char path[PATH_MAX];
	json_t *known;
	ssize_t n;
	size_t i;

	n = dir < 0 ? -1 :
		      readlink(fd_path(dir).text, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	json_array_foreach(paths, i, known) {
		if (str_eq(json_string_value(known), path))
			return;
	}
	(void)json_array_append_new(paths, json_string(path));
}

static json_t *paths_of(const struct cgroup *group)
{
	json_t *paths = json_array();

	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		add_path(paths, group->dir[c]);
	add_path(paths, group->tree);
	return paths;
}

/* A sandbox without a display has no group for one. */
static void add_part(json_t *usage, const struct cgroup_host *host,
		     const char *name, enum box_group g, const char *key)
{
	struct cgroup group = CGROUP_NONE;

	if (cgroup_open(host, box_group_path(name, g).text, &group) == 0)
		(void)json_object_set_new(usage, key, usage_of(&group));
	cgroup_finish(&group);
}

static void add_groups(json_t *o, const struct record *rec)
{
	struct cgroup_host host = CGROUP_HOST_NONE;
	struct cgroup whole = CGROUP_NONE;
	json_t *paths = NULL, *usage = NULL;

	if (rec->cgroups && rec->state != RECORD_STOPPED &&
	    delegate_host(rec, limits_controllers(rec), &host) == 0 &&
	    cgroup_open(&host, box_group_path(rec->name, GROUP_BOX).text,
			&whole) == 0) {
		paths = paths_of(&whole);
		usage = usage_of(&whole);
		add_part(usage, &host, rec->name, GROUP_INIT, CGROUP_INIT);
		add_part(usage, &host, rec->name, GROUP_DESKTOP,
			 CGROUP_DESKTOP);
		add_part(usage, &host, rec->name, GROUP_PAYLOAD,
			 CGROUP_PAYLOAD);
	}
	cgroup_finish(&whole);
	cgroup_host_finish(&host);
	(void)json_object_set_new(o, "groups", paths ? paths : json_array());
	(void)json_object_set_new(o, "usage", usage ? usage : json_null());
}

static void add_mounts(json_t *o, const struct record *rec)
{
	CLEANUP_STRV char **list = NULL;
	json_t *mounts = json_array();

	if (record_process_alive(&rec->init))
		(void)mount_list(rec->init.pid, &list);
	for (char **m = list; m && *m; m++)
		(void)json_array_append_new(mounts, json_string(*m));
	(void)json_object_set_new(o, "mounts", mounts);
}

/* PID 1's filter and the program's. Without any there is nothing to tell. */
static json_t *filters_of(const struct plan_walls *walls)
{
	CLEANUP_FREE char *hash = str_printf("%016llx",
				(unsigned long long)walls->hash);
	json_t *instructions = json_array();

	for (size_t i = 0; i < ARRAY_LEN(walls->instructions); i++)
		if (walls->instructions[i])
			(void)json_array_append_new(
				instructions, number(walls->instructions[i]));
	return json_pack("{so ss?}", "instructions", instructions, "hash",
			 walls->instructions[0] ? hash : NULL);
}

/* How many namespaces of each kind can be made inside. */
static json_t *fence_of(const struct plan_walls *walls)
{
	json_t *o = json_object();

	for (int k = 0; k < NS_KINDS; k++)
		(void)json_object_set_new(
			o, ns_names[k], walls->fence[k] == FENCE_OPEN ?
			json_null() : json_integer(walls->fence[k]));
	return o;
}

/* Beside those of the record, as long as there is a plan. */
static void add_walls(json_t *o, int statefd, const char *name)
{
	struct err none = ERR_INIT;
	CLEANUP_FD int dir = record_dir(statefd, name, &none);
	json_t *security = json_object_get(o, "security");
	struct plan_walls walls;
	bool known = dir >= 0 && plan_walls(dir, &walls) == 0;

	(void)json_object_set_new(security, "seccomp",
				  known ? filters_of(&walls) : json_null());
	(void)json_object_set_new(security, "namespaces",
				  known ? fence_of(&walls) : json_null());
}

static int add_files(json_t *o, const char *name, struct err *err)
{
	const char *state = dirs_state(err);
	json_t *logs;

	if (!state)
		return -1;
	(void)json_object_set_new(o, "directory",
				  json_sprintf("%s/%s", state, name));
	logs = json_object();
	for (int s = 0; s < LOG_SOURCES; s++) {
		CLEANUP_FREE char *path = log_path(name, s, err);

		if (path)
			(void)json_object_set_new(logs, log_source_names[s],
						  json_string(path));
	}
	(void)json_object_set_new(o, "logs", logs);
	return err->code ? -1 : 0;
}

json_t *inspect_tree(int statefd, const char *name, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	json_t *o;

	if (record_read(statefd, name, &rec, err) < 0)
		return NULL;
	o = record_tree(&rec);
	add_groups(o, &rec);
	add_mounts(o, &rec);
	add_walls(o, statefd, name);
	if (add_files(o, name, err) == 0)
		return o;
	json_decref(o);
	return NULL;
}
