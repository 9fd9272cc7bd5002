/*
 * Profiles: what the table promises, what a file may say, and for each thing
 * it may not say the file, the line and the remedy.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "conf/profile.h"
#include "conf/profile_value.h"
#include "sandboxd/layout.h"
#include "sys/seccomp.h"

#define MIB (1ull << 20)

static char dir[] = "/tmp/test_profile.XXXXXX";
static char *file; /* every test writes its profile here */

static int set_up(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	file = str_printf("%s/sample.ini", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)unlink(file);
	free(file);
	return rmdir(dir);
}

static void write_bytes(const void *data, size_t len)
{
	FILE *out = fopen(file, "we");

	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

static int read_text(const char *text, struct profile *p, struct err *err)
{
	write_bytes(text, strlen(text));
	return profile_read(p, file, err);
}

/* Reads `text`, applies `set` unless NULL, completes; expects success. */
static struct profile good(const char *text, const char *set)
{
	struct err err = ERR_INIT;
	struct profile p;

	if (read_text(text, &p, &err) < 0 ||
	    (set && profile_set(&p, set, &err) < 0) ||
	    profile_complete(&p, &err) < 0)
		fail_msg("%s: %s", err.object, err.cause);
	return p;
}

/* Expects `cause` as the start of the cause at `line`, and that `hint`. */
static void check_error(const struct err *err, int line, const char *cause,
			const char *hint)
{
	CLEANUP_FREE char *where = str_printf("%s:%d", file, line);

	assert_int_equal(err->code, EXIT_USAGE);
	assert_string_equal(err->what, "read profile");
	assert_string_equal(err->object, where);
	if (!str_starts(err->cause, cause))
		fail_msg("'%s' instead of '%s'", err->cause, cause);
	assert_string_equal(err->hint, hint);
}

static void bad_bytes(const void *data, size_t len, int line, const char *cause,
		      const char *hint)
{
	struct err err = ERR_INIT;
	struct profile p;

	write_bytes(data, len);
	assert_int_equal(profile_read(&p, file, &err), -1);
	check_error(&err, line, cause, hint);
	profile_finish(&p);
}

static void bad(const char *text, int line, const char *cause, const char *hint)
{
	bad_bytes(text, strlen(text), line, cause, hint);
}

static void bad_set(const char *set, const char *cause, const char *hint)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_text("[sandbox]\n", &p, &err), 0);
	assert_int_equal(profile_set(&p, set, &err), -1);
	assert_int_equal(err.code, EXIT_USAGE);
	assert_string_equal(err.what, "apply --set");
	assert_string_equal(err.object, set);
	if (!str_starts(err.cause, cause))
		fail_msg("'%s' instead of '%s'", err.cause, cause);
	assert_string_equal(err.hint, hint);
	profile_finish(&p);
}

static void incomplete(const char *text, const char *cause, const char *hint)
{
	struct err err = ERR_INIT;
	struct profile p;

	if (read_text(text, &p, &err) < 0)
		fail_msg("%s: %s", err.object, err.cause);
	assert_int_equal(profile_complete(&p, &err), -1);
	assert_int_equal(err.code, EXIT_USAGE);
	assert_string_equal(err.object, file);
	if (!str_starts(err.cause, cause))
		fail_msg("'%s' instead of '%s'", err.cause, cause);
	assert_string_equal(err.hint, hint);
	profile_finish(&p);
}

/* --- the table ------------------------------------------------------------ */

static void every_key_has_a_line_of_help(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		assert_non_null(k->help);
		assert_true(strlen(k->help) > 5 && strlen(k->help) < 64);
		assert_null(strchr(k->help, '\n'));
	}
}

static void no_key_stands_in_the_table_twice(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++)
		for (const struct profile_key *l = k + 1; l->section; l++) {
			assert_false(str_eq(k->section, l->section) &&
				     str_eq(k->name, l->name));
			assert_int_not_equal(k->offset, l->offset);
		}
}

static void every_key_lies_within_the_struct(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++)
		assert_true(k->offset < sizeof(struct profile));
}

static void every_default_is_what_it_would_be_written_as(void **state)
{
	struct profile p = good("", NULL);

	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *value = profile_value(&p, k);

		if (k->fallback)
			assert_string_equal(value, k->fallback);
	}
	profile_finish(&p);
}

static void a_key_with_a_range_has_a_default_in_it(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		bool ranged = k->type == PROFILE_SIZE ||
			      k->type == PROFILE_CPUS ||
			      k->type == PROFILE_TIME ||
			      k->type == PROFILE_NUMBER;

		assert_int_equal(ranged, k->max > 0);
		if (ranged)
			assert_non_null(k->fallback);
		if (k->type == PROFILE_CHOICE || k->type == PROFILE_LIST)
			assert_non_null(k->choices);
	}
}

/* A value other than the default for a key of each type. */
static const char *other_value(const struct profile_key *k)
{
	switch (k->type) {
	case PROFILE_NAME:
		return "other-name";
	case PROFILE_PATH:
		return "/srv/other";
	case PROFILE_DIR:
		return "/srv/image";
	case PROFILE_DIRS:
		return "/srv/b:/srv/a";
	case PROFILE_WORDS:
		return "sh -c 'a ; b'";
	case PROFILE_LIST:
		return str_eq(k->section, "security") ? k->choices[0] :
							"memory, cpus";
	case PROFILE_CPULIST:
		return "0-1,5";
	case PROFILE_IO:
		return "/dev/sda rbps=10M wiops=7, 8:16 wbps=1K";
	case PROFILE_HUGEPAGES:
		return "2M=64M, 1G=0";
	case PROFILE_DEVICES:
		return "/dev/kvm, /dev/dri/renderD128";
	case PROFILE_BOOL:
		return str_eq(k->fallback, "yes") ? "no" : "yes";
	case PROFILE_SIZE:
		return "96M";
	case PROFILE_CPUS:
		return "2.25";
	case PROFILE_TIME:
		/* Without limits.cpus it cannot be. */
		return str_eq(k->name, "cpu_burst") ? k->fallback : "1500ms";
	case PROFILE_NUMBER:
		return k->choices ? "16" : "77";
	case PROFILE_STRING:
		return k->choices ? k->choices[0] : "someone";
	case PROFILE_CHOICE:
		return k->choices[0];
	}
	return NULL;
}

