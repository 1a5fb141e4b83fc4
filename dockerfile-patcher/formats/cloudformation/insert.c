#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/folded.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static struct view *view_of(const struct script *script) { return script->host_data; }

static bool is_block_list(const struct holder *holder) {
    return holder->list && holder->list->style == YAML_BLOCK;
}

static void give_up(const struct script *script, size_t offset, const char *reason) {
    struct view *view = view_of(script);
    if (view->reason) return;
    view->reason = reason;
    view->reason_offset = offset;
}

/* What parts two items of the list: a newline and an indent where they stand on lines of their own. */
static void add_break(const struct script *script, const struct holder *near, struct text *out) {
    const struct source *source = &script->document->source;
    struct span indent;
    source_indent(source, near->whole.begin, &indent);
    if (indent.end != near->whole.begin && !is_block_list(near)) {
        text_add(out, " ");
        return;
    }
    text_add(out, source_newline(source));
    text_add_bytes(out, source->bytes + indent.begin, indent.end - indent.begin);
}

/* A value between two parts of a line: the text is closed, the value an item, and a text opened again. */
static void add_value(const struct script *script, const struct holder *holder, const char *bytes,
                      struct text *out) {
    char quote = holder->kind == HOLDER_SINGLE ? '\'' : '"';
    bool block = is_block_list(holder);
    for (size_t i = 0; i < 2; i++) {
        if (i == 0) text_add_char(out, quote);
        if (i == 1) text_add(out, bytes);
        if (!block) text_add_char(out, ',');
        add_break(script, holder, out);
        if (block) text_add(out, "- ");
    }
    text_add_char(out, quote);
}

static void add_character(const struct holder *holder, char character, struct text *out) {
    static const char special[] = "\n\r\t\"\\", names[] = "nrt\"\\";
    const char *escape = character ? strchr(special, character) : NULL;
    if (holder->kind == HOLDER_DOUBLE && escape) {
        text_add_char(out, '\\');
        text_add_char(out, names[escape - special]);
    } else if (holder->kind == HOLDER_SINGLE && character == '\'') {
        text_add(out, "''");
    } else {
        text_add_char(out, character);
        if (holder->kind == HOLDER_LINES && character == '\n') text_add(out, holder->indent);
    }
}

void view_encode(const struct script *script, const struct holder *holder, const char *text, size_t length,
                 struct text *out) {
    const struct view *view = view_of(script);
    for (size_t at = 0; at < length;) {
        size_t taken = 1;
        const struct script_hole *hole = script_hole_at(script, text + at, &taken);
        bool value = hole && view->values[hole - script->holes];
        if (hole && (value ? !holder->list : !holder->sub))
            give_up(script, holder->whole.begin,
                    "a reference cannot stand in this text: make it a Sub, or give the value by --set");
        else if (value)
            add_value(script, holder, hole->bytes, out);
        else if (hole)
            text_add(out, hole->bytes);
        else
            add_character(holder, text[at], out);
        if (!hole && holder->sub && text[at] == '$' && at + 1 < length && text[at + 1] == '{') {
            text_add(out, "{!");
            taken = 2;
        }
        at += taken;
    }
}

static void encode(const struct script *script, const char *text, size_t length, struct text *out) {
    const struct view *view = view_of(script);
    const struct place_of_line *place = &view->places[script->replacing - 1];
    if (place->frame) {
        give_up(script, place->begin, "what has to be changed is none of the template's text");
        return;
    }
    view_encode(script, &view->holders[place->text == SIZE_MAX ? place->first : place->text], text, length,
                out);
}

/* A place for new lines: in front of a line, or behind it. */
struct spot {
    size_t line;
    bool front;
};

