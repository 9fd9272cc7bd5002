/*
 * Which devices a group may open: one list, as lines for the controller of
 * version 1, or as a program that the kernel asks.
 *
 * Sources: kernel Documentation/admin-guide/cgroup-v1/devices.rst,
 * cgroup-v2.rst ("Device controller"), bpf(2), linux/bpf.h (struct
 * bpf_cgroup_dev_ctx).
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup_internal.h"

/* --- version 1 ------------------------------------------------------------ */

static char *line_of(const struct cgroup_device *d)
{
	return d->minor < 0 ? str_printf("c %d:* rw", d->major) :
			      str_printf("c %d:%d rw", d->major, d->minor);
}

static bool has_line(char *const *lines, const char *line)
{
	for (; lines && *lines; lines++)
		if (str_eq(*lines, line))
			return true;
	return false;
}

static int v1_read_back(int dir, const struct cgroup_device *list, size_t n)
{
	char text[4096];
	CLEANUP_STRV char **lines = NULL;
	int rc = fd_read_file_at(dir, "devices.list", text, sizeof(text));

	if (rc < 0)
		return rc;
	lines = strv_split(text, '\n');
	for (size_t i = 0; i < n; i++) {
		CLEANUP_FREE char *line = line_of(&list[i]);

		if (!has_line(lines, line))
			return -EIO;
	}
	return strv_len(lines) == n ? 0 : -EIO;
}

static int v1_set(int dir, const struct cgroup_device *list, size_t n)
{
	int rc = fd_write_file_at(dir, "devices.deny", "a");

	for (size_t i = 0; i < n && rc == 0; i++) {
		CLEANUP_FREE char *line = line_of(&list[i]);

		rc = fd_write_file_at(dir, "devices.allow", line);
	}
	return rc < 0 ? rc : v1_read_back(dir, list, n);
}

/* --- a program ------------------------------------------------------------ */

/* Registers: the kernel's argument, and what of it is compared. */
enum { R_RESULT = BPF_REG_0, R_CONTEXT = BPF_REG_1, R_TYPE = BPF_REG_2,
       R_ACCESS = BPF_REG_3, R_MAJOR = BPF_REG_4, R_MINOR = BPF_REG_5 };

#define FOR_ONE 4 /* instructions that a device takes, at most */
#define PROLOGUE 8
#define EPILOGUE 2

struct program {
	struct bpf_insn *insns;
	size_t n;
};

static void emit(struct program *p, struct bpf_insn insn)
{
	p->insns[p->n++] = insn;
}

static void load(struct program *p, uint8_t to, size_t offset)
{
	emit(p, (struct bpf_insn){
		.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = to & 15,
		.src_reg = R_CONTEXT, .off = (int16_t)offset,
	});
}

static void calculate(struct program *p, uint8_t op, uint8_t reg, int32_t with)
{
	emit(p, (struct bpf_insn){
		.code = BPF_ALU | op | BPF_K, .dst_reg = reg & 15, .imm = with,
	});
}

/* Over `skip` instructions if `reg` compares so. */
static void jump(struct program *p, uint8_t op, uint8_t reg, int32_t with,
		 int16_t skip)
{
	emit(p, (struct bpf_insn){
		.code = BPF_JMP | op | BPF_K, .dst_reg = reg & 15,
		.off = skip, .imm = with,
	});
}

static void answer(struct program *p, int32_t allowed)
{
	calculate(p, BPF_MOV, R_RESULT, allowed);
	emit(p, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
}

/* What is no character device, or is to be made, has its answer here. The upper
 * half of the first field is the access, the lower one the type. */
static void write_prologue(struct program *p)
{
	load(p, R_TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	load(p, R_ACCESS, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	load(p, R_MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	load(p, R_MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	calculate(p, BPF_AND, R_TYPE, 0xffff);
	calculate(p, BPF_AND, R_ACCESS, BPF_DEVCG_ACC_MKNOD << 16);
	/* The answer no, which the list follows, is two instructions. */
	jump(p, BPF_JNE, R_TYPE, BPF_DEVCG_DEV_CHAR, 1);
	jump(p, BPF_JEQ, R_ACCESS, 0, EPILOGUE);
	answer(p, 0);
}

static void write_program(struct program *p, const struct cgroup_device *list,
			  size_t n)
{
	write_prologue(p);
	for (size_t i = 0; i < n; i++) {
		bool any = list[i].minor < 0;

		jump(p, BPF_JNE, R_MAJOR, list[i].major, any ? 2 : 3);
		if (!any)
			jump(p, BPF_JNE, R_MINOR, list[i].minor, 2);
		answer(p, 1);
	}
	answer(p, 0);
}

static int bpf(int command, union bpf_attr *attr)
{
	long rc = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return rc < 0 ? -errno : (int)rc;
}

static int load_program(const struct cgroup_device *list, size_t n)
{
	struct program p = { .n = 0 };
	union bpf_attr attr;
	int fd;

	p.insns = mem_zalloc((PROLOGUE + EPILOGUE + n * FOR_ONE + EPILOGUE) *
			     sizeof(*p.insns));
	write_program(&p, list, n);
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)p.insns;
	attr.insn_cnt = (uint32_t)p.n;
	attr.license = (uintptr_t)"MIT";
	(void)snprintf(attr.prog_name, sizeof(attr.prog_name), "sandboxd_dev");
	fd = bpf(BPF_PROG_LOAD, &attr);
	free(p.insns);
	return fd;
}

/* The group is new: what is attached to it is ours, and one. */
static int count_programs(int tree)
{
	union bpf_attr attr;
	int rc;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)tree;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	rc = bpf(BPF_PROG_QUERY, &attr);
	return rc < 0 ? rc : (int)attr.query.prog_cnt;
}

/* The group keeps the program, and takes it along when it is removed. MULTI:
 * those of groups above are asked as well, and all must agree. */
static int bpf_set(int tree, const struct cgroup_device *list, size_t n)
{
	CLEANUP_FD int program = load_program(list, n);
	union bpf_attr attr;
	int rc;

	if (program < 0)
		return program;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)tree;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	rc = bpf(BPF_PROG_ATTACH, &attr);
	if (rc == 0)
		rc = count_programs(tree);
	return rc < 0 ? rc : rc == 1 ? 0 : -EIO;
}

/* -------------------------------------------------------------------------- */

int cgroup_set_devices(struct cgroup *group, const struct cgroup_device *list,
		       size_t n)
{
	int rc = -ENOTSUP;

	if (group->dir[CGROUP_DEVICES] >= 0) {
		rc = v1_set(group->dir[CGROUP_DEVICES], list, n);
		return rc < 0 ? rc : CGROUP_DEVICES_BY_V1;
	}
	if (group->tree >= 0)
		rc = bpf_set(group->tree, list, n);
	return rc < 0 ? rc : CGROUP_DEVICES_BY_BPF;
}
