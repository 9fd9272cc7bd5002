#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sandboxd/layout.h"
#include "text.h"

/* Absent from musl's fcntl.h where it is older than the kernel's. */
#ifndef F_GET_SEALS
#define F_GET_SEALS 1034
#define F_SEAL_SHRINK 0x0002
#define F_SEAL_WRITE 0x0008
#endif

#define RESOURCES 16 /* RLIM_NLIMITS of the kernel */

_Static_assert(sizeof(struct init_msg) == 128, "init_msg has no holes");
_Static_assert(sizeof(struct plan_header) % 8 == 0, "filters stay aligned");

int fail(struct init_msg *msg, enum init_failure why, int error,
	 const char *text)
{
	msg->version = PLAN_VERSION;
	msg->type = INIT_FAILED;
	msg->value = (int32_t)why;
	msg->error = error < 0 ? -error : error;
	msg->text[0] = '\0';
	text_add(msg->text, sizeof(msg->text), text);
	return -1;
}

const char *plan_string(const struct plan *plan,
			const struct plan_strings *strings)
{
	if (!strings->count)
		return NULL;
	return (const char *)plan->head + strings->offset;
}

const char *plan_next(const char *string)
{
	return string + strlen(string) + 1;
}

static void add_fds(int *fds, int *n, const int32_t *from, int count)
{
	for (int i = 0; i < count; i++)
		if (from[i] >= 0)
			fds[(*n)++] = from[i];
}

int plan_fds(const struct plan_service *service, int fds[PLAN_FDS])
{
	int n = 0;

	if (!service->argv.count)
		return 0;
	add_fds(fds, &n, service->stdio, 3);
	add_fds(fds, &n, service->listen, PLAN_LISTEN);
	add_fds(fds, &n, &service->cgroup2, 1);
	add_fds(fds, &n, service->cgroup1, PLAN_CGROUPS);
	return n;
}

int plan_listens(const struct plan_service *service)
{
	int n = 0;

	for (int i = 0; i < PLAN_LISTEN; i++)
		n += service->listen[i] >= 0;
	return n;
}

/* --- checks: each returns the name of what is wrong, or NULL -------------- */

static int strings_ok(const struct plan *plan, const struct plan_strings *s)
{
	const char *end = (const char *)plan->head + plan->head->size;
	const char *p = (const char *)plan->head + s->offset;

	if (!s->count)
		return 1;
	if (s->offset < sizeof(struct plan_header) ||
	    s->offset >= plan->head->size)
		return 0;
	for (uint32_t i = 0; i < s->count; i++) {
		const char *nul = p < end ?
			memchr(p, '\0', (size_t)(end - p)) : NULL;

		if (!nul)
			return 0;
		p = nul + 1;
	}
	return 1;
}

static int filter_ok(const struct plan *plan, const struct plan_filter *f)
{
	uint64_t bytes = (uint64_t)f->count * sizeof(struct sock_filter);

	if (!f->count)
		return 1;
	return f->count <= BPF_MAXINSNS && f->offset % 8 == 0 &&
	       f->offset >= sizeof(struct plan_header) &&
	       f->offset + bytes <= plan->head->size;
}

static const char *check_texts(const struct plan *plan,
			       const struct plan_service *s)
{
	const char *first;

	if (!s->argv.count && plan->head->mode == PLAN_BOOT)
		return NULL;
	if (!s->argv.count || !strings_ok(plan, &s->argv) ||
	    !*plan_string(plan, &s->argv))
		return "plan: argv";
	if (!strings_ok(plan, &s->env))
		return "plan: env";
	if (s->cwd.count != 1 || !strings_ok(plan, &s->cwd))
		return "plan: cwd";
	first = plan_string(plan, &s->cwd);
	if (*first != '/')
		return "plan: cwd";
	if (s->cgroup_path.count != (s->cgroup_lines ? 1u : 0u) ||
	    !strings_ok(plan, &s->cgroup_path))
		return "plan: cgroup_path";
	return NULL;
}

