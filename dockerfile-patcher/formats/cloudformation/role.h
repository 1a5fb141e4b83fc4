/* The role that an instance really uses, and what is written to give it the agent's policy. */
#ifndef PATCH_CLOUDFORMATION_ROLE_H
#define PATCH_CLOUDFORMATION_ROLE_H

#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

struct template_role {
    const char *id;             /* NULL: none is in this template */
    struct yaml_node *role;     /* the resource */
    bool missing;               /* the instance has no profile at all */
    const char *elsewhere;      /* why the role is not to be found here; the template's */
    const struct yaml_node *at; /* where that is seen */
};

void template_find_role(struct template *template, const struct template_instance *instance,
                        struct template_role *role);

/* Edits; false where ManagedPolicyArns is nothing that can be extended. */
bool template_attach(struct template *template, const struct template_instance *instance,
                     const struct template_role *role);
bool template_create_role(struct template *template, const struct template_instance *instance);

/* What the marks say. */
#define TEMPLATE_NEW_RESOURCE "the next resource is new"
#define TEMPLATE_NEW_PROPERTY "the next property is new"
#define TEMPLATE_NEW_ITEM "the next item is new"
#define TEMPLATE_NEW_LAST "the last item of the next list is new"

/* What the Metadata of a resource says. */
#define TEMPLATE_IS_NEW "this resource is new"
#define TEMPLATE_LIST_IS_NEW "ManagedPolicyArns is new"
#define TEMPLATE_LAST_IS_NEW "the last item of ManagedPolicyArns is new"

#endif
