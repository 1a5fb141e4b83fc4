#include <stdint.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/script/docker_run.h"
#include "dockerfile-patcher/text/find.h"

static bool is_python(const char *path) { return text_ends(path, ".py"); }

/* Tests, declarations and what others wrote are no app. */
static bool recognise(const char *path, const char *base) {
    static const char *const kinds[] = {".ts", ".js", ".mjs", ".cjs", ".mts", ".cts", ".py"};
    static const char *const others[] = {".d.ts",    ".test.ts", ".test.js",    ".spec.ts",
                                         ".spec.js", "_test.py", "conftest.py", ".min.js"};
    static const char *const folders[] = {"/node_modules/",  "/cdk.out/",   "/.venv/",      "/venv/",
                                          "/site-packages/", "/__tests__/", "/__pycache__/"};
    if (!text_ends_in(base, kinds, array_length(kinds)) || text_starts(base, "test_")) return false;
    if (text_ends_in(base, others, array_length(others))) return false;
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

/* A script in a file of its own is planned with the app that has it run. */
static void add_links(struct unit *unit, struct document *document, struct links *links) {
    struct cdk_machines machines;
    cdk_find_machines(document->model, &machines);
    for (size_t i = 0; links && i < machines.count; i++) {
        struct cdk_view view = {.unit = unit, .file = document->model};
        struct script script;
        if (cdk_view(&view, &machines.items[i], document, &script) && view.path) links_add(links, view.path);
        cdk_view_free(&view, &script);
    }
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct cdk_file *file = memory_zeroed(1, sizeof *file);
    const struct source *source = &document->source;
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
    add_links(unit, document, links);
    docker_run_links_near(unit, source->path, source->bytes, source->length, links);
    return true;
}

static bool is_touched(const struct document *document, struct span span) {
    for (size_t i = 0; i < document->edits.count; i++) {
        const struct edit *edit = &document->edits.items[i];
        if (edit->begin < span.end && edit->end > span.begin) return true;
        if (edit->begin > span.begin && edit->begin < span.end) return true;
    }
    return false;
}

static bool same_token(const struct code *one, size_t first, const struct code *other, size_t second) {
    struct span span = one->tokens[first].span, beside = other->tokens[second].span;
    size_t length = span.end - span.begin;
    return length == beside.end - beside.begin &&
           memcmp(one->bytes + span.begin, other->bytes + beside.begin, length) == 0;
}

/* Every token that no edit touches is there as it was, in order, and all brackets and literals have an end. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct cdk_file *file = document->model;
    struct arena arena = {0};
    struct code code;
    code_scan(&arena, file->code.language, after->bytes, after->begin, after->length, &code);
    bool good = !code.broken;
    if (!good) *complaint = memory_copy("a bracket or string has no end any more");
    size_t at = 0;
    for (size_t i = 0; good && i < file->code.count; i++) {
        if (is_touched(document, file->code.tokens[i].span)) continue;
        while (at < code.count && !same_token(&file->code, i, &code, at)) at++;
        good = at++ < code.count;
        if (!good) *complaint = memory_format("'%s' is lost", calls_token(&file->calls, i));
    }
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
