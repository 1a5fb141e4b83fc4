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

/* A resource with its mark and the empty line in front. */
static void cut_resource(struct document *document, struct service *service, const struct hcl_block *block,
                         struct span mark) {
    const struct source *source = &document->source;
    size_t begin = mark.begin, end = source_line_end(source, block->span.end - 1);
    if (begin > source->begin && source->bytes[begin - 1] == '\n') {
        size_t above = source_line_begin(source, begin - 1);
        if (source->bytes[above] == '\n' || source->bytes[above] == '\r') begin = above;
    }
    bool open = end == source->length && source->bytes[end - 1] != '\n';
    if (open && begin > source->begin) begin--;
    if (open && begin > source->begin && source->bytes[begin - 1] == '\r') begin--;
    cut(document, service, begin, end);
}

static void cut_marked(struct document *document, struct service *service, const struct hcl_body *body) {
    const struct source *source = &document->source;
    struct span mark;
    for (size_t i = 0; i < body->attribute_count; i++)
        if (is_marked(source, body->attributes[i].name_span.begin, &mark))
            cut(document, service, mark.begin, source_line_end(source, body->attributes[i].value.end - 1));
    for (size_t i = 0; i < body->block_count; i++) {
        const struct hcl_block *block = &body->blocks[i];
        if (!is_marked(source, block->span.begin, &mark))
            cut_marked(document, service, &block->body);
        else if (strcmp(block->type, "resource") == 0)
            cut_resource(document, service, block, mark);
        else
            cut(document, service, mark.begin, source_line_end(source, block->span.end - 1));
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
    cut_marked(document, service, &terraform_file_of(document)->body);
    cut_items(document, service);
}
