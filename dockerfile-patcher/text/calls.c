#include "dockerfile-patcher/text/calls.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

enum { MOST_STEPS = 8 }; /* from name to name: a circle ends */

const char *calls_text(const struct calls *calls, struct code_range range) {
    cleanup_text struct text text = {0};
    for (size_t i = range.first; i < range.end; i++) {
        const struct span *span = &calls->code->tokens[i].span;
        bool words = i > range.first && calls->code->tokens[i].kind == CODE_NAME &&
                     calls->code->tokens[i - 1].kind == CODE_NAME;
        if (words) text_add_char(&text, ' ');
        text_add_bytes(&text, calls->code->bytes + span->begin, span->end - span->begin);
    }
    return arena_copy(calls->arena, text.bytes ? text.bytes : "", text.length);
}

const char *calls_token(const struct calls *calls, size_t token) {
    return calls_text(calls, (struct code_range){token, token + 1});
}

const char *calls_receiver(const struct calls *calls, const struct code_call *call) {
    size_t end = call->name > call->receiver ? call->name - 1 : call->receiver;
    if (end > call->receiver && code_is(calls->code, end - 1, "!")) end--;
    return calls_text(calls, (struct code_range){call->receiver, end});
}

bool calls_same_name(const char *one, const char *other) {
    for (;;) {
        bool one_low = *one == '_', other_low = *other == '_';
        if (one_low) one++;
        if (other_low) other++;
        char left = *one, right = *other;
        if (one_low && left >= 'a' && left <= 'z') left = (char)(left - 32);
        if (other_low && right >= 'a' && right <= 'z') right = (char)(right - 32);
        if (left != right) return false;
        if (left == '\0') return true;
        one++;
        other++;
    }
}

static bool is_dot(const struct code *code, size_t token) {
    return code_is(code, token, ".") || code_is(code, token, "?.");
}

/* Back over `a.b(c)[d]!` to its first token. */
static size_t chain_first(const struct code *code, size_t name) {
    size_t first = name;
    while (first >= 2 && is_dot(code, first - 1)) {
        size_t at = first - 2;
        while (at > 0 && code_is(code, at, "!")) at--;
        while (at > 0 && code->tokens[at].kind == CODE_CLOSE) {
            at = code->tokens[at].partner;
            if (at > 0 && (code_is_kind(code, at - 1, CODE_NAME) || code_is_kind(code, at - 1, CODE_CLOSE)))
                at--;
            else
                break;
        }
        first = at;
    }
    return first;
}

static void add_call(struct calls *calls, size_t open) {
    const struct code *code = calls->code;
    size_t name = open - 1;
    /* Array<string>(…), new Map<A, B>(…): the type in between is passed over. */
    if (!code_is_kind(code, name, CODE_NAME)) return;
    if (code_is(code, name, "if") || code_is(code, name, "for") || code_is(code, name, "while") ||
        code_is(code, name, "switch") || code_is(code, name, "return") || code_is(code, name, "function"))
        return;
    struct code_call call = {
        .name = name, .receiver = chain_first(code, name), .open = open, .close = code->tokens[open].partner};
    call.constructed = call.receiver > 0 && code_is(code, call.receiver - 1, "new");
    calls->calls = arena_grow(calls->arena, calls->calls, calls->count, sizeof *calls->calls);
    calls->calls[calls->count++] = call;
}

static bool is_modifier(const struct code *code, size_t token) {
    static const char *const modifiers[] = {"export",    "const",    "let",    "var",      "public",
                                            "protected", "readonly", "static", "override", "private"};
    for (size_t i = 0; i < array_length(modifiers); i++)
        if (code_is(code, token, modifiers[i]) && code_is_kind(code, token + 1, CODE_NAME)) return true;
    return false;
}

/* In a block, not in a list of parameters, an object or a pattern. */
static bool is_statement_level(const struct code *code, size_t around) {
    if (around == SIZE_MAX) return true;
    if (code->language == CODE_PYTHON || !code_is(code, around, "{")) return false;
    return around == 0 || !(code_is(code, around - 1, "(") || code_is(code, around - 1, ",") ||
                            code_is(code, around - 1, "[") || code_is(code, around - 1, "="));
}

/* An `=` that gives a value to a name, not to a parameter or a keyword argument. */
static void add_definition(struct calls *calls, size_t sign) {
    const struct code *code = calls->code;
    if (!is_statement_level(code, code->tokens[sign].around)) return;
    size_t statement = code_statement_first(code, sign), first = statement;
    while (is_modifier(code, first)) first++;
    size_t end = first;
    while (code_is_kind(code, end, CODE_NAME) && end < sign) {
        end++;
        if (is_dot(code, end))
            end++;
        else
            break;
    }
    bool typed = code_is(code, end, ":") || code_is(code, end, "!") || code_is(code, end, "?");
    if (end == first || (end != sign && !typed)) return;
    size_t last = code_statement_last(code, sign);
    if (!code_is(code, last, ";")) last++;
    calls->definitions =
        arena_grow(calls->arena, calls->definitions, calls->definition_count, sizeof *calls->definitions);
    calls->definitions[calls->definition_count++] =
        (struct code_definition){.name = calls_text(calls, (struct code_range){first, end}),
                                 .value = {sign + 1, last},
                                 .statement = statement,
                                 .added = code_is(code, sign, "+=")};
}

