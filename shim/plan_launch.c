#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "shim/env_words.h"
#include "shim/environment.h"
#include "shim/plan.h"
#include "shim/wrapper_options.h"

static char *copy_or_null(const char *string) { return string ? memory_copy(string) : NULL; }

static bool explicitly(const struct facts *facts, const char *mode) {
    return text_equal(setting_value(facts->settings, SETTING_LAUNCH), mode);
}

/* The name of the interpreter's flag that hides PYTHONPATH or sitecustomize. */
static enum plan_kind bare(struct plan *plan, const char *what, const char *why) {
    plan_tell(plan, REPORT_WARNING, "'%s' %s: it starts without instrumentation", what, why);
    return PLAN_BARE;
}

static enum plan_kind refuse_or_go_bare(const struct facts *facts, struct plan *plan,
                                        enum plan_kind otherwise) {
    const char *policy = setting_value(facts->settings, SETTING_ON_MISSING_AGENT);
    if (facts->started || agents_healthy(&facts->agents)) return otherwise;
    if (text_equal(policy, "fail")) {
        plan_tell(plan, REPORT_ERROR,
                  "no CloudWatch agent answers, and --on-missing-agent is fail (%s): not started",
                  facts->settings->of[SETTING_ON_MISSING_AGENT].where);
        return PLAN_REFUSED;
    }
    if (!text_equal(policy, "bare")) return otherwise;
    plan_tell(plan, REPORT_WARNING,
              "no CloudWatch agent answers, and --on-missing-agent is bare: the app starts "
              "without instrumentation");
    return PLAN_BARE;
}

static enum plan_kind kind_for_python(const struct facts *facts, struct plan *plan) {
    const struct python *python = &facts->python;
    const char *name = facts->argv[facts->command.program];
    if (python->flag) {
        plan_tell(plan, REPORT_WARNING,
                  "'-%c' makes '%s' ignore what instrumentation needs: it starts without "
                  "instrumentation",
                  python->flag, name);
        return PLAN_BARE;
    }
    if (python->adot == ADOT_ABSENT) {
        plan_tell(plan, REPORT_WARNING,
                  "'%s' has no aws-opentelemetry-distro that it can import: it starts without "
                  "instrumentation (install it with: %s -m pip install aws-opentelemetry-distro)",
                  python->interpreter, python->interpreter);
        return PLAN_BARE;
    }
    if (!python->wrapper && !python->instrumentation)
        return bare(plan, name, "has no opentelemetry-instrument beside it or on PATH");
    return PLAN_WRAPPER;
}

static enum plan_kind kind_of_command(const struct facts *facts, struct plan *plan) {
    if (facts->command.instrumented) return PLAN_AS_GIVEN;
    if (env_words_empty(facts->argv)) return bare(plan, "env -i", "hides every variable from the app");
    bool starts_python =
        facts->python.interpreter || facts->command.kind == COMMAND_PYTHON || facts->command.server;
    if (starts_python && !(facts->command.carrier && facts->command.carrier->kind == CARRIER_RUNNER))
        return kind_for_python(facts, plan);
    if (facts->command.carrier && facts->command.carrier->kind == CARRIER_OTHER_INSTRUMENTATION)
        return bare(plan, facts->argv[0], "instruments the app already");
    return PLAN_STARTED_LATER;
}

enum plan_kind plan_choose_kind(const struct facts *facts, struct plan *plan) {
    if (facts->disabled) {
        plan_tell(plan, REPORT_DEBUG, "'%s' switches everything off: the command runs untouched",
                  facts->disabled_by);
        return PLAN_UNTOUCHED;
    }
    if (facts->agents.foreign) {
        plan_tell(plan, REPORT_NOTICE,
                  "'%s' points at another receiver than the CloudWatch agent: standing down "
                  "(OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true says otherwise)",
                  facts->agents.foreign_variable);
        return PLAN_UNTOUCHED;
    }
    enum plan_kind kind = kind_of_command(facts, plan);
    return kind == PLAN_BARE ? kind : refuse_or_go_bare(facts, plan, kind);
}

char *plan_python_path(const char *before, const char *instrumentation, const char *cwd) {
    cleanup_text struct text rest = {0};
    bool cwd_seen = false, any = false;
    for (const char *at = before && *before ? before : NULL; at;) {
        size_t length = strcspn(at, ":");
        cleanup_free char *part = memory_copy_bytes(at, length);
        if (strcmp(part, cwd) == 0) cwd_seen = true;
        if (strcmp(part, instrumentation) != 0) {
            text_add_format(&rest, "%s%s", any ? ":" : "", part);
            any = true;
        }
        at = at[length] ? at + length + 1 : NULL;
    }
    bool add_cwd = !cwd_seen && strcmp(cwd, instrumentation) != 0;
    return memory_format("%s%s%s%s%s", instrumentation, add_cwd ? ":" : "", add_cwd ? cwd : "",
                         any ? ":" : "", any ? rest.bytes : "");
}

