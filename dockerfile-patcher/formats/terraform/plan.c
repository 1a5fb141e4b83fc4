#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/script/cloud_config.h"
#include "dockerfile-patcher/text/find.h"

static const struct terraform_row rows[] = {
    {"aws_instance", "iam_instance_profile", false, "ami", terraform_tell_instance},
    {"aws_launch_template", "iam_instance_profile", true, "image_id", terraform_tell_group},
    {"aws_launch_configuration", "iam_instance_profile", false, "image_id", terraform_tell_group},
    {"aws_spot_instance_request", "iam_instance_profile", false, "ami", terraform_tell_request},
    {NULL, "iam_instance_profile", false, "ami", terraform_tell_module},
};

struct instances {
    struct terraform_instance *items;
    size_t count;
};

static bool same_directory(const char *one, const char *other) {
    size_t length = (size_t)(text_base_name(one) - one);
    return length == (size_t)(text_base_name(other) - other) && strncmp(one, other, length) == 0;
}

static void gather(struct terraform_module *module, struct unit *unit, const struct document *document) {
    *module = (struct terraform_module){.unit = unit};
    for (size_t i = 0; i < unit->document_count; i++) {
        struct document *other = unit->documents[i];
        struct terraform_file *file = terraform_file_of(other);
        if (!file || !file->readable || !same_directory(other->source.path, document->source.path)) continue;
        file->planned = true;
        module->documents =
            arena_grow(&module->arena, module->documents, module->count, sizeof(struct document *));
        module->documents[module->count++] = other;
    }
}

static const struct terraform_row *row_of(const struct hcl_block *block) {
    for (size_t i = 0; i < array_length(rows); i++) {
        bool resource = rows[i].type && block->label_count == 2 && strcmp(block->type, "resource") == 0 &&
                        strcmp(block->labels[0], rows[i].type) == 0;
        bool module = !rows[i].type && block->label_count == 1 && strcmp(block->type, "module") == 0;
        if (resource || module) return &rows[i];
    }
    return NULL;
}

/* "# appsig-ignore" in the lines of comments directly above. */
static bool is_ignored(const struct source *source, size_t begin) {
    size_t line = source_line_begin(source, begin);
    while (line > source->begin) {
        size_t above = source_line_begin(source, line - 1);
        struct span indent;
        source_indent(source, above, &indent);
        const char *text = source->bytes + indent.end;
        if (*text != '#' && strncmp(text, "//", 2) != 0) return false;
        if (find_text(text, line - indent.end, "appsig-ignore")) return true;
        line = above;
    }
    return false;
}

void terraform_refuse(struct terraform_module *module, const struct terraform_instance *instance,
                      enum finding_id id, struct terraform_value at, const char *reason) {
    findings_add(&module->unit->findings, id, &at.document->source, NULL, at.span.begin, "%s: %s",
                 instance->address, reason);
    service_of(instance->service)->refused = true;
}

/* user_data and its twin; user_data_base64 comes encoded, which the resolver follows. */
static const struct hcl_attribute *script_of(const struct hcl_block *block) {
    const struct hcl_attribute *plain = hcl_attribute_named(&block->body, "user_data");
    return plain ? plain : hcl_attribute_named(&block->body, "user_data_base64");
}

/* Follows the script; a file that it stands in is planned with the instance or not at all. */
static bool claim_script(struct terraform_module *module, struct terraform_instance *instance) {
    struct terraform_value value = {instance->at.document, instance->user_data->value};
    terraform_resolve(module, value, &instance->script);
    struct document *document = instance->script.document;
    if (instance->script.shape == TERRAFORM_NOWHERE) return false;
    if (document->format != &format_terraform) document->planned = true;
    return true;
}

