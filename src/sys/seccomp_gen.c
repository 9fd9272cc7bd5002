/*
 * seccomp_gen.c - compiles the policies when the program is built.
 *
 * libseccomp finds the way from a number to its action: the check of the
 * architecture, the refusal of x32, a binary tree over the numbers. It is
 * given no arguments to compare. Where a policy tests arguments, libseccomp
 * gets a stand-in action, and the return of that action is then replaced by a
 * jump to the tests, which follow its program. So "allow, except" and "refuse,
 * except" with an errno of their own take a few instructions each; libseccomp
 * has one default for all calls and would need every value but one spelled
 * out. The unit test runs the result for every number and compares it with
 * the tables.
 *
 * Prints C to standard output. The same tables give the same text, whatever
 * kernel the build runs on.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/seccomp_policy.h"

/* Kernel: BPF_MAXINSNS. */
#define INSNS_MAX 4096
/* Knows SECCOMP_RET_KILL_PROCESS; set, so that the kernel is not asked. */
#define API_LEVEL 3

struct program {
	struct sock_filter insns[INSNS_MAX];
	size_t count;
};

static struct sock_filter *emit(struct program *prog, uint16_t code, uint32_t k)
{
	struct sock_filter *insn = &prog->insns[prog->count];

	if (prog->count++ == INSNS_MAX)
		errx(1, "a filter has more than %d instructions", INSNS_MAX);
	*insn = (struct sock_filter){.code = code, .k = k};
	return insn;
}

/* --- numbers -------------------------------------------------------------- */

/* No policy uses SECCOMP_RET_TRACE. It carries the lowest number with the
 * same tests, so that calls can share them. */
static uint32_t stand_in(enum seccomp_policy policy,
			 const struct seccomp_test *tests)
{
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *c = seccomp_policy_call(policy, nr);

		if (c && c->tests == tests)
			return SECCOMP_RET_TRACE | nr;
	}
	errx(1, "no call has these tests");
}

static void check_name(const struct seccomp_call *call)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64,
						      (int)call->nr);

	if (name && strcmp(name, call->name) != 0)
		errx(1, "%u is %s, not %s", call->nr, name, call->name);
	free(name);
}

static void add_call(scmp_filter_ctx ctx, enum seccomp_policy policy,
		     const struct seccomp_call *call)
{
	uint32_t action = call->action;
	int ret;

	check_name(call);
	if (call->tests)
		action = stand_in(policy, call->tests);
	if (action == seccomp_policy_unlisted(policy))
		return; /* libseccomp refuses a rule that changes nothing */
	ret = seccomp_rule_add_exact(ctx, action, (int)call->nr, 0);
	if (ret < 0)
		errx(1, "rule for %s: %s", call->name, strerror(-ret));
}

static void export(scmp_filter_ctx ctx, struct program *prog)
{
	FILE *f = tmpfile();
	int ret;

	if (!f)
		err(1, "temporary file");
	ret = seccomp_export_bpf(ctx, fileno(f));
	if (ret < 0)
		errx(1, "export: %s", strerror(-ret));
	rewind(f);
	prog->count = fread(prog->insns, sizeof(prog->insns[0]), INSNS_MAX, f);
	if (ferror(f) || fgetc(f) != EOF)
		errx(1, "the filter does not fit");
	fclose(f);
}

static void compile_numbers(struct program *prog, enum seccomp_policy policy)
{
	scmp_filter_ctx ctx = seccomp_init(seccomp_policy_unlisted(policy));

	if (!ctx || seccomp_arch_exist(ctx, SCMP_ARCH_X86_64) < 0)
		errx(1, "the policies are written for x86-64");
	if (seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			     SCMP_ACT_KILL_PROCESS) < 0 ||
	    seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		errx(1, "libseccomp is too old");
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *c = seccomp_policy_call(policy, nr);

		if (c)
			add_call(ctx, policy, c);
	}
	export(ctx, prog);
	seccomp_release(ctx);
}

