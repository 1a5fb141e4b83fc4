"""The system calls that appsig-exec makes, and the errors that each is made to answer.

`python -m tests.faults --calls` lists what strace sees; a test fails where a call of it has no row here.
The errors are those of the call's manual page that a kernel or a container's filter can really give, EPERM
and ENOSYS as old container runtimes do among them.
"""

# call: (errors, which of its calls fail as strace counts them: "1+" is every one)
CALLS = {
    "access": ("EACCES ENOENT ELOOP EIO ENOMEM", "1+"),
    "brk": ("ENOMEM", "1+"),
    "chmod": ("EPERM EROFS EIO", "1+"),
    "clone": ("EAGAIN ENOMEM EPERM ENOSYS", "1+"),
    "close": ("EINTR EIO", "1+"),
    "connect": ("EACCES EPERM EADDRNOTAVAIL ECONNREFUSED ENETUNREACH ETIMEDOUT EINTR", "1+"),
    "execve": ("EACCES ENOMEM EAGAIN E2BIG EMFILE ETXTBSY", "1"),
    "fchmod": ("EPERM EROFS EIO", "1+"),
    "fcntl": ("EINVAL EMFILE EPERM", "1+"),
    "fstat": ("EIO ENOMEM", "1+"),
    "getcwd": ("ENOENT EACCES ERANGE ENOMEM", "1+"),
    "getdents64": ("EIO ENOENT", "1+"),
    "geteuid": ("EPERM", "1+"),
    "getpeername": ("ENOTCONN ENOBUFS", "1+"),
    "getpid": ("EPERM", "1+"),
    "getsockname": ("ENOBUFS EBADF", "1+"),
    "getsockopt": ("EPERM ENOPROTOOPT", "1+"),
    "lstat": ("EACCES ENOENT EIO ENOMEM", "1+"),
    "mkdir": ("EACCES EROFS ENOSPC EDQUOT EMLINK", "1+"),
    "mmap": ("ENOMEM EAGAIN", "1+"),
    "munmap": ("EINVAL", "1+"),
    "open": ("EACCES EMFILE ENFILE ENOENT ENOMEM EINTR EPERM", "1+"),
    "pipe2": ("EMFILE ENFILE ENOSYS", "1+"),
    "poll": ("ENOMEM EINTR EINVAL", "1+"),
    "prctl": ("EINVAL EACCES EPERM ENOSYS", "1+"),
    "read": ("EIO EINTR EAGAIN EISDIR", "1+"),
    "readlink": ("EACCES ENOENT EIO", "1+"),
    "recvfrom": ("ECONNRESET ENOMEM EINTR EAGAIN", "1+"),
    "rename": ("EACCES EROFS ENOSPC EXDEV", "1+"),
    "rt_sigaction": ("EINVAL", "1+"),
    "sendto": ("EPIPE ECONNRESET ENOBUFS EINTR EAGAIN", "1+"),
    "setsockopt": ("EPERM ENOPROTOOPT", "1+"),
    "socket": ("EMFILE ENFILE EACCES EAFNOSUPPORT ENOBUFS EPERM", "1+"),
    "stat": ("EACCES ENOENT EIO ENOMEM EOVERFLOW", "1+"),
    "unlink": ("EACCES EROFS EIO", "1+"),
    "wait4": ("EINTR ECHILD", "1+"),
    "write": ("EIO ENOSPC EINTR EAGAIN EPIPE", "1+"),
}

# strace lets go at the exec by which the app begins; of these calls it counts that exec itself.
DETACHES_LATE = {"execve"}

# Calls that cannot fail for this program alone, each with the reason.
EXEMPT = {
    "arch_prctl": "the C library's own start: no program of any kind starts where it fails",
    "set_tid_address": "always succeeds (its manual page names no error)",
    "exit_group": "does not return",
    "exit": "does not return",
    "rt_sigreturn": "does not return",
}
