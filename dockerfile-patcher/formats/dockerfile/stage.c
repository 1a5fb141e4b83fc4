#include "dockerfile-patcher/formats/dockerfile/stage.h"
#include "dockerfile-patcher/text/find.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static const char *unquoted(struct arena *arena, const char *word) {
    size_t length = strlen(word);
    char *out = arena_copy(arena, word, length), *put = out;
    char quote = '\0';
    for (const char *at = word; *at; at++) {
        if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? '\0' : *at;
        else if (*at == '\\' && at[1] && quote != '\'')
            *put++ = *++at;
        else
            *put++ = *at;
    }
    *put = '\0';
    return out;
}

/* NAME=value among the words of an ENV or ARG; the old form `ENV NAME value` as well. */
static const char *value_in(struct dockerfile *file, const struct instruction *instruction,
                            const char *name) {
    const struct name_word *words;
    struct span span = instruction->arguments;
    const char *found = NULL;
    size_t length = strlen(name);
    if (!find_bytes(instruction->text + span.begin, span.end - span.begin, name, length)) return NULL;
    size_t count = dockerfile_words(&file->arena, instruction->text + span.begin, span.end - span.begin,
                                    span.begin, file->escape, &words);
    for (size_t i = 0; i < count; i++)
        if (strncmp(words[i].text, name, length) == 0 && words[i].text[length] == '=')
            found = unquoted(&file->arena, words[i].text + length + 1);
    bool old_form = instruction->keyword == KEYWORD_ENV && count > 1 && strcmp(words[0].text, name) == 0;
    if (old_form)
        return arena_copy(&file->arena, instruction->text + words[1].span.begin,
                          span.end - words[1].span.begin);
    return found;
}

/* Only what stands in front of the first FROM counts there. */
static const char *global_argument(struct dockerfile *file, const char *name, size_t length) {
    const char *value = NULL;
    char copy[128];
    if (length >= sizeof copy) return NULL;
    memcpy(copy, name, length);
    copy[length] = '\0';
    for (size_t i = 0; i < file->count && file->instructions[i].keyword != KEYWORD_FROM; i++) {
        if (file->instructions[i].keyword != KEYWORD_ARG) continue;
        const char *found = value_in(file, &file->instructions[i], copy);
        if (found) value = found;
    }
    return value;
}

static bool name_byte(char c) {
    return (c >= '0' && c <= '9') || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static const char *expand(struct dockerfile *file, const char *text, bool *open) {
    cleanup_text struct text out = {0};
    *open = false;
    if (!strchr(text, '$')) return text;
    for (const char *at = text; *at;) {
        if (*at != '$') {
            text_add_char(&out, *at++);
            continue;
        }
        const char *begin = at++;
        bool braced = *at == '{';
        if (braced) at++;
        const char *name = at;
        while (name_byte(*at)) at++;
        size_t length = (size_t)(at - name);
        const char *value = global_argument(file, name, length);
        const char *fallback = braced && at[0] == ':' && at[1] == '-' ? at + 2 : NULL;
        while (braced && *at && *at != '}') at++;
        if (!value && fallback) value = arena_copy(&file->arena, fallback, (size_t)(at - fallback));
        if (braced && *at) at++;
        if (!value || !*value) *open = true;
        if (value)
            text_add(&out, value);
        else
            text_add_bytes(&out, begin, (size_t)(at - begin));
    }
    return arena_copy(&file->arena, out.bytes ? out.bytes : "", out.length);
}

static void read_from(struct dockerfile *file, size_t index, struct stage *stage) {
    const struct instruction *from = &file->instructions[index];
    const char *words = instruction_arguments(file, from);
    *stage = (struct stage){.from = index, .parent = NO_STAGE};
    size_t length = strcspn(words, " \t\v\f\r");
    const char *image = arena_copy(&file->arena, words, length);
    const char *rest = words + length + strspn(words + length, " \t\v\f\r");
    if (strncasecmp(rest, "as", 2) == 0 && strchr(" \t", rest[2]) && rest[2]) {
        rest += 2 + strspn(rest + 2, " \t\v\f\r");
        stage->name = arena_copy(&file->arena, rest, strcspn(rest, " \t\v\f\r"));
    }
    stage->base = expand(file, unquoted(&file->arena, image), &stage->base_open);
    stage->parent = NO_STAGE;
    for (size_t i = file->stage_count; i-- > 0;) {
        if (!file->stages[i].name || strcasecmp(file->stages[i].name, stage->base) != 0) continue;
        stage->parent = (int)i;
        break;
    }
}

void dockerfile_stages(struct dockerfile *file) {
    for (size_t i = 0; i < file->count; i++) {
        struct instruction *instruction = &file->instructions[i];
        if (instruction->keyword == KEYWORD_FROM) {
            struct stage stage;
            read_from(file, i, &stage);
            file->stages = arena_grow(&file->arena, file->stages, file->stage_count, sizeof *file->stages);
            file->stages[file->stage_count++] = stage;
        }
        if (file->stage_count == 0) continue;
        instruction->stage = file->stage_count - 1;
        file->stages[file->stage_count - 1].end = i + 1;
    }
}

int dockerfile_stage_named(const struct dockerfile *file, const char *name) {
    long number;
    for (size_t i = file->stage_count; i-- > 0;)
        if (file->stages[i].name && strcasecmp(file->stages[i].name, name) == 0) return (int)i;
    if (text_to_number(name, 0, (long)file->stage_count - 1, &number)) return (int)number;
    return NO_STAGE;
}

void dockerfile_start(const struct dockerfile *file, int stage, struct start *start) {
    *start = (struct start){SIZE_MAX, SIZE_MAX};
    if (stage == NO_STAGE) return;
    const struct stage *at = &file->stages[stage];
    dockerfile_start(file, at->parent, start);
    bool own_cmd = false;
    for (size_t i = at->from; i < at->end; i++) {
        if (file->instructions[i].keyword == KEYWORD_CMD) {
            start->cmd = i;
            own_cmd = true;
        } else if (file->instructions[i].keyword == KEYWORD_ENTRYPOINT) {
            start->entrypoint = i;
            if (!own_cmd) start->cmd = SIZE_MAX;
        }
    }
}

size_t dockerfile_last(const struct dockerfile *file, int stage, enum keyword keyword, size_t before) {
    while (stage != NO_STAGE) {
        const struct stage *at = &file->stages[stage];
        size_t end = before < at->end ? before : at->end;
        for (size_t i = end; i-- > at->from;)
            if (file->instructions[i].keyword == keyword) return i;
        before = SIZE_MAX;
        stage = at->parent;
    }
    return SIZE_MAX;
}

const char *dockerfile_variable(struct dockerfile *file, int stage, size_t before, const char *name) {
    for (; stage != NO_STAGE; stage = file->stages[stage].parent, before = SIZE_MAX) {
        const struct stage *at = &file->stages[stage];
        size_t end = before < at->end ? before : at->end;
        for (size_t i = end; i-- > at->from;) {
            enum keyword keyword = file->instructions[i].keyword;
            if (keyword != KEYWORD_ENV && keyword != KEYWORD_ARG) continue;
            const char *value = value_in(file, &file->instructions[i], name);
            if (value) return value;
        }
    }
    return NULL;
}

bool dockerfile_in_chain(const struct dockerfile *file, int stage, int candidate) {
    for (; stage != NO_STAGE; stage = file->stages[stage].parent)
        if (stage == candidate) return true;
    return false;
}
