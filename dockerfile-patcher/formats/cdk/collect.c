#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"

/* From an expression to the lines of a script. What is not understood becomes a line that is a hole: it keeps its place
 * and is never changed. */
enum { MOST_DEPTH = 12 };

struct collector {
    struct cdk_view *view;
    struct script *script;
    const struct code *code;
    struct text text; /* of the line that is being read */
    size_t *map;
    size_t map_capacity;
    struct cdk_line line;
    bool started;
    unsigned depth;
    struct code_range as; /* the argument that names what is collected, where as_open is not SIZE_MAX */
    size_t as_open;
};

static void map_byte(struct collector *collector, char byte, size_t offset) {
    if (collector->text.length + 1 >= collector->map_capacity) {
        collector->map_capacity = collector->map_capacity ? collector->map_capacity * 2 : 128;
        collector->map = memory_resize(collector->map, collector->map_capacity * sizeof *collector->map);
    }
    collector->map[collector->text.length] = offset;
    text_add_char(&collector->text, byte);
}

static void begin_line(struct collector *collector, size_t token, enum literal_fill fill, size_t offset) {
    if (!collector->started) collector->line.begin = offset;
    collector->started = true;
    collector->line.token = token;
    collector->line.fill = fill;
    collector->line.end = offset;
}

static void add_hole(struct collector *collector, struct span span, enum cdk_hole kind) {
    struct script *script = collector->script;
    struct cdk_view *view = collector->view;
    const char *bytes = collector->code->bytes;
    cleanup_free char *marker =
        memory_format("%c%zu%c", SCRIPT_HOLE_BEGIN, script->hole_count, SCRIPT_HOLE_END);
    for (const char *at = marker; *at; at++) map_byte(collector, *at, span.begin);
    char *own = memory_copy_bytes(bytes + span.begin, span.end - span.begin);
    bool braces = kind == CDK_HOLE_EXPRESSION;
    const char *open = collector->code->language == CODE_PYTHON ? "{" : "${";
    char *shown = braces ? memory_format("%s%s}", open, own) : memory_copy(own);
    size_t count = script->hole_count++;
    script->holes = memory_resize(script->holes, script->hole_count * sizeof *script->holes);
    script->holes[count] = (struct script_hole){.bytes = own, .shown = shown, .span = span};
    view->hole_kinds = memory_resize(view->hole_kinds, script->hole_count * sizeof *view->hole_kinds);
    view->hole_kinds[count] = kind;
    collector->line.end = span.end;
}

static void end_line(struct collector *collector, enum cdk_break broken_by, struct span newline) {
    struct script *script = collector->script;
    struct cdk_view *view = collector->view;
    if (!collector->started && broken_by == CDK_BREAK_PIECE) return;
    struct cdk_line line = collector->line;
    line.piece = view->piece_count - 1;
    line.broken_by = broken_by;
    line.newline = newline;
    size_t length = collector->text.length;
    if (collector->map_capacity <= length) map_byte(collector, '\0', line.end);
    collector->map[length] = line.end;
    size_t *map = memory_allocate((length + 1) * sizeof *map);
    memcpy(map, collector->map, (length + 1) * sizeof *map);
    script->lines = memory_resize(script->lines, (script->count + 1) * sizeof *script->lines);
    script->lines[script->count] = (struct script_line){
        .text = arena_copy(&view->file->arena, length ? collector->text.bytes : "", length),
        .length = length,
        .span = {line.begin, line.end},
        .map = map};
    view->lines = memory_resize(view->lines, (script->count + 1) * sizeof *view->lines);
    view->lines[script->count++] = line;
    collector->text.length = 0;
    collector->started = false;
}

static void add_literal(struct collector *collector, size_t token, enum literal_fill fill) {
    struct literal_reader reader;
    struct literal_unit unit;
    const struct code_literal *literal = collector->code->tokens[token].literal;
    literal_begin(&reader, collector->code, token, fill);
    begin_line(collector, token, fill, literal->body.begin);
    while (literal_next(&reader, &unit)) {
        if (unit.hole) {
            add_hole(collector, unit.span, fill == LITERAL_AS_IT_IS ? CDK_HOLE_OWN : CDK_HOLE_FILLED);
            continue;
        }
        if (unit.count == 1 && unit.bytes[0] == '\n') {
            char first = collector->code->bytes[unit.span.begin];
            end_line(collector, first == '\\' ? CDK_BREAK_ESCAPE : CDK_BREAK_NEWLINE, unit.span);
            begin_line(collector, token, fill, unit.span.end);
            continue;
        }
        for (size_t i = 0; i < unit.count; i++) map_byte(collector, unit.bytes[i], unit.span.begin);
        collector->line.end = unit.span.end;
    }
}