static void insert_lines(struct script *script, const struct holder *holder, struct spot spot,
                         const char *lines, const char *why) {
    struct document *document = script->document;
    cleanup_text struct text out = {0};
    text_add(&out, "");
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        if (length) text_add(&out, holder->indent);
        view_encode(script, holder, at, length, &out);
        at += length;
        if (*at == '\n') text_add_char(&out, *at++);
    }
    struct span span = script_line(script, spot.line)->span;
    if (spot.front)
        edits_insert_before(&document->edits, script->service, &document->source, span.begin, out.bytes, why);
    else
        edits_insert_after(&document->edits, script->service, &document->source, span.end, out.bytes, why);
}

static void insert_escaped(struct script *script, const struct holder *holder, struct spot spot,
                           const char *lines, const char *why) {
    const struct view *view = view_of(script);
    cleanup_text struct text out = {0};
    size_t at = spot.front ? holder->inner.begin : view->places[spot.line - 1].next;
    bool open = at == SIZE_MAX;
    if (open) at = holder->inner.end;
    if (open) text_add(&out, "\\n");
    view_encode(script, holder, lines, strlen(lines), &out);
    if (!open) text_add(&out, "\\n");
    edits_add(&script->document->edits, script->service, (struct span){at, at}, out.bytes, why);
}

static bool has_hole_of_text(const struct script *script, const char *text, size_t length) {
    for (size_t at = 0, taken; at < length; at++) {
        const struct script_hole *hole = script_hole_at(script, text + at, &taken);
        if (hole && !view_of(script)->values[hole - script->holes]) return true;
    }
    return false;
}

/* One new item that holds a line, as the item beside it is written. */
static void add_item(const struct script *script, const struct holder *near, const char *text, size_t length,
                     struct text *out) {
    struct holder holder = *near;
    holder.kind = HOLDER_DOUBLE;
    bool json = view_of(script)->template->json, sub = has_hole_of_text(script, text, length);
    cleanup_free char *line = memory_copy_bytes(text, length);
    bool marked = strchr(line, SCRIPT_HOLE_BEGIN) != NULL;
    if (*near->between && near->kind != HOLDER_DOUBLE && !marked && near->kind != HOLDER_VALUE) {
        yaml_add_scalar(out, line, near->kind == HOLDER_SINGLE ? YAML_SINGLE : YAML_PLAIN);
        return;
    }
    holder.sub = sub;
    if (sub) text_add(out, json ? "{ \"Fn::Sub\": " : "!Sub ");
    text_add_char(out, '"');
    view_encode(script, &holder, text, length, out);
    text_add(out, *near->between ? "\"" : "\\n\"");
    if (sub && json) text_add(out, " }");
}

static void insert_items(struct script *script, const struct holder *holder, bool in_front, const char *lines,
                         const char *why) {
    struct document *document = script->document;
    cleanup_text struct text out = {0};
    bool block = is_block_list(holder);
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        if (block) {
            text_add_format(&out, "%*s- ", (int)holder->list->column, "");
        } else if (!in_front) {
            text_add_char(&out, ',');
            add_break(script, holder, &out);
        }
        add_item(script, holder, at, length, &out);
        if (!block && in_front) {
            text_add_char(&out, ',');
            add_break(script, holder, &out);
        }
        at += length;
        if (!*at) break;
        if (block) text_add_char(&out, '\n');
    }
    size_t at = in_front ? holder->whole.begin : holder->whole.end;
    if (!block)
        edits_add(&document->edits, script->service, (struct span){at, at}, out.bytes, why);
    else if (in_front)
        edits_insert_before(&document->edits, script->service, &document->source, at, out.bytes, why);
    else
        edits_insert_after(&document->edits, script->service, &document->source, at - 1, out.bytes, why);
}

/* A line that asks how the call ended must stay behind it. */
static size_t behind_call(const struct script *script) {
    size_t line = view_of(script)->done;
    while (line < script->count) {
        const struct script_line *next = script_line(script, line + 1);
        cleanup_free char *text = memory_copy_bytes(next->text, next->length);
        if (!strstr(text, "$?")) break;
        line++;
    }
    return line > view_of(script)->done ? line : view_of(script)->call_end;
}

