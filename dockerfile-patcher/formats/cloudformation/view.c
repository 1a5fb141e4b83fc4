#include "dockerfile-patcher/formats/cloudformation/folded.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* One byte of a text, and where in the source it is made from. */
struct unit_of_text {
    char byte;
    size_t begin;
    size_t end;
};

struct view_builder {
    struct template *template;
    struct script *script;
    struct view *view;
    const char *bytes;
    struct unit_of_text *units; /* of one holder */
    size_t unit_count;
    size_t unit_capacity;
    struct text line;
    size_t *map;
    size_t map_capacity;
    struct place_of_line place;
    bool open; /* something of a line is there */
    struct yaml_node *list;
    const char *between;
    const char *reason;
};

void view_add_byte(struct view_builder *builder, char byte, size_t begin, size_t end) {
    if (builder->unit_count == builder->unit_capacity) {
        builder->unit_capacity = builder->unit_capacity ? builder->unit_capacity * 2 : 1024;
        builder->units = memory_resize(builder->units, builder->unit_capacity * sizeof *builder->units);
    }
    builder->units[builder->unit_count++] = (struct unit_of_text){byte, begin, end};
}

/* What the block takes away from each line: an indicator may leave some blanks to the text. */
static size_t indent_of(const struct yaml_node *node) {
    size_t own = strspn(node->value, "\n");
    size_t kept = strspn(node->value + own, " ");
    return node->column > kept ? node->column - kept : 0;
}

static void read_lines(struct view_builder *builder, const struct yaml_node *node, size_t indent) {
    const char *bytes = builder->bytes;
    for (size_t at = node->body.begin; at < node->body.end;) {
        size_t next = source_line_end(builder->template->yaml.source, at), end = next;
        while (end > at && strchr("\r\n", bytes[end - 1])) end--;
        for (size_t i = 0; i < indent && at < end && bytes[at] == ' '; i++) at++;
        for (; at < end; at++) view_add_byte(builder, bytes[at], at, at + 1);
        if (next < node->body.end || next > end) view_add_byte(builder, '\n', end, next);
        at = next;
    }
    /* What |- takes away is no line of its own. */
    if (builder->unit_count && node->value_length && node->value[node->value_length - 1] != '\n' &&
        builder->units[builder->unit_count - 1].byte == '\n')
        builder->unit_count--;
}

static size_t put_utf8(char *out, unsigned long code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf0 << (4 - count) & 0xf0) | code);
    return count;
}

/* An escape of a double-quoted text; 0 where its meaning is not known here. */
static size_t read_escape(struct view_builder *builder, size_t at) {
    static const char names[] = "nrtabefv0\"\\/ N_LP";
    static const char values[] = "\n\r\t\a\b\x1b\f\v\0\"\\/ ";
    const char *bytes = builder->bytes;
    char name = bytes[at + 1], code[9] = "", decoded[4];
    size_t digits = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
    if (digits) {
        memcpy(code, bytes + at + 2, digits);
        size_t count = put_utf8(decoded, strtoul(code, NULL, 16));
        for (size_t i = 0; i < count; i++) view_add_byte(builder, decoded[i], at, at + 2 + digits);
        return 2 + digits;
    }
    const char *found = name ? memchr(names, name, sizeof names - 5) : NULL;
    if (!found) return 0;
    view_add_byte(builder, values[found - names], at, at + 2);
    return 2;
}

/* Text in quotes or plain, on one line of the source. */
static bool read_flow(struct view_builder *builder, const struct holder *holder) {
    const char *bytes = builder->bytes;
    for (size_t at = holder->inner.begin; at < holder->inner.end;) {
        size_t taken = 1;
        if (bytes[at] == '\n' || bytes[at] == '\r') {
            builder->reason = "a quoted text over several lines of the file";
            return false;
        }
        if (holder->kind == HOLDER_DOUBLE && bytes[at] == '\\') {
            taken = read_escape(builder, at);
            if (taken == 0) {
                builder->reason = "an escape whose meaning is not known here";
                return false;
            }
        } else {
            if (holder->kind == HOLDER_SINGLE && bytes[at] == '\'') taken = 2;
            view_add_byte(builder, bytes[at], at, at + taken);
        }
        at += taken;
    }
    return true;
}

