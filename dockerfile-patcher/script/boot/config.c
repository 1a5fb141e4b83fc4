/* The agent's configuration is JSON, mostly with the shell's or the host's interpolations in it: it is scanned, not
 * parsed, and what is missing is put in as one member of one line, so that it can be told and taken out again. */
#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/text/find.h"

static const char *const sections[2][3] = {
    {"traces", "traces_collected", "application_signals"},
    {"logs", "metrics_collected", "application_signals"},
};

static size_t skip_blanks(const char *text, size_t at, size_t end) {
    while (at < end && strchr(" \t\r\n", text[at])) at++;
    return at;
}

static size_t skip_string(const char *text, size_t at, size_t end) {
    for (at++; at < end && text[at] != '"'; at++)
        if (text[at] == '\\') at++;
    return at < end ? at + 1 : SIZE_MAX;
}

/* Behind the value that begins at `at`; SIZE_MAX where it has no end. */
static size_t skip_value(const char *text, size_t at, size_t end) {
    unsigned depth = 0;
    do {
        at = skip_blanks(text, at, end);
        if (at >= end) return SIZE_MAX;
        char c = text[at];
        if (c == '"') {
            at = skip_string(text, at, end);
            if (at == SIZE_MAX) return at;
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return SIZE_MAX;
            depth--;
            at++;
        } else if (depth && (c == ',' || c == ':')) {
            at++;
        } else {
            size_t begin = at;
            while (at < end && !strchr(" \t\r\n,:{}[]\"", text[at])) at++;
            if (at == begin) return SIZE_MAX;
        }
    } while (depth);
    return at;
}

enum member { MEMBER_MISSING, MEMBER_OBJECT, MEMBER_OTHER, MEMBER_BROKEN };

/* Looks for a key in the object whose brace stands at `at`; *value is where its value begins. */
static enum member find_member(const char *text, size_t at, size_t end, const char *key, size_t *value) {
    size_t wanted = strlen(key);
    for (at = skip_blanks(text, at + 1, end); at < end && text[at] != '}';) {
        if (text[at] != '"') return MEMBER_BROKEN;
        size_t begin = at + 1;
        at = skip_string(text, at, end);
        if (at == SIZE_MAX) return MEMBER_BROKEN;
        bool found = at - 1 - begin == wanted && memcmp(text + begin, key, wanted) == 0;
        at = skip_blanks(text, at, end);
        if (at >= end || text[at] != ':') return MEMBER_BROKEN;
        *value = at = skip_blanks(text, at + 1, end);
        if (found) return at < end && text[at] == '{' ? MEMBER_OBJECT : MEMBER_OTHER;
        at = skip_value(text, at, end);
        if (at == SIZE_MAX) return MEMBER_BROKEN;
        at = skip_blanks(text, at, end);
        if (at < end && text[at] == ',') at = skip_blanks(text, at + 1, end);
    }
    return at < end ? MEMBER_MISSING : MEMBER_BROKEN;
}

/* `"traces": {"traces_collected": {"application_signals": {}}}` from the level on. */
static char *member_text(const char *const *path, unsigned level) {
    struct text out = {0};
    for (unsigned i = level; i < 3; i++) text_add_format(&out, "%s\"%s\": ", i > level ? "{" : "", path[i]);
    text_add(&out, "{}");
    for (unsigned i = level; i < 2; i++) text_add_char(&out, '}');
    return text_take(&out);
}

/* As first member of the object whose brace stands at `at`. */
static void put_member(struct boot *boot, size_t at, size_t end, const char *member) {
    static const char why[] = "turn Application Signals on in the agent's configuration";
    size_t next = skip_blanks(boot->text, at + 1, end);
    const char *comma = next < end && boot->text[next] == '}' ? "" : ",";
    size_t line = boot_line(boot, at);
    cleanup_text struct text out = {0};
    if (boot_line(boot, next) == line) {
        text_add_format(&out, "%s%s", member, *comma ? ", " : "");
        boot_replace(boot, at + 1, at + 1, out.bytes, why);
        return;
    }
    const struct script_line *below = script_line(boot->script, boot_line(boot, next));
    size_t indent = next - boot->begins[boot_line(boot, next) - 1];
    text_add_bytes(&out, below->text, indent);
    text_add_format(&out, "%s%s%s", *comma ? "" : "  ", member, comma);
    boot->planned = true;
    script_insert_after(boot->script, line, out.bytes, why);
}

