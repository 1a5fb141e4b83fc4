#include "dockerfile-patcher/engine/question.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/walk.h"

struct question *questions_add(struct questions *questions, const char *name, const char *path,
                               const char *text) {
    if (questions->count == questions->capacity) {
        questions->capacity = questions->capacity ? questions->capacity * 2 : 4;
        questions->items = memory_resize(questions->items, questions->capacity * sizeof *questions->items);
    }
    struct question *question = &questions->items[questions->count++];
    *question = (struct question){memory_copy(name), memory_copy(path), memory_copy(text), NULL, 0, NULL, 0};
    return question;
}

void question_candidate(struct question *question, const char *value) {
    for (size_t i = 0; i < question->candidate_count; i++)
        if (strcmp(question->candidates[i], value) == 0) return;
    size_t bytes = (question->candidate_count + 1) * sizeof *question->candidates;
    question->candidates = memory_resize(question->candidates, bytes);
    question->candidates[question->candidate_count++] = memory_copy(value);
}

void question_evidence(struct question *question, const struct source *source, size_t offset,
                       const char *value) {
    size_t bytes = (question->evidence_count + 1) * sizeof *question->evidence;
    question->evidence = memory_resize(question->evidence, bytes);
    question->evidence[question->evidence_count++] =
        (struct evidence){memory_copy(source->path), {0, 0}, memory_copy(value)};
    source_place(source, offset, &question->evidence[question->evidence_count - 1].place);
}

static void question_free(struct question *question) {
    free(question->name);
    free(question->path);
    free(question->text);
    for (size_t i = 0; i < question->candidate_count; i++) free(question->candidates[i]);
    for (size_t i = 0; i < question->evidence_count; i++) {
        free(question->evidence[i].path);
        free(question->evidence[i].value);
    }
    free(question->candidates);
    free(question->evidence);
}

void questions_free(struct questions *questions) {
    for (size_t i = 0; i < questions->count; i++) question_free(&questions->items[i]);
    free(questions->items);
    *questions = (struct questions){0};
}

void answers_add(struct answers *answers, const char *scope, const char *name, const char *value,
                 const char *origin) {
    if (answers->count == answers->capacity) {
        answers->capacity = answers->capacity ? answers->capacity * 2 : 8;
        answers->items = memory_resize(answers->items, answers->capacity * sizeof *answers->items);
    }
    answers->items[answers->count++] = (struct answer){scope ? memory_copy(scope) : NULL, memory_copy(name),
                                                       memory_copy(value), memory_copy(origin), false};
}

bool answers_add_set(struct answers *answers, const char *set) {
    size_t length = strcspn(set, "=");
    if (set[length] != '=') return false;
    cleanup_free char *left = memory_copy_bytes(set, length);
    char *colon = strrchr(left, ':');
    const char *name = colon ? colon + 1 : left;
    size_t valid = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    if (valid == 0 || name[valid] != '\0' || colon == left) return false;
    if (colon) *colon = '\0';
    answers_add(answers, colon ? left : NULL, name, set + length + 1, "--set");
    return true;
}

/* The later of two equally special ones wins, as a flag repeated does. */
const char *answers_find(struct answers *answers, const char *path, const char *name) {
    struct answer *best = NULL;
    for (size_t i = 0; i < answers->count; i++) {
        struct answer *answer = &answers->items[i];
        if (strcmp(answer->name, name) != 0) continue;
        if (answer->scope && (!path || !glob_matches(answer->scope, path))) continue;
        if (!best || answer->scope || !best->scope) best = answer;
    }
    if (!best) return NULL;
    best->used = true;
    return best->value;
}

void answers_free(struct answers *answers) {
    for (size_t i = 0; i < answers->count; i++) {
        free(answers->items[i].scope);
        free(answers->items[i].name);
        free(answers->items[i].value);
        free(answers->items[i].origin);
    }
    free(answers->items);
    *answers = (struct answers){0};
}
