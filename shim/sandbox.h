/* The seccomp filter of the probe child: made at build time by libseccomp, loaded by one prctl. */
#ifndef SHIM_SANDBOX_H
#define SHIM_SANDBOX_H

#include <stdbool.h>

/* Restricts this process, for good, to TCP client work on open descriptors and new AF_INET and AF_INET6 sockets. No
 * files, no exec, no fork, no signals to others: these fail with EPERM. False where the kernel does not support it. */
bool sandbox_close(void);

#endif
