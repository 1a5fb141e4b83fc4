/* cfn-init does a config's parts in the order packages, groups, users, sources, files, commands, services, and its
 * commands in the order of their names. Each command is a shell of its own, in which nothing of another one's holds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cloudformation/view.h"
#include "dockerfile-patcher/text/shell_quote.h"

#define FILE_END "CFN_INIT_FILE"

enum { MOST_CONFIGS = 32 };

struct init {
    struct template *template;
    const struct template_instance *instance;
    struct view_builder *builder;
    struct yaml_node *node;                  /* AWS::CloudFormation::Init */
    struct yaml_node *configs[MOST_CONFIGS]; /* in the order of their turn */
    size_t count;
};

/* Where a word of a command begins that is cfn-init with options; NULL. */
static const char *call_in(const char *line) {
    if (line[strspn(line, " \t")] == '#') return NULL;
    for (const char *at = line; (at = strstr(at, "cfn-init")); at++) {
        const char *behind = at + strlen("cfn-init");
        bool begins = at == line || strchr(" \t/;&|(", at[-1]);
        if (begins && strchr(" \t", *behind) && behind[strspn(behind, " \t")] == '-') return at;
    }
    return NULL;
}

/* The call's text, continued lines joined; NULL: the script has none. Owned by the caller. */
static char *find_call(const struct script *script, struct view *view) {
    struct text out = {0};
    for (size_t number = 1; number <= script->count; number++) {
        const struct script_line *line = script_line(script, number);
        cleanup_free char *text = memory_copy_bytes(line->text, line->length);
        if (!view->call && !call_in(text)) continue;
        if (!view->call) view->call = number;
        view->call_end = number;
        bool goes_on = text_ends(text, "\\");
        text_add_bytes(&out, text, strlen(text) - goes_on);
        text_add_char(&out, ' ');
        if (!goes_on) break;
    }
    return out.length ? text_take(&out) : NULL;
}

/* The value of an option in the call; NULL: it is not given. Owned by the caller. */
static char *option(const char *call, const char *longer, const char *shorter) {
    const char *const names[] = {longer, shorter};
    for (size_t i = 0; i < array_length(names); i++) {
        size_t length = strlen(names[i]);
        const char *at = call;
        while ((at = strstr(at, names[i])) && !strchr(" =", at[length])) at++;
        if (!at) continue;
        at += length + strspn(at + length, " =\"'");
        return memory_copy_bytes(at, strcspn(at, " \"';|&"));
    }
    return NULL;
}

static void add_config(struct init *init, const char *name) {
    struct yaml_node *config = name ? yaml_find(init->node, name) : NULL;
    if (config && config->kind == YAML_MAPPING && init->count < MOST_CONFIGS)
        init->configs[init->count++] = config;
}

static void add_set(struct init *init, const char *name, unsigned depth) {
    struct yaml_node *list = yaml_find(yaml_find(init->node, "configSets"), name);
    if (list && list->kind != YAML_SEQUENCE) add_config(init, yaml_text(list));
    for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->count; i++) {
        struct yaml_node *item = yaml_follow(list->items[i]);
        const char *other = yaml_text(yaml_find(item, "ConfigSet"));
        if (other && depth)
            add_set(init, other, depth - 1);
        else
            add_config(init, yaml_text(item));
    }
}

static void choose_configs(struct init *init, const char *call) {
    cleanup_free char *sets = option(call, "--configsets", "-c");
    if (!yaml_find(init->node, "configSets")) {
        add_config(init, "config");
        return;
    }
    for (char *at = sets ? sets : "default"; *at;) {
        size_t length = strcspn(at, ",");
        cleanup_free char *name = memory_copy_bytes(at, length);
        add_set(init, name, 8);
        at += length + (at[length] == ',');
    }
}

static bool speaks_of_python(struct yaml_node *node) {
    static const char *const signs[] = {"python", "pip",   "gunicorn",  "uvicorn",
                                        "uwsgi",  "flask", "docker run"};
    for (size_t i = 0; i < array_length(signs); i++)
        if (template_says(node, signs[i])) return true;
    return false;
}

