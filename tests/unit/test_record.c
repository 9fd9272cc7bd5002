/*
 * Records: who may have a name and a range of ids, what a record keeps, and
 * what becomes of one that is damaged, cut short or left by a dead monitor.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/fd.h"
#include "base/str.h"
#include "conf/ids.h"
#include "conf/record.h"

static char parent[] = "/tmp/test_record.XXXXXX";
static char *path; /* the state directory */
static int top = -1;

static int set_up_group(void **state)
{
	if (!mkdtemp(parent))
		return -1;
	path = str_printf("%s/state", parent);
	return setenv(STATE_DIR_ENV, path, 1);
}

static int tear_down_group(void **state)
{
	free(path);
	return rmdir(parent);
}

static int set_up(void **state)
{
	struct err err = ERR_INIT;

	top = record_open_dir(&err);
	return top < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	int dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	close(top);
	rc = fd_remove_tree_at(dir, "state");
	close(dir);
	return rc;
}

static struct record named(const char *name)
{
	struct record rec = { .exit_code = -1 };

	(void)snprintf(rec.name, sizeof(rec.name), "%s", name);
	return rec;
}

/* Takes `name`; returns the lock. */
static int take(const char *name, uint32_t *id_base)
{
	struct record rec = named(name);
	struct err err = ERR_INIT;
	int lock = record_create(top, &rec, NULL, &err);

	if (lock < 0)
		fail_msg("%s: %s", err.object, err.cause);
	if (id_base)
		*id_base = rec.id_base;
	return lock;
}

static struct record full_record(void)
{
	struct record rec = {
		.name = "full", .state = RECORD_STOPPED,
		.profile = str_dup("profiles/agent.ini"), .foreground = true,
		.terminal = true, .user = str_dup("agent"),
		.monitor = { 100, 123456 }, .init = { 101, 123457 },
		.ns = { 1, 2, 3, 4, 5, 6, 7, 4026531834 },
		.id_base = IDS_FIRST + 3 * ID_RANGE,
		.host_uid = 100000, .host_gid = 200000, .cgroups = true,
		.scope = str_dup("user.slice/sandboxd-full-100.scope"),
		.created_ms = 1700000000123, .started_ms = 1700000001000,
		.ended_ms = 1700000002999,
		.display = { true, 99, 1280, 720, 24, 3 },
		.limits = {
			[LIMIT_MEMORY] = { 512ull << 20, 512ull << 20, true },
			[LIMIT_SWAP] = { 0, UINT64_MAX, false },
			[LIMIT_CPUS] = { 1500, 1500, true },
			[LIMIT_PIDS] = { UINT64_MAX, 100, true },
			[LIMIT_CPUSET] = { 0, 0, true, str_dup("0-1"),
					   str_dup("0") },
		},
		.exit_code = 137, .reason = "oom",
		.detail = str_dup("xterm was killed"), .oom_kills = 2,
		.memory_peak = 67108864, .cpu_usec = 1500, .fork_refusals = 3,
		.oom_ms = 1700000002500,
	};

	strv_add(&rec.settings, "sandbox.name=full");
	strv_add(&rec.settings, "sandbox.command=sh -c 'a=b.c'");
	strv_add(&rec.settings, "env.A=");
	strv_add(&rec.settings, "env.B=x.y=z");
	rec.nstages = 2;
	rec.stages[0] = (struct record_stage){ "record", 12 };
	rec.stages[1] = (struct record_stage){ "payload", 34567 };
	strv_add(&rec.command, "sh");
	strv_add(&rec.command, "-c");
	strv_add(&rec.command, "echo \"caf\xc3\xa9\"\n");
	rec.rootfs.image = str_dup("/srv/image");
	strv_add(&rec.rootfs.layers, "/srv/layer");
	rec.rootfs.writable = str_dup("/proc/100/fd/9");
	rec.rootfs.on_disk = true;
	rec.security.landlock = 7;
	rec.security.device_list = str_dup("bpf");
	strv_add(&rec.security.devices, "136:*");
	rec.security.apparmor = str_dup("sandboxd-x");
	rec.security.apparmor_own = true;
	rec.security.selinux = str_dup("u:r:t:s0");
	strv_add(&rec.notes, "no swap limit");
	return rec;
}

static void write_record_text(const char *name, const char *text, size_t len)
{
	struct err err = ERR_INIT;
	int dir = record_dir(top, name, &err);

	assert_true(dir >= 0);
	assert_int_equal(fd_replace_at(dir, STATE_RECORD, text, len, 0600), 0);
	close(dir);
}

/* --- the state directory -------------------------------------------------- */

static void the_state_directory_is_made_for_its_owner_alone(void **state)
{
	struct stat st;

	assert_int_equal(fstat(top, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, geteuid());
	assert_true(fcntl(top, F_GETFD) & FD_CLOEXEC);
}

static void refuse_dir(int code, const char *cause)
{
	struct err err = ERR_INIT;

	assert_int_equal(record_open_dir(&err), -1);
	assert_int_equal(err.code, code);
	assert_string_equal(err.object, getenv(STATE_DIR_ENV));
	assert_non_null(strstr(err.cause, cause));
}

static void a_directory_open_to_others_is_refused(void **state)
{
	static const mode_t modes[] = { 0755, 0701, 0710, 01777 };

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		refuse_dir(EXIT_FAILED, "others may enter");
	}
	assert_int_equal(chmod(path, 0700), 0);
}

