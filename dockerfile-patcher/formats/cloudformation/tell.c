#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

/* UserData runs at a machine's first boot only (EC2 user guide, "Run commands on your Linux instance at launch"); what
 * CloudFormation does with a changed one: "Update requires" of each property in the resource reference. */

void template_tell_instance(struct template *template, const struct template_instance *instance) {
    template_note(
        template, instance, FINDING_HINT, instance->user_data_key,
        "deploying stops and starts the instance (one with an instance store as its root is replaced), "
        "which does not run UserData again: it takes effect with a new instance, for example under "
        "another logical id");
}

/* Of a group that names a fixed version, or "$Latest": a string never changes, so the group is not updated. */
static bool follows_versions(struct yaml_node *group) {
    struct yaml_node *node = template_at(group, "Properties.LaunchTemplate.Version");
    if (!node)
        node = template_at(group, "Properties.MixedInstancesPolicy.LaunchTemplate."
                                  "LaunchTemplateSpecification.Version");
    return template_says(node, "LatestVersionNumber") || template_says(node, "DefaultVersionNumber");
}

void template_tell_group(struct template *template, const struct template_instance *instance) {
    static const char *const policies[] = {"AutoScalingRollingUpdate", "AutoScalingReplacingUpdate",
                                           "AutoScalingInstanceRefresh"};
    const char *id = NULL, *policy = NULL;
    struct yaml_node *group = template_group_of(template, instance, &id);
    bool is_template = strcmp(instance->row->type, "AWS::EC2::LaunchTemplate") == 0;
    const char *made =
        is_template ? "deploying makes a new version" : "deploying makes a new launch configuration";
    struct yaml_node *update = yaml_find(group, "UpdatePolicy");
    for (size_t i = 0; i < array_length(policies) && !policy; i++)
        if (yaml_find(update, policies[i])) policy = policies[i];
    cleanup_free char *text = NULL;
    if (!group)
        text = memory_format("%s: machines that run keep the old UserData until they are replaced", made);
    else if (is_template && !follows_versions(group))
        text = memory_format("%s, which %s does not follow by its Version (not LatestVersionNumber of the "
                             "template): machines that run keep the old UserData until they are replaced",
                             made, id);
    else if (policy)
        text =
            memory_format("%s: the UpdatePolicy of %s (%s) replaces the machines that run", made, id, policy);
    else
        text =
            memory_format("%s: %s has no UpdatePolicy, so machines that run keep the old UserData until they "
                          "are replaced (an instance refresh)",
                          made, id);
    template_note(template, instance, FINDING_HINT, instance->user_data_key, text);
}

bool template_tell_init(struct template *template, const struct template_instance *instance,
                        const struct script *script) {
    static const char *const signs[] = {"python", "pip",   "gunicorn",  "uvicorn",
                                        "uwsgi",  "flask", "docker run"};
    struct yaml_node *init =
        yaml_find(yaml_find(instance->resource, "Metadata"), "AWS::CloudFormation::Init");
    bool called = false, python = false;
    for (size_t i = 0; i < script->count && !called; i++) {
        cleanup_free char *line = memory_copy_bytes(script->lines[i].text, script->lines[i].length);
        called = strstr(line, "cfn-init") != NULL;
    }
    for (size_t i = 0; init && called && i < array_length(signs); i++)
        python |= template_says(init, signs[i]);
    if (!python) return false;
    template_note(
        template, instance, FINDING_UNRESOLVED, init,
        "the script calls cfn-init: what AWS::CloudFormation::Init installs and starts is not followed "
        "here; an app that it starts is to be started under appsig-exec by hand");
    return true;
}
