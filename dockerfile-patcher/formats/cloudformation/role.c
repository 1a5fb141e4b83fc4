#include "dockerfile-patcher/formats/cloudformation/role.h"

#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"

static void say_elsewhere(struct template *template, struct template_role *role, const char *text,
                          const struct yaml_node *at) {
    const struct source *source = template->yaml.source;
    size_t length = at->span.end - at->span.begin;
    const char *bytes = source->bytes + at->span.begin;
    bool one_line = length < 120 && !memchr(bytes, '\n', length);
    cleanup_free char *reason =
        memory_format("%s%s%.*s", text, one_line ? ": " : "", one_line ? (int)length : 0, bytes);
    role->elsewhere = arena_copy(&template->arena, reason, strlen(reason));
    role->at = at;
}

/* The resource that a value names: by reference, or by its literal name. */
static const char *find_named(struct template *template, struct yaml_node *value, const char *type,
                              const char *name_key) {
    const char *id = template_referred(template, value);
    if (id) return template_resource(template, id, type) ? id : NULL;
    const char *name = template_string(template, value);
    for (size_t i = 0; name && i + 1 < template->resources->count; i += 2) {
        const char *other = yaml_text(template->resources->items[i]);
        struct yaml_node *resource = template_resource(template, other, type);
        if (resource && yaml_is(yaml_find(yaml_find(resource, "Properties"), name_key), name)) return other;
    }
    return NULL;
}

void template_find_role(struct template *template, const struct template_instance *instance,
                        struct template_role *role) {
    *role = (struct template_role){0};
    struct yaml_node *profile = yaml_find(instance->data, "IamInstanceProfile");
    struct yaml_node *named = profile;
    if (profile && instance->row->named && profile->kind == YAML_MAPPING && !profile->tag) {
        named = yaml_find(profile, instance->row->named);
        if (!named) named = yaml_find(profile, "Arn");
        if (!named) named = profile;
    }
    const char *id = named ? template_referred(template, named) : NULL;
    if (!named || (id && strcmp(id, "AWS::NoValue") == 0)) {
        role->missing = true;
        return;
    }
    const char *there = find_named(template, named, "AWS::IAM::InstanceProfile", "InstanceProfileName");
    struct yaml_node *roles =
        there ? template_at(template_resource(template, there, NULL), "Properties.Roles") : NULL;
    if (!there) {
        say_elsewhere(template, role, "its instance profile is not made here", named);
    } else if (!roles || roles->kind != YAML_SEQUENCE || roles->count != 1) {
        say_elsewhere(template, role, "its instance profile names no one role", roles ? roles : named);
    } else {
        struct yaml_node *one = yaml_follow(roles->items[0]);
        role->id = find_named(template, one, "AWS::IAM::Role", "RoleName");
        role->role = template_resource(template, role->id, NULL);
        if (!role->role) say_elsewhere(template, role, "its role is not made here", one);
    }
}

static const char *ask_creation(struct template *template, const struct template_instance *instance) {
    struct question *question;
    if (template->unit->settings->create_role) return "yes";
    cleanup_free char *text = memory_format(
        "%s has no instance profile: is a role with " AGENT_POLICY " to be made for it?", instance->id);
    const char *answer =
        unit_ask(template->unit, instance->service, "CREATE_ROLE", template->document, text, &question);
    if (!question) return answer;
    if (question->candidate_count == 0) {
        question_candidate(question, "yes");
        question_candidate(question, "no");
    } else {
        service_of(instance->service)->open++; /* one question holds up every instance that it is about */
    }
    question_evidence(question, &template->document->source, instance->key->span.begin, instance->id);
    return NULL;
}

static void plan_creation(struct template *template, const struct template_instance *instance) {
    const char *answer = ask_creation(template, instance);
    if (answer && strcmp(answer, "yes") != 0) {
        template_note(template, instance, FINDING_HINT, instance->key,
                      "it has no role: the agent cannot send without " AGENT_POLICY);
    } else if (answer && template_create_role(template, instance)) {
        template_note(template, instance, FINDING_HINT, instance->key,
                      "the new role has to be acknowledged where the stack is deployed: --capabilities "
                      "CAPABILITY_IAM");
    } else if (answer) {
        template_note(template, instance, FINDING_HINT, instance->key,
                      "there is no place for a new role here: give it one with " AGENT_POLICY);
    }
}

void template_plan_role(struct template *template, const struct template_instance *instance) {
    struct template_role role;
    template_find_role(template, instance, &role);
    if (role.missing) {
        plan_creation(template, instance);
    } else if (role.elsewhere) {
        cleanup_free char *text =
            memory_format("%s: " AGENT_POLICY " is to be attached to its role", role.elsewhere);
        template_note(template, instance, FINDING_HINT, role.at, text);
    } else {
        struct yaml_node *list = template_at(role.role, "Properties.ManagedPolicyArns");
        if (template_says(list, AGENT_POLICY) || template_attach(template, instance, &role)) return;
        template_note(template, instance, FINDING_HINT, list ? list : role.role,
                      "ManagedPolicyArns of its role is no list that can be extended: add " AGENT_POLICY);
    }
}
