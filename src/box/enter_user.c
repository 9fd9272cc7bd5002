#include "box/enter_user.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "sandboxd/layout.h"

#define ID_NOBODY 65534u

/* What runs as one of these could signal, trace or pass for them. */
static const struct {
	uint32_t id;
	const char *whose;
} reserved[] = {
	{ UID_INIT, "the sandbox's init" },
	{ UID_WM, "the window manager" },
	{ UID_DISPLAY, "the X server" },
	{ UID_JAIL, "steer" },
};

static int check_id(const char *text, uint64_t id, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (reserved[i].id == id)
			return err_set(err, EXIT_USAGE, "use as user", text,
				       "id %u belongs to %s", reserved[i].id,
				       reserved[i].whose);
	if (id > ID_NOBODY)
		return err_set(err, EXIT_USAGE, "use as user", text,
			       "an id inside is at most %u", ID_NOBODY);
	return 0;
}

static int parse_id(const char *text, const char *part, uint32_t *out,
		    const char *agent, struct err *err)
{
	uint64_t id;

	if (parse_number(part, &id) < 0) {
		(void)err_set(err, EXIT_USAGE, "use as user", text,
			      "no such user inside");
		return err_hint(err, "'%s', 'nobody', or numbers as UID or "
				"UID:GID", agent);
	}
	*out = (uint32_t)id;
	return check_id(text, id, err);
}

int enter_user_parse(const char *text, const char *agent,
		     struct enter_user *out, struct err *err)
{
	CLEANUP_FREE char *uid = NULL;
	const char *colon;

	*out = (struct enter_user){ UID_AGENT, UID_AGENT, "" };
	if (!text || str_eq(text, agent))
		return 0;
	if (str_eq(text, "nobody")) {
		*out = (struct enter_user){ ID_NOBODY, ID_NOBODY, "nobody" };
		return 0;
	}
	colon = strchr(text, ':');
	uid = str_printf("%.*s", (int)strcspn(text, ":"), text);
	if (parse_id(text, uid, &out->uid, agent, err) < 0)
		return -1;
	out->gid = out->uid;
	(void)snprintf(out->login, sizeof(out->login), "%u", out->uid);
	return colon ? parse_id(text, colon + 1, &out->gid, agent, err) : 0;
}
