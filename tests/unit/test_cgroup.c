/*
 * Two kinds of tests: made-up hosts in a temporary directory, for every mix
 * of versions, and this host's own hierarchies when they may be written.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/cgroup.h"
#include "sys/cgroup_internal.h"

#define MIB (UINT64_C(1) << 20)
#define NO_LIMIT CGROUP_UNLIMITED
#define PATIENCE_MS 20000 /* only a broken kernel or program gets this far */

#define BASE (CGROUP_BIT(CGROUP_MEMORY) | CGROUP_BIT(CGROUP_CPU) | \
	      CGROUP_BIT(CGROUP_PIDS))

struct limits {
	uint64_t memory, swap, cpu_milli, pids;
};
#define NO_LIMITS { NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT }

/* What is in force; what has no controller stays NO_LIMIT. */
static int get_limits(struct cgroup *g, struct limits *out)
{
	int rc;

	*out = (struct limits)NO_LIMITS;
	rc = cgroup_get_memory(g, &out->memory, &out->swap);
	if (rc == 0 || rc == -ENOTSUP)
		rc = cgroup_get_cpu(g, &out->cpu_milli);
	if (rc == 0 || rc == -ENOTSUP)
		rc = cgroup_get_number(g, CGROUP_TASKS, &out->pids);
	return rc == -ENOTSUP ? 0 : rc;
}

/* --- made-up hosts -------------------------------------------------------- */

struct fake {
	char path[64];
	int root;
	struct cgroup_host host;
};

static void make_dirs(int root, const char *path)
{
	CLEANUP_FREE char *copy = str_dup(path);
	char *p;

	for (p = copy; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdirat(root, copy, 0755);
		*p = '/';
	}
	assert_true(mkdirat(root, copy, 0755) == 0 || errno == EEXIST);
}

/* A file with its directories. */
static void put(struct fake *f, const char *path, const char *text)
{
	CLEANUP_FREE char *dir = str_dup(path);
	CLEANUP_FD int fd = -1;

	*strrchr(dir, '/') = '\0';
	make_dirs(f->root, dir);
	fd = openat(f->root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0644);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void assert_file(struct fake *f, const char *path, const char *want)
{
	char have[256];

	assert_int_equal(fd_read_file_at(f->root, path, have, sizeof(have)), 0);
	assert_string_equal(have, want);
}

static bool exists(struct fake *f, const char *path)
{
	return faccessat(f->root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int fake_setup(void **state)
{
	struct fake *f = mem_zalloc(sizeof(*f));

	(void)snprintf(f->path, sizeof(f->path), "%s/test_cgroup.XXXXXX",
		       P_tmpdir);
	if (!mkdtemp(f->path))
		return -1;
	f->root = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(f, "proc/swaps", "Filename Type Size Used Priority\n");
	*state = f;
	return 0;
}

static int fake_teardown(void **state)
{
	CLEANUP_FD int tmp = open(P_tmpdir, O_PATH | O_CLOEXEC);
	struct fake *f = *state;
	int rc;

	cgroup_host_finish(&f->host);
	close(f->root);
	rc = fd_remove_tree_at(tmp, strrchr(f->path, '/') + 1);
	free(f);
	return rc;
}

static int try_look_below(struct fake *f, unsigned int controllers,
			  const char *base)
{
	CLEANUP_FD int proc = openat(f->root, "proc", O_PATH | O_CLOEXEC);

	return cgroup_host_open_at(&f->host, controllers, base, proc, f->root);
}

static int try_look(struct fake *f, unsigned int controllers)
{
	return try_look_below(f, controllers, NULL);
}

/* Looks for these controllers at a host whose mounts are these lines. */
static void look_for(struct fake *f, unsigned int controllers,
		     const char *mountinfo)
{
	put(f, "proc/self/mountinfo", mountinfo);
	assert_int_equal(try_look(f, controllers), 0);
}

static void look(struct fake *f, const char *mountinfo)
{
	look_for(f, BASE, mountinfo);
}

/* Of those three, and of no other. */
static void assert_versions(const struct fake *f, int memory, int cpu, int pids)
{
	int c, want[CGROUP_CONTROLLERS] = { memory, cpu, pids };

	for (c = 0; c < CGROUP_CONTROLLERS; c++) {
		assert_int_equal(f->host.version[c], want[c]);
		assert_int_equal(f->host.dir[c] >= 0, want[c] != 0);
	}
}

#define ROOT_MOUNT "20 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
#define V1_MOUNT(dir, names)                                              \
	"30 20 0:30 / /cg/" dir " rw shared:9 - cgroup cgroup rw," names "\n"
#define V2_MOUNT                                                          \
	"31 20 0:31 / /cg rw,nosuid shared:4 master:2 - cgroup2 cgroup2 " \
	"rw,nsdelegate\n"
#define HYBRID_V2_MOUNT "31 20 0:31 / /cg/unified rw - cgroup2 cgroup2 rw\n"

/* A pure v2 host whose top group is already there, as files do not appear by
 * themselves in a made-up tree. */
static void look_v2(struct fake *f)
{
	put(f, "cg/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
	put(f, "cg/cgroup.subtree_control", "");
	put(f, "cg/sandboxd/cgroup.subtree_control", "memory");
	look(f, ROOT_MOUNT V2_MOUNT);
}

/* v1 with cpu and cpuacct mounted as one, and no v2 tree. */
static void look_v1(struct fake *f)
{
	make_dirs(f->root, "cg/memory");
	make_dirs(f->root, "cg/cpu,cpuacct");
	make_dirs(f->root, "cg/pids");
	look(f, ROOT_MOUNT V1_MOUNT("memory", "memory")
	     V1_MOUNT("cpu,cpuacct", "cpu,cpuacct") V1_MOUNT("pids", "pids"));
}

static void a_pure_v2_host_has_every_controller_in_one_tree(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v2(f);
	assert_versions(f, 2, 2, 2);
	assert_int_equal(f->host.dir[CGROUP_MEMORY], f->host.tree);
	assert_int_equal(f->host.dir[CGROUP_PIDS], f->host.tree);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 1);
	assert_int_equal(g.dir[CGROUP_CPU], g.tree);
	cgroup_finish(&g);
}

static void v2_parents_get_only_the_controllers_they_lack(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_file(f, "cg/cgroup.subtree_control", "+memory +cpu +pids ");
	/* Written over "memory", as a plain file is. */
	assert_file(f, "cg/sandboxd/cgroup.subtree_control", "+cpu +pids ");
	cgroup_finish(&g);
}

static void a_v2_group_waits_to_be_told_before_it_enables_children(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	CLEANUP(cgroup_finish) struct cgroup child = { 0 };
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/sandboxd/a/cgroup.subtree_control", "");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a/b", &child), 0);
	assert_file(f, "cg/sandboxd/a/cgroup.subtree_control", "");
	assert_int_equal(cgroup_enable_children(&g), 0);
	assert_file(f, "cg/sandboxd/a/cgroup.subtree_control",
		    "+memory +cpu +pids ");
}

static void a_v1_host_needs_no_v2_tree(void **state)
{
	int tasks[CGROUP_CONTROLLERS], n;
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	assert_versions(f, 1, 1, 1);
	assert_int_equal(f->host.tree, -1);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 3);
	assert_int_equal(g.tree, -1);
	assert_true(exists(f, "cg/cpu,cpuacct/sandboxd/a"));
	put(f, "cg/memory/sandboxd/a/tasks", "");
	put(f, "cg/cpu,cpuacct/sandboxd/a/tasks", "");
	put(f, "cg/pids/sandboxd/a/tasks", "");
	n = cgroup_open_tasks(&g, tasks);
	assert_int_equal(n, 3);
	assert_int_equal(cgroup_join_tasks(tasks, n), 0);
	while (n-- > 0)
		close(tasks[n]);
	assert_file(f, "cg/memory/sandboxd/a/tasks", "0");
	assert_file(f, "cg/pids/sandboxd/a/tasks", "0");
	cgroup_finish(&g);
}

static void controllers_mounted_together_share_one_group(void **state)
{
	int tasks[CGROUP_CONTROLLERS];
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/all");
	make_dirs(f->root, "cg/memory");
	look(f, V1_MOUNT("all", "cpu,cpuacct,pids")
	     V1_MOUNT("memory", "memory"));
	assert_versions(f, 1, 1, 1);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(g.dir[CGROUP_CPU], g.dir[CGROUP_PIDS]);
	assert_int_equal(cgroup_count_lines(&g), 2);
	put(f, "cg/all/sandboxd/a/tasks", "");
	put(f, "cg/memory/sandboxd/a/tasks", "");
	assert_int_equal(cgroup_open_tasks(&g, tasks), 2);
	close(tasks[0]);
	close(tasks[1]);
	cgroup_finish(&g);
}

