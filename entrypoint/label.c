#include "label.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "text.h"

#define APPARMOR "/proc/self/attr/apparmor/exec"
#define SELINUX "/proc/self/attr/exec"

/* Room for "exec " and a label of any length that a profile may have. */
#define LABEL_TEXT 512

/* The kernel's own file, not one that an image put in its place
 * (CVE-2025-52881). */
static int open_attr(const char *path, int mode)
{
	int fd = open(path, mode | O_CLOEXEC | O_NOFOLLOW);
	struct statfs fs;
	int rc;

	if (fd < 0)
		return -errno;
	rc = fstatfs(fd, &fs) < 0 ? -errno : 0;
	if (rc == 0 && fs.f_type != PROC_SUPER_MAGIC)
		rc = -EXDEV;
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

/* In one write(2), which these files want. */
static int ask(const char *path, const char *verb, const char *label)
{
	char text[LABEL_TEXT] = "";
	ssize_t n;
	int fd;

	if (strlen(verb) + strlen(label) >= sizeof(text))
		return -ENAMETOOLONG;
	text_add(text, sizeof(text), verb);
	text_add(text, sizeof(text), label);
	fd = open_attr(path, O_WRONLY);
	if (fd < 0)
		return fd;
	n = write(fd, text, strlen(text));
	if (n != (ssize_t)strlen(text))
		n = n < 0 ? -errno : -EIO;
	close(fd);
	return n < 0 ? (int)n : 0;
}

int label_take(const struct plan *plan)
{
	const char *apparmor = plan_string(plan, &plan->head->apparmor);
	const char *selinux = plan_string(plan, &plan->head->selinux);
	int rc = apparmor ? ask(APPARMOR, "exec ", apparmor) : 0;

	return rc == 0 && selinux ? ask(SELINUX, "", selinux) : rc;
}

/* AppArmor adds the mode and a newline: "NAME (enforce)\n". */
static int is_label(const char *text, const char *want)
{
	size_t len = strlen(want);

	return strncmp(text, want, len) == 0 &&
	       (!text[len] || text[len] == '\n' ||
		strncmp(text + len, " (", 2) == 0);
}

static int check(const char *path, const char *want, struct init_msg *failure)
{
	char text[LABEL_TEXT] = "";
	ssize_t n = -1;
	int fd;

	if (!want)
		return 0;
	fd = open_attr(path, O_RDONLY);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n >= 0 && is_label(text, want))
		return 0;
	fail(failure, INIT_FAIL_SELFCHECK, 0, path);
	text_add(failure->text, sizeof(failure->text),
		 n < 0 ? ": cannot be read" : ": is another label");
	return -EPERM;
}

int label_check(const struct plan *plan, struct init_msg *failure)
{
	if (check(APPARMOR, plan_string(plan, &plan->head->apparmor),
		  failure) < 0)
		return -EPERM;
	return check(SELINUX, plan_string(plan, &plan->head->selinux),
		     failure);
}
