#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/text/find.h"

/* Steps from a value to what it names, and blocks that are looked into for a group's ports. */
enum { MOST_STEPS = 4 };

static void add_clue(struct clue *clues, size_t *count, const char *value, const struct document *document,
                     size_t offset) {
    if (value && *value && *count < MACHINE_MOST_CLUES)
        clues[(*count)++] = (struct clue){value, document, offset};
}

/* What a hole of the instance's own block may speak of that the script's place may not. */
static bool is_bound(const char *hole) {
    return strstr(hole, "each.") || strstr(hole, "count.") || strstr(hole, "self.");
}

static void add_hole(struct script *script, struct text *out, char *bytes, struct span span) {
    script->holes = memory_resize(script->holes, (script->hole_count + 1) * sizeof *script->holes);
    script->holes[script->hole_count] = (struct script_hole){bytes, memory_copy(bytes), span};
    text_add_format(out, "%c%zu%c", SCRIPT_HOLE_BEGIN, script->hole_count++, SCRIPT_HOLE_END);
}

/* The string with its holes as holes of the script, or NULL where the script's place cannot have them: a file and a
 * template see nothing of the module. */
static const char *carried(struct terraform_module *module, const struct terraform_instance *instance,
                           struct script *script, struct terraform_value value) {
    const struct terraform_script *resolved = &instance->script;
    const char *plain = terraform_string(module, value), *kept = NULL;
    bool open = (resolved->shape == TERRAFORM_TEXT || resolved->shape == TERRAFORM_LINES) && !resolved->twice;
    struct hcl_value read = *terraform_read(module, value);
    const char *bytes = value.document->source.bytes;
    if (plain || !open || is_bound(terraform_text(module, value))) return plain;
    cleanup_text struct text out = {0};
    size_t count = 0;
    struct hcl_part *parts =
        read.kind == HCL_STRING ? hcl_template(&module->arena, bytes, read.inner, true, &count) : NULL;
    if (read.kind == HCL_REFERENCE) add_hole(script, &out, memory_format("${%s}", read.text), value.span);
    for (size_t i = 0; parts && i < count; i++) {
        struct span span = parts[i].span;
        if (parts[i].kind != HCL_TEXT)
            add_hole(script, &out, memory_copy_bytes(bytes + span.begin, span.end - span.begin), span);
        else
            text_add_bytes(&out, parts[i].text ? parts[i].text : bytes + span.begin,
                           parts[i].text ? parts[i].length : span.end - span.begin);
    }
    if (out.length) kept = arena_copy(&module->arena, out.bytes, out.length);
    return kept;
}

/* Name of an object of tags, in merge(…) as well. */
static const struct terraform_value *name_of_tags(struct terraform_module *module,
                                                  struct terraform_value tags, unsigned steps) {
    struct hcl_value read = *terraform_read(module, tags);
    if (steps == 0) return &terraform_no_value;
    if (read.kind == HCL_REFERENCE && text_starts(read.text, "local."))
        return name_of_tags(module, *terraform_local(module, read.text + 6), steps - 1);
    for (size_t i = 0; i < read.count; i++) {
        struct terraform_value item = {tags.document, read.items[i].value};
        if (read.kind == HCL_OBJECT) {
            struct span key = read.items[i].key;
            const char *name = tags.document->source.bytes + key.begin;
            size_t length = key.end - key.begin;
            if ((length == 4 && memcmp(name, "Name", 4) == 0) ||
                (length == 6 && memcmp(name, "\"Name\"", 6) == 0))
                return terraform_value_at(item.document, item.span);
        } else if (read.kind == HCL_CALL) {
            const struct terraform_value *found = name_of_tags(module, item, steps - 1);
            if (found->document) return found;
        }
    }
    return &terraform_no_value;
}

static void add_names(struct terraform_module *module, const struct terraform_instance *instance,
                      struct script *script, struct machine *machine) {
    static const char *const attributes[] = {"service_name", "name", "name_prefix"};
    const struct hcl_block *block = instance->at.block;
    struct terraform_value tags = *terraform_attribute(instance->at, "tags");
    struct terraform_value name = *name_of_tags(module, tags, MOST_STEPS);
    for (size_t i = 0; !name.document && i < block->body.block_count; i++) {
        struct terraform_block inner = {instance->at.document, &block->body.blocks[i]};
        if (strcmp(inner.block->type, "tag_specifications") == 0)
            name = *name_of_tags(module, *terraform_attribute(inner, "tags"), MOST_STEPS);
    }
    if (name.document)
        add_clue(machine->names, &machine->name_count, carried(module, instance, script, name), name.document,
                 name.span.begin);
    for (size_t i = 0; i < array_length(attributes); i++) {
        struct terraform_value value = *terraform_attribute(instance->at, attributes[i]);
        if (!value.document) continue;
        const char *text = carried(module, instance, script, value);
        size_t length = text ? strlen(text) : 0;
        while (length && (text[length - 1] == '-' || text[length - 1] == '_')) length--;
        if (length)
            add_clue(machine->names, &machine->name_count, arena_copy(&module->arena, text, length),
                     value.document, value.span.begin);
    }
    const char *label = block->labels[block->label_count - 1];
    if (!text_has_word("this main default example web server instance ec2 app vm", label))
        add_clue(machine->names, &machine->name_count, label, instance->at.document, block->span.begin);
}