/* argparse gives up on a word that abbreviates several of its options, and takes the first "--" away (measured). */
bool plan_wrapper_rejects(char *const *argv, const char **option) {
    for (; *argv; argv++) {
        if (strcmp(*argv, "--") == 0) {
            *option = *argv;
            return true;
        }
        if (!text_starts(*argv, "--") || strchr(*argv, ' ')) continue;
        size_t length = strcspn(*argv + 2, "=");
        if (length == 0 || wrapper_option_matches(*argv + 2, length) < 2) continue;
        *option = *argv;
        return true;
    }
    return false;
}

/* The wrapper where it works, for what the real program does is right by definition. It shadows a sitecustomize of the
 * app's own, and instruments multiprocessing's helper processes: there ours goes in front, which the wrapper's own
 * directory would shadow in turn. */
static bool takes_wrapper(const struct facts *facts, struct plan *plan) {
    const struct python *python = &facts->python;
    const char *option = NULL;
    bool possible = python->instrumentation != NULL;
    struct env_effect effect;
    bool through_env = env_words_change(facts->argv, "PYTHONPATH", &effect);
    if ((plan->in_front || through_env) && possible && !explicitly(facts, "wrapper")) return false;
    if (explicitly(facts, "direct")) {
        if (!possible)
            plan_tell(plan, REPORT_WARNING,
                      "'%s' cannot be looked into from outside: opentelemetry-instrument "
                      "starts it instead of --launch=direct",
                      facts->argv[facts->command.program]);
        return !possible;
    }
    if (!python->wrapper) {
        plan_tell(plan, REPORT_DEBUG,
                  "no opentelemetry-instrument was found: started as it would have started it");
        return false;
    }
    if (explicitly(facts, "wrapper") || !possible) return true;
    if (plan_wrapper_rejects(facts->argv + 1, &option)) {
        plan_tell(plan, REPORT_DEBUG,
                  "'%s' would be taken by opentelemetry-instrument for its own: started directly", option);
        return false;
    }
    return true;
}

static void launch_by_wrapper(const struct facts *facts, struct plan *plan) {
    plan->kind = PLAN_WRAPPER;
    strings_insert(&plan->argv, 0, facts->python.wrapper);
    plan->executable = memory_copy(facts->python.wrapper);
}

/* What our sitecustomize takes up in each process that is instrumented. */
static const struct extra {
    enum setting_id setting;
    const char *variable, *value, *why;
    const char *file_variable, *file;
} extras[] = {
    {SETTING_CORRELATION, "APPSIG_LOG_CORRELATION", "on", "trace and span ids in the app's log lines",
     "APPSIG_LOG_CORRELATION_FILE", PLAN_LOG_CORRELATION},
    {SETTING_INSTRUMENT, "APPSIG_INSTRUMENT", "used", "a library is instrumented when the app imports it",
     "APPSIG_USED_ONLY_FILE", PLAN_USED_ONLY},
};

static bool is_wanted(const struct facts *facts, const struct extra *extra) {
    return setting_is_on(facts->settings, extra->setting) ||
           text_equal(setting_value(facts->settings, extra->setting), extra->value);
}

static bool any_extra(const struct facts *facts) {
    for (size_t i = 0; i < array_length(extras); i++)
        if (is_wanted(facts, &extras[i])) return true;
    return false;
}

static void add_extras(const struct facts *facts, struct plan *plan) {
    for (size_t i = 0; i < array_length(extras); i++) {
        const struct extra *extra = &extras[i];
        if (!is_wanted(facts, extra)) continue;
        const struct setting *setting = &facts->settings->of[extra->setting];
        plan->hooks[plan->hook_count++] = extra->file;
        plan_change(plan, extra->variable, extra->value, setting->source, setting->where, extra->why);
        cleanup_free char *path = hookfiles_path(&facts->hooks, extra->file);
        plan_change(plan, extra->file_variable, path, setting->source, setting->where,
                    "what our sitecustomize runs for it");
    }
}

/* An env in front of the program would take PYTHONPATH away or put its own in place: its words say the same. */
static void change_python_path(const struct facts *facts, struct plan *plan, const char *path,
                               const char *where, const char *why) {
    plan_change(plan, "PYTHONPATH", path, SOURCE_DISCOVERED, where, why);
    struct env_effect effect;
    if (!env_words_change(facts->argv, "PYTHONPATH", &effect)) return;
    if (effect.assigned) strings_remove(&plan->argv, effect.at);
    cleanup_free char *word = memory_format("PYTHONPATH=%s", path);
    strings_insert(&plan->argv, effect.at, word);
}