/* SIZE_MAX: nothing is missing; *at is the object that misses the level. */
static enum member find_missing(const struct boot *boot, size_t begin, size_t end, const char *const *path,
                                size_t *at, unsigned *level) {
    enum member found = MEMBER_OBJECT;
    *at = skip_blanks(boot->text, begin, end);
    if (*at >= end || boot->text[*at] != '{') return MEMBER_BROKEN;
    for (*level = 0; *level < 3; ++*level) {
        size_t value = *at;
        found = find_member(boot->text, *at, end, path[*level], &value);
        if (found != MEMBER_OBJECT) return found;
        *at = value;
    }
    return found;
}

bool boot_merge_config(struct boot *boot, const struct boot_command *command,
                       const struct shell_heredoc *heredoc) {
    size_t begin = heredoc->body.begin, end = heredoc->body.end;
    cleanup_text struct text mark = {0};
    for (unsigned i = 0; i < 2; i++) {
        size_t at;
        unsigned level;
        enum member found = find_missing(boot, begin, end, sections[i], &at, &level);
        if (found == MEMBER_OBJECT) continue;
        if (found != MEMBER_MISSING) {
            unit_refuse(boot->unit, boot->script->document, FINDING_UNSUPPORTED,
                        boot_source(boot, at < end ? at : begin),
                        "the agent's configuration cannot be read as JSON");
            boot->held = true;
            return false;
        }
        cleanup_free char *member = member_text(sections[i], level);
        put_member(boot, at, end, member);
        text_add_format(&mark, "%s%s", mark.length ? ", " : BOOT_MERGED, sections[i][0]);
        for (unsigned k = 1; k <= level; k++) text_add_format(&mark, ".%s", sections[i][k]);
    }
    if (mark.length)
        boot_insert_before(boot, boot_line(boot, command->at), mark.bytes,
                           "turn Application Signals on in the agent's configuration");
    return true;
}

static void take_out(struct boot *boot, size_t begin, size_t end, const char *member) {
    static const char why[] = "take out what appsig-patch put in";
    const char *found = find_bytes(boot->text + begin, end - begin, member, strlen(member));
    if (!found) return;
    size_t at = (size_t)(found - boot->text), behind = at + strlen(member);
    size_t line = boot_line(boot, at);
    size_t line_begin = boot->begins[line - 1];
    size_t line_end = line_begin + script_line(boot->script, line)->length;
    bool comma = boot->text[behind] == ',';
    if (skip_blanks(boot->text, line_begin, line_end) == at && behind + comma == line_end) {
        script_remove_lines(boot->script, line, line, why);
        return;
    }
    if (comma) behind += strncmp(boot->text + behind, ", ", 2) == 0 ? 2 : 1;
    boot_replace(boot, at, behind, "", why);
}

void boot_unmerge_config(struct boot *boot, const char *mark, const struct shell_heredoc *heredoc) {
    size_t begin = heredoc->body.begin, end = heredoc->body.end;
    for (unsigned i = 0; i < 2; i++) {
        const char *place = strstr(mark, sections[i][0]);
        if (!place) continue;
        unsigned level = 0;
        for (const char *at = place; *at && *at != ','; at++) level += *at == '.';
        cleanup_free char *member = member_text(sections[i], level < 3 ? level : 2);
        size_t from = begin, value;
        /* `"application_signals": {}` is the same in both sections: it is looked for in its own */
        for (unsigned above = 0; above < level && from != SIZE_MAX; above++) {
            size_t object = above ? from : skip_blanks(boot->text, begin, end);
            bool there = find_member(boot->text, object, end, sections[i][above], &value) == MEMBER_OBJECT;
            from = there ? value : SIZE_MAX;
        }
        if (from != SIZE_MAX) take_out(boot, from, end, member);
    }
}
