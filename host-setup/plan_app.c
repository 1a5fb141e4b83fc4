#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/memory.h"
#include "gen/conf.h"
#include "host-setup/plan.h"

#define UNIT_FOLDER "/etc/systemd/system"

static const char *adot_of(const struct setup_settings *settings) {
    const char *given = settings->values[SETUP_ADOT];
    return given ? given : setup_options[SETUP_ADOT].default_value;
}

void plan_app_check(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan) {
    if (look->app.adot && !settings->values[SETUP_ADOT]) return;
    struct setup_step *step =
        plan_step(plan, STEP_PIP_CHECK, "pip-check", memory_copy(message_text(MESSAGE_STEP_PIP_CHECK)));
    strings_add(&step->command, look->app.python);
    plan_words(&step->command, "-m pip install --no-cache-dir --dry-run --quiet --report -",
               adot_of(settings));
    step->as_owner = true;
}

static void plan_packages(const struct setup_settings *settings, const struct look *look,
                          struct setup_plan *plan) {
    const struct app *app = &look->app;
    if (app->adot && !settings->values[SETUP_ADOT]) {
        plan_step(plan, STEP_THERE, "pip-install", message_make(MESSAGE_STEP_ADOT_THERE, app->venv, NULL));
        return;
    }
    struct setup_step *step = plan_step(plan, STEP_PIP_INSTALL, "pip-install",
                                        message_make(MESSAGE_STEP_PIP_INSTALL, app->venv, NULL));
    strings_add(&step->command, app->python);
    plan_words(&step->command, "-m pip install --no-cache-dir --disable-pip-version-check",
               adot_of(settings));
    strings_add(&step->undo, app->python);
    plan_words(&step->undo, "-m pip uninstall --yes", NULL);
    step->as_owner = true;
}

static void plan_shim(const struct setup_settings *settings, const struct look *look,
                      struct setup_plan *plan) {
    const struct app *app = &look->app;
    if (app->shim_there) {
        plan_step(plan, STEP_THERE, "shim", message_make(MESSAGE_STEP_SHIM_THERE, app->shim, NULL));
        return;
    }
    struct setup_step *step = plan_step(plan, app->shim_bytes ? STEP_WRITE : STEP_FETCH, "shim",
                                        message_make(MESSAGE_STEP_SHIM, app->shim, NULL));
    step->path = memory_copy(app->shim);
    step->mode = 0755;
    step->as_owner = true;
    step->binary = true;
    if (app->shim_bytes) {
        step->bytes = memory_copy_bytes(app->shim_bytes, app->shim_length);
        step->length = app->shim_length;
    } else {
        step->source = memory_copy(settings->values[SETUP_SHIM]);
    }
    const char *digest = settings->values[SETUP_SHIM_SHA256];
    step->digest = digest ? memory_copy(digest) : NULL;
}

/* conf/app.service with its "@NAME@" filled in. */
static char *unit_text(const struct setup_settings *settings, const struct look *look) {
    const char *user = settings->values[SETUP_USER];
    const struct {
        const char *name, *value;
    } rows[] = {{"@DESCRIPTION@", look->app.unit.name},
                {"@USER@", user ? user : look->app.owner_name},
                {"@DIRECTORY@", settings->values[SETUP_APP_DIRECTORY]},
                {"@COMMAND@", settings->values[SETUP_COMMAND]}};
    struct text out = {0};
    for (const char *at = conf_app_service; *at;) {
        size_t row = 0;
        while (row < array_length(rows) && !text_starts(at, rows[row].name)) row++;
        if (row == array_length(rows)) {
            text_add_char(&out, *at++);
            continue;
        }
        text_add(&out, rows[row].value);
        at += strlen(rows[row].name);
    }
    return text_take(&out);
}

/* A value inside double quotes of Environment=: systemd.exec(5) unescapes backslashes, and expands "%". */
static void add_environment(struct text *out, const char *name, const char *value) {
    if (!value) return;
    text_add_format(out, "Environment=\"%s=", name);
    for (const char *at = value; *at; at++) {
        if (*at == '"' || *at == '\\') text_add_char(out, '\\');
        if (*at == '%') text_add_char(out, '%');
        text_add_char(out, *at);
    }
    text_add(out, "\"\n");
}

static char *drop_in_text(const struct setup_settings *settings, const struct app *app,
                          const char *const *starts, size_t count, struct error **error) {
    cleanup_text struct text out = {0};
    text_add(&out,
             "# Written by appsig-setup. `appsig-setup undo` takes it back; the unit itself is untouched.\n"
             "[Unit]\nWants=" AGENT_UNIT "\nAfter=" AGENT_UNIT "\n\n[Service]\n");
    add_environment(&out, "APPSIG_SERVICE_NAME", settings->values[SETUP_SERVICE_NAME]);
    add_environment(&out, "APPSIG_ENVIRONMENT", settings->values[SETUP_ENVIRONMENT]);
    add_environment(&out, "APPSIG_LOG_GROUP", settings->values[SETUP_LOG_GROUP]);
    text_add(&out, "ExecStart=\n");
    for (size_t i = 0; i < count; i++) {
        const char *complaint = NULL;
        cleanup_free char *wrapped = unitfile_wrap(starts[i], app->shim, &complaint);
        if (!wrapped) {
            error_set(error, SETUP_FAILED, "'%s' %s: wrap it by hand", app->unit.name, complaint);
            return NULL;
        }
        text_add_format(&out, "ExecStart=%s\n", wrapped);
    }
    return text_take(&out);
}