/* Every string of a data source's block: name filters, owners, a parameter's path. */
static void add_strings(struct terraform_module *module, struct terraform_block block,
                        struct machine *machine, unsigned depth) {
    const struct hcl_body *body = &block.block->body;
    for (size_t i = 0; i < body->attribute_count; i++) {
        struct terraform_value value = {block.document, body->attributes[i].value};
        struct hcl_value read = *terraform_read(module, value);
        if (strcmp(body->attributes[i].name, "name") == 0 && depth) continue;
        if (read.kind == HCL_STRING)
            add_clue(machine->images, &machine->image_count, terraform_string(module, value), value.document,
                     value.span.begin);
        for (size_t k = 0; read.kind == HCL_LIST && k < read.count; k++) {
            struct terraform_value item = {block.document, read.items[k].value};
            add_clue(machine->images, &machine->image_count, terraform_string(module, item), item.document,
                     item.span.begin);
        }
    }
    for (size_t i = 0; i < body->block_count; i++)
        add_strings(module, (struct terraform_block){block.document, &body->blocks[i]}, machine, depth + 1);
}

static void add_images(struct terraform_module *module, struct terraform_value value, struct machine *machine,
                       unsigned steps) {
    struct hcl_value read = *terraform_read(module, value);
    if (steps == 0 || !value.document) return;
    const char *plain = terraform_string(module, value);
    if (plain) add_clue(machine->images, &machine->image_count, plain, value.document, value.span.begin);
    if (read.kind == HCL_CALL || read.kind == HCL_CONDITIONAL)
        for (size_t i = 0; i < read.count; i++)
            add_images(module, (struct terraform_value){value.document, read.items[i].value}, machine,
                       steps - 1);
    if (read.kind != HCL_REFERENCE) return;
    if (text_starts(read.text, "local.")) {
        add_images(module, *terraform_local(module, read.text + 6), machine, steps - 1);
    } else if (text_starts(read.text, "data.")) {
        struct terraform_block block = *terraform_referred(module, read.text, NULL);
        if (block.document) add_strings(module, block, machine, 0);
    } else if (text_starts(read.text, "var.")) {
        /* `ami_ubuntu`, "the Amazon Linux 2023 AMI": people say it there where the default is an id */
        struct terraform_block block = *terraform_referred(module, read.text, NULL);
        const char *words = terraform_string(module, *terraform_attribute(block, "description"));
        add_clue(machine->images, &machine->image_count, words, block.document,
                 block.block ? block.block->span.begin : 0);
        add_clue(machine->images, &machine->image_count,
                 arena_copy(&module->arena, read.text, strlen(read.text)), value.document, value.span.begin);
    }
}

static void add_port(struct terraform_module *module, struct terraform_block rule, struct machine *machine) {
    struct terraform_value from = *terraform_attribute(rule, "from_port");
    struct terraform_value to = *terraform_attribute(rule, "to_port");
    const char *texts[2] = {NULL, NULL};
    struct terraform_value values[2] = {from, to};
    for (size_t i = 0; i < 2; i++) {
        struct hcl_value read = *terraform_read(module, values[i]);
        if (read.kind == HCL_REFERENCE && text_starts(read.text, "var.")) {
            values[i] = *terraform_attribute(*terraform_referred(module, read.text, NULL), "default");
            read = *terraform_read(module, values[i]);
        }
        if (read.kind == HCL_LITERAL) texts[i] = read.text;
    }
    bool one = texts[0] && texts[1] && strcmp(texts[0], texts[1]) == 0;
    if (one && strcmp(texts[0], "22") != 0 && strcmp(texts[0], "0") != 0)
        add_clue(machine->ports, &machine->port_count, texts[0], from.document, from.span.begin);
}

static void add_ports(struct terraform_module *module, const struct terraform_instance *instance,
                      struct machine *machine) {
    static const char *const names[] = {"vpc_security_group_ids", "security_groups"};
    for (size_t i = 0; i < array_length(names); i++) {
        struct terraform_value groups = *terraform_attribute(instance->at, names[i]);
        struct hcl_value list = *terraform_read(module, groups);
        for (size_t k = 0; list.kind == HCL_LIST && k < list.count; k++) {
            struct hcl_value item =
                *terraform_read(module, (struct terraform_value){groups.document, list.items[k].value});
            if (item.kind != HCL_REFERENCE || !text_starts(item.text, "aws_security_group.")) continue;
            struct terraform_block group = *terraform_referred(module, item.text, NULL);
            for (size_t j = 0; group.block && j < group.block->body.block_count; j++) {
                struct terraform_block rule = {group.document, &group.block->body.blocks[j]};
                if (strcmp(rule.block->type, "ingress") == 0) add_port(module, rule, machine);
            }
        }
    }
}

void terraform_machine(struct terraform_module *module, const struct terraform_instance *instance,
                       struct script *script, struct machine *machine) {
    *machine = (struct machine){.label = instance->address, .user_data = true};
    add_names(module, instance, script, machine);
    add_images(module, *terraform_attribute(instance->at, instance->row->image), machine, MOST_STEPS);
    add_ports(module, instance, machine);
}
