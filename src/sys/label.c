#include "sys/label.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/str.h"
#include "sys/ns.h"

#define APPARMOR "/sys/kernel/security/apparmor"
#define PROFILES APPARMOR "/profiles"
#define REMOVE APPARMOR "/.remove"

/* The file is there wherever the module is compiled in, and answers where it is
 * in force. */
bool label_has_apparmor(void)
{
	char text[512];

	return fd_read_file_at(AT_FDCWD, "/proc/self/attr/apparmor/current",
			       text, sizeof(text)) == 0;
}

/* Its file system is registered by the module, unless that was switched off as
 * the kernel booted. */
bool label_has_selinux(void)
{
	char text[4096];

	return fd_read_file_at(AT_FDCWD, "/proc/filesystems", text,
			       sizeof(text)) == 0 &&
	       strstr(text, "\tselinuxfs\n");
}

/* A line is "NAME (MODE)", and a name may hold anything. */
int label_mode(const char *profile, char *mode, size_t size)
{
	CLEANUP_FREE char *line = NULL;
	size_t len = strlen(profile), room = 0;
	FILE *f = fopen(PROFILES, "re");
	int rc = -ENOENT;

	if (!f)
		return -errno;
	while (rc < 0 && getline(&line, &room, f) > 0) {
		if (strncmp(line, profile, len) != 0 ||
		    !str_starts(line + len, " ("))
			continue;
		(void)snprintf(mode, size, "%.*s",
			       (int)strcspn(line + len + 2, ")"),
			       line + len + 2);
		rc = 0;
	}
	(void)fclose(f);
	return rc;
}

static _Noreturn void become_parser(const char *parser, int in, int words)
{
	/* No cache: a name is used once. */
	char *argv[] = {
		(char[]){ "apparmor_parser" }, (char[]){ "--replace" },
		(char[]){ "--skip-cache" }, (char[]){ "--quiet" }, NULL,
	};
	char *envp[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	if (dup2(in, 0) == 0 && dup2(words, 1) == 1 && dup2(words, 2) == 2 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve(parser, argv, envp);
	_exit(127);
}

int label_load(const char *parser, const char *text, char *why, size_t size)
{
	CLEANUP_FD int in = fd_sealed_copy("profile", text, strlen(text));
	CLEANUP_FD int words = memfd_create("words", MFD_CLOEXEC);
	ssize_t n;
	int status;
	pid_t pid;

	why[0] = '\0';
	if (in < 0 || words < 0)
		return in < 0 ? in : -errno;
	pid = ns_clone(0, -1);
	if (pid == 0)
		become_parser(parser, in, words);
	if (pid < 0)
		return pid;
	status = ns_wait(pid);
	if (status == 0)
		return 0;
	n = pread(words, why, size - 1, 0);
	why[n > 0 ? n : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	return -EIO;
}

int label_unload(const char *profile)
{
	int rc = fd_write_file_at(AT_FDCWD, REMOVE, profile);

	return rc == -ENOENT ? 0 : rc;
}
