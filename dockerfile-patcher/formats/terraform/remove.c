#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/text/find.h"

static const char why[] = "take out what appsig-patch put in";

/* Is the line above the one at `begin` our mark? */
static bool is_marked(const struct source *source, size_t begin, struct span *mark) {
    size_t line = source_line_begin(source, begin);
    if (line <= source->begin) return false;
    struct span indent;
    mark->begin = source_line_begin(source, line - 1);
    mark->end = line;
    source_indent(source, mark->begin, &indent);
    return strncmp(source->bytes + indent.end, TERRAFORM_MARK "the next ", sizeof TERRAFORM_MARK + 8) == 0;
}

static void cut(struct document *document, struct service *service, size_t begin, size_t end) {
    edits_add(&document->edits, service, (struct span){begin, end}, "", why);
}

/* Resources of ours that stand behind each other, not yet cut. */
struct removal {
    struct document *document;
    struct service *service;
    struct span pending;
};

static void cut_pending(struct removal *removal) {
    const struct source *source = &removal->document->source;
    size_t begin = removal->pending.begin, end = removal->pending.end;
    if (end == 0) return;
    /* The last line of a file without a final newline: the newline in front of it came with it. */
    bool open = end == source->length && source->bytes[end - 1] != '\n';
    if (open && begin > source->begin) begin--;
    if (open && begin > source->begin && source->bytes[begin - 1] == '\r') begin--;
    cut(removal->document, removal->service, begin, end);
    removal->pending = (struct span){0, 0};
}

/* A resource with its mark and the empty line in front. */
static void cut_resource(struct removal *removal, const struct hcl_block *block, struct span mark) {
    const struct source *source = &removal->document->source;
    size_t begin = mark.begin, end = source_line_end(source, block->span.end - 1);
    if (begin > source->begin && source->bytes[begin - 1] == '\n') {
        size_t above = source_line_begin(source, begin - 1);
        if (source->bytes[above] == '\n' || source->bytes[above] == '\r') begin = above;
    }
    if (removal->pending.end != begin) {
        cut_pending(removal);
        removal->pending.begin = begin;
    }
    removal->pending.end = end;
}

static void cut_marked(struct removal *removal, const struct hcl_body *body) {
    struct document *document = removal->document;
    const struct source *source = &document->source;
    struct span mark;
    for (size_t i = 0; i < body->attribute_count; i++)
        if (is_marked(source, body->attributes[i].name_span.begin, &mark))
            cut(document, removal->service, mark.begin,
                source_line_end(source, body->attributes[i].value.end - 1));
    for (size_t i = 0; i < body->block_count; i++) {
        const struct hcl_block *block = &body->blocks[i];
        if (!is_marked(source, block->span.begin, &mark))
            cut_marked(removal, &block->body);
        else if (strcmp(block->type, "resource") == 0)
            cut_resource(removal, block, mark);
        else
            cut(document, removal->service, mark.begin, source_line_end(source, block->span.end - 1));
    }
}

/* Items of managed_policy_arns: a comment, the string, and what parts it from the item in front. */
static void cut_items(struct document *document, struct service *service) {
    static const char sign[] = "/* appsig-patch */ \"";
    const struct source *source = &document->source;
    size_t length = sizeof sign - 1;
    for (const char *at = source->bytes, *end = at + source->length;
         (at = find_bytes(at, (size_t)(end - at), sign, length)); at += length) {
        const char *close = memchr(at + length, '"', (size_t)(end - at) - length);
        size_t begin = (size_t)(at - source->bytes);
        if (!close) return;
        while (begin > 0 && strchr(" \t\r\n", source->bytes[begin - 1])) begin--;
        bool behind = begin > 0 && source->bytes[begin - 1] == ',';
        cut(document, service, behind ? begin - 1 : (size_t)(at - source->bytes),
            (size_t)(close - source->bytes) + 1);
    }
}

void terraform_plan_removal(struct document *document, struct service *service) {
    struct removal removal = {.document = document, .service = service};
    cut_marked(&removal, &terraform_file_of(document)->body);
    cut_pending(&removal);
    cut_items(document, service);
}