static void set_python_path(const struct facts *facts, struct plan *plan) {
    struct env_effect effect;
    const char *before = env_words_change(facts->argv, "PYTHONPATH", &effect)
                             ? effect.assigned
                             : environment_raw(facts->environment, "PYTHONPATH");
    const char *instrumentation = facts->python.instrumentation;
    cleanup_free char *theirs = instrumentation ? plan_python_path(before, instrumentation, facts->cwd)
                                                : memory_copy(before ? before : "");
    cleanup_free char *ours = plan->in_front ? hookfiles_path(&facts->hooks, PLAN_SITECUSTOMIZE) : NULL;
    if (!ours) {
        if (instrumentation)
            change_python_path(facts, plan, theirs, instrumentation, "as opentelemetry-instrument sets it");
        return;
    }
    cleanup_free char *directory = text_directory(ours);
    cleanup_free char *path = memory_format("%s%s%s", directory, *theirs ? ":" : "", theirs);
    plan->hooks[plan->hook_count++] = PLAN_SITECUSTOMIZE;
    if (plan_value(plan, facts->environment, PLAN_QUICK_STOP_FILE))
        plan->hooks[plan->hook_count++] = PLAN_QUICK_STOP;
    add_extras(facts, plan);
    change_python_path(
        facts, plan, path, directory,
        "our sitecustomize decides in each process, and runs the instrumentation's and the app's own");
}

/* What is started further down decides for itself: it comes back to this program, or finds uWSGI's flags. */
static void prepare_later_start(const struct facts *facts, struct plan *plan) {
    static const char *const uwsgi[][2] = {{"UWSGI_ENABLE_THREADS", "true"},
                                           {"UWSGI_LAZY_APPS", "true"},
                                           {"UWSGI_IMPORT", FORK_INSTRUMENTATION}};
    plan->in_front = facts->hooks.directory != NULL && !facts->started;
    if (!plan->in_front && !facts->started)
        plan_tell(plan, REPORT_WARNING,
                  "'%s' can be put nowhere (no writable directory): a server that '%s' starts "
                  "gets the environment, and no hook",
                  PLAN_SITECUSTOMIZE, facts->argv[0]);
    set_python_path(facts, plan);
    if (!plan->in_front) return;
    if (*facts->own_path)
        plan_change(plan, "APPSIG_EXEC", facts->own_path, SOURCE_DISCOVERED, "/proc/self/exe",
                    "a server started further down comes back to this program");
    for (size_t i = 0; i < array_length(uwsgi) && setting_is_on(facts->settings, SETTING_UWSGI_HOOK); i++)
        if (!environment_raw(facts->environment, uwsgi[i][0]))
            plan_change(plan, uwsgi[i][0], uwsgi[i][1], SOURCE_DEFAULT, "default",
                        "for a uWSGI started further down");
}

static void launch_directly(const struct facts *facts, struct plan *plan) {
    set_python_path(facts, plan);
    if (plan->in_front)
        plan_change(plan, "APPSIG_STARTED", "1", SOURCE_DEFAULT, "default",
                    "the fork plan is applied already");
    plan->executable = copy_or_null(facts->python.executable);
    if (!plan->executable) return;
    /* opentelemetry-instrument execs the resolved path as argv[0] (FACTS, step 3) */
    free(plan->argv.items[0]);
    plan->argv.items[0] = memory_copy(plan->executable);
}

static void tell_unset(const struct facts *facts, struct plan *plan) {
    cleanup_text struct text lost = {0};
    struct env_effect effect;
    if (plan->kind == PLAN_WRAPPER && env_words_change(facts->argv, "PYTHONPATH", &effect))
        text_add(&lost, ", PYTHONPATH");
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (!change->value || strcmp(change->name, "PYTHONPATH") == 0) continue;
        if (env_words_change(facts->argv, change->name, &effect) && !effect.assigned)
            text_add_format(&lost, ", %s", change->name);
    }
    if (lost.length)
        plan_tell(plan, REPORT_WARNING, "'env' takes from the app what telemetry needs: %s",
                  lost.bytes + strlen(", "));
}

void plan_launch(const struct facts *facts, struct plan *plan) {
    if (!facts->python.executable) return; /* not found: the caller answers 127 */
    if (facts->python.user_sitecustomize || any_extra(facts) ||
        plan_value(plan, facts->environment, PLAN_QUICK_STOP_FILE))
        plan->in_front = true;
    if (!facts->hooks.directory) plan->in_front = false;
    if (plan->kind == PLAN_AS_GIVEN) {
        plan->executable = memory_copy(facts->python.executable);
    } else if (plan->kind == PLAN_STARTED_LATER) {
        prepare_later_start(facts, plan);
        plan->executable = memory_copy(facts->python.executable);
    } else if (takes_wrapper(facts, plan)) {
        launch_by_wrapper(facts, plan);
    } else {
        plan->kind = PLAN_DIRECT;
        launch_directly(facts, plan);
    }
    tell_unset(facts, plan);
}
