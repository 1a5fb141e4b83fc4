#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/text/find.h"

/* As strcasestr, for small letters; every file name of a repository comes through here. */
static const char *find_folded(const char *text, const char *word) {
    for (; *text; text++) {
        size_t i = 0;
        while (word[i] && (text[i] | 32) == word[i]) i++;
        if (!word[i]) return text;
    }
    return NULL;
}

/* Dockerfile, Dockerfile.prod, prod.Dockerfile, Containerfile, web__Dockerfile; not Dockerfile.md or .dockerignore. */
static bool recognise(const char *path, const char *base) {
    static const char *const others[] = {".md",           ".rst",  ".txt", ".py",  ".sh", ".yml",
                                         ".yaml",         ".json", ".go",  ".js",  ".ts", ".html",
                                         ".dockerignore", ".orig", ".rej", ".bak", ".swp"};
    (void)path;
    const char *name = find_folded(base, "dockerfile");
    size_t length = 10;
    if (!name && (name = find_folded(base, "containerfile"))) length = 13;
    if (!name) return false;
    if (text_ends_in(base, others, array_length(others))) return false;
    bool front = name == base || strchr("._-", name[-1]);
    return front && (name[length] == '\0' || strchr("._-", name[length]));
}

/* Words without which a Dockerfile has nothing to do with Python, each from its rarest letter on. One pass: two of three
 * Dockerfiles are left alone for want of them, and are not even scanned. */
static bool speaks_of_python(const struct source *source) {
    static const struct {
        const char *rest;
        size_t length;
    } words[256] = {
        ['y'] = {"ython", 5},   ['Y'] = {"YTHON", 5}, ['v'] = {"vicorn", 6},   ['j'] = {"jango", 5},
        ['p'] = {"pip", 3},     ['P'] = {"PIP", 3},   ['w'] = {"wsgi", 4},     ['m'] = {"mamba", 5},
        ['J'] = {"Jupyter", 7}, ['f'] = {"flask", 5}, ['g'] = {"gunicorn", 8},
    };
    const char *end = source->bytes + source->length;
    for (const char *at = source->bytes + source->begin; at < end; at++) {
        size_t length = words[(unsigned char)*at].length;
        if (length && (size_t)(end - at) >= length && memcmp(at, words[(unsigned char)*at].rest, length) == 0)
            return true;
    }
    return find_text(source->bytes, source->length, "conda") ||
           find_text(source->bytes, source->length, "jupyter");
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct dockerfile *file = memory_zeroed(1, sizeof *file);
    struct dockerfile_complaint complaint;
    (void)links;
    document->model = file;
    if (!speaks_of_python(&document->source)) {
        unit_note(unit, document, FINDING_NOT_PYTHON, SIZE_MAX, "no sign of Python");
        return false;
    }
    if (!dockerfile_scan(file, &document->source, &complaint)) {
        unit_refuse(unit, document, FINDING_SYNTAX, complaint.offset, "%s", complaint.message);
        return false;
    }
    dockerfile_stages(file);
    return true;
}

static bool same_text(const struct instruction *one, const struct instruction *other) {
    return one->keyword == other->keyword && one->text_length == other->text_length &&
           memcmp(one->text, other->text, one->text_length) == 0;
}

static bool is_edited(const struct document *document, const struct instruction *instruction) {
    for (size_t i = 0; i < document->edits.count; i++) {
        const struct edit *edit = &document->edits.items[i];
        if (edit->begin > instruction->span.begin && edit->begin < instruction->span.end) return true;
        if (edit->end > instruction->span.begin && edit->begin < instruction->span.end) return true;
        if (edit->begin == instruction->text_end && edit->end == edit->begin && edit->text[0] != '\n' &&
            edit->text[0] != '\r')
            return true;
    }
    return false;
}

/* Every instruction that no edit touches is there as it was, in order; what is new is what was announced. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct dockerfile *before = document->model;
    struct dockerfile file;
    struct dockerfile_complaint refused;
    bool good = dockerfile_scan(&file, after, &refused);
    if (!good) *complaint = memory_copy(refused.message);
    size_t at = 0;
    for (size_t i = 0; good && i < before->count; i++) {
        if (is_edited(document, &before->instructions[i])) continue;
        while (at < file.count && !same_text(&before->instructions[i], &file.instructions[at])) at++;
        good = at < file.count;
        if (!good)
            *complaint = memory_format("the instruction of line %zu is lost", before->instructions[i].line);
        at++;
    }
    dockerfile_free(&file);
    return good;
}

static void release(void *model) {
    dockerfile_free(model);
    free(model);
}

const struct format format_dockerfile = {
    .name = "dockerfile",
    .help = "Dockerfile and Containerfile, as BuildKit reads them",
    .recognise = recognise,
    .scan = scan,
    .plan = dockerfile_plan,
    .verify = verify,
    .release = release,
};
