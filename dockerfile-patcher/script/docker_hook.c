#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/script/docker_plan.h"

bool docker_has_hook(struct docker_planner *planner, const struct docker_subject *subject) {
    const char *server = subject->linked.launch.server;
    struct document *dockerfile = subject->is_linked ? subject->document : NULL;
    if (planner->unit->settings->style != STYLE_GUIDE || !hook_is_for(server)) return false;
    const char *answer = script_answer(planner->unit, planner->script, "HOOK");
    if (answer) return strcmp(answer, "there") == 0;
    /* what a compose file knows of the Dockerfile is told to it first */
    if (dockerfile && dockerfile->linked_from && !dockerfile->planned) dockerfile = NULL;
    return hook_of_image(planner->unit, dockerfile, subject->context ? subject->context : planner->unit->root,
                         server);
}
