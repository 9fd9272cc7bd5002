#include "box/view.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/desktop.h"
#include "box/keymap.h"
#include "box/layers.h"
#include "sandboxd/keymap.h"

#define COPY_MAX (1u << 20) /* ld.so.cache is the largest by far */

/* Directories at the top; on a merged /usr most are links into it. */
static const char *const system_dirs[] = {
	"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
};

/* Configuration of programs, none of it secret by nature. Kept short: a
 * directory here may gain files that nobody here has thought of. */
static const char *const etc_dirs[] = {
	"/etc/alternatives", "/etc/fonts", "/etc/X11", "/etc/ssl/certs",
	"/etc/ld.so.conf.d", "/etc/terminfo", "/etc/xdg", "/etc/gtk-2.0",
	"/etc/gtk-3.0", "/etc/dconf", "/etc/dbus-1", "/etc/python3",
	"/etc/perl", "/etc/vim", "/etc/glvnd", "/etc/chromium",
	"/etc/chromium.d", "/etc/profile.d", "/var/cache/fontconfig",
};
static const char *const etc_files[] = {
	"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime",
	"/etc/timezone", "/etc/locale.alias", "/etc/default/locale",
	"/etc/mime.types", "/etc/magic", "/etc/services", "/etc/protocols",
	"/etc/bash.bashrc", "/etc/profile", "/etc/inputrc", "/etc/host.conf",
	"/etc/gai.conf", "/etc/debian_version", "/etc/os-release",
	"/etc/ca-certificates.conf",
};

static struct view_entry *add(struct view *v, enum view_kind kind,
			      const char *path, char *text, size_t len)
{
	struct view_entry *e;

	v->entries = mem_realloc(v->entries,
				 (v->count + 1) * sizeof(*v->entries));
	e = &v->entries[v->count++];
	*e = (struct view_entry){
		.kind = kind, .path = str_dup(path), .text = text, .len = len,
		.mode = kind == VIEW_FILE ? 0644 : 0755,
	};
	return e;
}

static struct view_entry *add_text(struct view *v, const char *path, char *text)
{
	return add(v, VIEW_FILE, path, text, strlen(text));
}

static void add_dir(struct view *v, const char *path, uint32_t uid, mode_t mode)
{
	struct view_entry *e = add(v, VIEW_DIR, path, NULL, 0);

	e->uid = uid;
	e->mode = mode;
}

static void add_link(struct view *v, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n <= 0)
		return;
	target[n] = '\0';
	add(v, VIEW_LINK, path, str_dup(target), 0);
}

/* A host directory, or the link that stands in its place. */
static void add_bind(struct view *v, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode))
		add_link(v, path);
	else if (S_ISDIR(st.st_mode))
		add(v, VIEW_BIND, path, NULL, 0);
}

/* Only what everybody on the host may read is copied: the reader here is
 * root, the guest is not. */
static int add_copy(struct view *v, const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
				 O_NONBLOCK | O_NOCTTY);
	char *text;
	struct stat st;
	ssize_t n;

	if (fd < 0) {
		if (errno == ELOOP)
			add_link(v, path);
		return 0;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 04) ||
	    st.st_size > (off_t)COPY_MAX)
		return 0;
	text = mem_zalloc((size_t)st.st_size + 1);
	n = fd_read_all(fd, text, (size_t)st.st_size);
	if (n < 0) {
		free(text);
		return err_set_errno(err, EXIT_FAILED, "read", path, (int)n);
	}
	add(v, VIEW_FILE, path, text, (size_t)n);
	return 0;
}

static int add_host(struct view *v, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(system_dirs); i++)
		add_bind(v, system_dirs[i]);
	for (size_t i = 0; i < ARRAY_LEN(etc_dirs); i++)
		add_bind(v, etc_dirs[i]);
	for (size_t i = 0; i < ARRAY_LEN(etc_files); i++)
		if (add_copy(v, etc_files[i], err) < 0)
			return -1;
	return 0;
}

static int add_machine_id(struct view *v, struct err *err)
{
	unsigned char id[16];
	struct buf hex = { 0 };

	if (getrandom(id, sizeof(id), 0) != sizeof(id))
		return err_set_errno(err, EXIT_FAILED, "make", "machine-id",
				     errno);
	/* RFC 9562 version 4, as machine-id(5) asks. */
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x40);
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(id); i++)
		buf_printf(&hex, "%02x", id[i]);
	buf_printf(&hex, "\n");
	add_text(v, "/etc/machine-id", hex.data)->mode = 0444;
	return 0;
}