static void every_key_is_set_and_written_back(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		const char *value = other_value(k);
		CLEANUP_FREE char *text = str_printf("[%s]\n%s = %s\n",
						     k->section, k->name,
						     value);
		CLEANUP_FREE char *set = str_printf("%s.%s=%s", k->section,
						    k->name, value);
		struct profile read = good(text, NULL), put = good("", set);
		CLEANUP_FREE char *a = profile_value(&read, k);
		CLEANUP_FREE char *b = profile_value(&put, k);

		assert_string_equal(a, value);
		assert_string_equal(b, value);
		profile_finish(&read);
		profile_finish(&put);
	}
}

static void a_key_sets_no_other(void **state)
{
	struct profile plain = good("[sandbox]\nname = x\nhome = /h\n"
				    "workdir = /w\nhostname = y\n", NULL);

	for (const struct profile_key *k = profile_keys; k->section; k++) {
		CLEANUP_FREE char *set = str_printf("%s.%s=%s", k->section,
						    k->name, other_value(k));
		struct profile p = good("[sandbox]\nname = x\nhome = /h\n"
					"workdir = /w\nhostname = y\n", set);

		for (const struct profile_key *l = profile_keys; l->section;
		     l++) {
			CLEANUP_FREE char *a = profile_value(&plain, l);
			CLEANUP_FREE char *b = profile_value(&p, l);

			if (l != k)
				assert_string_equal(a, b);
		}
		profile_finish(&p);
	}
	profile_finish(&plain);
}

static void both_ends_of_every_range_are_in_it(void **state)
{
	for (const struct profile_key *k = profile_keys; k->section; k++) {
		struct profile p = { 0 };
		uint64_t ends[] = { k->min, k->max };
		struct err err = ERR_INIT;

		if (!k->max || k->choices)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			CLEANUP_FREE char *text = NULL, *set = NULL;

			memcpy((char *)&p + k->offset, &ends[i], 8);
			text = profile_value(&p, k);
			set = str_printf("%s.%s=%s", k->section, k->name, text);
			if (profile_set(&p, set, &err) < 0)
				fail_msg("%s: %s", set, err.cause);
			assert_memory_equal((char *)&p + k->offset, &ends[i],
					    8);
		}
	}
}

/* --- good files ----------------------------------------------------------- */

static void an_empty_file_is_all_defaults(void **state)
{
	struct profile p = good("", NULL);

	assert_string_equal(p.sandbox.name, "sample");
	assert_string_equal(p.sandbox.hostname, "sample");
	assert_string_equal(p.sandbox.user, "agent");
	assert_string_equal(p.sandbox.home, "/home/agent");
	assert_string_equal(p.sandbox.workdir, "/home/agent");
	assert_null(p.sandbox.command);
	assert_true(p.sandbox.stop_timeout == 10000);
	assert_true(p.display.enabled);
	assert_true(p.display.number == 99);
	assert_int_equal(p.display.window_manager, WM_FLUXBOX);
	assert_true(p.limits.memory == PROFILE_UNLIMITED);
	assert_true(p.limits.cpus == PROFILE_UNLIMITED);
	assert_true(p.limits.swap == 0);
	assert_true(p.limits.pids == 512);
	assert_null(p.limits.best_effort);
	assert_null(p.env);
	profile_finish(&p);
}

static void what_depends_on_other_keys_follows_them(void **state)
{
	struct profile p = good("[sandbox]\nname = box\nuser = ann\n", NULL);

	assert_string_equal(p.sandbox.hostname, "box");
	assert_string_equal(p.sandbox.home, "/home/ann");
	assert_string_equal(p.sandbox.workdir, "/home/ann");
	profile_finish(&p);
	p = good("[sandbox]\nhome = /srv/a\n", NULL);
	assert_string_equal(p.sandbox.workdir, "/srv/a");
	profile_finish(&p);
}

static void comments_blank_lines_and_indents_are_fine(void **state)
{
	struct profile p = good("# a comment\n; another\n\n  \t\n"
				"   [limits]   # behind a section\n"
				"\tmemory=512M\n   pids   =   7   \n"
				"  # indented\n", NULL);

	assert_true(p.limits.memory == 512 * MIB);
	assert_true(p.limits.pids == 7);
	profile_finish(&p);
}

static void a_file_from_another_system_is_read(void **state)
{
	struct profile p = good("\xef\xbb\xbf[sandbox]\r\nname = dos\r\n\r\n"
				"[env]\r\nA = b\r\n", NULL);

	assert_string_equal(p.sandbox.name, "dos");
	assert_string_equal(p.env[0], "A=b");
	profile_finish(&p);
}

static void a_last_line_needs_no_newline(void **state)
{
	struct profile p = good("[limits]\npids = 9", NULL);

	assert_true(p.limits.pids == 9);
	profile_finish(&p);
}

static void a_value_of_any_allowed_length_stays_whole(void **state)
{
	static const size_t lengths[] = { 1, 190, 200, 250, 1000, 1021 };

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		CLEANUP_FREE char *value = mem_zalloc(lengths[i] + 1);
		CLEANUP_FREE char *text = NULL;
		struct profile p;

		memset(value, 'v', lengths[i]);
		text = str_printf("[env]\nA=%s\nB=after\n", value);
		p = good(text, NULL);
		assert_int_equal(strv_len(p.env), 2);
		assert_string_equal(p.env[0] + 2, value);
		assert_string_equal(p.env[1], "B=after");
		profile_finish(&p);
	}
}

