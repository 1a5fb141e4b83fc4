#include "host-setup/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/effects.h"
#include "host-setup/fetch.h"
#include "host-setup/pip.h"

struct run {
    struct setup_plan *plan;
    const struct look *look;
    struct state *state;
    struct tell *tell;
};

static const struct identity_of *identity(const struct run *run, const struct setup_step *step) {
    return step->as_owner && run->look->has_app ? &run->plan->owner : NULL;
}

static bool fail_path(const char *path, int failure, struct error **error) {
    return error_set(error, SETUP_FAILED, "'%s' cannot be written: %s", path, strerror(failure));
}

/* The last line that says something. */
static char *last_line(const struct text *output) {
    const char *bytes = output->bytes ? output->bytes : "", *end = bytes + strlen(bytes);
    while (end > bytes && strchr(" \t\r\n", end[-1])) end--;
    const char *begin = end;
    while (begin > bytes && begin[-1] != '\n') begin--;
    cleanup_free char *line = memory_copy_bytes(begin, (size_t)(end - begin));
    return text_printable(line, 300);
}

static bool fail_command(const struct setup_step *step, const struct outcome *outcome, struct error **error) {
    cleanup_free char *shown = room_show(step->command.items), *line = last_line(&outcome->output);
    if (room_interrupted()) return error_set(error, SETUP_FAILED, "'%s' was interrupted", shown);
    return error_set(error, SETUP_FAILED, "'%s' ended with %d: %s", shown, outcome->code, line);
}

static bool remember_command(const struct run *run, const struct setup_step *step, struct error **error) {
    if (!step->undo.count) return true;
    struct state_entry entry = {.kind = ENTRY_COMMAND, .what = room_show(step->undo.items)};
    strings_add_all(&entry.command, step->undo.items);
    entry.path = step->undo_if ? memory_copy(step->undo_if) : NULL;
    const struct identity_of *who = identity(run, step);
    if (who) {
        entry.identity = *who;
        entry.home = memory_copy(who->home);
    }
    return state_add(run->state, entry, error);
}

static bool do_run(const struct run *run, const struct setup_step *step, struct error **error) {
    cleanup_outcome struct outcome outcome = {0};
    if (!remember_command(run, step, error)) return false;
    room_run(run->state->room, step->command.items, identity(run, step), &outcome);
    if (outcome.code == 0 && !room_interrupted()) return true;
    return fail_command(step, &outcome, error);
}

/* Notes the directories above the step's path that are not there; makes them, unless a command is going to. */
static bool note_parents(const struct run *run, const struct setup_step *step, bool make,
                         struct error **error) {
    cleanup_free char *path = memory_copy(step->path);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        cleanup_free char *whole = room_path(run->state->room, path);
        if (!files_exists(whole)) {
            struct state_entry entry = {
                .kind = ENTRY_DIRECTORY, .what = memory_copy(path), .path = memory_copy(path)};
            if (!state_add(run->state, entry, error)) return false;
            if (make && mkdir(whole, 0755) != 0) return fail_path(whole, errno, error);
        }
        *slash = '/';
    }
    return true;
}

/* A copy first, then its entry, then the change: what the journal names is always whole. */
static bool remember_path(const struct run *run, const struct setup_step *step, enum entry_kind kind,
                          struct error **error) {
    struct state_entry entry = {
        .kind = kind, .what = memory_copy(step->path), .path = memory_copy(step->path)};
    cleanup_free char *whole = room_path(run->state->room, step->path), *copy = NULL;
    struct stat status;
    int failure = 0;
    if (lstat(whole, &status) == 0) {
        entry.saved = state_copy_path(run->state);
        copy = room_path(run->state->room, entry.saved);
        failure = effect_copy_tree(whole, copy);
    }
    if (!failure) return state_add(run->state, entry, error);
    effect_remove_tree(copy);
    free(entry.what);
    free(entry.path);
    free(entry.saved);
    return fail_path(copy, failure, error);
}

static bool do_tree(const struct run *run, const struct setup_step *step, struct error **error) {
    return note_parents(run, step, false, error) && remember_path(run, step, ENTRY_TREE, error);
}

static bool write_bytes(const struct run *run, const struct setup_step *step, const char *bytes,
                        size_t length, struct error **error) {
    const struct identity_of *who = identity(run, step);
    cleanup_free char *whole = room_path(run->state->room, step->path);
    /* a copy of a directory could not be renamed back over it */
    if (files_is_directory(whole)) return fail_path(whole, EISDIR, error);
    if (!note_parents(run, step, true, error) || !remember_path(run, step, ENTRY_FILE, error)) return false;
    int failure = effect_write(whole, bytes, length, step->mode, who ? who->user : (uid_t)-1,
                               who ? who->group : (gid_t)-1);
    return failure == 0 || fail_path(whole, failure, error);
}

static bool do_write(const struct run *run, const struct setup_step *step, struct error **error) {
    return write_bytes(run, step, step->bytes, step->length, error);
}

static bool do_fetch(const struct run *run, const struct setup_step *step, struct error **error) {
    cleanup_free char *bytes = NULL;
    size_t length;
    return fetch_file(run->state->room, step->source, step->digest, run->tell, &bytes, &length, error) &&
           write_bytes(run, step, bytes, length, error);
}

