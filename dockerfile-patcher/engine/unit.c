#include "dockerfile-patcher/engine/unit.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"

/* Room for one more: it doubles at every power of two. */
static void *grown(void *items, size_t count, size_t bytes) {
    if (count && (count & (count - 1))) return items;
    return memory_resize(items, (count ? count * 2 : 1) * bytes);
}

const char *unit_shown(const struct unit *unit, const char *path) {
    size_t length = strlen(unit->root);
    while (length > 1 && unit->root[length - 1] == '/') length--;
    if (strcmp(unit->root, ".") == 0) return strncmp(path, "./", 2) == 0 ? path + 2 : path;
    return strncmp(path, unit->root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

struct document *unit_find(const struct unit *unit, const char *path) {
    for (size_t i = 0; i < unit->document_count; i++)
        if (strcmp(unit->documents[i]->source.path, path) == 0) return unit->documents[i];
    return NULL;
}

struct document *unit_add_source(struct unit *unit, struct source *source, const struct format *format,
                                 struct links *links) {
    struct document *document = memory_zeroed(1, sizeof *document);
    document->source = *source;
    *source = (struct source){0};
    document->shown = unit_shown(unit, document->source.path);
    document->format = format;
    unit->documents = grown(unit->documents, unit->document_count, sizeof(struct document *));
    unit->documents[unit->document_count++] = document;
    if (!format || !format->scan) return document;
    if (!format->scan(unit, document, links)) document->planned = true;
    return document;
}

struct document *unit_document(struct unit *unit, const char *path, const struct format *format) {
    struct document *there = unit_find(unit, path);
    if (there) return there;
    if (!unit_has_path(unit, path)) return NULL;
    struct source source;
    cleanup_free char *detail = NULL;
    enum source_state state = source_read(&source, path, &detail);
    if (state != SOURCE_READ) {
        findings_add(&unit->findings, finding_of_state(state), NULL, path, SIZE_MAX, "%s%s%s",
                     finding_rows[finding_of_state(state)].meaning, detail ? ": " : "", detail ? detail : "");
        source_free(&source);
        return NULL;
    }
    const struct format *row = format ? format : format_of_source(&source, NULL);
    return unit_add_source(unit, &source, row, NULL);
}

const struct source *unit_look(struct unit *unit, const char *path) {
    struct document *there = unit_find(unit, path);
    if (there) return &there->source;
    for (size_t i = 0; i < unit->look_count; i++)
        if (strcmp(unit->looks[i]->path, path) == 0) return unit->looks[i]->bytes ? unit->looks[i] : NULL;
    if (!unit_has_path(unit, path)) return NULL;
    struct source *source = memory_zeroed(1, sizeof *source);
    source_read(source, path, NULL);
    unit->looks = grown(unit->looks, unit->look_count, sizeof(struct source *));
    unit->looks[unit->look_count++] = source;
    return source->bytes ? source : NULL;
}

static size_t hash_of(const char *path) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *at = path; *at; at++) hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

/* The files of a directory ask for the same neighbours again and again. */
static unsigned char kind_of_path(struct unit *unit, const char *path) {
    struct known_path *known = &unit->known[hash_of(path) % UNIT_KNOWN_PATHS];
    if (known->path && strcmp(known->path, path) == 0) return known->kind;
    struct stat status;
    free(known->path);
    known->path = memory_copy(path);
    known->kind = stat(path, &status) != 0  ? PATH_MISSING
                  : S_ISREG(status.st_mode) ? PATH_FILE
                  : S_ISDIR(status.st_mode) ? PATH_DIRECTORY
                                            : PATH_OTHER;
    return known->kind;
}

bool unit_has_file(struct unit *unit, const char *path) { return kind_of_path(unit, path) == PATH_FILE; }

bool unit_has_directory(struct unit *unit, const char *path) {
    return kind_of_path(unit, path) == PATH_DIRECTORY;
}

bool unit_has_path(struct unit *unit, const char *path) { return kind_of_path(unit, path) != PATH_MISSING; }

struct service *unit_service(struct unit *unit, const char *name) {
    struct service *service = memory_zeroed(1, sizeof *service);
    service->name = memory_copy(name);
    unit->services = grown(unit->services, unit->service_count, sizeof(struct service *));
    unit->services[unit->service_count++] = service;
    return service;
}

struct service *service_of(struct service *service) {
    while (service && service->joined) service = service->joined;
    return service;
}

void service_join(struct service *one, struct service *other) {
    one = service_of(one);
    other = service_of(other);
    if (one == other || !one || !other) return;
    other->joined = one;
    one->refused |= other->refused;
    one->open += other->open;
}

bool service_is_free(const struct service *service) {
    const struct service *root = service_of((struct service *)service);
    return !root || (!root->refused && root->open == 0);
}

bool edit_is_free(const struct edit *edit) { return service_is_free(edit->service); }

const char *unit_answer(struct unit *unit, const struct document *document, const char *name) {
    return answers_find(&unit->settings->answers, document ? document->shown : NULL, name);
}

const char *unit_ask(struct unit *unit, struct service *service, const char *name,
                     const struct document *document, const char *text, struct question **question) {
    const char *path = document ? document->source.path : unit->root;
    if (question) *question = NULL;
    const char *answer = unit_answer(unit, document, name);
    if (answer) return answer;
    for (size_t i = 0; i < unit->questions.count; i++) {
        struct question *asked = &unit->questions.items[i];
        if (strcmp(asked->name, name) != 0 || strcmp(asked->path, path) != 0) continue;
        service_of(service)->open++;
        if (question) *question = asked;
        return NULL;
    }
    struct question *added = questions_add(&unit->questions, name, path, text);
    service_of(service)->open++;
    if (question) *question = added;
    return NULL;
}

void unit_refuse(struct unit *unit, struct document *document, enum finding_id id, size_t offset,
                 const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    findings_add_list(&unit->findings, id, &document->source, NULL, offset, format, arguments);
    va_end(arguments);
    if (!document->service) document->service = unit_service(unit, document->shown);
    service_of(document->service)->refused = true;
}

void unit_note(struct unit *unit, struct document *document, enum finding_id id, size_t offset,
               const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    findings_add_list(&unit->findings, id, &document->source, NULL, offset, format, arguments);
    va_end(arguments);
}

/* 1: there with the same bytes, 0: there with others, -1: not there. */
static int compare_file(const char *path, const char *bytes, size_t length) {
    struct stat status;
    if (stat(path, &status) != 0) return -1;
    if (!S_ISREG(status.st_mode) || (size_t)status.st_size != length) return 0;
    FILE *stream = fopen(path, "rbe");
    if (!stream) return 0;
    char piece[16384];
    size_t at = 0, got;
    while ((got = fread(piece, 1, sizeof piece, stream)) > 0 && at + got <= length &&
           memcmp(piece, bytes + at, got) == 0)
        at += got;
    fclose(stream);
    return at == length && got == 0;
}

void unit_create(struct unit *unit, struct service *service, const char *path, char *bytes, size_t length,
                 unsigned mode, bool binary, const char *why) {
    int there = unit_has_path(unit, path) ? compare_file(path, bytes, length) : -1;
    for (size_t i = 0; i < unit->file_count && there != 1; i++)
        if (strcmp(unit->files[i].path, path) == 0) {
            /* Two services want it: either may bring it. */
            if (!service_is_free(unit->files[i].service)) unit->files[i].service = service;
            there = 1;
        }
    if (there == 1) {
        if (!binary) free(bytes);
        return;
    }
    unit->files = grown(unit->files, unit->file_count, sizeof *unit->files);
    unit->files[unit->file_count++] = (struct new_file){.path = memory_copy(path),
                                                        .bytes = bytes,
                                                        .length = length,
                                                        .mode = mode,
                                                        .binary = binary,
                                                        .replaces = there == 0,
                                                        .why = why,
                                                        .service = service};
}

static void document_free(struct document *document) {
    if (document->model && document->format->release) document->format->release(document->model);
    edits_free(&document->edits);
    free(document->stage);
    free(document->context);
    source_free(&document->source);
    free(document);
}

void unit_free(struct unit *unit) {
    for (size_t i = 0; i < unit->document_count; i++) document_free(unit->documents[i]);
    for (size_t i = 0; i < unit->service_count; i++) {
        free(unit->services[i]->name);
        free(unit->services[i]);
    }
    for (size_t i = 0; i < unit->file_count; i++) {
        free(unit->files[i].path);
        if (!unit->files[i].binary) free(unit->files[i].bytes);
    }
    for (size_t i = 0; i < unit->look_count; i++) {
        source_free(unit->looks[i]);
        free(unit->looks[i]);
    }
    for (size_t i = 0; i < UNIT_KNOWN_PATHS; i++) free(unit->known[i].path);
    free(unit->documents);
    free(unit->services);
    free(unit->files);
    free(unit->looks);
    questions_free(&unit->questions);
    findings_free(&unit->findings);
}