static void an_indented_line_continues_nothing(void **state)
{
	bad("[sandbox]\ncommand = a\n    b\n", 3, "expected KEY = VALUE", "");
}

static void a_semicolon_in_quotes_is_kept(void **state)
{
	struct profile p = good("[sandbox]\ncommand = sh -c \"a ; b\" 'c #d'\n"
				"[env]\nA = \"x ; y\"\nB = b;c#d\n"
				"C = #ff0000\n", NULL);

	assert_string_equal(p.sandbox.command[2], "a ; b");
	assert_string_equal(p.sandbox.command[3], "c #d");
	assert_string_equal(p.env[0], "A=x ; y");
	assert_string_equal(p.env[1], "B=b;c#d");
	assert_string_equal(p.env[2], "C=#ff0000");
	profile_finish(&p);
}

static void quotes_around_a_variable_keep_its_blanks(void **state)
{
	struct profile p = good("[env]\nA = \"  x \"\nB = it's\nC = \"\"\n"
				"D =\nE = a \"b\" c\nF = a=b:c\n", NULL);

	assert_string_equal(p.env[0], "A=  x ");
	assert_string_equal(p.env[1], "B=it's");
	assert_string_equal(p.env[2], "C=");
	assert_string_equal(p.env[3], "D=");
	assert_string_equal(p.env[4], "E=a \"b\" c");
	assert_string_equal(p.env[5], "F=a=b:c");
	profile_finish(&p);
}

static void a_long_variable_name_stays_whole(void **state)
{
	CLEANUP_FREE char *name = mem_zalloc(301), *text = NULL;
	struct profile p;

	memset(name, 'N', 300);
	text = str_printf("[env]\n%s = v\n", name);
	p = good(text, NULL);
	assert_int_equal(strlen(p.env[0]), 302);
	assert_string_equal(p.env[0] + 300, "=v");
	profile_finish(&p);
}

static void the_profiles_we_ship_are_complete(void **state)
{
	static const char *const shipped[] = { "profiles/agent.ini",
					       "profiles/minimal.ini" };
	struct err err = ERR_INIT;
	struct profile p;

	for (size_t i = 0; i < ARRAY_LEN(shipped); i++) {
		if (profile_read(&p, shipped[i], &err) < 0 ||
		    profile_complete(&p, &err) < 0)
			fail_msg("%s: %s", err.object, err.cause);
		assert_non_null(p.sandbox.command);
		assert_int_equal(p.display.enabled, i == 0);
		assert_true(p.limits.memory == (i ? 256 : 512) * MIB);
		assert_true(p.limits.cpus == (i ? 1000 : 1500));
		assert_true(p.limits.pids == (i ? 64 : 100));
		profile_finish(&p);
	}
}

/* --- bad files ------------------------------------------------------------ */

static void an_unknown_key_names_the_nearest_one(void **state)
{
	bad("[limits]\n\nmemroy = 1G\n", 3, "unknown key 'memroy' in [limits]",
	    "did you mean 'memory'?");
	bad("[limits]\nxylophone = 1\n", 2, "unknown key 'xylophone'", "");
	bad("[limits]\nMemory = 1G\n", 2, "unknown key 'Memory'",
	    "did you mean 'memory'?");
	bad("[limits]\nmem ory = 1G\n", 2, "unknown key 'mem ory'",
	    "did you mean 'memory'?");
}

static void a_key_of_another_section_is_sent_there(void **state)
{
	bad("[limits]\nwidth = 640\n", 2, "unknown key 'width' in [limits]",
	    "'width' belongs to [display]");
}

static void an_unknown_section_is_found_without_keys(void **state)
{
	bad("\n[limts]\n", 2, "unknown section [limts]",
	    "did you mean [limits]?");
	bad("[]\n", 1, "unknown section []", "");
	bad("[ limits ]\n", 1, "unknown section [ limits ]",
	    "did you mean [limits]?");
}

static void a_long_section_is_not_cut_to_a_known_one(void **state)
{
	CLEANUP_FREE char *text = str_printf("[limits%0100d]\n", 0);

	bad(text, 1, "unknown section [limits000", "");
}

static void a_section_line_holds_nothing_else(void **state)
{
	bad("[limits] memory = 1G\n", 1, "expected [SECTION] and nothing else",
	    "");
	bad("[limits\n", 1, "expected [SECTION] and nothing else", "");
}

static void what_appears_twice_is_refused(void **state)
{
	bad("[limits]\npids = 1\n[sandbox]\n[limits]\n", 4,
	    "[limits] appears a second time", "");
	bad("[limits]\npids = 1\npids = 1\n", 3,
	    "limits.pids appears a second time", "");
	bad("[env]\nA = 1\nB = 1\nA = 2\n", 4, "env.A appears a second time",
	    "");
}

static void a_key_needs_a_section(void **state)
{
	bad("# x\npids = 1\n", 2, "a key before the first [SECTION]", "");
}

static void a_line_is_a_key_and_a_value(void **state)
{
	bad("[limits]\npids\n", 2, "expected KEY = VALUE", "");
	bad("[limits]\n= 5\n", 2, "expected KEY = VALUE", "");
	bad("[limits]\npids: 5\n", 2, "expected KEY = VALUE", "");
	bad("[env]\nA:B = 5\n", 2, "expected KEY = VALUE", "");
}

static void a_comment_behind_a_value_is_refused(void **state)
{
	static const char hint[] = "give the comment a line of its own, or "
				   "put the value in quotes";

	bad("[sandbox]\ncommand = a ; b\n", 2, "sandbox.command: a comment",
	    hint);
	bad("[sandbox]\n\ncommand = a #b\n", 3, "sandbox.command: a comment",
	    hint);
	bad("[env]\nA = ;b\n", 2, "env.A: a comment", hint);
	bad("[env]\nA = \"b\" ;c\n", 2, "env.A: a comment", hint);
	bad("[env]\nA = b\t;c\n", 2, "env.A: a comment", hint);
	bad("[limits]\npids = 5 ; few\n", 2, "limits.pids: a comment", hint);
}