static void plan_retired(const struct look *look, struct setup_plan *plan) {
    for (size_t i = 0; i < look->app.retired.count && i < array_length(look->retired_active); i++) {
        const char *name = look->app.retired.items[i];
        bool active = look->retired_active[i], enabled = look->retired_enabled[i];
        if (look->booted && !active && !enabled) continue;
        struct setup_step *step =
            plan_step(plan, STEP_RUN, "retire", message_make(MESSAGE_STEP_RETIRE, name, NULL));
        plan_words(&step->command, look->booted ? "systemctl disable --now" : "systemctl disable", name);
        plan_words(&step->undo,
                   !enabled && look->booted ? "systemctl start"
                   : active                 ? "systemctl enable --now"
                                            : "systemctl enable",
                   name);
    }
}

static void plan_unit(const struct setup_settings *settings, const struct look *look,
                      struct setup_plan *plan) {
    const char *name = look->app.unit.name;
    struct setup_step *step =
        plan_step(plan, STEP_WRITE, "unit", message_make(MESSAGE_STEP_UNIT, name, NULL));
    step->path = memory_format(UNIT_FOLDER "/%s", name);
    step->bytes = unit_text(settings, look);
    step->length = strlen(step->bytes);
    step->mode = 0644;
}

/* The unit takes over from one that started with the system. */
static bool takes_over(const struct look *look) {
    bool enabled = !look->booted && look->app.retired.count;
    for (size_t i = 0; i < array_length(look->retired_enabled); i++)
        enabled = enabled || look->retired_enabled[i];
    return enabled && !look->unit_enabled;
}

static void plan_run_unit(const struct setup_settings *settings, const struct look *look,
                          struct setup_plan *plan, bool made) {
    const char *name = look->app.unit.name;
    if (look->booted) {
        struct setup_step *reload =
            plan_step(plan, STEP_RUN, "reload", memory_copy(message_text(MESSAGE_STEP_RELOAD)));
        plan_words(&reload->command, "systemctl daemon-reload", NULL);
    }
    if (made || takes_over(look)) {
        struct setup_step *enable =
            plan_step(plan, STEP_RUN, "unit-enable", message_make(MESSAGE_STEP_UNIT_ENABLE, name, NULL));
        plan_words(&enable->command, "systemctl enable", name);
        plan_words(&enable->undo, "systemctl disable", name);
    }
    bool starts = made || look->unit_active || look->app.retired.count;
    if (!look->booted || !starts || settings->values[SETUP_NO_RESTART]) return;
    struct setup_step *restart =
        plan_step(plan, STEP_RUN, "restart", message_make(MESSAGE_STEP_RESTART, name, NULL));
    plan_words(&restart->command, "systemctl restart", name);
    /* a unit whose file goes runs on */
    if (made) plan_words(&restart->undo, "systemctl stop", name);
}

/* Runs last of the undo: the drop-in is gone by then. */
static void plan_unit_again(const struct look *look, struct setup_plan *plan, bool made) {
    const char *name = look->app.unit.name;
    if (!look->booted) return;
    if (!made) {
        struct setup_step *again =
            plan_step(plan, STEP_UNDO_ONLY, "unit-again", message_make(MESSAGE_STEP_UNDO_START, name, NULL));
        plan_words(&again->undo, look->unit_active ? "systemctl restart" : "systemctl stop", name);
    }
    struct setup_step *reload =
        plan_step(plan, STEP_UNDO_ONLY, "reload-again", memory_copy(message_text(MESSAGE_STEP_RELOAD)));
    plan_words(&reload->undo, "systemctl daemon-reload", NULL);
}

static bool plan_drop_in(const struct setup_settings *settings, const struct look *look,
                         struct setup_plan *plan, struct error **error) {
    const struct app *app = &look->app;
    bool made = !app->unit.path;
    const char *command = settings->values[SETUP_COMMAND];
    const char *const *starts = made ? &command : (const char *const *)app->unit.exec_start.items;
    size_t count = made ? 1 : app->unit.exec_start.count;
    if (count == 0)
        return error_set(error, SETUP_FAILED, "'%s' has no ExecStart= that could be wrapped", app->unit.name);
    cleanup_free char *bytes = drop_in_text(settings, app, starts, count, error);
    if (!bytes) return false;
    if (text_equal(bytes, app->drop_in)) {
        plan_step(plan, STEP_THERE, "drop-in",
                  message_make(MESSAGE_STEP_DROP_IN_THERE, app->unit.name, NULL));
        return true;
    }
    plan_retired(look, plan);
    plan_unit_again(look, plan, made);
    if (made) plan_unit(settings, look, plan);
    struct setup_step *step =
        plan_step(plan, STEP_WRITE, "drop-in", message_make(MESSAGE_STEP_DROP_IN, app->unit.name, NULL));
    step->path = memory_format(UNIT_FOLDER "/%s.d/" OUR_DROP_IN, app->unit.name);
    step->length = strlen(bytes);
    step->bytes = steal_pointer(&bytes);
    step->mode = 0644;
    plan_run_unit(settings, look, plan, made);
    return true;
}

bool plan_app(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
              struct error **error) {
    unitfile_hardening(&look->app.unit, messages_korean(), &plan->notes);
    plan_packages(settings, look, plan);
    plan_shim(settings, look, plan);
    return plan_drop_in(settings, look, plan, error);
}