static void add_byte(struct view_builder *builder, char byte, size_t offset) {
    if (builder->line.length + 1 >= builder->map_capacity) {
        builder->map_capacity = builder->map_capacity ? builder->map_capacity * 2 : 128;
        builder->map = memory_resize(builder->map, builder->map_capacity * sizeof *builder->map);
    }
    builder->map[builder->line.length] = offset;
    text_add_char(&builder->line, byte);
}

static size_t last_holder(const struct view_builder *builder) { return builder->view->holder_count - 1; }

static void begin_line(struct view_builder *builder, size_t offset) {
    if (builder->open) return;
    builder->open = true;
    builder->place = (struct place_of_line){last_holder(builder), SIZE_MAX, 0, offset, SIZE_MAX, FRAME_NONE};
}

/* `end`: behind the line's text; `next`: behind its newline, or SIZE_MAX. */
static void end_line(struct view_builder *builder, size_t end, size_t next) {
    struct script *script = builder->script;
    struct view *view = builder->view;
    begin_line(builder, end);
    if (!builder->map) builder->map = memory_resize(NULL, sizeof *builder->map);
    size_t length = builder->line.length;
    builder->map[length] = end;
    script->lines = memory_resize(script->lines, (script->count + 1) * sizeof *script->lines);
    script->lines[script->count++] = (struct script_line){
        .text = arena_copy(&builder->template->arena, length ? builder->line.bytes : "", length),
        .length = length,
        .span = {length ? builder->map[0] : builder->place.begin, end},
        .map = builder->map};
    builder->place.last = last_holder(builder);
    builder->place.next = next;
    view->places =
        arena_grow(&builder->template->arena, view->places, view->place_count, sizeof *view->places);
    view->places[view->place_count++] = builder->place;
    text_free(&builder->line);
    builder->map = NULL;
    builder->map_capacity = 0;
    builder->open = false;
}

size_t template_add_hole(struct script *script, char *bytes, struct span span, bool value) {
    struct view *view = script->host_data;
    script->holes = memory_resize(script->holes, (script->hole_count + 1) * sizeof *script->holes);
    script->holes[script->hole_count] = (struct script_hole){bytes, memory_copy(bytes), span};
    view->values = arena_grow(&view->template->arena, view->values, view->value_count, sizeof *view->values);
    view->values[view->value_count++] = value;
    return script->hole_count++;
}

static void add_hole(struct view_builder *builder, struct span span, size_t at, bool value) {
    char *bytes = memory_copy_bytes(builder->bytes + span.begin, span.end - span.begin);
    cleanup_free char *mark =
        memory_format("%c%zu%c", SCRIPT_HOLE_BEGIN, template_add_hole(builder->script, bytes, span, value),
                      SCRIPT_HOLE_END);
    for (size_t i = 0; mark[i]; i++) add_byte(builder, mark[i], at);
}

/* The unit behind the hole that begins at `at`, or `at` where none begins there. */
static size_t hole_end(const struct view_builder *builder, size_t at) {
    const struct unit_of_text *units = builder->units;
    if (at + 2 >= builder->unit_count || units[at].byte != '$' || units[at + 1].byte != '{') return at;
    for (size_t i = at + 2; i < builder->unit_count && units[i].byte != '\n'; i++)
        if (units[i].byte == '}') return i + 1;
    return at;
}

static void add_units(struct view_builder *builder, bool sub) {
    const struct unit_of_text *units = builder->units;
    for (size_t i = 0; i < builder->unit_count;) {
        size_t behind = sub ? hole_end(builder, i) : i;
        begin_line(builder, units[i].begin);
        if (builder->place.text == SIZE_MAX) builder->place.text = last_holder(builder);
        if (behind > i && units[i + 2].byte == '!') {
            add_byte(builder, '$', units[i].begin);
            add_byte(builder, '{', units[i + 1].begin);
            i += 3;
        } else if (behind > i) {
            add_hole(builder, (struct span){units[i].begin, units[behind - 1].end}, units[i].begin, false);
            i = behind;
        } else if (units[i].byte == '\n') {
            end_line(builder, units[i].begin, units[i].end);
            i++;
        } else {
            add_byte(builder, units[i].byte, units[i].begin);
            i++;
        }
    }
}

