#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "box/attach.h"
#include "cmd/cmd.h"
#include "cmd/follow.h"

static const struct opt opts[] = {
	{ 0, "detach-keys", "KEYS", "let go with KEYS, not " CONSOLE_KEYS },
	{ 0 },
};

static int set_option(void *ctx, const struct opt *opt UNUSED,
		      const char *value, struct err *err)
{
	return console_set_keys(ctx, value, err);
}

/* The terminal is raw: a line begins where it is told to. */
static void greet(const struct console *c)
{
	if (c->nkeys && isatty(2))
		(void)fprintf(stderr, PROGRAM ": attached; %s lets go\r\n",
			      c->names);
}

static int show_lent(struct follow *f, struct relay *relay,
		     struct console *console, struct err *err)
{
	if (relay_set_terminal(relay, console, take_fd(&f->master), err) < 0)
		return err->code;
	console_raw();
	greet(console);
	console_redraw(relay->host[1]);
	return follow_to_end(f, relay, err);
}

static int show(struct follow *f, struct console *console, struct err *err)
{
	struct relay relay;
	int code;

	if (relay_open(&relay, false, err) < 0 ||
	    follow_start(f, &relay, err) < 0)
		code = err->code;
	else if (f->signo) /* before the monitor had time for us */
		code = EXIT_SIGNAL + f->signo;
	else
		code = show_lent(f, &relay, console, err);
	relay_close(&relay);
	return code;
}

static int run(int argc, char **argv, struct err *err)
{
	struct console console = { 0 };
	struct follow f = FOLLOW_INIT(NULL);
	CLEANUP_FD int statefd = -1;
	int code = EXIT_LAUNCH, first;

	(void)console_set_keys(&console, CONSOLE_KEYS, err);
	first = cmd_parse(&cmd_attach, argc, argv, 1, 1, set_option, &console,
			  err);
	statefd = first < 0 ? -1 : cmd_state(err);
	if (statefd >= 0) {
		f.name = argv[first];
		f.guest = true;
		f.sock = attach_connect(statefd, f.name, err);
	}
	if (f.sock >= 0)
		code = show(&f, &console, err);
	fd_close(&f.sock);
	return err->code ? cmd_ours(err) : code;
}

const struct cmd cmd_attach = {
	"attach", "NAME", "show the terminal of a running sandbox", opts, run,
};
