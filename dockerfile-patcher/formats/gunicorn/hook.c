#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/text/code.h"
#include "dockerfile-patcher/text/find.h"

static const char import_line[] = "from " HOOK_MODULE " import sitecustomize";
static const char why[] = "start the instrumentation in each worker";
static const char why_removed[] = "take out what appsig-patch put in";

/* What the file does with post_fork, by tokens; indices into code.tokens, SIZE_MAX where there is none. */
struct post_fork {
    struct code code;
    size_t name;   /* of `def post_fork`, the last one at the outer level */
    size_t other;  /* post_fork is bound in another way: assigned, imported, or defined in a block */
    size_t body;   /* first token behind the colon of the def */
    size_t end;    /* first token behind the body */
    size_t manual; /* the file sets up an instrumentation by itself */
    bool hooked;   /* the import is in the body */
};

static const struct source *source_of(const struct document *document) { return &document->source; }

static bool at_margin(const struct source *source, const struct code *code, size_t token) {
    size_t begin = code->tokens[token].span.begin;
    return source_line_begin(source, begin) == begin;
}

static bool is_manual(const struct code *code, size_t token) {
    static const char *const names[] = {"opentelemetry", "ddtrace", "newrelic", "elasticapm",
                                        "TracerProvider"};
    for (size_t i = 0; i < array_length(names); i++)
        if (code_is(code, token, names[i])) return true;
    return false;
}

/* `from opentelemetry.instrumentation.auto_instrumentation import sitecustomize` is the hook itself. */
static bool is_hook(const struct code *code, size_t token) {
    const char *at = code->bytes + code->tokens[token].span.begin;
    size_t left = code->length - code->tokens[token].span.begin;
    return left >= sizeof HOOK_MODULE - 1 && memcmp(at, HOOK_MODULE, sizeof HOOK_MODULE - 1) == 0;
}

static void find_body(const struct source *source, struct post_fork *found) {
    const struct code *code = &found->code;
    size_t at = found->name + 1;
    while (at < code->count && !(code->tokens[at].depth == 0 && code_is(code, at, ":"))) at++;
    found->body = at + 1;
    found->end = found->body;
    while (found->end < code->count &&
           !(code_starts_line(code, found->end) && code->tokens[found->end].depth == 0 &&
             at_margin(source, code, found->end)))
        found->end++;
    for (size_t i = found->body; i < found->end; i++)
        found->hooked |= code_is(code, i, "opentelemetry") && is_hook(code, i);
}

static void read_post_fork(struct arena *arena, const struct source *source, struct post_fork *found) {
    *found = (struct post_fork){.name = SIZE_MAX, .other = SIZE_MAX, .manual = SIZE_MAX};
    struct code *code = &found->code;
    code_scan(arena, CODE_PYTHON, source->bytes, source->begin, source->length, code);
    for (size_t i = 0; i < code->count; i++) {
        if (code->tokens[i].kind != CODE_NAME) continue;
        if (found->manual == SIZE_MAX && is_manual(code, i) && !is_hook(code, i)) found->manual = i;
        if (!code_is(code, i, "post_fork")) continue;
        bool defined = i > 0 && code_is(code, i - 1, "def");
        if (defined && at_margin(source, code, i - 1))
            found->name = i, found->other = SIZE_MAX;
        else if (defined || code->tokens[i].depth == 0)
            found->other = i;
    }
    if (found->name != SIZE_MAX) find_body(source, found);
}

static char *first_indent(const struct source *source) {
    for (size_t at = source->begin; at < source->length; at = source_line_end(source, at))
        if (source->bytes[at] == '\t') return memory_copy("\t");
    return memory_copy("    ");
}

static void append_hook(struct service *service, struct document *document, const struct code *code) {
    const struct source *source = source_of(document);
    cleanup_free char *indent = first_indent(source);
    cleanup_free char *lines =
        memory_format("%sdef post_fork(server, worker):\n%s%s",
                      code->count || code->comment_count ? "\n\n" : "", indent, import_line);
    edits_insert_after(&document->edits, service, source, source->length, lines, why);
}

/* As the first statement of the body, since a body may return early; behind a docstring. */
static void extend_hook(struct service *service, struct document *document, const struct post_fork *found) {
    const struct source *source = source_of(document);
    const struct code *code = &found->code;
    size_t first = found->body;
    size_t begin = code->tokens[first].span.begin;
    if (!code_starts_line(code, first)) {
        cleanup_free char *text = memory_format("%s; ", import_line);
        edits_add(&document->edits, service, (struct span){begin, begin}, text, why);
        return;
    }
    size_t line = source_line_begin(source, begin);
    cleanup_free char *text = memory_format("%.*s%s", (int)(begin - line), source->bytes + line, import_line);
    bool documented = code->tokens[first].kind == CODE_STRING &&
                      (first + 1 >= found->end || code_starts_line(code, first + 1));
    if (documented)
        edits_insert_after(&document->edits, service, source, code->tokens[first].span.end - 1, text, why);
    else
        edits_insert_before(&document->edits, service, source, begin, text, why);
}

