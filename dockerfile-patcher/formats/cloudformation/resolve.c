#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

enum { MOST_STEPS = 16 };

static bool give_up(struct template *template, struct template_script *script, struct yaml_node *at,
                    const char *text, const char *word) {
    cleanup_free char *reason = memory_format("%s%s", text, word);
    *script = (struct template_script){.shape = TEMPLATE_NOWHERE,
                                       .reason = arena_copy(&template->arena, reason, strlen(reason)),
                                       .where = at};
    return false;
}

static bool take_text(struct template_script *script, struct yaml_node *node, bool sub) {
    script->shape = TEMPLATE_TEXT;
    script->node = node;
    script->sub = sub;
    return true;
}

/* Sub: a text, or a list of a text and the map of its own variables. */
static bool resolve_sub(struct template *template, struct template_script *script,
                        struct template_call call) {
    struct yaml_node *text = call.argument;
    if (text && text->kind == YAML_SEQUENCE) text = text->count ? yaml_follow(text->items[0]) : NULL;
    struct template_call inner;
    template_call_of(text, text == call.argument && call.bare, &inner);
    if (inner.name)
        return give_up(template, script, text, "what makes the text is not followed: ", inner.name);
    if (!text || text->kind != YAML_SCALAR)
        return give_up(template, script, script->where, "Sub of what is no text", "");
    return take_text(script, text, true);
}

static bool resolve_join(struct template *template, struct template_script *script,
                         struct template_call call) {
    struct yaml_node *both = call.argument;
    bool pair = both && both->kind == YAML_SEQUENCE && both->count == 2;
    const char *between = pair ? yaml_text(both->items[0]) : NULL;
    struct yaml_node *list = pair ? yaml_follow(both->items[1]) : NULL;
    if (!between || !list || list->kind != YAML_SEQUENCE || list->tag || list->count == 0)
        return give_up(template, script, script->where, "Join of what is no list of texts", "");
    if (*between && strcmp(between, "\n") != 0)
        return give_up(template, script, script->where, "Join by what is neither nothing nor a newline", "");
    script->shape = TEMPLATE_JOIN;
    script->node = list;
    script->between = between;
    return true;
}

static void resolve(struct template *template, struct yaml_node *value, bool encoded,
                    struct template_script *script) {
    struct yaml_node *node = yaml_follow(value);
    bool bare = false;
    *script = (struct template_script){.where = node};
    for (unsigned step = 0; step < MOST_STEPS; step++) {
        struct template_call call;
        template_call_of(node, bare, &call);
        if (call.name && strcmp(call.name, "Fn::Base64") == 0 && !encoded) {
            encoded = true;
            node = call.argument;
            bare = call.bare;
            continue;
        }
        if (!encoded && call.name && strcmp(call.name, "Ref") == 0)
            give_up(template, script, node, "whoever makes the stack passes the script as ",
                    yaml_text(call.argument) ? yaml_text(call.argument) : "a parameter");
        else if (!encoded && !call.name)
            give_up(template, script, node,
                    "encoded already: the text is to be patched where it is made from", "");
        else if (!encoded)
            give_up(template, script, node, "what makes the text is not followed: ", call.name);
        else if (!call.name && node && node->kind == YAML_SCALAR)
            take_text(script, node, false);
        else if (call.name && strcmp(call.name, "Fn::Sub") == 0)
            resolve_sub(template, script, call);
        else if (call.name && strcmp(call.name, "Fn::Join") == 0)
            resolve_join(template, script, call);
        else
            give_up(template, script, node ? node : script->where,
                    "what makes the text is not followed: ", call.name ? call.name : "no text");
        return;
    }
}

void template_resolve(struct template *template, struct yaml_node *user_data,
                      struct template_script *script) {
    resolve(template, user_data, false, script);
}

void template_resolve_text(struct template *template, struct yaml_node *text,
                           struct template_script *script) {
    resolve(template, text, true, script);
}
