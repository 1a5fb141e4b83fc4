#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"

/* A local may lead to a local, a variable's default to nothing: so many steps are followed. */
enum { MOST_STEPS = 8 };

const struct terraform_block terraform_no_block = {0};
const struct terraform_value terraform_no_value = {0};

const struct terraform_block *terraform_block_at(struct document *document, const struct hcl_block *block) {
    struct terraform_block *at = arena_allocate(&terraform_file_of(document)->arena, sizeof *at);
    *at = (struct terraform_block){document, block};
    return at;
}

const struct terraform_value *terraform_value_at(struct document *document, struct span span) {
    struct terraform_value *at = arena_allocate(&terraform_file_of(document)->arena, sizeof *at);
    *at = (struct terraform_value){document, span};
    return at;
}

struct terraform_file *terraform_file_of(const struct document *document) {
    return document->format == &format_terraform ? document->model : NULL;
}

const struct terraform_block *terraform_block_named(const struct terraform_module *module, const char *kind,
                                                    const char *first, const char *second) {
    for (size_t i = 0; i < module->count; i++) {
        const struct hcl_body *body = &terraform_file_of(module->documents[i])->body;
        for (size_t k = 0; k < body->block_count; k++) {
            const struct hcl_block *block = &body->blocks[k];
            if (strcmp(block->type, kind) != 0 || block->label_count != (second ? 2 : 1)) continue;
            if (strcmp(block->labels[0], first) != 0) continue;
            if (!second || strcmp(block->labels[1], second) == 0)
                return terraform_block_at(module->documents[i], block);
        }
    }
    return &terraform_no_block;
}

/* The next name of a reference, without its index; *at goes behind it. */
static const char *next_name(struct arena *arena, const char **at) {
    const char *begin = *at;
    size_t length = strcspn(begin, ".[");
    const char *name = arena_copy(arena, begin, length);
    const char *end = begin + length;
    while (*end == '[') end += strcspn(end, "]") + (strchr(end, ']') != NULL);
    *at = *end == '.' ? end + 1 : end;
    return name;
}

const struct terraform_block *terraform_referred(struct terraform_module *module, const char *reference,
                                                 const char **attribute) {
    const char *at = reference;
    const char *kind = next_name(&module->arena, &at);
    const struct terraform_block *found;
    if (strcmp(kind, "data") == 0) {
        const char *type = next_name(&module->arena, &at);
        found = terraform_block_named(module, kind, type, next_name(&module->arena, &at));
    } else if (strcmp(kind, "module") == 0) {
        found = terraform_block_named(module, kind, next_name(&module->arena, &at), NULL);
    } else if (strcmp(kind, "var") == 0) {
        found = terraform_block_named(module, "variable", next_name(&module->arena, &at), NULL);
    } else {
        found = terraform_block_named(module, "resource", kind, next_name(&module->arena, &at));
    }
    if (attribute) *attribute = at;
    return found;
}

const struct terraform_value *terraform_local(const struct terraform_module *module, const char *name) {
    for (size_t i = 0; i < module->count; i++) {
        const struct hcl_body *body = &terraform_file_of(module->documents[i])->body;
        for (size_t k = 0; k < body->block_count; k++) {
            if (strcmp(body->blocks[k].type, "locals") != 0) continue;
            struct terraform_block block = {module->documents[i], &body->blocks[k]};
            const struct terraform_value *value = terraform_attribute(block, name);
            if (value->document) return value;
        }
    }
    return &terraform_no_value;
}

const struct terraform_value *terraform_attribute(struct terraform_block block, const char *name) {
    const struct hcl_attribute *attribute =
        block.block ? hcl_attribute_named(&block.block->body, name) : NULL;
    if (!attribute) return &terraform_no_value;
    return terraform_value_at(block.document, attribute->value);
}

const struct hcl_value *terraform_read(struct terraform_module *module, struct terraform_value value) {
    struct hcl_value *read = arena_allocate(&module->arena, sizeof *read);
    if (value.document) hcl_value(&module->arena, &value.document->source, value.span, read);
    return read;
}

const char *terraform_string(struct terraform_module *module, struct terraform_value value) {
    for (size_t i = 0; i < MOST_STEPS && value.document; i++) {
        struct hcl_value read = *terraform_read(module, value);
        if (read.kind == HCL_STRING)
            return hcl_plain_string(&module->arena, &value.document->source, value.span);
        if (read.kind != HCL_REFERENCE) return NULL;
        if (text_starts(read.text, "local.")) {
            value = *terraform_local(module, read.text + 6);
        } else if (text_starts(read.text, "var.")) {
            value = *terraform_attribute(*terraform_referred(module, read.text, NULL), "default");
        } else {
            return NULL;
        }
    }
    return NULL;
}

const char *terraform_text(struct terraform_module *module, struct terraform_value value) {
    return arena_copy(&module->arena, value.document->source.bytes + value.span.begin,
                      value.span.end - value.span.begin);
}

const char *terraform_address(struct terraform_module *module, struct terraform_block block) {
    const struct hcl_block *at = block.block;
    bool two = at->label_count == 2;
    bool data = strcmp(at->type, "data") == 0;
    cleanup_free char *address = memory_format("%s%s%s.%s", data ? "data." : "", two ? "" : at->type,
                                               two ? at->labels[0] : "", at->labels[two ? 1 : 0]);
    return arena_copy(&module->arena, address, strlen(address));
}
