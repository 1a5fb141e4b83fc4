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
#include "host-setup/tell_plan.h"
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

static int show_plan(const struct setup_settings *settings, struct room *room, struct error **error) {
    struct look look = {0};
    struct setup_plan plan = {0};
    struct state state = {.lock = -1};
    bool json = settings->values[SETUP_JSON] != NULL;
    if (look_gather(room, settings, &look, error) && plan_host(settings, &look, &plan, error) &&
        (!look.root_user || state_read(room, &state, error))) {
        if (state.finished < state.count) strings_add(&plan.notes, message_text(MESSAGE_RESULT_UNFINISHED));
        tell_plan(room, &plan, json);
    } else {
        struct tell tell;
        tell_open(&tell, json);
        leave(&tell, *error, NULL);
    }
    state_free(&state);
    plan_host_free(&plan);
    look_free(&look);
    return *error ? (*error)->exit_code : SETUP_DONE;
}

static bool open_state(struct state *state, struct error **error) {
    if (state->lock >= 0) return true;
    if (!state_open(state, error)) return false;
    room_catch_interrupts();
    return true;
}

/* What is left of a run that was killed is neither the host as it was nor as it should be: nothing can be planned on it. */
static bool put_back_unfinished(struct room *room, struct state *state, struct tell *tell,
                                struct error **error) {
    if (geteuid() != 0) return true;
    if (!state_read(room, state, error)) return false;
    if (state->finished == state->count) return true;
    tell_line(tell, message_text(MESSAGE_RESULT_UNFINISHED));
    return open_state(state, error) && apply_undo(state, state->finished, tell, error);
}

/* The outcome, or NULL and *error. */
static const char *do_plan(const struct setup_settings *settings, const struct look *look,
                           struct setup_plan *plan, struct state *state, struct tell *tell,
                           struct error **error) {
    if (!open_state(state, error) || !apply_steps(plan, look, state, tell, error)) return NULL;
    bool flowing = !look->booted || *settings->root || flows(settings, state->room, tell);
    tell_line(tell, message_text(MESSAGE_RESULT_DONE));
    return flowing ? "done" : "found something";
}

int verb_set_up(const struct setup_settings *settings, struct room *room, bool asked, struct error **error) {
    if (settings->values[SETUP_PLAN]) return show_plan(settings, room, error);
    struct look look = {0};
    struct setup_plan plan = {0};
    struct state state = {.lock = -1};
    struct tell tell;
    const char *outcome = NULL;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    if (put_back_unfinished(room, &state, &tell, error) && look_gather(room, settings, &look, error) &&
        plan_host(settings, &look, &plan, error)) {
        bool work = plan_host_has_work(&plan);
        if (asked && work)
            tell_steps(&plan);
        else
            tell_lines(&tell, &plan.notes);
        if (!work) tell_line(&tell, message_text(MESSAGE_PLAN_NOTHING));
        outcome = !work ? "nothing to do" : "left as it was";
        if (work && (!asked || menu_proceed()))
            outcome = do_plan(settings, &look, &plan, &state, &tell, error);
    }
    state_free(&state);
    plan_host_free(&plan);
    look_free(&look);
    bool found = text_equal(outcome, "found something");
    int code = leave(&tell, *error, outcome);
    return found ? SETUP_FOUND : code;
}

int verb_verify(const struct setup_settings *settings, struct room *room) {
    struct tell tell;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    if (tell.json) tell.checks = cJSON_CreateArray();
    size_t bad = verify_host(settings, room, false, tell.checks);
    tell_close(&tell, bad ? "found something" : "all is well", NULL);
    return bad ? SETUP_FOUND : SETUP_DONE;
}

static void tell_entry(struct tell *tell, const struct state_entry *entry) {
    static const struct {
        const char *id;
        enum message_id text;
    } rows[] = {{"made", MESSAGE_STATUS_MADE},
                {"changed", MESSAGE_STATUS_CHANGED},
                {"undone by", MESSAGE_STATUS_UNDONE_BY}};
    size_t row = entry->kind == ENTRY_COMMAND ? 2 : entry->saved != NULL;
    cleanup_free char *line = message_make(rows[row].text, entry->what, NULL);
    tell_end(tell, rows[row].id, tell->json ? entry->what : line, NULL);
}

int verb_status(const struct setup_settings *settings, struct room *room, struct error **error) {
    struct tell tell;
    struct state state;
    tell_open(&tell, settings->values[SETUP_JSON] != NULL);
    bool good = state_read(room, &state, error);
    if (good && state.count == 0) tell_line(&tell, message_text(MESSAGE_RESULT_NOT_SET_UP));
    if (good && state.finished < state.count) tell_line(&tell, message_text(MESSAGE_RESULT_UNFINISHED));
    for (size_t i = 0; good && i < state.count; i++) tell_entry(&tell, &state.entries[i]);
    state_free(&state);
    return leave(&tell, *error, "status");
}

int verb_undo(const struct setup_settings *settings, struct room *room, struct error **error) {
    struct tell tell;
    struct state state;
    bool json = settings->values[SETUP_JSON] != NULL;
    const char *outcome = "undone";
    bool good = state_read(room, &state, error);
    if (good && settings->values[SETUP_PLAN]) {
        tell_undo(&state, json);
        state_free(&state);
        return SETUP_DONE;
    }
    tell_open(&tell, json);
    if (good && geteuid() != 0) good = error_set(error, SETUP_FAILED, "'root' is needed: run this with sudo");
    if (good && state.count == 0) {
        tell_line(&tell, message_text(MESSAGE_RESULT_NOTHING_TO_UNDO));
        outcome = "nothing to undo";
    }
    /* a run that was killed before its first change leaves its directory */
    if (good && (state.count || state_is_there(&state)) && open_state(&state, error) && state.count &&
        apply_undo(&state, 0, &tell, error))
        tell_line(&tell, message_text(MESSAGE_RESULT_CLEAN));
    state_free(&state);
    return leave(&tell, *error, outcome);
}