static void a_line_is_too_long_from_1024_bytes_on(void **state)
{
	CLEANUP_FREE char *fits = str_printf("[env]\n\nA=%01021d\n", 0);
	CLEANUP_FREE char *dos = str_printf("[env]\n\nA=%01021d\r\n", 0);
	CLEANUP_FREE char *over = str_printf("[env]\n\nA=%01022d\n", 0);
	CLEANUP_FREE char *comment = str_printf("[env]\n#%05000d\n", 0);
	CLEANUP_FREE char *end = str_printf("[env]\nA=%01022d", 0);
	struct profile p = good(fits, NULL);

	profile_finish(&p);
	p = good(dos, NULL);
	assert_int_equal(strlen(p.env[0]), 1023);
	profile_finish(&p);
	bad(over, 3, "a line of over 1023 bytes", "");
	bad(comment, 2, "a line of over 1023 bytes", "");
	bad(end, 2, "a line of over 1023 bytes", "");
}

static void a_nul_or_control_character_is_refused(void **state)
{
	static const char nul[] = "[env]\nA = b\0c\n";
	static const char late[] = "[env]\n# \0\n";

	bad_bytes(nul, sizeof(nul) - 1, 2, "a NUL byte", "");
	bad_bytes(late, sizeof(late) - 1, 2, "a NUL byte", "");
	bad("[env]\nA = b\x1b[1m\n", 2, "a control character", "");
	bad("[env]\n# \x7f\n", 2, "a control character", "");
	bad("[env]\nA = b\rc\n", 2, "a control character", "");
	bad("[env]\nA = b\r\r\n", 2, "a control character", "");
}

/* What is shown on a terminal would be another profile than what is meant. */
static void what_hides_or_reorders_text_is_refused(void **state)
{
	bad("[env]\nA = \xc2\x9b" "31m\n", 2, "a control character", "");
	bad("[env]\n# \xe2\x80\xae\n", 2, "a control character", "");
	bad("[env]\nA = \xe2\x81\xa6\n", 2, "a control character", "");
	bad("[env]\nA = \x9b" "31m\n", 2, "a byte that is not UTF-8", "");
	bad_set("env.A=\xe2\x80\xae", "env.A: a control character", "");
	bad_set("env.A=\xff", "env.A: a byte that is not UTF-8", "");
}

static void a_file_without_newline_ends_is_refused(void **state)
{
	bad("[env]\rA = b\r", 1, "a control character", "");
}

static void a_value_outside_its_type_says_what_it_should_be(void **state)
{
	bad("[limits]\nmemory = 12Q\n", 2,
	    "limits.memory = '12Q': expected a size such as 512M or 2G, at "
	    "least 16M, or unlimited", "");
	bad("[limits]\nmemory = 15M\n", 2, "limits.memory = '15M': expected",
	    "");
	bad("[limits]\nmemory =\n", 2, "limits.memory = '': expected", "");
	bad("[limits]\nmemory = 99999999999T\n", 2,
	    "limits.memory = '99999999999T': expected", "");
	bad("[limits]\ncpus = 0.009\n", 2,
	    "limits.cpus = '0.009': expected a number of CPUs such as 1.5, at "
	    "least 0.01, or unlimited", "");
	bad("[limits]\npids = 0\n", 2,
	    "limits.pids = '0': expected a number, from 1 to 4194304", "");
	bad("[limits]\npids = unlimited\n", 2, "limits.pids = 'unlimited'",
	    "");
	bad("[sandbox]\nstop_timeout = 10\n", 2,
	    "sandbox.stop_timeout = '10': expected a time such as 500ms, 10s "
	    "or 2m, from 0ms to 1h", "");
	bad("[display]\nenabled = maybe\n", 2,
	    "display.enabled = 'maybe': expected yes or no", "");
	bad("[sandbox]\nworkdir = /a/../b\n", 2,
	    "sandbox.workdir = '/a/../b': expected an absolute path", "");
	bad("[sandbox]\nhome = here\n", 2,
	    "sandbox.home = 'here': expected an absolute path", "");
	bad("[sandbox]\nname = A\n", 2, "sandbox.name = 'A': expected a name",
	    "");
	bad("[sandbox]\ncommand = 'a\n", 2,
	    "sandbox.command = ''a': expected words with every quote closed",
	    "");
	bad("[sandbox]\nuser =\n", 2, "sandbox.user = '': expected a text",
	    "");
}

static void a_choice_lists_what_is_possible(void **state)
{
	bad("[display]\nwindow_manager = fluxbx\n", 2,
	    "display.window_manager = 'fluxbx': expected one of none, fluxbox",
	    "did you mean 'fluxbox'?");
	bad("[display]\ndepth = 25\n", 2,
	    "display.depth = '25': expected one of 16, 24, 30", "");
	bad("[display]\ndepth = 024\n", 2, "display.depth = '024'", "");
	bad("[rootfs]\nimage = debian\n", 2,
	    "rootfs.image = 'debian': expected host, or a directory such as "
	    "/srv/root or ./root", "");
	bad("[rootfs]\nimage = hsot\n", 2, "rootfs.image = 'hsot'",
	    "did you mean 'host'?");
	bad("[rootfs]\nlayers = /a:b\n", 2,
	    "rootfs.layers = '/a:b': expected directories such as "
	    "/srv/b:./a, topmost first", "");
	bad("[network]\nmode = host\n", 2,
	    "network.mode = 'host': expected none", "");
	bad("[limits]\nbest_effort = memory, swp\n", 2,
	    "limits.best_effort = 'memory, swp': expected a comma-separated "
	    "list of memory, swap, memory_high, ",
	    "did you mean 'swap'?");
	bad("[security]\n\naccept = glx, host-tre\n", 3,
	    "security.accept = 'glx, host-tre': expected a comma-separated "
	    "list of ", "did you mean 'host-tree'?");
	bad("[security]\naccept = glx host-tree\n", 2,
	    "security.accept = 'glx host-tree'", "");
}

