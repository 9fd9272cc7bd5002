#include "steer/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <png.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"

/* 1280x720, libpng 1.6.39 with zlib 1.2.13, median ms / KB, on a desktop with
 * two terminals and on smooth colours with noise:
 *	level 1 UP  12 / 137   51 / 1606      level 1 NONE  16 / 152   88 / 2510
 *	level 1 SUB 13 / 201   50 / 1596      level 3 UP    13 / 133   93 / 1582
 *	level 3 SUB 13 / 150   95 / 1563      6, adaptive   41 / 132  378 / 1314
 */
#define PNG_LEVEL 1
#define PNG_FILTER PNG_FILTER_UP
#define PNG_BUFFER (256u << 10)

#define SAME_SECOND_MAX 99

/* --- encoding ------------------------------------------------------------ */

struct sink {
	struct buf pending;
	int fd, error; /* negative errno of the write that failed */
	char words[128]; /* libpng's, for any other failure */
};

static void flush_sink(png_structp png)
{
	struct sink *sink = png_get_io_ptr(png);

	sink->error = fd_write_all(sink->fd, sink->pending.data,
				   sink->pending.len);
	sink->pending.len = 0;
	if (sink->error < 0)
		png_error(png, "write");
}

static void on_data(png_structp png, png_bytep data, size_t len)
{
	struct sink *sink = png_get_io_ptr(png);

	buf_add(&sink->pending, data, len);
	if (sink->pending.len >= PNG_BUFFER)
		flush_sink(png);
}

static void on_error(png_structp png, png_const_charp words)
{
	struct sink *sink = png_get_error_ptr(png);

	(void)snprintf(sink->words, sizeof(sink->words), "%s", words);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words)
{
	(void)png;
	(void)words;
}

static void encode_rows(png_structp png, png_infop info,
			const struct pixels *p, unsigned char *row)
{
	png_set_IHDR(png, info, p->width, p->height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_set_compression_level(png, PNG_LEVEL);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER);
	png_set_compression_buffer_size(png, PNG_BUFFER);
	png_write_info(png, info);
	for (uint32_t y = 0; y < p->height; y++) {
		pixels_row(p, y, row);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	flush_sink(png);
}

/* libpng reports errors by longjmp, so nothing that needs an end lives in
 * this frame. Returns -1 when it did. */
static int encode(png_structp png, png_infop info, const struct pixels *p,
		  struct sink *sink, unsigned char *row)
{
	if (setjmp(png_jmpbuf(png)))
		return -1;
	png_set_write_fn(png, sink, on_data, flush_sink);
	encode_rows(png, info, p, row);
	return 0;
}

int picture_write(const struct pixels *p, int fd, const char *name,
		  struct err *err)
{
	CLEANUP_FREE unsigned char *row = mem_zalloc((size_t)p->width * 3);
	struct sink sink = { .fd = fd };
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink,
						  on_error, on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	int rc = info ? encode(png, info, p, &sink, row) : -1;

	png_destroy_write_struct(&png, &info);
	buf_free(&sink.pending);
	if (rc == 0)
		return 0;
	if (sink.error < 0)
		return err_set_errno(err, EXIT_FAILED, "write", name,
				     sink.error);
	return err_set(err, EXIT_FAILED, "write", name, "%s",
		       sink.words[0] ? sink.words : "out of memory");
}

/* --- files --------------------------------------------------------------- */

static int refuse_terminal(int fd, const char *name, struct err *err)
{
	if (!isatty(fd))
		return 0;
	err_set(err, EXIT_USAGE, "write", name, "it is a terminal");
	return err_hint(err, "send it to a file: -o FILE");
}

/* A device, a pipe: what a rename would destroy. */
static int save_special(const struct pixels *p, const char *path,
			struct err *err)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set_errno(err, EXIT_FAILED, "open", path, errno);
	if (refuse_terminal(fd, path, err) < 0)
		return -1;
	return picture_write(p, fd, path, err);
}

static int write_temp(const struct pixels *p, const char *temp,
		      const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 0666);

	if (fd < 0)
		return err_set_errno(err, EXIT_FAILED, "create a file beside",
				     path, errno);
	if (picture_write(p, fd, path, err) < 0)
		return -1;
	/* Some file systems find out only now that there is no space. */
	if (close(take_fd(&fd)) < 0)
		return err_set_errno(err, EXIT_FAILED, "write", path, errno);
	return 0;
}

/* Beside the target, because rename(2) works within one file system. */
static char *temp_name(const char *path)
{
	CLEANUP_FREE char *copy = str_dup(path);

	return str_printf("%s/.steer-%d.png", dirname(copy), getpid());
}

static int save_file(const struct pixels *p, const char *path,
		     unsigned int flags, struct err *err)
{
	CLEANUP_FREE char *temp = temp_name(path);

	/* Left by a process of our number that died half way. */
	(void)unlink(temp);
	if (write_temp(p, temp, path, err) == 0) {
		if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, flags) == 0)
			return 0;
		err_set_errno(err, EXIT_FAILED, "write", path, errno);
	}
	(void)unlink(temp);
	return -1;
}

static int save_named(const struct pixels *p, const char *path,
		      struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return err_set_errno(err, EXIT_FAILED, "write", path,
					     EISDIR);
		if (!S_ISREG(st.st_mode))
			return save_special(p, path, err);
	}
	return save_file(p, path, 0, err);
}

/* Two pictures of one second are two files. */
static int save_new(const struct pixels *p, char **written, struct err *err)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) ||
	    !strftime(stamp, sizeof(stamp), "steer-%Y%m%d-%H%M%S", &tm))
		return err_set(err, EXIT_FAILED, "name the picture", NULL,
			       "the clock is wrong");
	for (int i = 1; i <= SAME_SECOND_MAX; i++) {
		CLEANUP_FREE char *path = i == 1 ?
			str_printf("%s.png", stamp) :
			str_printf("%s-%d.png", stamp, i);

		if (access(path, F_OK) == 0)
			continue;
		if (save_file(p, path, RENAME_NOREPLACE, err) == 0) {
			*written = take_ptr(&path);
			return 0;
		}
		if (access(path, F_OK) != 0)
			return -1;
	}
	return err_set(err, EXIT_FAILED, "name the picture", stamp,
		       "too many of this second");
}

int picture_save(const struct pixels *p, const char *path, char **written,
		 struct err *err)
{
	*written = NULL;
	if (!path)
		return save_new(p, written, err);
	if (str_eq(path, "-")) {
		if (refuse_terminal(1, "-", err) < 0)
			return -1;
		return picture_write(p, 1, "-", err);
	}
	if (save_named(p, path, err) < 0)
		return -1;
	*written = str_dup(path);
	return 0;
}
