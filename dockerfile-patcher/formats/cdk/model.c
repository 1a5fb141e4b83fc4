#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/text/find.h"

enum { MOST_STEPS = 8 };

static const struct cdk_construct_row construct_rows[] = {
    {"Instance", "ec2", false, false, NULL},
    {"LaunchTemplate", "ec2", true, false,
     "cdk deploy makes a new version of the launch template: machines that run keep the old one until they are "
     "replaced (an instance refresh of their group)"},
    {"AutoScalingGroup", "autoscaling", false, false,
     "cdk deploy makes a new launch configuration: machines that run keep the old one, unless updatePolicy replaces "
     "them"},
    {"CfnInstance", "ec2", false, true,
     "cdk deploy stops and starts the instance, which does not run UserData again: replace the instance to have it run"},
};

size_t cdk_begin(const struct cdk_file *file, struct code_range range) {
    return file->code.tokens[range.first].span.begin;
}

size_t cdk_end(const struct cdk_file *file, struct code_range range) {
    return file->code.tokens[range.end - 1].span.end;
}

const char *cdk_indent(struct cdk_file *file, size_t offset) {
    struct span indent;
    source_indent(file->source, offset, &indent);
    return arena_copy(&file->arena, file->source->bytes + indent.begin, indent.end - indent.begin);
}

const char *cdk_step(struct cdk_file *file) {
    const struct code *code = &file->code;
    for (size_t i = 1; i < code->count; i++) {
        if (!code_starts_line(code, i) || code->tokens[i].kind == CODE_CLOSE) continue;
        const char *indent = cdk_indent(file, code->tokens[i].span.begin);
        if (*indent) return *indent == '\t' ? "\t" : indent;
    }
    return code->language == CODE_PYTHON ? "    " : "  ";
}

/* A brace that is no object's: statements are in it. */
static bool is_block(const struct code *code, size_t brace) {
    static const char *const fronts[] = {"(", ",", ":", "[", "=", "return", "??", "||"};
    if (!code_is(code, brace, "{")) return false;
    for (size_t i = 0; i < array_length(fronts); i++)
        if (brace && code_is(code, brace - 1, fronts[i])) return false;
    return true;
}

static unsigned python_level(const struct cdk_file *file, size_t token) {
    static const char *const openers[] = {"if", "elif", "else", "for", "while", "def", "class", "except"};
    const struct code *code = &file->code;
    unsigned level = 0;
    while (code->tokens[token].around != SIZE_MAX) token = code->tokens[token].around;
    size_t first = code_statement_first(code, token);
    struct span indent;
    source_indent(file->source, code->tokens[first].span.begin, &indent);
    size_t width = indent.end - indent.begin;
    for (size_t at = first; at-- > 0 && width > 0;) {
        if (code->tokens[at].depth || !code_starts_line(code, at)) continue;
        source_indent(file->source, code->tokens[at].span.begin, &indent);
        if (indent.end - indent.begin >= width) continue;
        width = indent.end - indent.begin;
        for (size_t i = 0; i < array_length(openers); i++) level += code_is(code, at, openers[i]);
    }
    return level;
}

unsigned cdk_level(const struct cdk_file *file, size_t token) {
    const struct code *code = &file->code;
    if (code->language == CODE_PYTHON) return python_level(file, token);
    unsigned level = 0;
    for (size_t at = code->tokens[token].around; at != SIZE_MAX; at = code->tokens[at].around)
        level += is_block(code, at);
    return level;
}

void cdk_resolve(const struct cdk_file *file, struct code_range *value) {
    for (unsigned step = 0; step < MOST_STEPS && value->end > value->first; step++) {
        for (size_t i = value->first; i < value->end; i++)
            if (file->code.tokens[i].kind != CODE_NAME && !code_is(&file->code, i, ".")) return;
        const struct code_definition *definition =
            calls_definition(&file->calls, calls_text(&file->calls, *value), value->first);
        if (!definition || definition->value.end <= definition->value.first) return;
        *value = definition->value;
    }
}

const char *cdk_constant(struct cdk_file *file, struct code_range value) {
    cdk_resolve(file, &value);
    if (value.end - value.first != 1 || file->code.tokens[value.first].kind != CODE_STRING) return NULL;
    const struct code_literal *literal = file->code.tokens[value.first].literal;
    if (literal->hole_count) return NULL;
    return arena_copy(&file->arena, file->code.bytes + literal->body.begin,
                      literal->body.end - literal->body.begin);
}

/* The name's last part before the class, or what the class is imported from, speaks of the library. */
static bool is_of_library(const struct cdk_file *file, const struct code_call *call, const char *library) {
    const char *receiver = calls_receiver(&file->calls, call);
    bool bare = call->receiver == call->name;
    const char *dot = strrchr(receiver, '.');
    if (!bare && strstr(dot ? dot : receiver, library)) return true;
    const char *local = bare ? calls_token(&file->calls, call->name) : receiver;
    for (size_t i = 0; i < file->calls.import_count; i++) {
        const struct code_import *import = &file->calls.imports[i];
        if (strcmp(import->local, local) != 0) continue;
        if (strstr(import->module, library) || (import->name && strstr(import->name, library))) return true;
    }
    return false;
}

static const struct cdk_construct_row *row_of(const struct cdk_file *file, const struct code_call *call) {
    if (file->code.language == CODE_TYPESCRIPT && !call->constructed) return NULL;
    for (size_t i = 0; i < array_length(construct_rows); i++)
        if (code_is(&file->code, call->name, construct_rows[i].name) &&
            is_of_library(file, call, construct_rows[i].library))
            return &construct_rows[i];
    return NULL;
}

static const char *id_of(struct cdk_file *file, const struct code_call *call) {
    struct code_range argument;
    const char *id = NULL;
    if (calls_element(&file->code, call->open, 1, &argument)) id = cdk_constant(file, argument);
    if (!id && calls_property(&file->calls, call, "id", &argument)) id = cdk_constant(file, argument);
    if (id) return id;
    struct code_range whole = {call->name, call->name + 1};
    return calls_text(&file->calls, whole);
}

void cdk_find_machines(struct cdk_file *file, struct cdk_machines *machines) {
    *machines = (struct cdk_machines){0};
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        const struct cdk_construct_row *row = row_of(file, call);
        if (!row) continue;
        const struct code_definition *kept = calls_kept_as(&file->calls, call->receiver);
        machines->items = arena_grow(&file->arena, machines->items, machines->count, sizeof *machines->items);
        machines->items[machines->count++] = (struct cdk_machine){
            .row = row, .call = call, .id = id_of(file, call), .kept = kept ? kept->name : NULL};
    }
}

bool cdk_is_ignored(const struct cdk_file *file, size_t token) {
    size_t first = code_statement_first(&file->code, token);
    size_t line = source_line_begin(file->source, file->code.tokens[first].span.begin);
    for (size_t i = file->code.comment_count; i-- > 0;) {
        struct span comment = file->code.comments[i];
        if (comment.begin >= line) continue;
        if (source_line_end(file->source, comment.end) != line) return false;
        if (find_text(file->source->bytes + comment.begin, comment.end - comment.begin, "appsig-ignore"))
            return true;
        line = source_line_begin(file->source, comment.begin);
    }
    return false;
}
