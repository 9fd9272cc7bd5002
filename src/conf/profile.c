#include "conf/profile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/str.h"
#include "conf/profile_value.h"
#include "sandboxd/layout.h"

#define CHECK_PROFILE "check profile"
#define USER_LEN 32

int profile_set(struct profile *p, const char *assignment, struct err *err)
{
	struct profile_source src = { "apply --set", assignment, 0 };
	const char *eq = strchr(assignment, '=');
	const char *dot = strchr(assignment, '.');
	CLEANUP_FREE char *section = NULL;
	CLEANUP_FREE char *name = NULL;

	if (!eq || !dot || dot > eq || dot == assignment || dot + 1 == eq)
		return err_set(err, EXIT_USAGE, src.what, assignment,
			       "expected SECTION.KEY=VALUE");
	section = str_printf("%.*s", (int)(dot - assignment), assignment);
	name = str_printf("%.*s", (int)(eq - dot - 1), dot + 1);
	return profile_assign(p, section, name, eq + 1, &src, err);
}

int profile_bad(const struct profile *p, struct err *err, const char *cause)
{
	const char *shown = p->path && !str_eq(p->path, "-") ? p->path :
							       "standard input";

	return err_set(err, EXIT_USAGE, CHECK_PROFILE, shown, "%s", cause);
}

static void default_text(char **field, const char *value)
{
	if (!*field)
		*field = str_dup(value);
}

/* The file's name without directories and ".ini". */
static char *name_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strlen(base);

	if (len > 4 && str_eq(base + len - 4, ".ini"))
		len -= 4;
	return str_printf("%.*s", (int)len, base);
}

static int complete_name(struct profile *p, struct err *err)
{
	CLEANUP_FREE char *name = NULL;

	if (p->sandbox.name)
		return 0;
	if (!p->path || str_eq(p->path, "-")) {
		profile_bad(p, err, "sandbox.name is not set and there is no "
			    "file name to take it from");
		return err_hint(err, "name the sandbox with -n NAME");
	}
	name = name_of_file(p->path);
	if (!profile_name_ok(name)) {
		profile_bad(p, err, "the file's name is no sandbox name: "
			    "expected lower-case letters, digits, '_', '.' "
			    "and '-', at most 63");
		return err_hint(err, "name the sandbox with -n NAME or "
				"sandbox.name");
	}
	p->sandbox.name = take_ptr(&name);
	return 0;
}

static bool user_ok(const char *user)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789-";

	return *user && strchr(first, *user) && strlen(user) <= USER_LEN &&
	       user[strspn(user, rest)] == '\0';
}

static int check_user(const struct profile *p, struct err *err)
{
	static const char *const taken[] = { "root", "display", "wm",
					     "nobody", NULL };
	const char *user = p->sandbox.user;

	CLEANUP_FREE char *cause = NULL;
	bool bad = false;

	for (const char *const *t = taken; *t && !bad; t++)
		bad = str_eq(*t, user);
	if (!bad && user_ok(user))
		return 0;
	cause = str_printf("sandbox.user = '%.64s': %s", user,
			   bad ? "that account has another use inside" :
				 "expected a login name such as agent, of "
				 "lower-case letters, digits, '_' and '-', "
				 "at most 32");
	return profile_bad(p, err, cause);
}

/* The home is made writable for the agent: not over the system. */
static int check_home(const struct profile *p, struct err *err)
{
	static const char *const system_dirs[] = {
		"bin",	"boot", "dev", "etc", "lib", "lib32", "lib64", "libx32",
		"proc", "run",	"sbin", "sys", "usr", NULL,
	};
	CLEANUP_STRV char **parts = strv_split(p->sandbox.home, '/');
	CLEANUP_FREE char *cause = NULL;
	bool bad = !parts;

	for (const char *const *d = system_dirs; *d && !bad; d++)
		bad = str_eq(parts[0], *d);
	if (!bad)
		return 0;
	cause = str_printf("sandbox.home = '%.160s': expected a directory "
			   "outside the system's own", p->sandbox.home);
	profile_bad(p, err, cause);
	return err_hint(err, "leave it out for /home/%s", p->sandbox.user);
}

#define LAYOUTS 4 /* groups of an XKB keymap */

/* The length of "layout" or "layout(variant)" at `text`; 0: it is neither. */
static size_t layout_len(const char *text)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "_-0123456789";
	size_t len = strspn(text, name), variant;

	if (len == 0 || text[len] != '(')
		return len;
	variant = strspn(text + len + 1, name);
	if (variant == 0 || text[len + 1 + variant] != ')')
		return 0;
	return len + variant + 2;
}

static int check_keyboard(const struct profile *p, struct err *err)
{
	const char *rest = p->display.keyboard;
	CLEANUP_FREE char *cause = NULL;
	size_t len = layout_len(rest);
	int n = 1;

	for (; len && rest[len] == ','; n++) {
		rest += len + 1;
		len = layout_len(rest);
	}
	if (len && !rest[len] && n <= LAYOUTS)
		return 0;
	cause = str_printf("display.keyboard = '%.160s': expected layouts "
			   "such as us or de(nodeadkeys), at most %d, with "
			   "commas between", p->display.keyboard, LAYOUTS);
	return profile_bad(p, err, cause);
}

#define WM_MEMORY (16u << 20)
#define SERVER_ROOM (16u << 20) /* for windows and pictures of clients */

uint64_t profile_server_memory(const struct profile *p)
{
	return p->display.memory > WM_MEMORY ? p->display.memory - WM_MEMORY
					     : 0;
}

/* Fluxbox 1.3 divides 255 by the greatest value of a colour's bits, and then by
 * that: with ten bits it is caught in SIGFPE for ever. */
