/* cloud-init runs the items of `runcmd` as one script of sh, behind the files of `write_files`: the view has the files as
 * heredocs in front of the commands ("Module reference", Runcmd and Write Files). What a list item holds is quoted word
 * by word, so nothing may be expanded in it. */
#include "dockerfile-patcher/script/cloud_config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/script/joined.h"
#include "dockerfile-patcher/text/shell_quote.h"
#include "dockerfile-patcher/text/yaml.h"
#include "dockerfile-patcher/text/yaml_edit.h"

#define FILE_END "CLOUD_INIT_FILE"

/* Where a line of the view comes from. */
struct origin {
    const struct yaml_node *text; /* the scalar that holds it; of the lines around a file its content */
    size_t item;                  /* index in runcmd's items; SIZE_MAX: of a file */
    bool block;                   /* a line of a block scalar: new ones may stand beside it */
    bool frame;                   /* the line that opens a file, or its end: not in the bytes */
    struct span span;             /* of the line in the joined text */
};

struct view {
    struct yaml yaml;
    struct joined text;
    struct edits edits;         /* whole lines of the joined text */
    struct yaml_node *commands; /* of runcmd; NULL */
    struct origin *origins;     /* by line, from 0 */
    bool failed;                /* an edit found no place */
    bool fixed;                 /* what is to be changed is a list of words */
};

static struct view *view_of(const struct script *script) { return script->host_data; }

static void add_line(struct script *script, const char *text, size_t length, size_t *map, struct span span,
                     struct origin origin) {
    struct view *view = view_of(script);
    view->origins = arena_grow(&view->yaml.arena, view->origins, script->count, sizeof *view->origins);
    origin.span = span;
    view->origins[script->count] = origin;
    script->lines = memory_resize(script->lines, (script->count + 1) * sizeof *script->lines);
    script->lines[script->count++] = (struct script_line){
        .text = arena_copy(&view->yaml.arena, text, length), .length = length, .span = span, .map = map};
    joined_restore(&view->text, &view->yaml.arena, &script->lines[script->count - 1]);
}

/* A line that no bytes stand for: all of it is at one place. */
static void add_frame(struct script *script, const char *text, size_t at, struct origin origin) {
    size_t length = strlen(text);
    size_t *map = memory_allocate((length + 1) * sizeof *map);
    for (size_t i = 0; i <= length; i++) map[i] = at;
    origin.frame = true;
    add_line(script, text, length, map, (struct span){at, at}, origin);
}

static void add_block(struct script *script, const struct yaml_node *node, struct origin origin) {
    const struct source *source = &view_of(script)->text.source;
    origin.block = true;
    for (size_t at = node->body.begin; at < node->body.end; at = source_line_end(source, at)) {
        size_t end = source_line_end(source, at), begin = at, column = 0;
        while (end > at && strchr("\r\n", source->bytes[end - 1])) end--;
        while (column < node->column && begin < end && source->bytes[begin] == ' ') begin++, column++;
        add_line(script, source->bytes + begin, end - begin, NULL, (struct span){begin, end}, origin);
    }
}

static void add_scalar(struct script *script, const struct yaml_node *node, struct origin origin) {
    const struct source *source = &view_of(script)->text.source;
    if (node->style == YAML_LITERAL) {
        add_block(script, node, origin);
        return;
    }
    size_t *map = memory_allocate((node->value_length + 1) * sizeof *map);
    size_t last = node->content.begin;
    for (size_t i = 0; i <= node->value_length; i++) {
        size_t offset = i < node->value_length ? yaml_offset(source, node, i) : last + 1;
        map[i] = last = offset == SIZE_MAX ? last : offset;
    }
    add_line(script, node->value, node->value_length, map, node->content, origin);
}

/* A list that only a shell's -c makes a script of again. */
static bool add_list(struct script *script, struct yaml_node *list, struct origin origin) {
    struct view *view = view_of(script);
    cleanup_text struct text line = {0};
    const char **words = arena_allocate(&view->yaml.arena, (list->count + 1) * sizeof *words);
    for (size_t i = 0; i < list->count; i++)
        words[i] = yaml_text(list->items[i]) ? yaml_text(list->items[i]) : "";
    bool shell = list->count == 3 && text_has_word("sh bash", text_base_name(words[0])) &&
                 strcmp(words[1], "-c") == 0 && list->items[2]->kind == YAML_SCALAR;
    origin.text = shell ? list->items[2] : list;
    if (shell) {
        add_scalar(script, list->items[2], origin);
        return true;
    }
    struct launch launch;
    launch_recognise(words, list->count, &launch);
    bool app = launch.kind == LAUNCH_PYTHON && launch.server &&
               text_has_word("gunicorn uvicorn uwsgi flask hypercorn daphne runserver", launch.server);
    for (size_t i = 0; i < list->count; i++) {
        if (i) text_add_char(&line, ' ');
        shell_quote(&line, words[i]);
    }
    add_frame(script, line.bytes ? line.bytes : "", list->content.begin, origin);
    return !app;
}

