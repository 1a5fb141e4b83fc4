#include <stdint.h>
#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/role.h"

static const char why_policy[] = "give the role " AGENT_POLICY;
static const char why_role[] = "make a role with " AGENT_POLICY;

/* What one level is indented by in this block: the blanks of its first attribute's line. */
static const char *unit_of_indent(struct terraform_module *module, struct terraform_block block) {
    const struct hcl_body *body = &block.block->body;
    size_t first = body->attribute_count ? body->attributes[0].name_span.begin
                   : body->block_count   ? body->blocks[0].span.begin
                                         : block.block->open;
    const struct source *source = &block.document->source;
    struct span indent;
    source_indent(source, first, &indent);
    if (indent.end != first || indent.end == indent.begin) return "  ";
    return arena_copy(&module->arena, source->bytes + indent.begin, indent.end - indent.begin);
}

/* NAME, or NAME_2 … where the module has a resource of that name. */
static const char *free_label(struct terraform_module *module, const char *stem) {
    for (unsigned number = 1;; number++) {
        cleanup_free char *label = number == 1 ? memory_format("%s_cloudwatch_agent", stem)
                                               : memory_format("%s_cloudwatch_agent_%u", stem, number);
        static const char *const types[] = {"aws_iam_role", "aws_iam_role_policy_attachment",
                                            "aws_iam_instance_profile"};
        bool taken = false;
        for (size_t i = 0; i < array_length(types); i++)
            taken |= terraform_block_named(module, "resource", types[i], label)->block != NULL;
        if (!taken) return arena_copy(&module->arena, label, strlen(label));
    }
}

/* Two instances with one script and one role are one service, which says it once. */
static void drop_repeated(struct edits *edits) {
    const struct edit *last = &edits->items[edits->count - 1];
    for (size_t i = 0; i + 1 < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        if (edit->begin != last->begin || edit->end != last->end || strcmp(edit->text, last->text) != 0 ||
            service_of(edit->service) != service_of(last->service))
            continue;
        free(last->text);
        edits->count--;
        return;
    }
}

static void insert_behind(const struct terraform_instance *instance, struct terraform_block block,
                          char *lines, const char *why) {
    edits_insert_after(&block.document->edits, instance->service, &block.document->source,
                       block.block->span.end - 1, lines, why);
    drop_repeated(&block.document->edits);
    free(lines);
}

/* `count` or `for_each` of the profile, whose `role` is copied with the index in it. */
static const char *repetition(struct terraform_module *module, const struct terraform_role *role,
                              const char *indent) {
    static const char *const names[] = {"count", "for_each"};
    for (size_t i = 0; i < array_length(names); i++) {
        struct terraform_value value = *terraform_attribute(role->profile, names[i]);
        if (!value.document) continue;
        cleanup_free char *line =
            memory_format("%s%s = %s\n\n", indent, names[i], terraform_text(module, value));
        return arena_copy(&module->arena, line, strlen(line));
    }
    return "";
}

static void add_attachment(struct terraform_module *module, const struct terraform_instance *instance,
                           const struct terraform_role *role) {
    const char *label = role->role.block->labels[1];
    const char *indent = unit_of_indent(module, role->role);
    struct hcl_value named = *terraform_read(module, role->named);
    struct terraform_value value = role->named;
    if (named.kind == HCL_LIST && named.count == 1) value.span = named.items[0].value;
    bool reference = terraform_read(module, value)->kind == HCL_REFERENCE;
    cleanup_free char *own = memory_format("aws_iam_role.%s.name", label);
    const char *text = reference ? terraform_text(module, value) : own;
    /* A local of the profile's says the same, but a reader of the attachment is better served by the role. */
    if (text_starts(text, "local.")) text = own;
    insert_behind(instance, role->role,
                  memory_format("\n" TERRAFORM_MARK "the next resource is new\n"
                                "resource \"aws_iam_role_policy_attachment\" \"%s\" {\n"
                                "%s%srole       = %s\n%spolicy_arn = \"%s\"\n}",
                                free_label(module, label), repetition(module, role, indent), indent, text,
                                indent, terraform_policy_arn(module, role->role.document)),
                  why_policy);
}

