#include <string.h>

#include "dockerfile-patcher/formats/dockerfile/dockerfile.h"

#define KEYWORD_WORD(name, word) word,
const char *const keyword_words[KEYWORD_COUNT] = {"", KEYWORD_ROWS(KEYWORD_WORD)};
#undef KEYWORD_WORD

enum keyword keyword_of(const char *word, size_t length) {
    if (length < 3 || length > 11) return KEYWORD_UNKNOWN;
    for (enum keyword keyword = 1; keyword < KEYWORD_COUNT; keyword++) {
        const char *candidate = keyword_words[keyword];
        if ((word[0] & ~32) == candidate[0] && strncasecmp(word, candidate, length) == 0 &&
            candidate[length] == '\0')
            return keyword;
    }
    return KEYWORD_UNKNOWN;
}

size_t wide_space(const char *at, size_t length) {
    const unsigned char *byte = (const unsigned char *)at;
    if (length >= 2 && byte[0] == 0xc2) return byte[1] == 0x85 || byte[1] == 0xa0 ? 2 : 0;
    if (length < 3) return 0;
    bool space = (byte[0] == 0xe1 && byte[1] == 0x9a && byte[2] == 0x80) ||
                 (byte[0] == 0xe2 && byte[1] == 0x80 &&
                  (byte[2] <= 0x8a || (byte[2] & 0xfe) == 0xa8 || byte[2] == 0xaf)) ||
                 (byte[0] == 0xe2 && byte[1] == 0x81 && byte[2] == 0x9f) ||
                 (byte[0] == 0xe3 && byte[1] == 0x80 && byte[2] == 0x80);
    return space ? 3 : 0;
}

struct builder {
    struct arena *arena;
    struct name_word *words;
    size_t count;
    char *out;
    size_t length;
};

static void add_word(struct builder *builder, struct span span) {
    builder->words = arena_grow(builder->arena, builder->words, builder->count, sizeof *builder->words);
    builder->words[builder->count++] =
        (struct name_word){span, arena_copy(builder->arena, builder->out, builder->length)};
    builder->length = 0;
}

/* One word from `at`; an escape at the very end of the text is dropped, quoted blanks do not part. */
static size_t read_word(struct builder *builder, const char *text, size_t length, size_t at, char escape) {
    char quote = '\0';
    while (at < length) {
        char c = text[at];
        if (!quote && space_width(text + at, length - at)) break;
        bool escaped = c == escape && quote != '\'';
        if (escaped && at + 1 == length) return at + 1;
        if (escaped) {
            builder->out[builder->length++] = text[at++];
        } else if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? '\0' : c;
        }
        builder->out[builder->length++] = text[at++];
    }
    return at;
}

size_t dockerfile_words(struct arena *arena, const char *text, size_t length, size_t base, char escape,
                        const struct name_word **words) {
    struct builder builder = {.arena = arena, .out = arena_allocate(arena, length + 1)};
    size_t at = 0;
    while (at < length) {
        size_t width = space_width(text + at, length - at);
        if (width) {
            at += width;
            continue;
        }
        size_t begin = at;
        at = read_word(&builder, text, length, at, escape);
        if (builder.length) add_word(&builder, (struct span){base + begin, base + at});
    }
    *words = builder.words;
    return builder.count;
}