static void a_hybrid_host_gets_a_group_in_the_v2_tree_too(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/memory");
	make_dirs(f->root, "cg/cpu");
	make_dirs(f->root, "cg/pids");
	put(f, "cg/unified/cgroup.controllers", "hugetlb\n");
	put(f, "cg/unified/cgroup.subtree_control", "");
	put(f, "cg/unified/sandboxd/cgroup.subtree_control", "");
	look(f, V1_MOUNT("cpu", "cpu") V1_MOUNT("cpuacct", "cpuacct")
	     V1_MOUNT("memory", "memory") V1_MOUNT("pids", "pids")
	     HYBRID_V2_MOUNT);
	assert_versions(f, 1, 1, 1);
	assert_true(f->host.tree >= 0);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 4);
	assert_true(exists(f, "cg/unified/sandboxd/a"));
	assert_false(exists(f, "cg/cpuacct/sandboxd"));
	/* hugetlb is none of ours. */
	assert_file(f, "cg/unified/cgroup.subtree_control", "");
	cgroup_finish(&g);
}

static void what_was_delegated_is_a_host_of_its_own(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/cpu");
	make_dirs(f->root, "cg/unified/u/s.scope/host");
	put(f, "cg/unified/cgroup.controllers", "memory pids io");
	put(f, "cg/unified/u/s.scope/cgroup.controllers", "memory");
	put(f, "cg/unified/u/s.scope/cgroup.subtree_control", "");
	put(f, "cg/unified/u/s.scope/cgroup.procs", "");
	put(f, "cg/unified/u/s.scope/host/cgroup.procs", "");
	put(f, "cg/unified/u/s.scope/sandboxd/cgroup.subtree_control", "");
	put(f, "proc/self/mountinfo", HYBRID_V2_MOUNT V1_MOUNT("cpu", "cpu"));
	assert_int_equal(try_look_below(f, BASE, "u/s.scope"), 0);
	assert_versions(f, 2, 0, 0);
	assert_true(cgroup_is_delegated(&f->host));
	assert_int_equal(cgroup_vacate(&f->host, "host"), 0);
	assert_file(f, "cg/unified/u/s.scope/host/cgroup.procs", "");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 1);
	assert_true(exists(f, "cg/unified/u/s.scope/sandboxd/a"));
	assert_false(exists(f, "cg/cpu/sandboxd"));
	assert_false(exists(f, "cg/unified/sandboxd"));
	assert_file(f, "cg/unified/u/s.scope/cgroup.subtree_control",
		    "+memory ");
	cgroup_finish(&g);
}

static void processes_leave_what_was_delegated(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/s/host");
	put(f, "cg/cgroup.controllers", "memory pids");
	put(f, "cg/s/cgroup.controllers", "memory");
	put(f, "proc/self/mountinfo", V2_MOUNT);
	/* The root of a cgroup namespace may be it, too. */
	assert_int_equal(try_look_below(f, BASE, "."), 0);
	assert_versions(f, 2, 0, 2);
	assert_int_equal(try_look_below(f, BASE, "s"), 0);
	assert_versions(f, 2, 0, 0);
	assert_false(cgroup_is_delegated(&f->host));
	put(f, "cg/s/cgroup.subtree_control", "");
	put(f, "cg/s/cgroup.procs", "70\n");
	put(f, "cg/s/host/cgroup.procs", "");
	assert_true(cgroup_is_delegated(&f->host));
	/* Here it stays, whatever is written. */
	assert_int_equal(cgroup_vacate(&f->host, "host"), -EBUSY);
	assert_file(f, "cg/s/host/cgroup.procs", "70");
	/* Of a process namespace that is not ours. */
	put(f, "cg/s/cgroup.procs", "0\n");
	put(f, "cg/s/host/cgroup.procs", "");
	assert_int_equal(cgroup_vacate(&f->host, "host"), -EBUSY);
	assert_file(f, "cg/s/host/cgroup.procs", "");
}

static void what_was_delegated_and_is_gone_holds_nothing(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/sandboxd/a");
	put(f, "cg/cgroup.controllers", "memory pids");
	put(f, "proc/self/mountinfo", V2_MOUNT);
	assert_int_equal(try_look_below(f, BASE, "u/s.scope"), 0);
	assert_versions(f, 0, 0, 0);
	assert_int_equal(cgroup_open(&f->host, "sandboxd/a", &g), -ENOTSUP);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), 0);
	assert_true(exists(f, "cg/sandboxd/a"));
	assert_int_equal(try_look_below(f, BASE, "../cg"), -EXDEV);
}

static void memory_may_live_on_v2_beside_cpu_on_v1(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/cpu");
	put(f, "cg/unified/cgroup.controllers", "memory pids");
	put(f, "cg/unified/cgroup.subtree_control", "");
	put(f, "cg/unified/sandboxd/cgroup.subtree_control", "");
	look(f, HYBRID_V2_MOUNT V1_MOUNT("cpu", "cpu"));
	assert_versions(f, 2, 1, 2);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 2);
	assert_file(f, "cg/unified/cgroup.subtree_control", "+memory +pids ");
	assert_int_equal(g.dir[CGROUP_MEMORY], g.tree);
	assert_int_not_equal(g.dir[CGROUP_CPU], g.tree);
	cgroup_finish(&g);
}

static void a_missing_controller_is_told_by_its_limit_alone(void **state)
{
	struct limits limits;
	struct fake *f = *state;
	uint64_t kills;
	struct cgroup g;

	make_dirs(f->root, "cg/cpu");
	make_dirs(f->root, "cg/pids");
	look(f, V1_MOUNT("cpu", "cpu") V1_MOUNT("pids", "pids"));
	assert_versions(f, 0, 1, 1);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/pids/sandboxd/a/pids.max", "");
	put(f, "cg/cpu/sandboxd/a/cpu.cfs_quota_us", "-1");
	assert_int_equal(cgroup_set_memory(&g, MIB, 0), -ENOTSUP);
	assert_int_equal(cgroup_oom_kills(&g, &kills), -ENOTSUP);
	assert_int_equal(cgroup_set_group_kill(&g), -ENOTSUP);
	assert_int_equal(cgroup_set_number(&g, CGROUP_TASKS, 100), 0);
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.pids, 100);
	assert_int_equal(limits.memory, NO_LIMIT);
	assert_int_equal(limits.swap, NO_LIMIT);
	assert_int_equal(limits.cpu_milli, NO_LIMIT);
	cgroup_finish(&g);
}

static void a_host_without_cgroups_opens_but_makes_no_group(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look(f, ROOT_MOUNT);
	assert_versions(f, 0, 0, 0);
	assert_int_equal(f->host.tree, -1);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), -ENOTSUP);
	assert_int_equal(cgroup_open(&f->host, "sandboxd/a", &g), -ENOTSUP);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), 0);
}

static void escaped_characters_of_a_mount_point_are_undone(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/a b\\c");
	look(f, V1_MOUNT("a\\040b\\134c", "memory"));
	assert_versions(f, 1, 0, 0);
}

static void names_that_only_contain_a_controllers_name_are_others(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/x");
	put(f, "cg/unified/cgroup.controllers", "cpuset\n");
	look(f, V1_MOUNT("x", "cpuacct,cpuset,xpids,name=memory")
	     HYBRID_V2_MOUNT);
	assert_versions(f, 0, 0, 0);
}

static void a_mount_of_the_whole_wins_over_a_mount_of_a_part(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	make_dirs(f->root, "cg/part");
	make_dirs(f->root, "cg/whole");
	look(f, "30 20 0:30 /docker/x /cg/part rw - cgroup cgroup rw,pids\n"
	     V1_MOUNT("whole", "pids"));
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_true(exists(f, "cg/whole/sandboxd/a"));
	assert_false(exists(f, "cg/part/sandboxd"));
	cgroup_finish(&g);
}

