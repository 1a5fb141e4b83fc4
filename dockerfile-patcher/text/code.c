#include "dockerfile-patcher/text/code.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

struct scanner {
    struct arena *arena;
    struct code *code;
    const char *bytes;
    size_t length;
    size_t at;
    size_t *open; /* indexes of the brackets that are open */
    size_t open_count;
};

static bool is_name_byte(char byte) {
    unsigned char value = (unsigned char)byte;
    return value >= 0x80 || value == '_' || value == '$' || (value >= '0' && value <= '9') ||
           ((value | 32) >= 'a' && (value | 32) <= 'z');
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static char peek(const struct scanner *scanner, size_t ahead) {
    return scanner->at + ahead < scanner->length ? scanner->bytes[scanner->at + ahead] : '\0';
}

static bool looks_at(const struct scanner *scanner, size_t at, const char *text) {
    size_t length = strlen(text);
    return at + length <= scanner->length && memcmp(scanner->bytes + at, text, length) == 0;
}

static void give_up(struct scanner *scanner, size_t at) {
    if (!scanner->code->broken) scanner->code->broken_at = at;
    scanner->code->broken = true;
    scanner->at = scanner->length;
}

static struct code_token *add_token(struct scanner *scanner, enum code_kind kind, size_t begin, size_t end) {
    struct code *code = scanner->code;
    code->tokens = arena_grow(scanner->arena, code->tokens, code->count, sizeof *code->tokens);
    struct code_token *token = &code->tokens[code->count++];
    *token =
        (struct code_token){.kind = kind,
                            .span = {begin, end},
                            .depth = (unsigned)scanner->open_count,
                            .around = scanner->open_count ? scanner->open[scanner->open_count - 1] : SIZE_MAX,
                            .partner = SIZE_MAX};
    scanner->at = end;
    return token;
}

static void add_comment(struct scanner *scanner, size_t begin, size_t end) {
    struct code *code = scanner->code;
    code->comments = arena_grow(scanner->arena, code->comments, code->comment_count, sizeof *code->comments);
    code->comments[code->comment_count++] = (struct span){begin, end};
    scanner->at = end;
}

static size_t line_end(const struct scanner *scanner, size_t at) {
    const char *newline = memchr(scanner->bytes + at, '\n', scanner->length - at);
    size_t end = newline ? (size_t)(newline - scanner->bytes) : scanner->length;
    return end > at && scanner->bytes[end - 1] == '\r' ? end - 1 : end;
}

/* Behind the expression of a hole whose brace was at `at`; length where it has no end. */
static size_t skip_hole(const struct scanner *scanner, size_t at);

/* Behind a string inside of a hole. */
static size_t skip_inner_string(const struct scanner *scanner, size_t at) {
    char quote = scanner->bytes[at++];
    while (at < scanner->length && scanner->bytes[at] != quote) {
        if (scanner->bytes[at] == '\\')
            at += 2;
        else if (quote == '`' && looks_at(scanner, at, "${"))
            at = skip_hole(scanner, at + 1);
        else
            at++;
    }
    return at < scanner->length ? at + 1 : scanner->length;
}

static size_t skip_hole(const struct scanner *scanner, size_t at) {
    size_t depth = 0;
    while (at < scanner->length) {
        char byte = scanner->bytes[at];
        if (byte == '"' || byte == '\'' || byte == '`') {
            at = skip_inner_string(scanner, at);
            continue;
        }
        if (byte == '{' || byte == '(' || byte == '[') depth++;
        if (byte == '}' || byte == ')' || byte == ']') depth--;
        at++;
        if (depth == 0) return at;
    }
    return scanner->length;
}

struct hole_list {
    struct span *items;
    size_t count;
};

static size_t add_hole(struct scanner *scanner, struct hole_list *holes, size_t begin, size_t brace) {
    holes->items = arena_grow(scanner->arena, holes->items, holes->count, sizeof *holes->items);
    size_t end = skip_hole(scanner, brace);
    holes->items[holes->count++] = (struct span){begin, end};
    return end;
}

/* Behind what stands at `at` inside of a literal: an escape, a hole, or a byte. */
static size_t step(struct scanner *scanner, const struct code_literal *literal, size_t at,
                   struct hole_list *holes) {
    /* r"\"": the quote is no end even there. */
    if (scanner->bytes[at] == '\\') return at + (looks_at(scanner, at + 1, "\r\n") ? 3 : 2);
    if (!literal->format) return at + 1;
    if (literal->quote == '`')
        return looks_at(scanner, at, "${") ? add_hole(scanner, holes, at, at + 1) : at + 1;
    if (looks_at(scanner, at, "{{") || looks_at(scanner, at, "}}")) return at + 2;
    return scanner->bytes[at] == '{' ? add_hole(scanner, holes, at, at) : at + 1;
}

static void read_string(struct scanner *scanner, size_t begin, struct code_literal read) {
    struct code_literal *literal = arena_allocate(scanner->arena, sizeof *literal);
    struct hole_list holes = {0};
    size_t at = begin + read.front;
    read.quote = scanner->bytes[at];
    char triple[4] = {read.quote, read.quote, read.quote, '\0'};
    read.triple = scanner->code->language == CODE_PYTHON && looks_at(scanner, at, triple);
    const char *end = read.triple ? triple : triple + 2;
    bool lines = read.triple || read.quote == '`';
    at += strlen(end);
    read.body.begin = at;
    while (at < scanner->length && !looks_at(scanner, at, end)) {
        if (!lines && scanner->bytes[at] == '\n') break;
        at = step(scanner, &read, at, &holes);
    }
    if (at >= scanner->length || !looks_at(scanner, at, end)) return give_up(scanner, begin);
    read.body.end = at;
    read.holes = holes.items;
    read.hole_count = holes.count;
    *literal = read;
    add_token(scanner, CODE_STRING, begin, at + strlen(end))->literal = literal;
}

/* True where a slash begins a regular expression: nothing in front of it could be divided. */
static bool regex_may_begin(const struct scanner *scanner) {
    const struct code *code = scanner->code;
    if (code->count == 0) return true;
    const struct code_token *last = &code->tokens[code->count - 1];
    if (last->kind == CODE_SIGN || last->kind == CODE_OPEN) return true;
    if (last->kind != CODE_NAME) return false;
    return code_is(code, code->count - 1, "return") || code_is(code, code->count - 1, "typeof") ||
           code_is(code, code->count - 1, "case");
}

static void read_regex(struct scanner *scanner) {
    size_t begin = scanner->at, at = begin + 1;
    bool class = false;
    for (; at < scanner->length && scanner->bytes[at] != '\n'; at++) {
        char byte = scanner->bytes[at];
        if (byte == '\\')
            at++;
        else if (byte == '[')
            class = true;
        else if (byte == ']')
            class = false;
        else if (byte == '/' && !class)
            break;
    }
    if (at >= scanner->length || scanner->bytes[at] != '/') {
        add_token(scanner, CODE_SIGN, begin, begin + 1);
        return;
    }
    at++;
    while (at < scanner->length && is_name_byte(scanner->bytes[at])) at++;
    add_token(scanner, CODE_REGEX, begin, at);
}

static bool read_comment(struct scanner *scanner) {
    size_t at = scanner->at;
    if (scanner->code->language == CODE_PYTHON) {
        if (scanner->bytes[at] != '#') return false;
        add_comment(scanner, at, line_end(scanner, at));
        return true;
    }
    bool shebang = at == 0 && looks_at(scanner, at, "#!");
    if (shebang || looks_at(scanner, at, "//")) {
        add_comment(scanner, at, line_end(scanner, at));
        return true;
    }
    if (!looks_at(scanner, at, "/*")) return false;
    size_t end = at + 2;
    while (end < scanner->length && !looks_at(scanner, end, "*/")) end++;
    if (end >= scanner->length) return give_up(scanner, at), true;
    add_comment(scanner, at, end + 2);
    return true;
}

static void read_bracket(struct scanner *scanner) {
    static const char brackets[] = "()[]{}";
    struct code *code = scanner->code;
    size_t at = scanner->at;
    size_t which = (size_t)(strchr(brackets, scanner->bytes[at]) - brackets);
    if (which % 2 == 0) {
        add_token(scanner, CODE_OPEN, at, at + 1);
        scanner->open = arena_grow(scanner->arena, scanner->open, scanner->open_count, sizeof(size_t));
        scanner->open[scanner->open_count++] = code->count - 1;
        return;
    }
    if (scanner->open_count == 0) return give_up(scanner, at);
    size_t open = scanner->open[--scanner->open_count];
    if (scanner->bytes[code->tokens[open].span.begin] != brackets[which - 1]) return give_up(scanner, at);
    add_token(scanner, CODE_CLOSE, at, at + 1)->partner = open;
    code->tokens[open].partner = code->count - 1;
}

static void read_sign(struct scanner *scanner) {
    static const char *const signs[] = {"===", "!==", "...", "**=", "=>", "==", "!=", "<=", ">=", "+=",
                                        "-=",  "*=",  "|=",  "?.",  "??", "**", "&&", "||", "->", ":="};
    size_t length = 1;
    for (size_t i = 0; i < array_length(signs) && length == 1; i++)
        if (looks_at(scanner, scanner->at, signs[i])) length = strlen(signs[i]);
    add_token(scanner, CODE_SIGN, scanner->at, scanner->at + length);
}

/* r, b, f, u and their pairs, in front of a quote. */
static bool read_prefix(const struct scanner *scanner, struct code_literal *literal) {
    size_t length = 0;
    for (; length < 3; length++) {
        char letter = (char)(peek(scanner, length) | 32);
        if (letter == 'r')
            literal->raw = true;
        else if (letter == 'f')
            literal->format = true;
        else if (letter == 'b')
            literal->bytes = true;
        else if (letter != 'u')
            break;
    }
    char quote = peek(scanner, length);
    literal->front = length;
    return quote == '"' || quote == '\'';
}

static void read_token(struct scanner *scanner) {
    char byte = scanner->bytes[scanner->at];
    struct code_literal literal = {0};
    if (scanner->code->language == CODE_PYTHON && read_prefix(scanner, &literal))
        return read_string(scanner, scanner->at, literal);
    if (byte == '"' || byte == '\'' || byte == '`')
        return read_string(scanner, scanner->at, (struct code_literal){.format = byte == '`'});
    if (is_name_byte(byte)) {
        size_t end = scanner->at;
        while (end < scanner->length && is_name_byte(scanner->bytes[end])) end++;
        add_token(scanner, is_digit(byte) ? CODE_NUMBER : CODE_NAME, scanner->at, end);
        return;
    }
    if (byte && strchr("()[]{}", byte)) return read_bracket(scanner);
    if (byte == '/' && scanner->code->language == CODE_TYPESCRIPT && regex_may_begin(scanner))
        return read_regex(scanner);
    read_sign(scanner);
}

void code_scan(struct arena *arena, enum code_language language, const char *bytes, size_t from,
               size_t length, struct code *code) {
    *code = (struct code){.language = language, .bytes = bytes, .length = length};
    struct scanner scanner = {.arena = arena, .code = code, .bytes = bytes, .length = length, .at = from};
    while (scanner.at < length) {
        char byte = bytes[scanner.at];
        if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '\f') {
            scanner.at++;
            continue;
        }
        if (!read_comment(&scanner)) read_token(&scanner);
    }
    if (scanner.open_count && !code->broken)
        give_up(&scanner, code->tokens[scanner.open[scanner.open_count - 1]].span.begin);
}

