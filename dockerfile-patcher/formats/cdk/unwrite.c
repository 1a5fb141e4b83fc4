#include <stdint.h>

#include "dockerfile-patcher/formats/cdk/write.h"

/* Whole statements, from the first one's line to the last one's. */
static void remove_statements(struct script *script, size_t first, size_t last, const char *why) {
    struct cdk_view *view = script->host_data;
    for (size_t number = first; number <= last; number++) {
        cleanup_text struct text call = {0};
        struct span place;
        cdk_statement_parts(view, &view->pieces[view->lines[number - 1].piece], &call, &place);
        edits_remove_lines(&script->document->edits, script->service, view->file->source, place, why);
    }
}

/* What stood at the head of the list up to here is taken out already, with its last comma. */
static bool follows_removed(const struct script *script, size_t begin) {
    const struct edits *edits = &script->document->edits;
    for (size_t i = 0; i < edits->count; i++)
        if (edits->items[i].end == begin && edits->items[i].begin < begin && !*edits->items[i].text)
            return true;
    return false;
}

/* Whole items of a list, the comma and blanks in front of them or behind. */
static void remove_elements(struct script *script, size_t first, size_t last, const char *why) {
    struct cdk_view *view = script->host_data;
    const struct code *code = &view->file->code;
    const struct cdk_piece *one = &view->pieces[view->lines[first - 1].piece];
    const struct cdk_piece *other = &view->pieces[view->lines[last - 1].piece];
    size_t begin = cdk_begin(view->file, one->range), end = cdk_end(view->file, other->range);
    size_t comma = one->range.first - 1, line_end = cdk_rest_of_line(view, end);
    bool followed = code_is(code, other->range.end, ",");
    if (!cdk_is_inline(view, one) && cdk_starts_line(view, one) && followed && line_end != SIZE_MAX)
        return edits_remove_lines(&script->document->edits, script->service, view->file->source,
                                  (struct span){begin, line_end}, why);
    if (!code_is(code, comma, ",") || follows_removed(script, begin)) {
        bool more = followed && other->range.end + 1 < code->tokens[other->open].partner;
        return cdk_add_edit(script, begin, more ? code->tokens[other->range.end + 1].span.begin : end, "",
                            why);
    }
    size_t previous = code->tokens[comma - 1].span.end, previous_end = cdk_rest_of_line(view, previous);
    if (previous_end == SIZE_MAX || previous_end == previous + 1 || previous_end > begin)
        return cdk_add_edit(script, previous, end, "", why);
    cdk_add_edit(script, code->tokens[comma].span.begin, code->tokens[comma].span.end, "", why);
    cdk_add_edit(script, previous_end, end, "", why);
}

static void remove_inside(struct script *script, size_t first, size_t last, const char *why) {
    struct cdk_view *view = script->host_data;
    const struct code *code = &view->file->code;
    const struct cdk_line *one = &view->lines[first - 1], *other = &view->lines[last - 1];
    const struct cdk_line *before = first > 1 && view->lines[first - 2].piece == one->piece ? one - 1 : NULL;
    bool literals = before && before->token != one->token && before->broken_by == CDK_BREAK_ESCAPE &&
                    other->broken_by == CDK_BREAK_ESCAPE &&
                    other->newline.end == code->tokens[other->token].literal->body.end;
    if (literals)
        return cdk_add_edit(script, code->tokens[before->token].span.end, code->tokens[other->token].span.end,
                            "", why);
    if (other->broken_by != CDK_BREAK_PIECE && (!before || other->broken_by == CDK_BREAK_ESCAPE))
        return cdk_add_edit(script, one->begin, other->newline.end, "", why);
    cdk_add_edit(script, before ? before->end : one->begin, other->end, "", why);
}

/* Parts the lines into those of one list, and those that lie inside of one text. */
void cdk_remove_lines(struct script *script, size_t first, size_t last, const char *why) {
    struct cdk_view *view = script->host_data;
    while (first <= last) {
        const struct cdk_piece *piece = &view->pieces[view->lines[first - 1].piece];
        bool whole = piece->open != SIZE_MAX && view->lines[first - 1].broken_by == CDK_BREAK_PIECE &&
                     (first == 1 || view->lines[first - 2].piece != view->lines[first - 1].piece);
        size_t to = first;
        for (; to < last; to++) {
            const struct cdk_line *next = &view->lines[to];
            const struct cdk_piece *other = &view->pieces[next->piece];
            bool joins = whole ? other->open == piece->open && next->broken_by == CDK_BREAK_PIECE
                               : next->piece == view->lines[first - 1].piece;
            if (!joins) break;
        }
        if (whole && piece->alone)
            remove_statements(script, first, to, why);
        else if (whole)
            remove_elements(script, first, to, why);
        else
            remove_inside(script, first, to, why);
        first = to + 1;
    }
}