static void add_identity(struct view *v, const struct box *box)
{
	const struct profile *p = box->profile;
	const char *user = p->sandbox.user, *host = p->sandbox.hostname;

	add_text(v, "/etc/passwd", str_printf(
		"root:x:0:0:root:/:/usr/sbin/nologin\n"
		"wm:x:%u:%u:window manager:/run/wm:/usr/sbin/nologin\n"
		"display:x:%u:%u:X server:/:/usr/sbin/nologin\n"
		"%s:x:%u:%u::%s:%s\n"
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
		UID_WM, UID_WM, UID_DISPLAY, UID_DISPLAY, user, UID_AGENT,
		UID_AGENT, p->sandbox.home, layers_shell(box)));
	add_text(v, "/etc/group", str_printf(
		"root:x:0:\ntty:x:%u:\nwm:x:%u:\ndisplay:x:%u:\n%s:x:%u:\n"
		"nogroup:x:65534:\n",
		GID_TTY, UID_WM, UID_DISPLAY, user, UID_AGENT));
	add_text(v, "/etc/nsswitch.conf", str_dup(
		"passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"
		"services: files\nprotocols: files\n"));
	add_text(v, "/etc/hostname", str_printf("%s\n", host));
	add_text(v, "/etc/hosts", str_printf(
		"127.0.0.1 localhost %s\n::1 localhost\n", host));
	add_text(v, "/etc/resolv.conf", str_dup(
		"# network.mode = none: there is no name server\n"));
	add_text(v, "/etc/shells", str_dup("/bin/sh\n/bin/bash\n"));
}

static void add_dirs(struct view *v, const struct profile *p)
{
	static const char *const needed[] = {
		"/etc", "/home", "/proc", "/sys", "/dev", "/run", "/tmp",
		"/var", "/var/lib",
	};
	/* What programs expect of a system, and an image brings itself. */
	static const char *const usual[] = {
		"/mnt", "/opt", "/srv", "/var/cache", "/var/log", "/var/spool",
	};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		add_dir(v, needed[i], UID_INIT, 0755);
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (profile_image_is_host(p))
			add_dir(v, usual[i], UID_INIT, 0755);
	add_dir(v, "/var/tmp", UID_INIT, 01777);
	/* Xvfb leaves its compiled keymap here. */
	add_dir(v, "/var/lib/xkb", UID_DISPLAY, 0755);
	add_dir(v, p->sandbox.home, UID_AGENT, 0700);
	add(v, VIEW_LINK, "/var/run", str_dup("/run"), 0);
	add(v, VIEW_LINK, "/etc/mtab", str_dup("/proc/self/mounts"), 0);
}

static void add_desktop(struct view *v, const struct profile *p)
{
	/* Toolkits ask for this before they ask the server. */
	add_text(v, DESKTOP_RESOURCES,
		 str_printf("Xft.dpi: %llu\n",
			    (unsigned long long)p->display.dpi));
	for (size_t i = 0; i < desktop_nfiles; i++)
		add_text(v, desktop_files[i].path,
			 str_dup(desktop_files[i].text));
}

static int add_keymap(struct view *v, struct err *err)
{
	struct buf map = { 0 };

	if (keymap_get(&map, err) < 0) {
		buf_free(&map);
		return -1;
	}
	add_text(v, KEYMAP_QUERY, str_dup(keymap_query));
	add(v, VIEW_FILE, KEYMAP_COMPILED, map.data, map.len);
	add_text(v, KEYMAP_REAL, str_dup("")); /* covered by rootfs.c */
	return 0;
}

int view_make(const struct box *box, struct view *out, struct err *err)
{
	*out = (struct view){ 0 };
	add_dirs(out, box->profile);
	if (profile_image_is_host(box->profile) && add_host(out, err) < 0)
		return -1;
	if (add_machine_id(out, err) < 0)
		return -1;
	add_identity(out, box);
	if (box->profile->display.enabled)
		add_desktop(out, box->profile);
	if (box->rec.security.landlock)
		add_text(out, PLAN_CANARY, str_dup(""))->mode = 0666;
	return keymap_used(box->profile) ? add_keymap(out, err) : 0;
}

void view_finish(struct view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		free(view->entries[i].path);
		free(view->entries[i].text);
	}
	free(view->entries);
	*view = (struct view){ 0 };
}
