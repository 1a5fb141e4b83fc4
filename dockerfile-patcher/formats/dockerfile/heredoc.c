#include <string.h>

#include "dockerfile-patcher/formats/dockerfile/dockerfile.h"
#include "dockerfile-patcher/text/find.h"

/* BuildKit finds heredocs with its own word splitter (frontend/dockerfile/shell/lex.go), whose refusals matter as much
 * as its words: a line that it cannot split announces none, whatever a shell would say. */
struct splitter {
    const char *text;
    size_t length;
    size_t at;
    bool raw; /* quotes and escapes stay in the words */
    char *out;
    size_t out_length;
    bool in_word;
    size_t words;      /* finished words */
    size_t word_begin; /* in out */
    bool (*finished)(struct splitter *splitter, const char *word, size_t length);
    void *context;
    bool refused;
};

static void end_word(struct splitter *splitter) {
    size_t length = splitter->out_length - splitter->word_begin;
    if (!splitter->in_word || length == 0) return;
    splitter->words++;
    if (splitter->finished && !splitter->finished(splitter, splitter->out + splitter->word_begin, length))
        splitter->refused = true;
    splitter->word_begin = splitter->out_length;
    splitter->in_word = false;
}

static void put_raw(struct splitter *splitter, const char *bytes, size_t length) {
    memcpy(splitter->out + splitter->out_length, bytes, length);
    splitter->out_length += length;
    splitter->in_word = true;
}

static char peek(const struct splitter *splitter) {
    return splitter->at < splitter->length ? splitter->text[splitter->at] : '\0';
}

static bool single_quoted(struct splitter *splitter) {
    size_t begin = splitter->at++;
    const char *close = memchr(splitter->text + splitter->at, '\'', splitter->length - splitter->at);
    if (!close) return false;
    splitter->at = (size_t)(close - splitter->text) + 1;
    if (splitter->raw)
        put_raw(splitter, splitter->text + begin, splitter->at - begin);
    else
        put_raw(splitter, splitter->text + begin + 1, splitter->at - begin - 2);
    return true;
}

static void skip_name(struct splitter *splitter) {
    size_t begin = splitter->at;
    for (; splitter->at < splitter->length; splitter->at++) {
        unsigned char c = (unsigned char)splitter->text[splitter->at];
        bool digit = c >= '0' && c <= '9';
        if (splitter->at == begin && digit) {
            while (peek(splitter) >= '0' && peek(splitter) <= '9') splitter->at++;
            return;
        }
        if (splitter->at == begin && c && strchr("@*#?-$!", c)) {
            splitter->at++;
            return;
        }
        if (!digit && c != '_' && c < 0x80 && !((c | 32) >= 'a' && (c | 32) <= 'z')) return;
    }
}

/* Behind it; false where the stop character never comes or something inside is refused. */
static bool skip_to(struct splitter *splitter, char stop);

/* From the dollar on. Everything is unset, so the reference itself stays in the word. */
static bool skip_dollar(struct splitter *splitter) {
    splitter->at++;
    if (peek(splitter) != '{') return skip_name(splitter), true;
    splitter->at++;
    char first = peek(splitter);
    if (first == '\0' || first == '{' || first == '}' || first == ':') return false;
    skip_name(splitter);
    char modifier = peek(splitter);
    if (modifier == '\0') return false;
    splitter->at++;
    if (modifier == '}') return true;
    if (modifier == ':') {
        char kind = peek(splitter);
        if (kind == '\0' || kind == '#' || kind == '%') return false;
        splitter->at++;
        return skip_to(splitter, '}');
    }
    if (strchr("+-?#%", modifier)) return skip_to(splitter, '}');
    if (modifier == '/') {
        if (peek(splitter) == '/') splitter->at++;
        return skip_to(splitter, '/') && skip_to(splitter, '}');
    }
    return false;
}

static bool double_quoted(struct splitter *splitter, bool keep) {
    size_t begin = splitter->at++;
    if (splitter->raw && keep) put_raw(splitter, splitter->text + begin, 1);
    while (splitter->at < splitter->length) {
        size_t piece = splitter->at;
        char c = peek(splitter);
        if (c == '"') {
            splitter->at++;
            if (splitter->raw && keep) put_raw(splitter, splitter->text + piece, 1);
            splitter->in_word |= keep;
            return true;
        }
        if (c == '$') {
            if (!skip_dollar(splitter)) return false;
        } else if (c == '\\' && splitter->at + 1 < splitter->length &&
                   strchr("\"$\\", splitter->text[piece + 1])) {
            splitter->at += 2;
            if (!splitter->raw) piece++;
        } else {
            splitter->at++;
        }
        if (keep) put_raw(splitter, splitter->text + piece, splitter->at - piece);
    }
    return false;
}

