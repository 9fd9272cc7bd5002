/* The text of a sandbox's own AppArmor profile. That it means what it says is
 * for the kernel to show: box/98-labels, in vm/04-walls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "box/labels.h"
#include "box/masks.h"
#include "conf/profile.h"

static void make_text(struct buf *out, const char *setting)
{
	CLEANUP(profile_finish) struct profile p = { 0 };
	struct err err = ERR_INIT;

	assert_int_equal(profile_read(&p, "/dev/null", &err), 0);
	assert_int_equal(profile_set(&p, "sandbox.name=x", &err), 0);
	assert_int_equal(profile_set(&p, setting, &err), 0);
	assert_int_equal(profile_complete(&p, &err), 0);
	labels_text(&p, "sandboxd-x", out);
}

static void has(const struct buf *text, const char *line)
{
	if (!strstr(text->data, line))
		fail_msg("no '%s' in:\n%s", line, text->data);
}

static void has_not(const struct buf *text, const char *line)
{
	if (strstr(text->data, line))
		fail_msg("'%s' in:\n%s", line, text->data);
}

static void denies(const struct buf *text, const char *top,
		   const struct mask *masks)
{
	for (; masks->path; masks++) {
		CLEANUP_FREE char *line = str_printf(
			"\tdeny %s/%s{,/**} %s,\n", top, masks->path,
			masks->kind == MASK_HIDE ? "rwklmx" : "wl");

		has(text, line);
	}
}

static void what_is_covered_is_denied(void **state UNUSED)
{
	CLEANUP_BUF struct buf text = { 0 };

	make_text(&text, "security.seccomp=default");
	denies(&text, "/proc", masks_proc);
	denies(&text, "/sys", masks_sys);
	has(&text, "\tdeny /proc/sys{,/**} wl,\n");
	has(&text, "\tdeny /proc/kcore{,/**} rwklmx,\n");
	has(&text, "\tdeny /sys/** wl,\n");
}

static void it_speaks_of_itself_by_name(void **state UNUSED)
{
	CLEANUP_BUF struct buf text = { 0 };

	make_text(&text, "security.seccomp=default");
	assert_true(str_starts(text.data, "profile sandboxd-x flags="));
	has(&text, "\tsignal (send) peer=sandboxd-x,\n");
	has_not(&text, "%");
}

static void capabilities_are_for_who_makes_namespaces(void **state UNUSED)
{
	CLEANUP_BUF struct buf plain = { 0 };
	CLEANUP_BUF struct buf nested = { 0 };

	make_text(&plain, "security.seccomp=default");
	has(&plain, "\tdeny capability,\n");
	has_not(&plain, "\tcapability,\n");
	make_text(&nested, "security.seccomp=browser");
	has(&nested, "\tcapability,\n");
	has_not(&nested, "\tdeny capability,\n");
	has(&nested, "\tdeny mount,\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_covered_is_denied),
		cmocka_unit_test(it_speaks_of_itself_by_name),
		cmocka_unit_test(capabilities_are_for_who_makes_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
