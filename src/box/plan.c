#include "box/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "box/desktop.h"
#include "box/fence.h"
#include "box/layers.h"
#include "box/limits.h"
#include "box/promises.h"
#include "sandboxd/initproto.h"
#include "sys/seccomp.h"

#define STACK_DEFAULT (8u << 20)

_Static_assert(CGROUP_CONTROLLERS <= PLAN_CGROUPS,
	       "each controller may be in a hierarchy of its own");

static struct plan_header *header(struct buf *b)
{
	return (struct plan_header *)(void *)b->data;
}

static void align(struct buf *b, size_t to)
{
	static const char zeros[16];

	if (b->len % to)
		buf_add(b, zeros, to - b->len % to);
}

static struct plan_strings put_strings(struct buf *b, char *const *v)
{
	struct plan_strings s = { .offset = (uint32_t)b->len };

	for (; v && *v; v++, s.count++)
		buf_add(b, *v, strlen(*v) + 1);
	return s;
}

static struct plan_strings put_string(struct buf *b, const char *text)
{
	struct plan_strings s = { .offset = (uint32_t)b->len, .count = 1 };

	buf_add(b, text, strlen(text) + 1);
	return s;
}

static struct plan_strings put_label(struct buf *b, const char *label)
{
	return label ? put_string(b, label) : (struct plan_strings){ 0 };
}

static struct plan_filter put_filter(struct buf *b, enum seccomp_policy policy)
{
	struct seccomp_filter f;
	struct plan_filter p = { 0 };

	if (policy == SECCOMP_NONE)
		return p;
	f = seccomp_filter(policy);
	p.count = (uint32_t)f.count;
	align(b, 8);
	p.offset = (uint32_t)b->len;
	buf_add(b, f.insns, f.count * sizeof(*f.insns));
	return p;
}

/* One of a kind; the last one counts. */
static void put_rlimit(struct plan_service *s, uint32_t resource,
		       uint64_t soft, uint64_t hard)
{
	uint32_t i = 0;

	while (i < s->nrlimits && s->rlimits[i].resource != resource)
		i++;
	s->nrlimits += i == s->nrlimits;
	s->rlimits[i] = (struct plan_rlimit){
		resource, 0, soft < hard ? soft : hard, hard,
	};
}

/* Half of what the launcher may have. These are counted by user, and for the
 * owner of the user namespaces above as well: an ordinary user's sandboxes take
 * from what is his. */
static void put_half(struct plan_service *s, uint32_t resource)
{
	struct rlimit ours = { 0 };

	(void)getrlimit((__rlimit_resource_t)resource, &ours);
	if (ours.rlim_max != RLIM_INFINITY)
		put_rlimit(s, resource, ours.rlim_max / 2, ours.rlim_max / 2);
}

/* Each there is, so that none is what the caller happened to have. No dump of
 * the desktop; what it may not do at all, nobody may. */
static void put_rlimits(struct plan_service *s)
{
	for (uint32_t r = 0; r < RLIM_NLIMITS; r++)
		put_rlimit(s, r, RLIM_INFINITY, RLIM_INFINITY);
	put_half(s, RLIMIT_MSGQUEUE);
	put_half(s, RLIMIT_SIGPENDING);
	put_rlimit(s, RLIMIT_RTPRIO, 0, 0);
	put_rlimit(s, RLIMIT_NICE, 0, 0);
}

static void limit_desktop(struct plan_service *s)
{
	put_rlimit(s, RLIMIT_NOFILE, PLAN_SERVER_FILES, PLAN_SERVER_FILES);
	put_rlimit(s, RLIMIT_CORE, PLAN_NO_CORE, PLAN_NO_CORE);
	put_rlimit(s, RLIMIT_STACK, STACK_DEFAULT, STACK_DEFAULT);
	put_rlimit(s, RLIMIT_MEMLOCK, 0, 0);
}

static void limit_payload(struct plan_service *s, const struct box *box)
{
	const struct record_limit *l = box->rec.limits;
	uint64_t core = l[LIMIT_CORE].effective;
	uint64_t stack = l[LIMIT_STACK].requested;

	put_rlimit(s, RLIMIT_NOFILE, 1024, l[LIMIT_NOFILE].effective);
	if (core == 0)
		core = PLAN_NO_CORE;
	put_rlimit(s, RLIMIT_CORE, core, core);
	put_rlimit(s, RLIMIT_STACK,
		   stack == PROFILE_UNLIMITED ? STACK_DEFAULT : stack,
		   l[LIMIT_STACK].effective);
	put_rlimit(s, RLIMIT_FSIZE, RLIM_INFINITY, l[LIMIT_FSIZE].effective);
	put_rlimit(s, RLIMIT_MEMLOCK, RLIM_INFINITY,
		   l[LIMIT_MEMLOCK].effective);
}

