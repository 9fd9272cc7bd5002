#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "conf/device.h"
#include "conf/profile.h"
#include "conf/profile_value.h"

/* --- devices -------------------------------------------------------------- */

/* Directories that the sandbox mounts something of its own on. */
static bool is_own(const char *name)
{
	static const char *const own[] = { "pts", "shm", "mqueue", "fd" };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_starts(name, own[i]) &&
		    (name[strlen(own[i])] == '/' || !name[strlen(own[i])]))
			return true;
	return false;
}

/* Slashes stand alone and not at the end: a node has one name. */
static bool device_ok(const char *path)
{
	CLEANUP_STRV char **parts = strv_split(path, '/');
	size_t len = 0;

	if (!str_starts(path, DEVICE_DIR) || strlen(path) > DEVICE_PATH_MAX ||
	    is_own(path + strlen(DEVICE_DIR)))
		return false;
	for (char **p = parts; p && *p; p++) {
		if (str_eq(*p, ".") || str_eq(*p, ".."))
			return false;
		len += strlen(*p) + 1;
	}
	return strv_len(parts) > 1 && len == strlen(path);
}

static bool has(char *const *list, const char *word)
{
	for (; list && *list; list++)
		if (str_eq(*list, word))
			return true;
	return false;
}

int profile_parse_devices(const char *value, char ***out)
{
	CLEANUP_STRV char **fields = strv_split(value, ',');
	CLEANUP_STRV char **list = NULL;

	for (char **f = fields; f && *f; f++) {
		CLEANUP_STRV char **words = NULL;

		if (parse_words(*f, &words) < 0 || strv_len(words) != 1 ||
		    !device_ok(words[0]) || has(list, words[0]))
			return -EINVAL;
		strv_take(&list, take_ptr(&words[0]));
	}
	if (strv_len(list) > DEVICES_MAX)
		return -EINVAL;
	*out = take_ptr(&list);
	return 0;
}

/* --- namespaces ----------------------------------------------------------- */

/* A namespace takes two to be made: the filter that lets the call through, and
 * the limit of the user namespace it is counted in. */
static int check_userns(const struct profile *p, struct err *err)
{
	bool none = str_eq(p->security.userns, USERNS_NONE);
	CLEANUP_FREE char *cause = NULL;

	switch ((enum profile_seccomp)p->security.seccomp) {
	case POLICY_BROWSER:
		if (!none)
			return 0;
		profile_bad(p, err, "security.seccomp = browser is for a "
			    "program that makes namespaces, and "
			    "security.userns = none lets it make none");
		return err_hint(err, "leave out security.userns, or set "
				"security.seccomp = default");
	case POLICY_DEFAULT:
	case POLICY_STRICT:
		if (none)
			return 0;
		cause = str_printf("security.userns = %s promises namespaces "
				   "that the system call policy refuses",
				   p->security.userns);
		profile_bad(p, err, cause);
		return err_hint(err, "leave out security.userns, or set "
				"security.seccomp = browser");
	case POLICY_UNCONFINED:
		return 0;
	}
	return 0;
}

/* What the kernel's files and sandbox-init have room for. */
#define LABEL_MAX 255

static int check_label(const struct profile *p, const char *key,
		       const char *label, struct err *err)
{
	CLEANUP_FREE char *cause = NULL;

	if (!label || strlen(label) <= LABEL_MAX)
		return 0;
	cause = str_printf("security.%s is longer than %d bytes", key,
			   LABEL_MAX);
	return profile_bad(p, err, cause);
}

int profile_complete_security(struct profile *p, struct err *err)
{
	bool nested = p->security.seccomp == POLICY_BROWSER;

	if (!p->security.userns)
		p->security.userns =
			str_dup(nested ? USERNS_FENCED : USERNS_NONE);
	if (check_label(p, "apparmor", p->security.apparmor, err) < 0 ||
	    check_label(p, "selinux", p->security.selinux, err) < 0)
		return -1;
	return check_userns(p, err);
}
