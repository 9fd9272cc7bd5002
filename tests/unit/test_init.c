/*
 * The life of a sandbox under the real sandbox-init: starting, reaping,
 * signals, the order of stopping. See init_box.h for the box around it.
 */
#include "init_box.h"

#define WAIT_FOREVER "while :; do sleep 1000 & wait; done"

/* Prints `word` when it gets TERM, and ends. `ready` is printed before. */
#define ON_TERM(word, ready)                                           \
	"trap 'echo " word "; exit 0' TERM; echo " ready "; " WAIT_FOREVER

static void a_box_with_nothing_started_ends_with_zero(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

static void run_to_end(const char *script, int wait_status, int exit_status)
{
	struct init_msg msg;
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c", script, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	msg = box_expect(&b, INIT_EXITED, 0);
	assert_int_equal(msg.value, wait_status);
	assert_int_equal(box_stop(&b, 0), exit_status);
	box_finish(&b);
}

static void the_status_of_the_payload_is_that_of_init(void **state)
{
	run_to_end("exit 0", 0, 0);
	run_to_end("exit 7", 7 << 8, 7);
}

static void a_payload_ended_by_a_signal_gives_128_and_its_number(void **state)
{
	run_to_end("kill -TERM $$", SIGTERM, EXIT_SIGNAL + SIGTERM);
	run_to_end("kill -KILL $$", SIGKILL, EXIT_SIGNAL + SIGKILL);
}

static void ten_thousand_orphans_are_reaped(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "/mnt/init_guest", "orphans", "10000",
		    NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	/* Init and the payload. */
	box_line(&b, "2");
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, 0);
	box_finish(&b);
}

static void a_signal_reaches_the_payload_only(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_WM, "sh", "-c",
		    "trap 'echo wm USR1' USR1;" ON_TERM("wm TERM", "up"), NULL);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap 'echo payload USR1; exit 3' USR1; echo up;"
		    WAIT_FOREVER, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	(void)box_run(&b, 1);
	box_line(&b, "up");
	box_send(&b, INIT_SIGNAL, -1, SIGUSR1);
	assert_int_equal(box_expect(&b, INIT_EXITED, 1).value, 3 << 8);
	assert_int_equal(box_stop(&b, 0), 3);
	assert_string_equal(box_rest(&b), "payload USR1\nwm TERM\n");
	box_finish(&b);
}

static void a_signal_for_a_payload_that_is_gone_harms_nobody(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_WM, "sh", "-c", ON_TERM("wm", "up"), NULL);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	box_send(&b, INIT_SIGNAL, -1, SIGKILL); /* not started yet */
	(void)box_run(&b, 1);
	(void)box_expect(&b, INIT_EXITED, 1);
	box_send(&b, INIT_SIGNAL, -1, SIGKILL);
	box_send(&b, INIT_SIGNAL, -1, 0);
	box_send(&b, INIT_SIGNAL, -1, 1000);
	assert_int_equal(box_stop(&b, 0), 0);
	assert_string_equal(box_rest(&b), "wm\n");
	box_finish(&b);
}

static void services_end_payload_first_display_last(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_DISPLAY, "sh", "-c", ON_TERM("display", "up"),
		    "sh", NULL);
	box_service(&b, PLAN_WM, "sh", "-c", ON_TERM("wm", "up"), NULL);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c", ON_TERM("payload", "up"),
		    NULL);
	box_boot(&b);
	for (int i = 0; i < 3; i++) {
		(void)box_run(&b, i);
		box_line(&b, "up");
	}
	box_send(&b, INIT_STOP, -1, 60000);
	for (int i = 2; i >= 0; i--)
		(void)box_expect(&b, INIT_EXITED, i);
	assert_int_equal(box_wait(&b), 0);
	assert_string_equal(box_rest(&b), "payload\nwm\ndisplay\n");
	box_finish(&b);
}

static void a_payload_that_ignores_term_is_killed(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap '' TERM; echo up;" WAIT_FOREVER, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	box_send(&b, INIT_STOP, -1, 20);
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, SIGKILL);
	assert_int_equal(box_wait(&b), EXIT_SIGNAL + SIGKILL);
	box_finish(&b);
}

static void a_window_manager_that_ignores_term_is_killed(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_WM, "sh", "-c",
		    "trap '' TERM; echo up;" WAIT_FOREVER, NULL);
	box_service(&b, PLAN_DISPLAY, "sh", "-c", ON_TERM("display", "up"),
		    "sh", NULL);
	box_boot(&b);
	for (int i = 0; i < 2; i++) {
		(void)box_run(&b, i);
		box_line(&b, "up");
	}
	box_send(&b, INIT_STOP, -1, 0);
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, SIGKILL);
	assert_int_equal(box_expect(&b, INIT_EXITED, 1).value, 0);
	assert_int_equal(box_wait(&b), 0);
	box_finish(&b);
}

