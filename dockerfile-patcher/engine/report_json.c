#include "dockerfile-patcher/engine/report_json.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/binary.h"

static void add_place(cJSON *object, const struct place *place) {
    if (place->line == 0) return;
    cJSON_AddNumberToObject(object, "line", (double)place->line);
    cJSON_AddNumberToObject(object, "column", (double)place->column);
}

static void add_files(cJSON *object, const struct unit *unit) {
    cJSON *files = cJSON_AddArrayToObject(object, "files");
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct document *document = unit->documents[i];
        cJSON *file = cJSON_CreateObject();
        cJSON_AddItemToArray(files, file);
        cJSON_AddStringToObject(file, "path", document->source.path);
        cJSON_AddStringToObject(file, "format", document->format ? document->format->name : "");
        cJSON *edits = cJSON_AddArrayToObject(file, "edits");
        for (size_t k = 0; k < document->edits.count; k++) {
            const struct edit *edit = &document->edits.items[k];
            struct place place;
            source_place(&document->source, edit->begin, &place);
            cJSON *item = cJSON_CreateObject();
            cJSON_AddItemToArray(edits, item);
            cJSON_AddNumberToObject(item, "begin", (double)edit->begin);
            cJSON_AddNumberToObject(item, "end", (double)edit->end);
            cJSON_AddStringToObject(item, "text", edit->text);
            cJSON_AddStringToObject(item, "why", edit->why);
            add_place(item, &place);
        }
    }
}

static void add_created(cJSON *object, const struct unit *unit) {
    cJSON *created = cJSON_AddArrayToObject(object, "created");
    for (size_t i = 0; i < unit->file_count; i++) {
        const struct new_file *file = &unit->files[i];
        char digest[65];
        if (!service_is_free(file->service)) continue;
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(created, item);
        sha256_hex(file->bytes, file->length, digest);
        cJSON_AddStringToObject(item, "path", file->path);
        cJSON_AddNumberToObject(item, "bytes", (double)file->length);
        cJSON_AddStringToObject(item, "sha256", digest);
        cJSON_AddStringToObject(item, "why", file->why);
    }
}

static void add_questions(cJSON *object, const struct unit *unit) {
    cJSON *questions = cJSON_AddArrayToObject(object, "questions");
    for (size_t i = 0; i < unit->questions.count; i++) {
        const struct question *question = &unit->questions.items[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(questions, item);
        cJSON_AddStringToObject(item, "name", question->name);
        cJSON_AddStringToObject(item, "path", question->path);
        cJSON_AddStringToObject(item, "text", question->text);
        cJSON *candidates = cJSON_AddArrayToObject(item, "candidates");
        for (size_t k = 0; k < question->candidate_count; k++)
            cJSON_AddItemToArray(candidates, cJSON_CreateString(question->candidates[k]));
        cJSON *evidence = cJSON_AddArrayToObject(item, "evidence");
        for (size_t k = 0; k < question->evidence_count; k++) {
            cJSON *place = cJSON_CreateObject();
            cJSON_AddItemToArray(evidence, place);
            cJSON_AddStringToObject(place, "path", question->evidence[k].path);
            add_place(place, &question->evidence[k].place);
            cJSON_AddStringToObject(place, "value", question->evidence[k].value);
        }
    }
}

static void add_findings(cJSON *object, const struct unit *unit) {
    static const char *const severities[] = {"note", "warning", "error"};
    cJSON *findings = cJSON_AddArrayToObject(object, "findings");
    for (size_t i = 0; i < unit->findings.count; i++) {
        const struct finding *finding = &unit->findings.items[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(findings, item);
        cJSON_AddStringToObject(item, "id", finding_rows[finding->id].id);
        cJSON_AddStringToObject(item, "severity", severities[finding_rows[finding->id].severity]);
        cJSON_AddStringToObject(item, "path", finding->path);
        add_place(item, &finding->place);
        cJSON_AddStringToObject(item, "message", finding->message);
    }
}

char *report_json_unit(const struct unit *unit) {
    cJSON *object = cJSON_CreateObject();
    add_files(object, unit);
    add_created(object, unit);
    add_questions(object, unit);
    add_findings(object, unit);
    char *printed = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return printed ? printed : memory_copy("{}");
}
