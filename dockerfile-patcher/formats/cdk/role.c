#include "dockerfile-patcher/formats/cdk/role.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

const char *cdk_method(const struct cdk_file *file, const char *camel, const char *snake) {
    return file->code.language == CODE_PYTHON ? snake : camel;
}

static bool is_literal_of(const struct cdk_file *file, size_t token, const char *text) {
    if (file->code.tokens[token].kind != CODE_STRING) return false;
    struct span body = file->code.tokens[token].literal->body;
    size_t length = strlen(text);
    return body.end - body.begin == length && memcmp(file->code.bytes + body.begin, text, length) == 0;
}

bool cdk_speaks_of_policy(const struct cdk_file *file, struct code_range range) {
    for (size_t i = range.first; i < range.end; i++)
        if (is_literal_of(file, i, CDK_AGENT_POLICY) || is_literal_of(file, i, "CloudWatchAgentAdminPolicy"))
            return true;
    return false;
}

bool cdk_is_policy(const struct cdk_file *file, struct code_range range) {
    const struct code_call *call = calls_whole(&file->calls, range);
    return call && calls_same_name(calls_token(&file->calls, call->name), "fromAwsManagedPolicyName") &&
           call->close == call->open + 2 && is_literal_of(file, call->open + 1, CDK_AGENT_POLICY);
}

/* The profile of an L1 construct: `profile.ref`, whose roles are `[role.roleName]`. */
static bool role_of_profile(struct cdk_file *file, struct code_range profile, struct code_range *role) {
    const struct code *code = &file->code;
    if (profile.end - profile.first > 2 && code_is(code, profile.end - 2, ".")) profile.end -= 2;
    cdk_resolve(file, &profile);
    const struct code_call *made = calls_whole(&file->calls, profile);
    if (!made || !code_is(code, made->name, "CfnInstanceProfile") ||
        !calls_property(&file->calls, made, "roles", role))
        return false;
    if (!code_is(code, role->first, "[") || !calls_element(code, role->first, 0, role)) return false;
    if (role->end - role->first > 2 && code_is(code, role->end - 2, ".")) role->end -= 2;
    return true;
}

static bool is_imported(const struct cdk_file *file, const struct code_call *call) {
    return strncmp(calls_token(&file->calls, call->name), "from", 4) == 0;
}

void cdk_find_role(struct cdk_file *file, const struct cdk_machine *machine, struct cdk_role *role) {
    *role = (struct cdk_role){.list = SIZE_MAX};
    struct code_range value;
    const struct calls *calls = &file->calls;
    if (machine->row->plain) {
        if (!calls_property(calls, machine->call, "iamInstanceProfile", &value)) return;
        role->given = true;
        role->expression = value;
        if (!role_of_profile(file, value, &value)) return;
    } else if (!calls_property(calls, machine->call, "role", &value)) {
        return;
    }
    role->given = true;
    role->expression = value;
    struct code_range made = value;
    cdk_resolve(file, &made);
    const struct code_call *call = calls_whole(calls, made);
    if (!call) return;
    role->imported = is_imported(file, call);
    if (role->imported || !code_is(&file->code, call->name, "Role")) return;
    role->made = call;
    const struct code_definition *kept = calls_kept_as(calls, call->receiver);
    if (kept) role->name = kept->name;
    if (!calls_property(calls, call, "managedPolicies", &value)) return;
    cdk_resolve(file, &value);
    if (code_is(&file->code, value.first, "[") && file->code.tokens[value.first].partner == value.end - 1)
        role->list = value.first;
}

const char *cdk_role_receiver(struct cdk_file *file, const struct cdk_machine *machine,
                              const struct cdk_role *role) {
    if (role->name) return role->name;
    bool of_machine = !machine->row->plain && !machine->row->optional_role;
    if (of_machine && machine->kept) {
        cleanup_free char *receiver = memory_format("%s.role", machine->kept);
        return arena_copy(&file->arena, receiver, strlen(receiver));
    }
    if (!role->given || role->made || machine->row->plain) return NULL;
    return file->code.tokens[role->expression.first].kind == CODE_NAME &&
                   !calls_whole(&file->calls, role->expression)
               ? calls_text(&file->calls, role->expression)
               : NULL;
}

