/* Build-time program: prints appsig-patch's seccomp filter as a C header for the architecture in argv[1]. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/filter.h>

/* Files and memory, and nothing else: no socket, no process, no exec, no io_uring. What is not here answers EPERM. */
static const char *const allowed[] = {
    /* reading and walking */
    "access",
    "chdir",
    "close",
    "dup",
    "dup2",
    "dup3",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fcntl",
    "fstat",
    "fstatat64",
    "fstatfs",
    "getcwd",
    "getdents64",
    "lseek",
    "lstat",
    "newfstatat",
    "open",
    "openat",
    "pread64",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "stat",
    "statfs",
    "statx",
    /* writing */
    "chmod",
    "chown",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "fsync",
    "fdatasync",
    "ftruncate",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "pwrite64",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "umask",
    "unlink",
    "unlinkat",
    "write",
    "writev",
    /* the C library */
    "brk",
    "clock_gettime",
    "clock_nanosleep",
    "exit",
    "exit_group",
    "futex",
    "getegid",
    "geteuid",
    "getgid",
    "getpid",
    "getrandom",
    "gettid",
    "gettimeofday",
    "getuid",
    "ioctl",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "nanosleep",
    "poll",
    "ppoll",
    "restart_syscall",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "time",
    "uname",
    /* dying by a signal: abort() */
    "tkill",
    "tgkill",
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

static void print(FILE *exported, const char *architecture) {
    struct sock_filter instruction;
    printf("/* made by libseccomp for %s: see dockerfile-patcher/gen/patch_filter.c */\n", architecture);
    printf("#include <linux/filter.h>\nstatic const struct sock_filter patch_filter[] = {\n");
    while (fread(&instruction, sizeof instruction, 1, exported) == 1)
        printf("    {0x%04x, %u, %u, 0x%08x},\n", instruction.code, instruction.jt, instruction.jf,
               instruction.k);
    printf("};\n");
}

int main(int argc, char **argv) {
    const char *architecture = argc > 1 ? argv[1] : "x86_64";
    uint32_t token = seccomp_arch_resolve_name(architecture);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    FILE *exported = tmpfile();
    if (token == 0 || !filter || !exported) {
        fprintf(stderr, "'%s' is not an architecture that libseccomp knows\n", architecture);
        return 1;
    }
    if (token != seccomp_arch_native()) {
        seccomp_arch_add(filter, token);
        seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
    }
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) add(filter, allowed[i]);
    if (seccomp_export_bpf(filter, fileno(exported)) != 0 || fseek(exported, 0, SEEK_SET) != 0) {
        fprintf(stderr, "the filter cannot be exported\n");
        return 1;
    }
    print(exported, architecture);
    seccomp_release(filter);
    return 0;
}
