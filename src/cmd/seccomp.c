#include "base/str.h"
#include "box/policy.h"
#include "cmd/cmd.h"

struct seccomp_options {
	bool json, bpf;
};

static const struct opt opts[] = {
	{ 0, "json", NULL, "as a JSON object" },
	{ 0, "bpf", NULL, "the compiled filter, as the kernel takes it" },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt,
		      const char *value UNUSED, struct err *err UNUSED)
{
	struct seccomp_options *o = ctx;

	if (str_eq(opt->name, "json"))
		o->json = true;
	else
		o->bpf = true;
	return 0;
}

static int run(int argc, char **argv, struct err *err)
{
	struct seccomp_options o = { 0 };
	int first = cmd_parse(&cmd_seccomp, argc, argv, 1, 1, set_option, &o,
			      err);

	if (first >= 0 && o.json && o.bpf)
		(void)err_set(err, EXIT_USAGE, "show", argv[first],
			      "either --json or --bpf");
	else if (first >= 0)
		(void)policy_print(argv[first], o.json ? POLICY_JSON :
				   o.bpf ? POLICY_BPF : POLICY_TEXT, err);
	return err->code;
}

const struct cmd cmd_seccomp = {
	"seccomp", "POLICY", "list what a policy says about each system call",
	opts, run,
};