static void broken_lines_of_mountinfo_are_passed_over(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/pids");
	look(f, "\n30\n30 20 0:30 / /cg/pids rw\n30 20 0:30 / /cg/pids rw -\n"
	     "30 20 0:30 / /cg/pids rw - cgroup\n"
	     "30 20 0:30 / /cg/gone rw - cgroup cgroup rw,memory\n"
	     V1_MOUNT("pids", "pids"));
	assert_versions(f, 0, 0, 1);
}

static void a_mount_point_behind_a_link_is_refused(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/real");
	assert_int_equal(symlinkat("real", f->root, "cg/link"), 0);
	put(f, "proc/self/mountinfo", V1_MOUNT("link", "memory"));
	assert_int_equal(try_look(f, BASE), -ELOOP);
}

static void swap_space_is_what_stands_below_the_heading(void **state)
{
	struct fake *f = *state;

	look(f, ROOT_MOUNT);
	assert_false(f->host.swap);
	put(f, "proc/swaps", "Filename Type Size Used Priority\n"
	    "/dev/vdb partition 1048572 0 -2\n");
	look(f, ROOT_MOUNT);
	assert_true(f->host.swap);
	assert_int_equal(unlinkat(f->root, "proc/swaps", 0), 0);
	look(f, ROOT_MOUNT);
	assert_false(f->host.swap);
}

/* --- limits on made-up hosts ---------------------------------------------- */

#define V1_LIMIT "cg/memory/sandboxd/a/memory.limit_in_bytes"
#define V1_SUM "cg/memory/sandboxd/a/memory.memsw.limit_in_bytes"
#define V1_SOCKETS "cg/memory/sandboxd/a/memory.kmem.tcp.limit_in_bytes"

static void v1_counts_swap_in_one_sum_with_memory(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, V1_LIMIT, "0");
	put(f, V1_SUM, "0");
	assert_int_equal(cgroup_set_memory(&g, 1000, 234), -ENOENT);
	put(f, V1_SOCKETS, "");
	assert_int_equal(cgroup_set_memory(&g, 1000, 234), 0);
	assert_file(f, V1_LIMIT, "1000");
	assert_file(f, V1_SUM, "1234");
	assert_file(f, V1_SOCKETS, "1000");
	put(f, V1_LIMIT, "");
	put(f, V1_SUM, "4096");
	assert_int_equal(cgroup_set_memory(&g, 4096, NO_LIMIT), 0);
	assert_file(f, V1_SUM, "-196"); /* "-1" over "4096" */
}

static void the_largest_number_of_v1_reads_as_no_limit(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct limits limits;
	struct fake *f = *state;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, V1_LIMIT, "4096");
	put(f, V1_SUM, "9223372036854771712\n");
	put(f, "cg/cpu,cpuacct/sandboxd/a/cpu.cfs_quota_us", "150000\n");
	put(f, "cg/cpu,cpuacct/sandboxd/a/cpu.cfs_period_us", "100000\n");
	put(f, "cg/pids/sandboxd/a/pids.max", "max\n");
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.memory, 4096);
	assert_int_equal(limits.swap, NO_LIMIT);
	assert_int_equal(limits.cpu_milli, 1500);
	assert_int_equal(limits.pids, NO_LIMIT);
}

static void uncounted_swap_holds_only_where_there_is_none(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct limits limits;
	struct fake *f = *state;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, V1_LIMIT, "0000");
	put(f, V1_SOCKETS, "");
	put(f, "cg/cpu,cpuacct/sandboxd/a/cpu.cfs_quota_us", "-1");
	put(f, "cg/pids/sandboxd/a/pids.max", "max");
	assert_int_equal(cgroup_set_memory(&g, 4096, 0), 0);
	assert_file(f, V1_LIMIT, "4096");
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.swap, 0);
	f->host.swap = true;
	assert_int_equal(cgroup_set_memory(&g, 8192, 0), -ENOTSUP);
	assert_file(f, V1_LIMIT, "4096");
	assert_int_equal(cgroup_set_memory(&g, 8192, NO_LIMIT), 0);
	assert_file(f, V1_LIMIT, "8192");
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.swap, NO_LIMIT);
}

static void v1_refuses_a_swap_limit_without_a_memory_limit(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;

	look_v1(f);
	f->host.swap = true;
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, V1_LIMIT, "0");
	put(f, V1_SUM, "0");
	assert_int_equal(cgroup_set_memory(&g, NO_LIMIT, 0), -ENOTSUP);
	assert_file(f, V1_LIMIT, "0");
}

static void v1_memory_is_made_to_count_children_or_refused(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	put(f, "cg/memory/sandboxd/memory.use_hierarchy", "0\n");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	cgroup_finish(&g);
	assert_file(f, "cg/memory/sandboxd/memory.use_hierarchy", "1");
	put(f, "cg/memory/sandboxd/memory.use_hierarchy", "what\n");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/b", &g), -EINVAL);
	assert_false(exists(f, "cg/memory/sandboxd/b"));
}

static void v2_limits_are_written_in_the_words_of_v2(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct limits limits;
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_set_number(&g, CGROUP_TASKS, 1), -ENOENT);
	put(f, "cg/sandboxd/a/memory.max", "");
	put(f, "cg/sandboxd/a/memory.swap.max", "");
	put(f, "cg/sandboxd/a/cpu.max", "");
	put(f, "cg/sandboxd/a/pids.max", "");
	put(f, "cg/sandboxd/a/memory.oom.group", "0");
	assert_int_equal(cgroup_set_memory(&g, 512 * MIB, 0), 0);
	assert_int_equal(cgroup_set_cpu(&g, 1500), 0);
	assert_int_equal(cgroup_set_number(&g, CGROUP_TASKS, 0), 0);
	assert_int_equal(cgroup_set_group_kill(&g), 1);
	assert_file(f, "cg/sandboxd/a/memory.max", "536870912");
	assert_file(f, "cg/sandboxd/a/memory.swap.max", "0");
	assert_file(f, "cg/sandboxd/a/cpu.max", "150000 100000");
	assert_file(f, "cg/sandboxd/a/memory.oom.group", "1");
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.memory, 512 * MIB);
	assert_int_equal(limits.swap, 0);
	assert_int_equal(limits.cpu_milli, 1500);
	assert_int_equal(limits.pids, 0);
}

static void v2_spells_no_limit_max(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct limits limits;
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/sandboxd/a/memory.max", "");
	put(f, "cg/sandboxd/a/memory.swap.max", "");
	put(f, "cg/sandboxd/a/cpu.max", "");
	put(f, "cg/sandboxd/a/pids.max", "");
	assert_int_equal(cgroup_set_memory(&g, NO_LIMIT, NO_LIMIT), 0);
	assert_int_equal(cgroup_set_cpu(&g, NO_LIMIT), 0);
	assert_int_equal(cgroup_set_number(&g, CGROUP_TASKS, NO_LIMIT), 0);
	assert_file(f, "cg/sandboxd/a/cpu.max", "max 100000");
	assert_file(f, "cg/sandboxd/a/memory.max", "max");
	assert_int_equal(get_limits(&g, &limits), 0);
	assert_int_equal(limits.memory, NO_LIMIT);
	assert_int_equal(limits.swap, NO_LIMIT);
	assert_int_equal(limits.cpu_milli, NO_LIMIT);
	assert_int_equal(limits.pids, NO_LIMIT);
}

static void a_cpu_limit_too_large_to_count_is_refused(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_set_cpu(&g, UINT64_MAX - 1), -EINVAL);
}

static void events_of_v1_are_summed_over_the_subtree(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t n;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/memory/sandboxd/a/memory.oom_control",
	    "oom_kill_disable 0\nunder_oom 1\noom_kill 2\n");
	put(f, "cg/memory/sandboxd/a/x/memory.oom_control", "oom_kill 3\n");
	put(f, "cg/memory/sandboxd/a/x/y/memory.oom_control", "oom_kill 4\n");
	put(f, "cg/pids/sandboxd/a/pids.events", "max 5\n");
	put(f, "cg/pids/sandboxd/a/x/pids.events", "max 6\n");
	assert_int_equal(cgroup_oom_kills(&g, &n), 0);
	assert_int_equal(n, 9);
	assert_int_equal(cgroup_fork_refusals(&g, &n), 0);
	assert_int_equal(n, 11);
	put(f, "cg/pids/sandboxd/a/pids.events", "other 5\n");
	assert_int_equal(cgroup_fork_refusals(&g, &n), -ENODATA);
}

