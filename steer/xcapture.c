#include "steer/xside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xcb/shm.h>

#include "base/macros.h"

/* Of one GetImage: keeps what Xlib's buffers hold at a time small. */
#define BAND_BYTES (1u << 20)

static int refuse(struct err *err, const char *cause)
{
	return err_set(err, EXIT_DISPLAY, "read the screen", NULL, "%s", cause);
}

/* How the server lays out a ZPixmap of this depth. */
static int describe(struct xside *x, struct proto_picture *p, struct err *err)
{
	const xcb_setup_t *setup = xcb_get_setup(x->xcb);
	const xcb_format_t *f = xcb_setup_pixmap_formats(setup);
	Visual *visual = DefaultVisual(x->dpy, x->screen);
	int depth = DefaultDepth(x->dpy, x->screen);
	uint32_t pad = 0;

	if (!visual || visual->class != TrueColor)
		return refuse(err, "its visual is not TrueColor");
	for (int i = 0; i < setup->pixmap_formats_len; i++) {
		if (f[i].depth != depth)
			continue;
		p->bits = f[i].bits_per_pixel;
		pad = f[i].scanline_pad;
	}
	if (!pad || !p->bits)
		return refuse(err, "its pixel format is unknown");
	p->stride = (p->width * p->bits + pad - 1) / pad * pad / 8;
	p->msb_first = setup->image_byte_order == XCB_IMAGE_ORDER_MSB_FIRST;
	p->red = (uint32_t)visual->red_mask;
	p->green = (uint32_t)visual->green_mask;
	p->blue = (uint32_t)visual->blue_mask;
	return 0;
}

static bool has_shm(struct xside *x)
{
	CLEANUP_FREE xcb_shm_query_version_reply_t *v = NULL;
	const xcb_query_extension_reply_t *ext =
		xcb_get_extension_data(x->xcb, &xcb_shm_id);

	if (!ext || !ext->present)
		return false;
	v = xcb_shm_query_version_reply(x->xcb, xcb_shm_query_version(x->xcb),
					NULL);
	/* 1.2 brought segments that are passed as descriptors. */
	return v && (v->major_version > 1 ||
		     (v->major_version == 1 && v->minor_version >= 2));
}

/* The server keeps its end of the segment, so one attachment serves all
 * pictures of a session. xcb closes the descriptor that it sends. */
static bool attach(struct xside *x)
{
	CLEANUP_FREE xcb_generic_error_t *error = NULL;
	int fd = x->share;

	x->share = -1;
	if (fd < 0 || !has_shm(x))
		return false;
	x->segment = xcb_generate_id(x->xcb);
	error = xcb_request_check(
		x->xcb, xcb_shm_attach_fd_checked(x->xcb, x->segment, fd, 0));
	if (error)
		x->segment = 0;
	return x->segment != 0;
}

/* The server writes straight into the memfd; our own address space never
 * holds a pixel. False: the other way has to be tried. */
static bool capture_shm(struct xside *x, const struct proto_picture *p)
{
	CLEANUP_FREE xcb_shm_get_image_reply_t *r = NULL;

	if (!x->segment && !attach(x))
		return false;
	r = xcb_shm_get_image_reply(
		x->xcb,
		xcb_shm_get_image(x->xcb, (xcb_drawable_t)x->root, 0, 0,
				  (uint16_t)p->width, (uint16_t)p->height, ~0u,
				  XCB_IMAGE_FORMAT_Z_PIXMAP, x->segment, 0),
		NULL);
	return r && r->size == (uint64_t)p->stride * p->height;
}

static int copy_band(struct xside *x, const struct proto_picture *p,
		     unsigned char *out, uint32_t y, uint32_t rows)
{
	CLEANUP_FREE xcb_get_image_reply_t *r = xcb_get_image_reply(
		x->xcb,
		xcb_get_image(x->xcb, XCB_IMAGE_FORMAT_Z_PIXMAP,
			      (xcb_drawable_t)x->root, 0, (int16_t)y,
			      (uint16_t)p->width, (uint16_t)rows, ~0u),
		NULL);
	size_t want = (size_t)p->stride * rows;

	if (!r || xcb_get_image_data_length(r) < 0 ||
	    (size_t)xcb_get_image_data_length(r) < want)
		return -1;
	memcpy(out + (size_t)y * p->stride, xcb_get_image_data(r), want);
	return 0;
}

static int capture_socket(struct xside *x, const struct proto_picture *p,
			  struct err *err)
{
	size_t size = (size_t)p->stride * p->height;
	uint32_t rows = BAND_BYTES / p->stride + 1;
	unsigned char *out = mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED, x->pixels, 0);
	int rc = 0;

	if (out == MAP_FAILED)
		return refuse(err, "out of memory");
	for (uint32_t y = 0; y < p->height && rc == 0; y += rows) {
		if (rows > p->height - y)
			rows = p->height - y;
		rc = copy_band(x, p, out, y, rows);
	}
	(void)munmap(out, size);
	return rc < 0 ? refuse(err, "it sent no picture") : 0;
}

int xcapture(struct xside *x, struct proto_picture *p, struct err *err)
{
	if (xside_size(x, &p->width, &p->height, err) < 0)
		return -1;
	if (p->width > PROTO_SIDE_MAX || p->height > PROTO_SIDE_MAX)
		return err_set(err, EXIT_FAILED, "read the screen", NULL,
			       "%ux%u is more than %ux%u", p->width, p->height,
			       PROTO_SIDE_MAX, PROTO_SIDE_MAX);
	if (describe(x, p, err) < 0)
		return -1;
	if (!p->stride || (size_t)p->stride * p->height > PROTO_PIXELS)
		return refuse(err, "its size is impossible");
	if (capture_shm(x, p))
		return 0;
	return capture_socket(x, p, err);
}
