#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/write.h"
#include "dockerfile-patcher/text/find.h"

/* How lines are written: as arguments of their own, as lines of a template, or behind an escaped newline. */

static const char no_carry[] = "a value that format() or % fills in cannot stand in another line";
static const char no_raw[] = "a raw literal cannot hold what has to be written";

static struct cdk_view *view_of(const struct script *script) { return script->host_data; }

static void fail(struct cdk_view *view, const char *reason, size_t offset) {
    if (view->reason) return;
    view->reason = reason;
    view->reason_at = offset;
}

/* The expression of a hole, its braces left out. */
static void expression_of(const struct cdk_view *view, const struct script_hole *hole, size_t index,
                          struct text *out) {
    size_t length = strlen(hole->bytes);
    bool own = view->hole_kinds[index] == CDK_HOLE_OWN;
    size_t front = !own ? 0 : hole->bytes[0] == '$' ? 2 : 1;
    text_add_bytes(out, hole->bytes + front, length - front - (own ? 1 : 0));
}

static void encode_hole(const struct script *script, const struct literal_style *style,
                        const struct script_hole *hole, struct text *out) {
    struct cdk_view *view = view_of(script);
    size_t index = (size_t)(hole - script->holes);
    if (view->hole_kinds[index] == CDK_HOLE_FILLED) {
        text_add(out, hole->bytes);
        if (style->fill == LITERAL_AS_IT_IS) fail(view, no_carry, hole->span.begin);
        return;
    }
    bool python = style->language == CODE_PYTHON;
    const char *open = style->format ? (python ? "{" : "${") : python ? NULL : " + ";
    if (!style->format) literal_close(style, out);
    text_add(out, open ? open : " f\"{");
    expression_of(view, hole, index, out);
    text_add(out, style->format ? "}" : python ? "}\" " : " + ");
    if (!style->format) literal_close(style, out);
}

/* One line, holes and all. */
static void encode_line(const struct script *script, const struct literal_style *style, const char *text,
                        size_t length, struct text *out) {
    for (size_t at = 0; at < length;) {
        const char *next = memchr(text + at, SCRIPT_HOLE_BEGIN, length - at);
        size_t plain = (next ? (size_t)(next - text) : length) - at, taken = 1;
        if (plain && !literal_encode(style, text + at, plain, out)) fail(view_of(script), no_raw, SIZE_MAX);
        at += plain;
        const struct script_hole *hole = at < length ? script_hole_at(script, text + at, &taken) : NULL;
        if (hole) encode_hole(script, style, hole, out);
        if (at < length) at += taken;
    }
}

/* The literal that a new neighbour of the line is written like. */
static void style_near(const struct cdk_view *view, const struct cdk_line *line,
                       struct literal_style *style) {
    const struct code *code = &view->file->code;
    const struct cdk_piece *piece = &view->pieces[line->piece];
    size_t token = line->token;
    if (token == SIZE_MAX && piece->open != SIZE_MAX)
        for (size_t i = piece->open + 1; i < code->tokens[piece->open].partner && token == SIZE_MAX; i++)
            if (code->tokens[i].kind == CODE_STRING &&
                code->tokens[i].depth == code->tokens[piece->open].depth + 1)
                token = i;
    if (token != SIZE_MAX) {
        literal_style_of(code, token, line->fill, style);
        return;
    }
    *style = (struct literal_style){.language = code->language,
                                    .quote = code->language == CODE_PYTHON ? '"' : '\''};
}

/* A literal of its own: quotes that need no escapes, holes only where there are some. */
static void style_for(const struct literal_style *near, const char *text, size_t length,
                      struct literal_style *style) {
    bool python = near->language == CODE_PYTHON;
    bool holes = memchr(text, SCRIPT_HOLE_BEGIN, length) != NULL;
    bool single = memchr(text, '\'', length) != NULL, dual = memchr(text, '"', length) != NULL;
    bool tick = memchr(text, '`', length) || find_text(text, length, "${");
    *style = (struct literal_style){.language = near->language, .quote = near->quote};
    if (!python && holes) style->quote = '`';
    style->format = holes || style->quote == '`';
    if (style->quote == '`' && !holes && tick && !(single && dual)) style->quote = single ? '"' : '\'';
    if (style->quote == '\'' && single && !dual)
        style->quote = '"';
    else if (style->quote == '"' && dual && !single)
        style->quote = '\'';
    if (style->quote != '`' && !python) style->format = false;
}