/* Is the policy there already: in the role, in a call on it, or, where its making is not to be seen, in this file. */
static bool has_policy(struct cdk_file *file, const struct cdk_machine *machine,
                       const struct cdk_role *role) {
    if (role->made) {
        struct code_range made = {role->made->receiver, role->made->close};
        if (cdk_speaks_of_policy(file, made)) return true;
    }
    if (role->list != SIZE_MAX) {
        struct code_range list = {role->list, file->code.tokens[role->list].partner};
        if (cdk_speaks_of_policy(file, list)) return true;
    }
    if (role->given && !role->made) {
        struct code_range all = {0, file->code.count};
        return cdk_speaks_of_policy(file, all);
    }
    cleanup_free char *own = machine->kept ? memory_format("%s.role", machine->kept) : NULL;
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        struct code_range arguments = {call->open, call->close};
        if (!calls_same_name(calls_token(&file->calls, call->name), "addManagedPolicy") ||
            !cdk_speaks_of_policy(file, arguments))
            continue;
        const char *receiver = calls_receiver(&file->calls, call);
        if ((role->name && strcmp(receiver, role->name) == 0) || (own && strcmp(receiver, own) == 0))
            return true;
        if (call->receiver == machine->call->receiver) return true;
    }
    return false;
}

static const char why[] = "let the role send telemetry: " CDK_AGENT_POLICY;

struct attachment {
    struct document *document;
    struct cdk_file *file;
    const struct cdk_machine *machine;
    struct cdk_role role;
    const char *policy; /* iam.ManagedPolicy.fromAwsManagedPolicyName('…') */
};

static void insert_at(struct attachment *attachment, size_t offset, const char *text) {
    edits_add(&attachment->document->edits, attachment->machine->service, (struct span){offset, offset}, text,
              why);
}

/* At the front of the list, as the guide has it. */
static void add_to_list(struct attachment *attachment) {
    struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    size_t first = attachment->role.list + 1;
    if (code->tokens[attachment->role.list].partner == first)
        return insert_at(attachment, code->tokens[first].span.begin, attachment->policy);
    size_t offset = code->tokens[first].span.begin;
    bool own_line = code_starts_line(code, first);
    cleanup_free char *text = memory_format("%s%s,%s", own_line ? cdk_indent(file, offset) : "",
                                            attachment->policy, own_line ? "" : " ");
    if (!own_line) return insert_at(attachment, offset, text);
    edits_insert_before(&attachment->document->edits, attachment->machine->service, file->source, offset,
                        text, why);
}

/* Behind the value of assumedBy, which every role has. */
static bool add_property(struct attachment *attachment) {
    struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    struct code_range value;
    if (!calls_property(&file->calls, attachment->role.made, "assumedBy", &value) || value.first < 2)
        return false;
    size_t key = value.first - 2;
    bool own_line = code_starts_line(code, key);
    cleanup_free char *text =
        memory_format(",%s%s%s[%s]", own_line ? source_newline(file->source) : " ",
                      own_line ? cdk_indent(file, code->tokens[key].span.begin) : "",
                      cdk_method(file, "managedPolicies: ", "managed_policies="), attachment->policy);
    insert_at(attachment, cdk_end(file, value), text);
    return true;
}

static bool ends_in_semicolon(const struct code *code, size_t last) { return code_is(code, last, ";"); }

