#include "box/client.h"

#include "base/fd.h"

void client_send_fd(int sock, const struct client_msg *msg, int fd)
{
	if (sock >= 0)
		(void)fd_send(sock, msg, sizeof(*msg), fd);
}

void client_send(int sock, const struct client_msg *msg)
{
	client_send_fd(sock, msg, -1);
}

int client_receive_fd(int sock, struct client_msg *msg, int *fd)
{
	if (fd_receive(sock, msg, sizeof(*msg), fd) == (ssize_t)sizeof(*msg))
		return 1;
	fd_close(fd);
	return 0;
}

int client_receive(int sock, struct client_msg *msg)
{
	CLEANUP_FD int fd = -1;

	return client_receive_fd(sock, msg, &fd);
}