static void a_directory_of_another_user_is_refused(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 12345, 0), 0);
	refuse_dir(EXIT_FAILED, "it belongs to uid 12345");
}

static void a_link_or_file_in_its_place_is_refused(void **state)
{
	CLEANUP_FREE char *other = str_printf("%s/other", parent);

	assert_int_equal(symlink(path, other), 0);
	assert_int_equal(setenv(STATE_DIR_ENV, other, 1), 0);
	refuse_dir(EXIT_FAILED, strerror(ENOTDIR));
	assert_int_equal(unlink(other), 0);
	assert_int_equal(close(creat(other, 0600)), 0);
	refuse_dir(EXIT_FAILED, strerror(ENOTDIR));
	assert_int_equal(unlink(other), 0);
	assert_int_equal(setenv(STATE_DIR_ENV, path, 1), 0);
}

static void a_missing_parent_is_not_made(void **state)
{
	CLEANUP_FREE char *deep = str_printf("%s/no/state", parent);

	assert_int_equal(setenv(STATE_DIR_ENV, deep, 1), 0);
	refuse_dir(EXIT_FAILED, strerror(ENOENT));
	assert_int_equal(setenv(STATE_DIR_ENV, path, 1), 0);
}

/* --- names and locks ------------------------------------------------------ */

