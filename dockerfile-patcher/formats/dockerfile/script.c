#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/script/entry.h"
#include "dockerfile-patcher/text/find.h"

/* The entrypoint script, where that is a file of the context. */
struct script_entry {
    struct document *document;
    struct entry entry;
};

/* The script that the image starts first, if it is a file of the context that a shell runs. */
static bool find_entry(struct planner *planner, struct script_entry *found) {
    const struct part *part = planner->entrypoint.index != SIZE_MAX ? &planner->entrypoint : &planner->cmd;
    const struct launch *launch = &planner->launch;
    *found = (struct script_entry){.entry = {.command = SIZE_MAX}};
    if (launch->kind != LAUNCH_SCRIPT || launch->agent || part->index == SIZE_MAX) return false;
    size_t at = launch->command;
    while (at < part->count && text_has_word("sh bash dash ash", text_base_name(part->words[at]))) at++;
    if (at >= part->count) return false;
    cleanup_free char *path =
        dockerfile_context_file(planner->unit, planner->file, planner->context, part->words[at]);
    /* A program there is no script, and no fault of the Dockerfile's either: looked at before it is opened. */
    if (!path || !unit_look(planner->unit, path)) return false;
    found->document = unit_document(planner->unit, path, NULL);
    if (!found->document || !found->document->source.bytes) return false;
    const struct source *source = &found->document->source;
    const char *first = source->bytes + source->begin;
    size_t line = strcspn(first, "\n");
    bool shell = (strncmp(first, "#!", 2) == 0 && find_bytes(first, line, "sh", 2)) || text_ends(path, ".sh");
    if (!shell) return false;
    entry_read(&planner->file->arena, first, source->length - source->begin, &found->entry);
    return true;
}

bool plan_has_entry_script(struct planner *planner) {
    struct script_entry found;
    if (!find_entry(planner, &found)) return false;
    return found.entry.agent || (found.entry.command != SIZE_MAX && !found.entry.script.broken);
}

bool plan_entry_script(struct planner *planner, bool *already) {
    struct script_entry found;
    *already = false;
    if (!find_entry(planner, &found)) return false;
    if (found.entry.agent) {
        unit_note(planner->unit, planner->document, FINDING_ALREADY, SIZE_MAX,
                  "instrumented already by %s in '%s'", found.entry.agent, found.document->shown);
        return *already = true;
    }
    if (found.entry.command == SIZE_MAX || found.entry.script.broken) return false;
    const struct shell_command *command = &found.entry.script.commands[found.entry.command];
    const struct shell_word *word = &found.entry.script.words[command->first + found.entry.word];
    const struct source *source = &found.document->source;
    size_t at = source->begin + word->span.begin;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    edits_add(&found.document->edits, planner->service, (struct span){at, at},
              guide ? "opentelemetry-instrument " : "appsig-exec -- ", "start the app through the launcher");
    return true;
}

void plan_script_removal(struct planner *planner) {
    static const char *const signs[] = {"appsig-exec -- ", "opentelemetry-instrument "};
    struct script_entry found;
    if (!find_entry(planner, &found)) return;
    const struct source *source = &found.document->source;
    for (size_t i = 0; i < array_length(signs); i++) {
        const char *sign = find_bytes(source->bytes, source->length, signs[i], strlen(signs[i]));
        if (!sign) continue;
        size_t at = (size_t)(sign - source->bytes);
        edits_add(&found.document->edits, planner->service, (struct span){at, at + strlen(signs[i])}, "",
                  "take out what appsig-patch put in");
    }
}