/* What is refused is said where it has something of Python. */
static void tell(const struct init *init, struct yaml_node *value, const char *what, const char *name,
                 const char *reason) {
    if (init->template->unit->settings->remove || !speaks_of_python(value)) return;
    cleanup_free char *text = memory_format("cfn-init's %s '%s': %s", what, name, reason);
    template_note(init->template, init->instance, FINDING_UNRESOLVED, value, text);
}

/* Is it a text that may be changed where it stands? Else the reason. */
static const char *read_text(const struct init *init, struct yaml_node *value,
                             struct template_script *resolved) {
    if (value->kind == YAML_ALIAS || yaml_is_shared(&init->template->yaml, value))
        return "a text that an anchor shares with others";
    template_resolve_text(init->template, value, resolved);
    if (resolved->shape == TEMPLATE_NOWHERE) return resolved->reason;
    const struct yaml_node *node = resolved->node;
    bool flow = node->parent && node->parent->style == YAML_FLOW;
    return resolved->shape == TEMPLATE_TEXT && node->style == YAML_PLAIN && flow
               ? "a plain text inside of braces: put it in quotes"
               : NULL;
}

static void add_packages(struct init *init, struct yaml_node *packages) {
    static const char *const managers[] = {"yum", "dnf", "apt", "zypper"};
    for (size_t i = 0; i < array_length(managers); i++) {
        struct yaml_node *names = yaml_find(packages, managers[i]);
        if (!names || names->kind != YAML_MAPPING || names->count == 0) continue;
        cleanup_text struct text line = {0};
        text_add_format(&line, "%s%s install -y", managers[i], strcmp(managers[i], "apt") ? "" : "-get");
        for (size_t k = 0; k < names->count; k += 2) {
            text_add_char(&line, ' ');
            shell_quote(&line, yaml_text(names->items[k]) ? yaml_text(names->items[k]) : "");
        }
        view_add_frame(init->builder, line.bytes, names->span.begin, FRAME_BEHIND);
    }
}

static void add_file(struct init *init, const char *path, struct yaml_node *entry) {
    struct yaml_node *node = yaml_follow(entry);
    size_t at = yaml_index(node, "content");
    if (at == SIZE_MAX || yaml_find(node, "encoding")) return;
    struct yaml_node *content = node->items[at + 1];
    struct template_script resolved;
    const char *reason = entry->kind == YAML_ALIAS ? "a text that an anchor shares with others"
                                                   : read_text(init, content, &resolved);
    cleanup_text struct text open = {0};
    text_add(&open, "cat > ");
    shell_quote(&open, path);
    text_add(&open, " << '" FILE_END "'");
    /* The frame of what is refused stays: a file that is written, whatever is in it. */
    view_add_frame(init->builder, open.bytes, content->span.begin, reason ? FRAME_BEHIND : FRAME_FRONT);
    if (!reason && !view_add_text(init->builder, &resolved, false, &reason))
        reason = reason ? reason : "its lines are not known";
    if (reason) tell(init, content, "file", path, reason);
    view_add_frame(init->builder, FILE_END, content->span.end, FRAME_BEHIND);
}

static void add_command(struct init *init, const char *name, struct yaml_node *entry) {
    struct yaml_node *node = yaml_follow(entry);
    size_t at = yaml_index(node, "command");
    if (at == SIZE_MAX) return;
    struct yaml_node *value = node->items[at + 1];
    struct template_script resolved;
    const char *reason = entry->kind == YAML_ALIAS ? "a text that an anchor shares with others"
                         : value->kind == YAML_SEQUENCE && !value->tag
                             ? "a list of words, in which nothing is expanded: write it as one string"
                             : read_text(init, value, &resolved);
    struct yaml_node *folder = yaml_find(node, "cwd");
    const char *directory = folder ? template_string(init->template, folder) : NULL;
    cleanup_text struct text line = {0};
    text_add_format(&line, "%s ", directory ? "cd" : "# cfn-init:");
    if (directory)
        shell_quote(&line, directory);
    else
        text_add(&line, name);
    view_add_frame(init->builder, line.bytes, value->span.begin, reason ? FRAME_BEHIND : FRAME_FRONT);
    if (!reason) view_add_text(init->builder, &resolved, true, &reason);
    if (reason) tell(init, value, "command", name, reason);
}

