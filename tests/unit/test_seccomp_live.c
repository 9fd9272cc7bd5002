/*
 * Processes load the filters, to see that the kernel reads them as the
 * interpreter does and that programs run under them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macros.h"
#include "sys/seccomp.h"
#include "tests/unit/seccomp_machine.h"

#define CHECK(condition)                                                  \
	do {                                                              \
		if (!(condition)) {                                       \
			fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", \
				__FILE__, __LINE__, #condition, errno);   \
			_exit(1);                                         \
		}                                                         \
	} while (0)

static int in_child(void (*work)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		CHECK(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0); /* no core */
		CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
		work();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Whose filters the children load. */
static const struct seccomp_stack *stack;

static void load_stack(void)
{
	CHECK(seccomp_load(stack->init) == 0);
	CHECK(seccomp_load(stack->program) == 0);
}

/* Once with each stack that has filters. */
static void in_children(void (*work)(void))
{
	for (stack = seccomp_stacks; stack->name; stack++)
		if (stack->whole != SECCOMP_NONE)
			assert_int_equal(in_child(work), 0);
	stack = seccomp_stack("default");
}

/* All that is refused; what is refused is not done, so any call will do. */
static void try_all_refused(void)
{
	const uint64_t none[6] = {0};

	load_stack();
	for (uint32_t nr = 0; nr < 1024; nr++) {
		struct seccomp_data data = call6(nr, none);
		uint32_t action = expected(stack->whole, &data);

		if ((action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
			continue;
		errno = 0;
		CHECK(syscall(nr, 0, 0, 0, 0, 0, 0) == -1);
		CHECK(errno == (int)(action & SECCOMP_RET_DATA));
	}
}

static void the_kernel_refuses_with_the_errno_of_the_table(void **state)
{
	in_children(try_all_refused);
}

static void try_arguments(void)
{
	load_stack();
	CHECK(syscall(SYS_ioctl, 0, TIOCSTI | UINT64_C(1) << 32, "x") == -1);
	CHECK(errno == EPERM);
	CHECK(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) == -1);
	CHECK(errno == EPERM);
	CHECK(unshare(CLONE_NEWNET) == -1 && errno == EPERM);
	CHECK(socket(AF_ALG, SOCK_SEQPACKET, 0) == -1);
	CHECK(errno == EAFNOSUPPORT);
	CHECK(socket(AF_INET, SOCK_STREAM, 262) == -1); /* MPTCP */
	CHECK(errno == EPROTONOSUPPORT);
	CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) == -1 && errno == EPERM);
	CHECK(socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) == -1);
	CHECK(errno == EAFNOSUPPORT);
	CHECK(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) >= 0);
	CHECK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
}

static void the_kernel_looks_at_arguments_as_the_table_does(void **state)
{
	assert_int_equal(in_child(try_arguments), 0);
}

/* The child of a clone that went through ends at once. */
static long try_clone(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		(void)syscall(SYS_exit_group, 0);
	if (pid > 0)
		CHECK(waitpid((pid_t)pid, NULL, 0) == pid);
	return pid;
}

static void try_browser(void)
{
	stack = seccomp_stack("browser");
	load_stack();
	CHECK(try_clone(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET) > 0);
	CHECK(try_clone(CLONE_NEWUSER | CLONE_NEWNS) == -1 && errno == EPERM);
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1 && errno == EPERM);
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWTIME) == -1 && errno == EPERM);
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0);
	CHECK(chroot("/proc/self/fdinfo") == 0);
	CHECK(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) == -1);
	CHECK(errno == EAFNOSUPPORT);
	CHECK(socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == EAFNOSUPPORT);
}

static void a_browser_nests_three_namespaces_and_gets_no_more(void **state)
{
	assert_int_equal(in_child(try_browser), 0);
}

static void *set_flag(void *arg)
{
	*(int *)arg = 1;
	return NULL;
}

static void live_a_little(void)
{
	int flag = 0, status;
	pthread_t thread;
	pid_t pid;

	load_stack();
	CHECK(pthread_create(&thread, NULL, set_flag, &flag) == 0);
	CHECK(pthread_join(thread, NULL) == 0 && flag == 1);
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "test \"$(echo a | cat)\" = a",
		      (char *)NULL);
		_exit(1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static void threads_and_programs_start_under_both_filters(void **state)
{
	in_children(live_a_little);
}

static void call_kexec(void)
{
	load_stack();
	(void)syscall(SYS_kexec_load, 0, 0, 0, 0);
}

static void call_x32(void)
{
	load_stack();
	(void)syscall(SYS_getpid | X32);
}

static void call_i386(void)
{
	long ret = 20; /* getpid there */

	CHECK(signal(SIGSEGV, SIG_DFL) != SIG_ERR); /* the test library's */
	load_stack();
	__asm__ volatile("int $0x80" : "+a"(ret) : : "memory");
}

static void open_in_jail(void)
{
	CHECK(seccomp_load(SECCOMP_JAIL) == 0);
	(void)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
}

static void map_code_in_jail(void)
{
	CHECK(seccomp_load(SECCOMP_JAIL) == 0);
	(void)mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void the_kernel_kills_where_the_table_says_so(void **state)
{
	static void (*const calls[])(void) = {call_kexec, call_x32,
					      open_in_jail, map_code_in_jail};
	int status;

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		status = in_child(calls[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
	/* SIGSEGV: a kernel without the 32-bit entry. */
	status = in_child(call_i386);
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);
}

static void work_in_jail(void)
{
	int fds[2];
	char c;
	void *p;

	CHECK(pipe(fds) == 0);
	CHECK(seccomp_load(SECCOMP_JAIL) == 0);
	CHECK(write(fds[1], "x", 1) == 1 && read(fds[0], &c, 1) == 1);
	CHECK(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && munmap(p, 1 << 20) == 0);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	/* _exit() of the address sanitizer asks for more. */
	(void)syscall(SYS_exit_group, 0);
}

static void the_jail_can_still_read_write_and_map_memory(void **state)
{
	assert_int_equal(in_child(work_in_jail), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_kernel_refuses_with_the_errno_of_the_table),
		cmocka_unit_test(
			the_kernel_looks_at_arguments_as_the_table_does),
		cmocka_unit_test(
			a_browser_nests_three_namespaces_and_gets_no_more),
		cmocka_unit_test(threads_and_programs_start_under_both_filters),
		cmocka_unit_test(the_kernel_kills_where_the_table_says_so),
		cmocka_unit_test(the_jail_can_still_read_write_and_map_memory),
	};

	stack = seccomp_stack("default");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
