#include "steer/watchwm.h"

#include <stdio.h>
#include <string.h>

#include <X11/Xatom.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/opt.h"
#include "base/parse.h"
#include "box/jail.h"
#include "steer/session.h"
#include "steer/xconnect.h"
#include "steer/xside.h"

#define CHECK "_NET_SUPPORTING_WM_CHECK"

struct options {
	uint64_t socket, cookie, report, uid;
};

static const struct opt options_table[] = {
	{ 0, "socket-fd", "N", "connected X socket" },
	{ 0, "cookie-fd", "N", "16 bytes" },
	{ 0, "report-fd", "N", "pipe" },
	{ 0, "uid", "N", "user and group to become" },
	{ 0 },
};

static int report_fd = -1;

static void report(const struct err *err)
{
	char text[sizeof(err->what) + sizeof(err->cause) + 8];
	int n = snprintf(text, sizeof(text), "F%s: %s", err->what, err->cause);

	/* Nobody left to tell when this fails too. */
	(void)fd_write_all(report_fd, text, (size_t)n);
}

static void lost(const char *cause)
{
	struct err err;

	err_set(&err, EXIT_DISPLAY, "talk to the display", NULL, "%s", cause);
	report(&err);
}

static int set(void *ctx, const struct opt *opt, const char *value,
	       struct err *err)
{
	struct options *o = ctx;
	uint64_t *field = opt == &options_table[0] ? &o->socket :
			  opt == &options_table[1] ? &o->cookie :
			  opt == &options_table[2] ? &o->report : &o->uid;

	if (parse_number(value, field) < 0 || *field > INT32_MAX)
		return err_set(err, EXIT_USAGE, "watch-wm", value,
			       "expected a number");
	return 0;
}

static Window check_window(struct xside *x, Window window)
{
	return xproperty_number(x, window, CHECK, XA_WINDOW);
}

static void wait_for_manager(struct xside *x)
{
	XEvent event;

	XSelectInput(x->dpy, x->root, PropertyChangeMask);
	for (;;) {
		Window window = check_window(x, x->root);

		/* The two properties are set one after the other. */
		if (window && window != x->root)
			XSelectInput(x->dpy, window, PropertyChangeMask);
		if (window && check_window(x, window) == window)
			return;
		XNextEvent(x->dpy, &event);
	}
}

static int watch(const struct options *o, struct err *err)
{
	unsigned char cookie[XCONNECT_COOKIE];
	int keep[] = { (int)o->socket, (int)o->report };
	struct jail jail = {
		.uid = (uid_t)o->uid,
		.gid = (gid_t)o->uid,
		.keep = keep,
		.nkeep = ARRAY_LEN(keep),
		.address_space = SESSION_ADDRESS_SPACE,
	};
	struct xside x = { .pixels = -1, .share = -1 };

	if (fd_read_all((int)o->cookie, cookie, sizeof(cookie)) !=
	    (ssize_t)sizeof(cookie))
		return err_set(err, EXIT_FAILED, "read the cookie", NULL,
			       "it is not %zu bytes", sizeof(cookie));
	if (jail_enter(&jail, err) < 0 ||
	    xside_open(&x, (int)o->socket, cookie, lost, err) < 0)
		return -1;
	wait_for_manager(&x);
	return fd_write_all((int)o->report, "R", 1) < 0 ?
	       err_set(err, EXIT_FAILED, "report", NULL, "cannot write") : 0;
}

int watchwm_main(int argc, char **argv)
{
	struct options o = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct err err = ERR_INIT;

	if (opt_parse(options_table, argc, argv, false, set, &o, &err) < 0) {
		err_print(stderr, "steer", &err);
		return err.code;
	}
	if (o.socket > INT32_MAX || o.cookie > INT32_MAX ||
	    o.report > INT32_MAX || o.uid > INT32_MAX)
		return EXIT_USAGE;
	report_fd = (int)o.report;
	if (watch(&o, &err) < 0) {
		report(&err);
		return err.code;
	}
	return EXIT_DONE;
}
