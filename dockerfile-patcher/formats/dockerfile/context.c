#include "dockerfile-patcher/formats/dockerfile/context.h"

#include <stdint.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/shim_source.h"
#include "dockerfile-patcher/engine/binary.h"
#include "dockerfile-patcher/engine/walk.h"

enum { MOST_WHEEL_BYTES = 64 * 1024 * 1024 };

/* The words of a COPY or ADD without the target; JSON form or not. */
static size_t copy_sources(struct dockerfile *file, const struct instruction *copy, const char ***sources) {
    const struct name_word *words = NULL;
    struct span span = copy->arguments;
    size_t count = copy->json ? copy->word_count
                              : dockerfile_words(&file->arena, copy->text + span.begin, span.end - span.begin,
                                                 span.begin, file->escape, &words);
    *sources = arena_allocate(&file->arena, (count + 1) * sizeof **sources);
    for (size_t i = 0; i < count; i++) (*sources)[i] = copy->json ? copy->words[i].value : words[i].text;
    return count;
}

static bool is_context_copy(struct dockerfile *file, const struct instruction *instruction) {
    return (instruction->keyword == KEYWORD_COPY || instruction->keyword == KEYWORD_ADD) &&
           !instruction->heredoc_count && !instruction_flag(file, instruction, "from");
}

static const char *below_context(const char *path) {
    while (text_starts(path, "./")) path += 2;
    while (*path == '/') path++;
    return strcmp(path, ".") == 0 ? "" : path;
}

/* How many named sources of COPY and ADD are there; a lone dot is no evidence. */
static bool holds_sources(struct unit *unit, struct dockerfile *file, const char *directory, size_t *named) {
    for (size_t i = 0; i < file->count; i++) {
        if (!is_context_copy(file, &file->instructions[i])) continue;
        const char **sources;
        size_t count = copy_sources(file, &file->instructions[i], &sources);
        for (size_t k = 0; k + 1 < count; k++) {
            const char *source = below_context(sources[k]);
            if (strpbrk(source, "*?[$:") || *source == '\0') continue;
            ++*named;
            cleanup_free char *path = text_join_path(directory, source);
            if (unit_has_path(unit, path)) return true;
        }
    }
    return false;
}

char *dockerfile_context(struct unit *unit, const struct document *document, struct dockerfile *file) {
    if (document->context) return memory_copy(document->context);
    char *own =
        strcmp(document->source.path, "-") == 0 ? memory_copy(".") : text_directory(document->source.path);
    size_t named = 0;
    if (holds_sources(unit, file, own, &named) || named == 0) return own;
    cleanup_free char *above = memory_copy(own);
    size_t root = strlen(unit->root);
    while (strlen(above) > root && text_starts(above, unit->root)) {
        char *next = text_directory(above);
        free(above);
        above = next;
        if (!holds_sources(unit, file, above, &named)) continue;
        free(own);
        return steal_pointer(&above);
    }
    return own;
}

char *dockerfile_context_file(struct unit *unit, struct dockerfile *file, const char *context,
                              const char *path) {
    const char *base = text_base_name(path);
    if (!*base) return NULL;
    for (size_t i = file->count; i-- > 0;) {
        const struct instruction *copy = &file->instructions[i];
        if (!is_context_copy(file, copy)) continue;
        const char **words;
        size_t count = copy_sources(file, copy, &words);
        for (size_t k = 0; k + 1 < count; k++) {
            const char *source = below_context(words[k]);
            const char *target = words[count - 1];
            bool named = strcmp(text_base_name(source), base) == 0 || strcmp(target, path) == 0;
            cleanup_free char *file_path = text_join_path(context, source);
            if (named && unit_has_file(unit, file_path)) return steal_pointer(&file_path);
            if (!unit_has_directory(unit, file_path)) continue;
            /* A directory: what lies below it, by the path as it stands, and by its last part. */
            size_t length = strlen(target);
            const char *below = strncmp(path, target, length) == 0 ? path + length : path;
            cleanup_free char *inner = text_join_path(file_path, below_context(below));
            cleanup_free char *flat = text_join_path(file_path, base);
            if (unit_has_file(unit, inner)) return steal_pointer(&inner);
            if (unit_has_file(unit, flat)) return steal_pointer(&flat);
        }
    }
    return NULL;
}