static void every_limit_is_a_key_and_every_key_a_limit(void **state)
{
	const struct profile_key *k;

	for (int l = 0; l < LIMITS; l++) {
		k = profile_find("limits", limit_names[l]);
		assert_non_null(k);
		assert_int_equal(limit_is_text(l), k->type == PROFILE_IO ||
				 k->type == PROFILE_CPULIST ||
				 k->type == PROFILE_HUGEPAGES);
	}
	for (k = profile_keys; k->section; k++) {
		bool found = !str_eq(k->section, "limits") ||
			     str_eq(k->name, "best_effort");

		for (int l = 0; l < LIMITS && !found; l++)
			found = str_eq(k->name, limit_names[l]);
		assert_true(found);
	}
}

static void lists_of_limits_are_kept_in_one_spelling(void **state)
{
	struct profile p = good("[limits]\ncpuset = 3, 1,0\n"
				"io = /dev/sda  wbps=1024K, 8:16 riops=5\n"
				"hugepages = 2048K=1024M\n", NULL);

	assert_string_equal(p.limits.cpuset, "0-1,3");
	assert_string_equal(p.limits.io[0], "/dev/sda wbps=1M");
	assert_string_equal(p.limits.io[1], "8:16 riops=5");
	assert_string_equal(p.limits.hugepages[0], "2M=1G");
	profile_finish(&p);
}

static void a_list_of_limits_with_a_mistake_is_refused(void **state)
{
	bad("[limits]\ncpuset = 1-\n", 2,
	    "limits.cpuset = '1-': expected a list of CPUs such as 0-1,3", "");
	bad("[limits]\nio = /dev/sda\n", 2, "limits.io = '/dev/sda': expected "
	    "disks with at least one rate each", "");
	bad("[limits]\nio = sda rbps=1\n", 2, "limits.io = ", "");
	bad("[limits]\nhugepages = 2M\n", 2, "limits.hugepages = '2M'", "");
	bad("[limits]\nhugepages = 2M=1G, 2048K=0\n", 2,
	    "limits.hugepages = ", "");
}

static void limits_that_contradict_each_other_are_refused(void **state)
{
	incomplete("[limits]\nmemory = 256M\nmemory_high = 256M\n",
		   "limits.memory_high has to be below", "");
	incomplete("[limits]\nmemory_high = 79M\n",
		   "limits.memory_high leaves the command less",
		   "raise limits.memory_high");
	incomplete("[limits]\nmemory = 256M\nmemory_low = 257M\n",
		   "limits.memory_low is more", "");
	incomplete("[limits]\nmemory_high = 256M\nmemory_low = 257M\n",
		   "limits.memory_low is more", "");
	incomplete("[limits]\ncpu_burst = 10ms\n",
		   "limits.cpu_burst without limits.cpus", "");
	incomplete("[limits]\ncpus = 0.5\ncpu_burst = 51ms\n",
		   "limits.cpu_burst is more than limits.cpus grants",
		   "set limits.cpu_burst = 50ms or less");
	struct profile p = good("[limits]\nmemory = 256M\n"
				"memory_high = 255M\nmemory_low = 255M\n"
				"cpus = 0.5\ncpu_burst = 50ms\n", NULL);
	profile_finish(&p);
}

static void userns_is_what_the_policy_implies(void **state)
{
	static const struct {
		const char *text, *userns;
	} cases[] = {
		{ "", "none" },
		{ "[security]\nseccomp = strict\n", "none" },
		{ "[security]\nseccomp = browser\n", "fenced" },
		{ "[security]\nseccomp = unconfined\n", "none" },
		{ "[security]\nseccomp = unconfined\nuserns = fenced\n",
		  "fenced" },
		{ "[security]\nuserns = full\nseccomp = browser\n", "full" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct profile p = good(cases[i].text, NULL);

		assert_string_equal(p.security.userns, cases[i].userns);
		profile_finish(&p);
	}
}

static void a_userns_that_cannot_work_is_refused(void **state)
{
	incomplete("[security]\nseccomp = browser\nuserns = none\n",
		   "security.seccomp = browser is for a program that makes",
		   "leave out security.userns, or set security.seccomp = "
		   "default");
	incomplete("[security]\nuserns = fenced\n",
		   "security.userns = fenced promises namespaces that",
		   "leave out security.userns, or set security.seccomp = "
		   "browser");
	incomplete("[security]\nuserns = full\nseccomp = strict\n",
		   "security.userns = full promises",
		   "leave out security.userns, or set security.seccomp = "
		   "browser");
}

/* Two floors that do not know each other. */
static void each_policy_of_a_profile_has_filters(void **state)
{
	const struct profile_key *k = profile_find("security", "seccomp");
	size_t n = 0;

	for (; k->choices[n]; n++)
		assert_non_null(seccomp_stack(k->choices[n]));
	assert_null(seccomp_stacks[n].name);
}

static void a_long_value_is_shown_cut(void **state)
{
	CLEANUP_FREE char *text = str_printf("[limits]\nmemory = %0900dQ\n", 0);
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_text(text, &p, &err), -1);
	assert_non_null(strstr(err.cause, "000...': expected a size"));
	profile_finish(&p);
}

static void variables_that_load_code_are_refused(void **state)
{
	static const char *const names[] = { "LD_PRELOAD", "LD_X", "GCONV_PATH",
					     "LOCPATH", "NLSPATH", "BASH_ENV",
					     "ENV", "IFS", "GLIBC_TUNABLES" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP_FREE char *text = str_printf("[env]\n%s = x\n",
						     names[i]);
		CLEANUP_FREE char *cause = str_printf(
			"'%s' in [env] is not allowed: ", names[i]);

		bad(text, 2, cause, "");
	}
}

