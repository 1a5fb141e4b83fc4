#include <string.h>

#include "dockerfile-patcher/formats/dockerfile/dockerfile.h"

enum { MOST_DEPTH = 200 };

struct reader {
    const char *at;
    const char *end;
};

static void skip_blanks(struct reader *reader) {
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at) reader->at++;
}

static bool hex4(const char *at, const char *end, unsigned *value) {
    if (end - at < 4) return false;
    *value = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit) return false;
        *value = *value * 16 + (unsigned)(digit - digits) % 16;
    }
    return true;
}

static char *put_utf8(char *out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* A lone surrogate becomes U+FFFD, as Go's decoder has it. */
static bool read_escape(struct reader *reader, char **out) {
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    if (reader->at >= reader->end) return false;
    char letter = *reader->at++;
    if (letter != 'u') {
        const char *found = letter ? strchr(names, letter) : NULL;
        if (!found) return false;
        *(*out)++ = values[found - names];
        return true;
    }
    unsigned code, low;
    if (!hex4(reader->at, reader->end, &code)) return false;
    reader->at += 4;
    if (code >= 0xd800 && code < 0xe000) {
        bool pair = code < 0xdc00 && reader->end - reader->at >= 6 && reader->at[0] == '\\' &&
                    reader->at[1] == 'u' && hex4(reader->at + 2, reader->end, &low) && low >= 0xdc00 &&
                    low < 0xe000;
        if (pair) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            reader->at += 6;
        } else {
            code = 0xfffd;
        }
    }
    *out = put_utf8(*out, code);
    return true;
}

/* From behind the opening quote; *value (may be NULL) is decoded into the arena. */
static bool read_string(struct arena *arena, struct reader *reader, const char **value) {
    const char *start = reader->at;
    const char *close = start;
    bool plain = true;
    while (close < reader->end && *close != '"') {
        if ((unsigned char)*close < 0x20) return false;
        if (*close == '\\') {
            plain = false;
            close++;
        }
        close++;
    }
    if (close >= reader->end) return false;
    char *decoded = arena_copy(arena, start, (size_t)(close - start));
    if (value) *value = decoded;
    if (plain) {
        reader->at = close + 1;
        return true;
    }
    char *out = decoded;
    while (reader->at < close) {
        if (*reader->at != '\\') {
            *out++ = *reader->at++;
            continue;
        }
        reader->at++;
        if (!read_escape(reader, &out)) return false;
    }
    *out = '\0';
    reader->at = close + 1;
    return true;
}

static bool skip_number(struct reader *reader) {
    const char *at = reader->at, *end = reader->end;
    if (at < end && *at == '-') at++;
    if (at >= end || *at < '0' || *at > '9') return false;
    if (*at == '0')
        at++;
    else
        while (at < end && *at >= '0' && *at <= '9') at++;
    if (at < end && *at == '.') {
        if (++at >= end || *at < '0' || *at > '9') return false;
        while (at < end && *at >= '0' && *at <= '9') at++;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        if (++at < end && (*at == '+' || *at == '-')) at++;
        if (at >= end || *at < '0' || *at > '9') return false;
        while (at < end && *at >= '0' && *at <= '9') at++;
    }
    reader->at = at;
    return true;
}

static bool skip_value(struct arena *arena, struct reader *reader, int depth);

static bool skip_members(struct arena *arena, struct reader *reader, char close, int depth) {
    reader->at++;
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == close) return reader->at++, true;
    for (;;) {
        skip_blanks(reader);
        if (close == '}') {
            if (reader->at >= reader->end || *reader->at++ != '"' || !read_string(arena, reader, NULL))
                return false;
            skip_blanks(reader);
            if (reader->at >= reader->end || *reader->at++ != ':') return false;
        }
        if (!skip_value(arena, reader, depth + 1)) return false;
        skip_blanks(reader);
        if (reader->at >= reader->end) return false;
        char next = *reader->at++;
        if (next == close) return true;
        if (next != ',') return false;
    }
}

static bool skip_value(struct arena *arena, struct reader *reader, int depth) {
    static const char *const literals[] = {"true", "false", "null"};
    skip_blanks(reader);
    if (reader->at >= reader->end || depth > MOST_DEPTH) return false;
    if (*reader->at == '"') return reader->at++, read_string(arena, reader, NULL);
    if (*reader->at == '[') return skip_members(arena, reader, ']', depth);
    if (*reader->at == '{') return skip_members(arena, reader, '}', depth);
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t length = strlen(literals[i]);
        if ((size_t)(reader->end - reader->at) >= length && memcmp(reader->at, literals[i], length) == 0)
            return reader->at += length, true;
    }
    return skip_number(reader);
}

enum json_form dockerfile_json(struct arena *arena, const char *text, size_t length, size_t base,
                               const struct json_word **words, size_t *count) {
    struct reader reader = {text, text + length};
    struct json_word *items = NULL;
    bool strings = true;
    *words = NULL;
    *count = 0;
    for (size_t width; (width = space_width(reader.at, (size_t)(reader.end - reader.at)));)
        reader.at += width;
    if (reader.at >= reader.end || *reader.at++ != '[') return JSON_NOT;
    skip_blanks(&reader);
    bool empty = reader.at < reader.end && *reader.at == ']';
    if (empty) reader.at++;
    while (!empty) {
        skip_blanks(&reader);
        if (reader.at >= reader.end) return JSON_NOT;
        const char *begin = reader.at;
        if (*begin == '"') {
            items = arena_grow(arena, items, *count, sizeof *items);
            reader.at++;
            if (!read_string(arena, &reader, &items[*count].value)) return JSON_NOT;
            items[*count].span =
                (struct span){base + (size_t)(begin - text), base + (size_t)(reader.at - text)};
            ++*count;
        } else {
            if (!skip_value(arena, &reader, 0)) return JSON_NOT;
            strings = false;
        }
        skip_blanks(&reader);
        if (reader.at >= reader.end) return JSON_NOT;
        char next = *reader.at++;
        if (next == ']') break;
        if (next != ',') return JSON_NOT;
    }
    skip_blanks(&reader);
    if (reader.at < reader.end) return JSON_NOT;
    *words = items;
    return strings ? JSON_FORM : JSON_NOT_STRINGS;
}
