#include <string.h>

#include "common/memory.h"
#include "host-setup/merge.h"
#include "host-setup/plan.h"
#include "host-setup/state.h"

static char *package_source(const struct setup_settings *settings, const struct look *look,
                            struct error **error) {
    const char *given = settings->values[SETUP_AGENT_PACKAGE];
    if (given) return memory_copy(given);
    char *url = look->architecture ? agent_package_url(look->system, look->architecture) : NULL;
    if (!url)
        error_set(error, SETUP_FAILED,
                  "'%s' has no package of the agent for this machine: give one by --agent-package",
                  look->system->name);
    return url;
}

/* The signature lies beside AWS's packages; what a person names has to come with a digest, unless it is a file. */
static bool plan_fetch(const struct setup_settings *settings, struct setup_plan *plan, char *source,
                       const char *kind, struct error **error) {
    const char *digest = settings->values[SETUP_AGENT_SHA256];
    struct setup_step *step =
        plan_step(plan, STEP_FETCH, "agent-download", message_make(MESSAGE_STEP_FETCH, source, NULL));
    step->source = source;
    step->path = memory_format(STATE_DIRECTORY "/" AGENT_PACKAGE ".%s", kind);
    step->digest = digest ? memory_copy(digest) : NULL;
    step->mode = 0600;
    if (digest || !settings->values[SETUP_AGENT_PACKAGE] || !strstr(source, "://")) return true;
    return error_set(error, SETUP_MISSING, "'--agent-sha256' is needed for what comes from a URL of yours");
}

static bool plan_install(const struct setup_settings *settings, const struct look *look,
                         struct setup_plan *plan, struct error **error) {
    const struct agent_system *system = look->system;
    if (look->agent_installed) {
        plan_step(plan, STEP_THERE, "agent-install", memory_copy(message_text(MESSAGE_STEP_AGENT_THERE)));
        return true;
    }
    if (!look->agent_home) {
        struct setup_step *home =
            plan_step(plan, STEP_TREE, "agent-home", memory_copy(message_text(MESSAGE_STEP_AGENT_STATE)));
        home->path = memory_copy(AGENT_HOME);
    }
    bool from_file = settings->values[SETUP_AGENT_PACKAGE] || !system->install;
    cleanup_free char *file = memory_format(STATE_DIRECTORY "/" AGENT_PACKAGE ".%s", system->kind);
    if (from_file) {
        char *source = package_source(settings, look, error);
        if (!source || !plan_fetch(settings, plan, source, system->kind, error)) return false;
    }
    struct setup_step *step = plan_step(plan, STEP_RUN, "agent-install",
                                        message_make(MESSAGE_STEP_AGENT_INSTALL, system->name, NULL));
    plan_words(&step->command, from_file ? system->install_file : system->install, from_file ? file : NULL);
    plan_words(&step->undo, system->uninstall, AGENT_PACKAGE);
    step->undo_if = AGENT_CTL; /* rpm -e of what did not come to be installed is an error */
    return true;
}

static void plan_write_config(const struct look *look, struct setup_plan *plan, char *bytes) {
    if (look->config) {
        struct setup_step *backup =
            plan_step(plan, STEP_WRITE, "agent-backup", memory_copy(message_text(MESSAGE_STEP_BACKUP)));
        backup->path = memory_copy(AGENT_CONFIG ".before-appsig");
        backup->bytes = memory_copy(look->config);
        backup->length = strlen(look->config);
        backup->mode = 0644;
    }
    struct setup_step *config =
        plan_step(plan, STEP_WRITE, "agent-config", memory_copy(message_text(MESSAGE_STEP_CONFIG)));
    config->path = memory_copy(AGENT_CONFIG);
    config->bytes = bytes;
    config->length = strlen(bytes);
    config->mode = 0644;
}

/* Undone backwards: the files first, then what runs by them. */
static void plan_before_start(const struct look *look, struct setup_plan *plan) {
    if (look->booted && look->agent_installed) {
        struct setup_step *again = plan_step(plan, STEP_UNDO_ONLY, "agent-again",
                                             message_make(MESSAGE_STEP_UNDO_START, AGENT_UNIT, NULL));
        plan_words(&again->undo, look->agent_running ? "systemctl restart" : "systemctl stop", AGENT_UNIT);
    }
    if (look->agent_installed && look->booted && !look->agent_enabled) {
        struct setup_step *disable = plan_step(plan, STEP_UNDO_ONLY, "agent-disable",
                                               message_make(MESSAGE_STEP_UNDO_START, AGENT_UNIT, NULL));
        plan_words(&disable->undo, "systemctl disable", AGENT_UNIT);
    }
    struct setup_step *tree =
        plan_step(plan, STEP_TREE, "agent-state", memory_copy(message_text(MESSAGE_STEP_AGENT_STATE)));
    tree->path = memory_copy(AGENT_HOME "/etc");
}

static void plan_start(const struct setup_settings *settings, const struct look *look,
                       struct setup_plan *plan) {
    const char *mode = settings->values[SETUP_AGENT_MODE];
    bool on_premise = mode && strcmp(mode, "auto") != 0 ? strcmp(mode, "onPremise") == 0 : !look->ec2;
    if (!look->booted) {
        struct setup_step *enable =
            plan_step(plan, STEP_RUN, "agent-enable", memory_copy(message_text(MESSAGE_STEP_AGENT_ENABLE)));
        plan_words(&enable->command, "systemctl enable", AGENT_UNIT);
        plan_words(&enable->undo, "systemctl disable", AGENT_UNIT);
        return;
    }
    const char *words[AGENT_FETCH_WORDS];
    agent_fetch_words(on_premise, "file:" AGENT_CONFIG, words);
    /* several files are several owners': ours is added to them */
    if (look->config_count > 1) words[2] = "append-config";
    struct setup_step *step =
        plan_step(plan, STEP_RUN, "agent-start", memory_copy(message_text(MESSAGE_STEP_AGENT_FETCH)));
    for (size_t i = 0; words[i]; i++) strings_add(&step->command, words[i]);
}

bool plan_agent(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
                struct error **error) {
    struct merge merge;
    merge_config(look->config, settings->verb != VERB_BACKEND, &merge);
    if (merge.complaint) {
        bool result = error_set(error, SETUP_FAILED, "'%s' %s: it is left as it is", look->config_path,
                                merge.complaint);
        merge_free(&merge);
        return result;
    }
    for (size_t i = 0; i < merge.notes.count; i++) strings_add(&plan->notes, merge.notes.items[i]);
    bool good = plan_install(settings, look, plan, error), writes = merge.changed;
    if (good && (writes || (look->booted && !look->agent_running))) plan_before_start(look, plan);
    if (good && writes)
        plan_write_config(look, plan, steal_pointer(&merge.bytes));
    else if (good)
        plan_step(plan, STEP_THERE, "agent-config", memory_copy(message_text(MESSAGE_STEP_CONFIG_THERE)));
    bool waiting = look->config_path && strcmp(look->config_path, AGENT_CONFIG) == 0;
    if (good && !writes && !waiting && look->booted && !look->agent_running) {
        struct setup_step *start =
            plan_step(plan, STEP_RUN, "agent-start", memory_copy(message_text(MESSAGE_STEP_AGENT_FETCH)));
        plan_words(&start->command, AGENT_CTL " -a start", NULL);
    } else if (good && (writes || (look->booted && !look->agent_running))) {
        plan_start(settings, look, plan);
    }
    merge_free(&merge);
    return good;
}
