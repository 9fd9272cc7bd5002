/*
 * profile.h - what a sandbox is given, read from an INI file.
 *
 * The keys are one table in profile_keys.c: section, name, type, field,
 * default, range and a line of help. Reader, --set, `inspect`, the manual and
 * completion all work from it (profile_doc.h).
 */
#ifndef CONF_PROFILE_H
#define CONF_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "conf/limit.h"

/* A size, CPU share or count of this value means "no limit". */
#define PROFILE_UNLIMITED UINT64_MAX

enum profile_owners { OWNERS_SHIFTED, OWNERS_NOBODY };
enum profile_writable { WRITABLE_TMPFS, WRITABLE_DISK };
enum profile_wm { WM_NONE, WM_FLUXBOX };
enum profile_seccomp {
	POLICY_DEFAULT, POLICY_STRICT, POLICY_BROWSER, POLICY_UNCONFINED
};
/* How many namespaces the sandbox's user namespace lets be made in it: none;
 * user, process and network namespaces, a few; as many as the host does. */
#define USERNS_NONE "none"
#define USERNS_FENCED "fenced"
#define USERNS_FULL "full"

enum profile_restart { RESTART_NEVER, RESTART_ALWAYS };

/* Walls that not every host has, as [security] calls them. */
#define WALL_LANDLOCK "landlock"
#define WALL_DEVICES "devices"

struct profile {
	char *path; /* as given, for messages */
	/* What its file sets, and where (profile_line()). */
	struct profile_line {
		char *key; /* "section.key" */
		unsigned int line;
	} *lines;
	size_t nlines;

	struct { /* [sandbox] */
		char *name;     /* default: the file's name without .ini */
		char **command; /* words; shell quoting, no expansion */
		char *hostname; /* default: name */
		char *user;     /* login name of the agent inside */
		char *workdir;  /* default: home */
		char *home;     /* default: /home/USER */
		uint64_t timeout;      /* ms that the command may run */
		uint64_t stop_timeout; /* ms from SIGTERM to SIGKILL */
	} sandbox;
	struct { /* [rootfs] */
		char *image;     /* "host", or a directory */
		char **layers;   /* directories over it, topmost first */
		int owners;      /* enum profile_owners: of image and layers */
		int writable;    /* enum profile_writable */
		uint64_t size;   /* bytes of the writable layer */
		uint64_t inodes;
	} rootfs;
	struct { /* [display] */
		bool enabled;
		uint64_t number; /* :NUMBER */
		uint64_t width, height, depth, dpi;
		char *keyboard;  /* XKB layouts: "us", "de(nodeadkeys),ru" */
		int window_manager; /* enum profile_wm */
		bool glx, dbus;
		uint64_t memory; /* kept from the payload for the desktop */
		int restart;     /* enum profile_restart: when one of it dies */
	} display;
	struct { /* [limits] */
		uint64_t memory, swap; /* bytes */
		uint64_t memory_high, memory_low;
		uint64_t cpus;         /* thousandths of a CPU */
		uint64_t cpu_weight;
		uint64_t cpu_burst;    /* ms */
		char *cpuset;
		uint64_t pids;
		char **io, **hugepages;
		uint64_t shm, tmp;     /* bytes of /dev/shm, /tmp */
		uint64_t shm_inodes, tmp_inodes;
		uint64_t nofile;
		uint64_t core, fsize, stack, memlock; /* bytes */
		char **best_effort;    /* names of limits (conf/limit.h) that
					* may be missing on a host */
	} limits;
	struct { /* [network] */
		int mode; /* 0: none */
	} network;
	struct { /* [security] */
		int seccomp;     /* enum profile_seccomp */
		char *userns;    /* USERNS_*; default: what seccomp implies */
		char **accept;   /* ids of rules (conf/lint.h) */
		char **require;  /* walls of WALL_*, without which no start */
		char *apparmor;  /* a profile's name, "unconfined",
				  * "generated"; NULL: what the launcher has */
		char *selinux;   /* a context; NULL: the same */
		char **devices;  /* nodes beneath /dev (conf/device.h) */
	} security;
	char **env; /* [env]: "NAME=value" */
};

