#include "host-setup/verbs.h"

#include <stdio.h>
#include <unistd.h>

#include "common/memory.h"
#include "host-setup/apply.h"
#include "host-setup/look.h"
#include "host-setup/menu.h"
#include "host-setup/messages.h"
#include "host-setup/plan.h"
#include "host-setup/state.h"
#include "host-setup/tell.h"
#include "host-setup/verify.h"

static int leave(struct tell *tell, const struct error *error, const char *outcome) {
    tell_close(tell, error ? "failed" : outcome, error ? error->message : NULL);
    return error ? error->exit_code : SETUP_DONE;
}

/* What was done is of use only where data flows. */
static bool flows(const struct setup_settings *settings, const struct room *room, struct tell *tell) {
    if (tell->json) tell->checks = cJSON_CreateArray();
    return verify_host(settings, room, true, tell->checks) == 0;
}

static int do_plan(const struct setup_settings *settings, struct room *room, const struct look *look,
                   struct setup_plan *plan, struct error **error) {
    struct tell tell;
    struct state state = {.lock = -1};
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    for (size_t i = 0; i < plan->notes.count; i++) tell_line(&tell, plan->notes.items[i]);
    bool good = state_read(room, &state, error) && state_open(&state, error), found = false;
    if (good) {
        room_catch_interrupts();
        good = apply_steps(plan, look, &state, &tell, error);
    }
    if (good) found = look->booted && !*settings->root && !flows(settings, room, &tell);
    if (good) tell_line(&tell, message_text(MESSAGE_RESULT_DONE));
    state_free(&state);
    int code = leave(&tell, *error, "done");
    return found ? SETUP_FOUND : code;
}

int verb_set_up(const struct setup_settings *settings, struct room *room, bool asked, struct error **error) {
    struct look look;
    struct setup_plan plan = {0};
    bool json = settings->values[SETUP_JSON] != NULL;
    int code = SETUP_DONE;
    if (!look_gather(room, settings, &look, error) || !plan_host(settings, &look, &plan, error)) {
        code = (*error)->exit_code;
    } else if (settings->values[SETUP_PLAN]) {
        tell_plan(room, &plan, json);
    } else if (!plan_host_has_work(&plan)) {
        struct tell tell;
        tell_open(&tell, json);
        tell_line(&tell, message_text(MESSAGE_PLAN_NOTHING));
        code = leave(&tell, NULL, "nothing to do");
    } else {
        if (asked) tell_steps(&plan);
        if (!asked || menu_proceed()) code = do_plan(settings, room, &look, &plan, error);
    }
    plan_host_free(&plan);
    look_free(&look);
    return code;
}

int verb_verify(const struct setup_settings *settings, struct room *room) {
    struct tell tell;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    if (tell.json) tell.checks = cJSON_CreateArray();
    size_t bad = verify_host(settings, room, false, tell.checks);
    tell_close(&tell, bad ? "found something" : "all is well", NULL);
    return bad ? SETUP_FOUND : SETUP_DONE;
}

int verb_status(const struct setup_settings *settings, struct room *room, struct error **error) {
    struct tell tell;
    struct state state;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    bool good = state_read(room, &state, error);
    if (good && state.count == 0) tell_line(&tell, message_text(MESSAGE_RESULT_NOT_SET_UP));
    for (size_t i = 0; good && i < state.count; i++)
        if (state.entries[i].kind != ENTRY_COMMAND)
            tell_end(&tell, state.entries[i].saved ? "changed" : "made", state.entries[i].path, NULL);
    for (size_t i = 0; good && i < state.count; i++)
        if (state.entries[i].kind == ENTRY_COMMAND) tell_end(&tell, "undone by", state.entries[i].what, NULL);
    state_free(&state);
    return leave(&tell, *error, "status");
}

int verb_undo(const struct setup_settings *settings, struct room *room, struct error **error) {
    struct tell tell;
    struct state state;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    bool good = state_read(room, &state, error);
    if (good && geteuid() != 0) good = error_set(error, SETUP_FAILED, "'root' is needed: run this with sudo");
    if (good && state.count == 0) {
        tell_line(&tell, message_text(MESSAGE_RESULT_NOTHING_TO_UNDO));
    } else if (good && settings->values[SETUP_PLAN]) {
        for (size_t i = state.count; i > 0; i--) tell_line(&tell, state.entries[i - 1].what);
    } else if (good && state_open(&state, error)) {
        room_catch_interrupts();
        if (apply_undo(&state, &tell, error)) tell_line(&tell, message_text(MESSAGE_RESULT_CLEAN));
    }
    state_free(&state);
    return leave(&tell, *error, "undone");
}
