#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

void text_reserve(struct text *text, size_t more) {
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) return;
    size_t capacity = text->capacity ? text->capacity * 2 : 64;
    if (capacity < needed) capacity = needed;
    text->bytes = memory_resize(text->bytes, capacity);
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length) {
    text_reserve(text, length);
    if (length) memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string) { text_add_bytes(text, string, strlen(string)); }

void text_add_char(struct text *text, char character) { text_add_bytes(text, &character, 1); }

void text_add_format(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    cleanup_free char *piece = memory_format_list(format, arguments);
    va_end(arguments);
    text_add(text, piece);
}

char *text_take(struct text *text) {
    text_reserve(text, 0);
    char *bytes = text->bytes;
    bytes[text->length] = '\0';
    *text = (struct text){0};
    return bytes;
}

void text_free(struct text *text) {
    free(text->bytes);
    *text = (struct text){0};
}

void strings_add_owned(struct strings *list, char *string) {
    if (list->count + 2 > list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->items = memory_resize(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->count++] = string;
    list->items[list->count] = NULL;
}

void strings_add(struct strings *list, const char *string) { strings_add_owned(list, memory_copy(string)); }

void strings_insert(struct strings *list, size_t index, const char *string) {
    strings_add(list, string);
    char *added = list->items[list->count - 1];
    memmove(list->items + index + 1, list->items + index, (list->count - 1 - index) * sizeof *list->items);
    list->items[index] = added;
}

void strings_remove(struct strings *list, size_t index) {
    free(list->items[index]);
    memmove(list->items + index, list->items + index + 1, (list->count - index) * sizeof *list->items);
    list->count--;
}

void strings_add_all(struct strings *list, char *const *vector) {
    for (; vector && *vector; vector++) strings_add(list, *vector);
}

bool strings_contain(const struct strings *list, const char *string) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], string) == 0) return true;
    return false;
}

char *strings_listed(const struct strings *list) {
    struct text all = {0};
    for (size_t i = 0; i < list->count; i++) text_add_format(&all, "%s%s", i ? ", " : "", list->items[i]);
    return text_take(&all);
}

void strings_free(struct strings *list) {
    for (size_t i = 0; i < list->count; i++) free(list->items[i]);
    free(list->items);
    *list = (struct strings){0};
}

bool text_equal(const char *one, const char *other) { return one && other && strcmp(one, other) == 0; }

bool text_starts(const char *string, const char *prefix) {
    return string && strncmp(string, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *string, const char *suffix) {
    size_t length = string ? strlen(string) : 0, tail = strlen(suffix);
    return length >= tail && string && strcmp(string + length - tail, suffix) == 0;
}

bool text_ends_in(const char *string, const char *const *suffixes, size_t count) {
    size_t length = strlen(string);
    for (size_t i = 0; i < count; i++) {
        size_t suffix = strlen(suffixes[i]);
        if (length >= suffix && memcmp(string + length - suffix, suffixes[i], suffix) == 0) return true;
    }
    return false;
}

bool text_has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    if (!length) return false;
    for (const char *at = words; at; at = strchr(at, ' '), at += at != NULL)
        if (*at == *word && strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

const char *text_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *text_directory(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return memory_copy(".");
    if (slash == path) return memory_copy("/");
    return memory_copy_bytes(path, (size_t)(slash - path));
}

char *text_join_path(const char *directory, const char *name) {
    size_t first = strlen(directory), second = strlen(name);
    bool slash = first == 0 || directory[first - 1] != '/';
    char *path = memory_allocate(first + slash + second + 1);
    memcpy(path, directory, first);
    if (slash) path[first] = '/';
    memcpy(path + first + slash, name, second + 1);
    return path;
}

bool text_to_number(const char *string, long least, long most, long *number) {
    size_t length = string ? strlen(string) : 0;
    if (length == 0 || length > 9 || !string || strspn(string, "0123456789") != length) return false;
    long value = strtol(string, NULL, 10);
    if (value < least || value > most) return false;
    *number = value;
    return true;
}

char *text_printable(const char *string, size_t most) {
    struct text out = {0};
    for (const unsigned char *at = (const unsigned char *)string; *at; at++) {
        if (out.length >= most) {
            text_add(&out, "...");
            break;
        }
        if (*at == '\n')
            text_add(&out, "\\n");
        else if (*at == '\\' || *at == '"' || *at == '\'')
            text_add_format(&out, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            text_add_format(&out, "\\x%02x", *at);
        else
            text_add_char(&out, (char)*at);
    }
    return text_take(&out);
}