static void kills_of_v2_are_read_once_for_the_subtree(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t n;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_oom_kills(&g, &n), -ENOENT);
	put(f, "cg/sandboxd/a/memory.events",
	    "low 0\nhigh 0\nmax 9\noom 8\noom_kill 2\noom_group_kill 1\n");
	put(f, "cg/sandboxd/a/x/memory.events", "oom_kill 2\n");
	assert_int_equal(cgroup_oom_kills(&g, &n), 0);
	assert_int_equal(n, 2);
}

static void refusals_of_v2_are_not_counted_twice(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t n;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/sandboxd/a/pids.events", "max 1\n");
	put(f, "cg/sandboxd/a/x/pids.events", "max 2\n");
	assert_int_equal(cgroup_fork_refusals(&g, &n), 0);
	assert_int_equal(n, 3); /* before 6.11 */
	put(f, "cg/sandboxd/a/pids.events.local", "max 0\n");
	put(f, "cg/sandboxd/a/x/pids.events.local", "max 2\n");
	assert_int_equal(cgroup_fork_refusals(&g, &n), 0);
	assert_int_equal(n, 2);
}

static void the_v2_watch_fires_when_the_events_change(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct pollfd p = { .fd = -1 };
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_watch_oom(&g, &p.events), -ENOENT);
	put(f, "cg/sandboxd/a/memory.events", "oom_kill 0\n");
	p.fd = cgroup_watch_oom(&g, &p.events);
	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	put(f, "cg/sandboxd/a/memory.events", "oom_kill 1\n");
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	cgroup_oom_ack(p.fd);
	assert_int_equal(poll(&p, 1, 0), 0);
	close(p.fd);
}

static void use_that_cannot_be_read_is_zero(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct cgroup_usage usage;
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	put(f, "cg/sandboxd/a/memory.current", "4096\n");
	put(f, "cg/sandboxd/a/cpu.stat", "nr_periods 1\nusage_usec 77\n");
	assert_int_equal(cgroup_get_usage(&g, &usage), 0);
	assert_int_equal(usage.memory, 4096);
	assert_int_equal(usage.memory_peak, 0);
	assert_int_equal(usage.cpu_usec, 77);
	assert_int_equal(usage.pids, 0);
}

/* --- CPUs, disks, huge pages and single numbers on made-up hosts ---------- */

#define EVERY_V1                                                         \
	V1_MOUNT("memory", "memory") V1_MOUNT("cpu", "cpu")              \
	V1_MOUNT("pids", "pids") V1_MOUNT("cpuset", "cpuset")            \
	V1_MOUNT("blkio", "blkio") V1_MOUNT("hugetlb", "hugetlb")
#define DISK makedev(8, 16)

/* v1 with every controller in a hierarchy of its own. */
static void look_every_v1(struct fake *f, unsigned int controllers)
{
	static const char *const names[] = { "memory", "cpu",	"pids",
					     "cpuset", "blkio", "hugetlb" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP_FREE char *dir = str_printf("cg/%s", names[i]);

		make_dirs(f->root, dir);
	}
	put(f, "cg/cpuset/cpuset.cpus", "0-3\n");
	put(f, "cg/cpuset/cpuset.mems", "0\n");
	/* As the kernel would, with each new group. */
	put(f, "cg/cpuset/sandboxd/cpuset.cpus", "0-3\n");
	put(f, "cg/cpuset/sandboxd/cpuset.mems", "0\n");
	look_for(f, controllers, EVERY_V1);
}

static void only_what_is_looked_for_is_used(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_every_v1(f, BASE | CGROUP_BIT(CGROUP_IO));
	assert_int_equal(f->host.version[CGROUP_IO], 1);
	assert_int_equal(f->host.version[CGROUP_CPUSET], 0);
	assert_int_equal(f->host.version[CGROUP_HUGETLB], 0);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 4);
	assert_true(exists(f, "cg/blkio/sandboxd/a"));
	assert_false(exists(f, "cg/cpuset/sandboxd/a"));
	assert_false(exists(f, "cg/hugetlb/sandboxd"));
	cgroup_finish(&g);
}

static void removal_looks_everywhere(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_every_v1(f, BASE | CGROUP_BIT(CGROUP_HUGETLB));
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	cgroup_finish(&g);
	cgroup_host_finish(&f->host);
	look_for(f, CGROUP_ALL, EVERY_V1);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), 0);
	assert_false(exists(f, "cg/hugetlb/sandboxd"));
	assert_false(exists(f, "cg/memory/sandboxd"));
}

static void v2_enables_what_is_looked_for(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	put(f, "cg/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
	put(f, "cg/cgroup.subtree_control", "");
	put(f, "cg/sandboxd/cgroup.subtree_control", "");
	look_for(f, CGROUP_ALL, V2_MOUNT);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_file(f, "cg/cgroup.subtree_control",
		    "+memory +cpu +pids +cpuset +io +hugetlb ");
	assert_int_equal(g.dir[CGROUP_IO], g.tree);
	cgroup_finish(&g);
}

/* A threaded group, or one that is not the kernel's, grants none. */
static void a_parent_that_grants_no_controllers_is_an_error(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	put(f, "cg/cgroup.controllers", "memory\n");
	look(f, V2_MOUNT);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), -ENOENT);
	assert_false(exists(f, "cg/sandboxd/a"));
}

static void a_launcher_in_a_nested_group_starts_from_its_own_root(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	/* A cgroup namespace shows what is above as "/..". */
	make_dirs(f->root, "cg/pids");
	put(f, "cg/unified/cgroup.controllers", "");
	put(f, "cg/unified/cgroup.subtree_control", "");
	put(f, "cg/unified/sandboxd/cgroup.subtree_control", "");
	look(f, "30 20 0:30 /../.. /cg/pids rw - cgroup cgroup rw,pids\n"
	     "31 20 0:31 / /cg/unified rw - cgroup2 cgroup2 rw\n");
	assert_versions(f, 0, 0, 1);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_true(exists(f, "cg/pids/sandboxd/a"));
	cgroup_finish(&g);
}

static void named_hierarchies_are_no_controllers(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/x");
	make_dirs(f->root, "cg/y");
	look_for(f, CGROUP_ALL,
		 "30 20 0:30 / /cg/x rw - cgroup cgroup rw,xattr,name=io\n"
		 "30 20 0:31 / /cg/y rw - cgroup none rw,name=hugetlb\n");
	for (int c = 0; c < CGROUP_CONTROLLERS; c++)
		assert_int_equal(f->host.version[c], 0);
}

static void a_v1_group_gets_the_cpus_of_its_parent(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	CLEANUP_FD int parent = -1, dir = -1;
	struct fake *f = *state;

	look_every_v1(f, CGROUP_BIT(CGROUP_CPUSET));
	make_dirs(f->root, "cg/cpuset/sandboxd/a");
	put(f, "cg/cpuset/sandboxd/a/cpuset.cpus", "\n");
	put(f, "cg/cpuset/sandboxd/a/cpuset.mems", "\n");
	parent = openat(f->root, "cg/cpuset/sandboxd", O_PATH);
	dir = openat(f->root, "cg/cpuset/sandboxd/a", O_PATH);
	assert_int_equal(cgroup_v1_inherit_cpus(parent, dir), 0);
	assert_file(f, "cg/cpuset/sandboxd/a/cpuset.cpus", "0-3");
	assert_file(f, "cg/cpuset/sandboxd/a/cpuset.mems", "0");
	/* What somebody chose stays. */
	put(f, "cg/cpuset/sandboxd/a/cpuset.cpus", "1\n");
	assert_int_equal(cgroup_v1_inherit_cpus(parent, dir), 0);
	assert_file(f, "cg/cpuset/sandboxd/a/cpuset.cpus", "1");
}

static void cpus_are_found_in_a_hierarchy_that_is_shared(void **state)
{
	struct fake *f = *state;

	make_dirs(f->root, "cg/all");
	look(f, V1_MOUNT("all", "cpu,cpuacct,cpuset"));
	assert_versions(f, 0, 1, 0);
	assert_int_equal(f->host.v1_cpuset, f->host.dir[CGROUP_CPU]);
	/* The new group has no such files, and the start says so. */
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a",
				       &(struct cgroup){ 0 }), -ENOENT);
	assert_false(exists(f, "cg/all/sandboxd"));
}