static void a_variable_needs_a_proper_name(void **state)
{
	bad("[env]\n1A = x\n", 2, "'1A' in [env]: expected a name", "");
	bad("[env]\nA-B = x\n", 2, "'A-B' in [env]: expected a name", "");
	bad("[env]\nA B = x\n", 2, "'A B' in [env]: expected a name", "");
	bad("[env]\nA = \"b\n", 2, "env.A: expected one pair", "");
	bad("[env]\nA = \"b\" \"c\"\n", 2, "env.A: expected one pair", "");
	bad("[env]\nA = \"\n", 2, "env.A: expected one pair", "");
}

static void the_first_error_counts(void **state)
{
	bad("[limits]\npids = 0\nfoo = 1\n[bar]\n", 2, "limits.pids = '0'",
	    "");
}

static void a_line_number_survives_a_long_path(void **state)
{
	CLEANUP_FREE char *slashes = mem_zalloc(401);
	CLEANUP_FREE char *path = NULL;
	struct err err = ERR_INIT;
	struct profile p;

	memset(slashes, '/', 400);
	path = str_printf("/tmp%s%s/sample.ini", slashes,
			  dir + strlen("/tmp/"));
	write_bytes("[limits]\nfoo = 1\n", 17);
	assert_int_equal(profile_read(&p, path, &err), -1);
	assert_non_null(strstr(err.object, "/sample.ini:2"));
	profile_finish(&p);
}

/* --- files that cannot be read -------------------------------------------- */

static void unreadable(const char *path, const char *object, const char *cause)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(profile_read(&p, path, &err), -1);
	assert_int_equal(err.code, EXIT_FAILED);
	assert_string_equal(err.what, "read profile");
	assert_string_equal(err.object, object);
	assert_string_equal(err.cause, cause);
	profile_finish(&p);
}

static void what_cannot_be_read_is_said_with_its_cause(void **state)
{
	unreadable("/no/such/file.ini", "/no/such/file.ini",
		   "No such file or directory");
	unreadable(dir, dir, "Is a directory");
}

static void an_endless_file_ends_the_reading(void **state)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(profile_read(&p, "/dev/zero", &err), -1);
	assert_string_equal(err.object, "/dev/zero:1");
	profile_finish(&p);
}

/* Runs with `text` as standard input. */
static int read_stdin(const char *text, struct profile *p, struct err *err)
{
	int saved = dup(STDIN_FILENO), rc;

	write_bytes(text, strlen(text));
	assert_non_null(freopen(file, "r", stdin));
	rc = profile_read(p, "-", err);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(close(saved), 0);
	return rc;
}

static void a_dash_is_standard_input_and_leaves_it_open(void **state)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_stdin("[sandbox]\nname = in\n", &p, &err), 0);
	assert_string_equal(p.sandbox.name, "in");
	assert_int_equal(profile_complete(&p, &err), 0);
	profile_finish(&p);
	assert_int_equal(read_stdin("[x]\n", &p, &err), -1);
	assert_string_equal(err.object, "standard input:1");
	profile_finish(&p);
}

static void standard_input_gives_no_name(void **state)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_stdin("", &p, &err), 0);
	assert_int_equal(profile_complete(&p, &err), -1);
	assert_string_equal(err.object, "standard input");
	assert_string_equal(err.hint, "name the sandbox with -n NAME");
	profile_finish(&p);
}

/* --- --set ---------------------------------------------------------------- */

static void set_replaces_what_the_file_says(void **state)
{
	struct profile p = good("[limits]\npids = 5\n[env]\nA = 1\nAB = 2\n",
				"limits.pids=6");
	struct err err = ERR_INIT;

	assert_true(p.limits.pids == 6);
	assert_int_equal(profile_set(&p, "env.A=x=y", &err), 0);
	assert_int_equal(profile_set(&p, "env.C=", &err), 0);
	assert_int_equal(strv_len(p.env), 3);
	assert_string_equal(p.env[0], "A=x=y");
	assert_string_equal(p.env[1], "AB=2");
	assert_string_equal(p.env[2], "C=");
	assert_int_equal(profile_set(&p, "sandbox.command=a 'b c'", &err), 0);
	assert_int_equal(strv_len(p.sandbox.command), 2);
	assert_int_equal(profile_set(&p, "sandbox.command=", &err), 0);
	assert_null(p.sandbox.command);
	profile_finish(&p);
}

static void set_checks_like_the_file(void **state)
{
	bad_set("limits.memroy=1G", "unknown key 'memroy' in [limits]",
		"did you mean 'memory'?");
	bad_set("limts.memory=1G", "unknown section [limts]",
		"did you mean [limits]?");
	bad_set("limits.memory=12Q", "limits.memory = '12Q': expected", "");
	bad_set("limits.memory= 1G", "limits.memory = ' 1G': expected", "");
	bad_set("env.LD_PRELOAD=x", "'LD_PRELOAD' in [env]", "");
	bad_set("env.A=b\nc", "env.A: a control character", "");
	bad_set("sandbox.command=a ; b", "sandbox.command: a comment",
		"give the comment a line of its own, or put the value in "
		"quotes");
}

static void set_needs_section_key_and_value(void **state)
{
	static const char *const forms[] = { "", "limits", "limits.pids",
					     "pids=1", ".pids=1", "limits.=1",
					     "=1", "pids=1.5" };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		bad_set(forms[i], "expected SECTION.KEY=VALUE", "");
}

static void a_refused_set_changes_nothing(void **state)
{
	struct profile p = good("[limits]\npids = 5\nbest_effort = swap\n",
				NULL);
	struct err err = ERR_INIT;

	assert_int_equal(profile_set(&p, "limits.pids=0", &err), -1);
	assert_int_equal(profile_set(&p, "limits.best_effort=x", &err), -1);
	assert_int_equal(profile_set(&p, "sandbox.user=", &err), -1);
	assert_true(p.limits.pids == 5);
	assert_string_equal(p.limits.best_effort[0], "swap");
	assert_string_equal(p.sandbox.user, "agent");
	profile_finish(&p);
}