/* A statement behind that of the token. */
static void add_statement(struct attachment *attachment, const char *receiver, size_t token) {
    struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    size_t first = code_statement_first(code, token), last = code_statement_last(code, first);
    cleanup_free char *text =
        memory_format("%s%s.%s(%s)%s", cdk_indent(file, code->tokens[first].span.begin), receiver,
                      cdk_method(file, "addManagedPolicy", "add_managed_policy"), attachment->policy,
                      ends_in_semicolon(code, last) ? ";" : "");
    edits_insert_after(&attachment->document->edits, attachment->machine->service, file->source,
                       code->tokens[last].span.end - 1, text, why);
}

/* Behind the last policy that is added to the role next to where it is made. */
static size_t last_addition(const struct attachment *attachment, const char *receiver, size_t from) {
    const struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    size_t last = from;
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        bool adds = call->receiver > from &&
                    code->tokens[call->receiver].around == code->tokens[from].around &&
                    calls_same_name(calls_token(&file->calls, call->name), "addManagedPolicy") &&
                    strcmp(calls_receiver(&file->calls, call), receiver) == 0 &&
                    cdk_level(file, call->receiver) == cdk_level(file, from);
        if (adds) last = call->receiver;
    }
    return last;
}

/* new iam.Role(…) for a launch template that has none; NULL where iam is not known by a name. In the arena. */
static const char *new_role(const struct attachment *attachment) {
    struct cdk_file *file = attachment->file;
    const char *bare = strstr(attachment->policy, "ManagedPolicy.");
    struct code_range scope;
    if (bare == attachment->policy || !calls_element(&file->code, attachment->machine->call->open, 0, &scope))
        return NULL;
    int length = (int)(bare - attachment->policy);
    const char *library = attachment->policy;
    bool python = file->code.language == CODE_PYTHON;
    cleanup_free char *text = memory_format(
        python
            ? "%.*sRole(%s, \"AppSignalsRole\", assumed_by=%.*sServicePrincipal(\"ec2.amazonaws.com\"), "
              "managed_policies=[%s])"
            : "new %.*sRole(%s, 'AppSignalsRole', { assumedBy: new %.*sServicePrincipal('ec2.amazonaws.com'), "
              "managedPolicies: [%s] })",
        length, library, calls_text(&file->calls, scope), length, library, attachment->policy);
    return arena_copy(&file->arena, text, strlen(text));
}

static bool ask_for_role(struct unit *unit, struct attachment *attachment) {
    const struct cdk_machine *machine = attachment->machine;
    struct question *question;
    size_t offset = attachment->file->code.tokens[machine->call->name].span.begin;
    if (unit->settings->create_role) return true;
    cleanup_free char *text =
        memory_format("%s has no role: is one with " CDK_AGENT_POLICY " to be made for it?", machine->id);
    const char *answer =
        unit_ask(unit, machine->service, "CREATE_ROLE", attachment->document, text, &question);
    if (question && question->candidate_count == 0) {
        question_candidate(question, "yes");
        question_candidate(question, "no");
        question_evidence(question, &attachment->document->source, offset, machine->id);
    }
    if (answer && strcmp(answer, "yes") != 0)
        unit_note(unit, attachment->document, FINDING_HINT, offset,
                  "%s has no role: the agent cannot send without " CDK_AGENT_POLICY, machine->id);
    return answer && strcmp(answer, "yes") == 0;
}

static void create_role(struct unit *unit, struct attachment *attachment) {
    struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    const struct code_call *call = attachment->machine->call;
    struct code_range value;
    if (!ask_for_role(unit, attachment)) return;
    const char *role = new_role(attachment);
    if (!role || !calls_property(&file->calls, call, "userData", &value)) {
        unit_note(unit, attachment->document, FINDING_HINT, code->tokens[call->name].span.begin,
                  "%s has no role: give it one with " CDK_AGENT_POLICY, attachment->machine->id);
        return;
    }
    size_t key = value.end - value.first == 1 && !code_is(code, value.first - 1, ":") &&
                         !code_is(code, value.first - 1, "=")
                     ? value.first
                     : value.first - 2;
    bool own_line = code_starts_line(code, key);
    cleanup_free char *text = memory_format(",%s%s%s%s", own_line ? source_newline(file->source) : " ",
                                            own_line ? cdk_indent(file, code->tokens[key].span.begin) : "",
                                            cdk_method(file, "role: ", "role="), role);
    insert_at(attachment, cdk_end(file, value), text);
}

