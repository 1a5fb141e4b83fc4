#include "dockerfile-patcher/script/script.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/unit.h"

const struct script_line *script_line(const struct script *script, size_t number) {
    return &script->lines[number - 1];
}

size_t script_offset(const struct script *script, size_t line, size_t offset) {
    const struct script_line *at = script_line(script, line);
    return at->map ? at->map[offset] : at->span.begin + offset;
}

const struct script_hole *script_hole_at(const struct script *script, const char *text, size_t *length) {
    if (text[0] != SCRIPT_HOLE_BEGIN) return NULL;
    char *end;
    size_t index = strtoul(text + 1, &end, 10);
    if (*end != SCRIPT_HOLE_END || index >= script->hole_count) return NULL;
    *length = (size_t)(end + 1 - text);
    return &script->holes[index];
}

char *script_shown(const struct script *script, const char *text, size_t length) {
    struct text shown = {0};
    for (size_t at = 0; at < length;) {
        size_t taken;
        const struct script_hole *hole = script_hole_at(script, text + at, &taken);
        if (hole) text_add(&shown, hole->shown);
        if (!hole) text_add_char(&shown, text[at]);
        at += hole ? taken : 1;
    }
    return text_take(&shown);
}

/* "aws_instance.web" and SERVICE_NAME: SERVICE_NAME_AWS_INSTANCE_WEB. Owned by the caller. */
static char *scoped_name(const struct script *script, const char *name) {
    char *scoped = memory_format("%s_%s", name, script->label);
    for (char *at = scoped; *at; at++) {
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
        bool valid = (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9');
        if (!valid) *at = '_';
    }
    return scoped;
}

const char *script_answer(struct unit *unit, const struct script *script, const char *name) {
    cleanup_free char *scoped = script->label ? scoped_name(script, name) : NULL;
    const char *answer = scoped ? unit_answer(unit, script->document, scoped) : NULL;
    return answer ? answer : unit_answer(unit, script->document, name);
}

const char *script_ask(struct unit *unit, const struct script *script, const char *name, const char *text,
                       struct question **question) {
    const char *answer = script_answer(unit, script, name);
    if (question) *question = NULL;
    if (answer) return answer;
    if (!script->label) return unit_ask(unit, script->service, name, script->document, text, question);
    cleanup_free char *scoped = scoped_name(script, name);
    cleanup_free char *own = memory_format("%s: %s", script->label, text);
    return unit_ask(unit, script->service, scoped, script->document, own, question);
}

/* Holes left out. */
static size_t known_bytes(const struct script *script, const char *text, size_t length) {
    size_t bytes = 0;
    for (size_t at = 0, taken; at < length; at += taken)
        if (!script_hole_at(script, text + at, &taken)) bytes += taken = 1;
    return bytes;
}

size_t script_size(const struct script *script) {
    ptrdiff_t bytes = script->growth;
    for (size_t i = 0; i < script->count; i++) {
        if (script->lines[i].elsewhere) continue;
        bytes += (ptrdiff_t)known_bytes(script, script->lines[i].text, script->lines[i].length) + 1;
    }
    return bytes > 0 ? (size_t)bytes : 0;
}

void script_remove_lines(struct script *script, size_t first, size_t last, const char *why) {
    for (size_t number = first; number <= last; number++) {
        const struct script_line *line = script_line(script, number);
        if (!line->elsewhere) script->growth -= (ptrdiff_t)known_bytes(script, line->text, line->length) + 1;
    }
    script->host->remove(script, first, last, why);
}

void script_insert_after(struct script *script, size_t line, const char *lines, const char *why) {
    if (!line || !script_line(script, line)->elsewhere)
        script->growth += (ptrdiff_t)known_bytes(script, lines, strlen(lines)) + 1;
    script->host->insert(script, line, lines, why);
}

void script_replace(struct script *script, size_t line, size_t from, size_t to, const char *text,
                    const char *why) {
    cleanup_text struct text encoded = {0};
    const char *old = script_line(script, line)->text + from;
    if (!script_line(script, line)->elsewhere) {
        script->growth += (ptrdiff_t)known_bytes(script, text, strlen(text));
        script->growth -= (ptrdiff_t)known_bytes(script, old, to - from);
    }
    script->replacing = line;
    script->host->encode(script, text, strlen(text), &encoded);
    /* The end of a decoded byte is where the last byte inside ends: behind a host's escape, not in it. */
    struct span span = {script_offset(script, line, from), script_offset(script, line, to)};
    edits_add(&script->document->edits, script->service, span, encoded.bytes ? encoded.bytes : "", why);
}

static void encode_plain(const struct script *script, const char *text, size_t length, struct text *out) {
    (void)script;
    text_add_bytes(out, text, length);
}

static void insert_plain(struct script *script, size_t after, const char *lines, const char *why) {
    struct document *document = script->document;
    cleanup_text struct text out = {0};
    const char *indent = script->count ? script->lines[after ? after - 1 : 0].indent : NULL;
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        if (indent && length) text_add(&out, indent);
        text_add_bytes(&out, at, length);
        at += length;
        if (*at == '\n') text_add_char(&out, *at++);
    }
    const char *text = out.bytes ? out.bytes : "";
    if (after == 0 && script->count)
        edits_insert_before(&document->edits, script->service, &document->source, script->lines[0].span.begin,
                            text, why);
    else if (script->count)
        edits_insert_after(&document->edits, script->service, &document->source,
                           script->lines[after - 1].span.begin, text, why);
    else
        edits_insert_after(&document->edits, script->service, &document->source, document->source.length,
                           text, why);
}

static void remove_plain(struct script *script, size_t first, size_t last, const char *why) {
    struct span span = {script_line(script, first)->span.begin, script_line(script, last)->span.end};
    edits_remove_lines(&script->document->edits, script->service, &script->document->source, span, why);
}

static const struct script_host plain_host = {"file", encode_plain, insert_plain, remove_plain};

void script_of_lines(struct script *script, struct document *document, struct service *service,
                     struct span span, bool tabs) {
    *script = (struct script){.document = document, .service = service, .host = &plain_host};
    const char *bytes = document->source.bytes;
    size_t capacity = 0;
    for (size_t at = span.begin; at < span.end;) {
        const char *newline = memchr(bytes + at, '\n', span.end - at);
        size_t next = newline ? (size_t)(newline - bytes) + 1 : span.end;
        size_t end = newline ? next - 1 : next;
        if (end > at && bytes[end - 1] == '\r') end--;
        size_t begin = at;
        while (tabs && begin < end && bytes[begin] == '\t') begin++;
        if (script->count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            script->lines = memory_resize(script->lines, capacity * sizeof *script->lines);
        }
        script->lines[script->count++] =
            (struct script_line){.text = bytes + begin,
                                 .length = end - begin,
                                 .span = {begin, end},
                                 .indent = begin > at ? memory_copy_bytes(bytes + at, begin - at) : NULL};
        at = next;
    }
}

void script_free(struct script *script) {
    for (size_t i = 0; i < script->count; i++) {
        free((char *)script->lines[i].indent);
        free((size_t *)script->lines[i].map);
    }
    for (size_t i = 0; i < script->hole_count; i++) {
        free((char *)script->holes[i].bytes);
        free((char *)script->holes[i].shown);
    }
    free(script->holes);
    free(script->lines);
    *script = (struct script){0};
}
