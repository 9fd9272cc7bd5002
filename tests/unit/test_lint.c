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
#include "sandboxd/layout.h"

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

/* That setting is found by `rule`, once, and told as it is here. */
static void finds(const char *setting, enum lint rule, const char *what)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ setting, NULL });
	if (s.times[rule] != 1)
		fail_msg("%s: %s found %d times", setting, lint_ids[rule],
			 s.times[rule]);
	if (!str_starts(s.what[rule], what))
		fail_msg("%s is told as %s", what, s.what[rule]);
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
	finds("security.apparmor=unconfined", LINT_NO_APPARMOR,
	      "security.apparmor = unconfined");
	finds("security.devices=/dev/ptmx", LINT_LOST_DEVICE,
	      "security.devices = /dev/ptmx (every sandbox has it)");
	finds("security.devices=/dev/no/such", LINT_LOST_DEVICE,
	      "security.devices = /dev/no/such (it is not there)");
	finds("rootfs.image=/", LINT_HOST_TREE, "rootfs.image = /");
	finds("rootfs.layers=/etc/ssl", LINT_HOST_TREE,
	      "rootfs.layers = /etc/ssl (lies in /etc)");
	finds("rootfs.layers=/var", LINT_HOST_TREE,
	      "rootfs.layers = /var (holds /var/");
	finds("rootfs.layers=/usr/../etc", LINT_HOST_TREE,
	      "rootfs.layers = /usr/../etc (is /etc)");
	finds("rootfs.image=/proc/self/root", LINT_HOST_TREE,
	      "rootfs.image = /proc/self/root (is /)");
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

/* A directory with a layer in it, for one test. */
struct layer {
	char top[32], *dir, *setting;
	char *home; /* $HOME before */
};

static int make_layer(void **state)
{
	static struct layer l;
	const char *home = getenv("HOME");

	(void)snprintf(l.top, sizeof(l.top), "/tmp/test_lint.XXXXXX");
	assert_non_null(mkdtemp(l.top));
	l.dir = str_printf("%s/layer", l.top);
	l.setting = str_printf("rootfs.layers=%s", l.dir);
	l.home = home ? str_dup(home) : NULL;
	assert_int_equal(mkdir(l.dir, 0755), 0);
	*state = &l;
	return 0;
}

static int remove_layer(void **state)
{
	struct layer *l = *state;

	if (l->home)
		(void)setenv("HOME", l->home, 1);
	assert_int_equal(rmdir(l->dir), 0);
	assert_int_equal(rmdir(l->top), 0);
	free(l->dir);
	free(l->setting);
	free(l->home);
	return 0;
}

static void finds_in(const struct layer *l, enum lint rule, const char *why)
{
	CLEANUP_FREE char *what = str_printf("rootfs.layers = %s%s", l->dir,
					     why);

	finds(l->setting, rule, what);
}

static void finds_nothing_in(const struct layer *l)
{
	CLEANUP(seen_finish) struct seen s;

	look(&s, (const char *const[]){ l->setting, NULL });
	for (int r = 0; r < LINT_RULES; r++)
		if (s.times[r])
			fail_msg("%s: %s", lint_ids[r], s.what[r]);
}

static void test_tree(void **state)
{
	finds_nothing_in(*state);
}

/* There, or anywhere above; in a sticky directory, as /tmp is, nobody can. */
static void test_foreign_tree(void **state)
{
	const struct layer *l = *state;
	CLEANUP_FREE char *why = str_printf(" (%s: uid ", l->dir);
	CLEANUP_FREE char *above = str_printf(" (%s: uid ", l->top);

	assert_int_equal(chmod(l->dir, 0777), 0);
	finds_in(l, LINT_FOREIGN_TREE, why);
	assert_int_equal(chmod(l->dir, 0755), 0);
	assert_int_equal(chmod(l->top, 0770), 0);
	finds_in(l, LINT_FOREIGN_TREE, above);
	assert_int_equal(chmod(l->top, 01777), 0);
	finds_nothing_in(l);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(l->top, 4711, 0), 0);
	finds_in(l, LINT_FOREIGN_TREE, above);
}

