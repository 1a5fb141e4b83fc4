#include "host-setup/tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/linediff.h"
#include "host-setup/messages.h"

enum { MOST_FILE = 4 * 1024 * 1024 };

void tell_open(struct tell *tell, bool json) {
    *tell = (struct tell){.json = json, .terminal = !json && isatty(STDOUT_FILENO)};
    if (json) tell->steps = cJSON_CreateArray();
    setvbuf(stdout, NULL, _IOLBF, 0);
}

void tell_begin(struct tell *tell, const char *what) {
    tell->doing = what;
    if (tell->terminal) printf("  … %s", what);
    if (tell->terminal) fflush(stdout);
}

void tell_seconds(void *context, long seconds) {
    struct tell *tell = context;
    if (!tell->doing) return;
    if (tell->terminal)
        printf("\r  … %s (%ld s)", tell->doing, seconds);
    else if (!tell->json && seconds > 0 && seconds % 10 == 0)
        printf("  … %s (%ld s)\n", tell->doing, seconds);
    fflush(stdout);
}

void tell_percent(void *context, long percent) {
    struct tell *tell = context;
    if (tell->terminal && tell->doing) printf("\r  … %s (%ld %%)", tell->doing, percent);
    fflush(stdout);
}

static void add_step(struct tell *tell, const char *id, const char *what, const char *state,
                     const char *failure) {
    cJSON *step = cJSON_CreateObject();
    cJSON_AddStringToObject(step, "id", id);
    cJSON_AddStringToObject(step, "what", what);
    cJSON_AddStringToObject(step, "state", state);
    if (failure) cJSON_AddStringToObject(step, "failure", failure);
    cJSON_AddItemToArray(tell->steps, step);
}

void tell_end(struct tell *tell, const char *id, const char *what, const char *failure) {
    tell->doing = NULL;
    if (tell->json) {
        add_step(tell, id, what, failure ? "failed" : "done", failure);
        return;
    }
    if (tell->terminal) fputs("\r\033[K", stdout);
    printf("  %s %s\n", failure ? "✗" : "✓", what);
}

void tell_taken_back(void *context, const char *what, const char *failure) {
    struct tell *tell = context;
    if (tell->json) {
        add_step(tell, "undo", what, failure ? "stayed" : "put back", failure);
        return;
    }
    cleanup_free char *line =
        message_make(failure ? MESSAGE_RESULT_NOT_PUT_BACK : MESSAGE_RESULT_PUT_BACK, what, failure);
    printf("  %s\n", line);
}

void tell_line(struct tell *tell, const char *line) {
    if (!tell->json) puts(line);
}

void tell_close(struct tell *tell, const char *outcome, const char *failure) {
    if (!tell->json) return;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "outcome", outcome);
    if (failure) cJSON_AddStringToObject(root, "error", failure);
    cJSON_AddItemToObject(root, "steps", tell->steps);
    if (tell->checks) cJSON_AddItemToObject(root, "checks", tell->checks);
    cleanup_free char *printed = cJSON_Print(root);
    puts(printed);
    cJSON_Delete(root);
    *tell = (struct tell){0};
}

static char *diff_of(const struct room *room, const struct setup_step *step) {
    cleanup_free char *whole = room_path(room, step->path), *old = NULL;
    struct text out = {0};
    size_t length;
    if (step->binary || !step->bytes) return memory_copy("");
    if (files_read(whole, MOST_FILE, &old, &length) != 0) old = NULL;
    linediff(&out, step->path, old, step->bytes);
    return text_take(&out);
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
    cleanup_free char *diff = diff_of(room, step);
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
    cleanup_free char *diff = diff_of(room, step);
    cJSON_AddStringToObject(node, "diff", diff);
    return node;
}

static void plan_to_json(const struct room *room, const struct setup_plan *plan) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "outcome", "plan");
    if (plan->notes.count) add_words(root, "notes", &plan->notes);
    cJSON *steps = cJSON_AddArrayToObject(root, "steps");
    for (size_t i = 0; i < plan->count; i++) cJSON_AddItemToArray(steps, step_to_json(room, &plan->steps[i]));
    cleanup_free char *printed = cJSON_Print(root);
    puts(printed);
    cJSON_Delete(root);
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
