/* Build-time program: prints the probe child's seccomp filter as a C header for the architecture in argv[1]. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>

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

static void add(scmp_filter_ctx filter, const char *name) {
    int number = seccomp_syscall_resolve_name(name);
    int failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
    /* a call that the architecture does not have (poll on aarch64) is no failure */
    if (failure != 0 && failure != -EDOM && failure != -EINVAL) {
        fprintf(stderr, "'%s' cannot be allowed: %s\n", name, strerror(-failure));
        exit(1);
    }
}

static void add_socket(scmp_filter_ctx filter, int family) {
    int failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
                                   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family),
                                   SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM));
    if (failure != 0) {
        fprintf(stderr, "'socket' cannot be allowed: %s\n", strerror(-failure));
        exit(1);
    }
}

static void print(FILE *export, const char *architecture) {
    struct sock_filter instruction;
    printf("/* made by libseccomp for %s: see shim/gen/probe_filter.c */\n", architecture);
    printf("#include <linux/filter.h>\nstatic const struct sock_filter probe_filter[] = {\n");
    while (fread(&instruction, sizeof instruction, 1, export) == 1)
        printf("    {0x%04x, %u, %u, 0x%08x},\n", instruction.code, instruction.jt, instruction.jf,
               instruction.k);
    printf("};\n");
}

int main(int argc, char **argv) {
    const char *architecture = argc > 1 ? argv[1] : "x86_64";
    uint32_t token = seccomp_arch_resolve_name(architecture);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    FILE *export = tmpfile();
    if (token == 0 || !filter || !export) {
        fprintf(stderr, "'%s' is not an architecture that libseccomp knows\n", architecture);
        return 1;
    }
    /* a binary tree: the kernel runs the filter once for every call's number when it is loaded */
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0) {
        fprintf(stderr, "this libseccomp makes no binary tree\n");
        return 1;
    }
    if (token != seccomp_arch_native()) {
        seccomp_arch_add(filter, token);
        seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
    }
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) add(filter, allowed[i]);
    add_socket(filter, AF_INET);
    add_socket(filter, AF_INET6);
    if (seccomp_export_bpf(filter, fileno(export)) != 0 || fseek(export, 0, SEEK_SET) != 0) {
        fprintf(stderr, "the filter cannot be exported\n");
        return 1;
    }
    print(export, architecture);
    seccomp_release(filter);
    return 0;
}
