#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/cloudformation/view.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/script/user_data.h"
#include "dockerfile-patcher/text/find.h"

static const struct template_row rows[] = {
    {"AWS::EC2::Instance", "Properties", NULL, template_tell_instance},
    {"AWS::EC2::LaunchTemplate", "Properties.LaunchTemplateData", "Name", template_tell_group},
    {"AWS::AutoScaling::LaunchConfiguration", "Properties", NULL, template_tell_group},
};

/* "# appsig-ignore" in the lines of comments directly above, or behind the key; in JSON the resource's Metadata. */
static bool is_ignored(const struct template *template, const struct template_instance *instance) {
    const struct source *source = template->yaml.source;
    if (yaml_is(yaml_find(yaml_find(instance->resource, "Metadata"), TEMPLATE_METADATA), "ignore"))
        return true;
    if (template->json) return false;
    size_t line = source_line_begin(source, instance->key->span.begin);
    size_t end = source_line_end(source, line);
    if (find_text(source->bytes + line, end - line, "# appsig-ignore")) return true;
    while (line > source->begin) {
        size_t above = source_line_begin(source, line - 1);
        struct span indent;
        source_indent(source, above, &indent);
        if (source->bytes[indent.end] != '#') return false;
        if (find_text(source->bytes + indent.end, line - indent.end, "appsig-ignore")) return true;
        line = above;
    }
    return false;
}

static bool read_instance(const struct template *template, size_t index, struct template_instance *instance) {
    struct yaml_node *resource = yaml_follow(template->resources->items[index + 1]);
    *instance = (struct template_instance){.key = template->resources->items[index], .resource = resource};
    instance->id = yaml_text(instance->key);
    for (size_t i = 0; instance->id && i < array_length(rows); i++)
        if (yaml_is(yaml_find(resource, "Type"), rows[i].type)) instance->row = &rows[i];
    if (!instance->row) return false;
    instance->data = template_at(resource, instance->row->data);
    size_t at = yaml_index(instance->data, "UserData");
    if (at == SIZE_MAX) return false;
    instance->user_data_key = instance->data->items[at];
    instance->user_data = instance->data->items[at + 1];
    return true;
}

void template_find_instances(struct template *template, struct template_instances *instances) {
    const struct yaml_node *resources = template->resources;
    for (size_t i = 0; resources && resources->kind == YAML_MAPPING && i < resources->count; i += 2) {
        struct template_instance instance;
        if (!read_instance(template, i, &instance)) continue;
        template_resolve(template, instance.user_data, &instance.script);
        if (is_ignored(template, &instance)) {
            unit_note(template->unit, template->document, FINDING_IGNORED, instance.key->span.begin,
                      "%s is told to be left alone", instance.id);
            continue;
        }
        instances->items = arena_grow(&template->arena, instances->items, instances->count, sizeof instance);
        instances->items[instances->count++] = instance;
    }
}

/* INSTANCE: logical ids that commas part, or "all". */
static bool is_chosen(const char *answer, const char *id) {
    if (!answer || strcmp(answer, "all") == 0) return true;
    size_t length = strlen(id);
    for (const char *at = answer; *at;) {
        at += strspn(at, ", ");
        size_t word = strcspn(at, ", ");
        if (word == length && strncmp(at, id, length) == 0) return true;
        at += word;
    }
    return false;
}

/* One text may be that of several, by an anchor: it is changed once, for all of them. */
static struct template_instance *same_script(const struct template_instances *instances, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (instances->items[i].service && instances->items[i].script.node &&
            instances->items[i].script.node == instances->items[index].script.node)
            return &instances->items[i];
    return NULL;
}

/* Is another script planned in this file? */
static bool has_neighbour(const struct template_instances *instances, const char *answer, size_t index) {
    for (size_t i = 0; i < instances->count; i++)
        if (i != index && instances->items[i].script.node &&
            instances->items[i].script.node != instances->items[index].script.node &&
            is_chosen(answer, instances->items[i].id))
            return true;
    return false;
}

static enum boot_outcome give_up(struct template *template, const struct template_instance *instance,
                                 const struct yaml_node *where, const char *reason) {
    unit_note(template->unit, template->document, FINDING_UNRESOLVED,
              where ? where->span.begin : instance->user_data_key->span.begin, "%s: UserData: %s",
              instance->id, reason);
    return BOOT_NOTHING;
}

/* The places go with their lines. */
static bool keep_shell_part(struct script *script, size_t *other_raw) {
    struct view *view = script->host_data;
    size_t all = script->count, first = 0;
    if (!user_data_keep_shell_part(script, other_raw)) return false;
    while (first < all - script->count && view->places[first].begin != script->lines[0].span.begin) first++;
    memmove(view->places, view->places + first, script->count * sizeof *view->places);
    return true;
}

enum user_data_kind template_read_script(struct template *template, const struct template_instance *instance,
                                         struct script *script, size_t *other_raw) {
    enum user_data_kind kind = user_data_kind_of(script);
    *other_raw = 0;
    if (kind == USER_DATA_MIME && keep_shell_part(script, other_raw)) return USER_DATA_SCRIPT;
    if (kind == USER_DATA_SCRIPT) template_follow_init(template, instance, script);
    return kind;
}

