#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"

/* The names under which a machine's user data is known: its variable, `instance.userData`, and what that is kept as. */
enum { MOST_HANDLES = 8 };

struct commands {
    struct cdk_view *view;
    struct script *script;
    const struct cdk_machine *machine;
    const char *handles[MOST_HANDLES];
    size_t handle_count;
};

static void add_handle(struct commands *commands, const char *name) {
    if (commands->handle_count < MOST_HANDLES) commands->handles[commands->handle_count++] = name;
}

static bool is_handle(const struct commands *commands, const char *name) {
    for (size_t i = 0; i < commands->handle_count; i++)
        if (strcmp(commands->handles[i], name) == 0) return true;
    return false;
}

static bool give_up(struct cdk_view *view, size_t token, const char *reason) {
    if (!view->reason) {
        view->reason = reason;
        view->reason_at = view->file->code.tokens[token].span.begin;
    }
    return false;
}

/* `instance.userData`, and each name that is given it. */
static void own_handles(struct commands *commands) {
    struct cdk_file *file = commands->view->file;
    const char *kept = commands->machine->kept;
    if (!kept) return;
    cleanup_free char *camel = memory_format("%s.userData", kept),
                      *snake = memory_format("%s.user_data", kept);
    add_handle(commands, arena_copy(&file->arena, camel, strlen(camel)));
    add_handle(commands, arena_copy(&file->arena, snake, strlen(snake)));
    for (size_t i = 0; i < file->calls.definition_count; i++) {
        const struct code_definition *definition = &file->calls.definitions[i];
        struct code_range value = definition->value;
        if (value.end > value.first && code_is(&file->code, value.end - 1, "!")) value.end--;
        if (value.end - value.first < 3) continue;
        const char *text = calls_text(&file->calls, value);
        if (strcmp(text, camel) == 0 || strcmp(text, snake) == 0) add_handle(commands, definition->name);
    }
}

/* UserData.forLinux(), UserData.custom(x); Fn.base64(x.render()) of the L1 constructs. */
static bool take_value(struct commands *commands, struct code_range value) {
    struct cdk_view *view = commands->view;
    const struct code *code = &view->file->code;
    struct code_range inner = value;
    if (code_is(code, value.end - 1, "!")) value.end--;
    bool name = true;
    for (size_t i = value.first; i < value.end; i++)
        name &= code->tokens[i].kind == CODE_NAME || code_is(code, i, ".");
    if (name) {
        add_handle(commands, calls_text(&view->file->calls, value));
        cdk_resolve(view->file, &inner);
        if (inner.first == value.first) return give_up(view, value.first, "its user data is made elsewhere");
        value = inner;
    }
    const struct code_call *call = calls_whole(&view->file->calls, value);
    if (!call) {
        cdk_collect(view, commands->script, value, SIZE_MAX);
        return true;
    }
    const char *method = calls_token(&view->file->calls, call->name);
    bool argument = calls_element(code, call->open, 0, &inner);
    if (calls_same_name(method, "forLinux")) return true;
    if (calls_same_name(method, "base64") && argument) return take_value(commands, inner);
    if (calls_same_name(method, "render"))
        return take_value(commands, (struct code_range){call->receiver, call->name - 1});
    if (calls_same_name(method, "sub")) {
        cdk_collect(view, commands->script, value, SIZE_MAX);
        return true;
    }
    if (calls_same_name(method, "custom") && argument) {
        cdk_collect(view, commands->script, inner, SIZE_MAX);
        return true;
    }
    if (calls_same_name(method, "forWindows")) return give_up(view, call->name, "a Windows machine");
    if (calls_same_name(method, "MultipartUserData"))
        return give_up(view, call->name, "the parts of a MultipartUserData are not followed");
    return give_up(view, call->name, "its user data is made elsewhere");
}

static bool is_added_to(const struct commands *commands, const struct code_call *call) {
    const struct calls *calls = &commands->view->file->calls;
    const char *method = calls_token(calls, call->name);
    const char *receiver = calls_receiver(calls, call);
    if (calls_same_name(method, "addCommands")) return is_handle(commands, receiver);
    return calls_same_name(method, "addUserData") && commands->machine->kept &&
           strcmp(receiver, commands->machine->kept) == 0;
}

static void take_additions(struct commands *commands) {
    struct cdk_view *view = commands->view;
    for (size_t i = 0; i < view->file->calls.count; i++) {
        const struct code_call *call = &view->file->calls.calls[i];
        struct code_range argument;
        if (!is_added_to(commands, call)) continue;
        for (size_t k = 0; calls_element(&view->file->code, call->open, k, &argument); k++)
            cdk_collect(view, commands->script, argument, call->open);
    }
}

/* No line of it is text. */
static bool is_unknown(const struct script *script, const struct cdk_view *view) {
    for (size_t i = 0; i < script->count; i++)
        if (view->lines[i].token != SIZE_MAX) return false;
    return script->count > 0;
}

bool cdk_view(struct cdk_view *view, const struct cdk_machine *machine, struct document *document,
              struct script *script) {
    struct commands commands = {.view = view, .script = script, .machine = machine};
    struct code_range value;
    *script = (struct script){
        .document = document, .service = machine->service, .host = &cdk_host, .host_data = view};
    own_handles(&commands);
    if (calls_property(&view->file->calls, machine->call, "init", &value))
        return give_up(view, value.first, "what CloudFormationInit starts is not followed");
    bool given = calls_property(&view->file->calls, machine->call, "userData", &value);
    if (given && !take_value(&commands, value)) return false;
    take_additions(&commands);
    view->level = UINT32_MAX;
    for (size_t i = 0; i < view->piece_count; i++)
        if (view->pieces[i].level < view->level) view->level = view->pieces[i].level;
    if (view->piece_count > 1) view->path = NULL;
    if (is_unknown(script, view) && !view->path)
        return give_up(view, code_token_at(&view->file->code, view->lines[0].begin),
                       "its user data is made elsewhere");
    return script->count > 0 && !view->reason;
}

void cdk_view_free(struct cdk_view *view, struct script *script) {
    script_free(script);
    free(view->pieces);
    free(view->lines);
    free(view->hole_kinds);
}

/* An edit that takes bytes away has to lie in one literal. */
bool cdk_view_is_sound(struct cdk_view *view, const struct script *script, size_t edits_before) {
    const struct code *code = &view->file->code;
    const struct edits *edits = &script->document->edits;
    for (size_t i = edits_before; i < edits->count && !view->reason; i++) {
        const struct edit *edit = &edits->items[i];
        if (edit->end == edit->begin) continue;
        size_t token = code_token_at(code, edit->begin);
        const struct code_literal *literal = token < code->count ? code->tokens[token].literal : NULL;
        if (literal && edit->begin >= literal->body.begin && edit->end <= literal->body.end) continue;
        view->reason = "what has to be changed is written over several literals";
        view->reason_at = edit->begin;
    }
    return !view->reason;
}
