/*
 * The proof of the compiler: every filter is run by an interpreter of our own
 * for every number and for the arguments that matter, and compared with the
 * tables. And the proof of the proof: no instruction can be wrong unnoticed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "sys/seccomp.h"
#include "tests/unit/seccomp_machine.h"

/* --- the questions ------------------------------------------------------- */

/* Returns false to stop. */
typedef bool visit_fn(const struct seccomp_data *data, void *arg);

static bool visit_arches(uint32_t nr, visit_fn *visit, void *arg)
{
	static const uint32_t arches[] = {
		AUDIT_ARCH_X86_64,  AUDIT_ARCH_I386,	   AUDIT_ARCH_AARCH64,
		AUDIT_ARCH_RISCV64, AUDIT_ARCH_X86_64 ^ 1, 0,
	};
	struct seccomp_data data = {.nr = (int)nr};

	for (size_t i = 0; i < ARRAY_LEN(arches); i++) {
		data.arch = arches[i];
		if (!visit(&data, arg))
			return false;
	}
	data.arch = AUDIT_ARCH_X86_64;
	memset(data.args, 0xff, sizeof(data.args));
	return visit(&data, arg);
}

static bool visit_numbers(visit_fn *visit, void *arg)
{
	static const uint32_t odd[] = {
		9999,	     0x10000,	 0x3fffffff, 0x7fffffff,
		0x80000000u, 0xfffffffe, 0xffffffff,
	};

	for (uint32_t nr = 0; nr < 1024; nr++)
		if (!visit_arches(nr, visit, arg) ||
		    !visit_arches(nr | X32, visit, arg))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		if (!visit_arches(odd[i], visit, arg))
			return false;
	return true;
}

/* `data` with one argument replaced by whatever may make a difference. */
static bool visit_argument(struct seccomp_data data, unsigned int n,
			   const struct seccomp_test *tests, visit_fn *visit,
			   void *arg)
{
	uint64_t base = data.args[n];

	for (unsigned int bit = 0; bit < 64; bit++) {
		data.args[n] = base ^ (UINT64_C(1) << bit);
		if (!visit(&data, arg))
			return false;
	}
	data.args[n] = base | UINT64_C(0xffffffff00000000);
	if (!visit(&data, arg))
		return false;
	for (bool more = true; more; more = tests++->nmatches > 0)
		for (uint32_t i = 0; i < tests->nmatches; i++) {
			data.args[n] = tests->match[i].value;
			if (!visit(&data, arg))
				return false;
		}
	return true;
}

/* Around each row of the tests, one argument at a time. */
static bool visit_row(uint32_t nr, const struct seccomp_test *tests,
		      const struct seccomp_test *row, visit_fn *visit,
		      void *arg)
{
	struct seccomp_data data = {.nr = (int)nr, .arch = AUDIT_ARCH_X86_64};

	for (uint32_t i = 0; i < row->nmatches; i++)
		data.args[row->match[i].arg] = row->match[i].value;
	for (unsigned int n = 0; n < 6; n++)
		if (!visit_argument(data, n, tests, visit, arg))
			return false;
	return true;
}

static bool visit_tests(enum seccomp_policy policy, visit_fn *visit, void *arg)
{
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *c = seccomp_policy_call(policy, nr);
		const struct seccomp_test *row = c ? c->tests : NULL;

		for (bool more = row; more; more = row++->nmatches > 0)
			if (!visit_row(nr, c->tests, row, visit, arg))
				return false;
	}
	return true;
}

static void visit_all(enum seccomp_policy policy, visit_fn *visit, void *arg)
{
	if (visit_numbers(visit, arg))
		(void)visit_tests(policy, visit, arg);
}

/* --- the comparison --------------------------------------------------------
 */

struct comparison {
	enum seccomp_policy policy;
	struct seccomp_filter filter;
	size_t asked;
	struct seccomp_data differs; /* where */
	uint32_t found, wanted;
	bool same;
};

static bool compare_one(const struct seccomp_data *data, void *arg)
{
	struct comparison *c = arg;

	c->asked++;
	c->found = run(&c->filter, data);
	c->wanted = expected(c->policy, data);
	c->same = c->found == c->wanted;
	if (!c->same)
		c->differs = *data;
	return c->same;
}

static struct comparison compare(enum seccomp_policy policy,
				 struct seccomp_filter filter)
{
	struct comparison c = {.policy = policy, .filter = filter};

	visit_all(policy, compare_one, &c);
	return c;
}

static void a_filter_says_what_its_table_says(void **state)
{
	for (int p = 0; p < SECCOMP_POLICIES; p++) {
		struct comparison c = compare(p, seccomp_filter(p));

		print_message("%s: %zu instructions, %zu questions\n",
			      seccomp_policy_name(p), c.filter.count, c.asked);
		if (!c.same)
			fail_msg("%s: number %#x arch %#x args %#llx %#llx "
				 "%#llx: %#x, not %#x",
				 seccomp_policy_name(p), c.differs.nr,
				 c.differs.arch, c.differs.args[0],
				 c.differs.args[1], c.differs.args[2], c.found,
				 c.wanted);
		assert_true(c.asked > 10000);
		assert_true(c.filter.count <= BPF_MAXINSNS);
	}
}

/* One thing wrong, such as a compiler may get wrong. The bound of a branch in
 * the tree of numbers is not shifted by one: where both sides say the same, no
 * question can tell. */
static void spoil(struct sock_filter *insn)
{
	uint8_t jt = insn->jt;

	switch (insn->code) {
	case BPF_RET | BPF_K:
		insn->k = insn->k == ALLOWED ? REFUSED(EPERM) : ALLOWED;
		break;
	case BPF_LD | BPF_W | BPF_ABS:
		insn->k += 4;
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		insn->k &= insn->k - 1;
		break;
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
		insn->jt = insn->jf;
		insn->jf = jt;
		break;
	default:
		insn->k ^= 1;
	}
}

