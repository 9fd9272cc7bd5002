/* Rules over profiles: each finds what it is there for, and every key of the
 * table has one, or a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/lint.h"

struct seen {
	int times[LINT_RULES];
	bool accepted[LINT_RULES];
	unsigned int line[LINT_RULES];
	char *what[LINT_RULES]; /* the last */
};

static void note(void *ctx, const struct lint_finding *f)
{
	struct seen *s = ctx;

	s->times[f->rule]++;
	s->accepted[f->rule] = f->accepted;
	s->line[f->rule] = f->line;
	free(s->what[f->rule]);
	s->what[f->rule] = str_dup(f->what);
}

static void seen_finish(struct seen *s)
{
	for (int r = 0; r < LINT_RULES; r++)
		free(s->what[r]);
}

/* A profile of limits, with these settings; NULL-ended. */
static void look(struct seen *s, const char *const *settings)
{
	CLEANUP(profile_finish) struct profile p = { 0 };
	struct err err = ERR_INIT;

	*s = (struct seen){ 0 };
	assert_int_equal(profile_read(&p, "/dev/null", &err), 0);
	assert_int_equal(profile_set(&p, "sandbox.name=x", &err), 0);
	assert_int_equal(profile_set(&p, "limits.memory=512M", &err), 0);
	for (; *settings; settings++)
		if (profile_set(&p, *settings, &err) < 0)
			fail_msg("%s: %s", *settings, err.cause);
	if (profile_complete(&p, &err) < 0)
		fail_msg("%s", err.cause);
	lint_check(&p, note, s);
}

/* That setting is found by `rule`, once; without it there is nothing. */
static void finds(const char *setting, enum lint rule, const char *what)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ setting, NULL });
	if (s.times[rule] != 1)
		fail_msg("%s: %s found %d times", setting, lint_ids[rule],
			 s.times[rule]);
	assert_string_equal(s.what[rule], what);
	assert_false(s.accepted[rule]);
}

static void test_nothing(void **state UNUSED)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ NULL });
	for (int r = 0; r < LINT_RULES; r++)
		if (s.times[r])
			fail_msg("%s: %s", lint_ids[r], s.what[r]);
}

static void test_settings(void **state UNUSED)
{
	finds("limits.memory=unlimited", LINT_NO_MEMORY_LIMIT,
	      "limits.memory = unlimited");
	finds("limits.swap=unlimited", LINT_NO_SWAP_LIMIT,
	      "limits.swap = unlimited");
	finds("limits.pids=100000", LINT_MANY_PROCESSES,
	      "limits.pids = 100000");
	finds("limits.best_effort=io", LINT_BEST_EFFORT,
	      "limits.best_effort = io");
	finds("limits.core=1M", LINT_CORE_DUMPS, "limits.core is not 0");
	finds("display.glx=yes", LINT_GLX, "display.glx = yes");
	finds("security.seccomp=unconfined", LINT_UNCONFINED,
	      "security.seccomp = unconfined");
	finds("security.seccomp=browser", LINT_NESTED_USERNS,
	      "security.seccomp = browser");
	finds("rootfs.image=/", LINT_HOST_TREE, "rootfs.image = /");
	finds("rootfs.layers=/etc/ssl", LINT_HOST_TREE,
	      "rootfs.layers = /etc/ssl");
}

/* By its name or by what it is; the value is never told. */
static void test_secrets(void **state UNUSED)
{
	static const char *const secret[] = {
		"GITHUB_TOKEN", "GITHUBTOKEN", "db_password", "AWS_SECRET_KEY",
		"AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "TOKENS", "MYSQL_PWD",
		"AWS_SHARED_CREDENTIALS_FILE", "PGPASSFILE", "PGPASSWORD",
		"GPG_PASSPHRASE", "AZURE_PAT", "DB_PASS", "REDISCLI_AUTH",
		"OPENAI_API_KEY", "SSH_KEY", "NETRC",
	};

	for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
		CLEANUP_FREE char *key = str_printf("env.%s", secret[i]);
		CLEANUP_FREE char *set = str_printf("%s=abc", key);

		finds(set, LINT_SECRET_IN_ENV, key);
	}
}

static void test_secret_values(void **state UNUSED)
{
	static const char *const secret[] = {
		"-----BEGIN RSA PRIVATE KEY-----",
		"x -----BEGIN PGP PRIVATE KEY BLOCK-----",
		"https://me:pw@example.org/", "redis://:pw@localhost",
		"mirror=http://a/ ftp://u:p@b", "ghp_0123456789abcdefABCDEF",
		"AKIA0123456789ABCDEF",
	};

	for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
		CLEANUP_FREE char *set = str_printf("env.K=%s", secret[i]);

		finds(set, LINT_SECRET_IN_ENV, "env.K");
	}
}

