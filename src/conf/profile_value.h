/*
 * profile_value.h - one value of a profile: checked, stored, written back.
 * Shared by the file reader and --set; not for other modules.
 */
#ifndef CONF_PROFILE_VALUE_H
#define CONF_PROFILE_VALUE_H

#include "conf/profile.h"

/* rootfs.image: no directory, but this machine's own programs. */
#define IMAGE_HOST "host"

#define PROFILE_SHOWN 160 /* bytes of a bad value that a message repeats */

/* What was being done and to what, for messages. */
struct profile_source {
	const char *what;   /* "read profile" */
	const char *object; /* "agent.ini:12" */
	unsigned int line;  /* of the profile's file; 0: not from there */
};

/* 0 for a section of the list above. */
int profile_check_section(const char *section, const struct profile_source *src,
			  struct err *err);

/* Why `text` may not stand in a profile, or NULL. A terminal that shows it must
 * neither obey it nor show something else than what is meant: UTF-8, and of
 * the controls (base/utf8.h) the tab alone. */
const char *profile_text_fault(const char *text);

/* Checks `value` and puts it in place of what the profile holds, and the line
 * with it. */
int profile_assign(struct profile *p, const char *section, const char *name,
		   const char *value, const struct profile_source *src,
		   struct err *err);

/* Of [env]: any name that is none by which other code would run first. */
int profile_assign_env(struct profile *p, const char *name, const char *value,
		       const struct profile_source *src, struct err *err);

/* Of type PROFILE_IO or PROFILE_HUGEPAGES: splits at commas; each entry is
 * kept as the way back writes it. */
int profile_parse_limits(const struct profile_key *key, const char *value,
			 char ***out);
/* Of type PROFILE_DEVICES. */
int profile_parse_devices(const char *value, char ***out);
/* Of type PROFILE_CPULIST. */
int profile_store_cpus(const char *value, char **field);
/* [limits] and display.memory against each other. */
int profile_check_limits(const struct profile *p, struct err *err);
/* [security]: fills userns, and checks the keys against each other. */
int profile_complete_security(struct profile *p, struct err *err);

/* Says what is wrong with the profile as a whole. Returns -1. */
int profile_bad(const struct profile *p, struct err *err, const char *cause);

#endif
