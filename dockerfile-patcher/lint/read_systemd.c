#include <dirent.h>
#include <stdlib.h>
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

/* A unit, and what its drop-ins lay over it: systemd reads them as one file, the drop-ins by their names. */
struct layered {
    struct reading reading;
    struct sections sections;
};

enum { MOST_LAYERS = 16 };

/* The last layer that says what is started; of several commands the first that tells something. */
static bool find_start(struct layered *layers, size_t count, struct started *started, size_t *layer,
                       size_t *begin) {
    for (size_t i = count; i-- > 0;) {
        struct sections *sections = &layers[i].sections;
        struct exec_commands commands;
        exec_commands_of(sections, "ExecStart", &commands);
        for (size_t k = 0; k < commands.count; k++) {
            const struct exec_command *command = &commands.items[k];
            if (command->count == 0 || command->entry->ignored || sections->ignored) continue;
            read_started(&sections->arena, command->words, command->count, started);
            if (!started->launcher && !started->server) continue;
            *layer = i;
            *begin = command->begin;
            return true;
        }
        if (commands.count) return false;
    }
    return false;
}

static void read_layers(const char *label, struct layered *layers, size_t count, size_t scope) {
    struct started started;
    size_t layer, begin;
    if (!find_start(layers, count, &started, &layer, &begin)) return;
    struct reader *reader = layers[layer].reading.reader;
    struct fact_app *app = facts_add_app(reader->facts, APP_UNIT, label);
    reading_place(&layers[layer].reading, begin, &app->at);
    app->start = app->at;
    app->scope = scope;
    const char *folder = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct section_entry *directory = setting(&layers[i].sections, "WorkingDirectory");
        if (directory) folder = directory->value;
        app->open |= setting(&layers[i].sections, "EnvironmentFile") != NULL;
        read_variables(&layers[i].reading, &layers[i].sections, app);
    }
    read_app_start(reader, app, &started, folder);
}

void read_unit(const struct reading *reading, const char *label, const char *text, size_t length,
               size_t scope) {
    struct source source;
    struct layered layer = {.reading = *reading};
    if (source_take(&source, memory_copy(label), memory_copy_bytes(text, length), length) == SOURCE_READ) {
        sections_scan(&layer.sections, &source, SECTIONS_SYSTEMD);
        read_layers(label, &layer, 1, scope);
        sections_free(&layer.sections);
    }
    source_free(&source);
}

static void add_layer(struct reader *reader, struct document *document, struct layered *layers,
                      size_t *count) {
    if (!document || document->planned || *count == MOST_LAYERS) return;
    struct layered *layer = &layers[(*count)++];
    layer->reading = (struct reading){.reader = reader, .document = document};
    sections_scan(&layer->sections, &document->source, SECTIONS_SYSTEMD);
}

/* shop.service of shop.service.d/10-otel.conf, where it is there; owned by the caller. */
static char *unit_of(struct reader *reader) {
    const char *path = reader->document->source.path, *base = text_base_name(path);
    size_t length = (size_t)(base - path);
    if (!text_ends(base, ".conf") || length < 3) return NULL;
    char *unit = memory_copy_bytes(path, length - strlen(".d/"));
    if (unit_has_file(reader->unit, unit)) return unit;
    free(unit);
    return NULL;
}

void read_systemd(struct reader *reader) {
    struct document *document = reader->document;
    struct layered layers[MOST_LAYERS];
    size_t count = 0;
    cleanup_free char *unit = unit_of(reader);
    if (unit) return;
    add_layer(reader, document, layers, &count);
    cleanup_free char *folder = memory_format("%s.d", document->source.path);
    struct dirent **entries;
    int found = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        cleanup_free char *path = text_join_path(folder, entries[i]->d_name);
        if (text_ends(path, ".conf"))
            add_layer(reader, unit_document(reader->unit, path, &format_systemd), layers, &count);
        free(entries[i]);
    }
    if (found >= 0) free(entries);
    read_layers(text_base_name(document->shown), layers, count, ++reader->facts->scopes);
    for (size_t i = 0; i < count; i++) sections_free(&layers[i].sections);
}
