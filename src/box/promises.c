#include "box/promises.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/str.h"
#include "box/masks.h"
#include "sandboxd/initproto.h"

#define SAFE (ST_NOSUID | ST_NODEV)
#define DATA (SAFE | ST_NOEXEC)

_Static_assert(PROMISES <= PLAN_MOUNTS, "a plan holds all of them");

/* In the order of the table below. */
enum kind { LOCKED, HIDDEN, STATE, NODES, TERMINALS, DATA_ONLY, FILES };

static const struct {
	uint32_t flags;
	const char *paths[4]; /* those that are always there */
} kinds[PROMISES] = {
	[LOCKED] = { ST_RDONLY | SAFE, { NULL } },
	[HIDDEN] = { ST_RDONLY | DATA | PLAN_MOUNT_MASK, { NULL } },
	[STATE] = { ST_RDONLY | DATA, { "/sys", NULL } },
	[NODES] = { ST_RDONLY | ST_NOSUID | ST_NOEXEC, { "/dev", NULL } },
	[TERMINALS] = { ST_NOSUID | ST_NOEXEC, { "/dev/pts", NULL } },
	[DATA_ONLY] = { DATA, { "/proc", "/dev/shm", "/dev/mqueue", NULL } },
	[FILES] = { SAFE, { "/", "/tmp", "/run", NULL } },
};

struct looking {
	int top;
	const char *dir; /* "/proc" */
	char ***paths;
};

/* The kernel of the host is the guest's. */
static int add_if_there(void *ctx, const char *path)
{
	const struct looking *l = ctx;
	struct stat st;

	if (fstatat(l->top, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	strv_take(l->paths, str_printf("%s/%s", l->dir, path));
	return 0;
}

static int add_masks(struct promises *out, const char *dir,
		     const struct mask *masks)
{
	CLEANUP_FD int top = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc = top < 0 ? -errno : 0;

	for (; rc == 0 && masks->path; masks++) {
		bool hide = masks->kind == MASK_HIDE;
		struct looking l = {
			top, dir, &out->of[hide ? HIDDEN : STATE].paths,
		};

		rc = masks_expand(top, masks, add_if_there, &l);
	}
	return rc;
}

int promises_make(struct promises *out, const struct view *view)
{
	int rc;

	for (int k = 0; k < PROMISES; k++) {
		out->of[k].flags = kinds[k].flags;
		for (const char *const *p = kinds[k].paths; *p; p++)
			strv_add(&out->of[k].paths, *p);
	}
	for (size_t i = 0; i < view->count; i++)
		if (view->entries[i].kind == VIEW_BIND)
			strv_add(&out->of[LOCKED].paths,
				 view->entries[i].path);
	rc = add_masks(out, "/proc", masks_proc);
	return rc < 0 ? rc : add_masks(out, "/sys", masks_sys);
}

void promises_finish(struct promises *p)
{
	for (int k = 0; k < PROMISES; k++)
		strv_free(p->of[k].paths);
}
