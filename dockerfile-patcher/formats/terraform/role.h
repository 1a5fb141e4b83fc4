/* The role that an instance really uses, and what is written to give it the agent's policy. */
#ifndef PATCH_TERRAFORM_ROLE_H
#define PATCH_TERRAFORM_ROLE_H

#include "dockerfile-patcher/formats/terraform/terraform.h"

struct terraform_role {
    struct terraform_block profile; /* aws_iam_instance_profile; document NULL: none is in this module */
    struct terraform_block role;    /* aws_iam_role */
    struct terraform_value named;   /* what names the role in the profile */
    bool missing;                   /* the instance has no profile at all */
    const char *elsewhere;          /* why the role is not to be found here; the module's */
    struct terraform_value at;      /* where that is seen */
};

void terraform_find_role(struct terraform_module *module, const struct terraform_instance *instance,
                         struct terraform_role *role);

/* Does something of the module give the role the agent's policy? */
bool terraform_role_has_policy(struct terraform_module *module, const struct terraform_role *role);

/* The policy's ARN as this file writes such names ("arn:${data.aws_partition…}"); the module's. */
const char *terraform_policy_arn(struct terraform_module *module, const struct document *document);

void terraform_attach(struct terraform_module *module, const struct terraform_instance *instance,
                      const struct terraform_role *role);
void terraform_create_role(struct terraform_module *module, const struct terraform_instance *instance);

#endif
