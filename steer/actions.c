#include "steer/actions.h"

#define DEFAULT_MS 5000
#define WAIT_MS 10000

static const struct opt screenshot_opts[] = {
	{ 'o', "output", "FILE", "where to write it; '-' is standard output" },
	{ 0 },
};

#define BUTTON_OPT \
	{ 'b', "button", "BUTTON", "left, middle, right, back, forward or a " \
	  "number; left unless given" }
#define COUNT_OPT { 'n', "count", "N", "how often: 2 is a double click" }
#define MODIFIERS_OPT \
	{ 'm', "modifiers", "CHORD", "keys to hold meanwhile, such as ctrl" }

static const struct opt click_opts[] = {
	BUTTON_OPT, COUNT_OPT, MODIFIERS_OPT, { 0 },
};

static const struct opt press_opts[] = { BUTTON_OPT, { 0 } };

static const struct opt release_opts[] = {
	{ 'b', "button", "BUTTON", "this one only" }, { 0 },
};

static const struct opt drag_opts[] = {
	BUTTON_OPT, MODIFIERS_OPT,
	{ 'd', "duration", "SECONDS", "how long the way takes; 0.25 unless "
	  "given" },
	{ 0 },
};

static const struct opt scroll_opts[] = { MODIFIERS_OPT, { 0 } };

static const struct opt key_opts[] = {
	{ 'd', "hold", "SECONDS", "how long each chord is held" }, { 0 },
};

/* clang-format off */
#define POINT { "X", ARG_X, 0 }, { "Y", ARG_Y, 0 }
#define MAYBE_POINT { "X", ARG_X, ARG_POINT }, { "Y", ARG_Y, ARG_POINT }
#define SECOND_POINT { "X2", ARG_TO_X, 0 }, { "Y2", ARG_TO_Y, 0 }
#define CHORDS { { "CHORD", ARG_CHORDS, 0 } }

const struct action actions[] = {
	{ "screenshot", NULL, { { 0 } }, screenshot_opts, DEFAULT_MS,
	  action_screenshot, action_screenshot_text,
	  "write a PNG of the screen and print its name" },
	{ "size", "getdisplaygeometry", { { 0 } }, NULL, DEFAULT_MS,
	  action_size, action_size_text, "print the size of the screen" },
	{ "position", "getmouselocation", { { 0 } }, NULL, DEFAULT_MS,
	  action_position, action_position_text,
	  "print where the pointer is and what it holds" },
	{ "move", "mousemove", { POINT }, NULL, DEFAULT_MS,
	  action_move, NULL, "move the pointer" },
	{ "click", NULL, { MAYBE_POINT }, click_opts, DEFAULT_MS,
	  action_click, NULL, "click there, or where the pointer is" },
	{ "press", "mousedown", { MAYBE_POINT }, press_opts, DEFAULT_MS,
	  action_press, NULL, "press a button and leave it down" },
	{ "release", "mouseup", { MAYBE_POINT }, release_opts, DEFAULT_MS,
	  action_release, NULL, "let go of all buttons and keys, or of one" },
	{ "drag", NULL, { POINT, SECOND_POINT }, drag_opts, DEFAULT_MS,
	  action_drag, NULL, "press at one point, release at the other" },
	{ "scroll", NULL, { { "up|down|left|right", ARG_CHOICE, 0 },
	    { "N", ARG_N, ARG_ALONE }, MAYBE_POINT }, scroll_opts,
	  DEFAULT_MS,
	  action_scroll, NULL, "turn a wheel by N steps, 1 unless given" },
	{ "type", NULL, { { "TEXT", ARG_TEXT, 0 } }, NULL, DEFAULT_MS,
	  action_type, NULL, "type text into the window that has the focus" },
	{ "key", NULL, CHORDS, key_opts, DEFAULT_MS,
	  action_key, NULL, "press keys together: ctrl+shift+t, Return, F5" },
	{ "keydown", NULL, CHORDS, NULL, DEFAULT_MS,
	  action_keydown, NULL, "press keys and leave them down" },
	{ "keyup", NULL, CHORDS, NULL, DEFAULT_MS,
	  action_keyup, NULL, "let go of keys" },
	{ "windows", "search", { { 0 } }, NULL, DEFAULT_MS,
	  action_windows, action_windows_text,
	  "list the windows, the topmost first" },
	{ "focus", "windowactivate", { { "WINDOW", ARG_WINDOW, 0 } }, NULL,
	  DEFAULT_MS,
	  action_focus, NULL, "raise a window and give it the keys" },
	{ "close", "windowclose", { { "WINDOW", ARG_WINDOW, 0 } }, NULL,
	  DEFAULT_MS,
	  action_close, NULL, "ask a window to close, and wait until it has" },
	{ "wait", NULL, { { "stable|focus", ARG_CHOICE, 0 } }, NULL, WAIT_MS,
	  action_wait, NULL,
	  "until the screen is still, or a window has the focus" },
	{ 0 },
};
/* clang-format on */