static void add_expression(struct collector *collector, struct code_range range) {
    struct span span = {cdk_begin(collector->view->file, range), cdk_end(collector->view->file, range)};
    begin_line(collector, SIZE_MAX, LITERAL_AS_IT_IS, span.begin);
    add_hole(collector, span, CDK_HOLE_EXPRESSION);
}

static void begin_piece(struct collector *collector, struct code_range range, size_t open) {
    struct cdk_view *view = collector->view;
    if (collector->as_open != SIZE_MAX) {
        range = collector->as;
        open = collector->as_open;
    }
    view->pieces = memory_resize(view->pieces, (view->piece_count + 1) * sizeof *view->pieces);
    view->pieces[view->piece_count++] = (struct cdk_piece){
        .range = range, .open = open, .level = cdk_level(view->file, range.first), .margin = ""};
}

static void end_piece(struct collector *collector) {
    end_line(collector, CDK_BREAK_PIECE, (struct span){0, 0});
}

static void strip_brackets(const struct code *code, struct code_range *range) {
    while (range->end - range->first > 2 && code_is(code, range->first, "(") &&
           code->tokens[range->first].partner == range->end - 1) {
        range->first++;
        range->end--;
    }
}

/* Calls behind a text that leave its lines as they are, or fill it in. */
static const struct {
    const char *name;
    enum literal_fill fill;
} behind[] = {
    {"trim", LITERAL_AS_IT_IS},       {"trimStart", LITERAL_AS_IT_IS},  {"trimEnd", LITERAL_AS_IT_IS},
    {"strip", LITERAL_AS_IT_IS},      {"lstrip", LITERAL_AS_IT_IS},     {"rstrip", LITERAL_AS_IT_IS},
    {"replace", LITERAL_AS_IT_IS},    {"replaceAll", LITERAL_AS_IT_IS}, {"split", LITERAL_AS_IT_IS},
    {"splitlines", LITERAL_AS_IT_IS}, {"toString", LITERAL_AS_IT_IS},   {"format", LITERAL_BRACES}};

/* Takes `.format(…)` and its like off the end. */
static enum literal_fill strip_behind(const struct code *code, struct code_range *range) {
    enum literal_fill fill = LITERAL_AS_IT_IS;
    for (;;) {
        if (range->end - range->first < 4 || !code_is(code, range->end - 1, ")")) return fill;
        size_t open = code->tokens[range->end - 1].partner;
        if (open < range->first + 3 || !code_is(code, open - 2, ".")) return fill;
        bool known = false;
        for (size_t i = 0; i < array_length(behind); i++)
            if (code_is(code, open - 1, behind[i].name)) {
                known = true;
                if (behind[i].fill != LITERAL_AS_IT_IS) fill = behind[i].fill;
            }
        if (!known) return fill;
        range->end = open - 2;
    }
}

/* The next operand of a sum: behind the + at the range's own depth. False behind the last. */
static bool next_operand(const struct code *code, struct code_range range, size_t *at,
                         struct code_range *operand) {
    if (*at >= range.end) return false;
    unsigned depth = code->tokens[range.first].depth;
    operand->first = *at;
    for (operand->end = *at; operand->end < range.end; operand->end++)
        if (code->tokens[operand->end].depth == depth && code_is(code, operand->end, "+")) break;
    *at = operand->end + 1;
    return operand->end > operand->first;
}

static bool all_literals(const struct code *code, struct code_range range) {
    for (size_t i = range.first; i < range.end; i++)
        if (code->tokens[i].kind != CODE_STRING) return false;
    return range.end > range.first;
}

/* One text: literals side by side, summed with others or filled in. False where no literal is in it. */
static bool add_text(struct collector *collector, struct code_range range, enum literal_fill outer) {
    const struct code *code = collector->code;
    struct code_range operand;
    bool literal = false;
    size_t at = range.first;
    for (size_t look = range.first; next_operand(code, range, &look, &operand);) {
        strip_behind(code, &operand);
        literal |= code->tokens[operand.first].kind == CODE_STRING;
    }
    if (!literal) return false;
    while (next_operand(code, range, &at, &operand)) {
        struct code_range bare = operand;
        enum literal_fill fill = strip_behind(code, &bare);
        strip_brackets(code, &bare);
        size_t percent = bare.first;
        while (percent < bare.end && code->tokens[percent].kind == CODE_STRING) percent++;
        if (percent > bare.first && code->language == CODE_PYTHON && code_is(code, percent, "%")) {
            bare.end = percent;
            fill = LITERAL_PERCENT;
        }
        if (!all_literals(code, bare)) {
            add_expression(collector, operand);
            continue;
        }
        for (size_t i = bare.first; i < bare.end; i++)
            add_literal(collector, i, fill == LITERAL_AS_IT_IS ? outer : fill);
    }
    return true;
}