static int check_depth(const struct profile *p, struct err *err)
{
	if (!p->display.enabled || p->display.depth <= 24 ||
	    p->display.window_manager != WM_FLUXBOX)
		return 0;
	profile_bad(p, err, "display.depth = 30: fluxbox cannot draw with more "
		    "than 8 bits a colour");
	return err_hint(err, "set display.window_manager = none, or display."
			"depth = 24");
}

/* Measured: Xvfb 21.1 holds its screen twice, and 5 MB. */
static int check_display(const struct profile *p, struct err *err)
{
	uint64_t pixels = p->display.width * p->display.height;
	uint64_t screen = pixels * (p->display.depth > 16 ? 4 : 2);
	uint64_t least = 2 * screen + WM_MEMORY + SERVER_ROOM;
	CLEANUP_FREE char *have = parse_size_text(p->display.memory);
	CLEANUP_FREE char *cause = NULL;

	if (!p->display.enabled || p->display.memory >= least)
		return 0;
	cause = str_printf("display.memory = %s is too little for a screen of "
			   "%llux%llu", have,
			   (unsigned long long)p->display.width,
			   (unsigned long long)p->display.height);
	profile_bad(p, err, cause);
	return err_hint(err, "set display.memory = %lluM or more",
			(unsigned long long)(least >> 20) + 1);
}

/* Where relative directories start: where the profile's file is, or for one
 * from standard input the working directory. NULL with errno set. */
static char *profile_dir(const struct profile *p)
{
	const char *path = p->path && !str_eq(p->path, "-") ? p->path : "";
	const char *slash = strrchr(path, '/');
	int len = slash ? (int)(slash - path) : 0;
	CLEANUP_FREE char *here = NULL;

	if (path[0] == '/')
		return str_printf("%.*s", len, path);
	here = getcwd(NULL, 0);
	return here ? str_printf("%s%s%.*s", here, len ? "/" : "", len, path) :
		      NULL;
}

static int make_absolute(const struct profile *p, char **dir, struct err *err)
{
	CLEANUP_FREE char *base = NULL;
	char *absolute;

	if ((*dir)[0] != '.')
		return 0;
	base = profile_dir(p);
	if (!base)
		return err_set_errno(err, EXIT_FAILED, "find",
				     "the working directory", errno);
	absolute = str_printf("%s/%s", base,
			      *dir + (str_starts(*dir, "./") ? 2 : 0));
	free(*dir);
	*dir = absolute;
	return 0;
}

static int complete_dirs(struct profile *p, struct err *err)
{
	for (char **d = p->rootfs.layers; d && *d; d++)
		if (make_absolute(p, d, err) < 0)
			return -1;
	return make_absolute(p, &p->rootfs.image, err);
}

/* A directory of the host's has no size of its own. Nobody is to believe in
 * one that is not in force. */
static int check_writable(const struct profile *p, struct err *err)
{
	if (p->rootfs.writable != WRITABLE_DISK ||
	    (p->rootfs.size == PROFILE_UNLIMITED &&
	     p->rootfs.inodes == PROFILE_UNLIMITED))
		return 0;
	profile_bad(p, err, "rootfs.writable = disk cannot be limited by "
		    "rootfs.size and rootfs.inodes");
	return err_hint(err, "set both to unlimited, and mind that the sandbox "
			"can fill that disk; or writable = tmpfs");
}

int profile_complete(struct profile *p, struct err *err)
{
	CLEANUP_FREE char *home = NULL;

	if (complete_name(p, err) < 0 || check_user(p, err) < 0 ||
	    complete_dirs(p, err) < 0 || check_writable(p, err) < 0)
		return -1;
	default_text(&p->sandbox.hostname, p->sandbox.name);
	home = str_printf("/home/%s", p->sandbox.user);
	default_text(&p->sandbox.home, home);
	default_text(&p->sandbox.workdir, p->sandbox.home);
	if (check_home(p, err) < 0 || check_keyboard(p, err) < 0 ||
	    check_depth(p, err) < 0 ||
	    check_display(p, err) < 0 ||
	    profile_complete_security(p, err) < 0)
		return -1;
	return profile_check_limits(p, err);
}

bool profile_image_is_host(const struct profile *p)
{
	return str_eq(p->rootfs.image, IMAGE_HOST);
}

char **profile_settings(const struct profile *p)
{
	char **all = NULL;

	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *value = profile_value(p, k);

		strv_take(&all, str_printf("%s.%s=%s", k->section, k->name,
					   value));
	}
	for (char **e = p->env; e && *e; e++)
		strv_take(&all, str_printf("env.%s", *e));
	return all;
}

void profile_finish(struct profile *p)
{
	if (!p)
		return;
	free(p->path);
	for (size_t i = 0; i < p->nlines; i++)
		free(p->lines[i].key);
	free(p->lines);
	free(p->sandbox.name);
	strv_free(p->sandbox.command);
	free(p->sandbox.hostname);
	free(p->sandbox.user);
	free(p->sandbox.workdir);
	free(p->sandbox.home);
	free(p->rootfs.image);
	strv_free(p->rootfs.layers);
	free(p->limits.cpuset);
	strv_free(p->limits.io);
	strv_free(p->limits.hugepages);
	free(p->display.keyboard);
	free(p->security.userns);
	strv_free(p->limits.best_effort);
	strv_free(p->security.accept);
	strv_free(p->security.require);
	strv_free(p->security.devices);
	free(p->security.apparmor);
	free(p->security.selinux);
	strv_free(p->env);
	*p = (struct profile){ 0 };
}
