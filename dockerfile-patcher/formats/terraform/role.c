#include "dockerfile-patcher/formats/terraform/role.h"

#include <stdint.h>
#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/find.h"

enum { MOST_STEPS = 8 };

static void say_elsewhere(struct terraform_module *module, struct terraform_role *role, const char *text,
                          struct terraform_value at) {
    struct hcl_value read = *terraform_read(module, at);
    const char *source = NULL;
    if (read.kind == HCL_REFERENCE && text_starts(read.text, "module."))
        source = terraform_string(
            module, *terraform_attribute(*terraform_referred(module, read.text, NULL), "source"));
    cleanup_free char *reason =
        memory_format("%s%s%s%s%s", text, terraform_text(module, at), source ? ", which '" : "",
                      source ? source : "", source ? "' makes" : "");
    role->elsewhere = arena_copy(&module->arena, reason, strlen(reason));
    role->at = at;
}

/* The resource of the type whose `name` is the literal. */
static const struct terraform_block *named_literally(struct terraform_module *module, const char *type,
                                                     const char *name) {
    for (size_t i = 0; i < module->count; i++) {
        const struct hcl_body *body = &terraform_file_of(module->documents[i])->body;
        for (size_t k = 0; k < body->block_count; k++) {
            struct terraform_block block = {module->documents[i], &body->blocks[k]};
            if (block.block->label_count != 2 || strcmp(block.block->type, "resource") != 0) continue;
            if (strcmp(block.block->labels[0], type) != 0) continue;
            const char *there = terraform_string(module, *terraform_attribute(block, "name"));
            if (there && strcmp(there, name) == 0) return terraform_block_at(block.document, block.block);
        }
    }
    return &terraform_no_block;
}

/* "${x}" as old files write it: x. */
static const struct terraform_value *unwrapped(struct terraform_module *module,
                                               struct terraform_value value) {
    struct hcl_value read = *terraform_read(module, value);
    size_t count;
    if (read.kind != HCL_STRING) return terraform_value_at(value.document, value.span);
    const char *bytes = value.document->source.bytes;
    struct hcl_part *parts = hcl_template(&module->arena, bytes, read.inner, true, &count);
    if (parts && count == 1 && parts[0].kind == HCL_HOLE)
        value.span = (struct span){parts[0].span.begin + 2, parts[0].span.end - 1};
    return terraform_value_at(value.document, value.span);
}

/* What the value names: a resource of the type in this module, through locals and by its literal name. */
static const struct terraform_block *find_named(struct terraform_module *module, struct terraform_value value,
                                                const char *type) {
    for (size_t i = 0; i < MOST_STEPS && value.document; i++) {
        value = *unwrapped(module, value);
        struct hcl_value read = *terraform_read(module, value);
        const char *literal = terraform_string(module, value);
        if (literal) return named_literally(module, type, literal);
        if (read.kind == HCL_LIST && read.count == 1) {
            value.span = read.items[0].value;
        } else if (read.kind == HCL_REFERENCE && text_starts(read.text, "local.")) {
            value = *terraform_local(module, read.text + 6);
        } else if (read.kind == HCL_REFERENCE && text_starts(read.text, type)) {
            return terraform_referred(module, read.text, NULL);
        } else {
            break;
        }
    }
    return &terraform_no_block;
}

static const struct terraform_value *profile_of(const struct terraform_instance *instance) {
    const struct terraform_row *row = instance->row;
    if (!row->profile_block) return terraform_attribute(instance->at, row->profile);
    struct terraform_block block = {instance->at.document,
                                    hcl_block_named(&instance->at.block->body, row->profile)};
    if (!block.block) return &terraform_no_value;
    struct terraform_value value = *terraform_attribute(block, "name");
    if (!value.document) value = *terraform_attribute(block, "arn");
    return value.document ? terraform_value_at(value.document, value.span)
                          : terraform_value_at(block.document, block.block->span);
}

