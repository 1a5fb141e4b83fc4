#include "host-setup/tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "host-setup/messages.h"

void tell_open(struct tell *tell, bool json) {
    *tell = (struct tell){.json = json, .terminal = !json && isatty(STDOUT_FILENO)};
    if (json) tell->steps = cJSON_CreateArray();
    if (json) tell->notes = cJSON_CreateArray();
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
    if (tell->json)
        cJSON_AddItemToArray(tell->notes, cJSON_CreateString(line));
    else
        puts(line);
}

void tell_lines(struct tell *tell, const struct strings *lines) {
    for (size_t i = 0; i < lines->count; i++) {
        cleanup_free char *line = memory_format("%s%s", tell->json ? "" : "! ", lines->items[i]);
        tell_line(tell, line);
    }
}

void tell_close(struct tell *tell, const char *outcome, const char *failure) {
    if (!tell->json) return;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "outcome", outcome);
    if (failure) cJSON_AddStringToObject(root, "error", failure);
    cJSON_AddItemToObject(root, "notes", tell->notes);
    cJSON_AddItemToObject(root, "steps", tell->steps);
    if (tell->checks) cJSON_AddItemToObject(root, "checks", tell->checks);
    cleanup_free char *printed = cJSON_Print(root);
    puts(printed);
    cJSON_Delete(root);
    *tell = (struct tell){0};
}