/* Where no group counts them: each service has a user of its own, and those
 * are counted by user namespace (getrlimit(2), RLIMIT_NPROC). */
static void limit_processes(struct plan_service *s, uint64_t payload)
{
	uint64_t n = s->kind == PLAN_PAYLOAD ? payload : DESKTOP_PIDS;

	if (n != PROFILE_UNLIMITED)
		put_rlimit(s, RLIMIT_NPROC, n, n);
}

static void put_group(struct plan_service *s, const struct box *box,
		      enum box_group g)
{
	s->cgroup2 = box->group[g].tree;
	for (int i = 0; i < PLAN_CGROUPS; i++)
		s->cgroup1[i] = i < box->ntasks[g] ? box->tasks[g][i] : -1;
	s->cgroup_lines = (uint32_t)cgroup_count_lines(&box->group[g]);
	if (!limits_pids_in_group(box))
		limit_processes(s, box->profile->limits.pids);
}

static char **base_env(const struct box *box, const char *user,
		       const char *home)
{
	const struct profile *p = box->profile;
	char **env = NULL;

	strv_add(&env, "PATH=/usr/local/bin:/usr/bin:/bin");
	strv_add(&env, "LANG=C.UTF-8");
	strv_take(&env, str_printf("USER=%s", user));
	strv_take(&env, str_printf("LOGNAME=%s", user));
	strv_take(&env, str_printf("HOME=%s", home));
	strv_take(&env, str_printf("SHELL=%s", layers_shell(box)));
	if (p->display.enabled) {
		strv_take(&env, str_printf("DISPLAY=:%llu",
				(unsigned long long)p->display.number));
		strv_add(&env, "XAUTHORITY=" DESKTOP_AUTH);
		strv_add(&env, "XENVIRONMENT=" DESKTOP_RESOURCES);
	}
	return env;
}

/* The value given last wins; a name stands in an environment once. */
static void override(char ***env, const char *assignment)
{
	size_t len = strcspn(assignment, "=") + 1;

	for (char **e = *env; e && *e; e++)
		if (strncmp(*e, assignment, len) == 0) {
			free(*e);
			*e = str_dup(assignment);
			return;
		}
	strv_add(env, assignment);
}

static char **payload_env(const struct box *box)
{
	const struct profile *p = box->profile;
	char **env = base_env(box, p->sandbox.user, p->sandbox.home);

	if (box->terminal)
		strv_take(&env, str_printf("TERM=%s", box->terminal->type));
	strv_take(&env, str_printf("XDG_RUNTIME_DIR=/run/user/%u", UID_AGENT));
	if (box->bus >= 0)
		strv_take(&env, str_printf(
			"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/%u/"
			DESKTOP_BUS, UID_AGENT));
	for (char **e = p->env; e && *e; e++)
		override(&env, *e);
	return env;
}

/* Common to all. Appends to `b`, so `s` is a copy the caller puts in. */
static struct plan_service service(struct buf *b, const struct box *box,
				   enum plan_kind kind, uint32_t id,
				   enum box_group g, struct plan_filter filter)
{
	struct plan_service s = {
		.kind = kind, .uid = id, .gid = id,
		.stdio = { -1, -1, -1 }, .listen = { -1, -1 },
		.filter = filter,
	};

	put_rlimits(&s);
	put_group(&s, box, g);
	if (s.cgroup_lines)
		s.cgroup_path = put_string(b, g == GROUP_PAYLOAD ?
						      "/" CGROUP_PAYLOAD :
						      "/" CGROUP_DESKTOP);
	return s;
}

/* A program of the desktop; without words there is none. */
static struct plan_service desktop_service(struct buf *b,
					   const struct box *box,
					   enum plan_kind kind, uint32_t id,
					   char *const *argv, char *const *env,
					   struct plan_filter filter)
{
	struct plan_service s =
		service(b, box, kind, id, GROUP_DESKTOP, filter);

	limit_desktop(&s);
	s.argv = put_strings(b, argv);
	s.env = put_strings(b, env);
	s.cwd = put_string(b, "/");
	s.stdio[1] = s.stdio[2] = box->desktop_out;
	s.again = box->profile->display.restart == RESTART_ALWAYS;
	return s;
}

static void put_desktop(struct buf *b, const struct box *box,
			struct plan_filter filter)
{
	const struct profile *p = box->profile;
	uint64_t data = profile_server_memory(p);
	CLEANUP_STRV char **xargv = desktop_xvfb_argv(p);
	CLEANUP_STRV char **kbdargv = desktop_keyboard_argv(p);
	CLEANUP_STRV char **wmargv = desktop_wm_argv(p);
	CLEANUP_STRV char **xenv = base_env(box, "display", "/");
	CLEANUP_STRV char **wmenv = base_env(box, "wm", DESKTOP_WM_HOME);
	CLEANUP_FREE char *name =
		str_printf(DESKTOP_X11_DIR "/X%llu",
			   (unsigned long long)p->display.number);
	struct plan_strings held = put_string(b, name);
	struct plan_service x, kbd, wm;

