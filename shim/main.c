/* appsig-exec: options -> facts -> plan -> (explain | apply and exec). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/apply.h"
#include "shim/explain.h"
#include "shim/facts.h"
#include "shim/plan.h"
#include "shim/report.h"
#include "shim/settings.h"
#include "shim/untouched.h"

extern char **environ;

static void tell(const struct report *report, const struct plan *plan) {
    for (size_t i = 0; i < plan->line_count; i++)
        report_line(report, plan->lines[i].level, "%s", plan->lines[i].text);
}

/* Plans, and puts the hook files in place; a place that fails is given up for the next one, and the plan made anew. */
static void plan_and_place(struct facts *facts, struct plan *plan, bool place) {
    for (;;) {
        int failure = 0;
        plan_make(facts, plan);
        if (!place || apply_hooks(plan, &facts->hooks, &failure)) return;
        size_t next = facts->hooks.next;
        plan_free(plan);
        hookfiles_free(&facts->hooks);
        hookfiles_find(facts->environment, facts->own_path, next, &facts->hooks);
    }
}

static int show(const struct settings *settings, const struct facts *facts, const struct plan *plan) {
    const char *explain = setting_value(settings, SETTING_EXPLAIN);
    if (text_equal(explain, "json"))
        explain_json(stdout, facts, plan);
    else if (text_equal(explain, "table"))
        explain_table(stdout, facts, plan);
    else
        explain_verdict(stdout, plan);
    return setting_is_on(settings, SETTING_CHECK) && !plan->telemetry ? EXIT_REFUSED : EXIT_SUCCESS;
}

static int run(const struct settings *settings, char **command, const struct report *report) {
    const char *explain = setting_value(settings, SETTING_EXPLAIN);
    bool shows = setting_is_on(settings, SETTING_CHECK) || (explain && strcmp(explain, "off") != 0);
    struct facts facts;
    struct plan plan;
    facts_gather(settings, command, environ, "", &facts);
    plan_and_place(&facts, &plan, !shows);
    probe_reap(&facts.agents.probe); /* it ended while the plan was made */
    int code = EXIT_REFUSED;
    if (shows) {
        code = show(settings, &facts, &plan);
    } else {
        tell(report, &plan);
        if (plan.kind != PLAN_REFUSED) code = apply_exec(&plan, &facts, report);
    }
    plan_free(&plan);
    facts_free(&facts);
    return code;
}

int main(int argc, char **argv) {
    struct report report;
    struct settings settings;
    cleanup_error struct error *error = NULL;
    int operands = argc, code = EXIT_SUCCESS;
    report_open(&report);
    untouched_on_no_memory(argc, argv, environ);
    if (!settings_read(argc, argv, environ, &settings, &operands, &error)) {
        report_line(&report, REPORT_ERROR, "%s", error->message);
        settings_free(&settings);
        return error->exit_code;
    }
    report_configure(&report, setting_value(&settings, SETTING_LOG),
                     setting_value(&settings, SETTING_LOG_FORMAT));
    if (setting_value(&settings, SETTING_HELP)) {
        explain_help(stdout);
    } else if (setting_value(&settings, SETTING_VERSION)) {
        explain_version(stdout);
    } else if (operands == argc) {
        report_line(&report, REPORT_ERROR,
                    "no command: usage: appsig-exec [options] [--] COMMAND [ARGUMENT...]");
        code = EXIT_REFUSED;
    } else {
        code = run(&settings, argv + operands, &report);
    }
    settings_free(&settings);
    return code;
}
