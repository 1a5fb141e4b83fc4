#include <stdint.h>
#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/role.h"
#include "dockerfile-patcher/text/find.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static const char why_policy[] = "give the role " AGENT_POLICY;
static const char why_role[] = "make a role with " AGENT_POLICY;
static const char tail[] = ":iam::aws:policy/";

/* The policy's ARN as this template writes such names, for a list in the style of JSON, or of YAML. */
static char *policy_arn(const struct template *template, bool json) {
    const struct source *source = template->yaml.source;
    const char *at = find_text(source->bytes, source->length, tail);
    const char *begin = at;
    while (begin && begin > source->bytes && !strchr("\"' \t\n,[", begin[-1])) begin--;
    bool usual = begin && strncmp(begin, "arn:", 4) == 0;
    int length = usual ? (int)(at - begin) : (int)strlen("arn:aws");
    const char *front = usual ? begin : "arn:aws";
    bool sub = memchr(front, '{', (size_t)length) != NULL;
    if (sub && json) return memory_format("{ \"Fn::Sub\": \"%.*s%s" AGENT_POLICY "\" }", length, front, tail);
    if (sub || json)
        return memory_format("%s\"%.*s%s" AGENT_POLICY "\"", sub ? "!Sub " : "", length, front, tail);
    return memory_format("%.*s%s" AGENT_POLICY, length, front, tail);
}

/* "Metadata" of a resource in flow style says what is new in it. */
static bool mark_resource(struct template *template, const struct template_instance *instance,
                          const struct template_role *role, const char *text) {
    struct yaml_node *metadata = yaml_find(role->role, "Metadata");
    struct edits *edits = &template->document->edits;
    const struct source *source = template->yaml.source;
    cleanup_free char *own = memory_format("\"" TEMPLATE_METADATA "\": \"%s\"", text);
    cleanup_free char *whole = memory_format("\"Metadata\": { %s }", own);
    if (!metadata)
        return yaml_insert(edits, instance->service, source, role->role, role->role->count, "", whole,
                           why_policy);
    bool open = metadata->kind == YAML_MAPPING && metadata->style == YAML_FLOW && metadata->count;
    return open &&
           yaml_insert(edits, instance->service, source, metadata, metadata->count, "", own, why_policy);
}

static bool extend_list(struct template *template, const struct template_instance *instance,
                        const struct template_role *role, struct yaml_node *properties,
                        struct yaml_node *list) {
    struct edits *edits = &template->document->edits;
    const struct source *source = template->yaml.source;
    cleanup_free char *arn = policy_arn(template, template->json);
    cleanup_free char *block = memory_format(TEMPLATE_MARK TEMPLATE_NEW_ITEM "\n- %s", arn);
    if (role->role->style == YAML_FLOW) {
        if (!mark_resource(template, instance, role, TEMPLATE_LAST_IS_NEW)) return false;
    } else if (list->style == YAML_FLOW) {
        size_t key = yaml_index(properties, "ManagedPolicyArns");
        if (properties->style != YAML_BLOCK) return false;
        cleanup_free char *mark =
            memory_format("%*s" TEMPLATE_MARK TEMPLATE_NEW_LAST, (int)properties->column, "");
        edits_insert_before(edits, instance->service, source, properties->items[key]->span.begin, mark,
                            why_policy);
    }
    return yaml_insert(edits, instance->service, source, list, list->count, block, arn, why_policy);
}

static bool add_list(struct template *template, const struct template_instance *instance,
                     const struct template_role *role, struct yaml_node *properties) {
    struct edits *edits = &template->document->edits;
    const struct source *source = template->yaml.source;
    cleanup_free char *arn = policy_arn(template, template->json);
    cleanup_free char *block =
        memory_format(TEMPLATE_MARK TEMPLATE_NEW_PROPERTY "\nManagedPolicyArns:\n%*s- %s",
                      (int)yaml_step(&template->yaml), "", arn);
    cleanup_free char *flow = memory_format("\"ManagedPolicyArns\": [%s]", arn);
    if (properties->style == YAML_FLOW && role->role->style != YAML_FLOW) return false;
    if (properties->style == YAML_FLOW && !mark_resource(template, instance, role, TEMPLATE_LIST_IS_NEW))
        return false;
    return yaml_insert(edits, instance->service, source, properties, properties->count, block, flow,
                       why_policy);
}

/* Several instances may have one role: of one service, it is said once; the edits of several become one. */
static bool is_repeated(struct template *template, const struct template_instance *instance,
                        const struct template_role *role) {
    struct template_attached *attached = template->attached;
    for (size_t i = 0; i < template->attached_count; i++)
        if (attached[i].role == role->role &&
            service_of(attached[i].service) == service_of(instance->service))
            return true;
    attached = arena_grow(&template->arena, attached, template->attached_count, sizeof *attached);
    attached[template->attached_count++] = (struct template_attached){role->role, instance->service};
    template->attached = attached;
    return false;
}

bool template_attach(struct template *template, const struct template_instance *instance,
                     const struct template_role *role) {
    struct yaml_node *properties = yaml_find(role->role, "Properties");
    size_t at = yaml_index(properties, "ManagedPolicyArns");
    if (!properties || properties->kind != YAML_MAPPING || is_repeated(template, instance, role))
        return properties != NULL;
    if (at == SIZE_MAX) return add_list(template, instance, role, properties);
    struct yaml_node *list = yaml_follow(properties->items[at + 1]);
    if (list->kind != YAML_SEQUENCE || list->tag) return false;
    return extend_list(template, instance, role, properties, list);
}