/* --- arguments ------------------------------------------------------------ */

static size_t match_insns(const struct seccomp_match *match)
{
	return match->mask == UINT32_MAX ? 2 : 3;
}

/* One test: falls into the next one when it is not true. */
static void emit_test(struct program *prog, const struct seccomp_test *test)
{
	size_t left = 1;

	for (uint32_t i = 0; i < test->nmatches; i++)
		left += match_insns(&test->match[i]);
	for (uint32_t i = 0; i < test->nmatches; i++) {
		const struct seccomp_match *m = &test->match[i];
		/* Little endian: the low half comes first. */
		uint32_t at = offsetof(struct seccomp_data, args[m->arg]);

		left -= match_insns(m);
		emit(prog, BPF_LD | BPF_W | BPF_ABS, at);
		if (m->mask != UINT32_MAX)
			emit(prog, BPF_ALU | BPF_AND | BPF_K, m->mask);
		emit(prog, BPF_JMP | BPF_JEQ | BPF_K, m->value)->jf =
			(uint8_t)left;
	}
	emit(prog, BPF_RET | BPF_K, test->action);
}

static void emit_tests(struct program *prog, const struct seccomp_test *tests)
{
	while (tests->nmatches)
		emit_test(prog, tests++);
	emit_test(prog, tests);
}

/* Jumps count from the instruction after them. */
static void jump_here(struct program *prog, size_t numbers, uint32_t action)
{
	size_t found = 0;

	for (size_t i = 0; i < numbers; i++) {
		struct sock_filter *insn = &prog->insns[i];

		if (insn->code != (BPF_RET | BPF_K) || insn->k != action)
			continue;
		*insn = (struct sock_filter)BPF_STMT(
			BPF_JMP | BPF_JA, (uint32_t)(prog->count - i - 1));
		found++;
	}
	if (!found)
		errx(1, "no way leads to the tests of call %u",
		     action & SECCOMP_RET_DATA);
}

static void compile(struct program *prog, enum seccomp_policy policy)
{
	size_t numbers;

	compile_numbers(prog, policy);
	numbers = prog->count;
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *c = seccomp_policy_call(policy, nr);
		uint32_t action;

		if (!c || !c->tests)
			continue;
		action = stand_in(policy, c->tests);
		if ((action & SECCOMP_RET_DATA) != nr)
			continue; /* shares what was emitted before */
		jump_here(prog, numbers, action);
		emit_tests(prog, c->tests);
	}
}

/* --- output --------------------------------------------------------------- */

static void print_program(const struct program *prog,
			  enum seccomp_policy policy)
{
	printf("\nstatic const struct sock_filter %s_insns[] = {\n",
	       seccomp_policy_name(policy));
	for (size_t i = 0; i < prog->count; i++) {
		const struct sock_filter *insn = &prog->insns[i];

		printf("\t{0x%02x, %u, %u, 0x%08x},\n", insn->code, insn->jt,
		       insn->jf, insn->k);
	}
	printf("};\n");
}

int main(void)
{
	static struct program prog;
	size_t counts[SECCOMP_POLICIES];

	if (seccomp_api_set(API_LEVEL) < 0)
		errx(1, "libseccomp is too old");
	printf("/* Made by seccomp_gen.c from seccomp_policy.c. */\n");
	printf("#include \"sys/seccomp.h\"\n");
	for (int p = 0; p < SECCOMP_POLICIES; p++) {
		compile(&prog, p);
		print_program(&prog, p);
		counts[p] = prog.count;
	}
	printf("\nstruct seccomp_filter seccomp_filter(enum seccomp_policy "
	       "policy)\n{\n\tstatic const struct seccomp_filter filters[] = "
	       "{\n");
	for (int p = 0; p < SECCOMP_POLICIES; p++)
		printf("\t\t{%s_insns, %zu},\n", seccomp_policy_name(p),
		       counts[p]);
	printf("\t};\n\n\treturn filters[policy];\n}\n");
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return 0;
}