static const char *newline_of(const struct cdk_view *view) { return source_newline(view->file->source); }

/* The indent of what stands in the list of the piece: its own line's, or one step more than the statement's. */
static const char *list_indent(struct cdk_view *view, const struct cdk_piece *piece) {
    struct cdk_file *file = view->file;
    if (code_starts_line(&file->code, piece->range.first))
        return cdk_indent(file, file->code.tokens[piece->range.first].span.begin);
    const char *indent = cdk_indent(file, file->code.tokens[piece->open].span.begin);
    cleanup_free char *deeper = memory_format("%s%s", indent, cdk_step(file));
    return arena_copy(&file->arena, deeper, strlen(deeper));
}

static void add_element(const struct script *script, const struct literal_style *near, const char *text,
                        size_t length, struct text *out) {
    struct literal_style style;
    style_for(near, text, length, &style);
    literal_open(&style, out);
    encode_line(script, &style, text, length, out);
    literal_close(&style, out);
}

void cdk_add_edit(struct script *script, size_t begin, size_t end, const char *text, const char *why) {
    cleanup_text struct text out = {0};
    for (; *text; text++)
        if (*text == '\n')
            text_add(&out, newline_of(view_of(script)));
        else
            text_add_char(&out, *text);
    edits_add(&script->document->edits, script->service, (struct span){begin, end},
              out.bytes ? out.bytes : "", why);
}

size_t cdk_rest_of_line(const struct cdk_view *view, size_t at) {
    const struct source *source = view->file->source;
    size_t end = source_line_end(source, at);
    while (end > at && (source->bytes[end - 1] == '\n' || source->bytes[end - 1] == '\r')) end--;
    while (at < end && strchr(" \t,", source->bytes[at])) at++;
    const char *sign = view->file->code.language == CODE_PYTHON ? "#" : "//";
    bool comment = strncmp(source->bytes + at, sign, strlen(sign)) == 0;
    return at == end || comment ? end : SIZE_MAX;
}

bool cdk_starts_line(const struct cdk_view *view, const struct cdk_piece *piece) {
    return code_starts_line(&view->file->code, piece->range.first);
}

bool cdk_is_inline(const struct cdk_view *view, const struct cdk_piece *piece) {
    return !code_starts_line(&view->file->code, piece->open + 1);
}

/* The elements, each with the comma behind it, or in front; parted as lines. */
static void elements_text(const struct script *script, const struct cdk_line *line, const char *lines,
                          bool front, struct text *out) {
    struct cdk_view *view = view_of(script);
    const char *indent = list_indent(view, &view->pieces[line->piece]);
    struct literal_style near;
    style_near(view, line, &near);
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        if (!front) text_add_format(out, ",\n%s", indent);
        add_element(script, &near, at, length, out);
        if (front) text_add_format(out, ",\n%s", indent);
        at += length;
        if (!*at) break;
    }
}

static void insert_in_front(struct script *script, const struct cdk_line *line, const char *lines,
                            const char *why) {
    const struct cdk_view *view = view_of(script);
    const struct cdk_piece *piece = &view->pieces[line->piece];
    cleanup_text struct text out = {0};
    size_t begin = cdk_begin(view->file, piece->range);
    elements_text(script, line, lines, true, &out);
    /* Where the element has a line of its own, the new ones have, too: what is written is whole lines. */
    if (cdk_starts_line(view, piece)) begin = source_line_begin(view->file->source, begin);
    size_t indent = cdk_begin(view->file, piece->range) - begin;
    cleanup_free char *text = memory_format("%.*s%.*s", (int)indent, view->file->source->bytes + begin,
                                            (int)(out.length - indent), out.bytes);
    cdk_add_edit(script, begin, begin, text, why);
}

