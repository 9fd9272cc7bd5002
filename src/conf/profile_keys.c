#include "conf/limit.h"
#include "conf/lint.h"
#include "conf/profile.h"
#include "conf/profile_value.h"

#define KIB (1ull << 10)
#define MIB (1ull << 20)
#define TIB (1ull << 40)

#define KEY(sect, key)                   \
	.section = #sect, .name = #key,  \
	.offset = offsetof(struct profile, sect.key)

static const char *const images[] = { IMAGE_HOST, NULL };
static const char *const owners[] = {
	[OWNERS_SHIFTED] = "shifted", [OWNERS_NOBODY] = "nobody", NULL
};
static const char *const writables[] = {
	[WRITABLE_TMPFS] = "tmpfs", [WRITABLE_DISK] = "disk", NULL
};
static const char *const depths[] = { "16", "24", "30", NULL };
static const char *const window_managers[] = {
	[WM_NONE] = "none", [WM_FLUXBOX] = "fluxbox", NULL
};
static const char *const restarts[] = {
	[RESTART_NEVER] = "never", [RESTART_ALWAYS] = "always", NULL
};
static const char *const walls[] = { WALL_LANDLOCK, WALL_DEVICES, NULL };
static const char *const network_modes[] = { "none", NULL };
static const char *const seccomp_policies[] = {
	[POLICY_DEFAULT] = "default", [POLICY_STRICT] = "strict",
	[POLICY_BROWSER] = "browser", [POLICY_UNCONFINED] = "unconfined", NULL
};
static const char *const fences[] = {
	USERNS_NONE, USERNS_FENCED, USERNS_FULL, NULL
};

const struct profile_section profile_sections[] = {
	{ "sandbox", NULL, "the program, and who runs it" },
	{ "rootfs", NULL, "what it sees as its disk" },
	{ "display", NULL, "its desktop" },
	{ "limits", NULL, "what it may use of the machine" },
	{ "network", NULL, "what it may reach" },
	{ "security", NULL, "the walls around it" },
	{ "env", "NAME = value",
	  "variables of the program's environment; one pair of double quotes "
	  "around a value keeps its blanks" },
	{ .name = NULL },
};

