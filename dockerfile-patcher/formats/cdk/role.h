/* The role that a machine really uses, and the ways in which this code gives it a managed policy. */
#ifndef PATCH_CDK_ROLE_H
#define PATCH_CDK_ROLE_H

#include "dockerfile-patcher/formats/cdk/cdk.h"

#define CDK_AGENT_POLICY "CloudWatchAgentServerPolicy"

struct cdk_role {
    bool given;                   /* the machine names a role or profile */
    struct code_range expression; /* of what it names */
    const struct code_call *made; /* new iam.Role(…); NULL: made elsewhere */
    const char *name;             /* what it is kept as: "this.role"; NULL: made in the place itself */
    bool imported;                /* Role.fromRoleName and its like: CDK does not change it */
    size_t list;                  /* bracket of the literal list of managed policies; SIZE_MAX */
};
void cdk_find_role(struct cdk_file *file, const struct cdk_machine *machine, struct cdk_role *role);

/* The expression on which addManagedPolicy is called for it: "role", "this.instance.role"; NULL where there is none, as the
 * machine is kept in no name. In the arena. */
const char *cdk_role_receiver(struct cdk_file *file, const struct cdk_machine *machine,
                              const struct cdk_role *role);

/* "addManagedPolicy" or "add_managed_policy". */
const char *cdk_method(const struct cdk_file *file, const char *camel, const char *snake);

/* The tokens speak of a policy that lets the agent send. */
bool cdk_speaks_of_policy(const struct cdk_file *file, struct code_range range);

/* "…(…)" as code_text gives it, with the literal's quotes taken for equal: is it the agent's policy? */
bool cdk_is_policy(const struct cdk_file *file, struct code_range range);

#endif
