/* runner [RUNS [ROW]]: every row of this program, or one, on its seeds, on its corpus, and on RUNS changes of them; TAP on standard output.
 * runner ROW FILE...: those files alone. runner --seeds ROW FOLDER: its seeds, copied into the folder for libFuzzer.
 *
 * The numbers are drawn from a fixed seed: what fails here fails again. An input that ends the process is left behind in
 * build/fuzz/crash-ROW. */
#include <fnmatch.h>
#include <ftw.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/target.h"

enum { MOST_BYTES = 256 * 1024, RUNS = 600 };

struct input {
    char *path;
    char *bytes;
    size_t length;
};

/* nftw and the handlers take no context. */
static struct {
    const struct fuzz_target *target;
    struct input *inputs;
    size_t count;
    const char *bytes; /* being tried */
    size_t length;
} state;

static void leave_input(void) {
    cleanup_free char *path = memory_format("build/fuzz/crash-%s", state.target->name);
    FILE *file = state.bytes ? fopen(path, "wbe") : NULL;
    if (!file) return;
    fwrite(state.bytes, 1, state.length, file);
    fclose(file);
    fprintf(stderr, "fuzz: the input is in %s\n", path);
}

static void on_abort(int number) {
    leave_input();
    signal(number, SIG_DFL);
    raise(number);
}

static bool is_seed(const char *path) {
    cleanup_free char *corpus = memory_format("tests/fuzz/corpus/%s/*", state.target->name);
    if (fnmatch(corpus, path, 0) == 0) return true;
    cleanup_free char *patterns = memory_copy(state.target->seeds);
    char *rest = patterns;
    for (char *pattern; (pattern = strsep(&rest, " "));)
        if (*pattern && fnmatch(pattern, path + strlen("tests/"), 0) == 0) return true;
    return false;
}

static void add_input(const char *path) {
    struct input input = {.path = memory_copy(path)};
    if (files_read(path, MOST_BYTES, &input.bytes, &input.length) != 0) {
        free(input.path);
        return;
    }
    state.inputs = memory_resize(state.inputs, (state.count + 1) * sizeof *state.inputs);
    state.inputs[state.count++] = input;
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status;
    (void)where;
    if (kind == FTW_F && is_seed(path)) add_input(path);
    return 0;
}

/* A folder gives its names in no certain order. */
static int by_path(const void *one, const void *other) {
    return strcmp(((const struct input *)one)->path, ((const struct input *)other)->path);
}

static void gather(const struct fuzz_target *target) {
    state.target = target;
    nftw("tests", visit, 16, FTW_PHYS);
    if (state.count) qsort(state.inputs, state.count, sizeof *state.inputs, by_path);
}

static void drop(void) {
    for (size_t i = 0; i < state.count; i++) {
        free(state.inputs[i].path);
        free(state.inputs[i].bytes);
    }
    free(state.inputs);
    state.inputs = NULL;
    state.count = 0;
}

static void try(const char *bytes, size_t length) {
    state.bytes = bytes;
    state.length = length;
    state.target->run(state.target, bytes, length);
    state.bytes = NULL;
}

static void run(const struct fuzz_target *target, long runs) {
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    gather(target);
    for (size_t i = 0; i < state.count; i++) try(state.inputs[i].bytes, state.inputs[i].length);
    for (long done = 0; done < runs && state.count; done++) {
        const struct input *input = &state.inputs[(size_t)done % state.count];
        const struct input *other = &state.inputs[mutate_below(&random, state.count)];
        struct text changed = {0};
        mutate(&random, input->bytes, input->length, other->bytes, other->length, &changed);
        try(changed.bytes, changed.length);
        text_free(&changed);
    }
}

static int copy_seeds(const struct fuzz_target *target, const char *folder) {
    gather(target);
    for (size_t i = 0; i < state.count; i++) {
        cleanup_free char *path = memory_format("%s/%zu", folder, i);
        FILE *file = fopen(path, "wbe");
        if (!file) return perror(path), 1;
        fwrite(state.inputs[i].bytes, 1, state.inputs[i].length, file);
        fclose(file);
    }
    drop();
    return 0;
}

static int replay(const struct fuzz_target *target, char **paths) {
    state.target = target;
    for (; *paths; paths++) add_input(*paths);
    for (size_t i = 0; i < state.count; i++) try(state.inputs[i].bytes, state.inputs[i].length);
    printf("%zu tried\n", state.count);
    drop();
    return 0;
}

/* All rows, or the named one. */
static int run_rows(long runs, const char *only) {
    int number = 0;
    for (size_t i = 0; i < fuzz_target_count; i++) {
        if (only && strcmp(fuzz_targets[i].name, only) != 0) continue;
        run(&fuzz_targets[i], runs);
        printf("%s %d - %s: %zu seeds, %ld changes of them\n", state.count ? "ok" : "not ok", ++number,
               fuzz_targets[i].name, state.count, runs);
        fflush(stdout);
        drop();
    }
    printf("1..%d\n", number);
    return number ? 0 : 64;
}

int main(int argc, char **argv) {
    long runs = RUNS;
    signal(SIGABRT, on_abort);
    __sanitizer_set_death_callback(leave_input);
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < fuzz_target_count; i++) puts(fuzz_targets[i].name);
        return 0;
    }
    if (argc == 1 || text_to_number(argv[1], 0, 100000000, &runs))
        return run_rows(runs, argc > 2 ? argv[2] : NULL);
    bool seeds = argc == 4 && strcmp(argv[1], "--seeds") == 0;
    const struct fuzz_target *target = argc > 2 ? fuzz_target_named(argv[seeds ? 2 : 1]) : NULL;
    if (target) return seeds ? copy_seeds(target, argv[3]) : replay(target, argv + 2);
    fprintf(stderr, "usage: %s [RUNS [ROW]] | ROW FILE... | --seeds ROW FOLDER | --list\n", argv[0]);
    return 64;
}