void terraform_find_role(struct terraform_module *module, const struct terraform_instance *instance,
                         struct terraform_role *role) {
    *role = (struct terraform_role){0};
    struct terraform_value profile = *profile_of(instance);
    struct hcl_value read = *terraform_read(module, profile);
    if (!profile.document || (read.kind == HCL_LITERAL && strcmp(read.text, "null") == 0)) {
        role->missing = true;
        return;
    }
    role->profile = *find_named(module, profile, "aws_iam_instance_profile");
    if (!role->profile.document) {
        say_elsewhere(module, role, "its instance profile is not made here: ", profile);
        return;
    }
    role->named = *terraform_attribute(role->profile, "role");
    if (!role->named.document) role->named = *terraform_attribute(role->profile, "roles");
    if (!role->named.document) {
        role->elsewhere = "its instance profile names no role";
        role->at = (struct terraform_value){role->profile.document, role->profile.block->span};
        return;
    }
    role->role = *find_named(module, role->named, "aws_iam_role");
    if (!role->role.document) say_elsewhere(module, role, "its role is not made here: ", role->named);
}

static bool says(const struct document *document, struct span span, const char *words) {
    return find_text(document->source.bytes + span.begin, span.end - span.begin, words) != NULL;
}

/* Does the value speak of the agent's policy: in its own text, or in that of a block or local that it refers to? */
static bool speaks_of_policy(struct terraform_module *module, struct terraform_value value) {
    if (!value.document) return false;
    if (says(value.document, value.span, AGENT_POLICY)) return true;
    struct hcl_value read = *terraform_read(module, value);
    if (read.kind == HCL_CALL || read.kind == HCL_LIST) {
        for (size_t i = 0; i < read.count; i++)
            if (speaks_of_policy(module, (struct terraform_value){value.document, read.items[i].value}))
                return true;
    }
    if (read.kind != HCL_REFERENCE) return false;
    if (text_starts(read.text, "local.")) {
        struct terraform_value local = *terraform_local(module, read.text + 6);
        return local.document && says(local.document, local.span, AGENT_POLICY);
    }
    struct terraform_block block = *terraform_referred(module, read.text, NULL);
    return block.document && says(block.document, block.block->span, AGENT_POLICY);
}

static bool is_about(struct terraform_module *module, struct terraform_block attachment,
                     const struct terraform_role *role) {
    static const char *const names[] = {"role", "role_name", "roles"};
    for (size_t i = 0; i < array_length(names); i++) {
        struct terraform_value value = *terraform_attribute(attachment, names[i]);
        if (!value.document) continue;
        struct hcl_value list = *terraform_read(module, value);
        for (size_t k = 0; list.kind == HCL_LIST && k < list.count; k++) {
            struct terraform_value item = {value.document, list.items[k].value};
            if (find_named(module, item, "aws_iam_role")->block == role->role.block) return true;
        }
        if (find_named(module, value, "aws_iam_role")->block == role->role.block) return true;
    }
    return false;
}

bool terraform_role_has_policy(struct terraform_module *module, const struct terraform_role *role) {
    static const char *const sources[] = {"policy_arn", "policy_arns", "for_each"};
    if (speaks_of_policy(module, *terraform_attribute(role->role, "managed_policy_arns"))) return true;
    for (size_t i = 0; i < module->count; i++) {
        const struct hcl_body *body = &terraform_file_of(module->documents[i])->body;
        for (size_t k = 0; k < body->block_count; k++) {
            struct terraform_block block = {module->documents[i], &body->blocks[k]};
            bool attaches = block.block->label_count == 2 && strstr(block.block->labels[0], "_attachment");
            if (!attaches || !is_about(module, block, role)) continue;
            for (size_t j = 0; j < array_length(sources); j++)
                if (speaks_of_policy(module, *terraform_attribute(block, sources[j]))) return true;
        }
    }
    return false;
}

