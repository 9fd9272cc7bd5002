#include "box/keymap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "conf/dirs.h"
#include "sandboxd/keymap.h"
#include "sys/ns.h"

#define KEPT "keymap" /* in the data directory */
#define KEPT_MAX (256u << 10)
#define WORDS_MAX 256

const char keymap_query[] =
	"xkb_keymap \"default\" {\n"
	"    xkb_keycodes             { include \"evdev+aliases(qwerty)\" };\n"
	"    xkb_types                { include \"complete\" };\n"
	"    xkb_compatibility        { include \"complete\" };\n"
	"    xkb_symbols              { include \"pc+us+inet(evdev)\" };\n"
	"    xkb_geometry             { include \"pc(pc105)\" };\n"
	"};\n";

bool keymap_used(const struct profile *p)
{
	struct stat st;

	return p->display.enabled && profile_image_is_host(p) &&
	       lstat(KEYMAP_COMPILER, &st) == 0 && S_ISREG(st.st_mode);
}

/* --- what it was made from ----------------------------------------------- */

/* dpkg and its like replace files by renaming: that changes the file's inode
 * and the directory's time. */
static const char *const sources[] = {
	KEYMAP_COMPILER,
	"/usr/share/X11/xkb/keycodes/evdev",
	"/usr/share/X11/xkb/keycodes",
	"/usr/share/X11/xkb/types",
	"/usr/share/X11/xkb/compat",
	"/usr/share/X11/xkb/symbols",
	"/usr/share/X11/xkb/symbols/us",
	"/usr/share/X11/xkb/geometry",
};

struct source {
	uint64_t dev, inode, size;
	int64_t sec, nsec;
};

struct fingerprint {
	struct source source[ARRAY_LEN(sources)];
	char query[512];
};

_Static_assert(sizeof(keymap_query) <= 512, "it fits its fingerprint");

static void take_fingerprint(struct fingerprint *f)
{
	struct stat st;

	memset(f, 0, sizeof(*f));
	memcpy(f->query, keymap_query, sizeof(keymap_query));
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		/* An absent one stays zero; who needs it will say so. */
		if (stat(sources[i], &st) < 0)
			continue;
		f->source[i] = (struct source){
			st.st_dev, st.st_ino, (uint64_t)st.st_size,
			st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		};
	}
}

/* --- compiling ----------------------------------------------------------- */

static _Noreturn void become_compiler(int in, int out, int words)
{
	char *argv[] = {
		(char[]){ "xkbcomp" }, (char[]){ "-w" }, (char[]){ "0" },
		(char[]){ "-R/usr/share/X11/xkb" }, (char[]){ "-xkm" },
		(char[]){ "-" }, (char[]){ "-" }, NULL,
	};
	char *envp[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	if (dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(words, 2) == 2 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve(KEYMAP_COMPILER, argv, envp);
	_exit(127);
}

static int refused(int status, int words, struct err *err)
{
	char text[WORDS_MAX];
	ssize_t n = pread(words, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return err_set(err, EXIT_FAILED, "compile the keymap with",
		       KEYMAP_COMPILER, "wait status %d: %s", status, text);
}

/* The compiler's output, from a memfd: it may be anything up to KEPT_MAX. */
static int compile(struct buf *out, struct err *err)
{
	CLEANUP_FD int in = fd_sealed_copy("query", keymap_query,
					   sizeof(keymap_query) - 1);
	CLEANUP_FD int map = memfd_create("keymap", MFD_CLOEXEC);
	CLEANUP_FD int words = memfd_create("words", MFD_CLOEXEC);
	CLEANUP_FREE char *data = mem_zalloc(KEPT_MAX);
	ssize_t n;
	int status;
	pid_t pid;

	if (in < 0 || map < 0 || words < 0)
		return err_set_errno(err, EXIT_FAILED, "compile", "the keymap",
				     in < 0 ? in : errno);
	pid = ns_clone(0, -1);
	if (pid == 0)
		become_compiler(in, map, words);
	if (pid < 0)
		return err_set_errno(err, EXIT_FAILED, "start",
				     KEYMAP_COMPILER, pid);
	status = ns_wait(pid);
	n = pread(map, data, KEPT_MAX, 0);
	if (status != 0 || n <= 0)
		return refused(status, words, err);
	buf_add(out, data, (size_t)n);
	return 0;
}

/* --- keeping ------------------------------------------------------------- */

static bool read_kept(int dir, const struct fingerprint *want, struct buf *out)
{
	CLEANUP_FD int fd =
		openat(dir, KEPT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP_FREE char *data = NULL;
	ssize_t n;

	if (fd < 0)
		return false;
	data = mem_zalloc(KEPT_MAX);
	n = fd_read_all(fd, data, KEPT_MAX);
	if (n <= (ssize_t)sizeof(*want) ||
	    memcmp(data, want, sizeof(*want)) != 0)
		return false;
	buf_add(out, data + sizeof(*want), (size_t)n - sizeof(*want));
	return true;
}

int keymap_get(struct buf *out, struct err *err)
{
	CLEANUP_FD int dir = dirs_open_data(err);
	CLEANUP_BUF struct buf kept = { 0 };
	struct fingerprint now;
	int rc;

	if (dir < 0)
		return -1;
	take_fingerprint(&now);
	if (read_kept(dir, &now, out))
		return 0;
	if (compile(out, err) < 0)
		return -1;
	buf_add(&kept, &now, sizeof(now));
	buf_add(&kept, out->data, out->len);
	rc = fd_replace_at(dir, KEPT, kept.data, kept.len, 0600);
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "keep", "the keymap",
				      rc)
		      : 0;
}
