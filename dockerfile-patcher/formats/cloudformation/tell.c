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