static void collect(struct collector *collector, struct code_range range, size_t open);

static void collect_list(struct collector *collector, size_t open) {
    struct code_range element;
    size_t as_open = collector->as_open;
    collector->as_open = SIZE_MAX;
    for (size_t i = 0; calls_element(collector->code, open, i, &element); i++)
        collect(collector, element, open);
    collector->as_open = as_open;
}

/* What `dedent` takes off: the blanks that all lines of the piece begin with (Python's textwrap.dedent). */
static void dedent_piece(struct collector *collector, size_t from) {
    struct script *script = collector->script;
    size_t margin = SIZE_MAX;
    const char *shortest = "";
    for (size_t i = from; i < script->count; i++) {
        const struct script_line *line = &script->lines[i];
        size_t blanks = 0;
        while (blanks < line->length && (line->text[blanks] == ' ' || line->text[blanks] == '\t')) blanks++;
        if (blanks == line->length || blanks >= margin) continue;
        margin = blanks;
        shortest = line->text;
    }
    if (margin == SIZE_MAX || margin == 0) return;
    struct cdk_piece *piece = &collector->view->pieces[collector->view->piece_count - 1];
    piece->margin = arena_copy(&collector->view->file->arena, shortest, margin);
    for (size_t i = from; i < script->count; i++) {
        struct script_line *line = &script->lines[i];
        size_t off = line->length < margin ? line->length : margin;
        memmove((size_t *)line->map, line->map + off, (line->length - off + 1) * sizeof *line->map);
        line->text += off;
        line->length -= off;
    }
}

/* dedent(x), textwrap.dedent(x), str(x, 'utf-8'), Fn.sub(x): the text inside. */
static bool collect_wrapped(struct collector *collector, struct code_range range, size_t open) {
    static const char *const wrappers[] = {"dedent", "outdent", "stripIndent", "cleandoc",
                                           "str",    "String",  "sub"};
    const struct calls *calls = &collector->view->file->calls;
    const struct code_call *call = calls_whole(calls, range);
    struct code_range inner;
    const char *name = call ? calls_token(calls, call->name) : "";
    size_t which = 0;
    while (which < array_length(wrappers) && strcmp(name, wrappers[which]) != 0) which++;
    if (which == array_length(wrappers) || !calls_element(collector->code, call->open, 0, &inner))
        return false;
    size_t from = collector->script->count;
    cdk_resolve(collector->view->file, &inner);
    if (cdk_read_file(collector->view, inner)) {
        collect(collector, inner, open);
        return true;
    }
    strip_brackets(collector->code, &inner);
    begin_piece(collector, range, open);
    bool sub = strcmp(name, "sub") == 0;
    if (!add_text(collector, inner, sub ? LITERAL_SUB : LITERAL_AS_IT_IS)) add_expression(collector, range);
    end_piece(collector);
    if (which < 4) dedent_piece(collector, from);
    return true;
}

/* dedent`…` */
static bool collect_tagged(struct collector *collector, struct code_range range, size_t open) {
    const struct code *code = collector->code;
    if (range.end - range.first != 2 || code->tokens[range.first].kind != CODE_NAME ||
        code->tokens[range.first + 1].kind != CODE_STRING || code->language != CODE_TYPESCRIPT)
        return false;
    size_t from = collector->script->count;
    begin_piece(collector, range, open);
    add_literal(collector, range.first + 1, LITERAL_AS_IT_IS);
    end_piece(collector);
    dedent_piece(collector, from);
    return true;
}

static bool is_newline_literal(const struct collector *collector, size_t token) {
    struct span body = collector->code->tokens[token].literal->body;
    return body.end - body.begin == 2 && memcmp(collector->code->bytes + body.begin, "\\n", 2) == 0;
}

static bool collect_name(struct collector *collector, struct code_range range, size_t open);

/* [ … ].join('\n') and "\n".join([ … ]) */
static bool collect_joined(struct collector *collector, struct code_range range) {
    const struct code *code = collector->code;
    if (range.end - range.first < 5 || !code_is(code, range.end - 1, ")")) return false;
    size_t open = code->tokens[range.end - 1].partner;
    if (open < range.first + 3 || !code_is(code, open - 1, "join") || !code_is(code, open - 2, "."))
        return false;
    struct code_range list = {range.first, open - 2}, separator = {open + 1, range.end - 1};
    if (code->language == CODE_PYTHON) {
        struct code_range other = list;
        list = separator;
        separator = other;
    }
    if (separator.end - separator.first != 1 || !code_is_kind(code, separator.first, CODE_STRING) ||
        !is_newline_literal(collector, separator.first))
        return false;
    if (!code_is(code, list.first, "[")) return collect_name(collector, list, SIZE_MAX);
    if (code->tokens[list.first].partner != list.end - 1) return false;
    collect_list(collector, list.first);
    return true;
}