static void tell_role(struct unit *unit, const struct attachment *attachment, const char *what) {
    const struct code *code = &attachment->file->code;
    size_t token =
        attachment->role.given ? attachment->role.expression.first : attachment->machine->call->name;
    unit_note(unit, attachment->document, FINDING_HINT, code->tokens[token].span.begin,
              "%s: %s: " CDK_AGENT_POLICY " is to be attached to it", attachment->machine->id, what);
}

static void attach(struct unit *unit, struct attachment *attachment) {
    struct cdk_file *file = attachment->file;
    const struct code *code = &file->code;
    const struct cdk_role *role = &attachment->role;
    const struct cdk_machine *machine = attachment->machine;
    const char *receiver = cdk_role_receiver(file, machine, role);
    if (role->list != SIZE_MAX) return add_to_list(attachment);
    if (role->made && !role->name && add_property(attachment)) return;
    if (!role->given && machine->row->optional_role) return create_role(unit, attachment);
    if (receiver && role->made)
        return add_statement(attachment, receiver, last_addition(attachment, receiver, role->made->receiver));
    if (receiver) return add_statement(attachment, receiver, machine->call->receiver);
    size_t first = machine->call->receiver - (machine->call->constructed ? 1 : 0);
    bool alone =
        !machine->row->plain && !machine->row->optional_role && code_statement_first(code, first) == first;
    if (!alone) return tell_role(unit, attachment, "its role is not to be seen here");
    cleanup_free char *text = memory_format(
        ".role.%s(%s)", cdk_method(file, "addManagedPolicy", "add_managed_policy"), attachment->policy);
    insert_at(attachment, code->tokens[machine->call->close].span.end, text);
}

/* The literal is written with the quotes that this file uses for such names. */
static const char *policy_text(struct cdk_file *file, const char *managed) {
    char quote = file->code.language == CODE_PYTHON ? '"' : '\'';
    size_t single = 0, dual = 0;
    for (size_t i = 0; i < file->code.count; i++) {
        if (file->code.tokens[i].kind != CODE_STRING) continue;
        single += file->code.tokens[i].literal->quote == '\'';
        dual += file->code.tokens[i].literal->quote == '"';
    }
    if (single != dual) quote = single > dual ? '\'' : '"';
    cleanup_free char *text = memory_format(
        "%s.%s(%c" CDK_AGENT_POLICY "%c)", managed,
        cdk_method(file, "fromAwsManagedPolicyName", "from_aws_managed_policy_name"), quote, quote);
    return arena_copy(&file->arena, text, strlen(text));
}

void cdk_plan_role(struct unit *unit, struct document *document, const struct cdk_machine *machine) {
    struct attachment attachment = {.document = document, .file = document->model, .machine = machine};
    cdk_find_role(attachment.file, machine, &attachment.role);
    if (has_policy(attachment.file, machine, &attachment.role)) return;
    if (attachment.role.imported)
        return tell_role(unit, &attachment, "CDK does not change a role that it only looks up");
    if (machine->row->plain && !attachment.role.made)
        return tell_role(unit, &attachment,
                         attachment.role.given ? "its role is not to be seen here"
                                               : "it has no instance profile");
    const char *managed = cdk_managed_policy(document);
    if (!managed) return tell_role(unit, &attachment, "how aws-iam is to be imported here is not known");
    attachment.policy = policy_text(attachment.file, managed);
    size_t edits = document->edits.count;
    attach(unit, &attachment);
    if (document->edits.count > edits) cdk_import_policy(document, machine->service);
}