	x = desktop_service(b, box, PLAN_DISPLAY, UID_DISPLAY, xargv, xenv,
			    filter);
	/* A client's pictures count in the server's memory: what clients ask
	 * of it, it must be able to refuse. */
	put_rlimit(&x, RLIMIT_DATA, data, data);
	x.listen[0] = box->x_guest;
	x.listen[1] = box->x_host;
	kbd = desktop_service(b, box, PLAN_KEYBOARD, UID_WM, kbdargv, wmenv,
			      filter);
	wm = desktop_service(b, box, PLAN_WM, UID_WM, wmargv, wmenv, filter);
	header(b)->held = held;
	header(b)->service[PLAN_DISPLAY] = x;
	header(b)->service[PLAN_KEYBOARD] = kbd;
	header(b)->service[PLAN_WM] = wm;
}

/* In the agent's group: what its programs send holds the bus's memory, and
 * what they have it start is theirs. */
static void put_bus(struct buf *b, const struct box *box,
		    struct plan_filter filter)
{
	CLEANUP_STRV char **argv = desktop_bus_argv(box->profile);
	CLEANUP_STRV char **env = payload_env(box);
	struct plan_service s = service(b, box, PLAN_BUS, UID_AGENT,
					GROUP_PAYLOAD, filter);

	limit_payload(&s, box);
	s.argv = put_strings(b, argv);
	s.env = put_strings(b, env);
	s.cwd = put_string(b, "/");
	s.stdio[1] = s.stdio[2] = box->bus_out;
	s.listen[0] = box->bus;
	s.again = box->profile->display.restart == RESTART_ALWAYS;
	header(b)->service[PLAN_BUS] = s;
}

static void put_payload(struct buf *b, const struct box *box,
			struct plan_filter filter)
{
	const struct profile *p = box->profile;
	CLEANUP_STRV char **env = payload_env(box);
	struct plan_service s = service(b, box, PLAN_PAYLOAD, UID_AGENT,
					GROUP_PAYLOAD, filter);

	limit_payload(&s, box);
	s.argv = put_strings(b, box->rec.command);
	s.env = put_strings(b, env);
	s.cwd = put_string(b, p->sandbox.workdir);
	memcpy(s.stdio, box->stdio, sizeof(s.stdio));
	header(b)->service[PLAN_PAYLOAD] = s;
}

struct filters {
	struct plan_filter init, program, desktop;
};

static struct filters put_filters(struct buf *b, const struct profile *p)
{
	CLEANUP_FREE char *name =
		profile_value(p, profile_find("security", "seccomp"));
	const struct seccomp_stack *stack = seccomp_stack(name);
	struct filters f;

	f.init = put_filter(b, stack->init);
	f.program = put_filter(b, stack->program);
	f.desktop = stack->desktop == stack->program ?
			    f.program :
			    put_filter(b, stack->desktop);
	return f;
}

/* The session bus is the agent's: it starts what the agent's programs ask it
 * to, and so gets their policy, not the desktop's. */
/* What a service must have nothing to do with, and what it cannot shake off. */
static void put_launcher(struct plan_header *h)
{
	struct stat root;

	h->outer_filters = seccomp_own_filters();
	if (stat("/", &root) == 0) {
		h->host_root[0] = root.st_dev;
		h->host_root[1] = root.st_ino;
	}
}

int plan_boot(const struct box *box, const struct view *view, struct buf *out)
{
	const struct profile *p = box->profile;
	struct plan_header zero = { 0 };
	CLEANUP(promises_finish) struct promises promises = { 0 };
	struct plan_mounts mounts[PLAN_MOUNTS] = { 0 };
	struct plan_strings labels[2];
	struct filters filters;
	int rc;

	buf_add(out, &zero, sizeof(zero));
	filters = put_filters(out, p);
	rc = promises_make(&promises, view);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < PROMISES; i++)
		mounts[i] = (struct plan_mounts){
			promises.of[i].flags,
			put_strings(out, promises.of[i].paths),
		};
	labels[0] = put_label(out, box->rec.security.apparmor);
	labels[1] = put_label(out, box->rec.security.selinux);
	for (uint32_t i = 0; i < PLAN_SERVICES; i++)
		header(out)->service[i].kind = i;
	if (p->display.enabled)
		put_desktop(out, box, filters.desktop);
	if (box->bus >= 0)
		put_bus(out, box, filters.program);
	put_payload(out, box, filters.program);
	header(out)->init_filter = filters.init;
	memcpy(header(out)->mounts, mounts, sizeof(mounts));
	memcpy(header(out)->fence, fence_find(p->security.userns)->most,
	       sizeof(header(out)->fence));
	memcpy(header(out)->host_ns, box->host_ns, sizeof(box->host_ns));
	header(out)->id_base = box->rec.id_base;
	put_launcher(header(out));
	header(out)->magic = PLAN_MAGIC;
	header(out)->version = PLAN_VERSION;
	header(out)->landlock = box->rec.security.landlock;
	header(out)->apparmor = labels[0];
	header(out)->selinux = labels[1];
	header(out)->mode = PLAN_BOOT;
	header(out)->nservices = PLAN_SERVICES;
	header(out)->size = (uint32_t)out->len;
	return 0;
}

