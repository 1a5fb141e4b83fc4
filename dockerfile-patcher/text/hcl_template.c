#include "dockerfile-patcher/text/hcl.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dockerfile-patcher/text/hcl_scan.h"

struct parts {
    struct arena *arena;
    struct hcl_part *items;
    size_t count;
};

static void add(struct parts *parts, struct hcl_part part) {
    if (part.span.begin == part.span.end) return;
    parts->items = arena_grow(parts->arena, parts->items, parts->count, sizeof part);
    parts->items[parts->count++] = part;
}

static size_t utf8(char out[4], unsigned long point) {
    if (point < 0x80) return out[0] = (char)point, 1;
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        return out[1] = (char)(0x80 | (point & 0x3f)), 2;
    }
    size_t length = point < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; point >>= 6) out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)((length == 3 ? 0xe0 : 0xf0) | point);
    return length;
}

/* \n \r \t \" \\ \u1234 \U12345678; returns how many bytes it takes. */
static size_t read_escape(struct parts *parts, const char *at, size_t left, struct hcl_part *part) {
    static const char names[] = "nrt\"\\", meant[] = "\n\r\t\"\\";
    const char *known = left > 1 && at[1] ? strchr(names, at[1]) : NULL;
    size_t digits = left > 1 && at[1] == 'u' ? 4 : left > 1 && at[1] == 'U' ? 8 : 0;
    if (known) {
        part->text = &meant[known - names];
        part->length = 1;
        return 2;
    }
    if (digits == 0 || left < 2 + digits) return 0;
    char number[9] = {0}, out[4];
    memcpy(number, at + 2, digits);
    unsigned long point = strtoul(number, NULL, 16);
    if (strspn(number, "0123456789abcdefABCDEF") != digits || point > 0x10ffff) return 0;
    part->length = utf8(out, point);
    part->text = arena_copy(parts->arena, out, part->length);
    return 2 + digits;
}

struct hcl_part *hcl_template(struct arena *arena, const char *bytes, struct span span, bool quoted,
                              size_t *count) {
    struct parts parts = {.arena = arena};
    struct hcl_scanner scanner = {.bytes = bytes, .end = span.end};
    size_t begin = span.begin;
    *count = SIZE_MAX;
    for (size_t at = span.begin; at < span.end;) {
        char c = bytes[at], next = at + 1 < span.end ? bytes[at + 1] : '\0';
        char third = at + 2 < span.end ? bytes[at + 2] : '\0';
        struct hcl_part part = {.kind = HCL_TEXT};
        size_t taken = 0;
        if (c == '\\' && quoted) taken = read_escape(&parts, bytes + at, span.end - at, &part);
        if ((c == '$' || c == '%') && next == c && third == '{') {
            part.text = c == '$' ? "${" : "%{";
            part.length = 2;
            taken = 3;
        } else if ((c == '$' || c == '%') && next == '{') {
            size_t end = hcl_skip_hole(&scanner, at);
            if (end == SIZE_MAX) return NULL;
            part.kind = c == '$' ? HCL_HOLE : HCL_DIRECTIVE;
            part.trims = third == '~' || bytes[end - 2] == '~';
            taken = end - at;
        }
        if (taken == 0) {
            at++;
            continue;
        }
        add(&parts, (struct hcl_part){.kind = HCL_TEXT, .span = {begin, at}});
        part.span = (struct span){at, at + taken};
        add(&parts, part);
        begin = at += taken;
    }
    add(&parts, (struct hcl_part){.kind = HCL_TEXT, .span = {begin, span.end}});
    *count = parts.count;
    return parts.items;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* As flushHeredocTemplateParts of hclsyntax: a line that holds only blanks counts for nothing, one that begins with a
 * hole counts as not indented; what a hole spans is no line. */
size_t hcl_flushed_indent(const char *bytes, struct span inner) {
    struct hcl_scanner scanner = {.bytes = bytes, .end = inner.end};
    size_t least = SIZE_MAX;
    for (size_t line = inner.begin; line < inner.end;) {
        size_t at = line;
        while (at < inner.end && is_blank(bytes[at]) && bytes[at] != '\n') at++;
        bool empty = at == inner.end || bytes[at] == '\n';
        if (!empty && at - line < least) least = at - line;
        while (at < inner.end && bytes[at] != '\n') {
            char c = bytes[at], next = at + 1 < inner.end ? bytes[at + 1] : '\0';
            bool hole = (c == '$' || c == '%') && next == '{';
            bool escape = (c == '$' || c == '%') && next == c && at + 2 < inner.end && bytes[at + 2] == '{';
            at = escape ? at + 3 : hole ? hcl_skip_hole(&scanner, at) : at + 1;
            if (at == SIZE_MAX) return 0;
        }
        line = at + 1;
    }
    return least == SIZE_MAX ? 0 : least;
}
