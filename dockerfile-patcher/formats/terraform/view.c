#include "dockerfile-patcher/formats/terraform/view.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

struct builder {
    struct terraform_module *module;
    struct script *script;
    struct view *view;
    const char *bytes;
    size_t begin; /* of the line, in the source */
    size_t skip;  /* blanks of the host that each line begins with */
    size_t skipped;
    struct text line;
    size_t *map;
    size_t map_capacity;
    bool holds_text; /* more than blanks and directives */
};

static void add_byte(struct builder *builder, char byte, size_t offset) {
    if (builder->line.length + 1 >= builder->map_capacity) {
        builder->map_capacity = builder->map_capacity ? builder->map_capacity * 2 : 128;
        builder->map = memory_resize(builder->map, builder->map_capacity * sizeof *builder->map);
    }
    builder->map[builder->line.length] = offset;
    text_add_char(&builder->line, byte);
    builder->holds_text |= byte != ' ' && byte != '\t' && byte != '\r';
}

/* `end`: where the line's text ends in the source, without its newline; `next`: where the next begins. */
static void end_line(struct builder *builder, size_t end, size_t next) {
    struct script *script = builder->script;
    if (end > builder->begin && builder->bytes[end - 1] == '\r') {
        end--;
        if (builder->line.length) builder->line.length--;
    }
    if (!builder->holds_text) builder->line.length = 0;
    size_t length = builder->line.length;
    if (!builder->map) builder->map = memory_resize(NULL, sizeof *builder->map);
    builder->map[length] = end;
    script->lines = memory_resize(script->lines, (script->count + 1) * sizeof *script->lines);
    script->lines[script->count] = (struct script_line){
        .text = arena_copy(&builder->module->arena, length ? builder->line.bytes : "", length),
        .length = length,
        .span = {length ? builder->map[0] : builder->begin + builder->skipped, end},
        .map = builder->map,
        .indent =
            builder->skipped ? memory_copy_bytes(builder->bytes + builder->begin, builder->skipped) : NULL};
    struct view *view = builder->view;
    view->holder_of =
        arena_grow(&builder->module->arena, view->holder_of, script->count, sizeof *view->holder_of);
    view->holder_of[script->count++] = view->holder_count - 1;
    text_free(&builder->line);
    builder->map = NULL;
    builder->map_capacity = builder->skipped = 0;
    builder->holds_text = false;
    builder->begin = next;
}

static void add_hole(struct builder *builder, struct span span, bool directive) {
    struct script *script = builder->script;
    bool text = builder->holds_text;
    char *bytes = memory_copy_bytes(builder->bytes + span.begin, span.end - span.begin);
    script->holes = memory_resize(script->holes, (script->hole_count + 1) * sizeof *script->holes);
    script->holes[script->hole_count] = (struct script_hole){bytes, memory_copy(bytes), span};
    cleanup_free char *mark =
        memory_format("%c%zu%c", SCRIPT_HOLE_BEGIN, script->hole_count++, SCRIPT_HOLE_END);
    for (size_t i = 0; mark[i]; i++) add_byte(builder, mark[i], span.begin);
    if (directive) builder->holds_text = text;
}

static void add_text(struct builder *builder, struct span span, bool newlines) {
    for (size_t at = span.begin; at < span.end; at++) {
        char c = builder->bytes[at];
        if (c == '\n' && newlines)
            end_line(builder, at, at + 1);
        else if (at - builder->begin == builder->skipped && builder->skipped < builder->skip &&
                 (c == ' ' || c == '\t'))
            builder->skipped++;
        else
            add_byte(builder, c, at);
    }
}

/* In a template within a template an escaped hole is a hole, and one that is escaped twice is text. Returns where to go
 * on: behind the hole. */
static size_t add_escaped(struct builder *builder, const struct hcl_part *part, size_t end) {
    bool brace = part->length == 2 && part->text[1] == '{';
    struct text *line = &builder->line;
    bool again = builder->view->twice && brace && line->length &&
                 line->bytes[line->length - 1] == part->text[0] &&
                 builder->map[line->length - 1] + 1 == part->span.begin;
    if (builder->view->twice && brace && !again) {
        const char *close = memchr(builder->bytes + part->span.end, '}', end - part->span.end);
        if (close) {
            struct span span = {part->span.begin, (size_t)(close - builder->bytes) + 1};
            add_hole(builder, span, part->text[0] == '%');
            return span.end;
        }
    }
    if (again) line->length--;
    for (size_t i = 0; i < part->length; i++)
        add_byte(builder, part->text[i], part->span.begin + (i ? part->span.end - part->span.begin - 1 : 0));
    return part->span.end;
}