static void each_version_spells_which_cpus(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	struct cpulist cpus;

	put(f, "cg/cgroup.controllers", "cpuset\n");
	put(f, "cg/cgroup.subtree_control", "");
	put(f, "cg/sandboxd/cgroup.subtree_control", "");
	look_for(f, CGROUP_BIT(CGROUP_CPUSET), V2_MOUNT);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cpulist_parse("0,2", &cpus), 0);
	assert_int_equal(cgroup_set_cpus(&g, &cpus), -ENOENT);
	put(f, "cg/sandboxd/a/cpuset.cpus", "");
	put(f, "cg/sandboxd/a/cpuset.cpus.effective", "2\n");
	assert_int_equal(cgroup_set_cpus(&g, &cpus), 0);
	assert_file(f, "cg/sandboxd/a/cpuset.cpus", "0,2");
	assert_int_equal(cgroup_get_cpus(&g, &cpus), 0);
	assert_int_equal(cpus.bits[0], 4);
	put(f, "cg/sandboxd/a/cpuset.cpus.effective", "\n");
	assert_int_equal(cgroup_get_cpus(&g, &cpus), 0);
	assert_int_equal(cpus.bits[0], 0);
}

static const uint64_t some_io[IOLIMIT_KINDS] = { 1024, IOLIMIT_NONE,
						 IOLIMIT_NONE, 7 };

static void v2_limits_a_disk_in_one_line(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	uint64_t max[IOLIMIT_KINDS];
	struct fake *f = *state;

	put(f, "cg/cgroup.controllers", "io memory\n");
	put(f, "cg/cgroup.subtree_control", "");
	put(f, "cg/sandboxd/cgroup.subtree_control", "");
	look_for(f, BASE | CGROUP_BIT(CGROUP_IO), V2_MOUNT);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_true(cgroup_io_holds_writes(&g));
	put(f, "cg/sandboxd/a/io.max", "");
	assert_int_equal(cgroup_set_io(&g, DISK, some_io), 0);
	assert_file(f, "cg/sandboxd/a/io.max", "8:16 rbps=1024 wiops=7");
	put(f, "cg/sandboxd/a/io.max",
	    "8:1 rbps=1 wbps=1 riops=1 wiops=1\n"
	    "8:16 rbps=1024 wbps=max riops=max wiops=7\n"
	    "8:160 rbps=2 wbps=2 riops=2 wiops=2\n");
	assert_int_equal(cgroup_get_io(&g, DISK, max), 0);
	assert_memory_equal(max, some_io, sizeof(max));
	assert_int_equal(cgroup_get_io(&g, makedev(8, 17), max), 0);
	assert_true(max[IOLIMIT_RBPS] == IOLIMIT_NONE);
}

static void v1_limits_a_disk_in_four_files(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	uint64_t max[IOLIMIT_KINDS];
	struct fake *f = *state;

#define THROTTLE "cg/blkio/sandboxd/a/blkio.throttle."
	look_every_v1(f, BASE | CGROUP_BIT(CGROUP_IO));
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_false(cgroup_io_holds_writes(&g));
	put(f, THROTTLE "read_bps_device", "");
	put(f, THROTTLE "write_bps_device", "");
	put(f, THROTTLE "read_iops_device", "8:1 5\n");
	put(f, THROTTLE "write_iops_device", "");
	assert_int_equal(cgroup_set_io(&g, DISK, some_io), 0);
	assert_file(f, THROTTLE "read_bps_device", "8:16 1024");
	assert_file(f, THROTTLE "write_bps_device", "");
	assert_file(f, THROTTLE "write_iops_device", "8:16 7");
	assert_int_equal(cgroup_get_io(&g, DISK, max), 0);
	assert_memory_equal(max, some_io, sizeof(max));
}

static void writes_are_not_held_back_where_memory_is_elsewhere(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;

	make_dirs(f->root, "cg/memory");
	put(f, "cg/unified/cgroup.controllers", "io\n");
	put(f, "cg/unified/cgroup.subtree_control", "");
	put(f, "cg/unified/sandboxd/cgroup.subtree_control", "");
	look_for(f, CGROUP_ALL, V1_MOUNT("memory", "memory") HYBRID_V2_MOUNT);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(f->host.version[CGROUP_IO], 2);
	assert_false(cgroup_io_holds_writes(&g));
}

static void huge_pages_are_limited_by_use_and_reservation(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t bytes;

#define HUGE "cg/hugetlb/sandboxd/a/hugetlb."
	look_every_v1(f, BASE | CGROUP_BIT(CGROUP_HUGETLB));
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_set_hugepages(&g, 2 * MIB, 0), -ENOENT);
	put(f, HUGE "2MB.limit_in_bytes", "");
	assert_int_equal(cgroup_set_hugepages(&g, 2 * MIB, 4 * MIB), 0);
	put(f, HUGE "2MB.rsvd.limit_in_bytes", "");
	assert_int_equal(cgroup_set_hugepages(&g, 2 * MIB, 4 * MIB), 0);
	assert_file(f, HUGE "2MB.limit_in_bytes", "4194304");
	assert_file(f, HUGE "2MB.rsvd.limit_in_bytes", "4194304");
	put(f, HUGE "1GB.limit_in_bytes", "");
	put(f, HUGE "64KB.limit_in_bytes", "65536\n");
	assert_int_equal(cgroup_set_hugepages(&g, 1024 * MIB, 0), 0);
	assert_file(f, HUGE "1GB.limit_in_bytes", "0");
	assert_int_equal(cgroup_get_hugepages(&g, 65536, &bytes), 0);
	assert_int_equal(bytes, 65536);
}

static void v2_numbers_are_written_as_they_are(void **state)
{
	static const struct {
		enum cgroup_number which;
		const char *file;
	} rows[] = {
		{ CGROUP_MEMORY_HIGH, "cg/sandboxd/a/memory.high" },
		{ CGROUP_MEMORY_LOW, "cg/sandboxd/a/memory.low" },
		{ CGROUP_CPU_WEIGHT, "cg/sandboxd/a/cpu.weight" },
		{ CGROUP_CPU_BURST, "cg/sandboxd/a/cpu.max.burst" },
	};
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t value;

	look_v2(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(cgroup_set_number(&g, rows[i].which, 77),
				 -ENOENT);
		put(f, rows[i].file, "");
		assert_int_equal(cgroup_set_number(&g, rows[i].which, 77), 0);
		assert_file(f, rows[i].file, "77");
		assert_int_equal(cgroup_get_number(&g, rows[i].which, &value),
				 0);
		assert_int_equal(value, 77);
	}
	put(f, rows[0].file, "max\n");
	assert_int_equal(cgroup_get_number(&g, CGROUP_MEMORY_HIGH, &value), 0);
	assert_true(value == NO_LIMIT);
}

static void what_is_kept_for_groups_is_kept_for_their_parent(void **state)
{
	struct fake *f = *state;

	look_v2(f);
	assert_int_equal(cgroup_sum_memory_low(&f->host, "none"), 0);
	assert_int_equal(cgroup_sum_memory_low(&f->host, "sandboxd"), 0);
	put(f, "cg/sandboxd/memory.low", "");
	put(f, "cg/sandboxd/a/memory.low", "4096\n");
	put(f, "cg/sandboxd/a/payload/memory.low", "4096\n");
	put(f, "cg/sandboxd/b/memory.low", "8192\n");
	make_dirs(f->root, "cg/sandboxd/c");
	assert_int_equal(cgroup_sum_memory_low(&f->host, "sandboxd"), 0);
	assert_file(f, "cg/sandboxd/memory.low", "12288");
	put(f, "cg/sandboxd/memory.low", "");
	put(f, "cg/sandboxd/c/memory.low", "max\n");
	assert_int_equal(cgroup_sum_memory_low(&f->host, "sandboxd"), 0);
	assert_file(f, "cg/sandboxd/memory.low", "max");
}

static void v1_knows_shares_instead_of_weights(void **state)
{
	static const uint64_t rows[][2] = { { 1, 10 }, { 100, 1024 },
					    { 101, 1034 }, { 10000, 102400 } };
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t value;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_FREE char *shares = str_printf("%ju",
						       (uintmax_t)rows[i][1]);

		put(f, "cg/cpu,cpuacct/sandboxd/a/cpu.shares", "");
		assert_int_equal(cgroup_set_number(&g, CGROUP_CPU_WEIGHT,
						   rows[i][0]), 0);
		assert_file(f, "cg/cpu,cpuacct/sandboxd/a/cpu.shares", shares);
		assert_int_equal(cgroup_get_number(&g, CGROUP_CPU_WEIGHT,
						   &value), 0);
		assert_int_equal(value, rows[i][0]);
	}
}

