#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/formats/cdk/imports.h"

static const char why[] = "import what names the managed policy";

static const char *copied(struct cdk_file *file, char *text) {
    const char *copy = arena_copy(&file->arena, text, strlen(text));
    free(text);
    return copy;
}

/* Every "ec2" of the text is "iam". */
static char *renamed(const char *bytes, size_t length, const char *library) {
    struct text out = {0};
    size_t width = strlen(library);
    for (size_t at = 0; at < length;) {
        bool found = at + width <= length && memcmp(bytes + at, library, width) == 0;
        if (found) text_add(&out, "iam");
        if (!found) text_add_char(&out, bytes[at]);
        at += found ? width : 1;
    }
    return text_take(&out);
}

static bool speaks_of(const char *text, const char *library) {
    cleanup_free char *dashed = memory_format("aws-%s", library), *under = memory_format("aws_%s", library);
    return text && (text_ends(text, dashed) || text_ends(text, under));
}

/* The import of the library that the machines come from, as a pattern. */
static const struct code_import *pattern_of(const struct cdk_file *file, const char **library) {
    static const char *const libraries[] = {"ec2", "autoscaling"};
    for (size_t k = 0; k < array_length(libraries); k++)
        for (size_t i = 0; i < file->calls.import_count; i++) {
            const struct code_import *import = &file->calls.imports[i];
            *library = libraries[k];
            if (speaks_of(import->module, *library) || speaks_of(import->name, *library)) return import;
        }
    return NULL;
}

/* What an import of aws-iam calls ManagedPolicy; NULL where it names something else. */
static char *known_by(const struct code_import *import) {
    if (speaks_of(import->name, "iam")) return memory_format("%s.ManagedPolicy", import->local);
    if (!speaks_of(import->module, "iam")) return NULL;
    if (!import->name) return memory_format("%s.ManagedPolicy", import->local);
    return strcmp(import->name, "ManagedPolicy") == 0 ? memory_copy(import->local) : NULL;
}

static const char *known_here(struct cdk_file *file) {
    for (size_t i = 0; i < file->calls.import_count; i++) {
        char *known = known_by(&file->calls.imports[i]);
        if (known) return copied(file, known);
    }
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        const char *name = calls_token(&file->calls, call->name);
        const char *receiver = calls_receiver(&file->calls, call);
        if (calls_same_name(name, "fromAwsManagedPolicyName") && text_ends(receiver, "ManagedPolicy"))
            return receiver;
        size_t length = strlen(receiver);
        bool whole = text_ends(receiver, ".aws_ec2") &&
                     (strcmp(name, "Instance") == 0 || strcmp(name, "LaunchTemplate") == 0);
        if (whole) return copied(file, memory_format("%.*siam.ManagedPolicy", (int)(length - 3), receiver));
    }
    return NULL;
}

static bool is_alone(const struct cdk_file *file, const struct code_import *import) {
    for (size_t i = 0; i < file->calls.import_count; i++)
        if (&file->calls.imports[i] != import &&
            file->calls.imports[i].statement.first == import->statement.first)
            return false;
    return true;
}

/* import { Instance } from '…/aws-ec2': the same with the class that is needed. */
static const char *class_line(struct cdk_file *file, const struct code_import *pattern, const char *library) {
    const struct code *code = &file->code;
    if (code->language == CODE_PYTHON) {
        cleanup_free char *module = renamed(pattern->module, strlen(pattern->module), library);
        return copied(file, memory_format("from %s import ManagedPolicy", module));
    }
    size_t token = pattern->statement.end - 1;
    bool semicolon = code_is(code, token, ";");
    if (semicolon) token--;
    struct span span = code->tokens[token].span;
    cleanup_free char *module = renamed(code->bytes + span.begin, span.end - span.begin, library);
    return copied(file, memory_format("import { ManagedPolicy } from %s%s", module, semicolon ? ";" : ""));
}

/* The last class that is imported from aws-iam already. */
static const struct code_import *class_entry(const struct cdk_file *file) {
    const struct code_import *entry = NULL;
    for (size_t i = 0; i < file->calls.import_count; i++) {
        const struct code_import *import = &file->calls.imports[i];
        if (import->name && speaks_of(import->module, "iam") && strcmp(import->name, "ManagedPolicy") != 0)
            entry = import;
    }
    return entry;
}

