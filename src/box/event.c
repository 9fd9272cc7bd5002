#include "box/event.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "box/attach.h"
#include "box/client.h"
#include "box/oom.h"

/* Each source: its descriptor, and what to do when it is ready. Returns 1
 * when *out was filled. */
typedef int source_fn(struct box *box, struct event *out);

static void keep_last_line(struct box *box, const char *text, size_t len)
{
	const char *end, *start;

	while (len && text[len - 1] == '\n')
		len--;
	end = text + len;
	for (start = end; start > text && start[-1] != '\n'; start--)
		;
	if (start == end)
		return;
	(void)snprintf(box->last_words, sizeof(box->last_words), "%.*s",
		       (int)(end - start), start);
	err_clean_text(box->last_words);
}

static void drain(struct box *box, int *fd, enum log_source source)
{
	char text[4096];
	ssize_t n = read(*fd, text, sizeof(text));

	if (n > 0)
		log_write(&box->log, source, text, (size_t)n);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
		log_end_line(&box->log, source);
		fd_close(fd);
	}
	/* Before the payload runs, the bus speaks for itself. */
	if (n > 0 && (fd == &box->desktop_log ||
		      (fd == &box->bus_log && !box->rec.started_ms)))
		keep_last_line(box, text, (size_t)n);
}

static int on_desktop_log(struct box *box, struct event *out)
{
	(void)out;
	drain(box, &box->desktop_log, LOG_DESKTOP);
	return 0;
}

static int on_bus_log(struct box *box, struct event *out)
{
	(void)out;
	drain(box, &box->bus_log, LOG_BUS);
	return 0;
}

static int on_payload_log(struct box *box, struct event *out)
{
	(void)out;
	drain(box, &box->payload_log, LOG_PAYLOAD);
	return 0;
}

static int on_oom(struct box *box, struct event *out)
{
	(void)out;
	oom_seen(box);
	return 0;
}

/* Whether init's words can be true. It lives inside: what has it in its hands
 * may say anything, and `service` is a number of ours. */
static bool is_sound(const struct init_msg *m)
{
	bool own = m->service == -1 &&
		   (m->type == INIT_UP || m->type == INIT_FAILED);

	return m->version == PLAN_VERSION && m->type >= INIT_UP &&
	       m->type <= INIT_FAILED &&
	       (own || (m->service >= 0 && m->service < PLAN_SERVICES));
}

static int on_control(struct box *box, struct event *out)
{
	ssize_t n = recv(box->control, &out->msg, sizeof(out->msg), 0);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0) {
		fd_close(&box->control); /* PID 1 is ending; see on_init() */
		return 0;
	}
	if (n != (ssize_t)sizeof(out->msg) || !is_sound(&out->msg))
		return 0;
	out->msg.text[sizeof(out->msg.text) - 1] = '\0';
	out->type = EVENT_INIT;
	return 1;
}

static int on_init(struct box *box, struct event *out)
{
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)box->initfd, &info, WEXITED) < 0)
		return 0;
	fd_close(&box->initfd);
	out->type = EVENT_DEAD;
	/* Back to the form of wait(2), which the rest of the world speaks. */
	out->value = info.si_code == CLD_EXITED ? info.si_status << 8 :
						  info.si_status;
	return 1;
}

static int on_client(struct box *box, struct event *out)
{
	struct client_msg msg;

	if (!client_receive(box->client, &msg)) {
		fd_close(&box->client);
		attach_end(box);
		out->type = EVENT_CLIENT_GONE;
		return 1;
	}
	if (msg.type == CLIENT_DETACH) {
		attach_let_go(box);
		return 0;
	}
	out->type = EVENT_CLIENT;
	out->value = msg.value;
	return msg.type == CLIENT_SIGNAL;
}

static int on_attach(struct box *box, struct event *out)
{
	(void)out;
	attach_accept(box);
	return 0;
}

static int on_signal(struct box *box, struct event *out)
{
	struct signalfd_siginfo info;

	if (read(box->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	out->type = EVENT_SIGNAL;
	out->value = (int)info.ssi_signo;
	out->arg = info.ssi_code == SI_QUEUE ? info.ssi_int : 0;
	if (out->value != EVENT_KILL)
		return 1;
	out->type = EVENT_CLIENT;
	out->value = out->arg;
	return out->value > 0;
}

static int on_watcher(struct box *box, struct event *out)
{
	(void)box;
	out->type = EVENT_WATCHER;
	return 1;
}

#define SOURCES 10
/* So many of them, the first ones, the agent writes: unread they fill their
 * pipes, and it waits. */
#define AGENTS 2

static int wait_once(struct box *box, int timeout, struct event *out)
{
	/* In this order: what PID 1 said before it died comes first. */
	const struct {
		int fd;
		source_fn *ready;
	} sources[SOURCES] = {
		{ box->bus_log, on_bus_log },
		{ box->payload_log, on_payload_log },
		{ box->desktop_log, on_desktop_log },
		{ box->oomfd, on_oom },
		{ box->control, on_control },
		{ box->initfd, on_init },
		{ box->watch_report, on_watcher },
		{ box->signals, on_signal },
		{ box->client, on_client },
		{ box->attach, on_attach },
	};
	struct pollfd p[SOURCES];
	int pause = log_pause(&box->log);

	for (int i = 0; i < SOURCES; i++) {
		p[i] = (struct pollfd){ .fd = sources[i].fd, .events = POLLIN };
		if (p[i].fd < 0 || !pause || i >= AGENTS)
			continue;
		p[i].fd = -1;
		timeout = timeout < 0 || timeout > pause ? pause : timeout;
	}
	if (poll(p, SOURCES, timeout) < 0)
		return 0;
	for (int i = 0; i < SOURCES; i++)
		if (p[i].revents && sources[i].ready(box, out))
			return 1;
	return 0;
}

/* More than a pipe can be made to hold (1 MiB, in reads of drain()'s size): a
 * writer that goes on does not keep us. */
#define DRAIN_READS 512

static bool log_readable(const struct box *box)
{
	struct pollfd p[] = {
		{ .fd = box->desktop_log, .events = POLLIN },
		{ .fd = box->bus_log, .events = POLLIN },
		{ .fd = box->payload_log, .events = POLLIN },
	};

	return poll(p, ARRAY_LEN(p), 0) > 0;
}

void event_drain_logs(struct box *box)
{
	struct event none;

	fd_close(&box->desktop_out);
	fd_close(&box->bus_out);
	for (int i = 0; i < DRAIN_READS && log_readable(box); i++) {
		if (box->desktop_log >= 0)
			(void)on_desktop_log(box, &none);
		if (box->bus_log >= 0)
			(void)on_bus_log(box, &none);
		if (box->payload_log >= 0)
			(void)on_payload_log(box, &none);
	}
	log_end_line(&box->log, LOG_DESKTOP);
	log_end_line(&box->log, LOG_BUS);
	log_end_line(&box->log, LOG_PAYLOAD);
}

void event_wait(struct box *box, int64_t deadline, struct event *out)
{
	for (;;) {
		int64_t left = deadline < 0 ? -1 : deadline - clock_ms();
		int timeout = left > 1000000 ? 1000000 : (int)left;

		if (deadline >= 0 && left <= 0) {
			out->type = EVENT_TIMEOUT;
			return;
		}
		timeout = oom_poll(box, timeout);
		if (wait_once(box, timeout, out))
			return;
	}
}