static void v1_has_no_soft_limits_of_memory(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct fake *f = *state;
	uint64_t value;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	assert_int_equal(cgroup_set_number(&g, CGROUP_MEMORY_HIGH, MIB),
			 -ENOENT);
	assert_int_equal(cgroup_set_number(&g, CGROUP_MEMORY_LOW, MIB),
			 -ENOENT);
	assert_int_equal(cgroup_get_number(&g, CGROUP_MEMORY_LOW, &value),
			 -ENOENT);
}

/* --- making and removing on made-up hosts --------------------------------- */

static void paths_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a",
		"a/./b", "a\nb", "a\x7f",
	};
	struct fake *f = *state;
	struct cgroup g;
	size_t i;

	look_v1(f);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(cgroup_create(&f->host, bad[i], &g), -EINVAL);
		assert_int_equal(cgroup_open(&f->host, bad[i], &g), -EINVAL);
		assert_int_equal(cgroup_destroy(&f->host, bad[i], 0), -EINVAL);
	}
	assert_int_equal(cgroup_create(&f->host, "...", &g), 0);
	cgroup_finish(&g);
}

static void a_leftover_in_one_hierarchy_undoes_the_others(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	make_dirs(f->root, "cg/pids/sandboxd/a");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), -EEXIST);
	cgroup_finish(&g);
	assert_true(exists(f, "cg/pids/sandboxd/a"));
	assert_false(exists(f, "cg/memory/sandboxd"));
	assert_false(exists(f, "cg/cpu,cpuacct/sandboxd"));
	assert_int_equal(cgroup_open(&f->host, "sandboxd/a", &g), -ENOENT);
}

static void failure_keeps_parents_that_were_there_before(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	make_dirs(f->root, "cg/memory/sandboxd/a");
	make_dirs(f->root, "cg/pids/sandboxd/a/b");
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a/b", &g), -EEXIST);
	assert_true(exists(f, "cg/memory/sandboxd/a"));
	assert_false(exists(f, "cg/memory/sandboxd/a/b"));
	assert_false(exists(f, "cg/cpu,cpuacct/sandboxd"));
}

static void removal_takes_unknown_groups_and_the_empty_parent(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a", &g), 0);
	cgroup_finish(&g);
	make_dirs(f->root, "cg/pids/sandboxd/a/left/over");
	make_dirs(f->root, "cg/memory/sandboxd/other");
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), 0);
	assert_false(exists(f, "cg/pids/sandboxd"));
	assert_false(exists(f, "cg/memory/sandboxd/a"));
	assert_true(exists(f, "cg/memory/sandboxd/other"));
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), 0);
}

static void removal_of_a_child_keeps_its_parent(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	assert_int_equal(cgroup_create(&f->host, "sandboxd/a/b", &g), 0);
	cgroup_finish(&g);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a/b", 0), 0);
	assert_true(exists(f, "cg/pids/sandboxd/a"));
	assert_false(exists(f, "cg/pids/sandboxd/a/b"));
}

static void removal_follows_no_link(void **state)
{
	struct fake *f = *state;
	struct cgroup g;

	look_v1(f);
	make_dirs(f->root, "outside/victim");
	make_dirs(f->root, "cg/pids/sandboxd");
	assert_int_equal(symlinkat("../../../outside", f->root,
				   "cg/pids/sandboxd/a"), 0);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a", 0), -ELOOP);
	assert_int_equal(cgroup_destroy(&f->host, "sandboxd/a/victim", 0),
			 -ELOOP);
	assert_int_equal(cgroup_open(&f->host, "sandboxd/a/victim", &g),
			 -ELOOP);
	assert_true(exists(f, "outside/victim"));
}

/* --- this host ------------------------------------------------------------ */

struct real {
	struct cgroup_host host;
	char top[48], path[64], child[96];
	bool usable;
};

static int real_setup(void **state)
{
	struct real *r = mem_zalloc(sizeof(*r));
	struct cgroup g = { 0 };

	(void)snprintf(r->top, sizeof(r->top), "sandboxd-test-%d", getpid());
	(void)snprintf(r->path, sizeof(r->path), "%s/a", r->top);
	(void)snprintf(r->child, sizeof(r->child), "%s/payload", r->path);
	*state = r;
	if (cgroup_host_open(&r->host, BASE) < 0)
		return -1;
	r->usable = cgroup_create(&r->host, r->path, &g) == 0;
	cgroup_finish(&g);
	return r->usable ? cgroup_destroy(&r->host, r->path, 0) : 0;
}

static int real_teardown(void **state)
{
	struct real *r = *state;
	int rc = r->usable ? cgroup_destroy(&r->host, r->path, PATIENCE_MS) : 0;
	int roots[CGROUP_HIERARCHIES], n;

	n = cgroup_distinct(r->host.dir, r->host.tree, roots);
	while (rc == 0 && n-- > 0)
		if (faccessat(roots[n], r->top, F_OK, 0) == 0)
			rc = -1;
	cgroup_host_finish(&r->host);
	free(r);
	return rc;
}

/* The state, or skips: without the right to make groups, or without one of
 * the controllers, there is nothing to try. */
static struct real *this_host(void **state)
{
	struct real *r = *state;
	int c;

	if (!r->usable)
		skip();
	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		if (BASE & CGROUP_BIT(c) && !r->host.version[c])
			skip();
	return r;
}

/* Moves the caller into the group; only calls that a child may make. */
static int join(struct cgroup *g, const int *tasks, int n)
{
	if (g->tree >= 0 && fd_write_file_at(g->tree, "cgroup.procs", "0") < 0)
		return -1;
	return cgroup_join_tasks(tasks, n);
}

/* Runs `fn` in a process of the group; returns its pid. */
static pid_t spawn(struct cgroup *g, int (*fn)(const void *), const void *arg)
{
	int tasks[CGROUP_CONTROLLERS], n = cgroup_open_tasks(g, tasks);
	pid_t pid;

	assert_true(n >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(join(g, tasks, n) < 0 ? 99 : fn(arg));
	while (n > 0)
		close(tasks[--n]);
	return pid;
}

static int wait_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The group and a child group of it, with limits possible on both. */
static void make_pair(struct real *r, struct cgroup *parent,
		      struct cgroup *child)
{
	assert_int_equal(cgroup_create(&r->host, r->path, parent), 0);
	assert_int_equal(cgroup_create(&r->host, r->child, child), 0);
	assert_int_equal(cgroup_enable_children(parent), 0);
}

static int count_own_lines(const void *name)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[512];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, name) != NULL;
	return n;
}

static void a_child_joins_every_hierarchy(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	int status;

	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	status = wait_status(spawn(&g, count_own_lines, r->path));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), cgroup_count_lines(&g));
}

static void limits_are_read_back_as_set_then_raised_then_lowered(void **state)
{
	static const struct limits want[] = {
		{ 64 * MIB, 0, 1500, 100 },
		{ 256 * MIB, 32 * MIB, 2000, 1000 },
		{ 32 * MIB, 0, 500, 3 },
		{ 32 * MIB, NO_LIMIT, 500, 0 },
		NO_LIMITS,
	};
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	struct limits have;
	size_t i;

	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	for (i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(cgroup_set_memory(&g, want[i].memory,
						   want[i].swap), 0);
		assert_int_equal(cgroup_set_cpu(&g, want[i].cpu_milli), 0);
		assert_int_equal(cgroup_set_number(&g, CGROUP_TASKS,
						   want[i].pids), 0);
		assert_int_equal(get_limits(&g, &have), 0);
		assert_int_equal(have.memory, want[i].memory);
		assert_int_equal(have.swap, want[i].swap);
		assert_int_equal(have.cpu_milli, want[i].cpu_milli);
		assert_int_equal(have.pids, want[i].pids);
	}
	assert_int_equal(cgroup_set_cpu(&g, 0), -EINVAL);
}

/* Forks children that stay until one is refused; returns how many it got. */
static int fork_until_refused(const void *arg)
{
	int made = 0;
	pid_t pid;

	while ((pid = fork()) > 0)
		made++;
	if (pid == 0)
		for (;;)
			pause();
	return errno == EAGAIN ? made : 98;
}

