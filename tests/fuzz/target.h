/* What is fuzzed, a row for each scanner, parser and format. One driver runs the rows of a program: runner.c with a fixed
 * seed (`make test-fuzz`), libfuzzer.c with libFuzzer's choice of inputs (`make fuzz`). */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>

struct fuzz_target {
    const char *name;
    const char *
        seeds; /* fnmatch(3) patterns of files below tests/, parted by blanks; corpus/NAME/ comes by itself */
    const void *context; /* the row's own */

    /* Tries one input: any bytes, bytes[length] is NUL. What does not hold is told to fuzz_holds. */
    void (*run)(const struct fuzz_target *target, const char *bytes, size_t length);
};

/* The rows of the program that is linked. */
extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

const struct fuzz_target *fuzz_target_named(const char *name);

/* Ends the process by SIGABRT where it does not hold. */
void fuzz_holds(bool holds, const struct fuzz_target *target, const char *what);

/* The text as words parted by newlines, a NULL behind the last: what a program gets as argv. Owned by the caller, as one
 * piece: free it. */
char **fuzz_words(const char *bytes, size_t length, size_t *count);

#endif