static void a_second_stop_shortens_the_first(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap 'echo term' TERM; echo up;" WAIT_FOREVER, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	box_send(&b, INIT_STOP, -1, 3600 * 1000);
	box_line(&b, "term");
	box_send(&b, INIT_STOP, -1, 7200 * 1000);
	box_send(&b, INIT_STOP, -1, 0);
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, SIGKILL);
	assert_int_equal(box_wait(&b), EXIT_SIGNAL + SIGKILL);
	box_finish(&b);
}

static void a_frozen_payload_still_hears_term(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap 'exit 9' TERM; echo up;" WAIT_FOREVER, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	box_send(&b, INIT_SIGNAL, -1, SIGSTOP);
	assert_int_equal(box_stop(&b, 3600 * 1000), 9);
	box_finish(&b);
}

static void what_a_payload_left_behind_is_killed_at_the_end(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap '' TERM HUP; setsid sh -c 'echo up; sleep 1000' &"
		    "exit 4", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	(void)box_expect(&b, INIT_EXITED, 0);
	box_line(&b, "up");
	assert_int_equal(box_stop(&b, 0), 4);
	assert_string_equal(box_rest(&b), ""); /* the pipe has no writer */
	box_finish(&b);
}

static void the_end_of_the_launcher_ends_everything(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap '' TERM HUP; echo up;" WAIT_FOREVER, NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	close(b.control);
	b.control = -1;
	assert_int_equal(box_wait(&b), EXIT_SIGNAL + SIGKILL);
	assert_string_equal(box_rest(&b), "");
	box_finish(&b);
}

static void term_from_the_host_stops_in_order(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap 'echo USR1' USR1;" ON_TERM("payload", "up"), NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	assert_int_equal(kill(b.pid, SIGTTIN), 0); /* nothing to do with it */
	assert_int_equal(kill(b.pid, SIGUSR1), 0);
	box_line(&b, "USR1");
	assert_int_equal(kill(b.pid, SIGTERM), 0);
	assert_int_equal(box_expect(&b, INIT_EXITED, 0).value, 0);
	assert_int_equal(box_wait(&b), 0);
	assert_string_equal(box_rest(&b), "payload\n");
	box_finish(&b);
}

static void a_line_on_displayfd_means_ready(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_DISPLAY, "sh", "-c",
		    "printf '%s %s\\n' \"$1\" \"$2\"; printf 9 >&$2;"
		    "printf '9\\n' >&$2;" WAIT_FOREVER, "sh", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "-displayfd 3");
	(void)box_expect(&b, INIT_READY, 0);
	box_finish(&b);
}

static void a_display_that_only_babbles_is_not_ready(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_DISPLAY, "sh", "-c",
		    "head -c 100000 /dev/zero >&$2; exit 5", "sh", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	/* The next message is not INIT_READY. */
	(void)box_expect(&b, INIT_EXITED, 0);
	box_finish(&b);
}

static int listener(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

static void a_display_gets_its_listening_sockets(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_DISPLAY, "sh", "-c",
			"echo $2 $LISTEN_FDS; test $LISTEN_PID = $$ &&"
			"echo mine; readlink /proc/$$/fd/3 /proc/$$/fd/4 |"
			"cut -d: -f1; exec /mnt/init_guest fds", "sh", NULL);
	s->listen[0] = box_pass(&b, listener());
	s->listen[1] = box_pass(&b, listener());
	box_boot(&b);
	(void)box_run(&b, 0);
	assert_string_equal(box_rest(&b),
			    "5 2\nmine\nsocket\nsocket\n0 1 2 3 4 5 ");
	box_finish(&b);
}

static void a_service_is_started_once(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	(void)box_expect(&b, INIT_EXITED, 0);
	box_send(&b, INIT_START, 0, 0);
	box_expect_failure(&b, 0, INIT_FAIL_SETUP, EALREADY, "was started");
	box_send(&b, INIT_START, 1, 0);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EINVAL, "no such service");
	box_send(&b, INIT_START, -1, 0);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EINVAL, "no such service");
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

static void a_message_it_does_not_know_is_answered(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	box_send(&b, INIT_UP, 0, 0);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EPROTO, "unknown message");
	assert_int_equal(send(b.control, "short", 5, 0), 5);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EPROTO,
			   "malformed message");
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

