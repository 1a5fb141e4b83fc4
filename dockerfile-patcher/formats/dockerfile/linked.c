#include "dockerfile-patcher/formats/dockerfile/linked.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"

static void add_words(struct linked_image *image, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) image->words[image->count++] = words[i];
}

/* A shell form takes no arguments: whatever follows it is not started. */
static void join_words(struct planner *planner, const struct linked_start *start,
                       struct linked_image *image) {
    const struct part *entrypoint = &planner->entrypoint, *cmd = &planner->cmd;
    size_t most = entrypoint->count + cmd->count + start->entrypoint_count + start->command_count + 1;
    image->words = arena_allocate(&planner->file->arena, most * sizeof *image->words);
    if (!start->entrypoint) {
        add_words(image, entrypoint->words, entrypoint->count);
        image->lead = image->count;
        if (entrypoint->shell) return;
    }
    add_words(image, start->entrypoint, start->entrypoint_count);
    add_words(image, start->command, start->command_count);
    image->own = image->count - image->lead;
    /* An entrypoint of the linking file clears the image's CMD. */
    if (!start->entrypoint && !start->command) add_words(image, cmd->words, cmd->count);
}

/* Where plan_start will put the launcher, told before it does. */
static bool carries(struct planner *planner, const struct linked_start *start,
                    const struct linked_image *image) {
    const struct settings *settings = planner->unit->settings;
    bool guide = settings->style == STYLE_GUIDE;
    size_t at = image->launch.prefix;
    if (start->entrypoint) return false;
    if (planner->entrypoint.index != SIZE_MAX) {
        if (planner->entrypoint.shell || at < image->lead) return true;
        return !guide && at == image->lead;
    }
    if (!start->command) return true;
    if (guide || plan_started_elsewhere(planner)) return false;
    bool reset = planner->start.entrypoint != SIZE_MAX;
    bool plain = planner->base.entrypoint != BASE_UNKNOWN || reset;
    return plain && planner->cmd.count && planner->launch.prefix == 0 && !plan_has_entry_script(planner);
}

static int stage_of(const struct dockerfile *file, const char *name) {
    return name ? dockerfile_stage_named(file, name) : (int)file->stage_count - 1;
}

const char *dockerfile_linked_variable(struct document *document, const char *stage, const char *name) {
    struct dockerfile *file = document->model;
    return dockerfile_variable(file, stage_of(file, stage), SIZE_MAX, name);
}

const char *dockerfile_linked_port(struct document *document, const char *stage) {
    struct dockerfile *file = document->model;
    int chosen = stage_of(file, stage);
    const char *port = NULL;
    for (size_t i = 0; i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        if (instruction->keyword != KEYWORD_EXPOSE ||
            !dockerfile_in_chain(file, chosen, (int)instruction->stage))
            continue;
        const char *words = instruction_arguments(file, instruction);
        size_t length = strspn(words, "0123456789");
        if (port || length == 0 || (words[length] && strcmp(words + length, "/tcp") != 0)) return NULL;
        port = arena_copy(&file->arena, words, length);
    }
    return port;
}

bool dockerfile_linked(struct unit *unit, struct document *document, const char *stage,
                       const struct linked_start *start, struct linked_image *image) {
    struct dockerfile *file = document->model;
    struct planner planner = {.unit = unit, .document = document, .file = file};
    size_t offset;
    *image = (struct linked_image){0};
    if (document->format != &format_dockerfile || !file || file->stage_count == 0) return false;
    if (!read_stage(&planner, stage)) return false;
    planner.context = dockerfile_context(unit, document, file);
    join_words(&planner, start, image);
    launch_recognise(image->words, image->count, &image->launch);
    image->python =
        !file->ignored && !plan_is_foreign(&planner) && !planner.base.lambda && planner.base.major != 2;
    image->agent = image->launch.agent ? image->launch.agent : plan_agent(&planner, &offset);
    image->other_stage = planner.stage != stage_of(file, document->stage);
    image->carries = carries(&planner, start, image);
    free(planner.context);
    return true;
}
