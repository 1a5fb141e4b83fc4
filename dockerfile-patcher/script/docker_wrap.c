#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/docker_plan.h"

static const char why[] = "start the app through the launcher";
static const char why_removed[] = "take out what appsig-patch put in";

/* --remove does not know in which style the file was patched: both rows are looked for. */
static const struct launcher {
    const char *word;
    const char *rest; /* in front of the command */
} launchers[] = {
    [STYLE_SHIM] = {"appsig-exec", "-- "},
    [STYLE_GUIDE] = {"opentelemetry-instrument", ""},
};

/* The value of an option as it is written. */
static char *raw_value(const struct docker_planner *planner, const struct docker_run *run,
                       const struct docker_option *option) {
    const struct docker_argument *argument = &run->arguments[option->last];
    const char *text = planner->commands.layers[argument->layer].text;
    struct span span = argument->word->span;
    const char *sign =
        option->value_at ? memchr(text + span.begin, '=', span.end - span.begin) : text + span.begin - 1;
    return sign ? memory_copy_bytes(sign + 1, span.end - (size_t)(sign + 1 - text)) : NULL;
}

/* `--entrypoint PROGRAM IMAGE …` becomes `--entrypoint LAUNCHER IMAGE PROGRAM …`. */
static bool wrap_entrypoint(struct docker_planner *planner, struct docker_subject *subject,
                            const struct docker_option *entrypoint, const struct launcher *launcher) {
    const struct docker_run *run = &subject->run;
    const struct docker_argument *image = &run->arguments[run->image];
    const struct docker_argument *next = run->image + 1 < run->count ? image + 1 : NULL;
    cleanup_free char *program = raw_value(planner, run, entrypoint);
    if (!program || !image->movable || (next && !next->movable)) return false;
    if (!docker_replace_value(planner, subject, entrypoint, "--entrypoint", launcher->word, why))
        return false;
    cleanup_free char *text = next ? memory_format("%s%s ", launcher->rest, program)
                                   : memory_format(" %s%s", launcher->rest, program);
    commands_insert(&planner->commands, next ? next->layer : image->layer,
                    next ? next->word->span.begin : image->word->span.end, text, why);
    return true;
}

bool docker_wrap(struct docker_planner *planner, struct docker_subject *subject) {
    const struct linked_image *linked = &subject->linked;
    const struct launcher *launcher = &launchers[planner->unit->settings->style];
    const struct docker_run *run = &subject->run;
    const struct docker_option *entrypoint = docker_option(run, "--entrypoint");
    bool named = entrypoint && entrypoint->value && *entrypoint->value;
    if (!subject->is_linked || linked->carries || linked->launch.agent) return true;
    if (linked->launch.prefix < linked->lead) return false;
    size_t at = linked->launch.prefix - linked->lead;
    if (at == 0 && named) return wrap_entrypoint(planner, subject, entrypoint, launcher);
    size_t index = run->image + 1 + at - named;
    if (index >= run->count || !run->arguments[index].movable) return false;
    cleanup_free char *text = memory_format("%s %s", launcher->word, launcher->rest);
    docker_mark(planner, subject, DOCKER_WRAP_MARKER);
    commands_insert(&planner->commands, run->arguments[index].layer, run->arguments[index].word->span.begin,
                    text, why);
    return true;
}

/* Arguments first..last, with what parts them from their neighbour. */
static bool cut(struct docker_planner *planner, const struct docker_run *run, size_t first, size_t last) {
    const struct docker_argument *from = &run->arguments[first], *to = &run->arguments[last];
    if (last >= run->count || from->layer != to->layer) return false;
    bool at_end = last + 1 == run->count;
    size_t begin = at_end ? run->arguments[first - 1].word->span.end : from->word->span.begin;
    size_t end = at_end ? to->word->span.end : run->arguments[last + 1].word->span.begin;
    return commands_replace(&planner->commands, from->layer, begin, end, "", why_removed);
}

bool docker_unwrap(struct docker_planner *planner, const struct docker_run *run, bool behind_image) {
    for (size_t i = run->image + 1; behind_image && i < run->count; i++)
        for (size_t k = 0; k < array_length(launchers); k++)
            if (text_equal(run->arguments[i].value, launchers[k].word))
                return cut(planner, run, i, i + (*launchers[k].rest != '\0'));
    size_t first = run->image + 1;
    if (behind_image || first >= run->count) return false;
    return cut(planner, run, first, first + text_equal(run->arguments[first].value, "--"));
}