static enum hook_state ask_manual(struct unit *unit, struct service *service, struct document *document,
                                  const struct post_fork *found) {
    struct question *question;
    const char *answer =
        unit_ask(unit, service, "MANUAL_SETUP", document,
                 "the file sets up an instrumentation by itself: add the hook beside it (add), or "
                 "leave the file as it is (none)?",
                 &question);
    if (question && question->evidence_count == 0) {
        const struct span *span = &found->code.tokens[found->manual].span;
        cleanup_free char *name = memory_copy_bytes(found->code.bytes + span->begin, span->end - span->begin);
        question_candidate(question, "none");
        question_candidate(question, "add");
        question_evidence(question, &document->source, span->begin, name);
    }
    return !answer ? HOOK_OPEN : strcmp(answer, "add") == 0 ? HOOK_READY : HOOK_LEFT;
}

/* One config may serve several services: it is edited once, and they are one from then on. */
static bool is_edited_for(const struct document *document, struct service *service) {
    if (document->edits.count == 0) return false;
    service_join(document->edits.items[0].service, service);
    return true;
}

static enum hook_state extend(struct unit *unit, struct service *service, struct document *document,
                              struct post_fork *found) {
    if (found->code.broken) {
        unit_refuse(unit, document, FINDING_SYNTAX, found->code.broken_at,
                    "a string or bracket without its end");
        service_of(service)->refused = true;
        return HOOK_OPEN;
    }
    if (found->name != SIZE_MAX && found->hooked) return HOOK_READY;
    if (found->other != SIZE_MAX || (found->name != SIZE_MAX && found->body >= found->end)) {
        size_t token = found->other != SIZE_MAX ? found->other : found->name;
        unit_refuse(unit, document, FINDING_UNSUPPORTED, found->code.tokens[token].span.begin,
                    "post_fork is no function of the file's outer level: the hook has to be put in by hand");
        service_of(service)->refused = true;
        return HOOK_OPEN;
    }
    if (found->manual != SIZE_MAX) {
        enum hook_state state = ask_manual(unit, service, document, found);
        if (state != HOOK_READY) return state;
    }
    if (is_edited_for(document, service)) return HOOK_READY;
    if (found->name == SIZE_MAX)
        append_hook(service, document, &found->code);
    else
        extend_hook(service, document, found);
    return HOOK_READY;
}

enum hook_state gunicorn_extend(struct unit *unit, struct service *service, struct document *document) {
    struct arena arena = {0};
    struct post_fork found;
    read_post_fork(&arena, &document->source, &found);
    enum hook_state state = extend(unit, service, document, &found);
    arena_free(&arena);
    return state;
}

static bool is_blank_line(const struct source *source, size_t begin, size_t end) {
    for (; begin < end; begin++)
        if (!strchr(" \t\r\n", source->bytes[begin])) return false;
    return true;
}

/* The def and the two blank lines that came with it. */
static void cut_def(struct service *service, struct document *document, const struct post_fork *found) {
    const struct source *source = &document->source;
    size_t begin = source_line_begin(source, found->code.tokens[found->name].span.begin);
    size_t end = source_line_end(source, found->code.tokens[found->end - 1].span.end - 1);
    for (int i = 0; i < 2 && begin > source->begin; i++) {
        size_t above = source_line_begin(source, begin - 1);
        if (!is_blank_line(source, above, begin)) break;
        begin = above;
    }
    edits_remove_lines(&document->edits, service, source, (struct span){begin, end}, why_removed);
}

static void cut_import(struct service *service, struct document *document) {
    const struct source *source = &document->source;
    const char *found = find_text(source->bytes, source->length, import_line);
    if (!found) return;
    size_t begin = (size_t)(found - source->bytes), end = begin + sizeof import_line - 1;
    struct span indent;
    source_indent(source, begin, &indent);
    if (indent.end == begin && strchr("\r\n", source->bytes[end]))
        edits_remove_lines(&document->edits, service, source, (struct span){begin, end}, why_removed);
    else if (strncmp(source->bytes + end, "; ", 2) == 0)
        edits_add(&document->edits, service, (struct span){begin, end + 2}, "", why_removed);
}

void gunicorn_remove(struct unit *unit, struct service *service, struct document *document) {
    struct arena arena = {0};
    struct post_fork found;
    read_post_fork(&arena, &document->source, &found);
    /* Of the import alone: from, its seven tokens, import, sitecustomize. */
    enum { HOOK_TOKENS = 8 };
    if (found.name != SIZE_MAX && found.hooked && !found.code.broken && !is_edited_for(document, service)) {
        bool alone = found.end - found.body == HOOK_TOKENS;
        if (alone && found.end == found.code.count && found.name == 1 && !found.code.comment_count)
            unit_note(unit, document, FINDING_HINT, SIZE_MAX, "'%s' holds the hook only and may be deleted",
                      document->shown);
        else if (alone && code_starts_line(&found.code, found.body))
            cut_def(service, document, &found);
        else
            cut_import(service, document);
    }
    arena_free(&arena);
}