static void test_no_secrets(void **state UNUSED)
{
	static const char *const plain[] = {
		"COLOUR=SECRET", "TOKENIZERS_PARALLELISM=false", "PWD=/",
		"OLDPWD=/", "MAN_PATH=/a", "AWS_REGION=eu", "KEYBOARD=us",
		"A=https://example.org:443/a@b", "A=https://me@example.org",
		"A=https://me:@example.org", "A=sk-i", "A=ghp_ is what it is",
		"A=-----BEGIN PUBLIC KEY-----", "A=mail me:you@example.org",
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		CLEANUP_FREE char *set = str_printf("env.%s", plain[i]);
		CLEANUP(seen_finish) struct seen s;

		look(&s, (const char *const[]){ set, NULL });
		if (s.times[LINT_SECRET_IN_ENV])
			fail_msg("%s is no secret", plain[i]);
	}
}

static void test_disk(void **state UNUSED)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ "rootfs.writable=disk",
		"rootfs.size=unlimited", "rootfs.inodes=unlimited", NULL });
	assert_int_equal(s.times[LINT_NO_DISK_LIMIT], 1);
}

static void test_userns(void **state UNUSED)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ "security.seccomp=browser",
		"security.userns=full", NULL });
	assert_int_equal(s.times[LINT_OPEN_USERNS], 1);
	assert_int_equal(s.times[LINT_NESTED_USERNS], 0);
}

static void test_accepted(void **state UNUSED)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ "rootfs.image=/", "display.glx=yes",
		"security.accept=host-tree", NULL });
	assert_true(s.accepted[LINT_HOST_TREE]);
	assert_false(s.accepted[LINT_GLX]);
}

/* The line of the key that is at fault; none of one that is not in the file, or
 * that was overridden. */
static void test_lines(void **state UNUSED)
{
	static const char text[] = "[display]\nglx = yes\n\n[env]\nA = 1\n"
				   "MY_TOKEN = x\n[security]\n"
				   "seccomp = browser\n[limits]\n"
				   "pids = 100000\n";
	CLEANUP(profile_finish) struct profile p = { 0 };
	CLEANUP(seen_finish) struct seen s = { 0 };
	char path[] = "/tmp/test_lint.XXXXXX";
	struct err err = ERR_INIT;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(profile_read(&p, path, &err), 0);
	assert_int_equal(profile_set(&p, "sandbox.name=x", &err), 0);
	assert_int_equal(profile_set(&p, "limits.pids=200000", &err), 0);
	assert_int_equal(profile_complete(&p, &err), 0);
	lint_check(&p, note, &s);
	assert_int_equal(s.line[LINT_GLX], 2);
	assert_int_equal(s.line[LINT_SECRET_IN_ENV], 6);
	assert_int_equal(s.line[LINT_NESTED_USERNS], 8);
	assert_int_equal(s.times[LINT_NO_MEMORY_LIMIT], 1);
	assert_int_equal(s.line[LINT_NO_MEMORY_LIMIT], 0);
	assert_int_equal(s.times[LINT_MANY_PROCESSES], 1);
	assert_int_equal(s.line[LINT_MANY_PROCESSES], 0);
	assert_int_equal(unlink(path), 0);
}

static void test_tree(void **state UNUSED)
{
	char dir[] = "/tmp/test_lint.XXXXXX";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	CLEANUP_FREE char *setting = NULL, *sub = NULL, *what = NULL;
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_non_null(mkdtemp(dir));
	setting = str_printf("rootfs.layers=%s", dir);
	what = str_printf("rootfs.layers = %s", dir);
	assert_int_equal(chmod(dir, 0777), 0);
	finds(setting, LINT_FOREIGN_TREE, what);
	assert_int_equal(chmod(dir, 0755), 0);

	sub = str_printf("%s/.ssh", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	finds(setting, LINT_CREDENTIALS, what);
	assert_int_equal(rmdir(sub), 0);

	/* A link to one that is elsewhere is not followed. */
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/docker.sock",
		       dir);
	assert_int_equal(bind(sock, (void *)&at, sizeof(at)), 0);
	finds(setting, LINT_ENGINE_SOCKET, what);
	assert_int_equal(unlink(at.sun_path), 0);
	close(sock);
	{
		CLEANUP(seen_finish) struct seen s;

		look(&s, (const char *const[]){ setting, NULL });
		for (int r = 0; r < LINT_RULES; r++)
			assert_int_equal(s.times[r], 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

static bool has_rule(const char *key)
{
	for (int r = 0; r < LINT_RULES; r++)
		if (str_eq(lint_rules[r].key, key) ||
		    str_eq(lint_rules[r].also, key))
			return true;
	return false;
}

static void test_every_key(void **state UNUSED)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *key = str_printf("%s.%s", k->section,
						    k->name);

		if (has_rule(key) == !!lint_harmless(key))
			fail_msg("%s: a rule, or a reason for none: one of "
				 "them", key);
	}
}

static void test_table(void **state UNUSED)
{
	for (int r = 0; r < LINT_RULES; r++) {
		assert_non_null(lint_ids[r]);
		assert_non_null(lint_rules[r].find);
		assert_true(lint_rules[r].why[0] && lint_rules[r].remedy[0]);
		for (int s = 0; s < r; s++)
			assert_string_not_equal(lint_ids[r], lint_ids[s]);
	}
	assert_null(lint_ids[LINT_RULES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_secret_values),
		cmocka_unit_test(test_no_secrets),
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_userns),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
