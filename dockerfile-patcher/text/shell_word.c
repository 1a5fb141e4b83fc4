#include "dockerfile-patcher/text/shell_parser.h"

#include <string.h>

void parser_break_off(struct parser *parser, size_t at) {
    if (!parser->script->broken) parser->script->broken_at = at;
    parser->script->broken = true;
    parser->at = parser->length;
}

bool parser_skip_substitution(struct parser *parser) {
    size_t at = parser->at;
    char open = parser->text[at];
    if (open == '`') {
        for (at++; at < parser->length && parser->text[at] != '`'; at++)
            if (parser->text[at] == '\\') at++;
        parser->at = at + 1;
        return at < parser->length;
    }
    char opening = parser_peek(parser, at + 1);
    char closing = opening == '(' ? ')' : '}';
    unsigned nested = 0;
    char quote = '\0';
    for (at++; at < parser->length; at++) {
        char c = parser->text[at];
        if (c == '\\' && quote != '\'') {
            at++;
        } else if (quote) {
            if (c == quote) quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == opening) {
            nested++;
        } else if (c == closing && --nested == 0) {
            parser->at = at + 1;
            return true;
        }
    }
    return false;
}

static bool starts_substitution(const struct parser *parser) {
    char c = parser_peek(parser, parser->at), next = parser_peek(parser, parser->at + 1);
    return c == '`' || (c == '$' && (next == '(' || next == '{'));
}

struct word_state {
    struct parser *parser;
    size_t length;
    bool plain;
    bool quoted;
};

/* `length` bytes of the text from `at` on become part of the word's value. */
static void put(struct word_state *state, size_t at, size_t length, enum shell_quote quote) {
    struct parser *parser = state->parser;
    memcpy(parser->scratch + state->length, parser->text + at, length);
    for (size_t i = 0; parser->origins && i < length; i++)
        parser->origins[state->length + i] = (struct shell_origin){at + i, at + i + 1, quote};
    state->length += length;
}

/* The byte behind the backslash that stands at parser->at. */
static void put_escaped(struct word_state *state, enum shell_quote quote) {
    struct parser *parser = state->parser;
    put(state, parser->at + 1, 1, quote);
    if (parser->origins) parser->origins[state->length - 1].begin--;
}

static bool put_substitution(struct word_state *state, enum shell_quote quote) {
    struct parser *parser = state->parser;
    size_t begin = parser->at;
    state->plain = false;
    if (!parser_skip_substitution(parser)) return false;
    put(state, begin, parser->at - begin, quote);
    return true;
}

static bool read_double_quoted(struct word_state *state) {
    struct parser *parser = state->parser;
    for (parser->at++; parser->at < parser->length;) {
        char c = parser->text[parser->at];
        if (c == '"') return parser->at++, true;
        if (c == '\\' && parser->at + 1 < parser->length) {
            char next = parser->text[parser->at + 1];
            if (strchr("$`\"\\", next))
                put_escaped(state, SHELL_QUOTE_DOUBLE);
            else if (next != '\n')
                put(state, parser->at, 2, SHELL_QUOTE_DOUBLE);
            parser->at += 2;
        } else if (starts_substitution(parser)) {
            if (!put_substitution(state, SHELL_QUOTE_DOUBLE)) return false;
        } else {
            if (c == '$' || c == '\x01') state->plain = false;
            put(state, parser->at++, 1, SHELL_QUOTE_DOUBLE);
        }
    }
    return false;
}

static bool read_single_quoted(struct word_state *state) {
    struct parser *parser = state->parser;
    const char *begin = parser->text + parser->at + 1;
    const char *close = memchr(begin, '\'', parser->length - parser->at - 1);
    if (!close) return false;
    size_t length = (size_t)(close - begin);
    if (memchr(begin, '\x01', length)) state->plain = false;
    put(state, parser->at + 1, length, SHELL_QUOTE_SINGLE);
    parser->at += length + 2;
    return true;
}

/* Bytes that end a word, and those that need a look inside one: a table, as every byte of every RUN is asked. */
enum { ENDS = 1, OPENS = 2, EXPANDS = 4 };
static const unsigned char classes[256] = {
    ['\0'] = ENDS,
    [' '] = ENDS,
    ['\t'] = ENDS,
    ['\r'] = ENDS,
    ['\n'] = ENDS,
    [';'] = ENDS,
    ['&'] = ENDS,
    ['|'] = ENDS,
    ['<'] = ENDS,
    ['>'] = ENDS,
    ['('] = ENDS,
    [')'] = ENDS,
    ['\''] = OPENS,
    ['"'] = OPENS,
    ['`'] = OPENS,
    ['\\'] = OPENS,
    ['$'] = OPENS | EXPANDS,
    ['\x01'] = EXPANDS, /* a host's hole (script.h) */
    ['*'] = EXPANDS,
    ['?'] = EXPANDS,
    ['['] = EXPANDS,
};

