/*
 * Plans that are damaged: sandbox-init names the field and does nothing.
 */
#include "init_box.h"

struct damage {
	const char *text; /* the failure's */
	void (*harm)(struct box *b);
};

static struct plan_service *first(struct box *b)
{
	return &b->head.service[0];
}

static void magic(struct box *b)
{
	b->head.magic ^= 1;
}

static void version(struct box *b)
{
	b->head.version++;
}

static void size_too_small(struct box *b)
{
	b->head.size = sizeof(b->head);
}

static void size_too_large(struct box *b)
{
	b->head.size = (uint32_t)(sizeof(b->head) + b->tail.len + 1);
}

static void too_large(struct box *b)
{
	CLEANUP_FREE char *much = mem_zalloc(PLAN_SIZE_MAX);

	buf_add(&b->tail, much, PLAN_SIZE_MAX);
}

static void not_sealed(struct box *b)
{
	b->seals_missing = true;
}

static void mode(struct box *b)
{
	b->head.mode = 3;
}

static void no_services(struct box *b)
{
	b->head.nservices = 0;
}

static void too_many_services(struct box *b)
{
	b->head.nservices = PLAN_SERVICES + 1;
}

static void exec_of_two(struct box *b)
{
	box_service(b, PLAN_WM, "true", NULL);
	b->head.mode = PLAN_EXEC;
}

static void init_filter_crooked(struct box *b)
{
	static const char insns[16];

	b->head.init_filter = box_filter(b, insns, 2);
	b->head.init_filter.offset -= 4;
}

static void init_filter_in_header(struct box *b)
{
	b->head.init_filter = (struct plan_filter){ .offset = 8, .count = 1 };
}

static void init_filter_beyond_end(struct box *b)
{
	static const char insns[16];

	b->head.init_filter = box_filter(b, insns, 2);
	b->head.init_filter.count = 3;
}

static void filter_wraps(struct box *b)
{
	first(b)->filter = (struct plan_filter){
		.offset = 0xfffffff8, .count = 2,
	};
}

static void filter_too_long(struct box *b)
{
	CLEANUP_FREE char *insns = mem_zalloc(8 * 5000);

	first(b)->filter = box_filter(b, insns, 5000);
}

static void mounts_too_many(struct box *b)
{
	b->head.mounts[0].paths = box_string(b, "/");
	b->head.mounts[0].paths.count = PLAN_POINTS + 1;
}

static void two_labels(struct box *b)
{
	b->head.apparmor = box_string(b, "a");
	b->head.apparmor.count = 2;
}

static void label_beyond_end(struct box *b)
{
	b->head.selinux = box_string(b, "a");
	b->head.selinux.offset += 1000;
}

static void mounts_beyond_end(struct box *b)
{
	b->head.mounts[PLAN_MOUNTS - 1].paths = box_string(b, "/");
	b->head.mounts[PLAN_MOUNTS - 1].paths.offset += 1000;
}

static void argv_none(struct box *b)
{
	first(b)->argv.count = 0;
	b->head.mode = PLAN_EXEC; /* in PLAN_BOOT: no such service */
}

static void argv_empty(struct box *b)
{
	first(b)->argv = box_string(b, "");
}

static void argv_in_header(struct box *b)
{
	first(b)->argv.offset = 4;
}

static void argv_too_many(struct box *b)
{
	first(b)->argv.count = UINT32_MAX;
}

static void env_without_end(struct box *b)
{
	first(b)->env = box_string(b, "A=B");
	b->tail.len--;
}

static void cwd_none(struct box *b)
{
	first(b)->cwd.count = 0;
}

static void cwd_two(struct box *b)
{
	first(b)->cwd.count = 2;
}

static void cwd_relative(struct box *b)
{
	first(b)->cwd = box_string(b, "tmp");
}

static void cgroup_path_none(struct box *b)
{
	first(b)->cgroup_lines = 1;
}

static void kind_unknown(struct box *b)
{
	first(b)->kind = PLAN_PAYLOAD + 1;
}

static void kind_twice(struct box *b)
{
	box_service(b, PLAN_PAYLOAD, "true", NULL);
}

static void uid_outside(struct box *b)
{
	first(b)->uid = ID_RANGE;
}

static void gid_outside(struct box *b)
{
	first(b)->gid = UINT32_MAX;
}

static void groups_too_many(struct box *b)
{
	first(b)->ngroups = PLAN_GROUPS + 1;
}

