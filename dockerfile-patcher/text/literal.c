#include "dockerfile-patcher/text/literal.h"

#include <string.h>

#include "common/memory.h"

void literal_style_of(const struct code *code, size_t token, enum literal_fill fill,
                      struct literal_style *style) {
    const struct code_literal *literal = code->tokens[token].literal;
    *style = (struct literal_style){.language = code->language,
                                    .quote = literal->quote,
                                    .triple = literal->triple,
                                    .raw = literal->raw,
                                    .format = literal->format,
                                    .fill = fill};
}

void literal_begin(struct literal_reader *reader, const struct code *code, size_t token,
                   enum literal_fill fill) {
    const struct code_literal *literal = code->tokens[token].literal;
    *reader = (struct literal_reader){.bytes = code->bytes, .literal = literal, .at = literal->body.begin};
    literal_style_of(code, token, fill, &reader->style);
}

static void one_byte(struct literal_unit *unit, char byte) {
    unit->bytes[0] = byte;
    unit->count = 1;
}

static void code_point(struct literal_unit *unit, unsigned long value) {
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t count = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; value >>= 6) unit->bytes[i] = (char)(0x80 | (value & 0x3f));
    unit->bytes[0] = (char)(count == 1 ? value : leads[count] | value);
    unit->count = count;
}

static unsigned digit_of(char byte) {
    static const char digits[] = "0123456789abcdef";
    const char *found = byte ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte | 32 : byte) : NULL;
    return found ? (unsigned)(found - digits) : 16;
}

/* Digits of `base`, at most `most`; the offset behind them. */
static size_t read_number(const struct literal_reader *reader, size_t at, unsigned base, size_t most,
                          unsigned long *value) {
    *value = 0;
    for (size_t end = at + most; at < end && at < reader->literal->body.end; at++) {
        unsigned digit = digit_of(reader->bytes[at]);
        if (digit >= base || *value > 0x10ffff) break;
        *value = *value * base + digit;
    }
    return at;
}

static bool numbered_escape(struct literal_reader *reader, struct literal_unit *unit, char letter,
                            size_t at) {
    unsigned long value;
    bool python = reader->style.language == CODE_PYTHON;
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' && python ? 8 : 0;
    if (letter >= '0' && letter <= '7' && (python || letter == '0')) {
        reader->at = read_number(reader, at - 1, 8, 3, &value);
    } else if (letter == 'u' && !python && reader->bytes[at] == '{') {
        reader->at = read_number(reader, at + 1, 16, 6, &value) + 1;
    } else if (digits) {
        reader->at = read_number(reader, at, 16, digits, &value);
    } else {
        return false;
    }
    code_point(unit, value);
    return true;
}

/* Behind a backslash. */
static void read_escape(struct literal_reader *reader, struct literal_unit *unit) {
    static const char letters[] = "ntrbfv", values[] = "\n\t\r\b\f\v";
    size_t at = reader->at + 1;
    bool python = reader->style.language == CODE_PYTHON;
    char letter = reader->bytes[at++];
    reader->at = at;
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (letter == '\r' && reader->bytes[at] == '\n') reader->at = at + 1;
    if (letter == '\n' || letter == '\r') return;
    if (found) return one_byte(unit, values[found - letters]);
    if (python && letter == 'a') return one_byte(unit, '\a');
    if (numbered_escape(reader, unit, letter, at)) return;
    one_byte(unit, letter);
    if (!python || strchr("\\'\"", letter)) return;
    /* Python keeps the backslash of what is no escape. */
    unit->bytes[0] = '\\';
    unit->bytes[1] = letter;
    unit->count = 2;
}

/* A hole of the fill at the offset: its end, or the offset itself. */
static size_t filled_end(const struct literal_reader *reader, size_t at) {
    const char *bytes = reader->bytes;
    size_t end = reader->literal->body.end;
    if (reader->style.fill == LITERAL_SUB) {
        size_t sign = bytes[at] == '\\' ? at + 1 : at;
        if (sign + 2 >= end || bytes[sign] != '$' || bytes[sign + 1] != '{' || bytes[sign + 2] == '!')
            return at;
        const char *close = memchr(bytes + sign, '}', end - sign);
        return close ? (size_t)(close - bytes) + 1 : at;
    }
    if (reader->style.fill == LITERAL_BRACES && bytes[at] == '{' && bytes[at + 1] != '{') {
        const char *close = memchr(bytes + at, '}', end - at);
        return close ? (size_t)(close - bytes) + 1 : at;
    }
    if (reader->style.fill != LITERAL_PERCENT || bytes[at] != '%' || bytes[at + 1] == '%') return at;
    size_t last = at + 1;
    if (bytes[last] == '(')
        while (last < end && bytes[last] != ')') last++;
    while (last < end && strchr(")#0- +.123456789", bytes[last])) last++;
    return last < end && strchr("sdrif", bytes[last]) ? last + 1 : at;
}

