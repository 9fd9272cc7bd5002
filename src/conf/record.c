#include "conf/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/str.h"
#include "conf/ids.h"
#include "conf/profile.h"
#include "conf/record_dir.h"
#include "conf/record_json.h"

#define RECORD_SIZE_MAX (1u << 20)

static int write_in(int dirfd, const struct record *rec, struct err *err)
{
	CLEANUP_FREE char *text = record_json(rec);
	int rc = fd_replace_at(dirfd, STATE_RECORD, text, strlen(text), 0600);

	return rc < 0 ? err_set_errno(err, EXIT_FAILED, "write record of",
				      rec->name, rc) : 0;
}

int record_write(int statefd, const struct record *rec, struct err *err)
{
	CLEANUP_FD int dir = record_open_name(statefd, rec->name, err);

	return dir < 0 ? -1 : write_in(dir, rec, err);
}

static int no_record(const char *name, int errnum, struct err *err)
{
	if (abs(errnum) != ENOENT)
		return err_set_errno(err, EXIT_FAILED, "read record of", name,
				     errnum);
	err_set(err, EXIT_FAILED, "read record of", name,
		"there is none: its start was cut short");
	return err_hint(err, "remove what is left with: sandboxd rm %s", name);
}

static int read_in(int dirfd, const char *name, struct record *out,
		   struct err *err)
{
	CLEANUP_FREE char *text = mem_zalloc(RECORD_SIZE_MAX);
	CLEANUP_FD int fd = openat(dirfd, STATE_RECORD, O_RDONLY | O_CLOEXEC |
				   O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	*out = (struct record){ .exit_code = -1 };
	if (fd < 0)
		return no_record(name, errno, err);
	n = fd_read_all(fd, text, RECORD_SIZE_MAX);
	if (n == RECORD_SIZE_MAX)
		n = -EFBIG;
	if (n < 0)
		return no_record(name, (int)n, err);
	return record_decode(text, (size_t)n, name, out, err);
}

/* Whether the monitor holds its lock: 1, 0, or -1 with the error set. Wants
 * the state directory's lock. */
static int monitor_lives(int dirfd, const char *name, struct err *err)
{
	CLEANUP_FD int lock = record_try_lock(dirfd, name, err);

	if (lock >= 0)
		return 0;
	return err->code == 0 ? 1 : -1;
}

int record_read(int statefd, const char *name, struct record *out,
		struct err *err)
{
	return record_read_open(statefd, name, out, NULL, err);
}

bool record_was_begun(int statefd, const char *name)
{
	struct err none = ERR_INIT;
	CLEANUP_FD int dir = record_open_name(statefd, name, &none);

	return dir >= 0 && faccessat(dir, STATE_RECORD, F_OK,
				     AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_end(int dirfd, const char *name, struct err *err)
{
	int fd = openat(dirfd, STATE_LOCK, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? err_set_errno(err, EXIT_FAILED, "open lock of", name,
				      errno) : fd;
}

int record_read_open(int statefd, const char *name, struct record *out,
		     int *end, struct err *err)
{
	CLEANUP_FD int dir = -1;
	CLEANUP_FD int state = -1;
	CLEANUP_FD int fd = -1;
	int lives;

	*out = (struct record){ .exit_code = -1 };
	/* Under the lock no record is half made. */
	state = record_lock_state(statefd, err);
	if (state < 0)
		return -1;
	dir = record_dir(statefd, name, err);
	if (dir < 0 || read_in(dir, name, out, err) < 0)
		return -1;
	lives = out->state == RECORD_STOPPED ? 1 :
					       monitor_lives(dir, name, err);
	if (lives == 0) {
		out->state = RECORD_LOST;
		/* It went with the monitor, whose pid may be another's now. */
		free(out->rootfs.writable);
		out->rootfs.writable = NULL;
	}
	if (lives < 0 || !end)
		return lives < 0 ? -1 : 0;
	fd = open_end(dir, name, err);
	*end = take_fd(&fd);
	return *end < 0 ? -1 : 0;
}

/* "BASE\n", the first that is written to a lock's file. */
static int write_base(int lock, uint32_t base)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u\n", base);

	return fd_write_all(lock, text, (size_t)n);
}

static int read_base(int dirfd, uint64_t *base)
{
	char text[16] = "";
	CLEANUP_FD int fd = openat(dirfd, STATE_LOCK, O_RDONLY | O_NOFOLLOW |
				   O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_all(fd, text, sizeof(text) - 1);
	size_t len = strcspn(text, "\n");

	if (n < 0 || !text[len])
		return -1;
	text[len] = '\0';
	return parse_number(text, base);
}

int record_write_end(int lock, const struct record *rec)
{
	CLEANUP_FREE char *text = record_json(rec);

	return fd_write_all(lock, text, strlen(text));
}

bool record_read_end(int end, const char *name, struct record *out)
{
	CLEANUP_FREE char *text = mem_zalloc(RECORD_SIZE_MAX);
	struct err err = ERR_INIT;
	ssize_t n = fd_read_all(end, text, RECORD_SIZE_MAX - 1);
	const char *json = n > 0 ? strchr(text, '\n') : NULL;

	*out = (struct record){ .exit_code = -1 };
	return json && record_decode(json, strlen(json), name, out, &err) == 0;
}

static int name_taken(int statefd, const char *name, struct err *err)
{
	CLEANUP_FD int dir = record_open_name(statefd, name, err);
	int lives = dir < 0 ? -1 : monitor_lives(dir, name, err);

	if (lives < 0)
		return -1;
	err_set(err, EXIT_FAILED, "create sandbox", name,
		lives ? "the name is taken by a running one" :
			"the name is taken by one that has ended");
	if (lives)
		return err_hint(err, "choose another name with -n NAME, or "
				"end it with: sandboxd stop %s", name);
	return err_hint(err, "remove it with: sandboxd rm %s", name);
}

/* The range of another sandbox. One whose first record was never written has
 * no range; one whose record is damaged is passed over unless it runs: then its
 * lock's file knows. */
static int take_ids_of(int statefd, const char *name, struct ids_taken *taken,
		       struct err *err)
{
	CLEANUP_FD int dir = record_open_name(statefd, name, err);
	CLEANUP(record_finish) struct record rec = { 0 };
	struct err found = ERR_INIT;
	uint64_t base;
	int lives;

	if (dir < 0)
		return -1;
	if (read_in(dir, name, &rec, &found) == 0) {
		if (rec.id_base)
			ids_take(taken, rec.id_base, ID_RANGE);
		return 0;
	}
	lives = monitor_lives(dir, name, err);
	if (lives <= 0)
		return lives;
	if (read_base(dir, &base) < 0) {
		*err = found;
		return -1;
	}
	ids_take(taken, base, ID_RANGE);
	return 0;
}

static int take_records_ids(int statefd, const char *except,
			    struct ids_taken *taken, struct err *err)
{
	CLEANUP_STRV char **names = NULL;

	if (record_names(statefd, &names, err) < 0)
		return -1;
	for (char **n = names; n && *n; n++)
		if (!str_eq(*n, except) &&
		    take_ids_of(statefd, *n, taken, err) < 0)
			return -1;
	return 0;
}

static int choose_own_ids(int statefd, struct record *rec,
			  const struct record_ranges *own, struct err *err)
{
	uint32_t last = IDS_FIRST + (own->count - 1) * ID_RANGE;
	CLEANUP(ids_free) struct ids_taken taken = { 0 };

	if (take_records_ids(statefd, rec->name, &taken, err) < 0)
		return -1;
	rec->id_base = ids_choose(&taken, last);
	if (!rec->id_base)
		rec->id_base = IDS_FIRST;
	rec->host_uid = own->host_uid + (rec->id_base - IDS_FIRST);
	rec->host_gid = own->host_gid + (rec->id_base - IDS_FIRST);
	return 0;
}

static int choose_ids(int statefd, struct record *rec, struct err *err)
{
	CLEANUP(ids_free) struct ids_taken taken = { 0 };

	if (ids_take_file(&taken, "/etc/subuid", err) < 0 ||
	    ids_take_file(&taken, "/etc/subgid", err) < 0 ||
	    take_records_ids(statefd, rec->name, &taken, err) < 0)
		return -1;
	rec->id_base = ids_choose(&taken, IDS_LAST);
	rec->host_uid = rec->host_gid = rec->id_base;
	if (rec->id_base)
		return 0;
	err_set(err, EXIT_FAILED, "create sandbox", rec->name,
		"no range of %u ids is free from %u to %u", ID_RANGE,
		IDS_FIRST, IDS_LAST + ID_RANGE - 1);
	return err_hint(err, "sandboxd gc; then look at /etc/subuid and "
			"/etc/subgid");
}

/* Fills the new directory of rec->name; returns the monitor's lock. */
static int fill_dir(int statefd, struct record *rec,
		    const struct record_ranges *own, struct err *err)
{
	CLEANUP_FD int dir = record_open_name(statefd, rec->name, err);
	CLEANUP_FD int lock = -1;
	int rc;

	if (dir < 0)
		return -1;
	lock = record_try_lock(dir, rec->name, err);
	if (lock < 0)
		return err->code ? -1 :
		       err_set(err, EXIT_FAILED, "lock sandbox", rec->name,
			       "somebody else holds a new lock");
	if (!rec->created_ms)
		rec->created_ms = clock_unix_ms();
	rc = own ? choose_own_ids(statefd, rec, own, err) :
		   choose_ids(statefd, rec, err);
	if (rc < 0 || write_in(dir, rec, err) < 0)
		return -1;
	rc = write_base(lock, rec->id_base);
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "write lock of",
				     rec->name, rc);
	return take_fd(&lock);
}

static int check_name(const char *name, struct err *err)
{
	if (!profile_name_ok(name))
		return err_set(err, EXIT_USAGE, "create sandbox", name,
			       "expected a name of lower-case letters, digits, "
			       "'_', '.' and '-', at most %d long", NAME_LEN);
	if (str_eq(name, STATE_LOCK))
		return err_set(err, EXIT_USAGE, "create sandbox", name,
			       "the name is kept for the state directory");
	return 0;
}

int record_create(int statefd, struct record *rec,
		  const struct record_ranges *own, struct err *err)
{
	CLEANUP_FD int state = -1;
	int lock;

	if (check_name(rec->name, err) < 0)
		return -1;
	state = record_lock_state(statefd, err);
	if (state < 0)
		return -1;
	if (mkdirat(statefd, rec->name, 0700) < 0) {
		if (errno == EEXIST)
			return name_taken(statefd, rec->name, err);
		return err_set_errno(err, EXIT_FAILED, "create sandbox",
				     rec->name, errno);
	}
	rec->exists = true;
	lock = fill_dir(statefd, rec, own, err);
	/* A remnant is still seen and removable, and the first error counts. */
	if (lock < 0)
		(void)fd_remove_tree_at(statefd, rec->name);
	return lock;
}

int record_remove(int statefd, const char *name, struct err *err)
{
	CLEANUP_FD int state = record_lock_state(statefd, err);
	int rc;

	if (state < 0)
		return -1;
	if (!profile_name_ok(name) || str_eq(name, STATE_LOCK))
		return err_set(err, EXIT_ABSENT, "remove sandbox", name,
			       "there is none of that name");
	rc = fd_remove_tree_at(statefd, name);
	if (rc == -EXDEV || rc == -EBUSY)
		return err_set(err, EXIT_FAILED, "remove sandbox", name,
			       "something is still mounted in its directory");
	if (rc < 0)
		return err_set_errno(err, EXIT_FAILED, "remove sandbox", name,
				     rc);
	return 0;
}

void record_finish(struct record *rec)
{
	if (!rec)
		return;
	free(rec->profile);
	free(rec->user);
	strv_free(rec->settings);
	strv_free(rec->command);
	free(rec->scope);
	free(rec->rootfs.image);
	strv_free(rec->rootfs.layers);
	free(rec->rootfs.writable);
	free(rec->security.device_list);
	free(rec->security.apparmor);
	free(rec->security.selinux);
	strv_free(rec->security.devices);
	strv_free(rec->notes);
	free(rec->detail);
	for (int l = 0; l < LIMITS; l++) {
		free(rec->limits[l].requested_text);
		free(rec->limits[l].effective_text);
	}
	*rec = (struct record){ .exit_code = -1 };
}
