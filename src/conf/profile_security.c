#include "base/str.h"
#include "conf/profile.h"
#include "conf/profile_value.h"

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

int profile_complete_security(struct profile *p, struct err *err)
{
	bool nested = p->security.seccomp == POLICY_BROWSER;

	if (!p->security.userns)
		p->security.userns =
			str_dup(nested ? USERNS_FENCED : USERNS_NONE);
	return check_userns(p, err);
}