static void a_new_record_is_complete_and_private(void **state)
{
	struct record rec = named("a"), back;
	struct err err = ERR_INIT;
	struct stat st;
	int lock = record_create(top, &rec, NULL, &err);

	assert_true(lock >= 0);
	assert_true(fcntl(lock, F_GETFD) & FD_CLOEXEC);
	assert_true(rec.created_ms > 1700000000000);
	assert_int_equal(record_read(top, "a", &back, &err), 0);
	assert_string_equal(back.name, "a");
	assert_int_equal(back.state, RECORD_STARTING);
	assert_int_equal(back.id_base, rec.id_base);
	assert_true(back.created_ms == rec.created_ms);
	assert_int_equal(back.exit_code, -1);
	record_finish(&back);
	assert_int_equal(fstatat(top, "a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fstatat(top, "a/" STATE_RECORD, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close(lock);
}

static void a_running_name_is_taken(void **state)
{
	int lock = take("a", NULL);
	struct record rec = named("a");
	struct err err = ERR_INIT;

	assert_int_equal(record_create(top, &rec, NULL, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.cause, "the name is taken by a running one");
	assert_non_null(strstr(err.hint, "-n NAME"));
	close(lock);
}

static void an_ended_name_is_taken_until_removed(void **state)
{
	struct record rec = named("a");
	struct err err = ERR_INIT;

	close(take("a", NULL));
	assert_int_equal(record_create(top, &rec, NULL, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.cause,
			    "the name is taken by one that has ended");
	assert_non_null(strstr(err.hint, "sandboxd rm a"));
	assert_int_equal(record_remove(top, "a", &err), 0);
	close(take("a", NULL));
}

static void a_name_that_is_none_is_refused(void **state)
{
	static const char *const names[] = { "", ".", "..", "a/b", "A",
					     STATE_LOCK };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct record rec = named(names[i]);
		struct err err = ERR_INIT;

		assert_int_equal(record_create(top, &rec, NULL, &err), -1);
		assert_int_equal(err.code, EXIT_USAGE);
	}
}

static void the_lock_is_held_until_its_last_copy_closes(void **state)
{
	int lock = take("a", NULL), copy = dup(lock), again;
	struct err err = { .code = 9 };

	assert_int_equal(record_lock(top, "a", &err), -1);
	assert_int_equal(err.code, 0);
	close(lock);
	assert_int_equal(record_lock(top, "a", &err), -1);
	assert_int_equal(err.code, 0);
	close(copy);
	again = record_lock(top, "a", &err);
	assert_true(again >= 0);
	assert_true(fcntl(again, F_GETFD) & FD_CLOEXEC);
	close(again);
}

static void an_absent_one_has_no_lock_record_or_directory(void **state)
{
	struct err err = ERR_INIT;
	struct record rec;

	assert_int_equal(record_lock(top, "none", &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_int_equal(record_dir(top, "none", &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_int_equal(record_read(top, "none", &rec, &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_string_equal(err.object, "none");
	rec = named("none");
	assert_int_equal(record_write(top, &rec, &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_int_equal(record_dir(top, "../state", &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_int_equal(record_dir(top, STATE_LOCK, &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
}

static void a_typo_of_a_name_is_answered_with_it(void **state)
{
	struct err err = ERR_INIT;
	struct record rec;

	close(take("agent", NULL));
	assert_int_equal(record_read(top, "agnet", &rec, &err), -1);
	assert_int_equal(err.code, EXIT_ABSENT);
	assert_string_equal(err.hint, "did you mean 'agent'?");
}

static void a_link_is_no_sandbox(void **state)
{
	struct err err = ERR_INIT;
	char **names = NULL;

	close(take("a", NULL));
	assert_int_equal(symlinkat("a", top, "b"), 0);
	assert_int_equal(record_dir(top, "b", &err), -1);
	assert_int_equal(record_list(top, &names, &err), 0);
	assert_int_equal(strv_len(names), 1);
	strv_free(names);
}

static void the_list_is_sorted_and_holds_sandboxes_alone(void **state)
{
	struct err err = ERR_INIT;
	char **names = NULL;

	assert_int_equal(record_list(top, &names, &err), 0);
	assert_null(names);
	close(take("b", NULL));
	close(take("a-10", NULL));
	close(take("a", NULL));
	assert_int_equal(mkdirat(top, ".hidden", 0700), 0);
	assert_int_equal(mknodat(top, "file", S_IFREG | 0600, 0), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(record_list(top, &names, &err), 0);
		assert_int_equal(strv_len(names), 3);
		assert_string_equal(names[0], "a");
		assert_string_equal(names[1], "a-10");
		assert_string_equal(names[2], "b");
		strv_free(names);
	}
}

static void removing_takes_everything_and_may_be_repeated(void **state)
{
	struct err err = ERR_INIT;
	struct stat st;

	close(take("a", NULL));
	assert_int_equal(mkdirat(top, "a/x11", 0700), 0);
	assert_int_equal(mknodat(top, "a/x11/X", S_IFSOCK | 0600, 0), 0);
	assert_int_equal(record_remove(top, "a", &err), 0);
	assert_int_equal(fstatat(top, "a", &st, 0), -1);
	assert_int_equal(record_remove(top, "a", &err), 0);
	assert_int_equal(record_remove(top, "..", &err), -1);
	assert_int_equal(record_remove(top, STATE_LOCK, &err), -1);
	assert_int_equal(fstatat(top, STATE_LOCK, &st, 0), 0);
}

/* Takes the name `times` times, holding it for a moment; counts in `won` how
 * often another held it at the same time. */
static int contend(int times)
{
	for (int i = 0; i < times; i++) {
		struct record rec = named("a");
		struct err err = ERR_INIT;
		int lock = record_create(top, &rec, NULL, &err), mark;

		if (lock < 0 && err.code == EXIT_FAILED)
			continue;
		if (lock < 0)
			return 1;
		mark = openat(top, "a/mark", O_CREAT | O_EXCL | O_WRONLY, 0600);
		if (mark < 0)
			return 2;
		close(mark);
		if (record_remove(top, "a", &err) < 0)
			return 3;
		close(lock);
	}
	return 0;
}

/* Tries and reads meanwhile: neither may make a taker fail. */
static int disturb(int times)
{
	for (int i = 0; i < times; i++) {
		struct err err = ERR_INIT;
		struct record rec;

		if (record_read(top, "a", &rec, &err) < 0 &&
		    err.code != EXIT_ABSENT)
			return 4;
		record_finish(&rec);
	}
	return 0;
}

static void two_never_hold_the_same_name(void **state)
{
	pid_t pids[4];
	int status;

	for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(i ? contend(100) : disturb(200));
		assert_true(pids[i] > 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

static void a_reader_is_never_taken_for_the_monitor(void **state)
{
	int lock = take("a", NULL), status;
	struct err err = ERR_INIT;
	pid_t pid;

	close(lock);
	pid = fork();
	if (pid == 0)
		_exit(disturb(500));
	do {
		lock = record_lock(top, "a", &err);
		assert_true(lock >= 0);
		close(lock);
	} while (waitpid(pid, &status, WNOHANG) == 0);
	assert_int_equal(status, 0);
}

/* --- what a record keeps -------------------------------------------------- */

static void check_limit(const struct record_limit *a,
			const struct record_limit *b)
{
	assert_true(a->requested == b->requested);
	assert_true(a->effective == b->effective);
	assert_int_equal(a->enforced, b->enforced);
	assert_true(str_eq(a->requested_text, b->requested_text));
	assert_true(str_eq(a->effective_text, b->effective_text));
}

static void check_same_start(const struct record *a, const struct record *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->state, b->state);
	assert_string_equal(a->profile, b->profile);
	assert_int_equal(a->foreground, b->foreground);
	assert_int_equal(a->terminal, b->terminal);
	assert_string_equal(a->user, b->user);
	assert_memory_equal(a->ns, b->ns, sizeof(a->ns));
	assert_int_equal(a->monitor.pid, b->monitor.pid);
	assert_true(a->monitor.start == b->monitor.start);
	assert_int_equal(a->init.pid, b->init.pid);
	assert_true(a->init.start == b->init.start);
	assert_int_equal(a->id_base, b->id_base);
	assert_int_equal(a->host_uid, b->host_uid);
	assert_int_equal(a->host_gid, b->host_gid);
	assert_int_equal(a->cgroups, b->cgroups);
	assert_string_equal(a->scope, b->scope);
	for (int l = 0; l < LIMITS; l++)
		check_limit(&a->limits[l], &b->limits[l]);
	assert_int_equal(a->display.enabled, b->display.enabled);
	assert_int_equal(a->display.number, b->display.number);
	assert_int_equal(a->display.width, b->display.width);
	assert_int_equal(a->display.height, b->display.height);
	assert_int_equal(a->display.depth, b->display.depth);
	assert_int_equal(a->display.restarts, b->display.restarts);
}

static void check_same_vector(char **a, char **b)
{
	assert_int_equal(strv_len(a), strv_len(b));
	for (size_t i = 0; a && a[i]; i++)
		assert_string_equal(a[i], b[i]);
}

static void check_same_end(const struct record *a, const struct record *b)
{
	check_same_vector(a->settings, b->settings);
	check_same_vector(a->command, b->command);
	assert_int_equal(a->nstages, b->nstages);
	for (size_t i = 0; i < a->nstages; i++) {
		assert_string_equal(a->stages[i].name, b->stages[i].name);
		assert_int_equal(a->stages[i].usec, b->stages[i].usec);
	}
	assert_string_equal(a->rootfs.image, b->rootfs.image);
	assert_string_equal(a->rootfs.writable, b->rootfs.writable);
	assert_int_equal(a->rootfs.on_disk, b->rootfs.on_disk);
	assert_int_equal(a->security.landlock, b->security.landlock);
	assert_string_equal(a->security.device_list, b->security.device_list);
	check_same_vector(a->security.devices, b->security.devices);
	assert_string_equal(a->security.apparmor, b->security.apparmor);
	assert_int_equal(a->security.apparmor_own, b->security.apparmor_own);
	assert_string_equal(a->security.selinux, b->security.selinux);
	check_same_vector(a->rootfs.layers, b->rootfs.layers);
	check_same_vector(a->notes, b->notes);
	assert_true(a->created_ms == b->created_ms);
	assert_true(a->started_ms == b->started_ms);
	assert_true(a->ended_ms == b->ended_ms);
	assert_int_equal(a->exit_code, b->exit_code);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->detail, b->detail);
	assert_true(a->oom_kills == b->oom_kills);
	assert_true(a->memory_peak == b->memory_peak);
	assert_true(a->cpu_usec == b->cpu_usec);
	assert_true(a->fork_refusals == b->fork_refusals);
	assert_true(a->oom_ms == b->oom_ms);
}

static void a_full_record_reads_back_the_same(void **state)
{
	struct record rec = full_record(), back;
	struct err err = ERR_INIT;

	close(take("full", NULL));
	assert_int_equal(record_write(top, &rec, &err), 0);
	if (record_read(top, "full", &back, &err) < 0)
		fail_msg("%s", err.cause);
	check_same_start(&rec, &back);
	check_same_end(&rec, &back);
	record_finish(&rec);
	record_finish(&back);
}

static void a_bare_record_reads_back_the_same(void **state)
{
	struct record rec = named("a"), back;
	struct err err = ERR_INIT;

	close(take("a", NULL));
	rec.state = RECORD_STOPPED;
	assert_int_equal(record_write(top, &rec, &err), 0);
	assert_int_equal(record_read(top, "a", &back, &err), 0);
	assert_null(back.profile);
	assert_null(back.command);
	assert_null(back.detail);
	assert_string_equal(back.reason, "");
	assert_int_equal(back.exit_code, -1);
	assert_int_equal(back.monitor.pid, 0);
	record_finish(&back);
}

static json_t *json_of(const struct record *rec)
{
	char *text = record_json(rec);
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	free(text);
	assert_non_null(o);
	return o;
}

static const char *text_at(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void the_json_serves_people_and_programs(void **state)
{
	struct record rec = full_record();
	json_t *o = json_of(&rec), *limits = json_object_get(o, "limits");
	json_t *swap = json_object_get(limits, "swap");
	json_t *ns = json_object_get(o, "ns");

	assert_string_equal(text_at(o, "state"), "stopped");
	assert_string_equal(text_at(o, "created"), "2023-11-14T22:13:20.123Z");
	assert_true(json_integer_value(json_object_get(o, "created_ms")) ==
		    1700000000123);
	assert_string_equal(text_at(o, "reason"), "oom");
	assert_true(json_is_null(json_object_get(swap, "effective")));
	assert_true(json_is_false(json_object_get(swap, "enforced")));
	assert_int_equal(json_integer_value(json_object_get(ns, "user")), 1);
	assert_true(json_integer_value(json_object_get(ns, "time")) ==
		    4026531834);
	json_decref(o);
	record_finish(&rec);
}

static void what_is_not_there_is_null(void **state)
{
	static const char *const keys[] = { "profile", "monitor", "init",
					    "started", "ended", "exit_code",
					    "reason",  "detail", "oom" };
	struct record rec = named("a");
	json_t *o = json_of(&rec);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_true(json_is_null(json_object_get(o, keys[i])));
	json_decref(o);
}

static void every_state_has_a_name_of_its_own(void **state)
{
	for (int s = RECORD_STARTING; s <= RECORD_LOST; s++)
		for (int t = RECORD_STARTING; t < s; t++)
			assert_string_not_equal(record_state_name(s),
						record_state_name(t));
}

static void bytes_that_are_not_utf8_are_shown_as_marks(void **state)
{
	struct record rec = named("a"), back;
	struct err err = ERR_INIT;
	int lock = take("a", NULL);

	strv_add(&rec.command, "x\xff\x1b");
	rec.detail = str_dup("\xc0");
	assert_int_equal(record_write(top, &rec, &err), 0);
	assert_int_equal(record_read(top, "a", &back, &err), 0);
	assert_string_equal(back.command[0], "x??");
	assert_string_equal(back.detail, "?");
	record_finish(&rec);
	record_finish(&back);
	close(lock);
}

/* --- damage --------------------------------------------------------------- */

static void expect_damaged(const char *text, size_t len, const char *cause)
{
	struct err err = ERR_INIT;
	struct record rec;

	write_record_text("a", text, len);
	assert_int_equal(record_read(top, "a", &rec, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.object, "a");
	if (!strstr(err.cause, cause))
		fail_msg("'%s' does not say '%s'", err.cause, cause);
	record_finish(&rec);
}

static void every_truncation_is_an_error(void **state)
{
	struct record rec = full_record();
	char *text;

	(void)snprintf(rec.name, sizeof(rec.name), "a");
	text = record_json(&rec);
	close(take("a", NULL));
	for (size_t len = 0; len < strlen(text); len += 7)
		expect_damaged(text, len, "damaged: line");
	free(text);
	record_finish(&rec);
}

static void every_missing_field_is_named(void **state)
{
	struct record rec = full_record();
	json_t *whole, *value;
	const char *key;

	(void)snprintf(rec.name, sizeof(rec.name), "a");
	whole = json_of(&rec);
	close(take("a", NULL));
	json_object_foreach(whole, key, value) {
		json_t *part = json_copy(whole);
		char *text;

		/* The times for people repeat those for programs. */
		if (str_eq(key, "created") || str_eq(key, "started") ||
		    str_eq(key, "ended") || str_eq(key, "oom")) {
			json_decref(part);
			continue;
		}
		json_object_del(part, key);
		text = json_dumps(part, 0);
		expect_damaged(text, strlen(text), key);
		free(text);
		json_decref(part);
	}
	json_decref(whole);
	record_finish(&rec);
}

/* `json` for the field at `where` ("limits.swap.enforced"). */
struct wrong {
	const char *where, *json;
};

static void set_field(json_t *o, const char *where, const char *json)
{
	char **parts = strv_split(where, '.'), **p = parts;

	for (; p[1]; p++)
		o = json_object_get(o, *p);
	assert_int_equal(json_object_set_new(o, *p,
					     json_loads(json, JSON_DECODE_ANY,
							NULL)), 0);
	strv_free(parts);
}

static void every_field_out_of_type_or_range_is_named(void **state)
{
	static const struct wrong wrongs[] = {
		{ "version", "2" }, { "version", "\"1\"" },
		{ "name", "\"b\"" }, { "name", "null" }, { "name", "7" },
		{ "state", "\"lost\"" }, { "state", "\"odd\"" },
		{ "state", "null" }, { "state", "1" },
		{ "profile", "7" }, { "command", "\"sh\"" },
		{ "settings", "[]" }, { "settings.env", "7" },
		{ "settings.env.A", "null" }, { "stages", "{}" },
		{ "command", "[\"sh\", 7]" }, { "command", "null" },
		{ "terminal", "null" }, { "user", "7" },
		{ "foreground", "1" }, { "foreground", "\"true\"" },
		{ "monitor", "100" }, { "monitor.pid", "0" },
		{ "monitor.pid", "-1" }, { "monitor.pid", "4194305" },
		{ "monitor.pid", "1.5" }, { "monitor.start", "-1" },
		{ "init", "[]" }, { "init.pid", "\"101\"" },
		{ "init.start", "null" }, { "ns", "[]" },
		{ "ns.user", "-1" }, { "ns.time", "null" },
		{ "id_base", "-65536" }, { "id_base", "65536" },
		{ "id_base", "1879048193" }, { "id_base", "4294967296" },
		{ "id_base", "2147483648" },
		{ "host_uid", "-1" }, { "host_gid", "4294967296" },
		{ "cgroups", "null" }, { "scope", "1" }, { "created_ms", "-1" },
		{ "started_ms", "1e3" }, { "ended_ms", "null" },
		{ "display", "null" }, { "display.enabled", "0" },
		{ "display.number", "10000" }, { "display.width", "65536" },
		{ "display.height", "-1" }, { "display.depth", "33" },
		{ "display.restarts", "-1" },
		{ "limits", "{}" }, { "limits.memory", "1" },
		{ "limits.memory.requested", "-1" },
		{ "limits.swap.effective", "\"0\"" },
		{ "limits.cpus.enforced", "null" },
		{ "limits.pids.effective", "1.0" },
		{ "limits.cpuset.requested", "1" },
		{ "limits.io.effective", "[]" },
		{ "security", "[]" }, { "security.landlock", "-1" },
		{ "security.device_list", "1" },
		{ "security.devices", "null" },
		{ "security.apparmor", "[]" },
		{ "security.apparmor_own", "null" },
		{ "security.selinux", "{}" },
		{ "rootfs", "[]" }, { "rootfs.image", "7" },
		{ "rootfs.layers", "null" }, { "rootfs.writable", "false" },
		{ "rootfs.on_disk", "null" },
		{ "exit_code", "256" }, { "exit_code", "-1" },
		{ "exit_code", "\"0\"" }, { "reason", "\"\"" },
		{ "reason", "\"Not a word\"" },
		{ "reason", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
		{ "reason", "7" }, { "detail", "7" }, { "oom_kills", "-1" },
		{ "oom_ms", "\"\"" },
	};
	struct record rec = full_record();
	json_t *whole;

	(void)snprintf(rec.name, sizeof(rec.name), "a");
	whole = json_of(&rec);
	close(take("a", NULL));
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		json_t *o = json_deep_copy(whole);
		char *text;

		set_field(o, wrongs[i].where, wrongs[i].json);
		text = json_dumps(o, 0);
		expect_damaged(text, strlen(text), wrongs[i].where);
		free(text);
		json_decref(o);
	}
	json_decref(whole);
	record_finish(&rec);
}

static void what_is_no_record_is_an_error(void **state)
{
	static const char twice[] = "{\"version\": 1, \"version\": 1}";
	static const char nul[] = "{}\0{}";
	CLEANUP_FREE char *deep = mem_zalloc(100001);
	CLEANUP_FREE char *big = mem_zalloc(2 << 20);
	struct err err = ERR_INIT;
	struct record rec;

	close(take("a", NULL));
	expect_damaged("", 0, "damaged");
	expect_damaged("null", 4, "damaged");
	expect_damaged("[]", 2, "'version' is missing");
	expect_damaged("{}", 2, "'version' is missing");
	expect_damaged(twice, strlen(twice), "duplicate");
	expect_damaged(nul, sizeof(nul) - 1, "damaged");
	expect_damaged("{\"name\": \"\xff\"}", 13, "damaged");
	memset(deep, '[', 100000);
	expect_damaged(deep, 100000, "damaged");
	memset(big, ' ', 2 << 20);
	write_record_text("a", big, 2 << 20);
	assert_int_equal(record_read(top, "a", &rec, &err), -1);
	assert_string_equal(err.cause, strerror(EFBIG));
	record_finish(&rec);
}

static void a_damaged_record_is_listed_and_removed(void **state)
{
	struct err err = ERR_INIT;
	char **names = NULL;
	struct record rec;

	close(take("a", NULL));
	write_record_text("a", "{", 1);
	assert_int_equal(record_read(top, "a", &rec, &err), -1);
	assert_string_equal(err.hint, "remove it with: sandboxd rm -f a");
	assert_int_equal(record_list(top, &names, &err), 0);
	assert_int_equal(strv_len(names), 1);
	strv_free(names);
	assert_int_equal(record_remove(top, "a", &err), 0);
}

static void a_start_cut_short_is_listed_and_removed(void **state)
{
	struct err err = ERR_INIT;
	char **names = NULL;
	struct record rec;
	int lock;

	assert_int_equal(mkdirat(top, "a", 0700), 0);
	assert_int_equal(record_list(top, &names, &err), 0);
	assert_int_equal(strv_len(names), 1);
	strv_free(names);
	assert_int_equal(record_read(top, "a", &rec, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.cause, "there is none: its start was cut "
			    "short");
	lock = record_lock(top, "a", &err);
	assert_true(lock >= 0);
	rec = named("a");
	close(lock);
	assert_int_equal(record_create(top, &rec, NULL, &err), -1);
	assert_non_null(strstr(err.hint, "sandboxd rm a"));
	assert_int_equal(record_remove(top, "a", &err), 0);
	close(take("a", NULL));
}

/* --- lost ----------------------------------------------------------------- */

static enum record_state state_as_read(const char *name)
{
	struct err err = ERR_INIT;
	struct record rec;
	enum record_state s;

	assert_int_equal(record_read(top, name, &rec, &err), 0);
	s = rec.state;
	record_finish(&rec);
	return s;
}

static void without_its_monitor_what_has_not_stopped_is_lost(void **state)
{
	static const enum record_state states[] = {
		RECORD_STARTING, RECORD_RUNNING, RECORD_STOPPING
	};
	struct err err = ERR_INIT;
	int lock = take("a", NULL);

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		struct record rec = named("a");

		rec.state = states[i];
		assert_int_equal(record_write(top, &rec, &err), 0);
		assert_int_equal(state_as_read("a"), states[i]);
	}
	close(lock);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		struct record rec = named("a");

		rec.state = states[i];
		assert_int_equal(record_write(top, &rec, &err), 0);
		assert_int_equal(state_as_read("a"), RECORD_LOST);
	}
}

static void what_has_stopped_is_never_lost(void **state)
{
	struct record rec = named("a");
	struct err err = ERR_INIT;

	close(take("a", NULL));
	rec.state = RECORD_STOPPED;
	assert_int_equal(record_write(top, &rec, &err), 0);
	assert_int_equal(state_as_read("a"), RECORD_STOPPED);
}

static void a_killed_monitor_leaves_it_lost(void **state)
{
	int p[2], status;
	pid_t pid;
	char c;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)take("a", NULL);
		(void)fd_write_all(p[1], "x", 1);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(p[0], &c, 1), 1);
	assert_int_equal(state_as_read("a"), RECORD_STARTING);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(state_as_read("a"), RECORD_LOST);
	close(p[0]);
	close(p[1]);
}

/* --- id ranges ------------------------------------------------------------ */

static void ranges_are_apart_and_used_again(void **state)
{
	struct err err = ERR_INIT;
	uint32_t a, b, c, again;

	close(take("a", &a));
	close(take("b", &b));
	close(take("c", &c));
	assert_true(a >= IDS_FIRST && c <= IDS_LAST);
	assert_true(a % ID_RANGE == 0 && b % ID_RANGE == 0);
	assert_true(a < b && b < c);
	assert_int_equal(record_remove(top, "b", &err), 0);
	close(take("d", &again));
	assert_int_equal(again, b);
}

static void a_damaged_record_keeps_its_range_while_it_runs(void **state)
{
	uint32_t a, b, again;
	int lock = take("a", &a);
	struct err err = ERR_INIT;

	write_record_text("a", "{", 1);
	close(take("b", &b));
	assert_true(a != b);
	assert_int_equal(record_remove(top, "b", &err), 0);
	close(lock);
	close(take("b", &again));
	assert_int_equal(again, a);
}

static void without_any_trace_of_its_range_it_blocks_all(void **state)
{
	int lock = take("a", NULL);
	struct record rec = named("b");
	struct err err = ERR_INIT;

	write_record_text("a", "{", 1);
	assert_int_equal(ftruncate(lock, 0), 0);
	assert_int_equal(record_create(top, &rec, NULL, &err), -1);
	assert_string_equal(err.object, "a");
	assert_int_equal(record_dir(top, "b", &err), -1);
	close(lock);
	close(take("b", NULL));
}

/* --- the end -------------------------------------------------------------- */

static void how_it_ended_outlives_the_record(void **state)
{
	int lock = take("full", NULL), end = -1;
	struct record rec = full_record(), back;
	struct err err = ERR_INIT;

	assert_int_equal(record_read_open(top, "full", &back, &end, &err), 0);
	assert_int_equal(back.state, RECORD_STARTING);
	record_finish(&back);
	assert_true(fcntl(end, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(record_write_end(lock, &rec), 0);
	assert_int_equal(record_remove(top, "full", &err), 0);
	assert_true(record_read_end(end, "full", &back));
	check_same_end(&rec, &back);
	record_finish(&back);
	record_finish(&rec);
	close(end);
	close(lock);
}

static void nothing_said_is_no_end(void **state)
{
	static const char torn[] = "{ \"version\": 1, \"na";
	int lock = take("a", NULL), end = -1;
	struct record back;
	struct err err = ERR_INIT;

	assert_int_equal(record_read_open(top, "a", &back, &end, &err), 0);
	record_finish(&back);
	assert_false(record_read_end(end, "a", &back));
	record_finish(&back);
	assert_int_equal(fd_write_all(lock, torn, strlen(torn)), 0);
	assert_int_equal(lseek(end, 0, SEEK_SET), 0);
	assert_false(record_read_end(end, "a", &back));
	record_finish(&back);
	close(end);
	close(lock);
}

static uint32_t choose_beside(uint64_t first, uint64_t count)
{
	CLEANUP(ids_free) struct ids_taken taken = { 0 };

	ids_take(&taken, first, count);
	return ids_choose(&taken, IDS_LAST);
}

static void a_range_that_touches_no_other_is_chosen(void **state)
{
	const uint32_t second = IDS_FIRST + ID_RANGE;

	assert_int_equal(choose_beside(0, 0), IDS_FIRST);
	assert_int_equal(choose_beside(0, IDS_FIRST), IDS_FIRST);
	assert_int_equal(choose_beside(0, IDS_FIRST + 1ull), second);
	assert_int_equal(choose_beside(IDS_FIRST, 1), second);
	assert_int_equal(choose_beside(IDS_FIRST, 0), IDS_FIRST);
	assert_int_equal(choose_beside(second - 1, 1), second);
	assert_int_equal(choose_beside(second, 1), IDS_FIRST);
	assert_int_equal(choose_beside(second - 1, 2), second + ID_RANGE);
	assert_int_equal(choose_beside(1, UINT64_MAX), 0);
	assert_int_equal(choose_beside(IDS_FIRST, IDS_LAST - IDS_FIRST),
			 IDS_LAST);
	assert_int_equal(choose_beside(IDS_FIRST,
				       IDS_LAST - IDS_FIRST + 1ull), 0);
}

static void ranges_of_a_subuid_file_are_left_alone(void **state)
{
	static const char text[] = "# comment\n\nuser:100000:65536\n"
				   "bad line\nother:1879048192:65536\n"
				   "last:1879113728:1";
	CLEANUP_FREE char *file = str_printf("%s/subuid", path);
	CLEANUP(ids_free) struct ids_taken taken = { 0 };
	struct err err = ERR_INIT;

	assert_int_equal(fd_replace_at(top, "subuid", text, strlen(text),
				       0600), 0);
	assert_int_equal(ids_take_file(&taken, file, &err), 0);
	assert_int_equal(taken.len, 3);
	assert_int_equal(ids_choose(&taken, IDS_LAST),
			 IDS_FIRST + 2 * ID_RANGE);
	assert_int_equal(ids_take_file(&taken, "/no/such/file", &err), 0);
	assert_int_equal(ids_take_file(&taken, path, &err), -1);
	assert_string_equal(err.object, path);
}

/* --- processes ------------------------------------------------------------ */

static void this_process_is_itself(void **state)
{
	struct record_process p;

	assert_int_equal(record_process_identify(getpid(), &p), 0);
	assert_int_equal(p.pid, getpid());
	assert_true(p.start > 0);
	assert_true(record_process_alive(&p));
	p.start++;
	assert_false(record_process_alive(&p));
}

static void no_process_is_not_alive(void **state)
{
	struct record_process p = { 0 };

	assert_false(record_process_alive(&p));
	assert_int_equal(record_process_identify(0, &p), -ESRCH);
	assert_int_equal(record_process_identify(-1, &p), -ESRCH);
	assert_int_equal(record_process_identify(1 << 22, &p), -ESRCH);
}

static void a_name_full_of_brackets_hides_no_field(void **state)
{
	struct record_process plain, odd;
	char old[16];

	assert_int_equal(record_process_identify(getpid(), &plain), 0);
	assert_int_equal(prctl(PR_GET_NAME, old), 0);
	assert_int_equal(prctl(PR_SET_NAME, ") Z 1 (a) 2 3\n"), 0);
	assert_int_equal(record_process_identify(getpid(), &odd), 0);
	assert_true(record_process_alive(&plain));
	assert_int_equal(prctl(PR_SET_NAME, old), 0);
	assert_true(odd.start == plain.start);
}

static void a_zombie_is_not_alive(void **state)
{
	struct record_process p;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_int_equal(record_process_identify(pid, &p), 0);
	assert_true(record_process_alive(&p));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_false(record_process_alive(&p));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(record_process_alive(&p));
}

static void finishing_takes_null_and_zero(void **state)
{
	struct record rec = { 0 };

	record_finish(NULL);
	record_finish(&rec);
	record_finish(&rec);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_state_directory_is_made_for_its_owner_alone),
		T(a_directory_open_to_others_is_refused),
		T(a_directory_of_another_user_is_refused),
		T(a_link_or_file_in_its_place_is_refused),
		T(a_missing_parent_is_not_made),
		T(a_new_record_is_complete_and_private),
		T(a_running_name_is_taken),
		T(an_ended_name_is_taken_until_removed),
		T(a_name_that_is_none_is_refused),
		T(the_lock_is_held_until_its_last_copy_closes),
		T(an_absent_one_has_no_lock_record_or_directory),
		T(a_typo_of_a_name_is_answered_with_it),
		T(a_link_is_no_sandbox),
		T(the_list_is_sorted_and_holds_sandboxes_alone),
		T(removing_takes_everything_and_may_be_repeated),
		T(two_never_hold_the_same_name),
		T(a_reader_is_never_taken_for_the_monitor),
		T(a_full_record_reads_back_the_same),
		T(a_bare_record_reads_back_the_same),
		T(the_json_serves_people_and_programs),
		T(what_is_not_there_is_null),
		T(every_state_has_a_name_of_its_own),
		T(bytes_that_are_not_utf8_are_shown_as_marks),
		T(every_truncation_is_an_error),
		T(every_missing_field_is_named),
		T(every_field_out_of_type_or_range_is_named),
		T(what_is_no_record_is_an_error),
		T(a_damaged_record_is_listed_and_removed),
		T(a_start_cut_short_is_listed_and_removed),
		T(without_its_monitor_what_has_not_stopped_is_lost),
		T(what_has_stopped_is_never_lost),
		T(a_killed_monitor_leaves_it_lost),
		T(ranges_are_apart_and_used_again),
		T(a_damaged_record_keeps_its_range_while_it_runs),
		T(without_any_trace_of_its_range_it_blocks_all),
		T(how_it_ended_outlives_the_record),
		T(nothing_said_is_no_end),
		T(a_range_that_touches_no_other_is_chosen),
		T(ranges_of_a_subuid_file_are_left_alone),
		T(this_process_is_itself),
		T(no_process_is_not_alive),
		T(a_name_full_of_brackets_hides_no_field),
		T(a_zombie_is_not_alive),
		T(finishing_takes_null_and_zero),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
