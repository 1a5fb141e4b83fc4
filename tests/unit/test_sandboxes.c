/* The filters of the probe child and of appsig-patch, tried: each call is made in a child under the filter, and in one
 * without, so that an EPERM is the filter's and nobody else's. */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"
#include "gen/patch_filter.h"
#include "gen/probe_filter.h"
#include "shim/sandbox.h"

/* Words of a call that hold for both programs' libraries; an address is where nothing lies, so that what is let through
 * does no harm. */
struct call {
    const char *shown;
    long number;
    long words[5];
    bool probe; /* it is let through */
    bool patch;
};

#define BAD (-1L) /* a descriptor, a process or an address that is none */

static const struct call calls[] = {
    /* the network */
    {"socket: TCP over IPv4", SYS_socket, {AF_INET, SOCK_STREAM, 0}, true, false},
    {"socket: TCP over IPv6", SYS_socket, {AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0}, true, false},
    {"socket: UDP", SYS_socket, {AF_INET, SOCK_DGRAM, 0}, false, false},
    {"socket: UNIX", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, false, false},
    {"socket: netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, false, false},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, BAD}, false, false},
    {"connect", SYS_connect, {BAD, BAD, 0}, true, false},
    {"sendto", SYS_sendto, {BAD, BAD, 0}, true, false},
    {"recvfrom", SYS_recvfrom, {BAD, BAD, 0}, true, false},
    {"bind", SYS_bind, {BAD, BAD, 0}, false, false},
    {"listen", SYS_listen, {BAD, 1}, false, false},
    {"accept4", SYS_accept4, {BAD, 0, 0, 0}, false, false},
    /* processes */
    {"execve", SYS_execve, {BAD, 0, 0}, false, false},
    {"execveat", SYS_execveat, {BAD, BAD, 0, 0, 0}, false, false},
    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}, false, false},
    {"clone3", SYS_clone3, {BAD, 0}, false, false},
    {"kill", SYS_kill, {BAD, 0}, false, false},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}, false, false},
    {"process_vm_readv", SYS_process_vm_readv, {BAD, 0, 0, 0, 0}, false, false},
    {"prctl", SYS_prctl, {PR_GET_DUMPABLE, 0, 0, 0, 0}, false, false},
    {"setsid", SYS_setsid, {0}, false, false},
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_CORE, 0, 0}, false, false},
    {"setuid", SYS_setuid, {BAD}, false, false},
    /* files */
    {"openat: to read", SYS_openat, {AT_FDCWD, (long)"/", O_RDONLY}, false, true},
    {"openat: to write", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_WRONLY}, false, true},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, BAD, 0}, false, true},
    {"renameat2", SYS_renameat2, {AT_FDCWD, BAD, AT_FDCWD, BAD, 0}, false, true},
    {"mkdirat", SYS_mkdirat, {AT_FDCWD, BAD, 0}, false, true},
    {"fchmodat", SYS_fchmodat, {AT_FDCWD, BAD, 0}, false, true},
    {"getdents64", SYS_getdents64, {BAD, BAD, 0}, false, true},
    {"symlinkat", SYS_symlinkat, {BAD, AT_FDCWD, BAD}, false, false},
    {"memfd_create", SYS_memfd_create, {BAD, 0}, false, false},
    {"inotify_init1", SYS_inotify_init1, {0}, false, false},
    {"sysinfo", SYS_sysinfo, {BAD}, false, true},
    /* what both need */
    {"read", SYS_read, {BAD, BAD, 0}, true, true},
    {"write", SYS_write, {BAD, BAD, 0}, true, true},
    {"close", SYS_close, {BAD}, true, true},
    {"getrandom", SYS_getrandom, {BAD, 0, 0}, true, true},
    {"munmap", SYS_munmap, {1, 1}, true, true},
    {"futex", SYS_futex, {BAD, 1, 0, 0, 0}, true, true},
};

enum { NOT_LOADED = 200 };

static bool no_filter(void) { return true; }

static bool close_patch(void) {
    struct sock_fprog program = {array_length(patch_filter), (struct sock_filter *)patch_filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* The call's errno, 0 where it did what it does; NOT_LOADED where the filter could not be; minus a signal. */
static int outcome(bool (*enter)(void), const struct call *call) {
    const long *words = call->words;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!enter()) _exit(NOT_LOADED);
        long answer = syscall(call->number, words[0], words[1], words[2], words[3], words[4]);
        _exit(answer == -1 ? errno : 0);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void check(const char *name, bool (*enter)(void), const struct call *call, bool passes) {
    int answer = outcome(enter, call);
    if (passes)
        OK(answer != EPERM && answer != NOT_LOADED && answer >= 0, "%s: %s is let through (%d)", name,
           call->shown, answer);
    else
        IS_INT(answer, EPERM, "%s: %s is refused", name, call->shown);
}

int main(void) {
    for (size_t i = 0; i < array_length(calls); i++) {
        int without = outcome(no_filter, &calls[i]);
        OK(without != EPERM && without >= 0, "without a filter %s is not refused (%d)", calls[i].shown,
           without);
        check("probe", sandbox_close, &calls[i], calls[i].probe);
        check("patch", close_patch, &calls[i], calls[i].patch);
    }
    return done_testing();
}
