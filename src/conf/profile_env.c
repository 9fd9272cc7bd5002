#include <string.h>

#include "base/str.h"
#include "conf/profile_value.h"

/* Variables by which loader, C library and shells are told to load or run
 * something else before the program has its first say. */
static bool env_name_steers(const char *name)
{
	static const char *const names[] = {
		"GCONV_PATH", "LOCPATH", "NLSPATH", "GLIBC_TUNABLES",
		"BASH_ENV",   "ENV",	 "IFS",	    NULL,
	};

	for (const char *const *n = names; *n; n++)
		if (str_eq(*n, name))
			return true;
	return str_starts(name, "LD_");
}

static bool env_name_ok(const char *name)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "_0123456789";

	return *name && (*name < '0' || *name > '9') &&
	       name[strspn(name, chars)] == '\0';
}

/* "NAME=value" with one pair of enclosing double quotes taken off; NULL when
 * they do not enclose it. */
static char *env_entry(const char *name, const char *value)
{
	size_t len = strlen(value);

	if (*value != '"')
		return str_printf("%s=%s", name, value);
	if (len < 2 || strchr(value + 1, '"') != value + len - 1)
		return NULL;
	return str_printf("%s=%.*s", name, (int)(len - 2), value + 1);
}

static void env_replace(char ***env, char *entry)
{
	size_t len = strcspn(entry, "=") + 1;

	for (char **e = *env; e && *e; e++) {
		if (strncmp(*e, entry, len) == 0) {
			free(*e);
			*e = entry;
			return;
		}
	}
	strv_take(env, entry);
}

/* `where` is " in [env]" or "". */
static int check_env_name(const char *name, const char *where,
			  const struct profile_source *src, struct err *err)
{
	if (!env_name_ok(name))
		return err_set(err, EXIT_USAGE, src->what, src->object,
			       "'%.*s'%s: expected a name of letters, "
			       "digits and '_', no digit first",
			       PROFILE_SHOWN, name, where);
	if (env_name_steers(name))
		return err_set(err, EXIT_USAGE, src->what, src->object,
			       "'%.*s'%s is not allowed: it makes "
			       "loader or shell run other code first",
			       PROFILE_SHOWN, name, where);
	return 0;
}

int profile_set_env(char ***env, const char *assignment, struct err *err)
{
	struct profile_source src = { "apply --env", assignment, 0 };
	CLEANUP_FREE char *name =
		str_printf("%.*s", (int)strcspn(assignment, "="), assignment);

	if (!strchr(assignment, '='))
		return err_set(err, EXIT_USAGE, src.what, src.object,
			       "expected NAME=VALUE");
	if (check_env_name(name, "", &src, err) < 0)
		return -1;
	env_replace(env, str_dup(assignment));
	return 0;
}

int profile_assign_env(struct profile *p, const char *name, const char *value,
		       const struct profile_source *src, struct err *err)
{
	char *entry;

	if (check_env_name(name, " in [env]", src, err) < 0)
		return -1;
	entry = env_entry(name, value);
	if (!entry)
		return err_set(err, EXIT_USAGE, src->what, src->object,
			       "env.%.*s: expected one pair of double quotes "
			       "around the whole value", PROFILE_SHOWN, name);
	env_replace(&p->env, entry);
	return 0;
}
