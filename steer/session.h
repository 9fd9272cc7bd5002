/*
 * session.h - the trusted parent's side of a conversation with a display.
 *
 * A session is a child process in the jail (xside.h). Everything asked of it
 * has one deadline; a child that is late is killed, and a display that leaves
 * it waiting "does not answer". When a child is lost after input was sent,
 * another one is started to let go of what may still be pressed.
 */
#ifndef STEER_SESSION_H
#define STEER_SESSION_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "steer/pixels.h"
#include "steer/proto.h"
#include "steer/target.h"

/* Of the X side: enough for libX11 and a mapped screen, not for what a
 * hostile length field asks, nor for events without end, which libxcb keeps
 * while it waits for a reply. It was 73 MiB at most, 64 of them the screen.
 * Sanitizers reserve terabytes. */
#ifdef __SANITIZE_ADDRESS__
#define SESSION_ADDRESS_SPACE RLIM_INFINITY
#else
#define SESSION_ADDRESS_SPACE ((rlim_t)96 << 20)
#endif

struct session {
	const struct target *target;
	char display[TARGET_NAME]; /* what people call it */
	int64_t deadline; /* by clock_ms() */
	pid_t pid;        /* the X side; 0: none */
	int sock, pixels, words;
	int signals;      /* signalfd */
	sigset_t before;  /* signal mask */
	bool input;       /* something may be pressed */
	void *map;        /* pixels, while a picture is open */
	size_t map_size;
};

/* Connects and starts the X side. SIGINT, SIGTERM and SIGHUP are held back
 * from here to session_close() and end a request with err->code EXIT_SIGNAL
 * plus the signal. */
int session_open(struct session *s, const struct target *target,
		 int64_t deadline, struct err *err);

/* Names the display in an error that speaks of it and names nothing. */
void session_blame(const struct session *s, struct err *err);

/* One request, one reply. The reply's text is terminated and its error code
 * known; its picture is not checked. */
int session_call(struct session *s, const struct proto_request *req,
		 struct proto_reply *reply, struct err *err);

/* Time that was asked for, such as a held key's, is not the display's. */
void session_allow(struct session *s, uint64_t ms);

/* A picture of the screen; `out` is good until session_close(). */
int session_capture(struct session *s, struct pixels *out, struct err *err);

/* The windows of clients, the topmost first, with their texts terminated and
 * fit for a terminal. */
struct session_windows {
	struct proto_window *list;
	uint32_t count, total; /* in the list; on the display */
};
int session_windows(struct session *s, struct session_windows *out,
		    struct err *err);
void session_windows_free(struct session_windows *w);

/* Ends the X side but keeps an open picture; signals act again. */
void session_end(struct session *s);

/* Ends all. Safe after any failure, and twice. */
void session_close(struct session *s);

#endif