/* ID of a new resource: that of the instance with a word behind it, and a number where that is taken. */
static char *free_id(const struct template *template, const char *stem, const char *word) {
    for (unsigned number = 1;; number++) {
        char *id =
            number == 1 ? memory_format("%s%s", stem, word) : memory_format("%s%s%u", stem, word, number);
        if (!yaml_find(template->resources, id)) return id;
        free(id);
    }
}

static char *block_resources(const struct template *template, const char *role, const char *profile,
                             const char *arn) {
    struct text out = {0};
    const char *lines[] = {TEMPLATE_MARK TEMPLATE_NEW_RESOURCE,
                           "%s:",
                           ">Type: AWS::IAM::Role",
                           ">Properties:",
                           ">>AssumeRolePolicyDocument:",
                           ">>>Version: \"2012-10-17\"",
                           ">>>Statement:",
                           ">>>>- Effect: Allow",
                           ">>>>  Principal:",
                           ">>>>    Service: ec2.amazonaws.com",
                           ">>>>  Action: sts:AssumeRole",
                           ">>ManagedPolicyArns:",
                           ">>>- %s",
                           TEMPLATE_MARK TEMPLATE_NEW_RESOURCE,
                           "%s:",
                           ">Type: AWS::IAM::InstanceProfile",
                           ">Properties:",
                           ">>Roles:",
                           ">>>- !Ref %s"};
    const char *words[] = {role, arn, profile, role};
    size_t word = 0;
    for (size_t i = 0; i < array_length(lines); i++) {
        size_t depth = strspn(lines[i], ">");
        const char *line = lines[i] + depth, *hole = strstr(line, "%s");
        if (i) text_add_char(&out, '\n');
        text_add_format(&out, "%*s", (int)(depth * yaml_step(&template->yaml)), "");
        text_add_bytes(&out, line, hole ? (size_t)(hole - line) : strlen(line));
        if (hole) text_add_format(&out, "%s%s", words[word++], hole + 2);
    }
    return text_take(&out);
}

static char *flow_resources(const struct template *template, const struct yaml_node *resources,
                            const char *role, const char *profile, const char *arn) {
    const struct source *source = template->yaml.source;
    struct span indent = {0, 0};
    bool lines = memchr(source->bytes + resources->content.begin, '\n',
                        resources->items[0]->span.begin - resources->content.begin) != NULL;
    if (lines) source_indent(source, resources->items[0]->span.begin, &indent);
    return memory_format(
        "\"%s\": { \"Type\": \"AWS::IAM::Role\", \"Metadata\": { \"" TEMPLATE_METADATA
        "\": \"" TEMPLATE_IS_NEW
        "\" }, \"Properties\": { \"AssumeRolePolicyDocument\": { \"Version\": \"2012-10-17\", \"Statement\": [{ "
        "\"Effect\": \"Allow\", \"Principal\": { \"Service\": \"ec2.amazonaws.com\" }, \"Action\": "
        "\"sts:AssumeRole\" }] }, \"ManagedPolicyArns\": [%s] } },%s%.*s\"%s\": { \"Type\": "
        "\"AWS::IAM::InstanceProfile\", \"Metadata\": { \"" TEMPLATE_METADATA "\": \"" TEMPLATE_IS_NEW
        "\" }, \"Properties\": { \"Roles\": [{ \"Ref\": \"%s\" }] } }",
        role, arn, lines ? source_newline(source) : " ", (int)(indent.end - indent.begin),
        source->bytes + indent.begin, profile, role);
}

/* The property that gives the instance its profile, in front of the UserData. */
static bool name_profile(struct template *template, const struct template_instance *instance,
                         const char *profile) {
    size_t at = yaml_index(instance->data, "UserData");
    const char *named = instance->row->named;
    cleanup_free char *inner =
        named ? memory_format("\n%*s%s: !Ref %s", (int)yaml_step(&template->yaml), "", named, profile)
              : memory_format(" !Ref %s", profile);
    cleanup_free char *block =
        memory_format(TEMPLATE_MARK TEMPLATE_NEW_PROPERTY "\nIamInstanceProfile:%s", inner);
    cleanup_free char *flow =
        named ? memory_format("\"IamInstanceProfile\": { \"%s\": { \"Ref\": \"%s\" } }", named, profile)
              : memory_format("\"IamInstanceProfile\": { \"Ref\": \"%s\" }", profile);
    return yaml_insert(&template->document->edits, instance->service, template->yaml.source, instance->data,
                       at, block, flow, why_role);
}

bool template_create_role(struct template *template, const struct template_instance *instance) {
    struct yaml_node *resources = template->resources;
    cleanup_free char *role = free_id(template, instance->id, "CloudWatchAgentRole");
    cleanup_free char *profile = free_id(template, instance->id, "CloudWatchAgentProfile");
    cleanup_free char *arn = policy_arn(template, template->json);
    cleanup_free char *quoted = policy_arn(template, true);
    cleanup_free char *block = block_resources(template, role, profile, arn);
    cleanup_free char *flow = flow_resources(template, resources, role, profile, quoted);
    size_t at = yaml_index(resources, instance->id);
    return at != SIZE_MAX && name_profile(template, instance, profile) &&
           yaml_insert(&template->document->edits, instance->service, template->yaml.source, resources,
                       at + 2, block, flow, why_role);
}
