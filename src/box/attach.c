#include "box/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "box/client.h"

#define ATTACH_BACKLOG 8

/* Through the directory's descriptor, as sockaddr_un holds 107 bytes only. */
static struct sockaddr_un address(int dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path),
		       "%s/" STATE_ATTACH, fd_path(dir).text);
	return addr;
}

static int listen_in(int dir, int *sock)
{
	struct sockaddr_un addr = address(dir);

	*sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0);
	if (*sock < 0 ||
	    bind(*sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(*sock, ATTACH_BACKLOG) < 0)
		return -errno;
	return 0;
}

int attach_up(struct box *box, struct err *err)
{
	int rc = box->terminal ? listen_in(box->dir, &box->attach) : 0;

	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "make", STATE_ATTACH,
				      rc) : 0;
}

int attach_down(int statefd, struct record *rec, struct err *err)
{
	struct err absent = ERR_INIT;
	CLEANUP_FD int dir = record_dir(statefd, rec->name, &absent);

	if (dir < 0 && absent.code == EXIT_ABSENT)
		return 0;
	if (dir < 0) {
		*err = absent;
		return -1;
	}
	if (unlinkat(dir, STATE_ATTACH, 0) < 0 && errno != ENOENT)
		return err_set_errno(err, EXIT_FAILED, "remove", STATE_ATTACH,
				     errno);
	return 0;
}

/* --- the monitor --------------------------------------------------------- */

static void lend(struct box *box, int fd)
{
	struct client_msg msg = { .type = CLIENT_STARTED };

	box->attached = fd >= 0;
	client_send_fd(box->client, &msg, fd);
}

void attach_end(struct box *box)
{
	box->attached = false;
	if (box->master >= 0 && box->payload_log < 0)
		box->payload_log = fcntl(box->master, F_DUPFD_CLOEXEC, 3);
}

void attach_begin(struct box *box)
{
	bool stays = box->rec.foreground && box->client >= 0;

	lend(box, stays ? box->master : -1);
	if (!box->attached)
		attach_end(box);
}

/* Closing tells the client that the record says so. */
void attach_let_go(struct box *box)
{
	struct err err = ERR_INIT;

	box->rec.foreground = false;
	if (record_write(box->statefd, &box->rec, &err) < 0)
		log_printf(&box->log, "%s: %s", err.what, err.cause);
	log_printf(&box->log, "detached");
	fd_close(&box->client);
	attach_end(box);
}

static void refuse(struct box *box, int sock)
{
	struct client_msg msg = { .type = CLIENT_FAILED };

	(void)err_set(&msg.err, EXIT_FAILED, "attach to", box->rec.name,
		      "another command shows its terminal");
	(void)err_hint(&msg.err, "type the detach keys there first, or end "
			"that command");
	client_send(sock, &msg);
}

void attach_accept(struct box *box)
{
	CLEANUP_FD int sock = accept4(box->attach, NULL, NULL, SOCK_CLOEXEC);

	if (sock < 0)
		return;
	if (box->client >= 0) {
		refuse(box, sock);
		return;
	}
	box->client = take_fd(&sock);
	fd_close(&box->payload_log);
	lend(box, box->master);
}

/* --- the command line ---------------------------------------------------- */

static int check_running(const struct record *rec, struct err *err)
{
	if (rec->state != RECORD_RUNNING && rec->state != RECORD_STOPPING) {
		(void)err_set(err, EXIT_FAILED, "attach to", rec->name,
			      "it is %s", record_state_name(rec->state));
		return err_hint(err,
				"only a running sandbox can be attached to");
	}
	if (!rec->terminal) {
		(void)err_set(err, EXIT_FAILED, "attach to", rec->name,
			      "its program has no terminal");
		return err_hint(err, "start it with 'run -t' to attach later");
	}
	return 0;
}

int attach_connect(int statefd, const char *name, struct err *err)
{
	CLEANUP(record_finish) struct record rec = { 0 };
	CLEANUP_FD int sock = -1;
	CLEANUP_FD int dir = -1;
	struct sockaddr_un addr;

	if (record_read(statefd, name, &rec, err) < 0 ||
	    check_running(&rec, err) < 0)
		return -1;
	dir = record_dir(statefd, name, err);
	if (dir < 0)
		return -1;
	addr = address(dir);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0 ||
	    connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return err_set_errno(err, EXIT_FAILED, "attach to", name,
				     errno);
	return take_fd(&sock);
}
