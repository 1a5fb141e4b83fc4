/* Terraform: the .tf files of a directory are one module; what an instance starts, and with which role, is followed in it. */
#ifndef PATCH_TERRAFORM_H
#define PATCH_TERRAFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/machine.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/script/user_data.h"
#include "dockerfile-patcher/text/hcl.h"

/* document->model */
struct terraform_file {
    struct arena arena;
    struct hcl_body body;
    bool readable;
    bool planned; /* with its module */
};

/* Something of the module, in the file that has it. */
struct terraform_block {
    struct document *document; /* NULL: there is none */
    const struct hcl_block *block;
};

struct terraform_value {
    struct document *document; /* NULL: there is none */
    struct span span;
};

struct terraform_instance;

struct terraform_module {
    struct unit *unit;
    struct document **documents; /* those of the directory, by path */
    size_t count;
    struct arena arena; /* for what is read of values */
};

/* What the functions below return where nothing is found; what they find lies in the arena of its file. */
extern const struct terraform_block terraform_no_block;
extern const struct terraform_value terraform_no_value;
const struct terraform_block *terraform_block_at(struct document *document, const struct hcl_block *block);
const struct terraform_value *terraform_value_at(struct document *document, struct span span);

struct terraform_file *terraform_file_of(const struct document *document);

/* The block of kind "resource", "data", "module" or "variable" with these labels; second NULL: one label. */
const struct terraform_block *terraform_block_named(const struct terraform_module *module, const char *kind,
                                                    const char *first, const char *second);

/* The block that a reference speaks of (`data.x.y.z`, `aws_x.y[0].z`, `module.x.y`), and in *attribute (may be NULL) what
 * stands behind it. */
const struct terraform_block *terraform_referred(struct terraform_module *module, const char *reference,
                                                 const char **attribute);

/* The value of local.NAME. */
const struct terraform_value *terraform_local(const struct terraform_module *module, const char *name);

const struct terraform_value *terraform_attribute(struct terraform_block block, const char *name);
const struct hcl_value *terraform_read(struct terraform_module *module, struct terraform_value value);

/* A string without holes, through locals and the defaults of variables; NULL. */
const char *terraform_string(struct terraform_module *module, struct terraform_value value);

/* The value as it stands in the file; the module's. */
const char *terraform_text(struct terraform_module *module, struct terraform_value value);

/* "aws_instance.web", "module.web"; the module's. */
const char *terraform_address(struct terraform_module *module, struct terraform_block block);

/* Where the script of a user_data stands. */
enum terraform_shape {
    TERRAFORM_NOWHERE, /* `reason` says why, at `at` */
    TERRAFORM_TEXT,    /* a heredoc or a string: `value` */
    TERRAFORM_LINES,   /* join("\n", [...]): `value` is the list */
    TERRAFORM_FILE,    /* file(…): document as it is */
    TERRAFORM_TEMPLATE /* templatefile(…): document with holes */
};

struct terraform_script {
    enum terraform_shape shape;
    struct document *document;
    struct hcl_value value;
    bool twice;         /* a template inside a template: data "template_file" with its text in place */
    const char *reason; /* the module's */
    struct terraform_value at;
};

void terraform_resolve(struct terraform_module *module, struct terraform_value value,
                       struct terraform_script *script);

/* The view of a resolved script; free it with script_free. false where a template has no end. */
bool terraform_view(struct terraform_module *module, const struct terraform_script *resolved,
                    struct service *service, struct script *script);

/* A resource or module that starts a machine. */
struct terraform_row {
    const char *type;    /* of the resource; NULL: any module that is given a user_data */
    const char *profile; /* the attribute or block that names the instance profile */
    bool profile_block;  /* a block with `name` or `arn` */
    const char *image;   /* the attribute with the AMI */
    void (*tell)(struct terraform_module *module, const struct terraform_instance *instance);
};

struct terraform_instance {
    struct terraform_block at;
    const struct terraform_row *row;
    const char *address;
    const struct hcl_attribute *user_data;
    struct terraform_script script;
    struct service *service;
    bool beside_others; /* another one's script is planned in the same file */
};

/* This instance does not go on, whatever else its files hold. */
void terraform_refuse(struct terraform_module *module, const struct terraform_instance *instance,
                      enum finding_id id, struct terraform_value at, const char *reason);

/* What the module knows of the machine; `names` may add holes to the script. */
void terraform_machine(struct terraform_module *module, const struct terraform_instance *instance,
                       struct script *script, struct machine *machine);

/* CloudWatchAgentServerPolicy on the instance's role: edits, a question, or a note where it is elsewhere. */
void terraform_plan_role(struct terraform_module *module, const struct terraform_instance *instance);

/* What applying does to what runs, as notes: the rows' `tell`. */
void terraform_tell_instance(struct terraform_module *module, const struct terraform_instance *instance);
void terraform_tell_group(struct terraform_module *module, const struct terraform_instance *instance);
void terraform_tell_request(struct terraform_module *module, const struct terraform_instance *instance);
void terraform_tell_module(struct terraform_module *module, const struct terraform_instance *instance);

/* The new resources and attributes, each below a comment that says so. */
#define TERRAFORM_MARK "# appsig-patch: "
void terraform_plan_removal(struct document *document, struct service *service);

void terraform_plan(struct unit *unit, struct document *document);

#endif