static const char *check_numbers(const struct plan_service *s)
{
	if (s->kind > PLAN_PAYLOAD)
		return "plan: kind";
	if (s->uid >= ID_RANGE)
		return "plan: uid";
	if (s->gid >= ID_RANGE)
		return "plan: gid";
	if (s->ngroups > PLAN_GROUPS)
		return "plan: ngroups";
	if (s->nrlimits > PLAN_RLIMITS)
		return "plan: nrlimits";
	for (uint32_t i = 0; i < s->nrlimits; i++)
		if (s->rlimits[i].resource >= RESOURCES ||
		    s->rlimits[i].soft > s->rlimits[i].hard)
			return "plan: rlimits";
	return NULL;
}

static const char *check_fds(const struct plan_service *s)
{
	int fds[PLAN_FDS];
	int n = plan_fds(s, fds);

	for (int i = 0; i < n; i++) {
		if (fds[i] == INIT_FD_CONTROL || fds[i] == INIT_FD_PLAN)
			return "plan: descriptor is taken";
		if (fcntl(fds[i], F_GETFD) < 0)
			return "plan: descriptor is closed";
	}
	return NULL;
}

static const char *check_service(const struct plan *plan, uint32_t index)
{
	const struct plan_service *s = &plan->head->service[index];
	const char *wrong = check_numbers(s);

	/* Stopping goes by kind: there is one of each. */
	for (uint32_t i = 0; i < index; i++)
		if (plan->head->service[i].kind == s->kind)
			return "plan: kind";
	if (!wrong)
		wrong = check_texts(plan, s);
	if (!wrong && !filter_ok(plan, &s->filter))
		wrong = "plan: filter";
	if (!wrong)
		wrong = check_fds(s);
	return wrong;
}

static const char *check_header(const struct plan *plan, off_t size)
{
	const struct plan_header *h = plan->head;

	if (h->magic != PLAN_MAGIC)
		return "plan: magic";
	if (h->version != PLAN_VERSION)
		return "plan: version";
	if (h->size != (uint64_t)size)
		return "plan: size";
	if (h->mode != PLAN_BOOT && h->mode != PLAN_EXEC)
		return "plan: mode";
	if (!h->nservices || h->nservices > PLAN_SERVICES ||
	    (h->mode == PLAN_EXEC && h->nservices != 1))
		return "plan: nservices";
	if (!filter_ok(plan, &h->init_filter))
		return "plan: init_filter";
	for (int i = 0; i < PLAN_MOUNTS; i++)
		if (h->mounts[i].paths.count > PLAN_POINTS ||
		    !strings_ok(plan, &h->mounts[i].paths))
			return "plan: mounts";
	if (h->held.count > 1 || !strings_ok(plan, &h->held))
		return "plan: held";
	if (h->apparmor.count > 1 || !strings_ok(plan, &h->apparmor) ||
	    h->selinux.count > 1 || !strings_ok(plan, &h->selinux))
		return "plan: label";
	return NULL;
}

int plan_map(struct plan *plan, int fd, struct init_msg *failure)
{
	int want = F_SEAL_SHRINK | F_SEAL_WRITE;
	int seals = fcntl(fd, F_GET_SEALS);
	const char *wrong;
	struct stat st;
	void *map;

	/* A plan that shrinks under us would be a SIGBUS in PID 1. */
	if (seals < 0 || (seals & want) != want)
		return fail(failure, INIT_FAIL_SETUP, EINVAL, "plan: seals");
	if (fstat(fd, &st) < 0)
		return fail(failure, INIT_FAIL_SETUP, errno, "plan: stat");
	if (st.st_size < (off_t)sizeof(*plan->head) ||
	    st.st_size > (off_t)PLAN_SIZE_MAX)
		return fail(failure, INIT_FAIL_SETUP, EINVAL, "plan: size");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return fail(failure, INIT_FAIL_SETUP, errno, "plan: map");
	plan->head = map;
	wrong = check_header(plan, st.st_size);
	for (uint32_t i = 0; !wrong && i < plan->head->nservices; i++)
		wrong = check_service(plan, i);
	if (wrong)
		return fail(failure, INIT_FAIL_SETUP, EINVAL, wrong);
	return 0;
}