static void a_refused_fork_is_counted_in_the_parent_too(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);
	uint64_t refusals;
	int status;

	make_pair(r, &parent, &child);
	assert_int_equal(cgroup_set_number(&child, CGROUP_TASKS, 5), 0);
	status = wait_status(spawn(&child, fork_until_refused, NULL));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 4);
	assert_int_equal(cgroup_fork_refusals(&child, &refusals), 0);
	assert_int_equal(refusals, 1);
	assert_int_equal(cgroup_fork_refusals(&parent, &refusals), 0);
	assert_int_equal(refusals, 1);
}

static int eat_memory(const void *mib)
{
	size_t size = *(const size_t *)mib * MIB;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 97;
	memset(p, 1, size);
	return 0;
}

static void assert_memory_kill(struct cgroup *where, struct cgroup *limited,
			       struct cgroup *watched)
{
	struct pollfd p = { .fd = -1 };
	size_t mib = 128;
	uint64_t kills;
	int status;

	assert_int_equal(cgroup_set_memory(limited, 16 * MIB, 0), 0);
	p.fd = cgroup_watch_oom(watched, &p.events);
	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	status = wait_status(spawn(where, eat_memory, &mib));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	cgroup_oom_ack(p.fd);
	close(p.fd);
	assert_int_equal(cgroup_oom_kills(watched, &kills), 0);
	assert_int_equal(kills, 1);
}

static void a_memory_kill_wakes_the_watch_and_is_counted(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	struct cgroup_usage usage;

	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	assert_memory_kill(&g, &g, &g);
	assert_int_equal(cgroup_get_usage(&g, &usage), 0);
	assert_true(usage.memory_peak > 8 * MIB);
	assert_true(usage.memory_peak <= 16 * MIB);
}

static void the_parent_learns_of_a_kill_by_the_childs_limit(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);

	make_pair(r, &parent, &child);
	assert_memory_kill(&child, &child, &parent);
}

static void the_parent_learns_of_a_kill_by_its_own_limit(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);

	make_pair(r, &parent, &child);
	assert_memory_kill(&child, &parent, &parent);
}

static int wait_for_end(const void *fd)
{
	/* Told, then in the group for good. */
	if (write(*(const int *)fd, "x", 1) != 1)
		return 96;
	(void)fork();
	(void)fork();
	for (;;)
		pause();
}