/* managed_policy_arns is exclusive: what is attached beside it is taken off again at the next apply. */
static void extend_list(struct terraform_module *module, const struct terraform_instance *instance,
                        struct terraform_value list) {
    struct hcl_value read = *terraform_read(module, list);
    if (read.kind == HCL_REFERENCE && text_starts(read.text, "local.")) {
        list = *terraform_local(module, read.text + 6);
        read = *terraform_read(module, list);
    }
    if (read.kind != HCL_LIST) {
        terraform_refuse(module, instance, FINDING_UNSUPPORTED, list,
                         "managed_policy_arns is no list that can be extended: add " AGENT_POLICY " to it");
        return;
    }
    const struct source *source = &list.document->source;
    const char *arn = terraform_policy_arn(module, list.document);
    struct edits *edits = &list.document->edits;
    if (read.count == 0) {
        cleanup_free char *only = memory_format("/* appsig-patch */ \"%s\"", arn);
        edits_add(edits, instance->service, (struct span){list.span.begin + 1, list.span.begin + 1}, only,
                  why_policy);
        drop_repeated(edits);
        return;
    }
    size_t first = read.items[0].value.begin, last = read.items[read.count - 1].value.end;
    struct span indent;
    source_indent(source, first, &indent);
    bool own_line = indent.end == first;
    cleanup_free char *item =
        memory_format(",%s%.*s/* appsig-patch */ \"%s\"", own_line ? source_newline(source) : " ",
                      own_line ? (int)(indent.end - indent.begin) : 0, source->bytes + indent.begin, arn);
    edits_add(edits, instance->service, (struct span){last, last}, item, why_policy);
    drop_repeated(edits);
}

void terraform_attach(struct terraform_module *module, const struct terraform_instance *instance,
                      const struct terraform_role *role) {
    struct terraform_value managed = *terraform_attribute(role->role, "managed_policy_arns");
    if (managed.document)
        extend_list(module, instance, managed);
    else
        add_attachment(module, instance, role);
}

/* The attribute or block that gives the instance its profile, in front of the user_data. */
static void name_profile(struct terraform_module *module, const struct terraform_instance *instance,
                         const char *label) {
    const struct source *source = &instance->at.document->source;
    struct span indent;
    source_indent(source, instance->user_data->name_span.begin, &indent);
    const char *blanks = arena_copy(&module->arena, source->bytes + indent.begin, indent.end - indent.begin);
    const char *level = unit_of_indent(module, instance->at);
    cleanup_free char *lines =
        instance->row->profile_block
            ? memory_format("%s" TERRAFORM_MARK "the next block is new\n%s%s {\n%s%sname = "
                            "aws_iam_instance_profile.%s.name\n%s}",
                            blanks, blanks, instance->row->profile, blanks, level, label, blanks)
            : memory_format("%s" TERRAFORM_MARK
                            "the next line is new\n%s%s = aws_iam_instance_profile.%s.name",
                            blanks, blanks, instance->row->profile, label);
    edits_insert_before(&instance->at.document->edits, instance->service, source,
                        instance->user_data->name_span.begin, lines, why_role);
}

void terraform_create_role(struct terraform_module *module, const struct terraform_instance *instance) {
    const char *label = free_label(module, instance->at.block->labels[1]);
    const char *in = unit_of_indent(module, instance->at);
    struct text lines = {0};
    text_add_format(&lines,
                    "\n" TERRAFORM_MARK "the next resource is new\nresource \"aws_iam_role\" \"%s\" {\n"
                    "%sassume_role_policy = jsonencode({\n%s%sVersion = \"2012-10-17\"\n"
                    "%s%sStatement = [{\n",
                    label, in, in, in, in, in);
    text_add_format(&lines,
                    "%s%s%sAction    = \"sts:AssumeRole\"\n%s%s%sEffect    = \"Allow\"\n"
                    "%s%s%sPrincipal = { Service = \"ec2.amazonaws.com\" }\n%s%s}]\n%s})\n}\n",
                    in, in, in, in, in, in, in, in, in, in, in, in);
    text_add_format(&lines,
                    "\n" TERRAFORM_MARK "the next resource is new\n"
                    "resource \"aws_iam_role_policy_attachment\" \"%s\" {\n"
                    "%srole       = aws_iam_role.%s.name\n%spolicy_arn = \"%s\"\n}\n",
                    label, in, label, in, terraform_policy_arn(module, instance->at.document));
    text_add_format(&lines,
                    "\n" TERRAFORM_MARK "the next resource is new\n"
                    "resource \"aws_iam_instance_profile\" \"%s\" {\n%srole = aws_iam_role.%s.name\n}",
                    label, in, label);
    insert_behind(instance, instance->at, text_take(&lines), why_role);
    name_profile(module, instance, label);
}