static bool skip_to(struct splitter *splitter, char stop) {
    while (splitter->at < splitter->length) {
        char c = peek(splitter);
        if (c == stop) return splitter->at++, true;
        if (c == '\'') {
            const char *close =
                memchr(splitter->text + splitter->at + 1, '\'', splitter->length - splitter->at - 1);
            if (!close) return false;
            splitter->at = (size_t)(close - splitter->text) + 1;
        } else if (c == '"') {
            if (!double_quoted(splitter, false)) return false;
        } else if (c == '$') {
            if (!skip_dollar(splitter)) return false;
        } else {
            splitter->at += c == '\\' && splitter->at + 1 < splitter->length ? 2 : 1;
        }
    }
    return false;
}

static void put_splitting(struct splitter *splitter, size_t begin) {
    while (begin < splitter->at) {
        size_t width = space_width(splitter->text + begin, splitter->at - begin);
        if (width)
            end_word(splitter);
        else
            put_raw(splitter, splitter->text + begin, 1);
        begin += width ? width : 1;
    }
}

static bool split(struct splitter *splitter) {
    while (splitter->at < splitter->length) {
        size_t begin = splitter->at;
        char c = peek(splitter);
        if (c == '\'') {
            if (!single_quoted(splitter)) return false;
        } else if (c == '"') {
            if (!double_quoted(splitter, true)) return false;
        } else if (c == '$') {
            if (!skip_dollar(splitter)) return false;
            put_splitting(splitter, begin);
        } else if (c == '<' && begin + 1 < splitter->length && splitter->text[begin + 1] == '<') {
            splitter->at += 2;
            while (splitter->at < splitter->length && strchr(" \t\r\n", peek(splitter)) && peek(splitter))
                splitter->at++;
            put_raw(splitter, splitter->text + begin, splitter->at - begin);
        } else if (c == '\\') {
            if (splitter->raw) put_raw(splitter, splitter->text + begin, 1);
            splitter->at++;
            if (splitter->at < splitter->length) put_raw(splitter, splitter->text + splitter->at++, 1);
        } else {
            splitter->at++;
            if ((unsigned char)c >= 0x80)
                while (splitter->at < splitter->length && (splitter->text[splitter->at] & 0xc0) == 0x80)
                    splitter->at++;
            put_splitting(splitter, begin);
        }
    }
    end_word(splitter);
    return true;
}

struct found {
    struct arena *arena;
    struct heredoc_word *items;
    size_t count;
};

static size_t count_quotes(const char *bytes, size_t length) {
    size_t quotes = 0;
    for (size_t i = 0; i < length; i++) quotes += bytes[i] == '\'' || bytes[i] == '"';
    return quotes;
}

/* [digits]<<[-][blanks]NAME, NAME without another '<': BuildKit's expression for a heredoc word. */
static bool take_word(struct splitter *splitter, const char *word, size_t length) {
    struct found *found = splitter->context;
    size_t at = 0;
    while (at < length && word[at] >= '0' && word[at] <= '9') at++;
    if (length - at < 2 || word[at] != '<' || word[at + 1] != '<') return true;
    at += 2;
    bool chomp = at < length && word[at] == '-';
    at += chomp;
    while (at < length && strchr(" \t\r\n\f", word[at])) at++;
    if (at == length || memchr(word + at, '<', length - at)) return true;
    struct splitter inner = {.text = word + at, .length = length - at};
    inner.out = arena_allocate(found->arena, inner.length + 1);
    if (!split(&inner)) return false;
    if (inner.words != 1) return true;
    inner.out[inner.out_length] = '\0';
    bool expand = count_quotes(inner.out, inner.out_length) == count_quotes(word + at, length - at);
    found->items = arena_grow(found->arena, found->items, found->count, sizeof *found->items);
    found->items[found->count++] = (struct heredoc_word){inner.out, chomp, expand};
    return true;
}

bool dockerfile_heredoc_words(struct arena *arena, const char *text, size_t length,
                              const struct heredoc_word **words, size_t *count) {
    struct found found = {.arena = arena};
    struct splitter splitter = {
        .text = text, .length = length, .raw = true, .finished = take_word, .context = &found};
    *words = NULL;
    *count = 0;
    if (!find_bytes(text, length, "<<", 2)) return true;
    splitter.out = arena_allocate(arena, length + 1);
    /* The splitter gives up on the whole line: then no word of it counts. */
    if (!split(&splitter)) return true;
    *words = found.items;
    *count = found.count;
    return !splitter.refused;
}
