#include "dockerfile-patcher/formats/cloudformation/folded.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static void find_folds(struct template *template, const struct yaml_node *node, struct holder *holder) {
    const struct source *source = template->yaml.source;
    const char *bytes = source->bytes;
    size_t indent = strlen(holder->indent);
    for (size_t at = node->body.begin; at < node->body.end; at = source_line_end(source, at)) {
        struct fold fold = {.begin = at, .text = at, .end = source_line_end(source, at)};
        while (fold.end > at && strchr("\r\n", bytes[fold.end - 1])) fold.end--;
        while (fold.text < fold.end && fold.text < at + indent && bytes[fold.text] == ' ') fold.text++;
        size_t first = fold.text;
        while (first < fold.end && strchr(" \t", bytes[first])) first++;
        fold.blank = first == fold.end;
        fold.indented = !fold.blank && first > fold.text;
        holder->folds = arena_grow(&template->arena, holder->folds, holder->fold_count, sizeof fold);
        holder->folds[holder->fold_count++] = fold;
    }
}

/* The newlines between two lines that are not blank, or behind one of them, for so many blank lines; and the inverse. */
static size_t newlines(bool kept, size_t blanks) { return blanks + kept; }
static size_t blanks(bool kept, size_t newlines) { return newlines > (size_t)kept ? newlines - kept : 0; }

static void add_gap(struct view_builder *builder, const struct holder *holder, size_t last, size_t next) {
    const struct fold *folds = holder->folds;
    size_t count = newlines(folds[last].indented || folds[next].indented, next - last - 1);
    if (count == 0) view_add_byte(builder, ' ', folds[last].end, folds[next].text);
    for (size_t i = 0; i < count; i++) view_add_byte(builder, '\n', folds[last + i].end, folds[last + i].end);
}

void folded_read(struct view_builder *builder, const struct yaml_node *node, struct holder *holder) {
    struct template *template = view_template(builder);
    find_folds(template, node, holder);
    size_t last = SIZE_MAX, tail = 0;
    for (size_t i = 0; i < holder->fold_count; i++) {
        const struct fold *fold = &holder->folds[i];
        if (fold->blank && last == SIZE_MAX) view_add_byte(builder, '\n', fold->end, fold->end);
        if (fold->blank) continue;
        if (last != SIZE_MAX) add_gap(builder, holder, last, i);
        for (size_t at = fold->text; at < fold->end; at++)
            view_add_byte(builder, template->yaml.source->bytes[at], at, at + 1);
        last = i;
    }
    while (tail < node->value_length && node->value[node->value_length - 1 - tail] == '\n') tail++;
    for (size_t i = 0; last != SIZE_MAX && i < tail; i++) {
        size_t end = holder->folds[last + i < holder->fold_count ? last + i : holder->fold_count - 1].end;
        view_add_byte(builder, '\n', end, end);
    }
}

static size_t fold_at(const struct holder *holder, size_t offset) {
    size_t index = holder->fold_count - 1;
    while (index && holder->folds[index].begin > offset) index--;
    return index;
}

/* The line at or in front of `line`, or at or behind it, that has text of the holder; *steps: how many of its lines on. 0: there
 * is none. What cfn-init does may stand between two lines of a script. */
static size_t filled(const struct script *script, const struct holder *holder, size_t line, int step,
                     size_t *steps) {
    const struct view *view = script->host_data;
    *steps = 0;
    for (; line >= 1 && line <= script->count; line = (size_t)((ptrdiff_t)line + step)) {
        const struct place_of_line *place = &view->places[line - 1];
        if (place->frame || &view->holders[place->first] != holder) continue;
        if (script_line(script, line)->length) return line;
        ++*steps;
    }
    return 0;
}

/* New lines, with what parts them from each other. */
struct block {
    struct text text;   /* begins with a newline, ends without */
    bool first, last;   /* is it indented? */
    size_t front, back; /* empty lines around it */
};

static void add_newlines(struct text *out, const struct source *source, size_t count) {
    for (size_t i = 0; i < count; i++) text_add(out, source_newline(source));
}

