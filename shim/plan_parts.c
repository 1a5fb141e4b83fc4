#include "shim/plan_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "shim/environment.h"

const char *plan_kind_name(enum plan_kind kind) {
    static const char *const names[] = {
        [PLAN_UNTOUCHED] = "untouched",
        [PLAN_BARE] = "bare",
        [PLAN_WRAPPER] = "wrapper",
        [PLAN_DIRECT] = "direct",
        [PLAN_STARTED_LATER] = "started later",
        [PLAN_AS_GIVEN] = "as given",
        [PLAN_REFUSED] = "refused",
    };
    return names[kind];
}

static char *copy_or_null(const char *string) { return string ? memory_copy(string) : NULL; }

static void free_change(struct change *change) {
    free(change->name);
    free(change->value);
    free(change->where);
    free(change->why);
}

void plan_change(struct plan *plan, const char *name, const char *value, enum source source,
                 const char *where, const char *why) {
    struct change fresh = {memory_copy(name), copy_or_null(value), source, copy_or_null(where),
                           copy_or_null(why)};
    for (size_t i = 0; i < plan->change_count; i++) {
        if (strcmp(plan->changes[i].name, name) != 0) continue;
        free_change(&plan->changes[i]);
        plan->changes[i] = fresh;
        return;
    }
    plan->changes = memory_resize(plan->changes, (plan->change_count + 1) * sizeof *plan->changes);
    plan->changes[plan->change_count++] = fresh;
}

void plan_tell(struct plan *plan, enum report_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (plan->quiet && level != REPORT_ERROR) level = REPORT_DEBUG;
    plan->lines = memory_resize(plan->lines, (plan->line_count + 1) * sizeof *plan->lines);
    plan->lines[plan->line_count++] = (struct line){level, memory_format_list(format, arguments)};
    va_end(arguments);
}

const char *plan_value(const struct plan *plan, char *const *environment, const char *name) {
    for (size_t i = 0; i < plan->change_count; i++)
        if (strcmp(plan->changes[i].name, name) == 0) return plan->changes[i].value;
    return environment_value(environment, name);
}

void plan_free(struct plan *plan) {
    for (size_t i = 0; i < plan->change_count; i++) free_change(&plan->changes[i]);
    for (size_t i = 0; i < plan->line_count; i++) free(plan->lines[i].text);
    free(plan->changes);
    free(plan->lines);
    free(plan->executable);
    strings_free(&plan->argv);
    *plan = (struct plan){0};
}
