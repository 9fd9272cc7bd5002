/*
 * proto.h - what steer's two processes say to each other.
 *
 * The parent is trusted: it read the command line, opened the connection to
 * the X server and will write the picture. The X side speaks X in a jail and
 * is taken to be in the hands of the guest: every field of a reply is checked
 * before it is used.
 *
 * One request, one reply, each one message of fixed size on a SOCK_SEQPACKET
 * pair. The X side says hello with a reply before the first request. Pixels
 * and lists travel in a memfd of fixed size that the parent made.
 */
#ifndef STEER_PROTO_H
#define STEER_PROTO_H

#include <stdint.h>

#include "base/err.h"

/* Larger screens are refused. */
#define PROTO_SIDE_MAX 4096u
#define PROTO_PIXELS ((size_t)PROTO_SIDE_MAX * PROTO_SIDE_MAX * 4)
#define PROTO_TEXT_MAX 1024u /* a longer text goes in several requests */
#define PROTO_CHORD_MAX 8u

/* Buttons have numbers from 1 to this; a bit of 32 for each. */
#define PROTO_BUTTON_MAX 31u

enum proto_type {
	PROTO_SIZE,
	PROTO_CAPTURE,
	PROTO_POSITION,
	PROTO_MOVE,
	PROTO_CLICK,
	PROTO_DRAG,
	PROTO_PRESS,   /* the button stays down when we are gone */
	PROTO_RELEASE, /* the button; 0: every key and button, whoever
			* pressed it */
	PROTO_TYPE,
	PROTO_KEY,
	PROTO_KEYDOWN, /* the keys stay down when we are gone */
	PROTO_KEYUP,
	PROTO_WAIT_STABLE,
	PROTO_WAIT_FOCUS,
	PROTO_WINDOWS,
	PROTO_FOCUS,
	PROTO_CLOSE,
};

struct proto_point {
	int32_t x, y;
};

struct proto_request {
	uint32_t type; /* enum proto_type */
	uint32_t timeout_ms; /* waits, focus, close */
	uint32_t window;     /* focus, close */
	uint32_t positioned; /* click, press, release: `at` is given */
	struct proto_point at, to; /* to: drag */
	uint32_t button, count; /* click: how often */
	uint32_t ms; /* click: between two; drag: from at to to; key: held */
	uint32_t nkeys; /* key: modifiers first; click, drag: held meanwhile */
	uint32_t keys[PROTO_CHORD_MAX]; /* keysyms */
	uint32_t length;
	uint32_t text[PROTO_TEXT_MAX]; /* type: code points */
};

/* Pixels as the server lays them out (X protocol, section 8, "format"). */
struct proto_picture {
	uint32_t width, height;
	uint32_t stride; /* bytes from a row to the next */
	uint32_t bits;   /* bits of a pixel in memory */
	uint32_t msb_first;
	uint32_t red, green, blue; /* masks */
};

/* Where the pointer is and what is held. */
struct proto_position {
	struct proto_point at;
	uint32_t buttons; /* bit N for button N */
	uint32_t window;  /* of a client, under the pointer; 0: none */
};

/* A client's window. The list lies at the start of the memfd, the topmost
 * first. */
#define PROTO_WINDOWS_MAX 256u

#define PROTO_WINDOW_MAPPED 1u
#define PROTO_WINDOW_FOCUSED 2u
#define PROTO_WINDOW_MINIMISED 4u

#define PROTO_DESKTOP_ALL (-1)
#define PROTO_DESKTOP_NONE (-2)

struct proto_area {
	struct proto_point at;
	uint32_t width, height;
};

struct proto_window {
	uint32_t id, flags;
	struct proto_area area, frame; /* on the screen */
	int32_t desktop;
	uint32_t claimed_pid; /* what the client says it is; 0: nothing */
	char class[64], instance[64], title[256];
};

struct proto_list {
	uint32_t count; /* in the memfd */
	uint32_t total; /* on the display */
};

struct proto_reply {
	struct proto_picture picture; /* size: width and height alone */
	struct proto_position position;
	struct proto_list windows;
	struct err err; /* code 0: done */
};

#endif
