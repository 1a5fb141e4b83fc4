#include <stdint.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/text/find.h"

static bool is_python(const char *path) { return text_ends(path, ".py"); }

/* Tests, declarations and what others wrote are no app. */
static bool recognise(const char *path, const char *base) {
    static const char *const kinds[] = {".ts", ".js", ".mjs", ".cjs", ".mts", ".cts", ".py"};
    static const char *const others[] = {".d.ts",    ".test.ts", ".test.js",    ".spec.ts",
                                         ".spec.js", "_test.py", "conftest.py", ".min.js"};
    static const char *const folders[] = {"/node_modules/",  "/cdk.out/",   "/.venv/",      "/venv/",
                                          "/site-packages/", "/__tests__/", "/__pycache__/"};
    bool kind = false;
    for (size_t i = 0; i < array_length(kinds); i++) kind |= text_ends(base, kinds[i]);
    if (!kind || text_starts(base, "test_")) return false;
    for (size_t i = 0; i < array_length(others); i++)
        if (text_ends(base, others[i])) return false;
    for (size_t i = 0; i < array_length(folders); i++)
        if (strstr(path, folders[i])) return false;
    return true;
}

static bool speaks_of(const struct source *source, const char *word) {
    return find_text(source->bytes + source->begin, source->length - source->begin, word) != NULL;
}

/* x.js beside x.ts is what the compiler made of it. */
static bool is_compiled(const char *path) {
    if (!text_ends(path, ".js")) return false;
    cleanup_free char *original = memory_format("%.*s.ts", (int)(strlen(path) - 3), path);
    return files_exists(original);
}

/* Of CDK, and of a class that makes machines. Most files of a repository go no further than the first question. */
static bool confirm(const struct source *source) {
    static const char *const packages[] = {"aws-cdk", "aws_cdk"};
    static const char *const classes[] = {"Instance(", "LaunchTemplate(", "AutoScalingGroup("};
    bool package = false, class = false;
    if (is_compiled(source->path)) return false;
    for (size_t i = 0; i < array_length(packages); i++) package = package || speaks_of(source, packages[i]);
    for (size_t i = 0; package && i < array_length(classes); i++)
        class = class || speaks_of(source, classes[i]);
    return class;
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct cdk_file *file = memory_zeroed(1, sizeof *file);
    const struct source *source = &document->source;
    (void)links;
    document->model = file;
    file->source = source;
    code_scan(&file->arena, is_python(source->path) ? CODE_PYTHON : CODE_TYPESCRIPT, source->bytes,
              source->begin, source->length, &file->code);
    if (file->code.broken) {
        unit_refuse(unit, document, FINDING_SYNTAX, file->code.broken_at,
                    "a bracket, string or comment has no end");
        return false;
    }
    for (size_t i = 0; i < file->code.comment_count; i++) {
        struct span comment = file->code.comments[i];
        bool first = file->code.count == 0 || comment.begin < file->code.tokens[0].span.begin;
        bool ignored =
            first && find_text(source->bytes + comment.begin, comment.end - comment.begin, "appsig-ignore");
        if (!ignored) continue;
        unit_note(unit, document, FINDING_IGNORED, comment.begin, "told to be left alone");
        return false;
    }
    calls_find(&file->arena, &file->code, &file->calls);
    return true;
}

/* It is code as before. What the commands have become is what edits of whole literals and elements make of them. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct cdk_file *file = document->model;
    struct arena arena = {0};
    struct code code;
    code_scan(&arena, file->code.language, after->bytes, after->begin, after->length, &code);
    bool good = !code.broken;
    if (!good) *complaint = memory_copy("a bracket or string has no end any more");
    arena_free(&arena);
    return good;
}

static void release(void *model) {
    struct cdk_file *file = model;
    arena_free(&file->arena);
    free(file);
}

const struct format format_cdk = {
    .name = "cdk",
    .help =
        "AWS CDK apps in TypeScript, JavaScript and Python: the user data of EC2 machines and their roles",
    .recognise = recognise,
    .confirm = confirm,
    .scan = scan,
    .plan = cdk_plan,
    .verify = verify,
    .release = release,
    .deploy = "cdk deploy",
};