static const char *blanks(struct template *template, size_t count) {
    cleanup_free char *text = memory_format("%*s", (int)count, "");
    return arena_copy(&template->arena, text, count);
}

static bool is_text(const struct yaml_node *node, bool bare) {
    return node->kind == YAML_SCALAR && (bare || !node->tag);
}

static void read_holder(struct view_builder *builder, struct yaml_node *node, bool bare, bool sub,
                        struct holder *holder) {
    struct span content = node->content;
    *holder = (struct holder){HOLDER_VALUE, node->span, content, sub, "", builder->list, builder->between};
    if (!is_text(node, bare)) return;
    bool quoted = node->style == YAML_SINGLE || node->style == YAML_DOUBLE;
    holder->kind = node->style == YAML_DOUBLE    ? HOLDER_DOUBLE
                   : node->style == YAML_SINGLE  ? HOLDER_SINGLE
                   : node->style == YAML_LITERAL ? HOLDER_LINES
                   : node->style == YAML_FOLDED  ? HOLDER_FOLDED
                                                 : HOLDER_PLAIN;
    if (quoted) holder->inner = (struct span){content.begin + 1, content.end - 1};
    if (holder->kind == HOLDER_LINES || holder->kind == HOLDER_FOLDED) {
        holder->inner = node->body;
        holder->indent = blanks(builder->template, indent_of(node));
    }
}

/* Where what is put in front of a value goes: to the end of the text before it. */
static size_t anchor_of(const struct view_builder *builder) {
    const struct view *view = builder->view;
    const struct holder *before = view->holder_count > 1 ? &view->holders[view->holder_count - 2] : NULL;
    bool follows = before && before->list == builder->list &&
                   (before->kind == HOLDER_DOUBLE || before->kind == HOLDER_SINGLE) &&
                   (builder->open || !*builder->between);
    return follows ? before->inner.end : view->holders[view->holder_count - 1].whole.begin;
}

/* Is what was read what libyaml says? */
static bool means(const struct view_builder *builder, const struct yaml_node *node) {
    if (builder->unit_count != node->value_length) return false;
    for (size_t i = 0; i < builder->unit_count; i++)
        if (builder->units[i].byte != node->value[i]) return false;
    return true;
}

static bool add_holder(struct view_builder *builder, const struct yaml_node *node, struct holder holder) {
    struct view *view = builder->view;
    view->holders =
        arena_grow(&builder->template->arena, view->holders, view->holder_count, sizeof *view->holders);
    view->holders[view->holder_count++] = holder;
    if (holder.kind == HOLDER_VALUE) {
        size_t anchor = anchor_of(builder);
        begin_line(builder, holder.whole.begin);
        add_hole(builder, holder.whole, anchor, true);
        return true;
    }
    builder->unit_count = 0;
    if (holder.kind == HOLDER_LINES)
        read_lines(builder, node, strlen(holder.indent));
    else if (holder.kind == HOLDER_FOLDED)
        folded_read(builder, node, &view->holders[view->holder_count - 1]);
    else if (!read_flow(builder, &holder))
        return false;
    if (holder.kind == HOLDER_FOLDED && !means(builder, node)) {
        builder->reason = "a folded block (>) whose lines are not understood";
        return false;
    }
    if (*builder->between) begin_line(builder, holder.inner.begin);
    add_units(builder, holder.sub);
    return true;
}

