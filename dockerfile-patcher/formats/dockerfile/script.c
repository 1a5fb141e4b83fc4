#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/linked.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/script/entry.h"
#include "dockerfile-patcher/text/find.h"

static const char why_removed[] = "take out what appsig-patch put in";

/* The entrypoint script, where that is a file of the context. */
struct script_entry {
    struct document *document;
    struct entry entry;
};

struct document *dockerfile_linked_script(struct unit *unit, struct document *dockerfile, const char *context,
                                          const char *path, struct entry *entry) {
    struct dockerfile *file = dockerfile->model;
    *entry = (struct entry){.command = SIZE_MAX};
    cleanup_free char *there = dockerfile_context_file(unit, file, context, path);
    /* A program there is no script, and no fault of the Dockerfile's either: looked at before it is opened. */
    if (!there || !unit_look(unit, there)) return NULL;
    struct document *document = unit_document(unit, there, NULL);
    if (!document || !document->source.bytes) return NULL;
    const struct source *source = &document->source;
    const char *first = source->bytes + source->begin;
    size_t line = strcspn(first, "\n");
    bool shell =
        (strncmp(first, "#!", 2) == 0 && find_bytes(first, line, "sh", 2)) || text_ends(there, ".sh");
    if (!shell) return NULL;
    entry_read(&file->arena, first, source->length - source->begin, entry);
    return document;
}

/* The script that the image starts first, if it is a file of the context that a shell runs. */
static bool find_entry(struct planner *planner, struct script_entry *found) {
    const struct part *part = planner->entrypoint.index != SIZE_MAX ? &planner->entrypoint : &planner->cmd;
    const struct launch *launch = &planner->launch;
    *found = (struct script_entry){.entry = {.command = SIZE_MAX}};
    if (launch->kind != LAUNCH_SCRIPT || launch->agent || part->index == SIZE_MAX) return false;
    size_t at = launch->command;
    while (at < part->count && text_has_word("sh bash dash ash", text_base_name(part->words[at]))) at++;
    if (at >= part->count) return false;
    found->document = dockerfile_linked_script(planner->unit, planner->document, planner->context,
                                               part->words[at], &found->entry);
    return found->document != NULL;
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
    if (!dockerfile_wrap_script(planner->unit, planner->service, found.document, &found.entry)) return false;
    plan_hook(planner, &found.entry);
    return true;
}

bool dockerfile_wrap_script(struct unit *unit, struct service *service, struct document *document,
                            const struct entry *entry) {
    if (entry->command == SIZE_MAX || entry->script.broken) return false;
    const struct shell_command *command = &entry->script.commands[entry->command];
    const struct shell_word *word = &entry->script.words[command->first + entry->word];
    size_t at = document->source.begin + word->span.begin;
    /* Several services may be started by the one script. */
    for (size_t i = 0; i < document->edits.count; i++)
        if (document->edits.items[i].begin == at && document->edits.items[i].end == at) {
            service_join(document->edits.items[i].service, service);
            return true;
        }
    bool guide = unit->settings->style == STYLE_GUIDE;
    edits_add(&document->edits, service, (struct span){at, at},
              guide ? "opentelemetry-instrument " : "appsig-exec -- ", "start the app through the launcher");
    return true;
}

void plan_script_removal(struct planner *planner) {
    struct script_entry found;
    if (find_entry(planner, &found)) dockerfile_unwrap_script(planner->service, found.document);
}

void dockerfile_unwrap_script(struct service *service, struct document *document) {
    static const char *const signs[] = {"appsig-exec -- ", "opentelemetry-instrument "};
    const struct source *source = &document->source;
    if (document->edits.count) return;
    for (size_t i = 0; i < array_length(signs); i++) {
        const char *sign = find_bytes(source->bytes, source->length, signs[i], strlen(signs[i]));
        if (!sign) continue;
        size_t at = (size_t)(sign - source->bytes);
        edits_add(&document->edits, service, (struct span){at, at + strlen(signs[i])}, "", why_removed);
    }
}
