#include "host-setup/verify.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/checks.h"
#include "host-setup/look.h"
#include "host-setup/messages.h"
#include "host-setup/room.h"
#include "host-setup/state.h"
#include "host-setup/unitfile.h"

enum { MOST_LOG = 64 * 1024 * 1024, LOG_LINES = 5 };

static const char *const states[] = {
    [CHECK_GOOD] = "good", [CHECK_BAD] = "bad", [CHECK_LEFT_OUT] = "left out"};
static const char *const marks[] = {[CHECK_GOOD] = "✓", [CHECK_BAD] = "✗", [CHECK_LEFT_OUT] = "-"};

/* The unit that the journal says was wrapped; owned by the caller, or NULL. */
static char *wrapped_unit(const struct room *room) {
    struct room reading = *room;
    struct state state;
    struct error *ignored = NULL;
    char *unit = NULL;
    bool good = state_read(&reading, &state, &ignored);
    for (size_t i = 0; good && i < state.count; i++) {
        const char *path = state.entries[i].path;
        if (!path || !text_ends(path, ".service.d/" OUR_DROP_IN)) continue;
        cleanup_free char *folder = text_directory(path);
        const char *name = text_base_name(folder);
        free(unit);
        unit = memory_copy_bytes(name, strlen(name) - strlen(".d"));
    }
    error_free(&ignored);
    state_free(&state);
    return unit;
}

static void find_app(struct check_context *context) {
    const char *unit = context->settings->values[SETUP_UNIT], *venv = context->settings->values[SETUP_VENV];
    context->unit = unit ? memory_copy(unit) : wrapped_unit(context->room);
    context->venv = venv ? memory_copy(venv) : NULL;
    if (!context->unit || context->venv) return;
    struct unitfile file;
    unitfile_read(context->room, context->unit, &file);
    context->venv = unitfile_venv(context->room, &file);
    unitfile_free(&file);
}

static void last_of_log(const struct room *room, struct strings *last) {
    cleanup_free char *path = room_path(room, AGENT_LOG), *bytes = NULL;
    size_t length;
    if (files_read(path, MOST_LOG, &bytes, &length) != 0) return;
    const char *begin = bytes + length;
    for (int lines = 0; begin > bytes && lines <= LOG_LINES; begin -= lines <= LOG_LINES)
        lines += begin[-1] == '\n';
    for (const char *at = begin; *at;) {
        size_t size = strcspn(at, "\n");
        cleanup_free char *line = memory_copy_bytes(at, size);
        if (size) strings_add_owned(last, text_printable(line, 300));
        at += size + (at[size] == '\n');
    }
}

static void show(const struct check_context *context, const struct check_row *row,
                 const struct check_result *result, bool log, cJSON *list) {
    cleanup_strings struct strings lines = {0};
    if (log) last_of_log(context->room, &lines);
    if (list) {
        cJSON *node = cJSON_CreateObject();
        cJSON_AddStringToObject(node, "id", row->id);
        cJSON_AddStringToObject(node, "state", states[result->state]);
        cJSON_AddStringToObject(node, "evidence", result->evidence);
        if (result->next) cJSON_AddStringToObject(node, "next", result->next);
        if (lines.count)
            cJSON_AddItemToObject(
                node, "log", cJSON_CreateStringArray((const char *const *)lines.items, (int)lines.count));
        cJSON_AddItemToArray(list, node);
        return;
    }
    printf("  %s %s: %s\n", marks[result->state], check_words(row->english, row->korean), result->evidence);
    if (result->next) printf("      → %s\n", result->next);
    for (size_t i = 0; i < lines.count; i++) printf("      | %s\n", lines.items[i]);
}

static void run_row(const struct check_context *context, const struct check_row *row,
                    struct check_result *result) {
    bool no_app = row->of_app && !context->unit, no_system = row->of_system && !context->look->booted;
    if (no_app)
        check_left_out(result, memory_copy(check_words("no app was set up here (--unit names one)",
                                                       "설정된 앱이 없습니다 (--unit으로 지정)")));
    else if (no_system || (row->of_system && *context->room->root))
        check_left_out(result, memory_copy(check_words("nothing runs here", "실행 중인 시스템이 아닙니다")));
    else
        row->check(context, result);
}

size_t verify_host(const struct setup_settings *settings, const struct room *room, bool settling,
                   cJSON *list) {
    struct look look;
    look_at_host(room, &look);
    struct check_context context = {.settings = settings, .room = room, .look = &look, .settling = settling};
    find_app(&context);
    bool logged = false;
    size_t bad = 0;
    for (size_t i = 0; i < check_row_count && !room_interrupted(); i++) {
        struct check_result result = {0};
        run_row(&context, &check_rows[i], &result);
        bool log = result.state == CHECK_BAD && check_rows[i].of_agent && !logged;
        show(&context, &check_rows[i], &result, log, list);
        logged = logged || log;
        bad += result.state == CHECK_BAD;
        check_result_free(&result);
    }
    free(context.unit);
    free(context.venv);
    look_free(&look);
    return bad;
}
