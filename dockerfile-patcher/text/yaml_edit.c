#include "dockerfile-patcher/text/yaml_edit.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"

/* What YAML 1.1 or 1.2 reads as something else than a string. */
static const char *const other_words[] = {"y",    "n",     "yes",  "no", "on",   "off",
                                          "true", "false", "null", "~",  ".nan", ".inf"};

static bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* Numbers, dates, sexagesimals (8000:80): whatever could be one is quoted. */
static bool like_number(const char *value) {
    if (!is_digit(*value) && !strchr("+-.", *value)) return false;
    return value[strspn(value, "0123456789abcdefABCDEFxXoO_.:+-tTzZ ")] == '\0';
}

static bool is_plain(const char *value) {
    size_t length = strlen(value);
    if (length == 0 || !(is_letter(*value) || is_digit(*value) || strchr("/._$", *value))) return false;
    if (like_number(value) || strchr(" :", value[length - 1])) return false;
    for (size_t i = 0; i < array_length(other_words); i++)
        if (strcasecmp(value, other_words[i]) == 0) return false;
    for (const char *at = value; *at; at++) {
        if (!is_letter(*at) && !is_digit(*at) && !strchr(" :/._-=@%+$~^()", *at)) return false;
        if (*at == ':' && at[1] == ' ') return false;
    }
    return true;
}

void yaml_add_scalar(struct text *out, const char *value, enum yaml_style like) {
    bool controls = false;
    for (const char *at = value; *at; at++) controls |= (unsigned char)*at < ' ';
    if (like != YAML_SINGLE && like != YAML_DOUBLE && is_plain(value)) {
        text_add(out, value);
    } else if (like == YAML_SINGLE && !controls) {
        text_add_char(out, '\'');
        for (const char *at = value; *at; at++) text_add(out, *at == '\'' ? "''" : (char[]){*at, '\0'});
        text_add_char(out, '\'');
    } else {
        text_add_char(out, '"');
        for (const char *at = value; *at; at++) {
            if (*at == '"' || *at == '\\') text_add_char(out, '\\');
            if ((unsigned char)*at < ' ')
                text_add_format(out, "\\x%02x", (unsigned char)*at);
            else
                text_add_char(out, *at);
        }
        text_add_char(out, '"');
    }
}

char *yaml_indented(const char *lines, size_t columns) {
    struct text out = {0};
    text_add(&out, "");
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        if (length) text_add_format(&out, "%*s", (int)columns, "");
        text_add_bytes(&out, at, length);
        at += length;
        if (*at) text_add_char(&out, *at++);
    }
    return text_take(&out);
}

size_t yaml_last_line(const struct yaml_node *node) {
    while (node->count && node->style == YAML_BLOCK) node = node->items[node->count - 1];
    return node->body.end > node->body.begin ? node->body.end - 1 : node->span.end;
}

/* Only blanks or a comment follow on the line: a new line may stand below it. */
static bool ends_line(const struct source *source, size_t offset) {
    const char *bytes = source->bytes;
    size_t at = offset;
    while (at < source->length && (bytes[at] == ' ' || bytes[at] == '\t')) at++;
    if (at == source->length || bytes[at] == '\n' || bytes[at] == '\r') return true;
    return bytes[at] == '#' && at > offset;
}

static bool begins_line(const struct source *source, size_t offset) {
    struct span indent;
    source_indent(source, offset, &indent);
    return indent.end == offset;
}

static bool insert_block(struct edits *edits, struct service *service, const struct source *source,
                         const struct yaml_node *collection, size_t position, const char *block,
                         const char *why) {
    cleanup_free char *lines = yaml_indented(block, collection->column);
    if (position == 0) {
        if (!begins_line(source, collection->content.begin)) return false;
        edits_insert_before(edits, service, source, collection->content.begin, lines, why);
        return true;
    }
    const struct yaml_node *before = collection->items[position - 1];
    size_t last = yaml_last_line(before);
    if (before->body.end == before->body.begin && !ends_line(source, last)) return false;
    edits_insert_after(edits, service, source, last, lines, why);
    return true;
}

/* A line of its own where the items of the collection have that. */
static char *flow_break(const struct source *source, const struct yaml_node *collection, size_t begin) {
    const struct yaml_node *first = collection->items[0];
    if (!memchr(source->bytes + begin, '\n', first->span.begin - begin)) return memory_copy(" ");
    struct span indent;
    source_indent(source, first->span.begin, &indent);
    return memory_format("%s%.*s", source_newline(source), (int)(indent.end - indent.begin),
                         source->bytes + indent.begin);
}

static bool insert_flow(struct edits *edits, struct service *service, const struct source *source,
                        const struct yaml_node *collection, size_t position, const char *flow,
                        const char *why) {
    size_t begin = collection->content.begin + 1;
    if (collection->count == 0) {
        edits_add(edits, service, (struct span){begin, begin}, flow, why);
        return true;
    }
    cleanup_free char *space = flow_break(source, collection, begin);
    bool behind = position > 0;
    size_t at = behind ? collection->items[position - 1]->span.end : collection->items[0]->span.begin;
    cleanup_free char *text =
        behind ? memory_format(",%s%s", space, flow) : memory_format("%s,%s", flow, space);
    edits_add(edits, service, (struct span){at, at}, text, why);
    return true;
}

bool yaml_insert(struct edits *edits, struct service *service, const struct source *source,
                 const struct yaml_node *collection, size_t position, const char *block, const char *flow,
                 const char *why) {
    bool holds = collection->kind == YAML_MAPPING || collection->kind == YAML_SEQUENCE;
    if (!holds || position > collection->count) return false;
    if (collection->style == YAML_FLOW)
        return insert_flow(edits, service, source, collection, position, flow, why);
    return insert_block(edits, service, source, collection, position, block, why);
}

bool yaml_fill(struct edits *edits, struct service *service, const struct source *source,
               const struct yaml_node *mapping, size_t key, size_t step, const char *block, const char *why) {
    const struct yaml_node *value = mapping->items[key + 1];
    bool absent = value->kind == YAML_SCALAR && value->content.begin == value->content.end;
    if (mapping->style != YAML_BLOCK || !absent || !ends_line(source, value->span.end)) return false;
    cleanup_free char *lines = yaml_indented(block, mapping->column + step);
    edits_insert_after(edits, service, source, value->span.end, lines, why);
    return true;
}

static void find_step(struct yaml_node *node, void *context) {
    size_t *step = context;
    const struct yaml_node *parent = node->parent;
    if (*step || !parent || node->style != YAML_BLOCK || node->kind != YAML_MAPPING) return;
    if (parent->kind == YAML_MAPPING && parent->style == YAML_BLOCK && node->column > parent->column)
        *step = node->column - parent->column;
}

size_t yaml_step(const struct yaml *yaml) {
    size_t step = 0;
    for (size_t i = 0; i < yaml->count && !step; i++) yaml_walk(yaml->documents[i], find_step, &step);
    return step ? step : 2;
}
