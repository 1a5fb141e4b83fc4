#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/view.h"

static void add_clue(struct template *template, struct clue *clues, size_t *count, const char *value,
                     const struct yaml_node *at) {
    if (value && *value && *count < MACHINE_MOST_CLUES)
        clues[(*count)++] = (struct clue){value, template->document, at->span.begin};
}

/* A reference as the place of the script has it: ${X} in a Sub, an item of its own in a Join. */
static const char *reference(struct template *template, struct script *script, struct yaml_node *value,
                             const char *name) {
    const struct view *view = script->host_data;
    const struct holder *first = &view->holders[0];
    bool sub = !first->list && first->sub, join = first->list && !*first->between;
    if (!sub && !join) return NULL;
    char *bytes = sub              ? memory_format("${%s}", name)
                  : template->json ? memory_format("{ \"Ref\": \"%s\" }", name)
                                   : memory_format("!Ref %s", name);
    size_t hole = template_add_hole(script, bytes, value->span, join);
    free(script->holes[hole].shown ? (char *)script->holes[hole].shown : NULL);
    script->holes[hole].shown = memory_format("${%s}", name);
    cleanup_free char *mark = memory_format("%c%zu%c", SCRIPT_HOLE_BEGIN, hole, SCRIPT_HOLE_END);
    return arena_copy(&template->arena, mark, strlen(mark));
}

/* ${X} of the text as holes; one of its own variables or ${!X} is not to be had elsewhere. */
static const char *carried_sub(struct template *template, struct script *script, struct yaml_node *value,
                               const char *text) {
    cleanup_text struct text out = {0};
    while (*text) {
        const char *close = text_starts(text, "${") ? strchr(text, '}') : NULL;
        if (!close) {
            text_add_char(&out, *text++);
            continue;
        }
        cleanup_free char *name = memory_copy_bytes(text + 2, (size_t)(close - text) - 2);
        const char *mark = *name == '!' ? NULL : reference(template, script, value, name);
        if (!mark) return NULL;
        text_add(&out, mark);
        text = close + 1;
    }
    return out.length ? arena_copy(&template->arena, out.bytes, out.length) : NULL;
}

const char *template_carried(struct template *template, struct script *script, struct yaml_node *value) {
    struct template_call call;
    template_call_of(value, false, &call);
    if (!call.name) return yaml_text(value);
    const char *text = yaml_text(call.argument);
    const char *carried = NULL;
    if (text && strcmp(call.name, "Ref") == 0) carried = reference(template, script, value, text);
    if (text && strcmp(call.name, "Fn::Sub") == 0 &&
        (!template->json || !((struct view *)script->host_data)->holders[0].list || !strstr(text, ".")))
        carried = carried_sub(template, script, value, text);
    /* The default of a parameter is what whoever makes the stack may change: it is not written down instead. */
    bool fixed = text && strcmp(call.name, "Fn::Sub") == 0 && !strstr(text, "${");
    return carried || !fixed ? carried : text;
}

static struct yaml_node *name_of_tags(struct yaml_node *tags) {
    for (size_t i = 0; tags && tags->kind == YAML_SEQUENCE && i < tags->count; i++) {
        struct yaml_node *tag = yaml_follow(tags->items[i]);
        if (yaml_is(yaml_find(tag, "Key"), "Name")) return yaml_find(tag, "Value");
    }
    return NULL;
}

static bool refers_to(struct template *template, struct yaml_node *node, const char *id, unsigned depth) {
    const char *referred = node ? template_referred(template, node) : NULL;
    if (referred) return strcmp(referred, id) == 0;
    for (size_t i = 0; node && depth && i < node->count; i++)
        if (refers_to(template, node->items[i], id, depth - 1)) return true;
    return false;
}

struct yaml_node *template_group_of(struct template *template, const struct template_instance *instance,
                                    const char **id) {
    static const char *const keys[] = {"Properties.LaunchTemplate", "Properties.MixedInstancesPolicy",
                                       "Properties.LaunchConfigurationName"};
    for (size_t i = 0; i + 1 < template->resources->count; i += 2) {
        struct yaml_node *resource = yaml_follow(template->resources->items[i + 1]);
        if (!yaml_is(yaml_find(resource, "Type"), "AWS::AutoScaling::AutoScalingGroup")) continue;
        for (size_t k = 0; k < array_length(keys); k++) {
            if (!refers_to(template, template_at(resource, keys[k]), instance->id, 5)) continue;
            *id = yaml_text(template->resources->items[i]);
            return resource;
        }
    }
    return NULL;
}

