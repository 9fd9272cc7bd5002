/*
 * desk - how long until a display has a window manager, by the quickest way
 * there is without a sandbox.
 *
 *	desk SERVER [ARG...] -- WINDOW-MANAGER [ARG...]
 *
 * Starts the server with -displayfd, the window manager as soon as the display
 * has a number, and prints the milliseconds until _NET_SUPPORTING_WM_CHECK is
 * on the root window. Ends both.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xcb/xcb.h>

#define WORDS 32
#define NUMBER_FD 9

static pid_t children[2];

static void end_all(void)
{
	for (int i = 1; i >= 0; i--) {
		if (!children[i])
			continue;
		kill(children[i], SIGKILL);
		(void)waitpid(children[i], NULL, 0);
	}
}

static void die(const char *what)
{
	(void)fprintf(stderr, "desk: %s: %s\n", what, strerror(errno));
	exit(1); /* end_all() */
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* `number`: becomes NUMBER_FD; -1: none. */
static pid_t start(char **argv, int number)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null",
						 O_RDWR, 0);
	if (number >= 0)
		posix_spawn_file_actions_adddup2(&files, number, NUMBER_FD);
	rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	errno = rc;
	if (rc)
		die(argv[0]);
	return pid;
}

static void start_server(char **argv, char display[32])
{
	int number[2];
	size_t len = 1;

	if (pipe2(number, O_CLOEXEC) < 0)
		die("pipe");
	children[0] = start(argv, number[1]);
	close(number[1]);
	display[0] = ':';
	while (len < 30 && read(number[0], display + len, 1) == 1 &&
	       display[len] != '\n')
		len++;
	display[len] = '\0';
	close(number[0]);
	if (len == 1)
		die("no display");
}

static bool has_manager(xcb_connection_t *x, xcb_window_t root, xcb_atom_t atom)
{
	xcb_get_property_reply_t *reply = xcb_get_property_reply(
		x, xcb_get_property(x, 0, root, atom, XCB_ATOM_ANY, 0, 1),
		NULL);
	bool has = reply && reply->type != XCB_ATOM_NONE;

	free(reply);
	return has;
}

static void wait_manager(xcb_connection_t *x, xcb_window_t root)
{
	static const char name[] = "_NET_SUPPORTING_WM_CHECK";
	xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(
		x, xcb_intern_atom(x, 0, sizeof(name) - 1, name), NULL);

	if (!atom)
		die("no atom");
	while (!has_manager(x, root, atom->atom)) {
		xcb_generic_event_t *event = xcb_wait_for_event(x);

		if (!event)
			die("the display ended");
		free(event);
	}
	free(atom);
}

int main(int argc, char **argv)
{
	char *server[WORDS] = { NULL }, display[32];
	uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
	xcb_connection_t *x;
	xcb_window_t root;
	double began = now_ms();
	int i = 1, n = 0;

	for (; i < argc && strcmp(argv[i], "--") != 0 && n + 3 < WORDS; i++)
		server[n++] = argv[i];
	if (n == 0 || i + 1 >= argc)
		return 2;
	server[n++] = "-displayfd";
	server[n] = "9";
	(void)atexit(end_all);
	(void)alarm(60);
	start_server(server, display);
	(void)setenv("DISPLAY", display, 1);
	x = xcb_connect(NULL, NULL);
	if (xcb_connection_has_error(x))
		die(display);
	root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
	xcb_change_window_attributes(x, root, XCB_CW_EVENT_MASK, &mask);
	children[1] = start(argv + i + 1, -1);
	wait_manager(x, root);
	(void)printf("%.2f\n", now_ms() - began);
	xcb_disconnect(x);
	return 0;
}
