#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/systemd/exec.h"
#include "dockerfile-patcher/lint/read.h"

static void read_variables(const struct reading *reading, struct sections *sections, struct fact_app *app) {
    struct exec_commands lines;
    struct fact_place at;
    exec_commands_of(sections, "Environment", &lines);
    for (size_t i = 0; i < lines.count; i++)
        for (size_t k = 0; k < lines.items[i].count; k++) {
            const char *word = lines.items[i].words[k], *sign = strchr(word, '=');
            if (!sign) continue;
            cleanup_free char *name = memory_copy_bytes(word, (size_t)(sign - word));
            reading_place(reading, lines.items[i].places[k]->span.begin, &at);
            facts_add_variable(reading->reader->facts, app, name, sign + 1, &at);
        }
}

static const struct section_entry *setting(const struct sections *sections, const char *name) {
    size_t at = 0;
    const struct section_entry *entry, *last = NULL;
    while ((entry = sections_next(sections, "Service", name, &at))) last = entry->length ? entry : NULL;
    return last;
}

static void read_sections(const struct reading *reading, const char *label, struct sections *sections,
                          size_t scope) {
    struct exec_commands commands;
    const struct section_entry *directory = setting(sections, "WorkingDirectory");
    exec_commands_of(sections, "ExecStart", &commands);
    for (size_t i = 0; i < commands.count; i++) {
        const struct exec_command *command = &commands.items[i];
        struct started started;
        if (command->count == 0 || command->entry->ignored || sections->ignored) continue;
        read_started(&sections->arena, command->words, command->count, &started);
        if (!started.launcher && !started.server) continue;
        struct fact_app *app = facts_add_app(reading->reader->facts, APP_UNIT, label);
        reading_place(reading, command->begin, &app->at);
        app->start = app->at;
        app->scope = scope;
        app->open = setting(sections, "EnvironmentFile") != NULL;
        read_variables(reading, sections, app);
        read_app_start(reading->reader, app, &started, directory ? directory->value : NULL);
        return;
    }
}

void read_unit(const struct reading *reading, const char *label, const char *text, size_t length,
               size_t scope) {
    struct source source;
    struct sections sections;
    if (source_take(&source, memory_copy(label), memory_copy_bytes(text, length), length) == SOURCE_READ) {
        sections_scan(&sections, &source, SECTIONS_SYSTEMD);
        read_sections(reading, label, &sections, scope);
        sections_free(&sections);
    }
    source_free(&source);
}

void read_systemd(struct reader *reader) {
    struct document *document = reader->document;
    struct reading reading = {.reader = reader, .document = document};
    struct sections sections;
    sections_scan(&sections, &document->source, SECTIONS_SYSTEMD);
    read_sections(&reading, text_base_name(document->shown), &sections, ++reader->facts->scopes);
    sections_free(&sections);
}
