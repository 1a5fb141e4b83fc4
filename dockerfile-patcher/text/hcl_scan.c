#include "dockerfile-patcher/text/hcl_scan.h"

#include <stdint.h>
#include <string.h>

static char byte_at(const struct hcl_scanner *scanner, size_t at) {
    return at < scanner->end ? scanner->bytes[at] : '\0';
}

static size_t break_off(struct hcl_scanner *scanner, size_t at, const char *message) {
    if (!scanner->broken) {
        scanner->broken = message;
        scanner->broken_at = at;
    }
    return SIZE_MAX;
}

bool hcl_is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || (unsigned char)c >= 0x80;
}

static size_t skip_block_comment(struct hcl_scanner *scanner, size_t at) {
    for (size_t i = at + 2; i + 1 < scanner->end; i++)
        if (scanner->bytes[i] == '*' && scanner->bytes[i + 1] == '/') return i + 2;
    return break_off(scanner, at, "a comment has no end");
}

size_t hcl_skip_blanks(struct hcl_scanner *scanner, size_t at, bool newlines) {
    while (at < scanner->end) {
        char c = scanner->bytes[at], next = byte_at(scanner, at + 1);
        if (c == ' ' || c == '\t' || (c == '\r' && (newlines || next != '\n')) || (c == '\n' && newlines)) {
            at++;
        } else if (c == '#' || (c == '/' && next == '/')) {
            while (at < scanner->end && scanner->bytes[at] != '\n') at++;
        } else if (c == '/' && next == '*') {
            at = skip_block_comment(scanner, at);
        } else {
            break;
        }
    }
    return at;
}

/* Everything up to the bracket that closes the one in front of `at`, which was `open`. */
static size_t skip_brackets(struct hcl_scanner *scanner, size_t at, char open) {
    size_t from = at - 1;
    char close = open == '(' ? ')' : open == '[' ? ']' : '}';
    if (++scanner->depth > HCL_MOST_DEPTH) return break_off(scanner, from, "brackets are nested too deeply");
    while (at != SIZE_MAX) {
        at = hcl_skip_blanks(scanner, at, true);
        if (at >= scanner->end) return break_off(scanner, from, "a bracket is not closed");
        char c = scanner->bytes[at];
        if (c == close) {
            scanner->depth--;
            return at + 1;
        }
        if (c == ')' || c == ']' || c == '}')
            return break_off(scanner, at, "a bracket closes what is not open");
        at = hcl_skip_token(scanner, at);
    }
    return SIZE_MAX;
}

size_t hcl_skip_hole(struct hcl_scanner *scanner, size_t at) { return skip_brackets(scanner, at + 2, '{'); }

/* `$${` and `%%{` stand for themselves; a hole is skipped; anything else is one byte. */
static size_t skip_template_byte(struct hcl_scanner *scanner, size_t at) {
    char c = scanner->bytes[at];
    if (c != '$' && c != '%') return at + 1;
    if (byte_at(scanner, at + 1) == c && byte_at(scanner, at + 2) == '{') return at + 3;
    return byte_at(scanner, at + 1) == '{' ? hcl_skip_hole(scanner, at) : at + 1;
}

static size_t skip_string(struct hcl_scanner *scanner, size_t at) {
    size_t from = at++;
    while (at < scanner->end) {
        char c = scanner->bytes[at];
        if (c == '"') return at + 1;
        if (c == '\n') break;
        at = c == '\\' ? at + 2 : skip_template_byte(scanner, at);
    }
    return at == SIZE_MAX ? at : break_off(scanner, from, "a string has no end");
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Does the line at `at` hold nothing but the marker? Only a line with a newline can end a heredoc. */
static bool is_last_line(const struct hcl_scanner *scanner, size_t at, const struct hcl_heredoc *heredoc,
                         size_t *end) {
    size_t length = heredoc->marker_end - heredoc->marker;
    while (at < scanner->end && is_blank(scanner->bytes[at])) at++;
    if (scanner->end - at < length) return false;
    if (memcmp(scanner->bytes + at, scanner->bytes + heredoc->marker, length) != 0) return false;
    *end = at += length;
    while (at < scanner->end && is_blank(scanner->bytes[at])) at++;
    return at == scanner->end || scanner->bytes[at] == '\n';
}

bool hcl_heredoc_at(struct hcl_scanner *scanner, size_t at, struct hcl_heredoc *heredoc) {
    if (byte_at(scanner, at) != '<' || byte_at(scanner, at + 1) != '<') return false;
    *heredoc = (struct hcl_heredoc){.marker = at + 2};
    if (byte_at(scanner, heredoc->marker) == '-') {
        heredoc->flush = true;
        heredoc->marker++;
    }
    size_t end = heredoc->marker;
    while (end < scanner->end && hcl_is_name(scanner->bytes[end])) end++;
    heredoc->marker_end = end;
    if (byte_at(scanner, end) == '\r') end++;
    if (heredoc->marker_end == heredoc->marker || byte_at(scanner, end) != '\n') return false;
    heredoc->first = end + 1;
    for (size_t line = heredoc->first; line < scanner->end;) {
        if (is_last_line(scanner, line, heredoc, &heredoc->end)) {
            heredoc->last = line;
            return true;
        }
        while (line < scanner->end && scanner->bytes[line] != '\n') line = skip_template_byte(scanner, line);
        if (line == SIZE_MAX) return false;
        line++;
    }
    break_off(scanner, at, "a heredoc has no end");
    return false;
}

size_t hcl_skip_token(struct hcl_scanner *scanner, size_t at) {
    char c = scanner->bytes[at];
    struct hcl_heredoc heredoc;
    if (c == '"') return skip_string(scanner, at);
    if (c == '(' || c == '[' || c == '{') return skip_brackets(scanner, at + 1, c);
    if (hcl_is_name(c)) {
        while (at < scanner->end && hcl_is_name(scanner->bytes[at])) at++;
        return at;
    }
    if (c == '<' && hcl_heredoc_at(scanner, at, &heredoc)) return heredoc.end;
    return scanner->broken ? SIZE_MAX : at + 1;
}
