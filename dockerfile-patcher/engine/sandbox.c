#include "dockerfile-patcher/engine/sandbox.h"

#ifdef __SANITIZE_ADDRESS__

bool sandbox_enter(void) { return false; }

#else

#include <sys/prctl.h>

#include <linux/seccomp.h>

#include "common/memory.h"
#include "gen/patch_filter.h"

bool sandbox_enter(void) {
    const struct sock_fprog program = {array_length(patch_filter), (struct sock_filter *)patch_filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
