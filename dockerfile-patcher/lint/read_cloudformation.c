#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/text/find.h"

static size_t read_user_data(struct reader *reader, struct template *template,
                             const struct template_instance *instance) {
    struct script script;
    const char *reason;
    size_t scope = NO_SCOPE, other_raw;
    if (instance->script.shape == TEMPLATE_NOWHERE) return NO_SCOPE;
    struct service *service = unit_service(reader->unit, "lint");
    if (!template_view(template, &instance->script, service, &script, &reason)) return NO_SCOPE;
    if (template_read_script(template, instance, &script, &other_raw) == USER_DATA_SCRIPT)
        scope = read_script(reader, &script);
    script_free(&script);
    return scope;
}

static void read_machine(struct reader *reader, struct template *template,
                         const struct template_instance *instance) {
    struct facts *facts = reader->facts;
    size_t scope = read_user_data(reader, template, instance);
    struct yaml_node *options = yaml_find(instance->data, "MetadataOptions");
    size_t at = yaml_index(options, "HttpPutResponseHopLimit");
    if (scope == NO_SCOPE || at == SIZE_MAX) return;
    facts->machines =
        arena_grow(&facts->arena, facts->machines, facts->machine_count, sizeof *facts->machines);
    struct fact_machine *machine = &facts->machines[facts->machine_count++];
    *machine = (struct fact_machine){.label = facts_text(facts, instance->id), .scope = scope};
    machine->hop_limit = facts_text(facts, template_string(template, options->items[at + 1]));
    facts_place(facts, &reader->document->source, reader->document->shown, options->items[at]->span.begin,
                &machine->at);
}

/* Policies of their own, and those that stand in a role. */
static void read_policies(struct reader *reader, const struct yaml_node *resource) {
    struct reading reading = {.reader = reader, .document = reader->document, .base = resource->span.begin};
    read_policy(&reading, reader->document->source.bytes + resource->span.begin,
                resource->span.end - resource->span.begin);
}

bool cloudformation_has_facts(const struct source *source) {
    return template_mentioned(source) || (find_text(source->bytes, source->length, "Resources") &&
                                          find_text(source->bytes, source->length, "AWS::IAM::"));
}

void read_cloudformation(struct reader *reader) {
    struct template *template = reader->document->model;
    const struct source *source = &reader->document->source;
    struct template_instances instances = {0};
    struct yaml_node *resources = template->resources;
    template->unit = reader->unit;
    template_find_instances(template, &instances);
    for (size_t i = 0; i < instances.count; i++) read_machine(reader, template, &instances.items[i]);
    for (size_t i = 1; resources && resources->kind == YAML_MAPPING && i < resources->count; i += 2) {
        struct yaml_node *resource = yaml_follow(resources->items[i]);
        const char *type = yaml_text(yaml_find(resource, "Type"));
        if (type && text_starts(type, "AWS::IAM::")) read_policies(reader, resource);
    }
    read_managed_policy(reader->facts, source->bytes, source->length);
}