static void find_instances(struct terraform_module *module, struct instances *instances) {
    for (size_t i = 0; i < module->count; i++) {
        struct document *document = module->documents[i];
        const struct hcl_body *body = &terraform_file_of(document)->body;
        for (size_t k = 0; k < body->block_count; k++) {
            const struct hcl_block *block = &body->blocks[k];
            const struct terraform_row *row = row_of(block);
            const struct hcl_attribute *script = row ? script_of(block) : NULL;
            if (!script) continue;
            struct terraform_instance instance = {.at = {document, block}, .row = row, .user_data = script};
            instance.address = terraform_address(module, instance.at);
            if (is_ignored(&document->source, block->span.begin)) {
                unit_note(module->unit, document, FINDING_IGNORED, block->span.begin,
                          "%s is told to be left alone", instance.address);
                claim_script(module, &instance);
                continue;
            }
            instances->items =
                arena_grow(&module->arena, instances->items, instances->count, sizeof instance);
            instances->items[instances->count++] = instance;
        }
    }
}

/* INSTANCE: addresses that commas part, or "all". */
static bool is_chosen(const char *answer, const char *address) {
    if (!answer || strcmp(answer, "all") == 0) return true;
    size_t length = strlen(address);
    for (const char *at = answer; *at;) {
        at += strspn(at, ", ");
        size_t word = strcspn(at, ", ");
        if (word == length && strncmp(at, address, length) == 0) return true;
        at += word;
    }
    return false;
}

static const char *answer_of(struct terraform_module *module) {
    for (size_t i = 0; i < module->count; i++) {
        const char *answer = unit_answer(module->unit, module->documents[i], "INSTANCE");
        if (answer) return answer;
    }
    return NULL;
}

/* One script may be started by several: it is changed once, for all of them. */
static struct terraform_instance *same_script(const struct instances *instances, size_t index) {
    const struct terraform_script *script = &instances->items[index].script;
    for (size_t i = 0; i < index; i++) {
        const struct terraform_script *other = &instances->items[i].script;
        if (instances->items[i].service && other->shape == script->shape &&
            other->document == script->document && other->value.span.begin == script->value.span.begin)
            return &instances->items[i];
    }
    return NULL;
}

/* Is it worth saying that the script is not to be found? Only where something of Python or of a container is near. */
static void tell_unresolved(struct terraform_module *module, const struct terraform_instance *instance) {
    const struct terraform_script *script = &instance->script;
    unit_note(module->unit, script->at.document, FINDING_UNRESOLVED, script->at.span.begin,
              "%s: user_data: %s", instance->address, script->reason);
}

static void tell_kind(struct terraform_module *module, const struct terraform_instance *instance,
                      enum user_data_kind kind) {
    unit_note(module->unit, instance->at.document, FINDING_UNRESOLVED, instance->user_data->name_span.begin,
              "%s: user_data: %s", instance->address,
              kind == USER_DATA_MIME ? "a MIME message that has not just one shell script"
                                     : "no shell script");
}

static enum boot_outcome plan_view(struct terraform_module *module, const struct terraform_instance *instance,
                                   struct script *script) {
    struct machine machine;
    size_t other_raw = 0;
    enum user_data_kind kind = user_data_kind_of(script);
    bool lines = instance->script.shape != TERRAFORM_LINES && instance->script.value.kind != HCL_STRING;
    bool part = kind == USER_DATA_MIME && lines && user_data_keep_shell_part(script, &other_raw);
    bool config = kind == USER_DATA_CLOUD_CONFIG;
    if (kind != USER_DATA_SCRIPT && !part && !config) {
        tell_kind(module, instance, kind);
        return BOOT_NOTHING;
    }
    terraform_machine(module, instance, script, &machine);
    machine.beside_others = instance->beside_others;
    machine.other_raw = other_raw;
    return config ? cloud_config_plan(module->unit, script, &machine)
                  : boot_plan(module->unit, script, &machine);
}

static enum boot_outcome plan_script(struct terraform_module *module, struct terraform_instance *instance) {
    struct script script;
    struct terraform_script *resolved = &instance->script;
    /* What is refused of the script is refused of this instance, not of the file's others. */
    struct service *before = resolved->document->service;
    resolved->document->service = instance->service;
    if (!terraform_view(module, resolved, instance->service, &script)) {
        struct terraform_value whole = {resolved->document, {resolved->value.span.begin, 0}};
        terraform_refuse(module, instance, FINDING_SYNTAX, whole, "a template has no end");
        return BOOT_HELD;
    }
    enum boot_outcome outcome = plan_view(module, instance, &script);
    script_free(&script);
    if (before) resolved->document->service = before;
    return outcome;
}

