#include "selfcheck.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "selfcheck_internal.h"
#include "text.h"

int selfcheck_refuse(struct check *c, const char *name, const char *why)
{
	struct init_msg *m = c->failure;

	fail(m, INIT_FAIL_SELFCHECK, 0, name);
	text_add(m->text, sizeof(m->text), ": ");
	text_add(m->text, sizeof(m->text), why);
	return -EPERM;
}

int selfcheck_refuse_errno(struct check *c, const char *name, const char *why)
{
	int error = errno;

	selfcheck_refuse(c, name, why);
	c->failure->error = error;
	return -EPERM;
}

int selfcheck_differs(struct check *c, const char *name, uint64_t expected,
		      uint64_t found, unsigned int base)
{
	struct init_msg *m = c->failure;

	selfcheck_refuse(c, name, "expected ");
	text_add_number(m->text, sizeof(m->text), expected, base);
	text_add(m->text, sizeof(m->text), ", found ");
	text_add_number(m->text, sizeof(m->text), found, base);
	return -EPERM;
}

int selfcheck_value(struct check *c, const char *name, long expected,
		    long found)
{
	if (found < 0)
		return selfcheck_refuse_errno(c, name, "cannot be asked for");
	return found == expected ? 0 :
	       selfcheck_differs(c, name, (uint64_t)expected, (uint64_t)found,
				 10);
}

static int open_self(struct check *c)
{
	struct statfs fs;

	c->self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->self < 0)
		return selfcheck_refuse_errno(c, "/proc/self",
					      "cannot be opened");
	if (fstatfs(c->self, &fs) < 0)
		return selfcheck_refuse_errno(c, "/proc/self",
					      "cannot be looked at");
	if (fs.f_type != PROC_SUPER_MAGIC)
		return selfcheck_refuse(c, "/proc", "is not the kernel's");
	return 0;
}

int selfcheck_read(struct check *c, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && len < sizeof(c->text) - 2) {
		n = read(fd, c->text + len, sizeof(c->text) - 2 - len);
		if (n > 0)
			len += (size_t)n;
	}
	if (n < 0)
		selfcheck_refuse_errno(c, name, "cannot be read");
	else if (n > 0)
		selfcheck_refuse(c, name, "is too long");
	if (fd >= 0)
		close(fd);
	if (n)
		return -EPERM;
	c->text[len] = c->text[len + 1] = '\0';
	for (size_t i = 0; i < len; i++)
		if (c->text[i] == '\n')
			c->text[i] = '\0';
	return 0;
}

int selfcheck(const struct stage *stage, struct init_msg *failure)
{
	static struct check c;
	int rc;

	c.stage = stage;
	c.failure = failure;
	rc = open_self(&c); /* close-on-exec */
	if (!rc)
		rc = selfcheck_process(&c);
	return rc ? rc : selfcheck_view(&c);
}