size_t code_format_holes(struct arena *arena, const char *bytes, struct span body,
                         const struct span **holes) {
    struct scanner scanner = {.arena = arena, .bytes = bytes, .length = body.end};
    struct code_literal literal = {.quote = '"', .format = true};
    struct hole_list list = {0};
    for (size_t at = body.begin; at < body.end;) at = step(&scanner, &literal, at, &list);
    *holes = list.items;
    return list.count;
}

bool code_is(const struct code *code, size_t token, const char *text) {
    if (token >= code->count) return false;
    const struct span *span = &code->tokens[token].span;
    size_t length = strlen(text);
    return span->end - span->begin == length && memcmp(code->bytes + span->begin, text, length) == 0;
}

bool code_is_kind(const struct code *code, size_t token, enum code_kind kind) {
    return token < code->count && code->tokens[token].kind == kind;
}

size_t code_token_at(const struct code *code, size_t offset) {
    size_t low = 0, high = code->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code->tokens[middle].span.end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool newline_between(const struct code *code, size_t begin, size_t end) {
    return memchr(code->bytes + begin, '\n', end - begin) != NULL;
}

bool code_starts_line(const struct code *code, size_t token) {
    if (token == 0 || token >= code->count) return true;
    return newline_between(code, code->tokens[token - 1].span.end, code->tokens[token].span.begin);
}

/* A line that begins or ends so goes on: `x\n  .add()`, `a =\n b`. Python needs a backslash or brackets for it. */
static bool goes_on(const struct code *code, size_t last, size_t next) {
    if (!code_starts_line(code, next)) return true;
    if (code->language == CODE_PYTHON) {
        size_t begin = code->tokens[last].span.end;
        return memchr(code->bytes + begin, '\\', code->tokens[next].span.begin - begin) != NULL;
    }
    const struct code_token *one = &code->tokens[last], *other = &code->tokens[next];
    if (other->kind == CODE_SIGN && !code_is(code, next, "@")) return true;
    return one->kind == CODE_SIGN && !code_is(code, last, "!");
}

size_t code_statement_first(const struct code *code, size_t token) {
    unsigned depth = code->tokens[token].depth;
    while (token > 0) {
        size_t before = token - 1;
        const struct code_token *previous = &code->tokens[before];
        if (previous->depth < depth || code_is(code, before, ";")) break;
        if (!goes_on(code, before, token)) break;
        token = previous->kind == CODE_CLOSE ? previous->partner : before;
    }
    return token;
}

size_t code_statement_last(const struct code *code, size_t token) {
    unsigned depth = code->tokens[token].depth;
    for (;;) {
        const struct code_token *now = &code->tokens[token];
        if (now->kind == CODE_OPEN) token = now->partner;
        size_t next = token + 1;
        if (code_is(code, token, ";") || next >= code->count || code->tokens[next].depth < depth) break;
        if (!code_is(code, next, ";") && !goes_on(code, token, next)) break;
        token = next;
    }
    return token;
}