static void insert_elements(struct script *script, const struct cdk_line *line, const char *lines,
                            const char *why) {
    const struct cdk_view *view = view_of(script);
    const struct cdk_piece *piece = &view->pieces[line->piece];
    cleanup_text struct text out = {0};
    elements_text(script, line, lines, false, &out);
    size_t end = cdk_end(view->file, piece->range), line_end = cdk_rest_of_line(view, end);
    bool comma = code_is(&view->file->code, piece->range.end, ",");
    if (line_end == SIZE_MAX || (!comma && line_end == end))
        return cdk_add_edit(script, end, end, out.bytes, why);
    size_t front = strlen(",\n");
    if (!comma) {
        cdk_add_edit(script, end, end, ",", why);
        return cdk_add_edit(script, line_end, line_end, out.bytes + 1, why);
    }
    text_add_char(&out, ',');
    edits_insert_after(&script->document->edits, script->service, view->file->source, line_end,
                       out.bytes + front, why);
}

/* A text of several literals, each with an escaped newline at its end: new literals behind this one. */
static bool insert_literals(struct script *script, const struct cdk_line *line, const char *lines,
                            const char *why) {
    struct cdk_view *view = view_of(script);
    const struct code *code = &view->file->code;
    const struct code_token *token = &code->tokens[line->token];
    bool sum = code_is(code, line->token + 1, "+");
    size_t next = line->token + (sum ? 2 : 1);
    if (line->newline.end != token->literal->body.end || !code_is_kind(code, next, CODE_STRING)) return false;
    const char *indent = cdk_indent(view->file, code->tokens[next].span.begin);
    struct literal_style near, style;
    cleanup_text struct text out = {0};
    style_near(view, line, &near);
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        text_add_format(&out, "%s\n%s", sum ? " +" : "", indent);
        style_for(&near, at, length, &style);
        literal_open(&style, &out);
        encode_line(script, &style, at, length, &out);
        text_add(&out, "\\n");
        literal_close(&style, &out);
        at += length;
        if (!*at) break;
    }
    cdk_add_edit(script, token->span.end, token->span.end, out.bytes, why);
    return true;
}

/* Inside of a literal: `lines`, each with `part` in front (or behind, where `front`). */
static void insert_inside(struct script *script, const struct cdk_line *line, size_t offset,
                          const char *lines, const char *part, bool front, const char *why) {
    struct literal_style style;
    cleanup_text struct text out = {0};
    style_near(view_of(script), line, &style);
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        bool blank = length == 0 && part[0] != '\\';
        if (!front && !blank) text_add(&out, part);
        if (!front && blank) text_add(&out, "\n");
        encode_line(script, &style, at, length, &out);
        if (front) text_add(&out, part);
        at += length;
        if (!*at) break;
    }
    const struct source *source = view_of(script)->file->source;
    bool lines_of_text = part[0] != '\\';
    if (lines_of_text && !front && line->broken_by == CDK_BREAK_NEWLINE)
        return edits_insert_after(&script->document->edits, script->service, source, offset, out.bytes + 1,
                                  why);
    cdk_add_edit(script, offset, offset, out.bytes, why);
}

static bool holds_newlines(const struct cdk_view *view, const struct cdk_line *line) {
    const struct code_literal *literal = view->file->code.tokens[line->token].literal;
    return literal->triple || literal->quote == '`';
}

static const char *margin_of(struct cdk_view *view, const struct cdk_line *line) {
    cleanup_free char *part = memory_format("\n%s", view->pieces[line->piece].margin);
    return arena_copy(&view->file->arena, part, strlen(part));
}

void cdk_statement_parts(const struct cdk_view *view, const struct cdk_piece *piece, struct text *front,
                         struct span *line) {
    const struct code *code = &view->file->code;
    size_t first = code_statement_first(code, piece->open), last = code->tokens[piece->open].partner;
    size_t begin = code->tokens[first].span.begin;
    line->begin = source_line_begin(view->file->source, begin);
    line->end = code->tokens[last].span.end;
    text_add_bytes(front, code->bytes + line->begin, code->tokens[piece->open].span.end - line->begin);
}

