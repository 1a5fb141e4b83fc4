/* libFuzzer's two entries; the environment's FUZZ_TARGET names the row. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    const char *name = getenv("FUZZ_TARGET");
    (void)argc;
    target = name ? fuzz_target_named(name) : NULL;
    if (target) return 0;
    fprintf(stderr, "%s: FUZZ_TARGET names none of:", **argv);
    for (size_t i = 0; i < fuzz_target_count; i++) fprintf(stderr, " %s", fuzz_targets[i].name);
    fputc('\n', stderr);
    exit(64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cleanup_free char *bytes = memory_copy_bytes((const char *)data, size);
    target->run(target, bytes, size);
    return 0;
}
