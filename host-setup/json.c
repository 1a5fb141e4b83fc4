#include "host-setup/json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* Begins the string that stands for a number while cJSON holds it: no JSON text can have it unescaped. */
#define NUMBER_MARK '\x01'

static size_t string_length(const char *at) {
    size_t length = 1;
    while (at[length] && at[length] != '"') length += at[length] == '\\' && at[length + 1] ? 2 : 1;
    return at[length] ? length + 1 : length;
}

/* True for a number as RFC 8259 has it. cJSON takes more ("01", "+1"). */
static bool is_number(const char *at, size_t length) {
    size_t i = *at == '-', whole = i;
    while (i < length && at[i] >= '0' && at[i] <= '9') i++;
    if (i == whole || (at[whole] == '0' && i > whole + 1)) return false;
    if (i < length && at[i] == '.') {
        size_t part = ++i;
        while (i < length && at[i] >= '0' && at[i] <= '9') i++;
        if (i == part) return false;
    }
    if (i < length && (at[i] == 'e' || at[i] == 'E')) {
        i++;
        if (i < length && (at[i] == '+' || at[i] == '-')) i++;
        size_t part = i;
        while (i < length && at[i] >= '0' && at[i] <= '9') i++;
        if (i == part) return false;
    }
    return i == length;
}

/* Numbers become marked strings of the same digits. */
static char *mark_numbers(const char *text) {
    struct text out = {0};
    for (const char *at = text; *at;) {
        size_t length = 1;
        if (*at == '"') {
            length = string_length(at);
            text_add_bytes(&out, at, length);
        } else if (*at == '-' || (*at >= '0' && *at <= '9')) {
            length = strspn(at, "-+.0123456789eE");
            if (is_number(at, length)) {
                /* escaped, as a control character may not stand in a string */
                text_add(&out, "\"\\u0001");
                text_add_bytes(&out, at, length);
                text_add_char(&out, '"');
            } else {
                text_add_char(&out, '!'); /* which cJSON refuses */
            }
        } else {
            text_add_char(&out, *at);
        }
        at += length;
    }
    return text_take(&out);
}

static void place(const char *text, const char *at, char **complaint) {
    size_t line = 1;
    for (const char *before = text; before < at; before++) line += *before == '\n';
    const char *hint = *at == '/' || *at == '#' ? " (a comment would be lost)" : "";
    *complaint = memory_format("is not JSON: line %zu%s", line, hint);
}

static bool has_twins(const cJSON *node, char **complaint) {
    for (const cJSON *child = node ? node->child : NULL; child; child = child->next) {
        for (const cJSON *other = child->next; child->string && other; other = other->next)
            if (strcmp(child->string, other->string) == 0) {
                cleanup_free char *shown = text_printable(child->string, 60);
                *complaint = memory_format("has the key \"%s\" twice in one object", shown);
                return true;
            }
        if (has_twins(child, complaint)) return true;
    }
    return false;
}

cJSON *json_read(const char *text, char **complaint) {
    const char *end = NULL;
    if (text_starts(text, "\xef\xbb\xbf")) text += 3;
    cleanup_free char *marked = mark_numbers(text);
    cJSON *root = cJSON_ParseWithOpts(marked, &end, true);
    if (!root) {
        place(marked, end ? end : marked, complaint);
        return NULL;
    }
    if (!cJSON_IsObject(root)) *complaint = memory_copy("is not a JSON object");
    if (!*complaint && !has_twins(root, complaint)) return root;
    cJSON_Delete(root);
    return NULL;
}

static void add_string(struct text *out, const char *string) {
    cJSON *node = cJSON_CreateString(string);
    cleanup_free char *printed = cJSON_PrintUnformatted(node);
    text_add(out, printed);
    cJSON_Delete(node);
}

static void add_line(struct text *out, const char *indent, size_t depth) {
    text_add_char(out, '\n');
    while (depth--) text_add(out, indent);
}

static void add_node(struct text *out, const cJSON *node, const char *indent, size_t depth) {
    const char *string = cJSON_GetStringValue(node);
    if (string && *string == NUMBER_MARK) {
        text_add(out, string + 1);
        return;
    }
    if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
        cleanup_free char *printed = cJSON_PrintUnformatted(node);
        text_add(out, printed);
        return;
    }
    text_add_char(out, cJSON_IsObject(node) ? '{' : '[');
    for (const cJSON *child = node->child; child; child = child->next) {
        add_line(out, indent, depth + 1);
        if (child->string && cJSON_IsObject(node)) {
            add_string(out, child->string);
            text_add(out, ": ");
        }
        add_node(out, child, indent, depth + 1);
        if (child->next) text_add_char(out, ',');
    }
    if (node->child) add_line(out, indent, depth);
    text_add_char(out, cJSON_IsObject(node) ? '}' : ']');
}

char *json_write(const cJSON *root, const char *like) {
    const char *line = strchr(like, '\n');
    while (line && line[1] != ' ' && line[1] != '\t') line = strchr(line + 1, '\n');
    size_t width = line ? strspn(line + 1, " \t") : 0;
    cleanup_free char *indent = width ? memory_copy_bytes(line + 1, width) : memory_copy("  ");
    struct text out = {0};
    add_node(&out, root, indent, 0);
    text_add_char(&out, '\n');
    return text_take(&out);
}
