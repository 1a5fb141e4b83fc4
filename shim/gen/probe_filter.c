/* Build-time program: prints the probe child's seccomp filter as a C header for the architecture in argv[1]. */
#include <sys/socket.h>

#include "common/gen/filter.h"
#include "common/memory.h"

/* Calls that need no look at their arguments. Sources: what libcurl's multi interface and musl's and glibc's malloc,
 * clock and exit do on a connected socket, as strace shows them. */
static const char *const allowed[] = {
    "brk",
    "clock_gettime",
    "clock_nanosleep",
    "close",
    "connect",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "exit",
    "exit_group",
    "fcntl",
    "futex",
    "getpeername",
    "getpid",
    "getrandom",
    "getsockname",
    "getsockopt",
    "gettimeofday",
    "gettid",
    "ioctl",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "nanosleep",
    "pipe2",
    "poll",
    "ppoll",
    "pselect6",
    "read",
    "readv",
    "recvfrom",
    "recvmsg",
    "restart_syscall",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "select",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "sigaltstack",
    "time",
    "write",
    "writev",
};

static void allow_socket(const struct filter *filter, int family) {
    int failure = seccomp_rule_add(filter->context, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
                                   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family),
                                   SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM));
    if (failure != 0) filter_fail("socket", failure);
}

int main(int argc, char **argv) {
    struct filter filter = filter_begin(argc > 1 ? argv[1] : "x86_64", true);
    filter_allow(&filter, allowed, array_length(allowed));
    allow_socket(&filter, AF_INET);
    allow_socket(&filter, AF_INET6);
    filter_print(&filter, "probe_filter", "shim/gen/probe_filter.c");
    return 0;
}