/* --- what no single key can say ------------------------------------------- */

static void the_desktop_leaves_memory_to_the_command(void **state)
{
	struct profile p;

	incomplete("[limits]\nmemory = 79M\n[display]\nmemory = 64M\n",
		   "display.memory = 64M of limits.memory = 79M leaves less "
		   "than 16M to the command",
		   "raise limits.memory or lower display.memory");
	incomplete("[limits]\nmemory = 32M\n[display]\nmemory = 64M\n",
		   "display.memory = 64M of limits.memory = 32M", "raise "
		   "limits.memory or lower display.memory");
	p = good("[limits]\nmemory = 80M\n[display]\nmemory = 64M\n", NULL);
	profile_finish(&p);
	p = good("[limits]\nmemory = 32M\n[display]\nenabled = no\n", NULL);
	profile_finish(&p);
}

static void the_desktop_has_memory_for_its_screen(void **state)
{
	struct profile p;

	incomplete("[display]\nwidth = 3840\nheight = 2160\n",
		   "display.memory = 64M is too little for a screen of "
		   "3840x2160", "set display.memory = 96M or more");
	incomplete("[display]\nmemory = 32M\n",
		   "display.memory = 32M is too little for a screen of "
		   "1280x720", "set display.memory = 40M or more");
	p = good("[display]\nwidth = 3840\nheight = 2160\nmemory = 96M\n",
		 NULL);
	assert_true(profile_server_memory(&p) == 80u << 20);
	profile_finish(&p);
	p = good("[display]\nwidth = 1920\nheight = 1080\n", NULL);
	profile_finish(&p);
	p = good("[display]\nenabled = no\nwidth = 4096\nheight = 4096\n",
		 NULL);
	profile_finish(&p);
}

static void the_user_is_a_login_name_of_its_own(void **state)
{
	static const char *const taken[] = { "root", "display", "wm",
					     "nobody" };
	static const char *const odd[] = {
		"Agent", "1st", "a b", "a:b", "a/b", "-a", "a.b",
		"a23456789012345678901234567890123",
	};

	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		CLEANUP_FREE char *text = str_printf("[sandbox]\nuser = %s\n",
						     taken[i]);
		CLEANUP_FREE char *cause = str_printf(
			"sandbox.user = '%s': that account", taken[i]);

		incomplete(text, cause, "");
	}
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		CLEANUP_FREE char *text = str_printf("[sandbox]\nuser = %s\n",
						     odd[i]);
		CLEANUP_FREE char *cause = str_printf(
			"sandbox.user = '%s': expected a login name", odd[i]);

		incomplete(text, cause, "");
	}
}

static void the_home_is_not_the_system(void **state)
{
	static const char *const homes[] = { "/", "//", "/usr", "/etc/x",
					     "//proc/a", "/dev/" };

	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		CLEANUP_FREE char *text = str_printf("[sandbox]\nhome = %s\n",
						     homes[i]);
		CLEANUP_FREE char *cause = str_printf(
			"sandbox.home = '%s': expected a directory", homes[i]);

		incomplete(text, cause, "leave it out for /home/agent");
	}
}

static void a_name_from_a_file_is_checked(void **state)
{
	static const char *const paths[] = { "My Agent.ini", "x/Agent.ini",
					     "x/", ".ini", "-a.ini" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct profile p = good("", NULL);
		struct err err = ERR_INIT;

		free(p.sandbox.name);
		free(p.path);
		p.sandbox.name = NULL;
		p.path = str_dup(paths[i]);
		assert_int_equal(profile_complete(&p, &err), -1);
		assert_int_equal(err.code, EXIT_USAGE);
		assert_string_equal(err.object, paths[i]);
		assert_string_equal(err.hint, "name the sandbox with -n NAME "
				    "or sandbox.name");
		profile_finish(&p);
	}
}

static void a_name_is_short_plain_and_no_path(void **state)
{
	static const char *const ok[] = { "a", "0", "agent", "a_b.c-d",
					  "0-9" };
	static const char *const not[] = { "",	  ".",	 "..",	"-a", "_a",
					   "A",	  "a/b", "a b", "a\n",
					   ".a",  "\xc3\xa9", "a\xff" };
	char name[NAME_LEN + 2];

	for (size_t i = 0; i < ARRAY_LEN(ok); i++)
		assert_true(profile_name_ok(ok[i]));
	for (size_t i = 0; i < ARRAY_LEN(not); i++)
		assert_false(profile_name_ok(not[i]));
	memset(name, 'a', sizeof(name));
	name[NAME_LEN + 1] = '\0';
	assert_false(profile_name_ok(name));
	name[NAME_LEN] = '\0';
	assert_true(profile_name_ok(name));
}

static void finishing_takes_null_and_zero(void **state)
{
	struct profile p = { 0 };

	profile_finish(NULL);
	profile_finish(&p);
	profile_finish(&p);
}

static void a_size_is_not_promised_on_a_disk(void **state)
{
	static const char *const sets[] = {
		"rootfs.size=unlimited", "rootfs.inodes=unlimited",
	};
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_text("[sandbox]\nname = x\n[rootfs]\n"
				   "writable = disk\n", &p, &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		assert_int_equal(profile_complete(&p, &err), -1);
		assert_int_equal(err.code, EXIT_USAGE);
		assert_string_equal(err.cause, "rootfs.writable = disk cannot "
				    "be limited by rootfs.size and "
				    "rootfs.inodes");
		assert_int_equal(profile_set(&p, sets[i], &err), 0);
	}
	assert_int_equal(profile_complete(&p, &err), 0);
	profile_finish(&p);
}

