#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"
#include "dockerfile-patcher/text/find.h"

static const char why[] = "take out what appsig-patch put in";
static const char sign[] = "# appsig-patch: ";

static void cut(struct unit_planner *planner, struct document *document, size_t begin, size_t end,
                const char *text) {
    edits_add(&document->edits, planner->service, (struct span){begin, end}, text, why);
}

static size_t launcher_words(const struct exec_command *command, size_t at) {
    const char *base = text_base_name(command->words[at]);
    if (strcmp(base, "opentelemetry-instrument") == 0) return 1;
    bool shim = strcmp(base, "appsig-exec") == 0 && at + 1 < command->count;
    return shim && strcmp(command->words[at + 1], "--") == 0 ? 2 : 0;
}

/* `@/usr/local/bin/appsig-exec NAME -- /program` was `@/program NAME`. */
static void unwrap_named(struct unit_planner *planner, const struct exec_command *command, size_t words) {
    const struct source *source = &planner->document->source;
    const struct exec_word *program = command->places[words];
    cleanup_free char *raw =
        memory_copy_bytes(source->bytes + program->span.begin, program->span.end - program->span.begin);
    cut(planner, planner->document, command->begin, command->places[0]->span.end, raw);
    cut(planner, planner->document, command->zeroth->span.end, program->span.end, "");
}

/* In shell text: `map` leads to the document, or NULL: offset + base. */
static void unwrap_text(struct unit_planner *planner, struct document *document, const char *text,
                        size_t length, const size_t *map, size_t base) {
    static const char *const signs[] = {SYSTEMD_SHIM " -- ", "appsig-exec -- ", "opentelemetry-instrument "};
    for (size_t i = 0; i < array_length(signs); i++) {
        const char *found = find_text(text, length, signs[i]);
        if (!found) continue;
        size_t begin = (size_t)(found - text), end = begin + strlen(signs[i]);
        while (begin > 0 && !strchr(" \t\n;&|(", text[begin - 1])) begin--; /* its directory */
        cut(planner, document, map ? map[begin] : base + begin, map ? map[end] : base + end, "");
        return;
    }
}

static void unwrap_command(struct unit_planner *planner, const struct exec_command *command) {
    for (size_t i = 0; i < command->count; i++) {
        size_t words = launcher_words(command, i);
        if (!words || i + words >= command->count) continue;
        if (i == 0 && command->zeroth) return unwrap_named(planner, command, words);
        size_t begin = i == 0 ? command->begin : command->places[i]->span.begin;
        return cut(planner, planner->document, begin, command->places[i + words]->span.begin, "");
    }
    struct launch launch;
    launch_recognise(command->words, command->count, &launch);
    if (launch.kind == LAUNCH_SHELL) {
        const struct exec_word *word = command->places[launch.text];
        return unwrap_text(planner, planner->document, word->value, strlen(word->value), word->map, 0);
    }
    if (launch.kind != LAUNCH_SCRIPT) return;
    size_t at = launch.command;
    while (at < command->count && text_has_word("sh bash dash ash", text_base_name(command->words[at]))) at++;
    cleanup_free char *path = at < command->count && strchr(command->words[at], '/')
                                  ? deployed_file(&planner->deployed, command->words[at])
                                  : NULL;
    const struct source *looked = path ? unit_look(planner->unit, path) : NULL;
    if (!looked) return;
    struct document *script = unit_document(planner->unit, path, NULL);
    if (script && script->source.bytes)
        unwrap_text(planner, script, script->source.bytes, script->source.length, NULL, 0);
}

static const struct section_entry *entry_behind(const struct unit_planner *planner, size_t offset) {
    for (size_t i = 0; i < planner->file->sections.entry_count; i++)
        if (planner->file->sections.entries[i].span.begin >= offset)
            return &planner->file->sections.entries[i];
    return NULL;
}

/* "WORDS in the next line", where WORDS say what became what. */
static void undo_option(struct unit_planner *planner, const char *marker, size_t offset) {
    const struct section_entry *entry = entry_behind(planner, offset);
    for (size_t i = 0; entry && i < planner->file->commands.count; i++) {
        const struct exec_command *command = &planner->file->commands.items[i];
        if (command->entry != entry) continue;
        for (size_t k = 1; k < command->count; k++) {
            struct span span = command->places[k]->span;
            if (text_starts(marker, "--noreload is new") && strcmp(command->words[k], "--noreload") == 0)
                cut(planner, planner->document, command->places[k - 1]->span.end, span.end, "");
            bool ours = (text_starts(marker, "-c is new") && strcmp(command->words[k], "-c") == 0) ||
                        (text_starts(marker, "--ini is new") && strcmp(command->words[k], "--ini") == 0);
            if (ours && k + 1 < command->count)
                return cut(planner, planner->document, command->places[k - 1]->span.end,
                           command->places[k + 1]->span.end, "");
            if (strcmp(command->words[k], "-c") != 0 || k + 1 >= command->count) continue;
            size_t next = command->places[k + 1]->span.begin;
            if (text_starts(marker, "-c was --config= "))
                cut(planner, planner->document, span.begin, next, "--config=");
            if (text_starts(marker, "-c was --config "))
                cut(planner, planner->document, span.begin, span.end, "--config");
        }
    }
}

static size_t remove_marked(struct unit_planner *planner, size_t begin, const char *marker) {
    const struct source *source = &planner->document->source;
    size_t lines = text_starts(marker, "the next ") ? strtoul(marker + 9, NULL, 10) : 0;
    size_t end = source_line_end(source, begin);
    if (!lines) undo_option(planner, marker, end);
    while (lines-- > 0 && end < source->length) end = source_line_end(source, end);
    edits_remove_lines(&planner->document->edits, planner->service, source, (struct span){begin, end}, why);
    return end;
}

static void tell_drop_in(struct unit_planner *planner) {
    cleanup_free char *path = memory_format("%s.d/" SYSTEMD_DROP_IN, planner->document->source.path);
    if (!unit_has_file(planner->unit, path)) return;
    unit_note(planner->unit, planner->document, FINDING_HINT, SIZE_MAX,
              "'%s' is no longer needed and may be deleted", unit_shown(planner->unit, path));
}

void unit_remove(struct unit_planner *planner) {
    const struct source *source = &planner->document->source;
    tell_drop_in(planner);
    unit_unhook(planner);
    if (strcmp(text_base_name(source->path), SYSTEMD_DROP_IN) == 0) return;
    for (size_t at = source->begin; at < source->length;) {
        struct span indent;
        source_indent(source, at, &indent);
        const char *text = source->bytes + indent.end;
        at = strncmp(text, sign, sizeof sign - 1) == 0 ? remove_marked(planner, at, text + sizeof sign - 1)
                                                       : source_line_end(source, at);
    }
    for (size_t i = 0; i < planner->file->commands.count; i++)
        unwrap_command(planner, &planner->file->commands.items[i]);
}
