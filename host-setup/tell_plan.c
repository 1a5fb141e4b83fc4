#include "host-setup/tell_plan.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/linediff.h"
#include "host-setup/messages.h"

enum { MOST_FILE = 4 * 1024 * 1024 };

/* From what lies at the path to `bytes`; empty for what is no text. */
static char *diff_of(const struct room *room, const char *path, const char *bytes) {
    cleanup_free char *whole = room_path(room, path), *old = NULL;
    struct text out = {0};
    size_t length;
    if (files_read(whole, MOST_FILE, &old, &length) != 0) old = NULL;
    if (!old || strlen(old) == length) linediff(&out, path, old, bytes);
    return text_take(&out);
}

static char *diff_of_step(const struct room *room, const struct setup_step *step) {
    return step->binary || !step->bytes ? memory_copy("") : diff_of(room, step->path, step->bytes);
}

static char *diff_of_entry(const struct room *room, const struct state_entry *entry) {
    cleanup_free char *saved = entry->saved ? room_path(room, entry->saved) : NULL, *bytes = NULL;
    size_t length = 0;
    if (saved && (files_read(saved, MOST_FILE, &bytes, &length) != 0 || strlen(bytes) != length))
        return memory_copy("");
    return diff_of(room, entry->path, bytes ? bytes : "");
}

static void print_indented(const char *text) {
    for (const char *at = text; *at;) {
        int length = (int)strcspn(at, "\n");
        printf("      %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
}

static void print_step(const struct room *room, const struct setup_step *step, size_t number) {
    cleanup_free char *command = room_show(step->command.items), *undo = room_show(step->undo.items);
    printf("%2zu. %s\n", number, step->what);
    if (*command) printf("      $ %s\n", command);
    if (step->source) printf("      < %s\n", step->source);
    if (step->path) printf("      %s %s%s\n", step->kind == STEP_TREE ? "=" : ">", room->root, step->path);
    if (*undo) printf("      (undo) $ %s\n", undo);
    if (step->kind != STEP_WRITE) return;
    cleanup_free char *diff = diff_of_step(room, step);
    print_indented(diff);
}

static void add_words(cJSON *node, const char *name, const struct strings *words) {
    if (words->count)
        cJSON_AddItemToObject(node, name,
                              cJSON_CreateStringArray((const char *const *)words->items, (int)words->count));
}

static cJSON *step_to_json(const struct room *room, const struct setup_step *step) {
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "id", step->id);
    cJSON_AddStringToObject(node, "what", step->what);
    cJSON_AddStringToObject(node, "state", step->kind == STEP_THERE ? "there" : "to do");
    add_words(node, "command", &step->command);
    add_words(node, "undo", &step->undo);
    if (step->source) cJSON_AddStringToObject(node, "source", step->source);
    if (step->path) cJSON_AddStringToObject(node, "path", step->path);
    if (step->kind != STEP_WRITE) return node;
    cleanup_free char *diff = diff_of_step(room, step);
    cJSON_AddStringToObject(node, "diff", diff);
    return node;
}

/* The object, whose "steps" are filled in by the caller. */
static cJSON *plan_object(const struct strings *notes, cJSON **steps) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "outcome", "plan");
    cJSON *list = cJSON_AddArrayToObject(root, "notes");
    for (size_t i = 0; i < notes->count; i++) cJSON_AddItemToArray(list, cJSON_CreateString(notes->items[i]));
    *steps = cJSON_AddArrayToObject(root, "steps");
    return root;
}

static void print_object(cJSON *root) {
    cleanup_free char *printed = cJSON_Print(root);
    puts(printed);
    cJSON_Delete(root);
}

static void plan_to_json(const struct room *room, const struct setup_plan *plan) {
    cJSON *steps, *root = plan_object(&plan->notes, &steps);
    for (size_t i = 0; i < plan->count; i++) cJSON_AddItemToArray(steps, step_to_json(room, &plan->steps[i]));
    print_object(root);
}

void tell_plan(const struct room *room, const struct setup_plan *plan, bool json) {
    if (json) {
        plan_to_json(room, plan);
        return;
    }
    size_t number = 0;
    for (size_t i = 0; i < plan->notes.count; i++) printf("! %s\n", plan->notes.items[i]);
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->steps[i].kind == STEP_THERE)
            printf("  ✓ %s\n", plan->steps[i].what);
        else
            print_step(room, &plan->steps[i], ++number);
    }
    if (!plan_host_has_work(plan)) puts(message_text(MESSAGE_PLAN_NOTHING));
    puts(message_text(MESSAGE_PLAN_UNTOUCHED));
}

void tell_steps(const struct setup_plan *plan) {
    puts(message_text(MESSAGE_PLAN_TITLE));
    for (size_t i = 0; i < plan->notes.count; i++) printf("  ! %s\n", plan->notes.items[i]);
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].kind != STEP_UNDO_ONLY && plan->steps[i].kind != STEP_TREE)
            printf("  %s %s\n", plan->steps[i].kind == STEP_THERE ? "✓" : "-", plan->steps[i].what);
}

static char *undo_title(const struct state_entry *entry) {
    static const enum message_id titles[][2] = {
        [ENTRY_FILE] = {MESSAGE_UNDO_REMOVE, MESSAGE_UNDO_PUT_BACK},
        [ENTRY_DIRECTORY] = {MESSAGE_UNDO_EMPTY, MESSAGE_UNDO_EMPTY},
        [ENTRY_TREE] = {MESSAGE_UNDO_REMOVE, MESSAGE_UNDO_PUT_BACK},
        [ENTRY_EMPTIED] = {MESSAGE_UNDO_EMPTIED, MESSAGE_UNDO_EMPTIED},
    };
    if (entry->kind == ENTRY_COMMAND) return memory_copy(entry->what);
    return message_make(titles[entry->kind][entry->saved != NULL], entry->path, NULL);
}

static void add_entry(const struct room *room, const struct state_entry *entry, size_t number, cJSON *steps) {
    cleanup_free char *title = undo_title(entry), *command = room_show(entry->command.items);
    cleanup_free char *diff = entry->kind == ENTRY_FILE ? diff_of_entry(room, entry) : memory_copy("");
    if (!steps) {
        printf("%2zu. %s%s\n", number, *command ? "$ " : "", title);
        print_indented(diff);
        return;
    }
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "id", "undo");
    cJSON_AddStringToObject(node, "what", title);
    cJSON_AddStringToObject(node, "state", "to do");
    add_words(node, "command", &entry->command);
    if (entry->path) cJSON_AddStringToObject(node, "path", entry->path);
    if (entry->saved) cJSON_AddStringToObject(node, "saved", entry->saved);
    if (*diff) cJSON_AddStringToObject(node, "diff", diff);
    cJSON_AddItemToArray(steps, node);
}

void tell_undo(const struct state *state, bool json) {
    const struct strings no_notes = {0};
    cJSON *steps = NULL, *root = json ? plan_object(&no_notes, &steps) : NULL;
    for (size_t i = state->count; i > 0; i--)
        add_entry(state->room, &state->entries[i - 1], state->count - i + 1, steps);
    if (root) print_object(root);
    if (!json) puts(message_text(state->count ? MESSAGE_PLAN_UNTOUCHED : MESSAGE_RESULT_NOTHING_TO_UNDO));
}
