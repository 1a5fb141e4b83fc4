#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/view.h"

/* ${ and %{ of the shell, for Terraform to leave them alone. */
static size_t add_braces(const struct view *view, const char *text, size_t left, struct text *out) {
    if (left < 2 || (text[0] != '$' && text[0] != '%') || text[1] != '{') return 0;
    text_add_bytes(out, text, 1);
    if (view->twice) text_add_bytes(out, text, 1);
    text_add_bytes(out, text, 2);
    return 2;
}

static void encode_as(const struct script *script, const char *text, size_t length, bool quoted,
                      struct text *out) {
    static const char special[] = "\n\r\t\"\\", names[] = "nrt\"\\";
    const struct view *view = script->host_data;
    for (size_t at = 0; at < length;) {
        size_t taken;
        const struct script_hole *hole = script_hole_at(script, text + at, &taken);
        const char *escape = quoted ? memchr(special, text[at], sizeof special - 1) : NULL;
        if (hole) {
            text_add(out, hole->bytes);
            at += taken;
        } else if ((taken = add_braces(view, text + at, length - at, out))) {
            at += taken;
        } else if (escape) {
            text_add_char(out, '\\');
            text_add_char(out, names[escape - special]);
            at++;
        } else {
            text_add_char(out, text[at++]);
            if (text[at - 1] == '\n') text_add(out, view->indent);
        }
    }
}

/* A line's own change: which holder it stands in does not matter but for quotes, and lists have no other. */
static void encode(const struct script *script, const char *text, size_t length, struct text *out) {
    const struct view *view = script->host_data;
    bool quoted = view->holder_count && view->holders[0].kind != HOLDER_LINES;
    encode_as(script, text, length, quoted, out);
}

static void insert_lines(struct script *script, size_t after, const char *lines, const char *why) {
    struct document *document = script->document;
    cleanup_text struct text out = {0};
    const struct script_line *near = &script->lines[after ? after - 1 : 0];
    for (size_t i = after; i-- > 0 && near->length == 0;) near = &script->lines[i];
    for (size_t i = after; i < script->count && near->length == 0; i++) near = &script->lines[i];
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        if (length && near->indent) text_add(&out, near->indent);
        encode_as(script, at, length, false, &out);
        at += length;
        if (*at == '\n') text_add_char(&out, *at++);
    }
    const char *text = out.bytes ? out.bytes : "";
    if (after == 0)
        edits_insert_before(&document->edits, script->service, &document->source, script->lines[0].span.begin,
                            text, why);
    else
        edits_insert_after(&document->edits, script->service, &document->source,
                           script->lines[after - 1].span.end, text, why);
}

static void insert_escaped(struct script *script, size_t after, const struct holder *holder,
                           const char *lines, const char *why) {
    struct document *document = script->document;
    cleanup_text struct text out = {0};
    const struct script_line *line = after ? &script->lines[after - 1] : NULL;
    bool open = line && line->span.end == holder->inner.end; /* the last line has no \n */
    size_t at = after == 0 ? holder->inner.begin
                : open     ? holder->inner.end
                : after < script->count && script->lines[after].span.begin <= holder->inner.end
                    ? script->lines[after].span.begin
                    : holder->inner.end;
    if (open) text_add(&out, "\\n");
    encode_as(script, lines, strlen(lines), true, &out);
    if (!open) text_add(&out, "\\n");
    edits_add(&document->edits, script->service, (struct span){at, at}, out.bytes, why);
}

/* New items of the list, on lines of their own where the neighbour stands on one. */
static void insert_items(struct script *script, const struct holder *holder, bool in_front, const char *lines,
                         const char *why) {
    struct document *document = script->document;
    const struct source *source = &document->source;
    struct span indent;
    source_indent(source, holder->whole.begin, &indent);
    bool own_line = indent.end == holder->whole.begin;
    cleanup_text struct text out = {0};
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        cleanup_text struct text between = {0};
        text_add(&between, own_line ? source_newline(source) : " ");
        if (own_line) text_add_bytes(&between, source->bytes + indent.begin, indent.end - indent.begin);
        if (!in_front) text_add_format(&out, ",%s", between.bytes);
        text_add_char(&out, '"');
        encode_as(script, at, length, true, &out);
        text_add_char(&out, '"');
        if (in_front) text_add_format(&out, ",%s", between.bytes);
        at += length;
        if (!*at) break;
    }
    size_t at = in_front ? holder->whole.begin : holder->whole.end;
    edits_add(&document->edits, script->service, (struct span){at, at}, out.bytes, why);
}

static void insert(struct script *script, size_t after, const char *lines, const char *why) {
    const struct view *view = script->host_data;
    if (script->count == 0) return;
    size_t line = after ? after - 1 : 0;
    const struct holder *holder = &view->holders[view->holder_of[line]];
    bool boundary = after == 0 || after == script->count || view->holder_of[after] != view->holder_of[line];
    if (view->list && boundary)
        insert_items(script, holder, after == 0, lines, why);
    else if (holder->kind == HOLDER_LINES)
        insert_lines(script, after, lines, why);
    else
        insert_escaped(script, after, holder, lines, why);
}

/* An item with the comma and the blanks that came with it. */
static void remove_items(struct script *script, size_t first, size_t last, const char *why) {
    const struct view *view = script->host_data;
    size_t from = view->holder_of[first - 1], to = view->holder_of[last - 1];
    struct span span = {from ? view->holders[from - 1].whole.end : view->holders[0].whole.begin,
                        view->holders[to].whole.end};
    if (from == 0 && to + 1 < view->holder_count) span.end = view->holders[to + 1].whole.begin;
    edits_add(&script->document->edits, script->service, span, "", why);
}

static void remove_escaped(struct script *script, size_t first, size_t last, const char *why) {
    size_t begin = script_line(script, first)->span.begin, end = script_line(script, last)->span.end;
    if (last < script->count)
        end = script_line(script, last + 1)->span.begin;
    else if (first > 1)
        begin = script_line(script, first - 1)->span.end;
    edits_add(&script->document->edits, script->service, (struct span){begin, end}, "", why);
}

static void remove_lines(struct script *script, size_t first, size_t last, const char *why) {
    const struct view *view = script->host_data;
    const struct holder *holder = &view->holders[view->holder_of[first - 1]];
    struct span span = {script_line(script, first)->span.begin, script_line(script, last)->span.end};
    bool begins = first == 1 || view->holder_of[first - 2] != view->holder_of[first - 1];
    bool ends = last == script->count || view->holder_of[last] != view->holder_of[last - 1];
    if (view->list && begins && ends)
        remove_items(script, first, last, why);
    else if (holder->kind == HOLDER_LINES)
        edits_remove_lines(&script->document->edits, script->service, &script->document->source, span, why);
    else
        remove_escaped(script, first, last, why);
}

const struct script_host terraform_host = {"terraform", encode, insert, remove_lines};
