#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/text/find.h"

/* UserData runs at a machine's first boot only (EC2 user guide, "Run commands on your Linux instance at launch"); what
 * Terraform does with a changed one: the AWS provider's documentation of each resource. */

static void tell(struct terraform_module *module, const struct terraform_instance *instance, size_t offset,
                 const char *text) {
    unit_note(module->unit, instance->at.document, FINDING_HINT,
              offset == SIZE_MAX ? instance->user_data->name_span.begin : offset, "%s: %s", instance->address,
              text);
}

/* lifecycle { ignore_changes = [user_data] } or all. */
static bool is_held(const struct terraform_instance *instance) {
    const struct hcl_block *lifecycle = hcl_block_named(&instance->at.block->body, "lifecycle");
    const struct hcl_attribute *held =
        lifecycle ? hcl_attribute_named(&lifecycle->body, "ignore_changes") : NULL;
    const char *bytes = instance->at.document->source.bytes;
    return held && (find_text(bytes + held->value.begin, held->value.end - held->value.begin, "user_data") ||
                    find_text(bytes + held->value.begin, held->value.end - held->value.begin, "all"));
}

void terraform_tell_instance(struct terraform_module *module, const struct terraform_instance *instance) {
    struct terraform_value replaces = *terraform_attribute(instance->at, "user_data_replace_on_change");
    struct hcl_value read = *terraform_read(module, replaces);
    size_t offset = replaces.document ? replaces.span.begin : SIZE_MAX;
    cleanup_free char *afresh = memory_format(
        "terraform apply stops and starts the instance, which does not run UserData again: it takes "
        "effect with a new instance (terraform apply -replace='%s')",
        instance->address);
    if (is_held(instance))
        tell(module, instance, SIZE_MAX,
             "user_data is in ignore_changes: terraform apply does nothing with it");
    else if (read.kind == HCL_LITERAL && strcmp(read.text, "true") == 0)
        tell(module, instance, offset,
             "user_data_replace_on_change is true: terraform apply replaces the instance");
    else if (read.kind == HCL_LITERAL) {
        cleanup_free char *text = memory_format("user_data_replace_on_change is %s: %s", read.text, afresh);
        tell(module, instance, offset, text);
    } else if (replaces.document) {
        tell(
            module, instance, offset,
            "whether terraform apply replaces the instance is told by user_data_replace_on_change, whose value is "
            "not known here; without it UserData does not run again");
    } else {
        cleanup_free char *text = memory_format("user_data_replace_on_change is not set: %s", afresh);
        tell(module, instance, offset, text);
    }
}

static bool refers(const struct document *document, struct span span, const char *address) {
    const char *bytes = document->source.bytes;
    size_t length = strlen(address);
    for (const char *at = bytes + span.begin, *end = bytes + span.end;
         (at = find_bytes(at, (size_t)(end - at), address, length)); at += length)
        if (at[length] == '.' || at[length] == '[') return true;
    return false;
}

/* The first group whose block refers to the template. */
static const struct terraform_block *group_of(const struct terraform_module *module, const char *address) {
    for (size_t i = 0; i < module->count; i++) {
        const struct hcl_body *body = &terraform_file_of(module->documents[i])->body;
        for (size_t k = 0; k < body->block_count; k++) {
            const struct hcl_block *block = &body->blocks[k];
            bool group = block->label_count == 2 && strcmp(block->type, "resource") == 0 &&
                         strcmp(block->labels[0], "aws_autoscaling_group") == 0;
            if (group && refers(module->documents[i], block->span, address))
                return terraform_block_at(module->documents[i], block);
        }
    }
    return &terraform_no_block;
}

void terraform_tell_group(struct terraform_module *module, const struct terraform_instance *instance) {
    struct terraform_block group = *group_of(module, instance->address);
    bool template = strcmp(instance->row->type, "aws_launch_template") == 0;
    const char *made =
        template ? "terraform apply makes a new version" : "terraform apply makes a new launch configuration";
    cleanup_free char *text = NULL;
    if (!group.block)
        text = memory_format("%s: machines that run keep the old UserData until they are replaced", made);
    else if (hcl_block_named(&group.block->body, "instance_refresh"))
        text = memory_format(
            "%s: the instance_refresh of aws_autoscaling_group.%s replaces the machines that run", made,
            group.block->labels[1]);
    else
        text = memory_format(
            "%s: aws_autoscaling_group.%s has no instance_refresh, so machines that run keep the "
            "old UserData until they are replaced",
            made, group.block->labels[1]);
    tell(module, instance, SIZE_MAX, text);
}

void terraform_tell_request(struct terraform_module *module, const struct terraform_instance *instance) {
    tell(module, instance, SIZE_MAX, "terraform apply replaces the request and with it the instance");
}

void terraform_tell_module(struct terraform_module *module, const struct terraform_instance *instance) {
    struct terraform_value replaces = *terraform_attribute(instance->at, "user_data_replace_on_change");
    if (replaces.document)
        terraform_tell_instance(module, instance);
    else
        tell(
            module, instance, SIZE_MAX,
            "the module decides whether terraform apply replaces the machines that run; without that UserData does "
            "not run again");
}