static const char *literal_text(const struct calls *calls, size_t token) {
    const struct code_literal *literal = calls->code->tokens[token].literal;
    return arena_copy(calls->arena, calls->code->bytes + literal->body.begin,
                      literal->body.end - literal->body.begin);
}

static void add_import(struct calls *calls, struct code_import import) {
    calls->imports = arena_grow(calls->arena, calls->imports, calls->import_count, sizeof *calls->imports);
    calls->imports[calls->import_count++] = import;
}

static void statement_of(const struct code *code, size_t first, struct code_range *statement) {
    *statement = (struct code_range){first, code_statement_last(code, first) + 1};
}

/* The entry `a` or `a as b`. */
static void add_entry(struct calls *calls, struct code_import import, struct code_range entry) {
    if (code_is(calls->code, entry.first, "type") && entry.end - entry.first > 1 &&
        !code_is(calls->code, entry.first + 1, "as"))
        entry.first++;
    if (entry.first >= entry.end || calls->code->tokens[entry.first].kind != CODE_NAME) return;
    import.name = calls_token(calls, entry.first);
    import.local = calls_token(calls, entry.end - 1);
    import.entry = entry;
    add_import(calls, import);
}

/* import * as a from 'm'; import { a, b as c } from 'm'; import a = require('m') */
static void import_typescript(struct calls *calls, size_t first) {
    const struct code *code = calls->code;
    struct code_import import = {0};
    statement_of(code, first, &import.statement);
    size_t module = first;
    while (module < import.statement.end && code->tokens[module].kind != CODE_STRING) module++;
    if (module >= import.statement.end) return;
    import.module = literal_text(calls, module);
    size_t at = first + 1;
    if (code_is(code, at, "type")) at++;
    if (code_is(code, at, "*")) at += 2;
    if (code_is_kind(code, at, CODE_NAME)) {
        import.local = calls_token(calls, at);
        add_import(calls, import);
    }
    while (at < module && !code_is(code, at, "{")) at++;
    struct code_range entry;
    for (size_t i = 0; at < module && calls_element(code, at, i, &entry); i++)
        add_entry(calls, import, entry);
}

static size_t python_module_end(const struct code *code, size_t at) {
    while (code_is_kind(code, at, CODE_NAME) && code_is(code, at + 1, ".")) at += 2;
    return at + 1;
}

/* from m import a, b as c; from m import (a, b) */
static void from_python(struct calls *calls, size_t first) {
    const struct code *code = calls->code;
    struct code_import import = {0};
    statement_of(code, first, &import.statement);
    size_t end = python_module_end(code, first + 1);
    if (!code_is(code, end, "import")) return;
    import.module = calls_text(calls, (struct code_range){first + 1, end});
    struct code_range entry;
    if (code_is(code, end + 1, "(")) {
        for (size_t i = 0; calls_element(code, end + 1, i, &entry); i++) add_entry(calls, import, entry);
        return;
    }
    entry.first = end + 1;
    for (size_t at = end + 1; at <= import.statement.end; at++) {
        if (at < import.statement.end && !code_is(code, at, ",")) continue;
        entry.end = at;
        add_entry(calls, import, entry);
        entry.first = at + 1;
    }
}

/* import m; import m as a */
static void import_python(struct calls *calls, size_t first) {
    const struct code *code = calls->code;
    struct code_import import = {0};
    statement_of(code, first, &import.statement);
    size_t end = python_module_end(code, first + 1);
    import.module = calls_text(calls, (struct code_range){first + 1, end});
    import.local = code_is(code, end, "as") ? calls_token(calls, end + 1) : import.module;
    add_import(calls, import);
}

/* const a = require('m') */
static void import_required(struct calls *calls, const struct code_definition *definition) {
    const struct code *code = calls->code;
    size_t at = definition->value.first;
    if (!code_is(code, at, "require") || !code_is_kind(code, at + 2, CODE_STRING)) return;
    struct code_import import = {.module = literal_text(calls, at + 2), .local = definition->name};
    statement_of(code, definition->statement, &import.statement);
    add_import(calls, import);
}

