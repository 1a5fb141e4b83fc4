/* From a scalar's value back to its bytes: quotes, escapes, folded lines and the indent of block scalars are what lies
 * between the two. */
#include "dockerfile-patcher/text/yaml.h"

#include <stdint.h>
#include <string.h>

struct walk {
    const struct yaml_node *scalar;
    const char *bytes;
    size_t at;   /* in the bytes */
    size_t done; /* in the value */
};

static bool is_block(const struct yaml_node *scalar) {
    return scalar->style == YAML_LITERAL || scalar->style == YAML_FOLDED;
}

static bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

static void skip_indent(struct walk *walk) {
    bool line_begins = walk->at == walk->scalar->body.begin || walk->bytes[walk->at - 1] == '\n';
    for (size_t i = 0; line_begins && i < walk->scalar->column && walk->bytes[walk->at] == ' '; i++)
        walk->at++;
}

/* Blanks around a line break of a plain or quoted scalar: one break is a blank, more are one less. */
static bool fold(struct walk *walk) {
    size_t end = walk->at, breaks = 0;
    for (; is_space(walk->bytes[end]); end++) breaks += walk->bytes[end] == '\n';
    if (breaks == 0) return false;
    walk->at = end;
    walk->done += breaks == 1 ? 1 : breaks - 1;
    return true;
}

static bool step_escape(struct walk *walk) {
    char next = walk->bytes[walk->at + 1];
    if (strchr("xuUNLP_", next)) return false;
    walk->at += 2;
    if (next != '\n' && next != '\r') {
        walk->done++;
        return true;
    }
    while (is_space(walk->bytes[walk->at])) walk->at++;
    return true;
}

static bool step(struct walk *walk) {
    char byte = walk->bytes[walk->at], value = walk->scalar->value[walk->done];
    enum yaml_style style = walk->scalar->style;
    if (byte == '\r' && walk->bytes[walk->at + 1] == '\n') byte = walk->bytes[++walk->at];
    if (!is_block(walk->scalar) && is_space(byte) && fold(walk)) return true;
    if (style == YAML_DOUBLE && byte == '\\') return step_escape(walk);
    if (style == YAML_SINGLE && byte == '\'') walk->at++;
    bool is_break = is_block(walk->scalar) && byte == '\n';
    if (!is_break && byte != value) return false;
    walk->done += !is_break || value == ' ' || value == '\n';
    walk->at++;
    return true;
}

size_t yaml_offset(const struct source *source, const struct yaml_node *scalar, size_t offset) {
    bool quoted = scalar->style == YAML_SINGLE || scalar->style == YAML_DOUBLE;
    struct walk walk = {.scalar = scalar, .bytes = source->bytes, .at = scalar->content.begin + quoted};
    if (is_block(scalar)) walk.at = scalar->body.begin;
    while (walk.at < scalar->span.end) {
        if (is_block(scalar)) skip_indent(&walk);
        if (walk.done == offset) return walk.at;
        if (walk.done > offset || !step(&walk)) return SIZE_MAX;
    }
    return walk.done == offset ? walk.at : SIZE_MAX;
}