static int read_plan(int dir, struct buf *out)
{
	CLEANUP_FD int fd =
		openat(dir, PLAN_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP_FREE char *data = mem_zalloc(PLAN_SIZE_MAX);
	const struct plan_header *h = (const void *)data;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fd_read_all(fd, data, PLAN_SIZE_MAX);
	if (n < 0)
		return (int)n;
	if ((size_t)n < sizeof(*h) || h->magic != PLAN_MAGIC ||
	    h->version != PLAN_VERSION || h->size != (size_t)n)
		return -EBADMSG;
	buf_add(out, data, (size_t)n);
	return 0;
}

static uint64_t hash_filter(const struct buf *b, struct plan_filter f,
			    uint64_t hash)
{
	return seccomp_hash(hash, (const void *)(b->data + f.offset), f.count);
}

int plan_walls(int dir, struct plan_walls *out)
{
	CLEANUP_BUF struct buf b = { 0 };
	int rc = read_plan(dir, &b);
	struct plan_filter init, program;

	if (rc < 0)
		return rc;
	init = header(&b)->init_filter;
	program = header(&b)->service[PLAN_PAYLOAD].filter;
	out->instructions[0] = init.count;
	out->instructions[1] = program.count;
	out->hash = hash_filter(&b, program,
				hash_filter(&b, init, SECCOMP_HASH));
	memcpy(out->fence, header(&b)->fence, sizeof(out->fence));
	return 0;
}

/* The environment of the plan but for what begins with `drop`, if that is not
 * NULL; the caller frees. */
static char **read_env(const struct buf *b, const struct plan_strings *s,
		       const char *drop)
{
	const char *p = b->data + s->offset;
	char **env = NULL;

	for (uint32_t i = 0; i < s->count; i++, p += strlen(p) + 1)
		if (!drop || !str_starts(p, drop))
			strv_add(&env, p);
	return env;
}

static void override_with(char ***env, const char *name, const char *value)
{
	CLEANUP_FREE char *entry = str_printf("%s=%s", name, value);

	override(env, entry);
}

static struct plan_strings enter_env(struct buf *b,
				     const struct plan_strings *payload,
				     const struct plan_entry *how)
{
	bool other = how->user->login[0] != '\0';
	CLEANUP_STRV char **env =
		read_env(b, payload, other ? "XDG_RUNTIME_DIR=" : NULL);

	if (other) {
		override_with(&env, "USER", how->user->login);
		override_with(&env, "LOGNAME", how->user->login);
		override_with(&env, "HOME", "/");
	}
	if (how->what->terminal)
		override_with(&env, "TERM", how->what->terminal->type);
	for (char *const *e = how->what->env; e && *e; e++)
		override(&env, *e);
	return put_strings(b, env);
}

int plan_exec(int dir, const char *name, const struct plan_entry *how,
	      struct buf *out, struct err *err)
{
	struct plan_service s;
	int rc = read_plan(dir, out);

	if (rc < 0)
		return err_set_errno(err, EXIT_LAUNCH, "read the plan of", name,
				     rc);
	s = header(out)->service[PLAN_PAYLOAD];
	s.argv = put_strings(out, how->what->command);
	s.env = enter_env(out, &s.env, how);
	if (how->what->workdir)
		s.cwd = put_string(out, how->what->workdir);
	else if (how->user->login[0])
		s.cwd = put_string(out, "/");
	s.uid = how->user->uid;
	s.gid = how->user->gid;
	memcpy(s.stdio, how->stdio, sizeof(s.stdio));
	/* The caller has joined the groups by then. */
	s.cgroup2 = -1;
	for (int i = 0; i < PLAN_CGROUPS; i++)
		s.cgroup1[i] = -1;
	header(out)->service[0] = s;
	header(out)->nservices = 1;
	memcpy(header(out)->own_ns, how->ns, sizeof(header(out)->own_ns));
	put_launcher(header(out));
	header(out)->mode = PLAN_EXEC;
	header(out)->size = (uint32_t)out->len;
	return 0;
}