/* An absolute path without a slash at its end, or NULL where it cannot be told. In the file's arena. */
static const char *image_path(struct dockerfile *file, const char *path, const char *from) {
    while (text_starts(path, "./")) path += 2;
    if (strcmp(path, ".") == 0) path = "";
    if (strchr(path, '$') || (*path != '/' && !from)) return NULL;
    cleanup_free char *whole = *path == '/' ? memory_copy(path) : text_join_path(from, path);
    size_t length = strlen(whole);
    while (length > 1 && whole[length - 1] == '/') length--;
    return arena_copy(&file->arena, whole, length);
}

static const char *workdir(struct dockerfile *file, int stage, size_t before) {
    size_t last = dockerfile_last(file, stage, KEYWORD_WORKDIR, before);
    return last == SIZE_MAX ? "/"
                            : image_path(file, instruction_arguments(file, &file->instructions[last]), NULL);
}

const char *dockerfile_workdir(struct dockerfile *file, int stage) { return workdir(file, stage, SIZE_MAX); }

char *dockerfile_start_directory(struct dockerfile *file, int stage, const char *start, const char *context,
                                 bool *copied) {
    *copied = false;
    for (size_t i = file->count; start && i-- > 0;) {
        const struct instruction *copy = &file->instructions[i];
        const char **words;
        if (!is_context_copy(file, copy) || !dockerfile_in_chain(file, stage, (int)copy->stage)) continue;
        if (copy_sources(file, copy, &words) != 2 || strpbrk(words[0], "*?[$:")) continue;
        const char *target = image_path(file, words[1], workdir(file, (int)copy->stage, i));
        cleanup_free char *source = text_join_path(context, below_context(words[0]));
        bool directory = *below_context(words[0]) == '\0' || files_is_directory(source);
        if (!target || !directory || strcmp(target, start) != 0) continue;
        *copied = true;
        return *below_context(words[0]) ? steal_pointer(&source) : memory_copy(context);
    }
    return memory_copy(context);
}

bool dockerignore_hides(const char *bytes, const char *path) {
    bool hidden = false;
    for (const char *at = bytes; *at;) {
        size_t length = strcspn(at, "\n");
        cleanup_free char *line = memory_copy_bytes(at, length);
        at += length + (at[length] != '\0');
        line[strcspn(line, "\r")] = '\0';
        char *pattern = line + strspn(line, " \t");
        for (size_t end = strlen(pattern); end && strchr(" \t/", pattern[end - 1]); end--)
            pattern[end - 1] = '\0';
        if (*pattern == '\0' || *pattern == '#') continue;
        bool negated = *pattern == '!';
        pattern += negated;
        while (text_starts(pattern, "./")) pattern += 2;
        while (*pattern == '/') pattern++;
        cleanup_free char *part = memory_copy(path);
        bool matches = glob_matches(pattern, part);
        for (char *slash; !matches && (slash = strrchr(part, '/'));) {
            *slash = '\0';
            matches = glob_matches(pattern, part);
        }
        if (matches) hidden = !negated;
    }
    return hidden;
}

bool dockerfile_hides(struct unit *unit, const struct document *document, const char *context,
                      const char *path) {
    cleanup_free char *special = memory_format("%s.dockerignore", document->source.path);
    cleanup_free char *general = text_join_path(context, ".dockerignore");
    const char *file = unit_has_file(unit, special) ? special : general;
    const struct source *source = unit_look(unit, file);
    size_t length = strlen(context);
    const char *below = strncmp(path, context, length) == 0 ? path + length : path;
    while (*below == '/') below++;
    return source && dockerignore_hides(source->bytes, below);
}

static void open_ignore(struct unit *unit, struct document *document, const char *context,
                        const char *binary) {
    cleanup_free char *special = memory_format("%s.dockerignore", document->source.path);
    cleanup_free char *general = text_join_path(context, ".dockerignore");
    const char *path = unit_has_file(unit, special) ? special : unit_has_file(unit, general) ? general : NULL;
    struct document *ignore = path ? unit_document(unit, path, NULL) : NULL;
    if (!ignore || !ignore->source.bytes || !dockerignore_hides(ignore->source.bytes, binary)) return;
    edits_insert_after(&ignore->edits, document->service, &ignore->source, ignore->source.length,
                       "!" CONTEXT_FOLDER, "let the builder see appsig-exec");
}