enum profile_type {
	PROFILE_STRING,  /* char * */
	PROFILE_NAME,    /* char *, [a-z0-9][a-z0-9_.-]*, at most NAME_LEN */
	PROFILE_PATH,    /* char *, absolute, no "." or ".." component */
	PROFILE_DIR,     /* char *, "/..."; "./..." or "../..." from where the
			  * profile is; or one of `choices` */
	PROFILE_DIRS,    /* char **, such directories, colons between them */
	PROFILE_WORDS,   /* char **, shell words */
	PROFILE_LIST,    /* char **, comma separated, each one of `choices` */
	PROFILE_CPULIST, /* char *, as cpulist_text() writes it */
	PROFILE_IO,      /* char **, comma separated, each as iolimit_text()
			  * writes it */
	PROFILE_HUGEPAGES, /* char **, comma separated, each "2M=64M" and of
			    * another page size */
	PROFILE_DEVICES, /* char **, comma separated, each beneath /dev and
			  * none twice */
	PROFILE_BOOL,    /* bool: yes/no, true/false, on/off, 1/0 */
	PROFILE_SIZE,    /* uint64_t bytes: 512, 64K, 512M, 2G (1024-based), or
			  * "unlimited" where max is PROFILE_UNLIMITED */
	PROFILE_CPUS,    /* uint64_t thousandths: 1.5, 0.25, "unlimited" */
	PROFILE_TIME,    /* uint64_t ms: 500ms, 10s, 2m, 1h, "none" */
	PROFILE_NUMBER,  /* uint64_t */
	PROFILE_CHOICE,  /* int, index into choices */
};

struct profile_key {
	const char *section, *name;
	enum profile_type type;
	size_t offset;         /* in struct profile */
	const char *fallback;  /* default, as it would be written; NULL: none */
	uint64_t min, max;     /* numbers, sizes, times, CPUs */
	const char *const *choices; /* PROFILE_CHOICE, PROFILE_LIST; of a
				     * string or number all it may be */
	const char *help;      /* one line */
};

/* The table, ended by a key whose section is NULL. [env] is not in it: there
 * any NAME ([A-Za-z_][A-Za-z0-9_]*) is a key, but for those by which loader
 * and shell run other code first (LD_*, BASH_ENV and the like). One pair of
 * double quotes around the whole value keeps its blanks and ';'. */
extern const struct profile_key profile_keys[];

/* One of them, or NULL. */
const struct profile_key *profile_find(const char *section, const char *name);

/* Every section, in the order of the table; ended by one without a name. */
struct profile_section {
	const char *name;
	const char *any;  /* what each line is where any name is a key */
	const char *help; /* one line */
};
extern const struct profile_section profile_sections[];

/* "size"; as `profile keys` calls it. */
const char *profile_type_name(enum profile_type type);

/* What a value of `key` must be, for people: "a size such as 512M or 2G, from
 * 16M to 1T". The caller frees. */
char *profile_expected(const struct profile_key *key);

/* Its least and its largest value as they would be written; false, and
 * nothing set, for types that have no order. The caller frees both. */
bool profile_range(const struct profile_key *key, char **min, char **max);

/* Reads `path` ("-": standard input) into *out, which the caller finishes.
 * Every error names file, line and key, says what was expected, and gives the
 * nearest known name when there is one. EXIT_USAGE, EXIT_FAILED if the file
 * cannot be read. Refused: unknown sections and keys, duplicates, lines of
 * over 1023 bytes, NUL and control characters, an unquoted " ;" or " #" in a
 * value (some readers cut there), a value outside its type or range. Line ends
 * of "\r\n" and a byte order mark are accepted. */
int profile_read(struct profile *out, const char *path, struct err *err);

/* The same of profiles/agent.ini as this program was built with: what to take
 * when nobody names another. */
#define PROFILE_AGENT "agent.ini"
extern const char profile_agent[];
int profile_read_agent(struct profile *out, struct err *err);

/* Applies "section.key=value" (--set). Same checks; replaces. */
int profile_set(struct profile *p, const char *assignment, struct err *err);

/* Puts "NAME=value" in place among *env, whose names are those that [env]
 * takes; the value is taken as it is. EXIT_USAGE. */
int profile_set_env(char ***env, const char *assignment, struct err *err);

/* Fills what depends on other keys (name, hostname, home, workdir, userns),
 * makes relative directories absolute, and checks what no single key can:
 * display memory below limits.memory, and so on. Call once after the last
 * profile_set(). */
int profile_complete(struct profile *p, struct err *err);

/* The line of its file that sets "section.key"; 0 when the value is a default
 * or was set by profile_set(). */
unsigned int profile_line(const struct profile *p, const char *key);

/* Of display.memory, the bytes that the X server may hold: the agent can make
 * it allocate, and it must be refused before it is killed. The rest is for the
 * window manager. */
uint64_t profile_server_memory(const struct profile *p);

/* Whether the image is the host's own programs, not a directory. */
bool profile_image_is_host(const struct profile *p);

/* The value of `key` as it would be written in a profile; the caller frees. */
char *profile_value(const struct profile *p, const struct profile_key *key);
/* All of them, [env] too, as "section.key=value"; the caller frees. */
char **profile_settings(const struct profile *p);

/* A limit in the unit of its key, and one that is a text: NULL when it is not
 * set, else the caller frees. */
uint64_t profile_limit(const struct profile *p, enum limit limit);
char *profile_limit_text(const struct profile *p, enum limit limit);

void profile_finish(struct profile *p); /* NULL-safe; accepts zeroed */

/* True for a well-formed sandbox name. */
bool profile_name_ok(const char *name);

#endif
