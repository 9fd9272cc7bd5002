/* What reaches the monitor, a process of the host, from inside: init's words,
 * the window manager's watcher's, and what the programs of the desktop print.
 * A command line's words come from outside, and take the same way. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "box/client.h"
#include "box/desktop.h"
#include "box/event.h"
#include "box/services.h"

static char *command[] = { (char[]){ "program" }, NULL };

/* As handle_init() and the waits of a start use them. */
static void use(struct box *box, const struct init_msg *m)
{
	struct err err = ERR_INIT;

	FUZZ_CHECK(memchr(m->text, '\0', sizeof(m->text)));
	FUZZ_CHECK(services_name(box, m->service));
	if (m->type == INIT_FAILED) {
		(void)services_exec_error(m, "program", &err);
		FUZZ_CHECK(err.code);
		err_print(fuzz_null(), "fuzz", &err);
	}
	if (m->type == INIT_EXITED)
		(void)services_restart(box, m);
}

/* What is behind the end of a wait is there for the next one. */
static void look(struct box *box, int sentinel)
{
	struct event e;

	box->watch_report = sentinel;
	do {
		event_wait(box, -1, &e);
		if (e.type == EVENT_INIT)
			use(box, &e.msg);
	} while (e.type != EVENT_WATCHER);
	fuzz_check_shown(box->last_words, "");
}

static void init_says(struct box *box, struct fuzz_in *in, int peer)
{
	uint8_t how = fuzz_byte(in);
	size_t len = how & 1 ? sizeof(struct init_msg) : how;
	char message[256];
	struct init_msg *m = (void *)message;

	(void)fuzz_take(in, message, len);
	if (how & 2 && len >= sizeof(*m)) {
		m->version = PLAN_VERSION;
		m->type = INIT_UP + m->type % 5;
	}
	(void)!send(peer, message, len, MSG_DONTWAIT);
}

static void client_says(struct box *box, struct fuzz_in *in, int peer)
{
	struct client_msg msg;

	(void)fuzz_take(in, &msg, sizeof(msg));
	if (box->client >= 0)
		(void)!send(peer, &msg, fuzz_byte(in) & 7 ? sizeof(msg) : 9,
			    MSG_DONTWAIT);
}

static void desktop_says(struct fuzz_in *in, int log)
{
	CLEANUP_FREE char *text = fuzz_text(in, '\xff');

	(void)!write(log, text, strlen(text));
}

static void watcher_says(struct fuzz_in *in)
{
	CLEANUP_FREE char *text = fuzz_text(in, '\xff');
	struct err err = ERR_INIT;
	int report[2];

	FUZZ_CHECK(pipe2(report, O_CLOEXEC | O_NONBLOCK) == 0);
	(void)!write(report[1], text, strlen(text));
	if (desktop_watched(report[0], &err) == 0)
		FUZZ_CHECK(text[0] == 'R');
	close(report[0]);
	close(report[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char keyboard[] = "us";
	static const struct profile profile = {
		.display = { .enabled = true, .restart = RESTART_ALWAYS,
			     .keyboard = keyboard },
	};
	struct fuzz_in in = { data, size };
	int control[2], client[2], log[2], sentinel[2];
	struct box box;

	box_init(&box, &profile);
	box.rec.command = command;
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, control) &&
		   !socketpair(AF_UNIX, SOCK_SEQPACKET, 0, client) &&
		   !pipe2(log, O_NONBLOCK) && !pipe2(sentinel, 0) &&
		   write(sentinel[1], "", 1) == 1);
	box.control = control[0];
	box.client = client[0];
	box.desktop_log = log[0];
	while (in.left) {
		switch (fuzz_byte(&in) & 3) {
		case 0:
			init_says(&box, &in, control[1]);
			break;
		case 1:
			client_says(&box, &in, client[1]);
			break;
		case 2:
			desktop_says(&in, log[1]);
			break;
		case 3:
			watcher_says(&in);
			break;
		}
		look(&box, sentinel[0]);
	}
	fd_close(&box.control);
	fd_close(&box.client);
	fd_close(&box.desktop_log);
	close(control[1]);
	close(client[1]);
	close(log[1]);
	close(sentinel[0]);
	close(sentinel[1]);
	log_close(&box.log);
	return 0;
}
