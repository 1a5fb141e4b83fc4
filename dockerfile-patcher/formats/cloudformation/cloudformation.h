/* CloudFormation templates, in YAML and JSON: what instances start, and the roles that they start it with.
 *
 * JSON is read as the YAML flow style that it is. Sources of the rules: the AWS CloudFormation user guide, "Intrinsic
 * function reference" and "Resource and property types reference". */
#ifndef PATCH_CLOUDFORMATION_H
#define PATCH_CLOUDFORMATION_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/machine.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/script/user_data.h"
#include "dockerfile-patcher/text/yaml.h"

/* A role that was given the policy, by whom. */
struct template_attached {
    const struct yaml_node *role;
    struct service *service;
};

/* document->model */
struct template {
    struct yaml yaml;
    struct yaml_node *root;      /* NULL: empty */
    struct yaml_node *resources; /* NULL: none */
    bool json;
    struct unit *unit; /* while it is planned */
    struct document *document;
    struct arena arena; /* for what is read of values */
    struct template_attached *attached;
    size_t attached_count;
};

/* True where the bytes speak of a resource that starts a machine. */
bool template_mentioned(const struct source *source);

/* An intrinsic function in either form: `!Sub x`, `Fn::Sub: x`. name NULL: the node is none. */
struct template_call {
    const char *name; /* "Ref", "Fn::Sub" … */
    struct yaml_node *argument;
    bool bare; /* the argument's own tag is the name: it is not one more function */
};
void template_call_of(struct yaml_node *node, bool bare, struct template_call *call);

/* The logical id of `!Ref X`, `!GetAtt X.Y`, `!Sub ${X}` and their long forms; NULL. */
const char *template_referred(struct template *template, struct yaml_node *node);

/* A string without holes, through the defaults of parameters; NULL. */
const char *template_string(struct template *template, struct yaml_node *node);

/* The resource of this logical id, and NULL where it is of another type; type NULL: any. */
struct yaml_node *template_resource(const struct template *template, const char *id, const char *type);

/* The value at a path of keys that dots part: "Properties.LaunchTemplateData". */
struct yaml_node *template_at(struct yaml_node *node, const char *path);

/* Does any scalar of the node hold the words? */
bool template_says(struct yaml_node *node, const char *words);

/* A resource that starts a machine. */
struct template_instance;
struct template_row {
    const char *type;
    const char *data;  /* the path of what holds UserData and ImageId */
    const char *named; /* the key below the profile's that names it; NULL: it is the profile itself */
    void (*tell)(struct template *template, const struct template_instance *instance);
};

/* Where the script of a UserData stands. */
enum template_shape { TEMPLATE_NOWHERE, TEMPLATE_TEXT, TEMPLATE_JOIN };

struct template_script {
    enum template_shape shape;
    struct yaml_node *node;  /* the scalar, or the list that is joined */
    bool sub;                /* ${X} of the scalar is a hole */
    const char *between;     /* what joins the list */
    const char *reason;      /* TEMPLATE_NOWHERE: why */
    struct yaml_node *where; /* and where that is seen */
};

struct template_instance {
    const struct template_row *row;
    const char *id;
    struct yaml_node *key; /* the logical id */
    struct yaml_node *resource;
    struct yaml_node *data;
    struct yaml_node *user_data_key;
    struct yaml_node *user_data;
    struct template_script script;
    struct service *service;
    bool beside_others; /* another one's script is planned in the same file */
};

struct template_instances {
    struct template_instance *items; /* of the template's arena */
    size_t count;
};

/* What has a UserData, without what is told to be left alone; of the template's unit. */
void template_find_instances(struct template *template, struct template_instances *instances);

void template_resolve(struct template *template, struct yaml_node *user_data, struct template_script *script);

/* The same of a text that nothing encodes. */
void template_resolve_text(struct template *template, struct yaml_node *text, struct template_script *script);

/* The view of a resolved script; free it with script_free. false, and *reason, where it is written in a way that lines
 * cannot be changed in. */
bool template_view(struct template *template, const struct template_script *resolved, struct service *service,
                   struct script *script, const char **reason);

/* Leaves a script of which lines can be read: a shell's, with what cfn-init does, or the one shell part of a MIME message, beside
 * which *other_raw bytes stand. */
enum user_data_kind template_read_script(struct template *template, const struct template_instance *instance,
                                         struct script *script, size_t *other_raw);

/* What the template knows of the machine; may add holes to the script. */
void template_machine(struct template *template, const struct template_instance *instance,
                      struct script *script, struct machine *machine);

/* The value as text of a script's place, with holes where the place can have them; NULL. */
const char *template_carried(struct template *template, struct script *script, struct yaml_node *value);

/* CloudWatchAgentServerPolicy on the instance's role: edits, a question, or a note where it is elsewhere. */
void template_plan_role(struct template *template, const struct template_instance *instance);

/* The group whose launch template or configuration this is, and its id; NULL. */
struct yaml_node *template_group_of(struct template *template, const struct template_instance *instance,
                                    const char **id);

/* What deploying does to what runs, as notes: the rows' `tell`. */
void template_tell_instance(struct template *template, const struct template_instance *instance);
void template_tell_group(struct template *template, const struct template_instance *instance);

/* Adds what AWS::CloudFormation::Init writes and runs behind the script's line that calls cfn-init, as if the script did so
 * itself ("AWS::CloudFormation::Init" in the user guide). What cannot be followed and speaks of Python is a finding. */
void template_follow_init(struct template *template, const struct template_instance *instance,
                          struct script *script);

/* In YAML each new item, attribute and resource stands below a comment that says so; in JSON a resource's Metadata says
 * it, under this key. */
#define TEMPLATE_MARK "# appsig-patch: "
#define TEMPLATE_METADATA "appsig-patch"
void template_plan_removal(struct template *template, struct service *service);

void template_note(struct template *template, const struct template_instance *instance, enum finding_id id,
                   const struct yaml_node *at, const char *text);

void template_plan(struct unit *unit, struct document *document);
bool template_verify(const struct document *document, const struct source *after, char **complaint);

#endif
