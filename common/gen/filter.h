/* What the build-time programs share that print a seccomp filter: a list of calls in, a C array of instructions out. */
#ifndef COMMON_GEN_FILTER_H
#define COMMON_GEN_FILTER_H

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/filter.h>

struct filter {
    scmp_filter_ctx context;
    const char *architecture;
};

static inline void filter_fail(const char *what, int failure) {
    fprintf(stderr, "'%s' %s\n", what, failure ? strerror(-failure) : "cannot be filtered");
    exit(1);
}

/* For an architecture as libseccomp calls it: what is not allowed later answers EPERM. `tree`: the kernel finds a call by
 * halving instead of one by one, which costs it less when the filter is loaded. */
static inline struct filter filter_begin(const char *architecture, bool tree) {
    struct filter filter = {seccomp_init(SCMP_ACT_ERRNO(EPERM)), architecture};
    uint32_t token = seccomp_arch_resolve_name(architecture);
    if (token == 0 || !filter.context) filter_fail(architecture, 0);
    int failure = tree ? seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2) : 0;
    if (failure == 0 && token != seccomp_arch_native()) {
        seccomp_arch_add(filter.context, token);
        failure = seccomp_arch_remove(filter.context, SCMP_ARCH_NATIVE);
    }
    if (failure != 0) filter_fail(architecture, failure);
    return filter;
}

static inline void filter_allow(const struct filter *filter, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int failure =
            seccomp_rule_add(filter->context, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(names[i]), 0);
        /* a call that the architecture does not have (poll on aarch64) is no failure */
        if (failure != 0 && failure != -EDOM && failure != -EINVAL) filter_fail(names[i], failure);
    }
}

/* static const struct sock_filter NAME[], and its end. */
static inline void filter_print(const struct filter *filter, const char *name, const char *source) {
    struct sock_filter instruction;
    FILE *exported = tmpfile();
    if (!exported || seccomp_export_bpf(filter->context, fileno(exported)) != 0 ||
        fseek(exported, 0, SEEK_SET) != 0)
        filter_fail(name, 0);
    printf("/* made by libseccomp for %s: see %s */\n", filter->architecture, source);
    printf("#include <linux/filter.h>\nstatic const struct sock_filter %s[] = {\n", name);
    while (fread(&instruction, sizeof instruction, 1, exported) == 1)
        printf("    {0x%04x, %u, %u, 0x%08x},\n", instruction.code, instruction.jt, instruction.jf,
               instruction.k);
    printf("};\n");
    seccomp_release(filter->context);
}

#endif
