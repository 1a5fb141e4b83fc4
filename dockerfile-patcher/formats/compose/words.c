#include "dockerfile-patcher/formats/compose/words.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/yaml.h"

/* As shlex parts a string: quotes and backslashes, and no operators. */
static void split(struct arena *arena, struct compose_words *words, const char *value) {
    size_t room = 0, count = 0;
    for (const char *at = value; *at;) {
        at += strspn(at, " \t\r\n");
        if (!*at) break;
        const char *begin = at;
        struct text word = {0};
        char quote = '\0';
        text_add(&word, "");
        for (; *at && (quote || !strchr(" \t\r\n", *at)); at++) {
            bool escapes = *at == '\\' && at[1] && (quote != '\'') && (quote != '"' || strchr("\"\\", at[1]));
            if (escapes)
                text_add_char(&word, *++at);
            else if (quote && *at == quote)
                quote = '\0';
            else if (!quote && (*at == '"' || *at == '\''))
                quote = *at;
            else
                text_add_char(&word, *at);
        }
        words->words = arena_grow(arena, words->words, count, sizeof *words->words);
        words->spans = arena_grow(arena, words->spans, count, sizeof *words->spans);
        words->spans[count] = (struct span){(size_t)(begin - value), (size_t)(at - value)};
        words->words[count++] = arena_copy(arena, word.bytes, word.length);
        text_free(&word);
        room = count;
    }
    words->count = room;
}

static bool read_list(struct arena *arena, struct compose_words *words) {
    words->words = arena_allocate(arena, (words->node->count + 1) * sizeof *words->words);
    for (size_t i = 0; i < words->node->count; i++) {
        const char *value = yaml_text(words->node->items[i]);
        if (!value) return false;
        words->words[words->count++] = value;
    }
    return true;
}

bool compose_words(struct unit *unit, struct arena *arena, const struct compose_service *service,
                   const char *key, struct compose_words *words) {
    *words = (struct compose_words){.key = key, .owner = service};
    words->node = compose_value(unit, service, key, &words->owner);
    if (!words->node || yaml_is_null(words->node)) return true;
    yaml_find_merged(words->owner->node, key, &words->mapping);
    size_t index = yaml_index(words->mapping, key);
    words->alias = words->mapping->items[index + 1]->kind == YAML_ALIAS;
    words->form = words->node->kind == YAML_SEQUENCE ? WORDS_LIST : WORDS_STRING;
    if (words->node->kind == YAML_MAPPING) return false;
    if (words->form == WORDS_LIST && !read_list(arena, words)) return false;
    if (words->form == WORDS_STRING) split(arena, words, words->node->value);
    if (words->count == 0) words->form = WORDS_EMPTY;
    return true;
}

size_t compose_word_offset(const struct compose_words *words, size_t at) {
    const struct source *source = &words->owner->document->source;
    if (at < words->count) return yaml_offset(source, words->node, words->spans[at].begin);
    size_t last = yaml_offset(source, words->node, words->spans[words->count - 1].end - 1);
    return last == SIZE_MAX ? SIZE_MAX : last + 1;
}

size_t compose_inner_offset(const struct compose_words *words, size_t at, size_t offset) {
    const struct source *source = &words->owner->document->source;
    if (words->form == WORDS_LIST) return yaml_offset(source, yaml_follow(words->node->items[at]), offset);
    /* The word as it stands is its value in one pair of quotes: then both have the same bytes. */
    struct span span = words->spans[at];
    const char *raw = words->node->value + span.begin;
    size_t length = strlen(words->words[at]);
    bool same = span.end - span.begin == length + 2 && (*raw == '"' || *raw == '\'') &&
                memcmp(raw + 1, words->words[at], length) == 0;
    return same ? yaml_offset(source, words->node, span.begin + 1 + offset) : SIZE_MAX;
}