static int compare_keys(const void *one, const void *other) {
    struct yaml_node *const *left = one, *const *right = other;
    return strcmp((*left)->value ? (*left)->value : "", (*right)->value ? (*right)->value : "");
}

static void add_entries(struct init *init, struct yaml_node *entries, bool sorted,
                        void (*add)(struct init *, const char *, struct yaml_node *)) {
    if (!entries || entries->kind != YAML_MAPPING) return;
    size_t bytes = entries->count * sizeof *entries->items;
    struct yaml_node **pairs = arena_allocate(&init->template->arena, bytes + 1);
    memcpy(pairs, entries->items, bytes);
    if (sorted) qsort(pairs, entries->count / 2, 2 * sizeof *pairs, compare_keys);
    for (size_t i = 0; i + 1 < entries->count; i += 2)
        if (pairs[i]->value) add(init, pairs[i]->value, pairs[i + 1]);
}

static void add_services(struct init *init, struct yaml_node *services) {
    static const char *const managers[] = {"sysvinit", "systemd"};
    for (size_t i = 0; i < array_length(managers); i++) {
        struct yaml_node *names = yaml_find(services, managers[i]);
        for (size_t k = 0; names && names->kind == YAML_MAPPING && k < names->count; k += 2) {
            if (!yaml_is(yaml_find(yaml_follow(names->items[k + 1]), "ensureRunning"), "true")) continue;
            cleanup_text struct text line = {0};
            text_add(&line, "systemctl start ");
            shell_quote(&line, yaml_text(names->items[k]) ? yaml_text(names->items[k]) : "");
            view_add_frame(init->builder, line.bytes, names->items[k]->span.begin, FRAME_BEHIND);
        }
    }
}

static void add_configs(struct init *init) {
    for (size_t i = 0; i < init->count; i++) {
        struct yaml_node *config = init->configs[i];
        add_packages(init, yaml_find(config, "packages"));
        add_entries(init, yaml_find(config, "files"), false, add_file);
        add_entries(init, yaml_find(config, "commands"), true, add_command);
        add_services(init, yaml_find(config, "services"));
    }
    view_add_frame(init->builder, "# cfn-init ends", init->node->span.end, FRAME_BEHIND);
}

/* The metadata of the resource that the call names, else of the instance, else of its group. */
static struct yaml_node *find_metadata(struct template *template, const struct template_instance *instance,
                                       const char *call) {
    const char *group;
    cleanup_free char *named = option(call, "--resource", "-r");
    struct yaml_node *const resources[] = {template_resource(template, named, NULL), instance->resource,
                                           template_group_of(template, instance, &group)};
    for (size_t i = 0; i < array_length(resources); i++) {
        struct yaml_node *node = yaml_find(yaml_find(resources[i], "Metadata"), "AWS::CloudFormation::Init");
        if (node) return node;
    }
    return NULL;
}

void template_follow_init(struct template *template, const struct template_instance *instance,
                          struct script *script) {
    struct view *view = script->host_data;
    cleanup_free char *call = find_call(script, view);
    struct init init = {.template = template, .instance = instance};
    if (call) init.node = find_metadata(template, instance, call);
    if (!init.node || init.node->kind != YAML_MAPPING) return;
    choose_configs(&init, call);
    size_t before = view->call_end, behind = script->count - before;
    struct script_line *lines = arena_allocate(&template->arena, (behind + 1) * sizeof *lines);
    struct place_of_line *places = arena_allocate(&template->arena, (behind + 1) * sizeof *places);
    memcpy(lines, script->lines + before, behind * sizeof *lines);
    memcpy(places, view->places + before, behind * sizeof *places);
    script->count = view->place_count = before;
    init.builder = view_builder_new(template, script);
    add_configs(&init);
    view_builder_free(init.builder);
    view->done = script->count;
    for (size_t i = before; i < script->count; i++) script->lines[i].elsewhere = true;
    script->lines = memory_resize(script->lines, (script->count + behind + 1) * sizeof *lines);
    memcpy(script->lines + script->count, lines, behind * sizeof *lines);
    for (size_t i = 0; i < behind; i++) {
        view->places = arena_grow(&template->arena, view->places, view->place_count, sizeof *view->places);
        view->places[view->place_count++] = places[i];
    }
    script->count += behind;
}