/* Completes a profile that is said to come from `path`. */
static void check_dirs(const char *path, const char *image, const char *layers)
{
	struct err err = ERR_INIT;
	struct profile p;

	assert_int_equal(read_text("[sandbox]\nname = x\n[rootfs]\n"
				   "image = ./image\n"
				   "layers = ../b::/abs:./c\n", &p, &err), 0);
	free(p.path);
	p.path = str_dup(path);
	assert_int_equal(profile_complete(&p, &err), 0);
	assert_string_equal(p.rootfs.image, image);
	assert_int_equal(strv_len(p.rootfs.layers), 3);
	assert_string_equal(p.rootfs.layers[0], layers);
	assert_string_equal(p.rootfs.layers[1], "/abs");
	profile_finish(&p);
}

static void a_relative_directory_starts_where_the_profile_is(void **state)
{
	CLEANUP_FREE char *here = getcwd(NULL, 0);
	CLEANUP_FREE char *image = str_printf("%s/image", here);
	CLEANUP_FREE char *above = str_printf("%s/../b", here);
	CLEANUP_FREE char *image_in = str_printf("%s/in/image", here);
	CLEANUP_FREE char *above_in = str_printf("%s/in/../b", here);

	check_dirs("/etc/boxes/x.ini", "/etc/boxes/image", "/etc/boxes/../b");
	check_dirs("/x.ini", "/image", "/../b");
	check_dirs("x.ini", image, above);
	check_dirs("-", image, above);
	check_dirs("in/x.ini", image_in, above_in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_a_line_of_help),
		cmocka_unit_test(a_size_is_not_promised_on_a_disk),
		cmocka_unit_test(
			a_relative_directory_starts_where_the_profile_is),
		cmocka_unit_test(no_key_stands_in_the_table_twice),
		cmocka_unit_test(every_key_lies_within_the_struct),
		cmocka_unit_test(every_default_is_what_it_would_be_written_as),
		cmocka_unit_test(a_key_with_a_range_has_a_default_in_it),
		cmocka_unit_test(every_key_is_set_and_written_back),
		cmocka_unit_test(a_key_sets_no_other),
		cmocka_unit_test(both_ends_of_every_range_are_in_it),
		cmocka_unit_test(an_empty_file_is_all_defaults),
		cmocka_unit_test(what_depends_on_other_keys_follows_them),
		cmocka_unit_test(comments_blank_lines_and_indents_are_fine),
		cmocka_unit_test(a_file_from_another_system_is_read),
		cmocka_unit_test(a_last_line_needs_no_newline),
		cmocka_unit_test(a_value_of_any_allowed_length_stays_whole),
		cmocka_unit_test(an_indented_line_continues_nothing),
		cmocka_unit_test(a_semicolon_in_quotes_is_kept),
		cmocka_unit_test(quotes_around_a_variable_keep_its_blanks),
		cmocka_unit_test(a_long_variable_name_stays_whole),
		cmocka_unit_test(the_profiles_we_ship_are_complete),
		cmocka_unit_test(an_unknown_key_names_the_nearest_one),
		cmocka_unit_test(a_key_of_another_section_is_sent_there),
		cmocka_unit_test(an_unknown_section_is_found_without_keys),
		cmocka_unit_test(a_long_section_is_not_cut_to_a_known_one),
		cmocka_unit_test(a_section_line_holds_nothing_else),
		cmocka_unit_test(what_appears_twice_is_refused),
		cmocka_unit_test(a_key_needs_a_section),
		cmocka_unit_test(a_line_is_a_key_and_a_value),
		cmocka_unit_test(a_comment_behind_a_value_is_refused),
		cmocka_unit_test(a_line_is_too_long_from_1024_bytes_on),
		cmocka_unit_test(a_nul_or_control_character_is_refused),
		cmocka_unit_test(what_hides_or_reorders_text_is_refused),
		cmocka_unit_test(a_file_without_newline_ends_is_refused),
		cmocka_unit_test(
			a_value_outside_its_type_says_what_it_should_be),
		cmocka_unit_test(a_choice_lists_what_is_possible),
		cmocka_unit_test(every_limit_is_a_key_and_every_key_a_limit),
		cmocka_unit_test(lists_of_limits_are_kept_in_one_spelling),
		cmocka_unit_test(a_list_of_limits_with_a_mistake_is_refused),
		cmocka_unit_test(
			limits_that_contradict_each_other_are_refused),
		cmocka_unit_test(userns_is_what_the_policy_implies),
		cmocka_unit_test(a_userns_that_cannot_work_is_refused),
		cmocka_unit_test(each_policy_of_a_profile_has_filters),
		cmocka_unit_test(a_long_value_is_shown_cut),
		cmocka_unit_test(variables_that_load_code_are_refused),
		cmocka_unit_test(a_variable_needs_a_proper_name),
		cmocka_unit_test(the_first_error_counts),
		cmocka_unit_test(a_line_number_survives_a_long_path),
		cmocka_unit_test(what_cannot_be_read_is_said_with_its_cause),
		cmocka_unit_test(an_endless_file_ends_the_reading),
		cmocka_unit_test(a_dash_is_standard_input_and_leaves_it_open),
		cmocka_unit_test(standard_input_gives_no_name),
		cmocka_unit_test(set_replaces_what_the_file_says),
		cmocka_unit_test(set_checks_like_the_file),
		cmocka_unit_test(set_needs_section_key_and_value),
		cmocka_unit_test(a_refused_set_changes_nothing),
		cmocka_unit_test(the_desktop_leaves_memory_to_the_command),
		cmocka_unit_test(the_desktop_has_memory_for_its_screen),
		cmocka_unit_test(the_user_is_a_login_name_of_its_own),
		cmocka_unit_test(the_home_is_not_the_system),
		cmocka_unit_test(a_name_from_a_file_is_checked),
		cmocka_unit_test(a_name_is_short_plain_and_no_path),
		cmocka_unit_test(finishing_takes_null_and_zero),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