bool parser_ends_word(char c) { return classes[(unsigned char)c] & ENDS; }

static bool read_piece(struct word_state *state) {
    struct parser *parser = state->parser;
    char c = parser->text[parser->at];
    if (c == '\'' || c == '"') {
        state->quoted = true;
        return c == '"' ? read_double_quoted(state) : read_single_quoted(state);
    }
    if (starts_substitution(parser)) return put_substitution(state, SHELL_QUOTE_NONE);
    if (c == '\\') {
        bool joined = parser_peek(parser, parser->at + 1) == '\n' || parser->at + 1 >= parser->length;
        state->quoted |= !joined;
        if (!joined) put_escaped(state, SHELL_QUOTE_NONE);
        parser->at += parser->at + 1 < parser->length ? 2 : 1;
        return true;
    }
    if (classes[(unsigned char)c] & EXPANDS) state->plain = false;
    put(state, parser->at++, 1, SHELL_QUOTE_NONE);
    return true;
}

bool parser_read_word(struct parser *parser, struct shell_word *word) {
    struct word_state state = {.parser = parser, .plain = true};
    size_t begin = parser->at;
    while (!parser_ends_word(parser_peek(parser, parser->at))) {
        size_t piece = parser->at;
        if (!classes[(unsigned char)parser->text[piece]]) {
            if (parser->origins)
                parser->origins[state.length] = (struct shell_origin){piece, piece + 1, SHELL_QUOTE_NONE};
            parser->scratch[state.length++] = parser->text[parser->at++];
        } else if (!read_piece(&state)) {
            return parser_break_off(parser, piece), false;
        }
    }
    *word = (struct shell_word){{begin, parser->at},
                                arena_copy(parser->arena, parser->scratch, state.length),
                                state.plain,
                                state.quoted};
    return true;
}

size_t shell_origins(struct arena *arena, const char *text, const struct shell_word *word,
                     struct shell_origin **origins) {
    struct shell_script script = {0};
    size_t length = word->span.end - word->span.begin;
    struct parser parser = {.arena = arena,
                            .text = text,
                            .length = word->span.end,
                            .at = word->span.begin,
                            .script = &script,
                            .scratch = arena_allocate(arena, length + 1),
                            .origins = arena_allocate(arena, (length + 1) * sizeof **origins)};
    struct shell_word again;
    parser_read_word(&parser, &again);
    *origins = parser.origins;
    size_t value = strlen(word->value);
    struct shell_origin *last = &(*origins)[value];
    *last = (struct shell_origin){word->span.end, word->span.end, SHELL_QUOTE_NONE};
    if (value) *last = (struct shell_origin){last[-1].end, last[-1].end, last[-1].quote};
    return value;
}

size_t shell_substitutions(struct arena *arena, const char *text, const struct shell_word *word,
                           struct span **inner) {
    struct shell_script script = {0};
    struct parser parser = {.arena = arena, .text = text, .length = word->span.end, .script = &script};
    size_t count = 0;
    bool doubled = false;
    *inner = NULL;
    for (parser.at = word->span.begin; parser.at < word->span.end;) {
        char c = text[parser.at];
        if (c == '\\') {
            parser.at += 2;
        } else if (c == '\'' && !doubled) {
            const char *close = memchr(text + parser.at + 1, '\'', word->span.end - parser.at - 1);
            if (!close) break;
            parser.at = (size_t)(close - text) + 1;
        } else if (c == '`' || (c == '$' && parser_peek(&parser, parser.at + 1) == '(')) {
            size_t begin = parser.at + (c == '`' ? 1 : 2);
            bool arithmetic = c == '$' && parser_peek(&parser, begin) == '(';
            if (!parser_skip_substitution(&parser)) break;
            *inner = arena_grow(arena, *inner, count, sizeof **inner);
            if (!arithmetic) (*inner)[count++] = (struct span){begin, parser.at - 1};
        } else {
            doubled ^= c == '"';
            parser.at++;
        }
    }
    return count;
}