/* No profile gets away with it. */
static void test_fatal(void **state)
{
	const struct layer *l = *state;
	CLEANUP(seen_finish) struct seen s;

	assert_int_equal(chmod(l->dir, 0777), 0);
	look(&s, (const char *const[]){ l->setting,
		"security.accept=foreign-tree", NULL });
	assert_int_equal(s.times[LINT_FOREIGN_TREE], 1);
	assert_false(s.accepted[LINT_FOREIGN_TREE]);
}

static void test_keys_in_tree(void **state)
{
	static const char *const dirs[] = { ".ssh", "root/.aws",
					    "home/me/.config/gh" };
	const struct layer *l = *state;

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		CLEANUP_FREE char *path = str_printf("%s/%s", l->dir, dirs[i]);
		CLEANUP_FREE char *why = str_printf(" (%s)", dirs[i]);
		size_t top = strlen(l->dir);

		for (char *at = path + top; (at = strchr(at + 1, '/'));) {
			*at = '\0';
			assert_int_equal(mkdir(path, 0755), 0);
			*at = '/';
		}
		assert_int_equal(mkdir(path, 0700), 0);
		finds_in(l, LINT_CREDENTIALS, why);
		for (; strlen(path) > top; *strrchr(path, '/') = '\0')
			assert_int_equal(rmdir(path), 0);
	}
}

/* A link to a socket that is elsewhere is not followed. */
static void test_sockets(void **state)
{
	static const char *const dirs[] = { "", "/run" };
	const struct layer *l = *state;

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		struct sockaddr_un at = { .sun_family = AF_UNIX };
		int sock = socket(AF_UNIX, SOCK_STREAM, 0);
		CLEANUP_FREE char *dir = str_printf("%s%s", l->dir, dirs[i]);
		CLEANUP_FREE char *run = str_printf("%s/run", l->dir);

		(void)mkdir(dir, 0755);
		(void)snprintf(at.sun_path, sizeof(at.sun_path),
			       "%s/docker.sock", dir);
		assert_int_equal(bind(sock, (void *)&at, sizeof(at)), 0);
		finds_in(l, LINT_ENGINE_SOCKET, i ? " (run/docker.sock)" :
						    " (docker.sock)");
		assert_int_equal(unlink(at.sun_path), 0);
		assert_int_equal(symlink("/run/docker.sock", at.sun_path), 0);
		finds_nothing_in(l);
		assert_int_equal(unlink(at.sun_path), 0);
		(void)rmdir(run);
		close(sock);
	}
}

/* The caller's home is not to be handed in, nor are keys in it; what else he
 * keeps there may be. */
static void test_home(void **state)
{
	const struct layer *l = *state;
	CLEANUP_FREE char *keys = str_printf("%s/.ssh", l->top);
	CLEANUP_FREE char *is = str_printf("rootfs.image=%s", l->top);
	CLEANUP_FREE char *in = str_printf("rootfs.image=%s", keys);

	assert_int_equal(mkdir(keys, 0700), 0);
	assert_int_equal(setenv("HOME", l->top, 1), 0);
	finds_nothing_in(l);
	finds(is, LINT_HOST_TREE, "rootfs.image = ");
	finds(in, LINT_HOST_TREE, "rootfs.image = ");
	assert_int_equal(rmdir(keys), 0);
}

/* Where records and layers of all sandboxes are. */
static void test_own_tree(void **state)
{
	const struct layer *l = *state;
	CLEANUP_FREE char *why = str_printf(" (lies in %s)", l->top);

	assert_int_equal(setenv(DATA_DIR_ENV, l->top, 1), 0);
	finds_in(l, LINT_OWN_TREE, why);
	assert_int_equal(setenv(DATA_DIR_ENV, l->dir, 1), 0);
	finds_in(l, LINT_OWN_TREE, "");
	assert_int_equal(unsetenv(DATA_DIR_ENV), 0);
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

#define WITH_LAYER(test) \
	cmocka_unit_test_setup_teardown(test, make_layer, remove_layer)

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
		WITH_LAYER(test_tree),
		WITH_LAYER(test_foreign_tree),
		WITH_LAYER(test_fatal),
		WITH_LAYER(test_keys_in_tree),
		WITH_LAYER(test_sockets),
		WITH_LAYER(test_home),
		WITH_LAYER(test_own_tree),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
