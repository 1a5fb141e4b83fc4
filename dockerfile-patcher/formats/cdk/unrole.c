#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/role.h"

/* --remove: the policy where cdk_plan_role would have put it. Whether it was there before cannot be told from the file. */

static const char why[] = "take out what appsig-patch put in";

struct removal {
    struct unit *unit;
    struct document *document;
    struct cdk_file *file;
    const struct cdk_machine *machine;
    size_t removed;
};

static bool may_remove(struct removal *removal, size_t token) {
    struct question *question;
    const char *answer = unit_ask(
        removal->unit, removal->machine->service, "KEEP_POLICY", removal->document,
        "did the role have " CDK_AGENT_POLICY " before appsig-patch: keep it, or remove it?", &question);
    if (question && question->candidate_count == 0) {
        question_candidate(question, "keep");
        question_candidate(question, "remove");
        question_evidence(question, &removal->document->source, removal->file->code.tokens[token].span.begin,
                          CDK_AGENT_POLICY);
    }
    return answer && strcmp(answer, "remove") == 0;
}

static void cut(struct removal *removal, size_t begin, size_t end) {
    edits_add(&removal->document->edits, removal->machine->service, (struct span){begin, end}, "", why);
    removal->removed++;
}

/* The first of a list; where it is the only one of a list behind assumedBy, the whole entry is ours. */
static void cut_from_list(struct removal *removal, const struct cdk_role *role) {
    const struct cdk_file *file = removal->file;
    const struct code *code = &file->code;
    struct code_range first;
    if (!calls_element(code, role->list, 0, &first) || !cdk_is_policy(file, first) ||
        !may_remove(removal, first.first))
        return;
    size_t begin = cdk_begin(file, first), close = code->tokens[role->list].partner;
    if (code_starts_line(code, first.first) && code_is(code, first.end, ",") && first.end + 1 < close &&
        code_starts_line(code, first.end + 1)) {
        edits_remove_lines(&removal->document->edits, removal->machine->service, file->source,
                           (struct span){begin, cdk_end(file, first)}, why);
        removal->removed++;
        return;
    }
    if (code_is(code, first.end, ",") && first.end + 1 == close) return;
    if (code_is(code, first.end, ",")) return cut(removal, begin, code->tokens[first.end + 1].span.begin);
    struct code_range assumed;
    bool ours = !role->name && role->made &&
                calls_property(&file->calls, role->made, "assumedBy", &assumed) &&
                role->list == assumed.end + 3;
    if (ours) return cut(removal, cdk_end(file, assumed), code->tokens[close].span.end);
    cut(removal, begin, cdk_end(file, first));
}

/* receiver.addManagedPolicy(policy) as a statement, or behind the machine's own making. */
static void cut_calls(struct removal *removal, const char *receiver) {
    const struct cdk_file *file = removal->file;
    const struct code *code = &file->code;
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        struct code_range argument;
        if (!calls_same_name(calls_token(&file->calls, call->name), "addManagedPolicy") ||
            !calls_element(code, call->open, 0, &argument) || !cdk_is_policy(file, argument))
            continue;
        bool behind = call->receiver == removal->machine->call->receiver;
        bool named = receiver && strcmp(calls_receiver(&file->calls, call), receiver) == 0;
        if ((!behind && !named) || !may_remove(removal, call->name)) continue;
        if (behind) {
            cut(removal, code->tokens[removal->machine->call->close].span.end,
                code->tokens[call->close].span.end);
            continue;
        }
        struct span span = {code->tokens[call->receiver].span.begin, code->tokens[call->close].span.end};
        edits_remove_lines(&removal->document->edits, removal->machine->service, file->source, span, why);
        removal->removed++;
    }
}

/* The role that --create-role made: behind the user data, with the id that only we give. */
static bool cut_created(struct removal *removal, const struct cdk_role *role) {
    const struct cdk_file *file = removal->file;
    struct code_range id;
    if (!role->made || !calls_element(&file->code, role->made->open, 1, &id) ||
        strcmp(calls_text(&file->calls, id) + 1,
               file->code.language == CODE_PYTHON ? "AppSignalsRole\"" : "AppSignalsRole'") != 0)
        return false;
    size_t comma = role->expression.first - 3;
    if (!code_is(&file->code, comma, ",")) return false;
    cut(removal, file->code.tokens[comma].span.begin, cdk_end(file, role->expression));
    removal->removed += 2;
    return true;
}

size_t cdk_remove_role(struct unit *unit, struct document *document, const struct cdk_machine *machine) {
    struct removal removal = {
        .unit = unit, .document = document, .file = document->model, .machine = machine};
    struct cdk_role role;
    cdk_find_role(removal.file, machine, &role);
    if (!cut_created(&removal, &role)) {
        if (role.list != SIZE_MAX) cut_from_list(&removal, &role);
        if (!removal.removed) cut_calls(&removal, cdk_role_receiver(removal.file, machine, &role));
    }
    return removal.removed;
}
