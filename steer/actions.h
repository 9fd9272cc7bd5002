/*
 * actions.h - the functions of the table's rows, for actions.c alone. Each does
 * what steer(1) says of the action of its name.
 */
#ifndef STEER_ACTIONS_H
#define STEER_ACTIONS_H

#include "steer/action.h"

/* action_screen.c */
action_fn action_screenshot, action_size, action_wait;
action_text action_screenshot_text, action_size_text;

/* action_pointer.c */
action_fn action_position, action_move, action_click, action_press;
action_fn action_release, action_drag, action_scroll;
action_text action_position_text;

/* action_keyboard.c */
action_fn action_type, action_key, action_keydown, action_keyup;

/* action_windows.c */
action_fn action_windows, action_focus, action_close;
action_text action_windows_text;

/* For all that only ask and get a yes. */
int action_ask(struct session *s, const struct proto_request *req,
	       struct err *err);

#endif