/* Starts processes in the group and waits until they are there. */
static pid_t populate(struct cgroup *g)
{
	int fds[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = spawn(g, wait_for_end, &fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static void kill_reaches_groups_beneath(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);
	struct cgroup_usage usage;
	int status;
	pid_t pid;

	make_pair(r, &parent, &child);
	assert_int_equal(cgroup_populated(&parent), 0);
	pid = populate(&child);
	assert_int_equal(cgroup_populated(&parent), 1);
	assert_int_equal(cgroup_get_usage(&parent, &usage), 0);
	assert_true(usage.pids >= 1 && usage.pids <= 4);
	assert_int_equal(cgroup_kill(&parent), 0);
	status = wait_status(pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(cgroup_destroy(&r->host, r->path, PATIENCE_MS), 0);
	assert_int_equal(cgroup_populated(&parent), 0);
	assert_int_equal(cgroup_kill(&parent), 0);
}

static int leave_at_once(const void *arg)
{
	return 0;
}

static void children_get_limits_once_the_holder_has_left(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);
	struct limits have;

	assert_int_equal(cgroup_create(&r->host, r->path, &parent), 0);
	assert_int_equal(cgroup_set_memory(&parent, 64 * MIB, 0), 0);
	assert_int_equal(cgroup_create(&r->host, r->child, &child), 0);
	assert_int_equal(wait_status(spawn(&parent, leave_at_once, NULL)), 0);
	assert_int_equal(cgroup_enable_children(&parent), 0);
	assert_int_equal(cgroup_set_memory(&child, 32 * MIB, NO_LIMIT), 0);
	assert_int_equal(cgroup_set_number(&child, CGROUP_TASKS, 100), 0);
	assert_int_equal(cgroup_set_cpu(&child, 1000), 0);
	assert_int_equal(get_limits(&child, &have), 0);
	assert_int_equal(have.memory, 32 * MIB);
	assert_int_equal(have.pids, 100);
	assert_int_equal(wait_status(spawn(&child, leave_at_once, NULL)), 0);
}

/* The status tells what could be opened: of two devices, and of a node made
 * anew, that which stands in the list. */
static int open_devices(const void *arg UNUSED)
{
	int one = open("/dev/zero", O_RDWR | O_CLOEXEC);
	int other = open("/dev/full", O_RDWR | O_CLOEXEC);
	int refused = errno == EPERM;
	char path[48];
	int made;

	(void)snprintf(path, sizeof(path), "/tmp/test_cgroup.%d", getpid());
	made = mknod(path, S_IFCHR | 0600, makedev(1, 5));
	if (made == 0)
		(void)unlink(path);
	return (one >= 0) | (other >= 0) << 1 | refused << 2 |
	       (made == 0) << 3;
}

/* In the group, and in one that is beneath it. */
static void assert_list_holds(const struct cgroup_host *host, struct real *r,
			      int by)
{
	static const struct cgroup_device all[] = { { 1, -1 } };
	static const struct cgroup_device list[] = {
		{ 5, 0 }, { 136, -1 }, { 1, 5 },
	};
	CLEANUP(cgroup_finish) struct cgroup g = { 0 }, child = { 0 };
	CLEANUP(cgroup_finish) struct cgroup open = { 0 };

	assert_int_equal(cgroup_create(host, r->path, &g), 0);
	assert_int_equal(wait_status(spawn(&g, open_devices, NULL)), 11 << 8);
	assert_int_equal(cgroup_set_devices(&g, list, ARRAY_LEN(list)), by);
	assert_int_equal(cgroup_create(host, r->child, &child), 0);
	assert_int_equal(wait_status(spawn(&child, open_devices, NULL)),
			 5 << 8);
	cgroup_finish(&child);
	assert_int_equal(cgroup_destroy(host, r->path, PATIENCE_MS), 0);
	cgroup_finish(&g);
	assert_int_equal(cgroup_create(host, r->path, &open), 0);
	assert_int_equal(cgroup_set_devices(&open, all, ARRAY_LEN(all)), by);
	assert_int_equal(wait_status(spawn(&open, open_devices, NULL)), 3 << 8);
	assert_int_equal(cgroup_destroy(host, r->path, PATIENCE_MS), 0);
}

static void v1_lets_a_group_open_what_its_list_says(void **state)
{
	struct real *r = this_host(state);
	struct cgroup_host host;
	bool there;

	assert_int_equal(cgroup_host_open(&host, CGROUP_BIT(CGROUP_DEVICES)),
			 0);
	there = host.version[CGROUP_DEVICES] == 1;
	if (there)
		assert_list_holds(&host, r, CGROUP_DEVICES_BY_V1);
	cgroup_host_finish(&host);
	if (!there)
		skip();
}

static void a_program_lets_a_group_open_what_its_list_says(void **state)
{
	struct real *r = this_host(state);
	struct cgroup_host host;
	bool there;

	assert_int_equal(cgroup_host_open(&host, 0), 0);
	there = host.tree >= 0;
	if (there)
		assert_list_holds(&host, r, CGROUP_DEVICES_BY_BPF);
	cgroup_host_finish(&host);
	if (!there)
		skip();
}

static void where_nobody_looks_there_is_no_list(void **state UNUSED)
{
	struct cgroup none = CGROUP_NONE;

	assert_int_equal(cgroup_set_devices(&none, NULL, 0), -ENOTSUP);
}

/* The host without its v2 tree, when that holds nothing that we use. */
static bool hide_tree(struct real *r, struct cgroup_host *without)
{
	int c;

	*without = r->host;
	without->tree = -1;
	for (c = 0; c < CGROUP_CONTROLLERS; c++)
		if (without->version[c] == 2)
			return false;
	return true;
}

static void without_a_v2_tree_all_are_signalled_till_none_is_left(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	struct cgroup_host without;
	int status;
	pid_t pid;

	if (!hide_tree(r, &without))
		skip();
	assert_int_equal(cgroup_create(&without, r->path, &g), 0);
	assert_int_equal(cgroup_count_lines(&g), 3);
	pid = populate(&g);
	assert_int_equal(cgroup_populated(&g), 1);
	assert_int_equal(cgroup_kill(&g), 0);
	assert_int_equal(cgroup_populated(&g), 0);
	status = wait_status(pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(cgroup_destroy(&without, r->path, PATIENCE_MS), 0);
}

static void removal_finds_a_process_that_joined_only_v1(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 }, half = { 0 };
	struct real *r = this_host(state);
	struct cgroup_host without;
	int status;
	pid_t pid;

	if (!hide_tree(r, &without))
		skip();
	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	assert_int_equal(cgroup_open(&without, r->path, &half), 0);
	pid = populate(&half);
	assert_int_equal(cgroup_populated(&g), 1);
	assert_int_equal(cgroup_destroy(&r->host, r->path, PATIENCE_MS), 0);
	status = wait_status(pid);
	assert_true(WIFSIGNALED(status));
}

static void removal_kills_what_is_still_there(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup parent = { 0 }, child = { 0 };
	struct real *r = this_host(state);
	struct cgroup gone;
	int status;
	pid_t pid;

	make_pair(r, &parent, &child);
	pid = populate(&child);
	assert_int_equal(cgroup_destroy(&r->host, r->path, PATIENCE_MS), 0);
	status = wait_status(pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(cgroup_open(&r->host, r->path, &gone), -ENOENT);
	assert_int_equal(cgroup_open(&r->host, r->top, &gone), -ENOENT);
}

static void moves_are_allowed_by_one_file_alone(void **state)
{
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	struct stat st;

	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	if (g.tree < 0)
		skip();
	assert_int_equal(cgroup_allow_moves(&g, 12345), 0);
	assert_int_equal(fstatat(g.tree, "cgroup.procs", &st, 0), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(fstatat(g.tree, "cgroup.subtree_control", &st, 0), 0);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(fstat(g.tree, &st), 0);
	assert_int_equal(st.st_uid, 0);
}

static void every_descriptor_closes_on_exec(void **state)
{
	int tasks[CGROUP_CONTROLLERS], fds[CGROUP_HIERARCHIES], n, watch;
	CLEANUP(cgroup_finish) struct cgroup g = { 0 };
	struct real *r = this_host(state);
	short events;

	assert_int_equal(cgroup_create(&r->host, r->path, &g), 0);
	n = cgroup_distinct(g.dir, g.tree, fds);
	while (n-- > 0)
		assert_int_equal(fcntl(fds[n], F_GETFD), FD_CLOEXEC);
	n = cgroup_open_tasks(&g, tasks);
	while (n-- > 0) {
		assert_int_equal(fcntl(tasks[n], F_GETFD), FD_CLOEXEC);
		close(tasks[n]);
	}
	watch = cgroup_watch_oom(&g, &events);
	assert_int_equal(fcntl(watch, F_GETFD), FD_CLOEXEC);
	close(watch);
}

/* Makes and removes one group again and again; 0 when it always could. */
static int come_and_go(struct real *r, int who)
{
	char path[64];
	struct cgroup g;
	int i, rc;

	(void)snprintf(path, sizeof(path), "%s/%d", r->top, who);
	for (i = 0; i < 100; i++) {
		rc = cgroup_create(&r->host, path, &g);
		if (rc < 0)
			return -rc;
		cgroup_finish(&g);
		rc = cgroup_destroy(&r->host, path, PATIENCE_MS);
		if (rc < 0)
			return -rc;
	}
	return 0;
}

static void starts_do_not_stumble_over_ends_beneath_one_parent(void **state)
{
	struct real *r = this_host(state);
	pid_t pids[4];
	int i, status;

	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(come_and_go(r, i));
	}
	for (i = 0; i < 4; i++) {
		status = wait_status(pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

#define FAKE(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
#define REAL(name) \
	cmocka_unit_test_setup_teardown(name, real_setup, real_teardown)

static const struct CMUnitTest tests[] = {
	FAKE(a_pure_v2_host_has_every_controller_in_one_tree),
	FAKE(v2_parents_get_only_the_controllers_they_lack),
	FAKE(a_v2_group_waits_to_be_told_before_it_enables_children),
	FAKE(a_v1_host_needs_no_v2_tree),
	FAKE(controllers_mounted_together_share_one_group),
	FAKE(a_hybrid_host_gets_a_group_in_the_v2_tree_too),
	FAKE(memory_may_live_on_v2_beside_cpu_on_v1),
	FAKE(what_was_delegated_is_a_host_of_its_own),
	FAKE(processes_leave_what_was_delegated),
	FAKE(what_was_delegated_and_is_gone_holds_nothing),
	FAKE(a_missing_controller_is_told_by_its_limit_alone),
	FAKE(a_host_without_cgroups_opens_but_makes_no_group),
	FAKE(escaped_characters_of_a_mount_point_are_undone),
	FAKE(names_that_only_contain_a_controllers_name_are_others),
	FAKE(a_mount_of_the_whole_wins_over_a_mount_of_a_part),
	FAKE(broken_lines_of_mountinfo_are_passed_over),
	FAKE(a_mount_point_behind_a_link_is_refused),
	FAKE(swap_space_is_what_stands_below_the_heading),
	FAKE(v1_counts_swap_in_one_sum_with_memory),
	FAKE(the_largest_number_of_v1_reads_as_no_limit),
	FAKE(uncounted_swap_holds_only_where_there_is_none),
	FAKE(v1_refuses_a_swap_limit_without_a_memory_limit),
	FAKE(v1_memory_is_made_to_count_children_or_refused),
	FAKE(v2_limits_are_written_in_the_words_of_v2),
	FAKE(v2_spells_no_limit_max),
	FAKE(a_cpu_limit_too_large_to_count_is_refused),
	FAKE(events_of_v1_are_summed_over_the_subtree),
	FAKE(kills_of_v2_are_read_once_for_the_subtree),
	FAKE(refusals_of_v2_are_not_counted_twice),
	FAKE(the_v2_watch_fires_when_the_events_change),
	FAKE(use_that_cannot_be_read_is_zero),
	FAKE(only_what_is_looked_for_is_used),
	FAKE(removal_looks_everywhere),
	FAKE(v2_enables_what_is_looked_for),
	FAKE(a_parent_that_grants_no_controllers_is_an_error),
	FAKE(a_launcher_in_a_nested_group_starts_from_its_own_root),
	FAKE(named_hierarchies_are_no_controllers),
	FAKE(a_v1_group_gets_the_cpus_of_its_parent),
	FAKE(cpus_are_found_in_a_hierarchy_that_is_shared),
	FAKE(each_version_spells_which_cpus),
	FAKE(v2_limits_a_disk_in_one_line),
	FAKE(v1_limits_a_disk_in_four_files),
	FAKE(writes_are_not_held_back_where_memory_is_elsewhere),
	FAKE(huge_pages_are_limited_by_use_and_reservation),
	FAKE(v2_numbers_are_written_as_they_are),
	FAKE(what_is_kept_for_groups_is_kept_for_their_parent),
	FAKE(v1_knows_shares_instead_of_weights),
	FAKE(v1_has_no_soft_limits_of_memory),
	FAKE(paths_that_lead_elsewhere_are_refused),
	FAKE(a_leftover_in_one_hierarchy_undoes_the_others),
	FAKE(failure_keeps_parents_that_were_there_before),
	FAKE(removal_takes_unknown_groups_and_the_empty_parent),
	FAKE(removal_of_a_child_keeps_its_parent),
	FAKE(removal_follows_no_link),
	REAL(a_child_joins_every_hierarchy),
	REAL(limits_are_read_back_as_set_then_raised_then_lowered),
	REAL(a_refused_fork_is_counted_in_the_parent_too),
	REAL(a_memory_kill_wakes_the_watch_and_is_counted),
	REAL(the_parent_learns_of_a_kill_by_the_childs_limit),
	REAL(the_parent_learns_of_a_kill_by_its_own_limit),
	REAL(children_get_limits_once_the_holder_has_left),
	REAL(kill_reaches_groups_beneath),
	REAL(without_a_v2_tree_all_are_signalled_till_none_is_left),
	REAL(removal_finds_a_process_that_joined_only_v1),
	REAL(v1_lets_a_group_open_what_its_list_says),
	REAL(a_program_lets_a_group_open_what_its_list_says),
	REAL(where_nobody_looks_there_is_no_list),
	REAL(removal_kills_what_is_still_there),
	REAL(moves_are_allowed_by_one_file_alone),
	REAL(every_descriptor_closes_on_exec),
	REAL(starts_do_not_stumble_over_ends_beneath_one_parent),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
