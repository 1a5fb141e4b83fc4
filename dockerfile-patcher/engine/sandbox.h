/* The patcher reads other people's files: before it does, it gives up network and exec for good. */
#ifndef PATCH_SANDBOX_H
#define PATCH_SANDBOX_H

#include <stdbool.h>

/* Loads the filter that gen/patch_filter.c made at build time. false: the kernel has no seccomp (the caller goes on
 * and says so at debug). A build with AddressSanitizer loads none, as its leak check needs clone and ptrace. */
bool sandbox_enter(void);

#endif