/* With the same descriptors, as the same user. */
static void a_service_that_may_is_started_again(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_DISPLAY, "sh", "-c",
			"echo $(id -u) $LISTEN_FDS; printf '9\\n' >&$2; read x",
			"sh", NULL);
	s->again = 1;
	s->listen[0] = box_pass(&b, listener());
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	for (int i = 0; i < 3; i++) {
		(void)box_run(&b, 0);
		box_line(&b, "998 1");
		/* Its words to the launcher and its end may change places. */
		(void)box_expect(&b, INIT_READY, 0);
		(void)box_expect(&b, INIT_EXITED, 0);
		if (i == 0)
			(void)box_run(&b, 1);
		if (i == 0)
			(void)box_expect(&b, INIT_EXITED, 1);
	}
	box_send(&b, INIT_START, 1, 0);
	box_expect_failure(&b, 1, INIT_FAIL_SETUP, EALREADY, "was started");
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

static void nothing_starts_twice_at_once(void **state)
{
	struct plan_service *s;
	struct box b;

	box_init(&b);
	s = box_service(&b, PLAN_WM, "sh", "-c", WAIT_FOREVER, NULL);
	s->again = 1;
	box_boot(&b);
	(void)box_run(&b, 0);
	box_send(&b, INIT_START, 0, 0);
	box_expect_failure(&b, 0, INIT_FAIL_SETUP, EALREADY, "was started");
	(void)box_stop(&b, 0);
	box_finish(&b);
}

static void a_service_without_words_is_none(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_WM, "true", NULL)->argv.count = 0;
	box_service(&b, PLAN_PAYLOAD, "true", NULL);
	box_boot(&b);
	box_send(&b, INIT_START, 0, 0);
	box_expect_failure(&b, -1, INIT_FAIL_SETUP, EINVAL, "no such service");
	(void)box_run(&b, 1);
	(void)box_expect(&b, INIT_EXITED, 1);
	assert_int_equal(box_stop(&b, 0), 0);
	box_finish(&b);
}

static void nothing_starts_while_it_stops(void **state)
{
	struct box b;

	box_init(&b);
	box_service(&b, PLAN_PAYLOAD, "sh", "-c",
		    "trap 'echo term' TERM; echo up;" WAIT_FOREVER, NULL);
	box_service(&b, PLAN_WM, "true", NULL);
	box_boot(&b);
	(void)box_run(&b, 0);
	box_line(&b, "up");
	box_send(&b, INIT_STOP, -1, 3600 * 1000);
	box_send(&b, INIT_START, 1, 0);
	box_expect_failure(&b, 1, INIT_FAIL_SETUP, ESHUTDOWN, "stopping");
	assert_int_equal(box_stop(&b, 0), EXIT_SIGNAL + SIGKILL);
	box_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_with_nothing_started_ends_with_zero),
		cmocka_unit_test(the_status_of_the_payload_is_that_of_init),
		cmocka_unit_test(
			a_payload_ended_by_a_signal_gives_128_and_its_number),
		cmocka_unit_test(ten_thousand_orphans_are_reaped),
		cmocka_unit_test(a_signal_reaches_the_payload_only),
		cmocka_unit_test(
			a_signal_for_a_payload_that_is_gone_harms_nobody),
		cmocka_unit_test(services_end_payload_first_display_last),
		cmocka_unit_test(a_payload_that_ignores_term_is_killed),
		cmocka_unit_test(a_window_manager_that_ignores_term_is_killed),
		cmocka_unit_test(a_second_stop_shortens_the_first),
		cmocka_unit_test(a_frozen_payload_still_hears_term),
		cmocka_unit_test(
			what_a_payload_left_behind_is_killed_at_the_end),
		cmocka_unit_test(the_end_of_the_launcher_ends_everything),
		cmocka_unit_test(term_from_the_host_stops_in_order),
		cmocka_unit_test(a_line_on_displayfd_means_ready),
		cmocka_unit_test(a_display_that_only_babbles_is_not_ready),
		cmocka_unit_test(a_display_gets_its_listening_sockets),
		cmocka_unit_test(a_service_is_started_once),
		cmocka_unit_test(a_message_it_does_not_know_is_answered),
		cmocka_unit_test(a_service_that_may_is_started_again),
		cmocka_unit_test(nothing_starts_twice_at_once),
		cmocka_unit_test(a_service_without_words_is_none),
		cmocka_unit_test(nothing_starts_while_it_stops),
	};

	return cmocka_run_group_tests(tests, box_group_setup, NULL);
}
