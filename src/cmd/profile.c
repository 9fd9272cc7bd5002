#include "base/str.h"
#include "cmd/cmd.h"
#include "conf/profile.h"
#include "conf/profile_doc.h"
#include "sandboxd/layout.h"

/* Before the profile is completed: the host name follows the sandbox's. */
static int set_name(struct profile *p, const char *name, struct err *err)
{
	if (!profile_name_ok(name)) {
		(void)err_set(err, EXIT_USAGE, "use the name", name,
			      "not a sandbox name");
		return err_hint(err, "a-z, 0-9, '-', '_' and '.', at most %d, "
				"starting with a letter or digit", NAME_LEN);
	}
	free(p->sandbox.name);
	p->sandbox.name = str_dup(name);
	return 0;
}

int cmd_load_profile(struct profile *p, const char *path, char *const *sets,
		     const char *name, struct err *err)
{
	if ((path ? profile_read(p, path, err) :
		    profile_read_agent(p, err)) < 0)
		return -1;
	for (char *const *s = sets; s && *s; s++)
		if (profile_set(p, *s, err) < 0)
			return -1;
	if (name && set_name(p, name, err) < 0)
		return -1;
	return profile_complete(p, err);
}

/* --- profile keys --------------------------------------------------------- */

static const struct opt keys_opts[] = {
	{ 0, "json", NULL, "as a JSON array" },
	{ 0 },
};

static int set_flag(void *ctx, const struct opt *opt UNUSED,
		    const char *value UNUSED, struct err *err UNUSED)
{
	*(bool *)ctx = true;
	return 0;
}

static int run_keys(int argc, char **argv, struct err *err)
{
	bool json = false;
	int first = cmd_parse(&cmd_profile_keys, argc, argv, 0, 1, set_flag,
			      &json, err);
	CLEANUP_FREE char *text = NULL;

	if (first < 0 || profile_doc_check(argv[first], err) < 0)
		return err->code;
	if (!json) {
		profile_doc_keys(stdout, argv[first]);
		return EXIT_DONE;
	}
	text = profile_doc_json(argv[first]);
	(void)printf("%s\n", text);
	return EXIT_DONE;
}

const struct cmd cmd_profile_keys = {
	"profile keys", "[KEY]",
	"list the keys of a profile, or of one section, or one",
	keys_opts, run_keys,
};

/* --- profile show --------------------------------------------------------- */

static const struct opt set_opts[] = {
	{ 0, "set", "KEY=VALUE", "override section.key of the profile" },
	{ 0 },
};

static int add_set(void *ctx, const struct opt *opt UNUSED, const char *value,
		   struct err *err UNUSED)
{
	strv_add(ctx, value);
	return 0;
}

static int run_show(int argc, char **argv, struct err *err)
{
	CLEANUP(profile_finish) struct profile p = { 0 };
	CLEANUP_STRV char **sets = NULL;
	int first = cmd_parse(&cmd_profile_show, argc, argv, 1, 1, add_set,
			      &sets, err);

	if (first >= 0 &&
	    cmd_load_profile(&p, argv[first], sets, NULL, err) == 0)
		(void)profile_doc_ini(stdout, &p, err);
	return err->code;
}

const struct cmd cmd_profile_show = {
	"profile show", "PROFILE", "print a profile with every default",
	set_opts, run_show,
};
