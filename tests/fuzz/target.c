#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

const struct fuzz_target *fuzz_target_named(const char *name) {
    for (size_t i = 0; i < fuzz_target_count; i++)
        if (strcmp(fuzz_targets[i].name, name) == 0) return &fuzz_targets[i];
    return NULL;
}

void fuzz_holds(bool holds, const struct fuzz_target *target, const char *what) {
    if (holds) return;
    fprintf(stderr, "fuzz: %s: %s\n", target->name, what);
    abort();
}

char **fuzz_words(const char *bytes, size_t length, size_t *count) {
    size_t most = 2;
    for (size_t i = 0; i < length; i++) most += bytes[i] == '\n';
    char **words = memory_allocate(most * sizeof *words + length + 1);
    char *text = (char *)(words + most);
    memcpy(text, bytes, length);
    text[length] = '\0';
    *count = 0;
    for (char *at = text; at < text + length;) {
        words[(*count)++] = at;
        at += strcspn(at, "\n");
        *at++ = '\0';
    }
    words[*count] = NULL;
    return words;
}