static void add_files(struct script *script, struct yaml_node *files) {
    for (size_t i = 0; files && files->kind == YAML_SEQUENCE && i < files->count; i++) {
        struct yaml_node *entry = yaml_follow(files->items[i]);
        const char *path = yaml_text(yaml_find(entry, "path"));
        struct yaml_node *content = yaml_find(entry, "content");
        if (!path || !content || content->style != YAML_LITERAL || yaml_find(entry, "encoding")) continue;
        struct origin origin = {.text = content, .item = SIZE_MAX};
        cleanup_free char *open = memory_format("cat > %s << '" FILE_END "'", path);
        add_frame(script, open, content->body.begin, origin);
        add_block(script, content, origin);
        add_frame(script, FILE_END, content->body.end, origin);
    }
}

/* `changed`: what starts the app is to be changed, not only read. */
static bool make_view(struct unit *unit, struct script *script, bool changed) {
    struct view *view = view_of(script);
    struct yaml_node *root = view->yaml.count ? view->yaml.documents[0] : NULL;
    add_files(script, yaml_find(root, "write_files"));
    view->commands = yaml_find(root, "runcmd");
    if (view->commands && view->commands->kind != YAML_SEQUENCE) view->commands = NULL;
    for (size_t i = 0; view->commands && i < view->commands->count; i++) {
        struct yaml_node *item = yaml_follow(view->commands->items[i]);
        struct origin origin = {.text = item, .item = i};
        if (item->kind == YAML_SCALAR) add_scalar(script, item, origin);
        if (item->kind != YAML_SEQUENCE || add_list(script, item, origin) || !changed) continue;
        unit_refuse(
            unit, script->document, FINDING_UNSUPPORTED, view->text.real[item->content.begin],
            "the app is started by a list, in which nothing is expanded: write the command as one string");
        return false;
    }
    return true;
}

/* Inside of a scalar, as its quotes need it, and then as the host of the text does. */
static void encode(const struct script *script, const char *text, size_t length, struct text *out) {
    struct view *view = view_of(script);
    const struct origin *origin = &view->origins[script->replacing - 1];
    struct script *host = view->text.host;
    enum yaml_style style = origin->text->style;
    cleanup_text struct text scalar = {0};
    view->fixed |= origin->frame;
    for (size_t i = 0; i < length; i++) {
        if (style == YAML_SINGLE && text[i] == '\'') text_add_char(&scalar, '\'');
        if (style == YAML_DOUBLE && (text[i] == '"' || text[i] == '\\')) text_add_char(&scalar, '\\');
        text_add_char(&scalar, text[i]);
    }
    host->replacing = joined_line(&view->text, origin->span.begin);
    host->host->encode(host, scalar.bytes ? scalar.bytes : "", scalar.length, out);
}

/* Below a line of a block scalar, with the block's indent. */
static void insert_in_block(struct script *script, size_t after, const char *lines, const char *why) {
    struct view *view = view_of(script);
    const struct origin *origin = &view->origins[after - 1];
    const struct source *source = &view->text.source;
    cleanup_free char *indented = yaml_indented(lines, origin->text->column);
    if (origin->frame)
        edits_insert_before(&view->edits, script->service, source, origin->text->body.begin, indented, why);
    else
        edits_insert_after(&view->edits, script->service, source, origin->span.begin, indented, why);
}

static bool in_block(const struct script *script, size_t after) {
    const struct view *view = view_of(script);
    if (after == 0) return false;
    const struct origin *one = &view->origins[after - 1];
    const struct origin *next = after < script->count ? &view->origins[after] : NULL;
    if (one->item == SIZE_MAX) return next && next->text == one->text;
    return one->block && next && next->text == one->text;
}