/* Where lines behind this one go; 0: in front of everything. */
static struct spot spot_behind(const struct script *script, size_t after) {
    const struct view *view = view_of(script);
    if (after == 0) return (struct spot){1, true};
    const struct script_line *line = script_line(script, after);
    enum frame frame = view->places[after - 1].frame;
    bool filled = after < script->count && !view->places[after].frame;
    if (frame == FRAME_FRONT && filled && !script_line(script, after + 1)->alone)
        return (struct spot){after + 1, true};
    if (line->alone || frame == FRAME_BEHIND) return (struct spot){behind_call(script), false};
    if (frame == FRAME_NONE) return (struct spot){after, false};
    return view->call == 1 ? (struct spot){1, true} : (struct spot){view->call - 1, false};
}

static void insert(struct script *script, size_t after, const char *lines, const char *why) {
    const struct view *view = view_of(script);
    if (script->count == 0) return;
    struct spot spot = spot_behind(script, after);
    if (after && script_line(script, after)->elsewhere && !script_line(script, spot.line)->elsewhere)
        script->growth += (ptrdiff_t)strlen(lines) + 1;
    const struct place_of_line *place = &view->places[spot.line - 1];
    const struct holder *holder = &view->holders[spot.front ? place->first : place->last];
    bool at_edge = spot.front || place->next == holder->inner.end ||
                   (place->next == SIZE_MAX && (*holder->between || holder->kind == HOLDER_VALUE));
    if (holder->kind == HOLDER_FOLDED) {
        if (!folded_insert(script, holder, spot.line, spot.front, lines, why))
            give_up(script, holder->whole.begin,
                    "a folded block (>), in which no line of its own can stand there");
    } else if (holder->kind == HOLDER_LINES)
        insert_lines(script, holder, spot, lines, why);
    else if (holder->list && at_edge)
        insert_items(script, holder, spot.front, lines, why);
    else
        insert_escaped(script, holder, spot, lines, why);
}

/* Items with the comma and the blanks that came with them, or their lines. */
static void remove_items(struct script *script, size_t from, size_t to, const char *why) {
    const struct view *view = view_of(script);
    struct document *document = script->document;
    if (is_block_list(&view->holders[from])) {
        struct span whole = {view->holders[from].whole.begin, view->holders[to].whole.end};
        edits_remove_lines(&document->edits, script->service, &document->source, whole, why);
        return;
    }
    const struct yaml_node *list = view->holders[from].list;
    bool follows = from && view->holders[from - 1].list == list;
    struct span span = {follows ? view->holders[from - 1].whole.end : view->holders[from].whole.begin,
                        view->holders[to].whole.end};
    if (!follows && to + 1 < view->holder_count && view->holders[to + 1].list == list)
        span.end = view->holders[to + 1].whole.begin;
    edits_add(&document->edits, script->service, span, "", why);
}

static void remove_lines(struct script *script, size_t first, size_t last, const char *why) {
    const struct view *view = view_of(script);
    struct document *document = script->document;
    const struct place_of_line *from = &view->places[first - 1], *to = &view->places[last - 1];
    const struct holder *begin = &view->holders[from->first], *end = &view->holders[to->last];
    bool opens = from->begin == begin->inner.begin || begin->kind == HOLDER_VALUE;
    bool closes = to->next == end->inner.end || to->next == SIZE_MAX;
    struct span span = {script_line(script, first)->span.begin, script_line(script, last)->span.end};
    if (begin->kind == HOLDER_FOLDED) {
        folded_remove(script, begin, first, last, why);
    } else if (begin->kind == HOLDER_LINES) {
        edits_remove_lines(&document->edits, script->service, &document->source, span, why);
    } else if (begin->list && opens && closes) {
        remove_items(script, from->first, to->last, why);
    } else {
        span.begin = from->begin;
        span.end = to->next == SIZE_MAX ? end->inner.end : to->next;
        if (to->next == SIZE_MAX && first > 1) span.begin = script_line(script, first - 1)->span.end;
        edits_add(&document->edits, script->service, span, "", why);
    }
}

const struct script_host template_host = {"cloudformation", encode, insert, remove_lines};
