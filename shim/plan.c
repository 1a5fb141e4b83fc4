#include "shim/plan.h"

#include <string.h>

#include "common/memory.h"

static void run_as_given(const struct facts *facts, struct plan *plan) {
    strings_free(&plan->argv);
    strings_add_all(&plan->argv, facts->given_argv);
}

void plan_make(const struct facts *facts, struct plan *plan) {
    *plan = (struct plan){.quiet = facts->started};
    strings_add_all(&plan->argv, facts->argv);
    for (size_t i = 0; i < facts->settings->complaints.count; i++)
        plan_tell(plan, REPORT_WARNING, "%s", facts->settings->complaints.items[i]);
    if (facts->identity.service_name.too_long)
        plan_tell(plan, REPORT_WARNING, "'%s' is longer than 1024 bytes, not taken as service name",
                  facts->identity.service_name.too_long);
    plan->kind = plan_choose_kind(facts, plan);
    if (plan->kind == PLAN_UNTOUCHED || plan->kind == PLAN_BARE || plan->kind == PLAN_REFUSED) {
        run_as_given(facts, plan);
        plan->executable = facts->given_executable ? memory_copy(facts->given_executable) : NULL;
        return;
    }
    plan_environment(facts, plan);
    if (!facts->started) plan_agent(facts, plan);
    plan_forks(facts, plan);
    plan_launch(facts, plan);
    plan->telemetry = agents_healthy(&facts->agents) && facts->python.adot != ADOT_ABSENT && plan->executable;
}
