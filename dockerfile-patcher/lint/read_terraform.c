#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/script/user_data.h"
#include "dockerfile-patcher/text/find.h"

static bool same_directory(const char *one, const char *other) {
    size_t length = (size_t)(text_base_name(one) - one);
    return length == (size_t)(text_base_name(other) - other) && strncmp(one, other, length) == 0;
}

static void gather(struct reader *reader, struct terraform_module *module) {
    *module = (struct terraform_module){.unit = reader->unit};
    for (size_t i = 0; i < reader->unit->document_count; i++) {
        struct document *other = reader->unit->documents[i];
        struct terraform_file *file = terraform_file_of(other);
        if (!file || !file->readable || !same_directory(other->source.path, reader->document->source.path))
            continue;
        module->documents =
            arena_grow(&module->arena, module->documents, module->count, sizeof(struct document *));
        module->documents[module->count++] = other;
    }
}

static void read_policies(struct reader *reader, const struct hcl_block *block) {
    static const char policies[] =
        "aws_iam_policy aws_iam_role_policy aws_iam_policy_document aws_iam_user_policy";
    const struct source *source = &reader->document->source;
    const char *text = source->bytes + block->span.begin;
    size_t length = block->span.end - block->span.begin;
    if (block->label_count == 0) return;
    read_managed_policy(reader->facts, text, length);
    if (!text_has_word(policies, block->labels[0])) return;
    struct reading reading = {.reader = reader, .document = reader->document, .base = block->span.begin};
    read_policy(&reading, text, length);
}

/* `http_put_response_hop_limit = 1`, in metadata_options as a block or as an object. */
static void read_hop_limit(struct reader *reader, const struct hcl_block *block,
                           struct fact_machine *machine) {
    static const char key[] = "http_put_response_hop_limit";
    const struct source *source = &reader->document->source;
    const char *text = source->bytes + block->span.begin;
    const char *found = find_text(text, block->span.end - block->span.begin, key);
    if (!found) return;
    const char *value = found + sizeof key - 1 + strspn(found + sizeof key - 1, " \t");
    if (*value != '=' && *value != ':') return;
    value += 1 + strspn(value + 1, " \t\"");
    cleanup_free char *digits = memory_copy_bytes(value, strspn(value, "0123456789"));
    machine->hop_limit = facts_text(reader->facts, digits);
    facts_place(reader->facts, source, reader->document->shown, (size_t)(found - source->bytes),
                &machine->at);
}

static size_t read_user_data(struct reader *reader, struct terraform_module *module, struct span value) {
    struct terraform_script resolved;
    struct script script;
    terraform_resolve(module, (struct terraform_value){reader->document, value}, &resolved);
    if (resolved.shape == TERRAFORM_NOWHERE) return NO_SCOPE;
    struct service *service = unit_service(reader->unit, "lint");
    size_t scope = NO_SCOPE, other_raw = 0;
    if (!terraform_view(module, &resolved, service, &script)) return NO_SCOPE;
    enum user_data_kind kind = user_data_kind_of(&script);
    bool lines = resolved.shape != TERRAFORM_LINES && resolved.value.kind != HCL_STRING;
    bool part = kind == USER_DATA_MIME && lines && user_data_keep_shell_part(&script, &other_raw);
    if (kind == USER_DATA_SCRIPT || part) {
        struct reader inner = {reader->facts, reader->unit, resolved.document};
        scope = read_script(&inner, &script);
    }
    script_free(&script);
    return scope;
}

static void read_machine(struct reader *reader, struct terraform_module *module,
                         const struct hcl_block *block) {
    const struct hcl_attribute *data = hcl_attribute_named(&block->body, "user_data");
    if (!data) data = hcl_attribute_named(&block->body, "user_data_base64");
    if (!data) return;
    struct facts *facts = reader->facts;
    size_t scope = read_user_data(reader, module, data->value);
    facts->machines =
        arena_grow(&facts->arena, facts->machines, facts->machine_count, sizeof *facts->machines);
    struct fact_machine *machine = &facts->machines[facts->machine_count++];
    struct terraform_block place = {reader->document, block};
    *machine =
        (struct fact_machine){.label = facts_text(facts, terraform_address(module, place)), .scope = scope};
    read_hop_limit(reader, block, machine);
    if (scope == NO_SCOPE) machine->hop_limit = NULL;
}

void read_terraform(struct reader *reader) {
    struct terraform_module module;
    const struct hcl_body *body = &terraform_file_of(reader->document)->body;
    gather(reader, &module);
    for (size_t i = 0; i < body->block_count; i++) {
        const struct hcl_block *block = &body->blocks[i];
        bool machine = strcmp(block->type, "resource") == 0 || strcmp(block->type, "module") == 0;
        read_policies(reader, block);
        if (machine) read_machine(reader, &module, block);
    }
    arena_free(&module.arena);
}