bool cdk_import_pattern(struct cdk_file *file, struct cdk_import *import) {
    const char *library, *bytes = file->code.bytes;
    *import =
        (struct cdk_import){.entry = class_entry(file), .managed = "ManagedPolicy", .added = "ManagedPolicy"};
    if (import->entry) return true;
    const struct code_import *pattern = import->behind = pattern_of(file, &library);
    if (!pattern) return false;
    if (pattern->name && speaks_of(pattern->module, library)) {
        import->line = class_line(file, pattern, library);
        return true;
    }
    cleanup_free char *local = renamed(pattern->local, strlen(pattern->local), library);
    if (strcmp(local, pattern->local) == 0) return false;
    import->managed = copied(file, memory_format("%s.ManagedPolicy", local));
    bool joined = pattern->name && !is_alone(file, pattern);
    struct code_range range = joined ? pattern->entry : pattern->statement;
    size_t begin = cdk_begin(file, range);
    const char *text = copied(file, renamed(bytes + begin, cdk_end(file, range) - begin, library));
    if (joined) {
        import->entry = pattern;
        import->added = text;
    } else {
        import->line = text;
    }
    return true;
}

const char *cdk_managed_policy(struct document *document) {
    struct cdk_import import;
    const char *known = known_here(document->model);
    if (known) return known;
    return cdk_import_pattern(document->model, &import) ? import.managed : NULL;
}

void cdk_import_policy(struct document *document, struct service *service) {
    struct cdk_file *file = document->model;
    struct cdk_import import;
    if (known_here(file) || !cdk_import_pattern(file, &import)) return;
    if (!import.entry)
        return edits_insert_after(&document->edits, service, file->source,
                                  cdk_end(file, import.behind->statement) - 1, import.line, why);
    size_t begin = cdk_begin(file, import.entry->entry), end = cdk_end(file, import.entry->entry);
    bool own_line = code_starts_line(&file->code, import.entry->entry.first);
    cleanup_free char *text = memory_format(",%s%s%s", own_line ? source_newline(file->source) : " ",
                                            own_line ? cdk_indent(file, begin) : "", import.added);
    edits_add(&document->edits, service, (struct span){end, end}, text, why);
}

static size_t uses_of(const struct cdk_file *file, const char *local) {
    size_t uses = 0;
    for (size_t i = 0; i < file->code.count; i++) {
        bool imported = false;
        for (size_t k = 0; k < file->calls.import_count && !imported; k++)
            imported =
                i >= file->calls.imports[k].statement.first && i < file->calls.imports[k].statement.end;
        uses += !imported && code_is(&file->code, i, local) && !(i && code_is(&file->code, i - 1, "."));
    }
    return uses;
}

static bool is_text(const struct cdk_file *file, struct code_range range, const char *text) {
    size_t begin = cdk_begin(file, range), length = cdk_end(file, range) - begin;
    return length == strlen(text) && memcmp(file->code.bytes + begin, text, length) == 0;
}

void cdk_remove_import(struct document *document, struct service *service, size_t uses) {
    static const char taken[] = "take out what appsig-patch put in";
    struct cdk_file *file = document->model;
    struct cdk_import import;
    if (!cdk_import_pattern(file, &import)) return;
    cleanup_free char *local = memory_copy_bytes(import.managed, strcspn(import.managed, "."));
    if (uses_of(file, local) > uses) return;
    for (size_t i = 0; i < file->calls.import_count; i++) {
        const struct code_import *other = &file->calls.imports[i];
        if (import.entry && other->entry.first == import.entry->entry.end + 1 &&
            is_text(file, other->entry, import.added)) {
            struct span span = {cdk_end(file, import.entry->entry), cdk_end(file, other->entry)};
            edits_add(&document->edits, service, span, "", taken);
        }
        if (!import.entry && other->statement.first == import.behind->statement.end &&
            is_text(file, other->statement, import.line)) {
            struct span span = {cdk_begin(file, other->statement), cdk_end(file, other->statement)};
            edits_remove_lines(&document->edits, service, file->source, span, taken);
        }
    }
}