static bool add_holder(struct builder *builder, enum holder_kind kind, struct span whole, struct span inner) {
    struct terraform_module *module = builder->module;
    struct view *view = builder->view;
    view->holders = arena_grow(&module->arena, view->holders, view->holder_count, sizeof *view->holders);
    view->holders[view->holder_count++] = (struct holder){kind, whole, inner};
    builder->begin = inner.begin;
    bool quoted = kind == HOLDER_STRING;
    size_t count, behind = 0, before = builder->script->count;
    if (kind == HOLDER_VALUE) {
        add_hole(builder, inner, false);
        end_line(builder, inner.end, inner.end);
        return true;
    }
    struct hcl_part *parts = hcl_template(&module->arena, builder->bytes, inner, quoted, &count);
    if (count == SIZE_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        struct hcl_part part = parts[i];
        if (part.span.end <= behind) continue;
        if (part.span.begin < behind) part.span.begin = behind;
        if (part.kind != HCL_TEXT)
            add_hole(builder, part.span, part.kind == HCL_DIRECTIVE);
        else if (!part.text)
            add_text(builder, part.span, !quoted);
        else if (quoted && part.text[0] == '\n')
            end_line(builder, part.span.begin, part.span.end);
        else
            behind = add_escaped(builder, &part, inner.end);
    }
    bool open = builder->begin < inner.end || (builder->script->count == before && view->list);
    if (open) end_line(builder, inner.end, inner.end);
    return true;
}

static bool add_items(struct builder *builder, const struct hcl_value *list) {
    bool good = true;
    for (size_t i = 0; i < list->count && good; i++) {
        struct hcl_value item;
        struct span whole = list->items[i].value;
        hcl_value(&builder->module->arena, &builder->script->document->source, whole, &item);
        builder->skip =
            item.kind == HCL_HEREDOC && item.flush ? hcl_flushed_indent(builder->bytes, item.inner) : 0;
        good = add_holder(builder,
                          item.kind == HCL_HEREDOC  ? HOLDER_LINES
                          : item.kind == HCL_STRING ? HOLDER_STRING
                                                    : HOLDER_VALUE,
                          whole, item.kind == HCL_HEREDOC || item.kind == HCL_STRING ? item.inner : whole);
    }
    return good;
}

bool terraform_view(struct terraform_module *module, const struct terraform_script *resolved,
                    struct service *service, struct script *script) {
    struct document *document = resolved->document;
    const struct source *source = &document->source;
    struct span all = {source->begin, source->length};
    if (resolved->shape == TERRAFORM_FILE) {
        script_of_lines(script, document, service, all, false);
        return true;
    }
    struct view *view = arena_allocate(&module->arena, sizeof *view);
    *view = (struct view){.list = resolved->shape == TERRAFORM_LINES, .twice = resolved->twice, .indent = ""};
    *script =
        (struct script){.document = document, .service = service, .host = &terraform_host, .host_data = view};
    struct builder builder = {.module = module, .script = script, .view = view, .bytes = source->bytes};
    const struct hcl_value *value = &resolved->value;
    bool good;
    if (view->list) {
        good = add_items(&builder, value);
    } else if (resolved->shape == TERRAFORM_TEMPLATE) {
        good = add_holder(&builder, HOLDER_LINES, all, all);
    } else {
        if (value->flush) builder.skip = hcl_flushed_indent(source->bytes, value->inner);
        good = add_holder(&builder, value->kind == HCL_HEREDOC ? HOLDER_LINES : HOLDER_STRING, value->span,
                          value->inner);
    }
    for (size_t i = 0; i < script->count && !*view->indent; i++)
        if (script->lines[i].indent && script->lines[i].length)
            view->indent =
                arena_copy(&module->arena, script->lines[i].indent, strlen(script->lines[i].indent));
    text_free(&builder.line);
    if (builder.map) free(builder.map);
    if (!good) script_free(script);
    return good;
}