const struct profile_key profile_keys[] = {
	{ KEY(sandbox, name), .type = PROFILE_NAME,
	  .help = "name of the sandbox; by default that of the file" },
	{ KEY(sandbox, command), .type = PROFILE_WORDS,
	  .help = "program and arguments; quotes as in sh, no expansion" },
	{ KEY(sandbox, hostname), .type = PROFILE_NAME,
	  .help = "host name inside; by default the sandbox's name" },
	{ KEY(sandbox, user), .type = PROFILE_STRING, .fallback = "agent",
	  .help = "login name of the agent inside" },
	{ KEY(sandbox, workdir), .type = PROFILE_PATH,
	  .help = "directory the command starts in; by default home" },
	{ KEY(sandbox, home), .type = PROFILE_PATH,
	  .help = "home directory inside; by default /home/USER" },
	{ KEY(sandbox, timeout), .type = PROFILE_TIME, .fallback = "none",
	  .min = 1, .max = PROFILE_UNLIMITED,
	  .help = "time that the command may run; then it is stopped" },
	{ KEY(sandbox, stop_timeout), .type = PROFILE_TIME, .fallback = "10s",
	  .min = 0, .max = 3600 * 1000,
	  .help = "time from SIGTERM to SIGKILL when it is stopped" },

	{ KEY(rootfs, image), .type = PROFILE_DIR, .fallback = IMAGE_HOST,
	  .choices = images,
	  .help = "read-only system: 'host', this machine's, or a directory" },
	{ KEY(rootfs, layers), .type = PROFILE_DIRS,
	  .help = "read-only directories over the image, topmost first" },
	{ KEY(rootfs, owners), .type = PROFILE_CHOICE, .fallback = "shifted",
	  .choices = owners,
	  .help = "who owns directories' files inside: shifted ids, nobody" },
	{ KEY(rootfs, writable), .type = PROFILE_CHOICE, .fallback = "tmpfs",
	  .choices = writables,
	  .help = "where what is written goes: memory, or a disk unlimited" },
	{ KEY(rootfs, size), .type = PROFILE_SIZE, .fallback = "512M",
	  .min = MIB, .max = PROFILE_UNLIMITED,
	  .help = "size of the writable layer" },
	{ KEY(rootfs, inodes), .type = PROFILE_NUMBER, .fallback = "102400",
	  .min = 1, .max = PROFILE_UNLIMITED,
	  .help = "files and directories the writable layer can hold" },

	{ KEY(display, enabled), .type = PROFILE_BOOL, .fallback = "yes",
	  .help = "whether the sandbox has a desktop" },
	{ KEY(display, number), .type = PROFILE_NUMBER, .fallback = "99",
	  .min = 0, .max = 9999,
	  .help = "display number inside: 99 is DISPLAY=:99" },
	{ KEY(display, width), .type = PROFILE_NUMBER, .fallback = "1280",
	  .min = 16, .max = 4096, .help = "width of the screen in pixels" },
	{ KEY(display, height), .type = PROFILE_NUMBER, .fallback = "720",
	  .min = 16, .max = 4096, .help = "height of the screen in pixels" },
	{ KEY(display, depth), .type = PROFILE_NUMBER, .fallback = "24",
	  .min = 16, .max = 30, .choices = depths,
	  .help = "bits of colour per pixel; 30 without fluxbox" },
	{ KEY(display, dpi), .type = PROFILE_NUMBER, .fallback = "96",
	  .min = 24, .max = 600, .help = "dots per inch told to programs" },
	{ KEY(display, keyboard), .type = PROFILE_STRING, .fallback = "us",
	  .help = "XKB layouts, as in 'us' or 'de(nodeadkeys),ru'" },
	{ KEY(display, window_manager), .type = PROFILE_CHOICE,
	  .fallback = "fluxbox", .choices = window_managers,
	  .help = "program that manages the windows" },
	{ KEY(display, glx), .type = PROFILE_BOOL, .fallback = "no",
	  .help = "OpenGL over X; more code in the X server to attack" },
	{ KEY(display, dbus), .type = PROFILE_BOOL, .fallback = "no",
	  .help = "a session bus for the agent's programs" },
	{ KEY(display, memory), .type = PROFILE_SIZE, .fallback = "64M",
	  .min = 16 * MIB, .max = TIB,
	  .help = "part of limits.memory kept for the desktop" },
	{ KEY(display, restart), .type = PROFILE_CHOICE,
	  .fallback = "never", .choices = restarts,
	  .help = "'always' starts anew what of it dies; 'never' ends all" },

	{ KEY(limits, memory), .type = PROFILE_SIZE, .fallback = "unlimited",
	  .min = 16 * MIB, .max = PROFILE_UNLIMITED,
	  .help = "memory of the whole sandbox, its files in memory too" },
	{ KEY(limits, swap), .type = PROFILE_SIZE, .fallback = "0",
	  .min = 0, .max = PROFILE_UNLIMITED,
	  .help = "swap beyond limits.memory" },
	{ KEY(limits, memory_high), .type = PROFILE_SIZE,
	  .fallback = "unlimited", .min = 16 * MIB, .max = PROFILE_UNLIMITED,
	  .help = "memory beyond which it is slowed and made to give back" },
	{ KEY(limits, memory_low), .type = PROFILE_SIZE, .fallback = "0",
	  .min = 0, .max = TIB,
	  .help = "memory that others in need leave it" },
	{ KEY(limits, cpus), .type = PROFILE_CPUS, .fallback = "unlimited",
	  .min = 10, .max = PROFILE_UNLIMITED,
	  .help = "CPU time per time: 1.5 is one and a half CPUs" },
	{ KEY(limits, cpu_weight), .type = PROFILE_NUMBER, .fallback = "100",
	  .min = 1, .max = 10000,
	  .help = "share of busy CPUs beside other sandboxes" },
	{ KEY(limits, cpu_burst), .type = PROFILE_TIME, .fallback = "0ms",
	  .min = 0, .max = 3600 * 1000,
	  .help = "unused time of limits.cpus to be saved, each 100ms" },
	{ KEY(limits, cpuset), .type = PROFILE_CPULIST,
	  .help = "the CPUs it may run on; by default all" },
	{ KEY(limits, pids), .type = PROFILE_NUMBER, .fallback = "512",
	  .min = 1, .max = 4 * MIB,
	  .help = "processes and threads of the program" },
	{ KEY(limits, io), .type = PROFILE_IO,
	  .help = "speed of disks: '/dev/vda rbps=10M wiops=100, ...'" },
	{ KEY(limits, hugepages), .type = PROFILE_HUGEPAGES,
	  .help = "memory in huge pages of each size: '2M=64M, 1G=0'" },
	{ KEY(limits, shm), .type = PROFILE_SIZE, .fallback = "64M",
	  .min = 64 * KIB, .max = TIB, .help = "size of /dev/shm" },
	{ KEY(limits, shm_inodes), .type = PROFILE_NUMBER,
	  .fallback = "65536", .min = 16, .max = 4 * MIB,
	  .help = "files and directories that /dev/shm can hold" },
	{ KEY(limits, tmp), .type = PROFILE_SIZE, .fallback = "256M",
	  .min = 64 * KIB, .max = TIB, .help = "size of /tmp" },
	{ KEY(limits, tmp_inodes), .type = PROFILE_NUMBER,
	  .fallback = "65536", .min = 16, .max = 4 * MIB,
	  .help = "files and directories that /tmp can hold" },
	{ KEY(limits, nofile), .type = PROFILE_NUMBER, .fallback = "4096",
	  .min = 16, .max = MIB, .help = "open files of one process" },
	{ KEY(limits, core), .type = PROFILE_SIZE, .fallback = "0",
	  .min = 0, .max = PROFILE_UNLIMITED,
	  .help = "size of a core dump; 0 is none" },
	{ KEY(limits, fsize), .type = PROFILE_SIZE, .fallback = "unlimited",
	  .min = 64 * KIB, .max = PROFILE_UNLIMITED,
	  .help = "size of a file that a process writes" },
	{ KEY(limits, stack), .type = PROFILE_SIZE, .fallback = "unlimited",
	  .min = 256 * KIB, .max = PROFILE_UNLIMITED,
	  .help = "stack of a process; 8M that it may raise when unlimited" },
	{ KEY(limits, memlock), .type = PROFILE_SIZE, .fallback = "8M",
	  .min = 0, .max = PROFILE_UNLIMITED,
	  .help = "memory that processes may lock against swapping" },
	{ KEY(limits, best_effort), .type = PROFILE_LIST,
	  .choices = limit_names,
	  .help = "limits that may be missing; rootless: for ordinary users" },

	{ KEY(network, mode), .type = PROFILE_CHOICE, .fallback = "none",
	  .choices = network_modes,
	  .help = "'none': a loopback of its own and nothing else" },

	{ KEY(security, accept), .type = PROFILE_LIST, .choices = lint_ids,
	  .help = "rules of 'sandboxd check' that may find something here" },
	{ KEY(security, require), .type = PROFILE_LIST, .choices = walls,
	  .help = "walls without which it must not start" },
	{ KEY(security, seccomp), .type = PROFILE_CHOICE,
	  .fallback = "default", .choices = seccomp_policies,
	  .help = "system calls it may make; 'sandboxd seccomp' lists them" },
	{ KEY(security, userns), .type = PROFILE_STRING, .choices = fences,
	  .help = "user namespaces inside; none, but fenced for browser" },
	{ KEY(security, apparmor), .type = PROFILE_STRING,
	  .help = "AppArmor profile: a loaded one, 'generated', 'unconfined'" },
	{ KEY(security, selinux), .type = PROFILE_STRING,
	  .help = "SELinux context that its programs run in" },
	{ KEY(security, devices), .type = PROFILE_DEVICES,
	  .help = "nodes of the host's /dev that it gets besides" },
	{ .section = NULL },
};
