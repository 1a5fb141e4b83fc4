#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/lint/read.h"

/* NAME=VALUE words, or NAME VALUE as ENV had it first. */
static void read_env(struct reader *reader, struct planner *planner, const struct instruction *instruction,
                     struct fact_app *app) {
    struct dockerfile *file = planner->file;
    const struct document *document = reader->document;
    const struct name_word *words;
    struct fact_place at;
    size_t begin = instruction->arguments.begin, length = instruction->arguments.end - begin;
    size_t count =
        dockerfile_words(&file->arena, instruction->text + begin, length, begin, file->escape, &words);
    bool pairs = count && strchr(words[0].text, '=');
    for (size_t i = 0; i < count && (pairs || i == 0); i++) {
        const char *sign = strchr(words[i].text, '=');
        cleanup_free char *name =
            memory_copy_bytes(words[i].text, sign ? (size_t)(sign - words[i].text) : strlen(words[i].text));
        facts_place(reader->facts, &document->source, document->shown,
                    instruction_offset(instruction, words[i].span.begin), &at);
        at.ignored |= instruction->ignored;
        /* Quotes undone and ARGs filled in. */
        const char *value = dockerfile_variable(file, planner->stage, SIZE_MAX, name);
        facts_add_variable(reader->facts, app, name, value, &at);
    }
}

static size_t start_offset(const struct planner *planner) {
    const struct dockerfile *file = planner->file;
    size_t index = planner->cmd.index != SIZE_MAX ? planner->cmd.index : planner->entrypoint.index;
    if (index == SIZE_MAX) index = file->stages[planner->stage].from;
    return file->instructions[index].span.begin;
}

static void read_words(struct reader *reader, struct planner *planner, struct fact_app *app) {
    const struct part *parts[] = {&planner->entrypoint, &planner->cmd};
    size_t most = planner->entrypoint.count + planner->cmd.count + 1, count = 0;
    const char **words = arena_allocate(&planner->file->arena, most * sizeof *words);
    size_t last = dockerfile_last(planner->file, planner->stage, KEYWORD_WORKDIR, SIZE_MAX);
    const char *directory =
        last == SIZE_MAX ? NULL : instruction_arguments(planner->file, &planner->file->instructions[last]);
    struct started started;
    for (size_t i = 0; i < array_length(parts); i++)
        for (size_t k = 0; k < parts[i]->count; k++) words[count++] = parts[i]->words[k];
    read_started(&planner->file->arena, words, count, &started);
    read_app_start(reader, app, &started, directory);
}

static void read_image(struct reader *reader, int stage) {
    struct document *document = reader->document;
    struct dockerfile *file = document->model;
    struct planner planner = {.unit = reader->unit, .document = document, .file = file};
    cleanup_free char *number = memory_format("%d", stage);
    if (!read_stage(&planner, number)) return;
    struct fact_app *app = facts_add_app(reader->facts, APP_IMAGE, document->shown);
    app->image = app->label;
    app->target = facts_text(reader->facts, file->stages[stage].name);
    app->last = stage + 1 == (int)file->stage_count;
    facts_place(reader->facts, &document->source, document->shown, start_offset(&planner), &app->at);
    app->start = app->at;
    for (size_t i = 0; i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        if (instruction->keyword == KEYWORD_ENV && dockerfile_in_chain(file, stage, (int)instruction->stage))
            read_env(reader, &planner, instruction, app);
    }
    read_words(reader, &planner, app);
}

void read_dockerfile(struct reader *reader) {
    struct dockerfile *file = reader->document->model;
    for (size_t i = 0; i < file->stage_count && !file->ignored; i++) read_image(reader, (int)i);
}
