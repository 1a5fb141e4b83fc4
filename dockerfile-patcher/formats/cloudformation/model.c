#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"
#include "dockerfile-patcher/text/find.h"

bool template_mentioned(const struct source *source) {
    static const char *const types[] = {"AWS::EC2::Instance", "AWS::EC2::LaunchTemplate",
                                        "AWS::AutoScaling::LaunchConfiguration"};
    if (!find_text(source->bytes, source->length, "Resources")) return false;
    for (size_t i = 0; i < array_length(types); i++) {
        size_t length = strlen(types[i]);
        for (const char *at = source->bytes, *end = at + source->length;
             (at = find_bytes(at, (size_t)(end - at), types[i], length)); at += length)
            if (strchr("\"' \t\r\n", at[length])) return true;
    }
    return false;
}

/* Tags that are functions; others (!Transform, !Rain::Embed) have names that nobody here asks for. */
static const char *function_of_tag(const char *tag) {
    static const char *const names[] = {"Base64",    "Sub",       "Join",        "GetAtt", "If",
                                        "FindInMap", "Select",    "ImportValue", "GetAZs", "Split",
                                        "Cidr",      "Transform", "And",         "Or",     "ToJsonString"};
    static const char *const functions[] = {
        "Fn::Base64",    "Fn::Sub",       "Fn::Join",        "Fn::GetAtt", "Fn::If",
        "Fn::FindInMap", "Fn::Select",    "Fn::ImportValue", "Fn::GetAZs", "Fn::Split",
        "Fn::Cidr",      "Fn::Transform", "Fn::And",         "Fn::Or",     "Fn::ToJsonString"};
    if (!tag || *tag != '!') return NULL;
    if (strcmp(tag, "!Ref") == 0) return "Ref";
    for (size_t i = 0; i < array_length(names); i++)
        if (strcmp(tag + 1, names[i]) == 0) return functions[i];
    return "Fn::Unknown";
}

void template_call_of(struct yaml_node *node, bool bare, struct template_call *call) {
    *call = (struct template_call){0};
    node = yaml_follow(node);
    if (!node) return;
    const char *tagged = bare ? NULL : function_of_tag(node->tag);
    if (tagged) {
        *call = (struct template_call){tagged, node, true};
    } else if (node->kind == YAML_MAPPING && node->count == 2) {
        const char *key = yaml_text(node->items[0]);
        if (key && (strcmp(key, "Ref") == 0 || text_starts(key, "Fn::")))
            *call = (struct template_call){key, yaml_follow(node->items[1]), false};
    }
}

static const char *first_name(struct template *template, const char *text) {
    return arena_copy(&template->arena, text, strcspn(text, ".}"));
}

const char *template_referred(struct template *template, struct yaml_node *node) {
    struct template_call call;
    template_call_of(node, false, &call);
    if (!call.name || !call.argument) return NULL;
    const char *text = yaml_text(call.argument);
    if (strcmp(call.name, "Ref") == 0) return text;
    if (strcmp(call.name, "Fn::GetAtt") == 0) {
        if (call.argument->kind == YAML_SEQUENCE && call.argument->count)
            text = yaml_text(call.argument->items[0]);
        return text ? first_name(template, text) : NULL;
    }
    bool whole = strcmp(call.name, "Fn::Sub") == 0 && text && text_starts(text, "${") && text[2] != '!' &&
                 strcspn(text, "}") + 1 == strlen(text);
    return whole ? first_name(template, text + 2) : NULL;
}

const char *template_string(struct template *template, struct yaml_node *node) {
    struct template_call call;
    template_call_of(node, false, &call);
    if (!call.name) return yaml_text(node);
    const char *text = yaml_text(call.argument);
    if (strcmp(call.name, "Fn::Sub") == 0 && text && !strstr(text, "${")) return text;
    if (strcmp(call.name, "Ref") != 0 || !text) return NULL;
    return yaml_text(yaml_find(yaml_find(yaml_find(template->root, "Parameters"), text), "Default"));
}

struct yaml_node *template_resource(const struct template *template, const char *id, const char *type) {
    struct yaml_node *resource = id ? yaml_find(template->resources, id) : NULL;
    return resource && (!type || yaml_is(yaml_find(resource, "Type"), type)) ? resource : NULL;
}

struct yaml_node *template_at(struct yaml_node *node, const char *path) {
    while (node && *path) {
        size_t length = strcspn(path, ".");
        cleanup_free char *key = memory_copy_bytes(path, length);
        node = yaml_find(node, key);
        path += length + (path[length] == '.');
    }
    return node;
}

struct saying {
    const char *words;
    bool found;
};

static void look_for(struct yaml_node *node, void *context) {
    struct saying *saying = context;
    saying->found |= node->kind == YAML_SCALAR && strstr(node->value, saying->words);
}

bool template_says(struct yaml_node *node, const char *words) {
    struct saying saying = {words, false};
    if (node) yaml_walk(node, look_for, &saying);
    return saying.found;
}

void template_note(struct template *template, const struct template_instance *instance, enum finding_id id,
                   const struct yaml_node *at, const char *text) {
    unit_note(template->unit, template->document, id, at->span.begin, "%s: %s", instance->id, text);
}
