/* The launcher's plan, as sandbox-init reads it. The first byte tells whether
 * the header's first fields are put right. */
#include "tests/fuzz/fuzz.h"

#include <linux/filter.h>

#include "entrypoint/plan.c"
#include "entrypoint/text.c"

static size_t walk(const struct plan *plan, const struct plan_strings *s)
{
	const char *p = plan_string(plan, s);
	size_t len = 0;

	for (uint32_t i = 0; p && i < s->count; i++, p = plan_next(p))
		len += strlen(p);
	return len;
}

static unsigned int add_filter(const struct plan *plan,
			       const struct plan_filter *f)
{
	const struct sock_filter *insns =
		(const void *)((const char *)plan->head + f->offset);
	unsigned int sum = 0;

	for (uint32_t i = 0; i < f->count; i++)
		sum += insns[i].code;
	return sum;
}

/* All that can be used "without another look". */
static void use(const struct plan *plan)
{
	size_t sum = 0;

	for (int i = 0; i < PLAN_MOUNTS; i++)
		sum += walk(plan, &plan->head->mounts[i].paths);
	sum += add_filter(plan, &plan->head->init_filter);
	for (uint32_t i = 0; i < plan->head->nservices; i++) {
		const struct plan_service *s = &plan->head->service[i];
		int fds[PLAN_FDS], n = plan_fds(s, fds);

		FUZZ_CHECK(n <= PLAN_FDS && plan_listens(s) <= PLAN_LISTEN);
		FUZZ_CHECK(s->ngroups <= PLAN_GROUPS &&
			   s->nrlimits <= PLAN_RLIMITS);
		if (!s->argv.count)
			continue;
		sum += walk(plan, &s->argv) + walk(plan, &s->env);
		sum += walk(plan, &s->cwd) + walk(plan, &s->cgroup_path);
		sum += add_filter(plan, &s->filter);
	}
	/* So that no reading is left out. */
	FUZZ_CHECK(sum != SIZE_MAX);
}

static void numbers(const char *text)
{
	static const unsigned int bases[] = { 8, 10, 16 };
	char buf[16] = "";
	uint64_t n;

	for (size_t i = 0; i < 3; i++) {
		const char *p = text;

		while (text_number(&p, bases[i], &n) == 0)
			text_add_number(buf, sizeof(buf), n, bases[i]);
	}
	text_add(buf, sizeof(buf), text);
	FUZZ_CHECK(strlen(buf) < sizeof(buf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct fuzz_in in = { data, size }, rest;
	uint8_t *copy = mem_zalloc(sizeof(struct plan_header) + size);
	struct plan_header *head = (struct plan_header *)copy;
	struct init_msg failure = { 0 };
	bool mend = fuzz_byte(&in) & 1;
	struct plan plan = { 0 };
	CLEANUP_FREE char *text = NULL;
	size_t len = in.left;
	int fd;

	rest = in;
	text = fuzz_text(&rest, '\0');
	numbers(text);
	(void)fuzz_take(&in, copy, len);
	if (mend) {
		len = len < sizeof(*head) ? sizeof(*head) : len;
		head->magic = PLAN_MAGIC;
		head->version = PLAN_VERSION;
		head->size = (uint32_t)len;
	}
	fd = fuzz_file(copy, len);
	FUZZ_CHECK(fcntl(fd, F_ADD_SEALS, seals) == 0);
	if (plan_map(&plan, fd, &failure) == 0)
		use(&plan);
	else
		FUZZ_CHECK(failure.type == INIT_FAILED && failure.text[0]);
	if (plan.head)
		(void)munmap((void *)(uintptr_t)plan.head, len);
	close(fd);
	free(copy);
	return 0;
}
