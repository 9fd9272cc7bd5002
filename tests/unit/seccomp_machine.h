/*
 * seccomp_machine.h - runs a filter as the kernel would, and tells what the
 * tables want to hear from it. For the tests of seccomp.
 */
#ifndef TESTS_SECCOMP_MACHINE_H
#define TESTS_SECCOMP_MACHINE_H

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sys/seccomp.h"

#define X32 0x40000000u
#define ALLOWED SECCOMP_RET_ALLOW
#define KILLED SECCOMP_RET_KILL_PROCESS
#define REFUSED(e) (SECCOMP_RET_ERRNO | (uint32_t)(e))
/* Not an action: the program is not one that the kernel would take. */
#define INVALID 0xdeadbeefu

/* --- the interpreter ------------------------------------------------------ */

struct machine {
	const struct seccomp_filter *filter;
	const struct seccomp_data *data;
	size_t pc;
	uint32_t a;
};

static inline bool load(struct machine *m, uint32_t at)
{
	if (at % 4 || at > sizeof(*m->data) - 4)
		return false;
	memcpy(&m->a, (const char *)m->data + at, sizeof(m->a));
	return true;
}

static inline bool condition(const struct machine *m,
			     const struct sock_filter *insn)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return m->a == insn->k;
	case BPF_JGT:
		return m->a > insn->k;
	case BPF_JGE:
		return m->a >= insn->k;
	default:
		return (m->a & insn->k) != 0;
	}
}

/* Every instruction that the filters may use, and no other. */
static inline bool step(struct machine *m, const struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return load(m, insn->k);
	case BPF_ALU | BPF_AND | BPF_K:
		m->a &= insn->k;
		return true;
	case BPF_JMP | BPF_JA:
		m->pc += insn->k;
		return true;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		m->pc += condition(m, insn) ? insn->jt : insn->jf;
		return true;
	default:
		return false;
	}
}

static inline uint32_t run(const struct seccomp_filter *filter,
			   const struct seccomp_data *data)
{
	struct machine m = {.filter = filter, .data = data};

	while (m.pc < filter->count) {
		const struct sock_filter *insn = &filter->insns[m.pc++];

		if (insn->code == (BPF_RET | BPF_K))
			return insn->k;
		if (!step(&m, insn))
			break;
	}
	return INVALID;
}

/* One call as the kernel would describe it. */
static inline struct seccomp_data call6(uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = {.nr = (int)nr, .arch = AUDIT_ARCH_X86_64};

	memcpy(data.args, args, sizeof(data.args));
	return data;
}

static inline uint32_t ask(enum seccomp_policy policy, uint32_t nr, uint64_t a,
			   uint64_t b, uint64_t c)
{
	struct seccomp_filter filter = seccomp_filter(policy);
	struct seccomp_data data = call6(nr, (uint64_t[6]){a, b, c});

	return run(&filter, &data);
}

/* --- what the tables say ------------------------------------------------- */

static inline bool test_is_true(const struct seccomp_test *test,
				const struct seccomp_data *data)
{
	for (uint32_t i = 0; i < test->nmatches; i++) {
		const struct seccomp_match *m = &test->match[i];

		if (((uint32_t)data->args[m->arg] & m->mask) != m->value)
			return false;
	}
	return true;
}

static inline uint32_t expected(enum seccomp_policy policy,
				const struct seccomp_data *data)
{
	uint32_t nr = (uint32_t)data->nr;
	const struct seccomp_call *call = seccomp_policy_call(policy, nr);
	const struct seccomp_test *test;

	/* -1 is what a tracer puts there to skip a call. */
	if (data->arch != AUDIT_ARCH_X86_64 || (nr >= X32 && nr != UINT32_MAX))
		return KILLED;
	if (!call)
		return seccomp_policy_unlisted(policy);
	if (!call->tests)
		return call->action;
	for (test = call->tests; !test_is_true(test, data); test++)
		;
	return test->action;
}

#endif
