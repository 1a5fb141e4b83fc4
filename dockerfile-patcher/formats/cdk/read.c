#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"

/* A script in a file beside the app: where its path leads. */

/* The literals of a path's expression, joined; *own: it is told from the source file's directory. NULL where anything else
 * is in it. */
static char *path_of(struct cdk_file *file, struct code_range range, bool *own, unsigned steps) {
    static const char *const here[] = {"__dirname", "__file__", "dirname", "parent", "path",
                                       "join",      "resolve",  "os",      "Path",   "pathlib",
                                       "abspath",   "import",   "meta",    "url"};
    const struct code *code = &file->code;
    struct text path = {0};
    for (size_t i = range.first; i < range.end; i++) {
        const struct code_token *token = &code->tokens[i];
        if (token->kind == CODE_STRING && token->literal->hole_count == 0) {
            if (path.length && path.bytes[path.length - 1] != '/') text_add_char(&path, '/');
            text_add_bytes(&path, code->bytes + token->literal->body.begin,
                           token->literal->body.end - token->literal->body.begin);
            continue;
        }
        if (token->kind != CODE_NAME) continue;
        bool known = false;
        for (size_t k = 0; k < array_length(here); k++) known |= code_is(code, i, here[k]);
        *own |= code_is(code, i, "__dirname") || code_is(code, i, "__file__") || code_is(code, i, "meta");
        const struct code_definition *definition =
            known || steps > 4 ? NULL : calls_definition(&file->calls, calls_token(&file->calls, i), i);
        cleanup_free char *inner = definition ? path_of(file, definition->value, own, steps + 1) : NULL;
        if (inner && path.length && *inner && path.bytes[path.length - 1] != '/') text_add_char(&path, '/');
        if (inner) text_add(&path, inner);
        if (known || inner) continue;
        text_free(&path);
        return NULL;
    }
    return text_take(&path);
}

/* "a/../b" and "./" taken out of a path, so that it is one with the name that the walk knows. */
static char *simplified(const char *path) {
    struct strings parts = {0};
    cleanup_free char *copy = memory_copy(path);
    char *rest = NULL;
    for (char *part = strtok_r(copy, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
        bool up = strcmp(part, "..") == 0 && parts.count && strcmp(parts.items[parts.count - 1], "..") != 0 &&
                  strcmp(parts.items[parts.count - 1], ".") != 0;
        if (up)
            strings_remove(&parts, parts.count - 1);
        else if (strcmp(part, ".") != 0 || parts.count == 0)
            strings_add(&parts, part);
    }
    struct text out = {0};
    if (*path == '/') text_add_char(&out, '/');
    for (size_t i = 0; i < parts.count; i++) text_add_format(&out, "%s%s", i ? "/" : "", parts.items[i]);
    strings_free(&parts);
    return text_take(&out);
}

/* The path of a relative name: beside the source file, or where the app is started, which is a directory above it. */
static const char *find_file(struct cdk_view *view, const char *name, bool own) {
    struct cdk_file *file = view->file;
    cleanup_free char *directory = text_directory(file->source->path);
    for (unsigned up = 0; up < 8; up++) {
        cleanup_free char *joined = text_join_path(directory, name);
        cleanup_free char *path = simplified(joined);
        if (unit_has_file(view->unit, path)) return arena_copy(&file->arena, path, strlen(path));
        cleanup_free char *marker = text_join_path(directory, "cdk.json");
        if (own || unit_has_file(view->unit, marker) || strcmp(directory, view->unit->root) == 0 ||
            !strchr(directory, '/'))
            return NULL;
        char *above = text_directory(directory);
        free(directory);
        directory = above;
    }
    return NULL;
}

/* `with open("x") as f:` */
static bool opened_as(const struct cdk_file *file, const char *name, struct code_range *path) {
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        if (code_is(&file->code, call->name, "open") && code_is(&file->code, call->close + 1, "as") &&
            code_is(&file->code, call->close + 2, name))
            return calls_element(&file->code, call->open, 0, path);
    }
    return false;
}

const char *cdk_read_file(struct cdk_view *view, struct code_range range) {
    struct cdk_file *file = view->file;
    const struct code *code = &file->code;
    const struct code_call *call = calls_whole(&file->calls, range);
    struct code_range path;
    if (!call) return NULL;
    bool found = false;
    if (code_is(code, call->name, "readFileSync")) {
        found = calls_element(code, call->open, 0, &path);
    } else if (code_is(code, call->name, "read") || code_is(code, call->name, "read_text")) {
        struct code_range receiver = {call->receiver, call->name - 1};
        const struct code_call *opening = calls_whole(&file->calls, receiver);
        if (opening && (code_is(code, opening->name, "open") || code_is(code, opening->name, "Path")))
            found = calls_element(code, opening->open, 0, &path);
        else if (!opening)
            found = opened_as(file, calls_text(&file->calls, receiver), &path);
    }
    bool own = false;
    cleanup_free char *name = found ? path_of(file, path, &own, 0) : NULL;
    return name && *name ? find_file(view, name, own) : NULL;
}