/* Two bytes that stand for one: {{ and %%. */
static bool is_doubled(const struct literal_reader *reader, size_t at) {
    char byte = reader->bytes[at];
    if (at + 1 >= reader->literal->body.end || reader->bytes[at + 1] != byte) return false;
    bool braces = reader->style.fill == LITERAL_BRACES ||
                  (reader->style.format && reader->style.language == CODE_PYTHON);
    if (braces && (byte == '{' || byte == '}')) return true;
    return reader->style.fill == LITERAL_PERCENT && byte == '%';
}

/* The ! of Fn.sub's ${!X}, which is ${X} to the shell. */
static bool is_sub_escape(const struct literal_reader *reader, size_t at) {
    return reader->style.fill == LITERAL_SUB && reader->bytes[at] == '!' &&
           at >= reader->literal->body.begin + 2 && memcmp(reader->bytes + at - 2, "${", 2) == 0;
}

bool literal_next(struct literal_reader *reader, struct literal_unit *unit) {
    const struct code_literal *literal = reader->literal;
    size_t at = reader->at;
    if (at >= literal->body.end) return false;
    *unit = (struct literal_unit){.span.begin = at};
    size_t filled = filled_end(reader, at);
    if (reader->next_hole < literal->hole_count && literal->holes[reader->next_hole].begin == at)
        filled = literal->holes[reader->next_hole++].end;
    if (filled > at) {
        unit->hole = true;
        reader->at = filled;
    } else if (is_sub_escape(reader, at)) {
        reader->at = at + 1;
    } else if (is_doubled(reader, at)) {
        one_byte(unit, reader->bytes[at]);
        reader->at = at + 2;
    } else if (reader->bytes[at] == '\r' && reader->bytes[at + 1] == '\n') {
        one_byte(unit, '\n');
        reader->at = at + 2;
    } else if (reader->bytes[at] == '\\' && !literal->raw && at + 1 < literal->body.end) {
        read_escape(reader, unit);
    } else {
        one_byte(unit, reader->bytes[at]);
        reader->at = at + 1;
    }
    if (reader->at > literal->body.end) reader->at = literal->body.end;
    unit->span.end = reader->at;
    return true;
}

/* `${` begins a hole in a template and in what Fn.sub is given. */
static void encode_dollar(const struct literal_style *style, bool opens, struct text *out) {
    if (opens && style->quote == '`') text_add_char(out, '\\');
    text_add(out, opens && style->fill == LITERAL_SUB ? "${!" : opens ? "${" : "$");
}

static bool is_doubled_in(const struct literal_style *style, char byte) {
    bool braces = style->fill == LITERAL_BRACES || (style->format && style->language == CODE_PYTHON);
    return braces ? byte == '{' || byte == '}' : style->fill == LITERAL_PERCENT && byte == '%';
}

bool literal_encode(const struct literal_style *style, const char *text, size_t length, struct text *out) {
    for (size_t i = 0; i < length; i++) {
        char byte = text[i], next = i + 1 < length ? text[i + 1] : '\0';
        bool opens = byte == '$' && next == '{' && !is_doubled_in(style, '{');
        /* In """…""" a quote alone is no end. */
        bool ends = byte == style->quote && (!style->triple || next == style->quote || next == '\0');
        if (style->raw && (byte == style->quote || byte == '\n')) return false;
        if (!style->raw && (ends || byte == '\\' || byte == '\n')) text_add_char(out, '\\');
        if (is_doubled_in(style, byte)) text_add_char(out, byte);
        if (byte == '$')
            encode_dollar(style, opens, out);
        else
            text_add_char(out, byte == '\n' ? 'n' : byte);
        i += opens;
    }
    return true;
}

void literal_open(const struct literal_style *style, struct text *out) {
    if (style->raw) text_add_char(out, 'r');
    if (style->format && style->language == CODE_PYTHON) text_add_char(out, 'f');
    literal_close(style, out);
}

void literal_close(const struct literal_style *style, struct text *out) {
    for (int i = style->triple ? 3 : 1; i > 0; i--) text_add_char(out, style->quote);
}