/* += to a text, .push(…) and .append(…) to a list, behind the value that a name was given. */
static void collect_additions(struct collector *collector, const char *name, size_t from, size_t before) {
    const struct calls *calls = &collector->view->file->calls;
    for (size_t at = from; at < before; at++) {
        for (size_t i = 0; i < calls->definition_count; i++) {
            const struct code_definition *definition = &calls->definitions[i];
            if (definition->added && definition->statement == at && strcmp(definition->name, name) == 0)
                collect(collector, definition->value, SIZE_MAX);
        }
        for (size_t i = 0; i < calls->count; i++) {
            const struct code_call *call = &calls->calls[i];
            bool adds = call->open == at && (code_is(collector->code, call->name, "push") ||
                                             code_is(collector->code, call->name, "append"));
            if (!adds || strcmp(calls_receiver(calls, call), name) != 0) continue;
            size_t first = collector->view->piece_count;
            collect_list(collector, call->open);
            for (size_t k = first; k < collector->view->piece_count; k++)
                collector->view->pieces[k].alone = code_is(collector->code, call->name, "append");
        }
    }
}

static bool collect_name(struct collector *collector, struct code_range range, size_t open) {
    struct cdk_file *file = collector->view->file;
    const struct code *code = collector->code;
    for (size_t i = range.first; i < range.end; i++)
        if (code->tokens[i].kind != CODE_NAME && !code_is(code, i, ".") && !code_is(code, i, "!"))
            return false;
    const char *name = calls_text(&file->calls, range);
    const struct code_definition *definition = calls_definition(&file->calls, name, range.first);
    if (!definition || collector->depth > MOST_DEPTH) return false;
    struct code_range value = definition->value;
    bool text = code->tokens[value.first].kind == CODE_STRING || code_is(code, value.first, "[") ||
                code_is(code, value.first, "(") || cdk_read_file(collector->view, value) ||
                calls_whole(&file->calls, value) || code->tokens[value.first].kind == CODE_NAME;
    if (!text) return false;
    size_t as_open = collector->as_open;
    if (open != SIZE_MAX && as_open == SIZE_MAX) {
        collector->as = range;
        collector->as_open = open;
    }
    collect(collector, value, SIZE_MAX);
    collector->as_open = as_open;
    collect_additions(collector, name, value.end, range.first);
    return true;
}

static void collect_opaque(struct collector *collector, struct code_range range, size_t open) {
    begin_piece(collector, range, open);
    add_expression(collector, range);
    end_piece(collector);
}

static void collect_bare(struct collector *collector, struct code_range range, size_t open) {
    const struct code *code = collector->code;
    struct code_range bare = range;
    if (code_is(code, bare.first, "...") || code_is(code, bare.first, "*")) bare.first++;
    strip_brackets(code, &bare);
    enum literal_fill fill = strip_behind(code, &bare);
    strip_brackets(code, &bare);
    if (bare.first >= bare.end) return;
    const char *path = cdk_read_file(collector->view, bare);
    if (path && !collector->view->path) collector->view->path = path;
    if (path) return collect_opaque(collector, range, open);
    if (code_is(code, bare.first, "[") && code->tokens[bare.first].partner == bare.end - 1)
        return collect_list(collector, bare.first);
    if (collect_joined(collector, bare) || collect_wrapped(collector, bare, open) ||
        collect_tagged(collector, bare, open))
        return;
    begin_piece(collector, range, open);
    if (add_text(collector, bare, fill)) return end_piece(collector);
    collector->view->piece_count--;
    if (!collect_name(collector, bare, open)) collect_opaque(collector, range, open);
}

static void collect(struct collector *collector, struct code_range range, size_t open) {
    if (collector->depth++ > MOST_DEPTH)
        collect_opaque(collector, range, open);
    else if (range.end > range.first)
        collect_bare(collector, range, open);
    collector->depth--;
}

void cdk_collect(struct cdk_view *view, struct script *script, struct code_range range, size_t open) {
    struct collector collector = {
        .view = view, .script = script, .code = &view->file->code, .as_open = SIZE_MAX};
    collect(&collector, range, open);
    text_free(&collector.text);
    free(collector.map);
}
