/* Every format of appsig-patch, by the one interface that they share: planned, spliced, planned again, taken back. */
#include "tests/fuzz/formats.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/app/shim_source.h"
#include "dockerfile-patcher/engine/apply.h"
#include "dockerfile-patcher/settings.h"

/* No file lies there: what a plan looks for beside the one that is tried is not found. */
#define ROOT "/nonexistent"

/* Answers to all that is asked more often than not: an open question leaves nothing to splice. */
#define ANSWERS                                                                                              \
    "--set=SERVICE_NAME=shop", "--set=PORT=8000", "--set=NETWORK=host", "--set=INSTANCE=all",                \
        "--set=OS=ubuntu", "--set=HOOK=none", "--set=DJANGO_SETTINGS_MODULE=shop.settings",                  \
        "--set=CREATE_ROLE=no", "--set=LAZY_APPS=true", "--set=IMAGE_URI=shop", "--set=APP_NAME=shop",       \
        "--set=DEPENDENCIES=accept", "--set=RUN=none", "--set=ENTRY_POINT=web.py",                           \
        "--set=INSTALL=python3 -m pip install", "--set=KEEP_NORELOAD=remove", "--set=KEEP_POLICY=remove",    \
        ROOT

static char *const shim_way[] = {"appsig-patch", ANSWERS, NULL};
static char *const guide_way[] = {"appsig-patch", "--style=guide", ANSWERS, NULL};
static char *const pinned_way[] = {"appsig-patch", "--style=guide", "--pin", "--create-role", ANSWERS, NULL};
static char *const remove_way[] = {"appsig-patch", "--remove", ANSWERS, NULL};

static const struct way {
    char *const *words;
    bool shim;
} ways[] = {{shim_way, true}, {guide_way, false}, {pinned_way, false}};

static char shim_bytes[] = "\x7f"
                           "ELF, as far as a plan looks at it";
static struct shims shims = {{{"amd64", "/nonexistent/appsig-exec", shim_bytes, sizeof shim_bytes, ""}}, 1};

/* What became of the bytes. `refused`: two edits overlapped, or the result did not read back as meant. */
struct result {
    char *bytes; /* owned */
    size_t length;
    size_t edits; /* that were made: 0 where the file was not understood */
    bool refused;
};

static size_t count_words(char *const *words) {
    size_t count = 0;
    while (words[count]) count++;
    return count;
}

static void check_edits(const struct fuzz_target *target, const struct document *document) {
    for (size_t i = 0; i < document->edits.count; i++) {
        const struct edit *edit = &document->edits.items[i];
        fuzz_holds(edit->begin <= edit->end && edit->end <= document->source.length, target,
                   "an edit lies outside of the bytes");
    }
}

static bool failed_to_verify(const struct unit *unit) {
    for (size_t i = 0; i < unit->findings.count; i++)
        if (unit->findings.items[i].id == FINDING_VERIFY_FAILED) return true;
    return false;
}

static void plan(const struct fuzz_target *target, char *const *words, const struct result *before,
                 struct result *after) {
    const struct fuzz_shape *shape = target->context;
    struct settings settings;
    fuzz_holds(settings_parse(&settings, (int)count_words(words), words, NULL), target, "its words are good");
    settings.shims = &shims;
    settings.ask = false;
    struct unit unit = {.settings = &settings, .root = ROOT};
    struct source source;
    *after = (struct result){.length = before->length};
    char *bytes = memory_copy_bytes(before->bytes, before->length);
    bool read = source_take(&source, memory_format("%s/%s", ROOT, shape->path), bytes, before->length) ==
                    SOURCE_READ &&
                (!shape->format->confirm || shape->format->confirm(&source));
    if (read) {
        struct links links = {0};
        struct document *document = unit_add_source(&unit, &source, shape->format, &links);
        if (!document->planned) shape->format->plan(&unit, document);
        check_edits(target, document);
        unit_settle(&unit);
        after->refused = failed_to_verify(&unit);
        after->edits = document->edits.count;
        after->bytes = edits_splice(&document->edits, &document->source, &after->length);
        links_free(&links);
    } else {
        source_free(&source);
        after->bytes = memory_copy_bytes(before->bytes, before->length);
    }
    unit_free(&unit);
    settings_free(&settings);
}

static bool same(const struct result *one, const struct result *other) {
    return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

static void try_way(const struct fuzz_target *target, const struct way *way, const struct result *input,
                    bool clean) {
    const struct fuzz_shape *shape = target->context;
    bool returns = clean && (shape->back == BACK_ALWAYS || (shape->back == BACK_FROM_SHIM && way->shim));
    struct result once, twice, back;
    plan(target, way->words, input, &once);
    /* Where something of ours was changed by hand, it may be refused. */
    fuzz_holds(!clean || shape->refuses || !once.refused, target, "the result does not read back as meant");
    fuzz_holds(once.edits || same(input, &once), target, "no edit, and other bytes");
    if (once.edits) {
        plan(target, way->words, &once, &twice);
        fuzz_holds(twice.edits == 0, target, "a second run changes something");
        free(twice.bytes);
        if (returns) {
            plan(target, remove_way, &once, &back);
            fuzz_holds(back.refused || same(input, &back), target, "--remove does not give the bytes back");
            free(back.bytes);
        }
    }
    free(once.bytes);
}

void fuzz_format(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct result input = {.bytes = (char *)bytes, .length = length}, removed;
    plan(target, remove_way, &input, &removed);
    bool clean = removed.edits == 0 && !removed.refused && !memmem(bytes, length, "appsig", strlen("appsig"));
    for (size_t i = 0; i < array_length(ways); i++) try_way(target, &ways[i], &input, clean);
    free(removed.bytes);
}
