#include "box/client.h"

#include <errno.h>
#include <sys/socket.h>

void client_send(int sock, const struct client_msg *msg)
{
	if (sock >= 0)
		(void)!send(sock, msg, sizeof(*msg), MSG_NOSIGNAL);
}

int client_receive(int sock, struct client_msg *msg)
{
	ssize_t n;

	do {
		n = recv(sock, msg, sizeof(*msg), 0);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*msg);
}
