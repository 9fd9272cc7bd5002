#include "steer/xlocks.h"

#include <X11/XKBlib.h>

void xlocks_clear(struct xside *x, struct xlocks *locks)
{
	int opcode, event, error, major = 1, minor = 0;
	XkbStateRec was;

	*locks = (struct xlocks){ 0 };
	locks->known = XkbQueryExtension(x->dpy, &opcode, &event, &error,
					 &major, &minor) &&
		       XkbGetState(x->dpy, XkbUseCoreKbd, &was) == Success;
	if (!locks->known)
		return;
	locks->mods = was.locked_mods;
	locks->group = was.locked_group;
	if (was.locked_mods)
		XkbLockModifiers(x->dpy, XkbUseCoreKbd, 0xff, 0);
	if (was.latched_mods)
		XkbLatchModifiers(x->dpy, XkbUseCoreKbd, 0xff, 0);
	if (was.locked_group)
		XkbLockGroup(x->dpy, XkbUseCoreKbd, 0);
}

void xlocks_restore(struct xside *x, const struct xlocks *locks)
{
	if (!locks->known)
		return;
	if (locks->mods)
		XkbLockModifiers(x->dpy, XkbUseCoreKbd, 0xff, locks->mods);
	if (locks->group)
		XkbLockGroup(x->dpy, XkbUseCoreKbd, locks->group);
}