static void insert_statements(struct script *script, const struct cdk_line *line, bool front,
                              const char *lines, const char *why) {
    struct cdk_view *view = view_of(script);
    cleanup_text struct text call = {0}, out = {0};
    struct literal_style near;
    struct span place;
    style_near(view, line, &near);
    cdk_statement_parts(view, &view->pieces[line->piece], &call, &place);
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        text_add(&out, call.bytes);
        add_element(script, &near, at, length, &out);
        text_add_char(&out, ')');
        at += length;
        if (!*at) break;
        text_add_char(&out, '\n');
    }
    struct edits *edits = &script->document->edits;
    if (front)
        edits_insert_before(edits, script->service, view->file->source, place.begin, out.bytes, why);
    else
        edits_insert_after(edits, script->service, view->file->source, place.end, out.bytes, why);
}

static void insert(struct script *script, size_t after, const char *lines, const char *why) {
    struct cdk_view *view = view_of(script);
    const struct cdk_line *line = &view->lines[after ? after - 1 : 0];
    const struct cdk_piece *piece = &view->pieces[line->piece];
    bool listed = piece->open != SIZE_MAX;
    if (piece->level > view->level)
        fail(view, "it belongs beside commands that are only added under a condition", line->begin);
    bool own = after == 0 || line->broken_by == CDK_BREAK_PIECE;
    if (piece->alone && own) return insert_statements(script, line, after == 0, lines, why);
    if (listed && after == 0) return insert_in_front(script, line, lines, why);
    if (listed && own) return insert_elements(script, line, lines, why);
    if (line->token == SIZE_MAX)
        return fail(view, "it belongs beside an expression whose text is not known", line->begin);
    bool newlines = line->broken_by == CDK_BREAK_NEWLINE || (own && holds_newlines(view, line));
    if (newlines) {
        cleanup_free char *behind = memory_format("%s\n", margin_of(view, line) + 1);
        if (after == 0) return insert_inside(script, line, line->begin, lines, behind, true, why);
        return insert_inside(script, line, line->end, lines, margin_of(view, line), false, why);
    }
    if (after == 0) return insert_inside(script, line, line->begin, lines, "\\n", true, why);
    if (own) return insert_inside(script, line, line->end, lines, "\\n", false, why);
    if (!insert_literals(script, line, lines, why))
        insert_inside(script, line, line->newline.end, lines, "\\n", true, why);
}

/* Inside of a line; a newline in it parts the line as its literal is parted. */
static void encode(const struct script *script, const char *text, size_t length, struct text *out) {
    struct cdk_view *view = view_of(script);
    const struct cdk_line *line = &view->lines[script->replacing - 1];
    struct literal_style style;
    if (line->token == SIZE_MAX) return fail(view, "what has to be changed is an expression", line->begin);
    style_near(view, line, &style);
    const struct cdk_piece *piece = &view->pieces[line->piece];
    bool newlines = line->broken_by == CDK_BREAK_NEWLINE || holds_newlines(view, line);
    bool listed = piece->open != SIZE_MAX && line->broken_by == CDK_BREAK_PIECE &&
                  code_is_kind(&view->file->code, piece->range.end - 1, CODE_STRING);
    for (size_t at = 0; at <= length; at++) {
        const char *newline = at < length ? memchr(text + at, '\n', length - at) : NULL;
        size_t part = (newline ? (size_t)(newline - text) : length) - at;
        encode_line(script, &style, text + at, part, out);
        at += part;
        if (!newline) break;
        if (listed) {
            cleanup_text struct text call = {0};
            struct span place;
            if (piece->alone) cdk_statement_parts(view, piece, &call, &place);
            literal_close(&style, out);
            text_add_format(out, "%s%s%s", piece->alone ? ")" : ",", newline_of(view),
                            piece->alone ? call.bytes : list_indent(view, piece));
            literal_open(&style, out);
        } else {
            text_add(out, newlines ? newline_of(view) : "\\n");
            if (newlines) text_add(out, piece->margin);
        }
    }
}

const struct script_host cdk_host = {"cdk", encode, insert, cdk_remove_lines};
