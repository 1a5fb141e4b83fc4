#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
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

static enum plan_kind refuse_or_go_bare(const struct facts *facts, struct plan *plan, enum plan_kind otherwise) {
    const char *policy = setting_value(facts->settings, SETTING_ON_MISSING_AGENT);
    if (agents_healthy(&facts->agents)) return otherwise;
    if (text_equal(policy, "fail")) {
        plan_tell(plan, REPORT_ERROR, "no CloudWatch agent answers, and --on-missing-agent is fail (%s): not started",
                  facts->settings->of[SETTING_ON_MISSING_AGENT].where);
        return PLAN_REFUSED;
    }
    if (!text_equal(policy, "bare")) return otherwise;
    plan_tell(plan, REPORT_WARNING, "no CloudWatch agent answers, and --on-missing-agent is bare: the app starts "
              "without instrumentation");
    return PLAN_BARE;
}

static enum plan_kind kind_for_python(const struct facts *facts, struct plan *plan) {
    const struct python *python = &facts->python;
    const char *name = facts->argv[facts->command.program];
    if (python->flag) {
        plan_tell(plan, REPORT_WARNING, "'-%c' makes '%s' ignore what instrumentation needs: it starts without "
                  "instrumentation", python->flag, name);
        return PLAN_BARE;
    }
    if (facts->command.emptied) return bare(plan, "env -i", "hides every variable from the app");
    if (python->adot == ADOT_ABSENT) {
        plan_tell(plan, REPORT_WARNING, "'%s' has no aws-opentelemetry-distro that it can import: it starts without "
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
    bool starts_python = facts->python.interpreter || facts->command.kind == COMMAND_PYTHON || facts->command.server;
    if (starts_python && !(facts->command.carrier && facts->command.carrier->kind == CARRIER_RUNNER))
        return kind_for_python(facts, plan);
    if (facts->command.carrier && facts->command.carrier->kind == CARRIER_OTHER_INSTRUMENTATION)
        return bare(plan, facts->argv[0], "instruments the app already");
    return PLAN_STARTED_LATER;
}

enum plan_kind plan_choose_kind(const struct facts *facts, struct plan *plan) {
    if (facts->disabled) {
        plan_tell(plan, REPORT_DEBUG, "'%s' switches everything off: the command runs untouched", facts->disabled_by);
        return PLAN_UNTOUCHED;
    }
    if (facts->agents.foreign) {
        plan_tell(plan, REPORT_NOTICE, "'%s' points at another receiver than the CloudWatch agent: standing down "
                  "(OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true says otherwise)", facts->agents.foreign_variable);
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
    return memory_format("%s%s%s%s%s", instrumentation, add_cwd ? ":" : "", add_cwd ? cwd : "", any ? ":" : "",
                         any ? rest.bytes : "");
}

/* argparse reads every word up to a "--" and gives up on one that abbreviates several of its options. */
bool plan_wrapper_rejects(char *const *argv, const char **option) {
    for (; *argv; argv++) {
        if (strcmp(*argv, "--") == 0) return false;
        if (!text_starts(*argv, "--") || strchr(*argv, ' ')) continue;
        size_t length = strcspn(*argv + 2, "=");
        if (length == 0 || wrapper_option_matches(*argv + 2, length) < 2) continue;
        *option = *argv;
        return true;
    }
    return false;
}

/* The wrapper where it works, for what the real program does is right by definition. */
static bool takes_wrapper(const struct facts *facts, struct plan *plan) {
    const struct python *python = &facts->python;
    const char *option = NULL;
    bool possible = python->instrumentation != NULL;
    if (explicitly(facts, "direct")) {
        if (!possible) plan_tell(plan, REPORT_WARNING, "'%s' cannot be looked into from outside: opentelemetry-instrument "
                                 "starts it instead of --launch=direct", facts->argv[facts->command.program]);
        return !possible;
    }
    if (!python->wrapper) {
        plan_tell(plan, REPORT_DEBUG, "no opentelemetry-instrument was found: started as it would have started it");
        return false;
    }
    if (explicitly(facts, "wrapper") || !possible) return true;
    if (plan_wrapper_rejects(facts->argv + 1, &option)) {
        plan_tell(plan, REPORT_NOTICE, "'%s' would be taken by opentelemetry-instrument for an option of its own: "
                  "started directly", option);
        return false;
    }
    return true;
}

static void launch_by_wrapper(const struct facts *facts, struct plan *plan) {
    plan->kind = PLAN_WRAPPER;
    strings_insert(&plan->argv, 0, facts->python.wrapper);
    plan->executable = memory_copy(facts->python.wrapper);
}

static void set_python_path(const struct facts *facts, struct plan *plan) {
    if (!facts->python.instrumentation) return;
    cleanup_free char *path = plan_python_path(environment_raw(facts->environment, "PYTHONPATH"),
                                               facts->python.instrumentation, facts->cwd);
    plan_change(plan, "PYTHONPATH", path, SOURCE_DISCOVERED, facts->python.instrumentation,
                "as opentelemetry-instrument sets it");
}

static void launch_directly(const struct facts *facts, struct plan *plan) {
    set_python_path(facts, plan);
    plan->executable = copy_or_null(facts->python.executable);
    if (!plan->executable) return;
    /* opentelemetry-instrument execs the resolved path as argv[0] (FACTS, step 3) */
    free(plan->argv.items[0]);
    plan->argv.items[0] = memory_copy(plan->executable);
}

void plan_launch(const struct facts *facts, struct plan *plan) {
    if (!facts->python.executable) return; /* not found: the caller answers 127 */
    if (plan->kind == PLAN_AS_GIVEN) {
        plan->executable = memory_copy(facts->python.executable);
    } else if (plan->kind == PLAN_STARTED_LATER) {
        set_python_path(facts, plan);
        plan->executable = memory_copy(facts->python.executable);
    } else if (takes_wrapper(facts, plan)) {
        launch_by_wrapper(facts, plan);
    } else {
        plan->kind = PLAN_DIRECT;
        launch_directly(facts, plan);
    }
}