static void rlimits_too_many(struct box *b)
{
	first(b)->nrlimits = PLAN_RLIMITS + 1;
}

static void rlimit_unknown(struct box *b)
{
	first(b)->nrlimits = 1;
	first(b)->rlimits[0].resource = 16;
}

static void rlimit_crossed(struct box *b)
{
	first(b)->nrlimits = 1;
	first(b)->rlimits[0].soft = 1;
}

static void fd_of_control(struct box *b)
{
	first(b)->stdio[1] = INIT_FD_CONTROL;
}

static void fd_of_plan(struct box *b)
{
	first(b)->cgroup1[PLAN_CGROUPS - 1] = INIT_FD_PLAN;
}

static void fd_closed(struct box *b)
{
	first(b)->listen[1] = 50;
}

static const struct damage damages[] = {
	{ "plan: magic", magic },
	{ "plan: version", version },
	{ "plan: size", size_too_small },
	{ "plan: size", size_too_large },
	{ "plan: size", too_large },
	{ "plan: seals", not_sealed },
	{ "plan: mode", mode },
	{ "plan: nservices", no_services },
	{ "plan: nservices", too_many_services },
	{ "plan: nservices", exec_of_two },
	{ "plan: init_filter", init_filter_crooked },
	{ "plan: init_filter", init_filter_in_header },
	{ "plan: init_filter", init_filter_beyond_end },
	{ "plan: filter", filter_wraps },
	{ "plan: filter", filter_too_long },
	{ "plan: mounts", mounts_too_many },
	{ "plan: mounts", mounts_beyond_end },
	{ "plan: label", two_labels },
	{ "plan: label", label_beyond_end },
	{ "plan: argv", argv_none },
	{ "plan: argv", argv_empty },
	{ "plan: argv", argv_in_header },
	{ "plan: argv", argv_too_many },
	{ "plan: env", env_without_end },
	{ "plan: cwd", cwd_none },
	{ "plan: cwd", cwd_two },
	{ "plan: cwd", cwd_relative },
	{ "plan: cgroup_path", cgroup_path_none },
	{ "plan: kind", kind_unknown },
	{ "plan: kind", kind_twice },
	{ "plan: uid", uid_outside },
	{ "plan: gid", gid_outside },
	{ "plan: ngroups", groups_too_many },
	{ "plan: nrlimits", rlimits_too_many },
	{ "plan: rlimits", rlimit_unknown },
	{ "plan: rlimits", rlimit_crossed },
	{ "plan: descriptor is taken", fd_of_control },
	{ "plan: descriptor is taken", fd_of_plan },
	{ "plan: descriptor is closed", fd_closed },
};

static void a_damaged_plan_is_refused_by_its_field(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct box b;

		box_init(&b);
		box_service(&b, PLAN_PAYLOAD, "true", NULL);
		damages[i].harm(&b);
		box_boot_in(&b, BOX_NS);
		box_expect_failure(&b, -1, INIT_FAIL_SETUP, EINVAL,
				   damages[i].text);
		assert_int_equal(box_wait(&b), EXIT_LAUNCH);
		assert_string_equal(box_rest(&b), "");
		box_finish(&b);
	}
}

static void a_plan_that_is_cut_short_is_refused(void **state)
{
	for (size_t len = 1; len < sizeof(struct plan_header); len += 299) {
		struct box b;

		box_init(&b);
		box_service(&b, PLAN_PAYLOAD, "true", NULL);
		b.cut = len;
		box_boot_in(&b, BOX_NS);
		box_expect_failure(&b, -1, INIT_FAIL_SETUP, EINVAL,
				   "plan: size");
		assert_int_equal(box_wait(&b), EXIT_LAUNCH);
		box_finish(&b);
	}
}

static void the_same_plan_undamaged_is_taken(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	(void)box_expect(&b, INIT_EXITED, 0);
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

static void boot_outside_of_a_pid_namespace_is_refused(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot_in(&b, CLONE_NEWUSER);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EPERM, "boot: not PID 1");
	assert_int_equal(box_wait(&b), EXIT_LAUNCH);
	box_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_plan_undamaged_is_taken),
		cmocka_unit_test(a_damaged_plan_is_refused_by_its_field),
		cmocka_unit_test(a_plan_that_is_cut_short_is_refused),
		cmocka_unit_test(boot_outside_of_a_pid_namespace_is_refused),
	};

	return cmocka_run_group_tests(tests, box_group_setup, NULL);
}
