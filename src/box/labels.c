#include "box/labels.h"

#include <errno.h>
#include <string.h>

#include "box/masks.h"
#include "box/program.h"
#include "box/rootless.h"
#include "sys/label.h"

#define USE "use AppArmor profile"
#define PARSER "apparmor_parser"
#define UNCONFINED "unconfined"
#define GENERATED "generated"

/* --- the profile of a sandbox's own --------------------------------------- */

enum when { ALWAYS, PLAIN, NESTED };

/* By apparmor.d(5). %s is the profile's own name. */
static const struct rule {
	enum when when; /* by whether namespaces can be made inside */
	const char *text;
} rules[] = {
	/* Files are the affair of mounts, modes and Landlock, but for what is
	 * denied below. */
	{ ALWAYS, "file," },
	{ ALWAYS, "unix," },
	{ ALWAYS, "dbus," },
	{ ALWAYS, "network unix," },
	{ ALWAYS, "network inet stream," },
	{ ALWAYS, "network inet dgram," },
	{ ALWAYS, "network inet6 stream," },
	{ ALWAYS, "network inet6 dgram," },
	{ ALWAYS, "network netlink," },
	{ ALWAYS, "deny network packet," },
	{ ALWAYS, "deny network raw," },
	{ ALWAYS, "signal (receive)," },
	{ ALWAYS, "signal (send) peer=%s," },
	{ ALWAYS, "ptrace (readby, tracedby)," },
	{ ALWAYS, "ptrace (read, trace) peer=%s," },
	{ ALWAYS, "deny mount," },
	{ ALWAYS, "deny remount," },
	{ ALWAYS, "deny umount," },
	{ ALWAYS, "deny pivot_root," },
	{ PLAIN, "deny capability," },
	/* AppArmor does not tell whose namespace a capability is over. */
	{ NESTED, "capability," },
	{ ALWAYS, "deny /proc/*/attr/** wl," },
	{ ALWAYS, "deny /sys/** wl," },
};

/* An asterisk means the same in both languages, nearly: here any name. */
static void deny(struct buf *out, const char *top, const struct mask *masks)
{
	for (; masks->path; masks++)
		buf_printf(out, "\tdeny %s/%s{,/**} %s,\n", top, masks->path,
			   masks->kind == MASK_HIDE ? "rwklmx" : "wl");
}

void labels_text(const struct profile *p, const char *name, struct buf *out)
{
	bool nested = !str_eq(p->security.userns, USERNS_NONE);

	buf_printf(out, "profile %s flags=(attach_disconnected, "
		   "mediate_deleted) {\n", name);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const char *text = rules[i].text, *own = strstr(text, "%s");

		if (rules[i].when == (nested ? PLAIN : NESTED))
			continue;
		if (own)
			buf_printf(out, "\t%.*s%s%s\n", (int)(own - text),
				   text, name, own + 2);
		else
			buf_printf(out, "\t%s\n", text);
	}
	deny(out, "/proc", masks_proc);
	deny(out, "/sys", masks_sys);
	buf_printf(out, "}\n");
}

/* --- AppArmor ------------------------------------------------------------- */

static int impossible(const char *what, const char *object, const char *cause,
		      struct err *err)
{
	return err_set(err, EXIT_IMPOSSIBLE, what, object, "%s", cause);
}

static int load(struct box *box, const char *name, struct err *err)
{
	CLEANUP_FREE char *parser = program_path(-1, PARSER);
	CLEANUP_BUF struct buf text = { 0 };
	char why[256];
	int rc;

	if (rootless()) {
		(void)impossible(USE, GENERATED, "only root can load one", err);
		return err_hint(err, "name one that is loaded, as aa-status "
				"lists them, or leave out security.apparmor");
	}
	if (program_require(-1, PARSER, "apparmor", err) < 0)
		return -1;
	/* Said before it is there. */
	box->rec.security.apparmor_own = true;
	if (record_write(box->statefd, &box->rec, err) < 0)
		return -1;
	labels_text(box->profile, name, &text);
	rc = label_load(parser, text.data, why, sizeof(why));
	if (rc == 0)
		return 0;
	err_clean_text(why);
	(void)err_set(err, EXIT_IMPOSSIBLE, "load AppArmor profile", name, "%s",
		      why[0] ? why : strerror(-rc));
	return err_hint(err, PARSER " wants securityfs on /sys/kernel/security "
			"and CAP_MAC_ADMIN: run outside of containers");
}

static int no_such_profile(const char *name, struct err *err)
{
	(void)impossible(USE, name, "the kernel holds none of that name", err);
	return err_hint(err, "load its file with: apparmor_parser -r FILE; "
			"aa-status lists what is loaded");
}

/* A profile that only complains is no wall. */
static int look_at_mode(struct box *box, const char *name, struct err *err)
{
	char mode[32] = "";
	int rc;

	if (str_eq(name, UNCONFINED))
		return 0;
	rc = label_mode(name, mode, sizeof(mode));
	if (rc == -ENOENT)
		return no_such_profile(name, err);
	if (rc == 0 && !str_eq(mode, "enforce"))
		strv_take(&box->rec.notes,
			  str_printf("AppArmor profile %s refuses nothing: its "
				     "mode is %s", name, mode));
	return 0;
}

static int find_apparmor(struct box *box, struct err *err)
{
	const char *name = box->profile->security.apparmor;
	CLEANUP_FREE char *own = NULL;

	if (!name)
		return 0;
	if (!label_has_apparmor()) {
		(void)impossible(USE, name, "AppArmor is not in force on this "
				 "host", err);
		return err_hint(err, "boot with apparmor=1 and 'apparmor' in "
				"lsm=, or leave out security.apparmor");
	}
	if (str_eq(name, GENERATED)) {
		own = str_printf("sandboxd-%s", box->rec.name);
		if (load(box, own, err) < 0)
			return -1;
		name = own;
	}
	if (look_at_mode(box, name, err) < 0)
		return -1;
	box->rec.security.apparmor = str_dup(name);
	return 0;
}

/* --- SELinux -------------------------------------------------------------- */

static int find_selinux(struct box *box, struct err *err)
{
	const char *label = box->profile->security.selinux;

	if (!label)
		return 0;
	if (!label_has_selinux()) {
		(void)impossible("use SELinux label", label, "SELinux is not "
				 "in force on this host", err);
		return err_hint(err, "boot with selinux=1 and 'selinux' in "
				"lsm=, or leave out security.selinux");
	}
	box->rec.security.selinux = str_dup(label);
	return 0;
}

/* -------------------------------------------------------------------------- */

int labels_up(struct box *box, struct err *err)
{
	return find_apparmor(box, err) < 0 ? -1 : find_selinux(box, err);
}

int labels_down(int statefd UNUSED, struct record *rec, struct err *err)
{
	CLEANUP_FREE char *own = str_printf("sandboxd-%s", rec->name);
	char mode[32];
	int rc;

	if (!rec->security.apparmor_own)
		return 0;
	/* What cannot be there needs no right to be removed. */
	rc = label_mode(own, mode, sizeof(mode)) == -ENOENT ?
		     0 : label_unload(own);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "unload AppArmor "
				     "profile", own, rc);
	rec->security.apparmor_own = false;
	return 0;
}