/* An item that is a Sub of a text is a text with holes. */
static bool add_item(struct view_builder *builder, struct yaml_node *item, struct span whole) {
    struct template_call call;
    template_call_of(item, false, &call);
    bool sub =
        call.name && strcmp(call.name, "Fn::Sub") == 0 && call.argument && is_text(call.argument, call.bare);
    struct yaml_node *node = sub ? call.argument : item;
    struct holder holder;
    read_holder(builder, node, sub && call.bare, sub, &holder);
    holder.whole = whole;
    return add_holder(builder, node, holder);
}

static bool add_items(struct view_builder *builder, struct yaml_node *list) {
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_node *item = yaml_follow(list->items[i]);
        if (item != list->items[i]) {
            builder->reason = "an alias in the list that is joined";
            return false;
        }
        if (!add_item(builder, item, item->span)) return false;
        const struct holder *holder = &builder->view->holders[last_holder(builder)];
        if (*builder->between && i + 1 < list->count) end_line(builder, holder->inner.end, SIZE_MAX);
    }
    return true;
}

static bool build(struct view_builder *builder, const struct template_script *resolved, bool alone) {
    struct yaml_node *node = resolved->node;
    if (resolved->shape == TEMPLATE_JOIN) {
        if (!add_items(builder, node)) return false;
    } else {
        struct holder holder;
        read_holder(builder, node, true, resolved->sub, &holder);
        if (!alone && (holder.kind == HOLDER_SINGLE || holder.kind == HOLDER_PLAIN))
            builder->reason = "one line, written in a way that holds no more";
        if (builder->reason || !add_holder(builder, node, holder)) return false;
    }
    const struct holder *last = &builder->view->holders[last_holder(builder)];
    if (!builder->open) return true;
    end_line(builder,
             last->kind == HOLDER_VALUE ? last->whole.end
             : last->kind == HOLDER_LINES || last->kind == HOLDER_FOLDED
                 ? builder->units[builder->unit_count - 1].end
                 : last->inner.end,
             SIZE_MAX);
    if (resolved->shape == TEMPLATE_TEXT && (last->kind == HOLDER_SINGLE || last->kind == HOLDER_PLAIN))
        builder->script->lines[builder->script->count - 1].alone = true;
    return true;
}

struct template *view_template(const struct view_builder *builder) {
    return builder->template;
}

struct view_builder *view_builder_new(struct template *template, struct script *script) {
    struct view_builder *builder = memory_zeroed(1, sizeof *builder);
    *builder = (struct view_builder){.template = template,
                                     .script = script,
                                     .view = script->host_data,
                                     .bytes = template->yaml.source->bytes,
                                     .between = ""};
    return builder;
}

bool view_add_text(struct view_builder *builder, const struct template_script *resolved, bool alone,
                   const char **why) {
    bool join = resolved->shape == TEMPLATE_JOIN;
    size_t lines = builder->script->count;
    builder->list = join ? resolved->node : NULL;
    builder->between = join ? resolved->between : "";
    builder->reason = NULL;
    bool good = build(builder, resolved, alone);
    *why = builder->reason;
    if (good) return true;
    text_free(&builder->line);
    builder->open = false;
    while (builder->script->count > lines)
        free((size_t *)builder->script->lines[--builder->script->count].map);
    builder->view->place_count = lines;
    return false;
}

void view_add_frame(struct view_builder *builder, const char *text, size_t at, enum frame frame) {
    begin_line(builder, at);
    builder->place.frame = frame;
    for (; *text; text++) add_byte(builder, *text, at);
    end_line(builder, at, SIZE_MAX);
}

void view_builder_free(struct view_builder *builder) {
    text_free(&builder->line);
    free(builder->map);
    free(builder->units);
    free(builder);
}

bool template_view(struct template *template, const struct template_script *resolved, struct service *service,
                   struct script *script, const char **reason) {
    struct view *view = arena_allocate(&template->arena, sizeof *view);
    *view = (struct view){.template = template};
    *script = (struct script){
        .document = template->document, .service = service, .host = &template_host, .host_data = view};
    struct view_builder *builder = view_builder_new(template, script);
    bool good = view_add_text(builder, resolved, false, reason);
    view_builder_free(builder);
    if (!good) script_free(script);
    return good;
}