/* The skipped call (-1) is told from x32 only to get the unlisted action; to
 * the jail both are the same. */
static bool makes_no_difference(enum seccomp_policy policy,
				const struct sock_filter *insn)
{
	return insn->k == UINT32_MAX &&
	       seccomp_policy_unlisted(policy) == KILLED;
}

static void every_spoiled_instruction_is_noticed(void **state)
{
	for (int p = 0; p < SECCOMP_POLICIES; p++) {
		struct seccomp_filter good = seccomp_filter(p);
		struct sock_filter insns[BPF_MAXINSNS];
		struct seccomp_filter spoiled = {insns, good.count};

		memcpy(insns, good.insns, good.count * sizeof(insns[0]));
		for (size_t i = 0; i < good.count; i++) {
			spoil(&insns[i]);
			if (compare(p, spoiled).same &&
			    !makes_no_difference(p, &good.insns[i]))
				fail_msg("%s: instruction %zu can be wrong",
					 seccomp_policy_name(p), i);
			insns[i] = good.insns[i];
		}
	}
}

static void every_number_up_to_the_highest_is_decided(void **state)
{
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *call =
			seccomp_policy_call(SECCOMP_DEFAULT, nr);

		/* Left free by the kernel to bring all architectures level. */
		if (nr > 336 && nr < 424) {
			assert_null(call);
			continue;
		}
		assert_non_null(call);
		assert_int_equal(call->nr, nr);
	}
	assert_null(seccomp_policy_call(SECCOMP_DEFAULT, SECCOMP_NR_END));
	assert_null(seccomp_policy_call(SECCOMP_DEFAULT, UINT32_MAX));
}

/* --- PID 1 and what it starts ------------------------------------------- */

/* As the kernel does it: the newest filter first, a later one counts only
 * when it is stricter. */
static uint32_t stacked(enum seccomp_policy below, enum seccomp_policy above,
			const struct seccomp_data *data)
{
	struct seccomp_filter own, of_init;
	uint32_t newest = ALLOWED, oldest = ALLOWED;

	if (above != SECCOMP_NONE) {
		own = seccomp_filter(above);
		newest = run(&own, data);
	}
	if (below != SECCOMP_NONE) {
		of_init = seccomp_filter(below);
		oldest = run(&of_init, data);
	}
	if ((int32_t)(oldest & SECCOMP_RET_ACTION_FULL) <
	    (int32_t)(newest & SECCOMP_RET_ACTION_FULL))
		return oldest;
	return newest;
}

struct layers {
	enum seccomp_policy below, above, whole;
	size_t asked;
};

static bool compare_stack(const struct seccomp_data *data, void *arg)
{
	struct layers *l = arg;
	uint32_t wanted = l->whole == SECCOMP_NONE ? ALLOWED :
						     expected(l->whole, data);

	l->asked++;
	assert_int_equal(stacked(l->below, l->above, data), wanted);
	return true;
}

/* Whatever any table of the policies asks about. */
static void check_stack(enum seccomp_policy below, enum seccomp_policy above,
			enum seccomp_policy whole)
{
	struct layers l = {below, above, whole, 0};

	for (int p = 0; p < SECCOMP_JAIL; p++)
		visit_all(p, compare_stack, &l);
	assert_true(l.asked > 100000);
}

static void a_program_under_the_filter_of_init_gets_its_own(void **state)
{
	for (const struct seccomp_stack *s = seccomp_stacks; s->name; s++)
		check_stack(s->init, s->program, s->whole);
}

static void the_desktop_keeps_its_own_whatever_the_program_has(void **state)
{
	for (const struct seccomp_stack *s = seccomp_stacks; s->name; s++)
		check_stack(s->init, s->desktop, SECCOMP_DEFAULT);
}

static void a_stack_is_found_by_the_name_of_its_policy(void **state)
{
	for (const struct seccomp_stack *s = seccomp_stacks; s->name; s++) {
		assert_ptr_equal(seccomp_stack(s->name), s);
		if (s->whole != SECCOMP_NONE)
			assert_string_equal(seccomp_policy_name(s->whole),
					    s->name);
	}
	assert_null(seccomp_stack("init"));
	assert_null(seccomp_stack(""));
}

/* One instruction more, or one bit, and it is another. */
static void a_hash_tells_filters_apart(void **state)
{
	struct seccomp_filter f = seccomp_filter(SECCOMP_DEFAULT);
	uint64_t whole = seccomp_hash(SECCOMP_HASH, f.insns, f.count);
	uint64_t half = seccomp_hash(SECCOMP_HASH, f.insns, f.count / 2);
	struct sock_filter other = f.insns[0];

	other.k ^= 1;
	assert_true(whole != half);
	assert_true(whole == seccomp_hash(half, f.insns + f.count / 2,
					  f.count - f.count / 2));
	assert_true(seccomp_hash(SECCOMP_HASH, &other, 1) !=
		    seccomp_hash(SECCOMP_HASH, f.insns, 1));
	assert_true(seccomp_hash(SECCOMP_HASH, NULL, 0) == SECCOMP_HASH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_says_what_its_table_says),
		cmocka_unit_test(every_spoiled_instruction_is_noticed),
		cmocka_unit_test(every_number_up_to_the_highest_is_decided),
		cmocka_unit_test(
			a_program_under_the_filter_of_init_gets_its_own),
		cmocka_unit_test(
			the_desktop_keeps_its_own_whatever_the_program_has),
		cmocka_unit_test(a_stack_is_found_by_the_name_of_its_policy),
		cmocka_unit_test(a_hash_tells_filters_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