const char *terraform_policy_arn(struct terraform_module *module, const struct document *document) {
    static const char tail[] = ":iam::aws:policy/";
    const struct source *source = &document->source;
    const char *at = find_text(source->bytes, source->length, tail);
    const char *begin = at;
    while (begin && begin > source->bytes && begin[-1] != '"' && begin[-1] != '\n') begin--;
    /* An ARN of each.value or of a comment is no pattern. */
    bool usual = begin && begin > source->bytes && begin[-1] == '"' && strncmp(begin, "arn:", 4) == 0 &&
                 !find_text(begin, (size_t)(at - begin), "each.");
    int length = usual ? (int)(at - begin) : 0;
    cleanup_free char *arn =
        memory_format("%.*s%s" AGENT_POLICY, usual ? length : 7, usual ? begin : "arn:aws", tail);
    return arena_copy(&module->arena, arn, strlen(arn));
}

/* The registry's modules take a map of policies; who else makes the role is named. */
static void tell_module_role(struct terraform_module *module, const struct terraform_instance *instance) {
    struct terraform_value policies = *terraform_attribute(instance->at, "iam_role_policies");
    const char *source = terraform_string(module, *terraform_attribute(instance->at, "source"));
    if (policies.document && speaks_of_policy(module, policies)) return;
    size_t offset = policies.document ? policies.span.begin : instance->at.block->span.begin;
    struct document *document = instance->at.document;
    bool local = source && (text_starts(source, "./") || text_starts(source, "../"));
    cleanup_free char *directory = text_directory(document->source.path);
    cleanup_free char *folder = text_join_path(directory, source && local ? source : "");
    cleanup_free char *main = text_join_path(folder, "main.tf");
    if (local)
        unit_note(module->unit, document, FINDING_HINT, offset,
                  "%s: the role is made in '%s': " AGENT_POLICY " is to be attached there", instance->address,
                  unit_has_file(module->unit, main) ? unit_shown(module->unit, main) : source);
    else
        unit_note(module->unit, document, FINDING_HINT, offset,
                  "%s: the role is the module's: add " AGENT_POLICY " = \"%s\" to iam_role_policies, with "
                  "create_iam_instance_profile = true, or to the role of its iam_instance_profile",
                  instance->address, terraform_policy_arn(module, document));
}

static const char *ask_creation(struct terraform_module *module, const struct terraform_instance *instance) {
    struct question *question;
    struct document *document = instance->at.document;
    if (module->unit->settings->create_role) return "yes";
    cleanup_free char *text = memory_format(
        "%s has no instance profile: is a role with " AGENT_POLICY " to be made for it?", instance->address);
    const char *answer = unit_ask(module->unit, instance->service, "CREATE_ROLE", document, text, &question);
    if (!question) return answer;
    if (question->candidate_count == 0) {
        question_candidate(question, "yes");
        question_candidate(question, "no");
    } else {
        service_of(instance->service)->open++; /* one question holds up every instance that it is about */
    }
    question_evidence(question, &document->source, instance->at.block->span.begin, instance->address);
    return NULL;
}

void terraform_plan_role(struct terraform_module *module, const struct terraform_instance *instance) {
    struct terraform_role role;
    struct unit *unit = module->unit;
    if (!instance->row->type) {
        tell_module_role(module, instance);
        return;
    }
    terraform_find_role(module, instance, &role);
    if (role.elsewhere) {
        unit_note(unit, role.at.document, FINDING_HINT, role.at.span.begin,
                  "%s: %s: " AGENT_POLICY " is to be attached to its role", instance->address,
                  role.elsewhere);
    } else if (role.missing) {
        const char *answer = ask_creation(module, instance);
        if (answer && strcmp(answer, "yes") == 0)
            terraform_create_role(module, instance);
        else if (answer)
            unit_note(unit, instance->at.document, FINDING_HINT, instance->at.block->span.begin,
                      "%s has no role: the agent cannot send without " AGENT_POLICY, instance->address);
    } else if (!terraform_role_has_policy(module, &role)) {
        terraform_attach(module, instance, &role);
    }
}