static void write_block(const struct script *script, const struct holder *holder, const char *lines,
                        struct block *block) {
    const struct source *source = &script->document->source;
    size_t empty = 0;
    bool any = false;
    for (const char *at = lines;; at++) {
        size_t length = strcspn(at, "\n");
        bool indented = length && strchr(" \t", *at);
        if (!length) empty++;
        if (length) {
            add_newlines(&block->text, source, 1 + (any ? blanks(block->last || indented, empty + 1) : 0));
            text_add(&block->text, holder->indent);
            view_encode(script, holder, at, length, &block->text);
            if (!any) block->first = indented;
            if (!any) block->front = empty;
            block->last = indented;
            any = true;
            empty = 0;
        }
        at += length;
        if (!*at) break;
    }
    block->back = empty;
}

static bool insert_in_front(struct script *script, const struct holder *holder, size_t line,
                            const struct block *block, const char *why) {
    const struct source *source = &script->document->source;
    const struct fold *fold = &holder->folds[fold_at(holder, script_line(script, line)->span.begin)];
    size_t newline = strlen(source_newline(source));
    if (fold->blank) return false;
    cleanup_text struct text out = {0};
    text_add(&out, block->text.bytes + newline);
    add_newlines(&out, source, 1 + blanks(block->last || fold->indented, block->back + 1));
    edits_add(&script->document->edits, script->service, (struct span){fold->begin, fold->begin}, out.bytes,
              why);
    return true;
}

static bool insert_behind(struct script *script, const struct holder *holder, size_t line,
                          const struct block *block, const char *why) {
    const struct source *source = &script->document->source;
    const struct fold *folds = holder->folds;
    size_t empty, skipped = 0, before = filled(script, holder, line, -1, &empty);
    if (!before) return false;
    size_t last = fold_at(holder, script_line(script, before)->span.end), next = last + 1;
    while (next < holder->fold_count && folds[next].blank) next++;
    size_t wanted = blanks(folds[last].indented || block->first, empty + 1 + block->front), behind = 0;
    if (next < holder->fold_count) {
        size_t there = next - last - 1;
        size_t all = newlines(folds[last].indented || folds[next].indented, there);
        behind = blanks(block->last || folds[next].indented, all - empty + block->back);
        skipped = there < wanted ? there : wanted;
        if (behind < there - skipped) return false;
        behind -= there - skipped;
    }
    cleanup_text struct text out = {0};
    add_newlines(&out, source, wanted - skipped);
    text_add(&out, block->text.bytes);
    add_newlines(&out, source, behind);
    size_t at = folds[last + skipped].end;
    edits_add(&script->document->edits, script->service, (struct span){at, at}, out.bytes, why);
    return true;
}

bool folded_insert(struct script *script, const struct holder *holder, size_t line, bool front,
                   const char *lines, const char *why) {
    struct block block = {0};
    write_block(script, holder, lines, &block);
    bool done = !block.text.length || (front ? insert_in_front(script, holder, line, &block, why)
                                             : insert_behind(script, holder, line, &block, why));
    text_free(&block.text);
    return done;
}

void folded_remove(struct script *script, const struct holder *holder, size_t first, size_t last,
                   const char *why) {
    const struct fold *folds = holder->folds;
    size_t above, below, before = filled(script, holder, first - 1, -1, &above);
    size_t behind = filled(script, holder, last + 1, 1, &below);
    size_t begin = fold_at(holder, script_line(script, first)->span.begin);
    size_t end = fold_at(holder, script_line(script, last)->span.end);
    struct span span = {folds[begin].begin, folds[end].end};
    if (before && behind) {
        size_t from = fold_at(holder, script_line(script, before)->span.end);
        size_t to = fold_at(holder, script_line(script, behind)->span.begin);
        size_t wanted = blanks(folds[from].indented || folds[to].indented, above + 1 + below);
        size_t front = begin - from - 1 < wanted ? begin - from - 1 : wanted;
        size_t back = to - end - 1 < wanted - front ? to - end - 1 : wanted - front;
        span = (struct span){folds[from + front].end, folds[to - 1 - back].end};
    } else if (before) {
        span.begin = folds[fold_at(holder, script_line(script, before)->span.end)].end;
    } else if (behind) {
        span.end = folds[fold_at(holder, script_line(script, behind)->span.begin)].begin;
    }
    edits_add(&script->document->edits, script->service, span, "", why);
}
