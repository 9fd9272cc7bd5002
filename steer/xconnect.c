#include "steer/xconnect.h"

#include <string.h>

#include <xcb/xcb.h>

static int connected = -1;
static const void *cookie;

void xconnect_use(int fd, const void *magic)
{
	connected = fd;
	cookie = magic;
}

/* libX11 finds this definition before that of libxcb: the dynamic linker
 * searches the executable first (ELF gABI, "Shared Object Dependencies"). So
 * XOpenDisplay() takes the connection we hold and looks for no other. */
xcb_connection_t *xcb_connect(const char *name, int *screen)
{
	static char protocol[] = "MIT-MAGIC-COOKIE-1";
	char magic[XCONNECT_COOKIE];
	xcb_auth_info_t auth = {
		.namelen = sizeof(protocol) - 1,
		.name = protocol,
		.datalen = sizeof(magic),
		.data = magic,
	};

	(void)name;
	if (screen)
		*screen = 0;
	if (cookie)
		memcpy(magic, cookie, sizeof(magic));
	return xcb_connect_to_fd(connected, cookie ? &auth : NULL);
}
