/*
 * vm_init - process 1 of the virtual machine that tests/vm/vm boots.
 *
 * Loads the modules that the initial RAM disk carries, lays a tmpfs overlay
 * over the host's root (shared read-only by virtiofs), mounts the usual file
 * systems with cgroup version 2 as the only one, runs /vm/command with its
 * output on the virtio console, reports the status on the second serial port
 * as "status N", and powers off. Whatever fails on the way is status 125.
 *
 * With vm_systemd it executes systemd instead, which runs the command as a
 * service and this program once more, as "init STATUS", to report it.
 *
 * No controller is enabled for children of the root group: whoever wants one
 * has to do it, as on a machine without an init system's help.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PLAIN (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const struct mount_row {
	const char *source, *target, *type;
	unsigned long flags;
	const char *data;
} rows[] = {
	{ "dev", "/new/dev", "devtmpfs", MS_NOSUID, "mode=755" },
	{ "pts", "/new/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
	  "ptmxmode=666,mode=620,gid=5" },
	{ "shm", "/new/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "proc", "/new/proc", "proc", PLAIN, NULL },
	{ "sys", "/new/sys", "sysfs", PLAIN, NULL },
	{ "security", "/new/sys/kernel/security", "securityfs", PLAIN, NULL },
	{ "run", "/new/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755" },
};

static void report(int status)
{
	int fd = open("/dev/ttyS1", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0) {
		dprintf(fd, "status %d\n", status);
		tcdrain(fd);
		close(fd);
	}
}

static void power_off(int status)
{
	report(status);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void die(const char *what)
{
	dprintf(2, "vm_init: %s: %s\n", what, strerror(errno));
	power_off(125);
}

static void attach(const char *source, const char *target, const char *type,
		   unsigned long flags, const char *data)
{
	if (mkdir(target, 0755) < 0 && errno != EEXIST)
		die(target);
	if (mount(source, target, type, flags, data) < 0)
		die(target);
}

/* /modules/list names files in the order in which they depend. */
static void load_modules(void)
{
	FILE *f = fopen("/modules/list", "re");
	char line[256];
	int fd;

	if (!f)
		die("/modules/list");
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		fd = open(line, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(line);
		if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
			die(line);
		close(fd);
	}
	fclose(f);
}

static void make_path(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			die(path);
		*p = '/';
	}
}

/* What udev or systemd makes elsewhere, and bash's <() wants. */
static void link_descriptors(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/new/dev/fd" },
		{ "/proc/self/fd/0", "/new/dev/stdin" },
		{ "/proc/self/fd/1", "/new/dev/stdout" },
		{ "/proc/self/fd/2", "/new/dev/stderr" },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			die(links[i][1]);
}

static void build_root(void)
{
	const char *tree = getenv("vm_tree");
	char path[4096];

	attach("root", "/lower", "virtiofs", MS_RDONLY, NULL);
	attach("rw", "/rw", "tmpfs", 0, "mode=755,size=50%");
	if (mkdir("/rw/upper", 0755) < 0 || mkdir("/rw/work", 0755) < 0)
		die("/rw");
	attach("root", "/new", "overlay", 0,
	       "lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		attach(rows[i].source, rows[i].target, rows[i].type,
		       rows[i].flags, rows[i].data);
	link_descriptors();
	if (tree) {
		snprintf(path, sizeof(path), "/new%s", tree);
		make_path(path);
		attach("tree", path, "virtiofs", MS_RDONLY, NULL);
	}
	attach("/vm", "/new/run/vm", NULL, MS_BIND, NULL);
	if (getenv("vm_systemd")) {
		make_path((char[]){ "/new/run/systemd/system" });
		attach("/vm/units", "/new/run/systemd/system", NULL, MS_BIND,
		       NULL);
	} else {
		attach("cgroup2", "/new/sys/fs/cgroup", "cgroup2", PLAIN, NULL);
	}
	if (chdir("/new") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0 || chdir("/") < 0)
		die("change root");
}

static void raise_loopback(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &r) < 0)
		die("lo");
	close(fd);
}

/* The port shows up some time after its driver is loaded. */
static int open_console(void)
{
	struct termios t;
	int fd = -1;

	for (int i = 0; i < 1000 && fd < 0; i++) {
		fd = open("/dev/hvc0", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			usleep(10000);
	}
	if (fd < 0 || tcgetattr(fd, &t) < 0)
		die("/dev/hvc0");
	cfmakeraw(&t);
	if (tcsetattr(fd, TCSANOW, &t) < 0)
		die("/dev/hvc0");
	return fd;
}

static pid_t start_command(int console)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = fork();

	if (null < 0 || pid < 0)
		die("fork");
	if (pid)
		return pid;
	setsid();
	dup2(null, 0);
	dup2(console, 1);
	dup2(console, 2);
	execl("/bin/sh", "sh", "/run/vm/command", (char *)NULL);
	_exit(127);
}

/* It mounts control groups itself, with the options that it wants. */
static void become_systemd(void)
{
	execl("/lib/systemd/systemd", "systemd", "--unit=vm.target",
	      "--show-status=0", "--log-target=console", (char *)NULL);
	die("/lib/systemd/systemd");
}

int main(int argc, char **argv)
{
	bool systemd = getenv("vm_systemd") != NULL;
	int console, status = 0;
	pid_t command, pid;

	if (argc > 1) {
		report(atoi(argv[1]));
		return 0;
	}
	attach("dev", "/dev", "devtmpfs", 0, "mode=755");
	attach("proc", "/proc", "proc", PLAIN, NULL);
	load_modules();
	build_root();
	if (sethostname("vm", 2) < 0)
		die("sethostname");
	raise_loopback();
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	console = open_console();
	if (systemd)
		become_systemd();
	command = start_command(console);
	do
		pid = wait(&status);
	while (pid != command);
	tcdrain(console);
	power_off(WIFEXITED(status) ? WEXITSTATUS(status)
				    : 128 + WTERMSIG(status));
}