static void keep_added(struct setup_plan *plan, const struct pip_report *report) {
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].kind == STEP_PIP_INSTALL)
            for (size_t j = 0; j < report->added.count; j++)
                strings_add(&plan->steps[i].undo, report->added.items[j]);
}

static bool do_pip_check(const struct run *run, const struct setup_step *step, struct error **error) {
    cleanup_outcome struct outcome outcome = {0};
    struct pip_report report;
    room_run(run->state->room, step->command.items, identity(run, step), &outcome);
    if (outcome.code != 0) return fail_command(step, &outcome, error);
    bool good = pip_report_read(outcome.only_output.bytes, &run->look->app.packages, &report);
    if (!good) {
        cleanup_free char *shown = room_show(step->command.items);
        error_set(error, SETUP_FAILED,
                  "'%s' gave no report: the virtual environment's pip is older than 22.2", shown);
    } else if (report.changed.count) {
        cleanup_free char *changed = strings_listed(&report.changed);
        good = error_set(
            error, SETUP_FAILED,
            "'%s' would change packages of the app (%s): pin an older ADOT by --adot, or change the app's "
            "own requirement first",
            run->look->app.venv, changed);
    } else {
        keep_added(run->plan, &report);
    }
    pip_report_free(&report);
    return good;
}

/* pip leaves the directories of namespace packages behind. */
static bool remember_directories(const struct run *run, struct error **error) {
    const char *venv = run->look->app.venv;
    cleanup_free char *whole = room_path(run->state->room, venv), *path = state_copy_path(run->state);
    cleanup_free char *copy = room_path(run->state->room, path);
    cleanup_text struct text list = {0};
    effect_list_directories(whole, &list);
    int failure = effect_write(copy, list.bytes ? list.bytes : "", list.length, 0600, (uid_t)-1, (gid_t)-1);
    if (failure) return fail_path(copy, failure, error);
    struct state_entry entry = {.kind = ENTRY_EMPTIED,
                                .what = memory_copy(venv),
                                .path = memory_copy(venv),
                                .saved = steal_pointer(&path)};
    return state_add(run->state, entry, error);
}

static bool do_pip_install(const struct run *run, const struct setup_step *step, struct error **error) {
    /* nothing new: an undo has nothing to name */
    struct setup_step plain = *step;
    enum { BARE = 5 }; /* python -m pip uninstall --yes */
    if (step->undo.count <= BARE) plain.undo = (struct strings){0};
    return remember_directories(run, error) && do_run(run, &plain, error);
}

static bool do_undo_only(const struct run *run, const struct setup_step *step, struct error **error) {
    return remember_command(run, step, error);
}

static bool do_nothing(const struct run *run, const struct setup_step *step, struct error **error) {
    (void)run;
    (void)step;
    (void)error;
    return true;
}

static bool (*const doers[])(const struct run *, const struct setup_step *, struct error **) = {
    [STEP_THERE] = do_nothing,       [STEP_RUN] = do_run,
    [STEP_UNDO_ONLY] = do_undo_only, [STEP_WRITE] = do_write,
    [STEP_FETCH] = do_fetch,         [STEP_TREE] = do_tree,
    [STEP_PIP_CHECK] = do_pip_check, [STEP_PIP_INSTALL] = do_pip_install,
};

static bool quiet(const struct setup_step *step) {
    return step->kind == STEP_UNDO_ONLY || step->kind == STEP_TREE;
}

bool apply_steps(struct setup_plan *plan, const struct look *look, struct state *state, struct tell *tell,
                 struct error **error) {
    struct run run = {plan, look, state, tell};
    size_t first = state->count;
    state->room->tick = tell_seconds;
    state->room->context = tell;
    bool good = true;
    for (size_t i = 0; good && i < plan->count; i++) {
        struct setup_step *step = &plan->steps[i];
        if (!quiet(step)) tell_begin(tell, step->what);
        good = doers[step->kind](&run, step, error);
        if (good && room_interrupted())
            good = error_set(error, SETUP_FAILED, "'%s': %s", step->what,
                             message_text(MESSAGE_RESULT_INTERRUPTED));
        if (!quiet(step) || !good) tell_end(tell, step->id, step->what, good ? NULL : (*error)->message);
    }
    if (good && state_finish(state, error)) return true;
    room_forget_interrupt();
    tell_line(tell, message_text(MESSAGE_RESULT_RETURNING));
    size_t stayed = state_take_back(state, first, tell_taken_back, tell);
    tell_line(tell, message_text(stayed ? MESSAGE_RESULT_LEFT : MESSAGE_RESULT_CLEAN));
    return false;
}

bool apply_undo(struct state *state, size_t first, struct tell *tell, struct error **error) {
    state->room->tick = tell_seconds;
    state->room->context = tell;
    size_t stayed = state_take_back(state, first, tell_taken_back, tell);
    if (!stayed) return true;
    return error_set(error, SETUP_FAILED, "'%s' still names %zu changes: %s", STATE_JOURNAL, stayed,
                     message_text(MESSAGE_RESULT_LEFT));
}
