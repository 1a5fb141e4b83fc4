#include "host-setup/plan.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

struct setup_step *plan_step(struct setup_plan *plan, enum step_kind kind, const char *id, char *what) {
    plan->steps = memory_resize(plan->steps, (plan->count + 1) * sizeof *plan->steps);
    struct setup_step *step = &plan->steps[plan->count++];
    *step = (struct setup_step){.kind = kind, .id = id, .what = what};
    return step;
}

void plan_words(struct strings *list, const char *words, const char *last) {
    cleanup_free char *copy = memory_copy(words);
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        strings_add(list, word);
    if (last) strings_add(list, last);
}

bool plan_host(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
               struct error **error) {
    *plan = (struct setup_plan){0};
    if (look->has_app) {
        plan->owner = look->app.owner;
        plan_app_check(settings, look, plan);
    }
    return plan_agent(settings, look, plan, error) &&
           (!look->has_app || plan_app(settings, look, plan, error));
}

bool plan_host_has_work(const struct setup_plan *plan) {
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].kind != STEP_THERE) return true;
    return false;
}

void plan_host_free(struct setup_plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        struct setup_step *step = &plan->steps[i];
        free(step->what);
        strings_free(&step->command);
        strings_free(&step->undo);
        free(step->path);
        free(step->bytes);
        free(step->source);
        free(step->digest);
    }
    free(plan->steps);
    strings_free(&plan->notes);
    *plan = (struct setup_plan){0};
}
