#include "box/policy.h"

#include <errno.h>
#include <jansson.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/jsonout.h"
#include "base/str.h"
#include "sys/seccomp.h"

/* "allow", "kill", or the errno that a caller gets. */
static const char *action_name(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return "allow";
	case SECCOMP_RET_ERRNO:
		return strerrorname_np((int)(action & SECCOMP_RET_DATA));
	default:
		return "kill";
	}
}

/* What tells the filters of a sandbox apart: of PID 1's and its program's. */
static char *stack_hash(const struct seccomp_stack *stack)
{
	struct seccomp_filter init, program;

	if (stack->init == SECCOMP_NONE)
		return NULL;
	init = seccomp_filter(stack->init);
	program = seccomp_filter(stack->program);
	return str_printf("%016llx", (unsigned long long)seccomp_hash(
		seccomp_hash(SECCOMP_HASH, init.insns, init.count),
		program.insns, program.count));
}

/* --- as text -------------------------------------------------------------- */

static void print_matches(const struct seccomp_test *test)
{
	for (uint32_t i = 0; i < test->nmatches; i++) {
		const struct seccomp_match *m = &test->match[i];

		(void)printf("%sargument %u", i ? " and " : " if ", m->arg);
		if (m->mask != UINT32_MAX)
			(void)printf(" & %#x", m->mask);
		(void)printf(" is %#x", m->value);
	}
}

static void print_call(const struct seccomp_call *call)
{
	const struct seccomp_test *test = call->tests;

	(void)printf("%3u %-23s", call->nr, call->name);
	if (!test) {
		(void)printf(" %s\n", action_name(call->action));
		return;
	}
	for (bool first = true, more = true; more; first = false, test++) {
		more = test->nmatches > 0;
		(void)printf("%*s %s", first ? 0 : 27, "",
			     action_name(test->action));
		print_matches(test);
		(void)printf("%s\n", more ? "" : first ? "" : " otherwise");
	}
}

static void print_text(const struct seccomp_stack *stack)
{
	CLEANUP_FREE char *hash = stack_hash(stack);

	if (!hash) {
		(void)printf("no filter: every call of the kernel is open\n");
		return;
	}
	for (uint32_t nr = 0; nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *call =
			seccomp_policy_call(stack->whole, nr);

		if (call)
			print_call(call);
	}
	(void)printf("  - %-23s %s\n  - %-23s kill\nhash %s\n",
		     "any other number",
		     action_name(seccomp_policy_unlisted(stack->whole)),
		     "any other call table", hash);
}

/* --- as JSON -------------------------------------------------------------- */

static json_t *matches_json(const struct seccomp_test *test)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < test->nmatches; i++) {
		const struct seccomp_match *m = &test->match[i];

		(void)json_array_append_new(
			array, json_pack("{si sI sI}", "argument", (int)m->arg,
					 "mask", (json_int_t)m->mask, "value",
					 (json_int_t)m->value));
	}
	return array;
}

static json_t *call_json(const struct seccomp_call *call)
{
	const struct seccomp_test *test = call->tests;
	json_t *o = json_pack("{si ss}", "number", (int)call->nr, "name",
			      call->name);
	json_t *tests = json_array();

	for (bool more = test; more; test++) {
		more = test->nmatches > 0;
		(void)json_array_append_new(
			tests, json_pack("{ss so}", "action",
					 action_name(test->action), "if",
					 matches_json(test)));
	}
	(void)json_object_set_new(o, "action", call->tests ? json_null() :
				  json_string(action_name(call->action)));
	(void)json_object_set_new(o, "tests", tests);
	return o;
}

static int print_json(const struct seccomp_stack *stack, struct err *err)
{
	CLEANUP_FREE char *hash = stack_hash(stack);
	json_t *calls = json_array(), *o;
	bool fine;

	for (uint32_t nr = 0; hash && nr < SECCOMP_NR_END; nr++) {
		const struct seccomp_call *call =
			seccomp_policy_call(stack->whole, nr);

		if (call)
			(void)json_array_append_new(calls, call_json(call));
	}
	o = json_pack("{ss ss? ss so}", "policy", stack->name, "hash", hash,
		      "others", hash ? action_name(seccomp_policy_unlisted(
						stack->whole)) : "allow",
		      "calls", calls);
	fine = jsonout_print(stdout, o, JSON_INDENT(2));
	json_decref(o);
	return fine ? 0 : err_set_errno(err, EXIT_FAILED, "print",
					stack->name, errno);
}

/* --- as a program --------------------------------------------------------- */

static int print_bpf(const struct seccomp_stack *stack, struct err *err)
{
	struct seccomp_filter f;
	int rc;

	if (stack->whole == SECCOMP_NONE)
		return err_set(err, EXIT_FAILED, "print", stack->name,
			       "it has no filter");
	f = seccomp_filter(stack->whole);
	rc = fd_write_all(STDOUT_FILENO, f.insns, f.count * sizeof(*f.insns));
	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "print", stack->name,
				      rc) : 0;
}

static int unknown(const char *name, struct err *err)
{
	CLEANUP_BUF struct buf all = { 0 };

	for (const struct seccomp_stack *s = seccomp_stacks; s->name; s++)
		buf_printf(&all, "%s%s", all.len ? ", " : "", s->name);
	(void)err_set(err, EXIT_USAGE, "show", name, "no such policy");
	return err_hint(err, "one of %s", all.data);
}

int policy_print(const char *name, enum policy_form form, struct err *err)
{
	const struct seccomp_stack *stack = seccomp_stack(name);

	if (!stack)
		return unknown(name, err);
	if (form == POLICY_BPF)
		return print_bpf(stack, err);
	if (form == POLICY_JSON)
		return print_json(stack, err);
	print_text(stack);
	return 0;
}

const char *policy_name(size_t n)
{
	return seccomp_stacks[n].name;
}
