/*
 * floor - the least that a start can cost: nothing is checked, recorded,
 * watched or explained. It makes what a sandbox is made of, runs a program
 * once, and takes it down.
 *
 *	floor SKELETON WORK GROUP... -- PROGRAM [ARG...]
 *
 * SKELETON becomes the read-only layer of an overlay whose upper layer is a
 * tmpfs on the directory WORK. GROUP is DIRECTORY,FILE,VALUE...: a group made
 * there, and what is written into its files; the child joins each itself.
 *
 * All eight namespaces; /usr bound read-only; /dev, /proc and a loopback;
 * pivot_root; no capability, a filter of system calls, uid 1000.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GROUPS 8
#define CAPS 41

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const char *skeleton, *work;
static char group[GROUPS][256];
static int join[GROUPS];
static int ngroups;

static void must(long rc, const char *what)
{
	if (rc >= 0)
		return;
	(void)fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd, path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

/* --- groups --------------------------------------------------------------- */

static void make_group(char *spec)
{
	char *dir = group[ngroups], path[400];
	char *word = strtok(spec, ",");

	(void)snprintf(dir, sizeof(group[0]), "%s/floor%d", word, getpid());
	must(mkdir(dir, 0755), dir);
	while ((word = strtok(NULL, ","))) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, word);
		word = strtok(NULL, ",");
		put(path, word);
	}
	/* A task that moves itself alone takes no global lock on version 1;
	 * version 2 has no such file. */
	(void)snprintf(path, sizeof(path), "%s/tasks", dir);
	join[ngroups] = open(path, O_WRONLY | O_CLOEXEC);
	if (join[ngroups] < 0) {
		(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
		join[ngroups] = open(path, O_WRONLY | O_CLOEXEC);
		must(join[ngroups], path);
	}
	ngroups++;
}

/* --- inside --------------------------------------------------------------- */

static void make_root(void)
{
	char options[1024];

	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	must(mount("tmpfs", work, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m"),
	     "upper");
	must(chdir(work), "work");
	must(mkdir("u", 0755), "u");
	must(mkdir("w", 0755), "w");
	must(mkdir("m", 0755), "m");
	(void)snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s/u,"
		       "workdir=%s/w,userxattr", skeleton, work, work);
	must(mount("overlay", "m", "overlay", MS_NOSUID | MS_NODEV, options),
	     "overlay");
	must(chdir("m"), "root");
	must(mount("/usr", "usr", NULL, MS_BIND | MS_REC, NULL), "usr");
	must(mount(NULL, "usr", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY |
		   MS_NOSUID | MS_NODEV, NULL), "usr read-only");
	must(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		   NULL), "proc");
}

static void make_dev(void)
{
	static const char *const nodes[] = { "null", "zero", "full", "random",
					     "urandom", "tty" };
	char from[32];

	must(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
		   "mode=755,size=64k"), "dev");
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		(void)snprintf(from, sizeof(from), "/dev/%s", nodes[i]);
		close(open(from + 1, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
		must(mount(from, from + 1, NULL, MS_BIND, NULL), from);
	}
	must(mkdir("dev/pts", 0755), "pts");
	must(mkdir("dev/shm", 01777), "shm");
	must(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		   "newinstance,ptmxmode=0666,mode=620"), "devpts");
	must(mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		   "size=64m"), "shm");
	must(symlink("pts/ptmx", "dev/ptmx"), "ptmx");
}

static void loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(fd, "socket");
	must(ioctl(fd, SIOCSIFFLAGS, &lo), "lo");
	close(fd);
}

static void drop_privilege(void)
{
	struct sock_filter refuse[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {
		.len = sizeof(refuse) / sizeof(*refuse), .filter = refuse,
	};

	for (int cap = 0; cap < CAPS; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	must(setgroups(0, NULL), "groups");
	must(setresgid(1000, 1000, 1000), "gid");
	must(setresuid(1000, 1000, 1000), "uid");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter),
	     "filter");
}

static void inside(int gate, char **command)
{
	static char *env[] = { "PATH=/usr/bin:/bin", NULL };
	char byte;

	must(read(gate, &byte, 1) == 1 ? 0 : -1, "gate");
	for (int i = 0; i < ngroups; i++)
		must(write(join[i], "0", 1), group[i]);
	must(setresgid(0, 0, 0), "gid 0");
	must(setresuid(0, 0, 0), "uid 0");
	make_root();
	make_dev();
	loopback_up();
	must(sethostname("floor", 5), "host name");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "old root");
	must(chdir("/"), "/");
	drop_privilege();
	execve(command[0], command, env);
	must(-1, command[0]);
}

/* --- outside -------------------------------------------------------------- */

static void map_ids(long pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/setgroups", pid);
	put(path, "allow");
	(void)snprintf(path, sizeof(path), "/proc/%ld/uid_map", pid);
	put(path, "0 1000000 65536");
	(void)snprintf(path, sizeof(path), "/proc/%ld/gid_map", pid);
	put(path, "0 1000000 65536");
}

static int start(char **command)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
			 CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
			 CLONE_NEWCGROUP | CLONE_NEWTIME,
		.exit_signal = SIGCHLD,
	};
	int gate[2], status;
	long pid;

	must(pipe2(gate, O_CLOEXEC), "pipe");
	pid = syscall(SYS_clone3, &args, sizeof(args));
	must(pid, "clone3");
	if (pid == 0)
		inside(gate[0], command);
	map_ids(pid);
	must(write(gate[1], "x", 1), "gate");
	must(waitpid((pid_t)pid, &status, 0), "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

int main(int argc, char **argv)
{
	int i = 3, status;

	if (argc < 5)
		return 2;
	skeleton = argv[1];
	work = argv[2];
	for (; i < argc && strcmp(argv[i], "--") != 0 && ngroups < GROUPS; i++)
		make_group(argv[i]);
	if (i + 1 >= argc)
		return 2;
	status = start(argv + i + 1);
	while (ngroups-- > 0)
		must(rmdir(group[ngroups]), group[ngroups]);
	return status;
}