static void add_names(struct template *template, const struct template_instance *instance,
                      struct script *script, struct machine *machine) {
    const char *group_id;
    struct yaml_node *group = template_group_of(template, instance, &group_id);
    struct yaml_node *specifications = yaml_find(instance->data, "TagSpecifications");
    struct yaml_node *names[4] = {name_of_tags(yaml_find(instance->data, "Tags")), NULL,
                                  name_of_tags(template_at(group, "Properties.Tags")),
                                  template_at(instance->resource, "Properties.LaunchTemplateName")};
    for (size_t i = 0; specifications && i < specifications->count && !names[1]; i++)
        names[1] = name_of_tags(yaml_find(yaml_follow(specifications->items[i]), "Tags"));
    for (size_t i = 0; i < array_length(names); i++)
        if (names[i])
            add_clue(template, machine->names, &machine->name_count,
                     template_carried(template, script, names[i]), names[i]);
    if (!text_has_word(
            "Instance EC2Instance MyInstance MyEC2Instance LaunchTemplate EC2LaunchTemplate Server "
            "WebServer WebServerInstance LaunchConfig LaunchConfiguration EC2 MyServer Config Template Host Node "
            "Machine AppServer AppInstance ServerInstance MyLaunchTemplate MyLaunchConfig",
            instance->id))
        add_clue(template, machine->names, &machine->name_count, instance->id, instance->key);
}

/* A mapping of AMIs says the system in its name and keys. */
static void add_mapping(struct template *template, const char *name, struct machine *machine,
                        struct yaml_node *at) {
    struct yaml_node *mapping = yaml_find(yaml_find(template->root, "Mappings"), name);
    add_clue(template, machine->images, &machine->image_count, name, at);
    struct yaml_node *first = mapping && mapping->count > 1 ? yaml_follow(mapping->items[1]) : NULL;
    for (size_t i = 0; first && first->kind == YAML_MAPPING && i < first->count; i += 2)
        add_clue(template, machine->images, &machine->image_count, yaml_text(first->items[i]),
                 first->items[i]);
}

static void add_images(struct template *template, struct yaml_node *image, struct machine *machine) {
    struct template_call call;
    template_call_of(image, false, &call);
    const char *text = call.name ? yaml_text(call.argument) : yaml_text(image);
    if (!image) return;
    if (call.name && strcmp(call.name, "Ref") == 0) {
        struct yaml_node *parameter = yaml_find(yaml_find(template->root, "Parameters"), text ? text : "");
        struct yaml_node *value = yaml_find(parameter, "Default");
        struct yaml_node *words = yaml_find(parameter, "Description");
        if (value) add_clue(template, machine->images, &machine->image_count, yaml_text(value), value);
        if (words) add_clue(template, machine->images, &machine->image_count, yaml_text(words), words);
        add_clue(template, machine->images, &machine->image_count, text, image);
    } else if (call.name && strcmp(call.name, "Fn::FindInMap") == 0) {
        struct yaml_node *list = call.argument;
        if (list->kind == YAML_SEQUENCE && list->count >= 3 && yaml_text(list->items[0])) {
            add_clue(template, machine->images, &machine->image_count, yaml_text(list->items[2]),
                     list->items[2]);
            add_mapping(template, yaml_text(list->items[0]), machine, list->items[0]);
        }
    } else {
        add_clue(template, machine->images, &machine->image_count, text, image);
    }
    struct yaml_node *words = yaml_find(template->root, "Description");
    if (words) add_clue(template, machine->images, &machine->image_count, yaml_text(words), words);
}

static void add_ports(struct template *template, const struct template_instance *instance,
                      struct machine *machine) {
    static const char *const names[] = {"SecurityGroupIds", "SecurityGroups"};
    for (size_t i = 0; i < array_length(names); i++) {
        struct yaml_node *list = yaml_find(instance->data, names[i]);
        for (size_t k = 0; list && list->kind == YAML_SEQUENCE && k < list->count; k++) {
            struct yaml_node *group = template_resource(template, template_referred(template, list->items[k]),
                                                        "AWS::EC2::SecurityGroup");
            struct yaml_node *rules = template_at(group, "Properties.SecurityGroupIngress");
            for (size_t j = 0; rules && rules->kind == YAML_SEQUENCE && j < rules->count; j++) {
                struct yaml_node *from = yaml_find(rules->items[j], "FromPort");
                struct yaml_node *to = yaml_find(rules->items[j], "ToPort");
                const char *port = from ? template_string(template, from) : NULL;
                const char *last = to ? template_string(template, to) : NULL;
                if (port && last && strcmp(port, last) == 0 && strcmp(port, "22") != 0)
                    add_clue(template, machine->ports, &machine->port_count, port, from);
            }
        }
    }
}

void template_machine(struct template *template, const struct template_instance *instance,
                      struct script *script, struct machine *machine) {
    *machine = (struct machine){.label = instance->id, .user_data = true};
    add_names(template, instance, script, machine);
    add_images(template, yaml_find(instance->data, "ImageId"), machine);
    add_ports(template, instance, machine);
}