static enum boot_outcome plan_view(struct template *template, const struct template_instance *instance,
                                   struct script *script) {
    struct machine machine;
    size_t other_raw;
    enum user_data_kind kind = template_read_script(template, instance, script, &other_raw);
    if (kind != USER_DATA_SCRIPT)
        return give_up(template, instance, NULL,
                       kind == USER_DATA_CLOUD_CONFIG ? "cloud-config, whose commands are not followed here"
                       : kind == USER_DATA_MIME       ? "a MIME message that has not just one shell script"
                                                      : "no shell script");
    template_machine(template, instance, script, &machine);
    machine.other_raw = other_raw;
    machine.beside_others = instance->beside_others;
    enum boot_outcome outcome = boot_plan(template->unit, script, &machine);
    const struct view *view = script->host_data;
    if (outcome == BOOT_NOTHING && script->count == 1 && instance->script.node->style == YAML_FOLDED)
        return give_up(
            template, instance, instance->script.node,
            "a folded block (>) makes one line of its lines: part them by empty lines, or write |");
    if (!view->reason) return outcome;
    unit_refuse(template->unit, template->document, FINDING_UNSUPPORTED, view->reason_offset, "%s: %s",
                instance->id, view->reason);
    return BOOT_HELD;
}

static enum boot_outcome plan_script(struct template *template, const struct template_instance *instance) {
    struct script script;
    struct document *document = template->document;
    const char *reason;
    /* What is refused of the script is refused of this instance, not of the file's others. */
    struct service *before = document->service;
    document->service = instance->service;
    if (!template_view(template, &instance->script, instance->service, &script, &reason))
        return give_up(template, instance, instance->script.node, reason);
    enum boot_outcome outcome = plan_view(template, instance, &script);
    script_free(&script);
    if (before) document->service = before;
    return outcome;
}

static void ask_instance(struct template *template, const struct template_instances *instances,
                         const bool *candidate) {
    struct question *question = NULL;
    struct service *first = NULL;
    for (size_t i = 0; i < instances->count; i++) {
        const struct template_instance *instance = &instances->items[i];
        if (!candidate[i]) continue;
        if (first)
            service_join(first, instance->service);
        else
            unit_ask(
                template->unit, first = instance->service, "INSTANCE", template->document,
                "more than one instance starts a Python app: which are to be changed (several with commas)?",
                &question);
        if (!question) return;
        question_candidate(question, instance->id);
        question_evidence(question, &template->document->source, instance->key->span.begin, instance->id);
    }
    if (question) question_candidate(question, "all");
}

static void plan_instances(struct template *template, struct template_instances *instances) {
    struct document *document = template->document;
    const char *answer = unit_answer(template->unit, document, "INSTANCE");
    bool *candidate = arena_allocate(&template->arena, instances->count + 1);
    enum boot_outcome *outcomes = arena_allocate(&template->arena, (instances->count + 1) * sizeof *outcomes);
    size_t candidates = 0, fresh = 0;
    for (size_t i = 0; i < instances->count; i++) {
        struct template_instance *instance = &instances->items[i];
        if (!is_chosen(answer, instance->id)) continue;
        if (instance->script.shape == TEMPLATE_NOWHERE) {
            give_up(template, instance, instance->script.where, instance->script.reason);
            continue;
        }
        const struct template_instance *same = same_script(instances, i);
        instance->beside_others = has_neighbour(instances, answer, i);
        instance->service = same ? same->service : unit_service(template->unit, instance->id);
        if (!document->service) document->service = instance->service;
        outcomes[i] = same ? outcomes[same - instances->items] : plan_script(template, instance);
        candidate[i] = outcomes[i] != BOOT_NOTHING;
        candidates += candidate[i];
        fresh += outcomes[i] == BOOT_PLANNED || outcomes[i] == BOOT_HELD;
    }
    if (candidates > 1 && fresh && !answer) ask_instance(template, instances, candidate);
    for (size_t i = 0; i < instances->count; i++) {
        if (!candidate[i]) continue;
        template_plan_role(template, &instances->items[i]);
        instances->items[i].row->tell(template, &instances->items[i]);
    }
}

static void remove_scripts(struct template *template, struct template_instances *instances) {
    for (size_t i = 0; i < instances->count; i++) {
        struct template_instance *instance = &instances->items[i];
        if (instance->script.shape == TEMPLATE_NOWHERE || same_script(instances, i)) continue;
        instance->service = unit_service(template->unit, instance->id);
        plan_script(template, instance);
    }
    template_plan_removal(template, unit_service(template->unit, template->document->shown));
}

void template_plan(struct unit *unit, struct document *document) {
    struct template *template = document->model;
    struct template_instances instances = {0};
    template->unit = unit;
    template_find_instances(template, &instances);
    if (unit->settings->remove)
        remove_scripts(template, &instances);
    else
        plan_instances(template, &instances);
}