static void ask_instance(struct terraform_module *module, const struct instances *instances,
                         const bool *candidate) {
    struct question *question = NULL;
    struct service *first = NULL;
    for (size_t i = 0; i < instances->count; i++) {
        const struct terraform_instance *instance = &instances->items[i];
        if (!candidate[i]) continue;
        if (first)
            service_join(first, instance->service);
        else
            unit_ask(
                module->unit, first = instance->service, "INSTANCE", instance->at.document,
                "more than one instance starts a Python app: which are to be changed (several with commas)?",
                &question);
        if (!question) return;
        question_candidate(question, instance->address);
        question_evidence(question, &instance->at.document->source, instance->at.block->span.begin,
                          instance->address);
    }
    if (question) question_candidate(question, "all");
}

/* Another script that is planned stands in the same file. */
static bool has_neighbour(const struct instances *instances, const char *answer, size_t index) {
    const struct terraform_script *own = &instances->items[index].script;
    for (size_t i = 0; i < instances->count; i++) {
        const struct terraform_script *other = &instances->items[i].script;
        if (i != index && is_chosen(answer, instances->items[i].address) &&
            other->document == own->document && other->shape != TERRAFORM_NOWHERE &&
            other->value.span.begin != own->value.span.begin)
            return true;
    }
    return false;
}

static void plan_instances(struct terraform_module *module, struct instances *instances) {
    const char *answer = answer_of(module);
    bool *candidate = arena_allocate(&module->arena, instances->count + 1);
    enum boot_outcome *outcomes = arena_allocate(&module->arena, (instances->count + 1) * sizeof *outcomes);
    bool *found = arena_allocate(&module->arena, instances->count + 1);
    size_t candidates = 0, fresh = 0;
    for (size_t i = 0; i < instances->count; i++) found[i] = claim_script(module, &instances->items[i]);
    for (size_t i = 0; i < instances->count; i++) {
        struct terraform_instance *instance = &instances->items[i];
        if (!is_chosen(answer, instance->address)) continue;
        if (!found[i]) {
            tell_unresolved(module, instance);
            continue;
        }
        const struct terraform_instance *same = same_script(instances, i);
        instance->service = same ? same->service : unit_service(module->unit, instance->address);
        if (!instance->at.document->service) instance->at.document->service = instance->service;
        instance->beside_others = has_neighbour(instances, answer, i);
        outcomes[i] = same ? outcomes[same - instances->items] : plan_script(module, instance);
        candidate[i] = outcomes[i] != BOOT_NOTHING;
        candidates += candidate[i];
        fresh += outcomes[i] == BOOT_PLANNED || outcomes[i] == BOOT_HELD;
    }
    if (candidates > 1 && fresh && !answer) ask_instance(module, instances, candidate);
    for (size_t i = 0; i < instances->count; i++) {
        if (!candidate[i]) continue;
        terraform_plan_role(module, &instances->items[i]);
        instances->items[i].row->tell(module, &instances->items[i]);
    }
}

static void remove_scripts(struct terraform_module *module, struct instances *instances) {
    for (size_t i = 0; i < instances->count; i++) {
        struct terraform_instance *instance = &instances->items[i];
        if (!claim_script(module, instance) || same_script(instances, i)) continue;
        instance->service = unit_service(module->unit, instance->address);
        plan_script(module, instance);
    }
    for (size_t i = 0; i < module->count; i++) {
        struct document *document = module->documents[i];
        terraform_plan_removal(document, unit_service(module->unit, document->shown));
    }
}

void terraform_plan(struct unit *unit, struct document *document) {
    struct terraform_module module;
    struct instances instances = {0};
    if (terraform_file_of(document)->planned) return;
    gather(&module, unit, document);
    find_instances(&module, &instances);
    if (unit->settings->remove)
        remove_scripts(&module, &instances);
    else
        plan_instances(&module, &instances);
    arena_free(&module.arena);
}
