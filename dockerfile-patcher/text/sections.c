#include "dockerfile-patcher/text/sections.h"

#include <stdint.h>
#include <string.h>

#include "dockerfile-patcher/text/find.h"

struct scanner {
    const struct source *source;
    struct sections *sections;
    enum sections_dialect dialect;
    size_t at;
    bool ignore_next;
    bool begun;  /* something other than comments was there */
    char *value; /* scratch: a value is never longer than the source */
    size_t *map;
    size_t length;
};

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The text of the line at `at`, blanks and newline cut off, and *next, where the next one begins. */
static void line_text(const struct source *source, size_t at, struct span *found, size_t *next) {
    *next = source_line_end(source, at);
    struct span text = {at, *next};
    while (text.end > text.begin &&
           (is_blank(source->bytes[text.end - 1]) || source->bytes[text.end - 1] == '\n'))
        text.end--;
    while (text.begin < text.end && is_blank(source->bytes[text.begin])) text.begin++;
    *found = text;
}

static bool is_comment(const struct scanner *scanner, struct span text) {
    return text.begin < text.end && strchr("#;", scanner->source->bytes[text.begin]);
}

static void take_comment(struct scanner *scanner, struct span text) {
    const char *bytes = scanner->source->bytes + text.begin;
    if (!find_text(bytes, text.end - text.begin, "appsig-ignore")) return;
    scanner->ignore_next = true;
    if (!scanner->begun) scanner->sections->ignored = true;
}

static void take_header(struct scanner *scanner, struct span text, struct span line) {
    struct sections *sections = scanner->sections;
    const char *bytes = scanner->source->bytes;
    if (bytes[text.end - 1] != ']') {
        if (sections->broken_at == SIZE_MAX) sections->broken_at = text.begin;
        return;
    }
    sections->items = arena_grow(&sections->arena, sections->items, sections->count, sizeof *sections->items);
    sections->items[sections->count++] = (struct section){
        arena_copy(&sections->arena, bytes + text.begin + 1, text.end - text.begin - 2), line, line};
}

static void add_byte(struct scanner *scanner, char byte, size_t offset) {
    scanner->value[scanner->length] = byte;
    scanner->map[scanner->length++] = offset;
}

static bool ends_open(const struct scanner *scanner, size_t begin, size_t end) {
    size_t slashes = 0;
    while (end > begin && scanner->source->bytes[end - 1] == '\\') slashes++, end--;
    return scanner->dialect == SECTIONS_SYSTEMD && slashes % 2 == 1;
}

static size_t raw_end(const struct source *source, size_t at) {
    size_t end = source_line_end(source, at);
    if (end > at && source->bytes[end - 1] == '\n') end--;
    if (end > at && source->bytes[end - 1] == '\r') end--;
    return end;
}

/* The value from `begin` on, over its continuations; returns where the next logical line begins. */
static size_t read_value(struct scanner *scanner, size_t begin) {
    const struct source *source = scanner->source;
    size_t at = begin;
    scanner->length = 0;
    for (;;) {
        size_t end = raw_end(source, at), next = source_line_end(source, at);
        bool open = ends_open(scanner, at, end);
        for (size_t i = at; i < end; i++) add_byte(scanner, source->bytes[i], i);
        if (!open) return next;
        scanner->value[scanner->length - 1] = ' ';
        for (at = next; at < source->length; at = next) {
            struct span text;
            line_text(source, at, &text, &next);
            if (!is_comment(scanner, text)) break;
        }
        if (at >= source->length) return source->length;
    }
}

static void take_entry(struct scanner *scanner, struct span text, struct span line) {
    struct sections *sections = scanner->sections;
    const struct source *source = scanner->source;
    const char *sign = memchr(source->bytes + text.begin, '=', text.end - text.begin);
    bool bare = scanner->dialect == SECTIONS_UWSGI && !sign;
    if (!sign && !bare) return; /* systemd warns and goes on */
    size_t name_end = sign ? (size_t)(sign - source->bytes) : text.end;
    size_t end = bare ? line.end : read_value(scanner, (size_t)(sign - source->bytes) + 1);
    if (bare) scanner->length = 0;
    struct span name = {text.begin, name_end};
    while (name.end > name.begin && is_blank(source->bytes[name.end - 1])) name.end--;
    size_t first = 0, last = scanner->length;
    while (last > first && is_blank(scanner->value[last - 1])) last--;
    while (first < last && is_blank(scanner->value[first])) first++;
    size_t *map = arena_allocate(&sections->arena, (last - first + 1) * sizeof *map);
    memcpy(map, scanner->map + first, (last - first) * sizeof *map);
    map[last - first] = last > first ? scanner->map[last - 1] + 1 : name_end + (sign != NULL);
    sections->entries =
        arena_grow(&sections->arena, sections->entries, sections->entry_count, sizeof *sections->entries);
    sections->entries[sections->entry_count++] = (struct section_entry){
        .section = sections->count ? sections->count - 1 : SIZE_MAX,
        .name = arena_copy(&sections->arena, source->bytes + name.begin, name.end - name.begin),
        .value = arena_copy(&sections->arena, scanner->value + first, last - first),
        .length = last - first,
        .map = map,
        .bare = bare,
        .ignored = scanner->ignore_next,
        .name_span = name,
        .span = {line.begin, end}};
    if (sections->count) sections->items[sections->count - 1].last = (struct span){line.begin, end};
    scanner->at = end;
}

void sections_scan(struct sections *sections, const struct source *source, enum sections_dialect dialect) {
    *sections = (struct sections){.broken_at = SIZE_MAX};
    struct scanner scanner = {
        .source = source, .sections = sections, .dialect = dialect, .at = source->begin};
    scanner.value = arena_allocate(&sections->arena, source->length + 1);
    scanner.map = arena_allocate(&sections->arena, (source->length + 1) * sizeof *scanner.map);
    while (scanner.at < source->length) {
        struct span line = {scanner.at, 0};
        struct span text;
        line_text(source, line.begin, &text, &line.end);
        scanner.at = line.end;
        if (is_comment(&scanner, text)) {
            take_comment(&scanner, text);
            continue;
        }
        if (text.begin == text.end) {
            scanner.ignore_next = false;
            continue;
        }
        scanner.begun = true;
        if (source->bytes[text.begin] == '[')
            take_header(&scanner, text, line);
        else
            take_entry(&scanner, text, line);
        scanner.ignore_next = false;
    }
}

void sections_free(struct sections *sections) { arena_free(&sections->arena); }

struct section *sections_named(const struct sections *sections, const char *name) {
    for (size_t i = 0; i < sections->count; i++)
        if (strcmp(sections->items[i].name, name) == 0) return &sections->items[i];
    return NULL;
}

const struct section_entry *sections_next(const struct sections *sections, const char *section,
                                          const char *name, size_t *at) {
    for (; *at < sections->entry_count; ++*at) {
        const struct section_entry *entry = &sections->entries[*at];
        if (entry->section == SIZE_MAX || strcmp(sections->items[entry->section].name, section) != 0)
            continue;
        if (strcmp(entry->name, name) == 0) return ++*at, entry;
    }
    return NULL;
}