void calls_find(struct arena *arena, const struct code *code, struct calls *calls) {
    *calls = (struct calls){.arena = arena, .code = code};
    bool python = code->language == CODE_PYTHON;
    for (size_t i = 0; i < code->count; i++) {
        if (i && code_is(code, i, "(")) add_call(calls, i);
        if (i && (code_is(code, i, "=") || code_is(code, i, "+="))) add_definition(calls, i);
        bool opens = code->tokens[i].depth == 0 && code_starts_line(code, i);
        if (!opens || code->tokens[i].kind != CODE_NAME) continue;
        if (python && code_is(code, i, "from")) from_python(calls, i);
        if (code_is(code, i, "import")) python ? import_python(calls, i) : import_typescript(calls, i);
    }
    for (size_t i = 0; !python && i < calls->definition_count; i++)
        import_required(calls, &calls->definitions[i]);
}

const struct code_definition *calls_definition(const struct calls *calls, const char *name, size_t at) {
    const struct code_definition *found = NULL;
    for (size_t i = 0; i < calls->definition_count; i++) {
        const struct code_definition *definition = &calls->definitions[i];
        if (definition->added || strcmp(definition->name, name) != 0) continue;
        bool before = definition->value.end <= at;
        if (before || !found) found = definition;
        if (!before) break;
    }
    return found;
}

const struct code_definition *calls_kept_as(const struct calls *calls, size_t token) {
    for (size_t i = 0; i < calls->definition_count; i++) {
        const struct code_definition *definition = &calls->definitions[i];
        size_t first = definition->value.first;
        if (code_is(calls->code, first, "new")) first++;
        if (!definition->added && first == token) return definition;
    }
    return NULL;
}

bool calls_element(const struct code *code, size_t open, size_t number, struct code_range *element) {
    size_t close = code->tokens[open].partner;
    element->first = open + 1;
    for (size_t at = open + 1; at <= close; at++) {
        if (at < close && code->tokens[at].kind == CODE_OPEN) at = code->tokens[at].partner;
        if (at < close && !code_is(code, at, ",")) continue;
        element->end = at;
        if (number-- == 0) return element->end > element->first;
        element->first = at + 1;
    }
    return false;
}

size_t calls_element_count(const struct code *code, size_t open) {
    struct code_range element;
    size_t count = 0;
    while (calls_element(code, open, count, &element)) count++;
    return count;
}

static bool token_names(const struct calls *calls, size_t token, const char *name) {
    const struct code_token *at = &calls->code->tokens[token];
    if (at->kind == CODE_STRING) return calls_same_name(literal_text(calls, token), name);
    return at->kind == CODE_NAME && calls_same_name(calls_token(calls, token), name);
}

/* An object: itself, or the name of one. */
static bool object_property(const struct calls *calls, struct code_range range, const char *name,
                            struct code_range *value, unsigned steps) {
    const struct code *code = calls->code;
    if (steps > MOST_STEPS || range.first >= range.end) return false;
    if (code_is(code, range.first, "{")) {
        if (calls_entry(calls, range.first, name, value)) return true;
        struct code_range entry;
        for (size_t i = 0; calls_element(code, range.first, i, &entry); i++)
            if (code_is(code, entry.first, "...") &&
                object_property(calls, (struct code_range){entry.first + 1, entry.end}, name, value,
                                steps + 1))
                return true;
        return false;
    }
    if (code->tokens[range.first].kind != CODE_NAME) return false;
    const struct code_definition *definition = calls_definition(calls, calls_text(calls, range), range.first);
    return definition && object_property(calls, definition->value, name, value, steps + 1);
}

bool calls_entry(const struct calls *calls, size_t open, const char *name, struct code_range *value) {
    const struct code *code = calls->code;
    struct code_range entry;
    for (size_t i = 0; calls_element(code, open, i, &entry); i++) {
        if (!token_names(calls, entry.first, name)) continue;
        if (entry.end - entry.first == 1) return *value = entry, true;
        if (!code_is(code, entry.first + 1, ":")) continue;
        *value = (struct code_range){entry.first + 2, entry.end};
        return true;
    }
    return false;
}

bool calls_property(const struct calls *calls, const struct code_call *call, const char *name,
                    struct code_range *value) {
    const struct code *code = calls->code;
    struct code_range argument;
    for (size_t i = 0; calls_element(code, call->open, i, &argument); i++) {
        bool keyword = code->language == CODE_PYTHON && code_is(code, argument.first + 1, "=");
        if (keyword && token_names(calls, argument.first, name)) {
            *value = (struct code_range){argument.first + 2, argument.end};
            return true;
        }
        if (code->language == CODE_TYPESCRIPT && object_property(calls, argument, name, value, 0))
            return true;
    }
    return false;
}

const struct code_call *calls_whole(const struct calls *calls, struct code_range range) {
    const struct code *code = calls->code;
    if (range.end <= range.first || !code_is(code, range.end - 1, ")")) return NULL;
    size_t first = code_is(code, range.first, "new") ? range.first + 1 : range.first;
    for (size_t i = 0; i < calls->count; i++)
        if (calls->calls[i].close == range.end - 1 && calls->calls[i].receiver == first)
            return &calls->calls[i];
    return NULL;
}
