#include <jansson.h>
#include <string.h>

#include "base/jsonout.h"
#include "base/parse.h"
#include "base/str.h"
#include "box/inspect.h"
#include "cmd/cmd.h"

static const struct opt opts[] = {
	{ 0, "format", ".KEY.KEY", "only the value there, as in "
				   ".limits.memory.effective; a text without "
				   "quotes" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt UNUSED,
		      const char *value, struct err *err)
{
	if (value[0] != '.')
		return err_set(err, EXIT_USAGE, "read --format", value,
			       "expected a path such as .limits.memory");
	*(const char **)ctx = value;
	return 0;
}

static int no_key(json_t *in, const char *path, const char *key,
		  struct err *err)
{
	const char **names, *near = NULL, *name;
	json_t *value;
	size_t n = 0;

	(void)err_set(err, EXIT_USAGE, "find", path, "there is no '%s'", key);
	if (!json_is_object(in))
		return -1;
	names = mem_zalloc((json_object_size(in) + 1) * sizeof(*names));
	json_object_foreach(in, name, value) {
		names[n++] = name;
	}
	near = str_nearest(key, names);
	if (near)
		(void)err_hint(err, "did you mean '%s'?", near);
	free(names);
	return -1;
}

/* What `path` leads to, borrowed; an array takes a number from 0 on. */
static json_t *walk(json_t *tree, const char *path, struct err *err)
{
	CLEANUP_STRV char **keys = strv_split(path, '.');

	for (char **k = keys; k && *k; k++) {
		json_t *next = json_object_get(tree, *k);
		uint64_t n;

		if (json_is_array(tree) && parse_number(*k, &n) == 0)
			next = json_array_get(tree, n);
		if (!next) {
			(void)no_key(tree, path, *k, err);
			return NULL;
		}
		tree = next;
	}
	return tree;
}

static int print(json_t *tree, const char *path, struct err *err)
{
	json_t *value = path ? walk(tree, path, err) : tree;
	const size_t flags = path ? JSON_COMPACT : JSON_INDENT(2);

	if (!value)
		return -1;
	if (path && json_is_string(value)) {
		CLEANUP_FREE char *text = str_dup(json_string_value(value));

		err_clean_text(text);
		(void)printf("%s\n", text);
		return 0;
	}
	(void)jsonout_print(stdout, value, flags | JSON_ENCODE_ANY);
	return 0;
}

static int run(int argc, char **argv, struct err *err)
{
	const char *path = NULL;
	int first = cmd_parse(&cmd_inspect, argc, argv, 1, -1, set_option,
			      &path, err);
	CLEANUP_FD int statefd = first < 0 ? -1 : cmd_state(err);
	int rc = statefd < 0 ? -1 : 0;

	for (int i = first; rc == 0 && i < argc; i++) {
		json_t *tree = inspect_tree(statefd, argv[i], err);

		rc = tree ? print(tree, path, err) : -1;
		json_decref(tree);
	}
	return err->code;
}

const struct cmd cmd_inspect = {
	"inspect", "NAME...", "print all that is known of sandboxes, as JSON",
	opts, run,
};