static void insert(struct script *script, size_t after, const char *lines, const char *why) {
    struct view *view = view_of(script);
    if (in_block(script, after)) {
        insert_in_block(script, after, lines, why);
        return;
    }
    size_t position = 0;
    if (after && view->origins[after - 1].item != SIZE_MAX) position = view->origins[after - 1].item + 1;
    cleanup_text struct text block = {0};
    if (strchr(lines, '\n') || strchr(lines, SCRIPT_HOLE_BEGIN)) { /* quotes would escape the hole */
        cleanup_free char *indented = yaml_indented(lines, 2);
        text_add_format(&block, "- |\n%s", indented);
    } else {
        text_add(&block, "- ");
        yaml_add_scalar(&block, lines, YAML_PLAIN);
    }
    bool done = view->commands && view->commands->style == YAML_BLOCK &&
                yaml_insert(&view->edits, script->service, &view->text.source, view->commands, position,
                            block.bytes, "", why);
    view->failed |= !done;
}

static void remove_lines(struct script *script, size_t first, size_t last, const char *why) {
    struct view *view = view_of(script);
    const struct source *source = &view->text.source;
    for (size_t number = first; number <= last;) {
        const struct origin *origin = &view->origins[number - 1];
        size_t end = number, begin = number;
        while (end < script->count && view->origins[end].text == origin->text) end++;
        while (begin > 1 && view->origins[begin - 2].text == origin->text) begin--;
        bool whole = origin->item != SIZE_MAX && begin == number && end <= last;
        if (end > last) end = last;
        struct span span = {origin->span.begin, view->origins[end - 1].span.end};
        if (whole) span = (struct span){origin->text->span.begin, yaml_last_line(origin->text)};
        edits_remove_lines(&view->edits, script->service, source, span, why);
        number = end + 1;
    }
}

static const struct script_host cloud_config_host = {"cloud-init", encode, insert, remove_lines};

static void refuse(struct unit *unit, const struct script *script, size_t offset, const char *reason) {
    const struct view *view = view_of(script);
    unit_refuse(unit, script->document, FINDING_UNSUPPORTED,
                offset == SIZE_MAX ? SIZE_MAX : view->text.real[offset], "%s", reason);
}

static enum boot_outcome plan(struct unit *unit, struct script *script, const struct machine *given) {
    struct view *view = view_of(script);
    struct machine machine = *given;
    size_t whole = script_size(view->text.host), own = script_size(script);
    machine.other_raw = whole > own ? whole - own : 0;
    enum boot_outcome outcome = boot_plan(unit, script, &machine);
    size_t commands = view->commands ? view->commands->content.begin : SIZE_MAX;
    if (view->fixed)
        refuse(unit, script, commands,
               "what has to be changed is a list of words: write the command as one string");
    view->failed |= !joined_apply(&view->text, &view->edits);
    if (view->failed)
        refuse(unit, script, commands, "runcmd is no list of lines of its own: nothing can be put into it");
    return view->fixed || view->failed ? BOOT_HELD : outcome;
}

static void open_view(struct view *view, struct script *script, const struct script *host) {
    *script = (struct script){.document = host->document,
                              .service = host->service,
                              .host = &cloud_config_host,
                              .host_data = view,
                              .holes = host->holes,
                              .hole_count = host->hole_count};
}

static void close_view(struct view *view, struct script *script) {
    script->holes = NULL; /* the host's */
    script->hole_count = 0;
    script_free(script);
    yaml_release(&view->yaml);
    edits_free(&view->edits);
    joined_free(&view->text);
}

enum boot_outcome cloud_config_plan(struct unit *unit, struct script *host, const struct machine *machine) {
    struct view view = {0};
    struct script script;
    struct yaml_complaint complaint;
    enum boot_outcome outcome = BOOT_HELD;
    open_view(&view, &script, host);
    if (!joined_make(&view.text, host))
        unit_refuse(unit, host->document, FINDING_UNSUPPORTED, SIZE_MAX,
                    "holds U+E000, by which the patcher marks what the host fills in");
    else if (!yaml_parse(&view.yaml, &view.text.source, &complaint))
        unit_refuse(unit, host->document, FINDING_SYNTAX, view.text.real[complaint.offset], "%s",
                    complaint.message);
    else if (make_view(unit, &script, !unit->settings->remove))
        outcome = script.count ? plan(unit, &script, machine) : BOOT_NOTHING;
    close_view(&view, &script);
    return outcome;
}

void cloud_config_read(struct unit *unit, struct script *host,
                       void (*use)(struct script *script, void *context), void *context) {
    struct view view = {0};
    struct script script;
    struct yaml_complaint complaint;
    open_view(&view, &script, host);
    if (joined_make(&view.text, host) && yaml_parse(&view.yaml, &view.text.source, &complaint) &&
        make_view(unit, &script, false) && script.count)
        use(&script, context);
    close_view(&view, &script);
}