void dockerfile_close_ignore(struct unit *unit, struct document *document, const char *context) {
    cleanup_free char *special = memory_format("%s.dockerignore", document->source.path);
    cleanup_free char *general = text_join_path(context, ".dockerignore");
    const char *path = unit_has_file(unit, special) ? special : unit_has_file(unit, general) ? general : NULL;
    struct document *ignore = path ? unit_document(unit, path, NULL) : NULL;
    if (!ignore || !ignore->source.bytes) return;
    const struct source *source = &ignore->source;
    for (size_t at = source->begin; at < source->length; at = source_line_end(source, at)) {
        size_t length = source_line_end(source, at) - at;
        while (length && strchr("\r\n", source->bytes[at + length - 1])) length--;
        if (length != strlen("!" CONTEXT_FOLDER) ||
            strncmp(source->bytes + at, "!" CONTEXT_FOLDER, length) != 0)
            continue;
        edits_remove_lines(&ignore->edits, document->service, source, (struct span){at, at + length},
                           "take out what appsig-patch put in");
    }
}

const char *dockerfile_only_platform(const struct unit *unit) {
    const struct shims *shims = unit->settings->shims;
    for (size_t i = 0; shims && shims->count == 1 && i < SHIM_MOST; i++)
        if (shims->items[i].platform) return shims->items[i].platform;
    return NULL;
}

void dockerfile_put_binaries(struct unit *unit, struct document *document, const char *context) {
    cleanup_text struct text sums = {0};
    struct shims *shims = unit->settings->shims;
    cleanup_free char *list = text_join_path(context, CONTEXT_FOLDER "/SHA256SUMS");
    /* --check prints no file, so what is missing need not be made: a digest costs as much as fifty files. */
    bool needed = unit->settings->mode != MODE_CHECK || unit->settings->json || unit_has_path(unit, list);
    for (size_t i = 0; shims && i < SHIM_MOST; i++) {
        struct shim *shim = &shims->items[i];
        if (!shim->platform) continue;
        cleanup_free char *name = memory_format(CONTEXT_FOLDER "/appsig-exec-%s", shim->platform);
        cleanup_free char *path = text_join_path(context, name);
        text_add_format(&sums, "%s  appsig-exec-%s\n", needed ? shim_digest(shim) : "", shim->platform);
        unit_create(unit, document->service, path, shim->bytes, shim->length, 0755, true,
                    "appsig-exec for the build");
        open_ignore(unit, document, context, name);
    }
    if (sums.length)
        unit_create(unit, document->service, list, memory_copy(sums.bytes), sums.length, 0644, false,
                    "the digests of appsig-exec");
}

void dockerfile_put_wheel(struct unit *unit, struct document *document, const char *context) {
    const char *path = unit->settings->shim_reference;
    cleanup_free char *bytes = NULL;
    size_t length;
    int failure = files_read(path, MOST_WHEEL_BYTES, &bytes, &length);
    if (failure) {
        unit_refuse(unit, document, FINDING_UNREADABLE, SIZE_MAX, "the wheel '%s' cannot be read: %s", path,
                    strerror(failure));
        return;
    }
    char digest[65];
    sha256_hex(bytes, length, digest);
    cleanup_free char *name = memory_format(CONTEXT_FOLDER "/%s", text_base_name(path));
    cleanup_free char *target = text_join_path(context, name);
    cleanup_free char *list = text_join_path(context, CONTEXT_FOLDER "/SHA256SUMS");
    char *sums = memory_format("%s  %s\n", digest, text_base_name(path));
    unit_create(unit, document->service, target, steal_pointer(&bytes), length, 0644, false,
                "appsig-exec as a wheel");
    unit_create(unit, document->service, list, sums, strlen(sums), 0644, false, "the digest of the wheel");
    open_ignore(unit, document, context, name);
}
