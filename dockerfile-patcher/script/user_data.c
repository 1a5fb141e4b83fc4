#include "dockerfile-patcher/script/user_data.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/find.h"

/* By its first line, as cloud-init tells it ("User data formats"). */
static const struct {
    const char *begins;
    enum user_data_kind kind;
} kinds[] = {
    {"#cloud-config", USER_DATA_CLOUD_CONFIG},
    {"content-type: multipart", USER_DATA_MIME},
    {"mime-version:", USER_DATA_MIME},
    {"<powershell>", USER_DATA_OTHER},
    {"<script>", USER_DATA_OTHER},
    {"#include", USER_DATA_OTHER},
    {"## template:", USER_DATA_OTHER},
    {"#part-handler", USER_DATA_OTHER},
};

static bool begins(const struct script_line *line, const char *words) {
    size_t length = strlen(words);
    return line->length >= length && strncasecmp(line->text, words, length) == 0;
}

enum user_data_kind user_data_kind_of(const struct script *script) {
    size_t first = 0;
    while (first < script->count && script->lines[first].length == 0) first++;
    for (size_t i = 0; first < script->count && i < array_length(kinds); i++)
        if (begins(&script->lines[first], kinds[i].begins)) return kinds[i].kind;
    return USER_DATA_SCRIPT;
}

static void drop_lines(struct script *script, size_t from, size_t count, size_t *bytes) {
    for (size_t i = from; i < from + count; i++) {
        *bytes += script->lines[i].length + 1;
        free((char *)script->lines[i].indent);
        free((size_t *)script->lines[i].map);
    }
    memmove(script->lines + from, script->lines + from + count,
            (script->count - from - count) * sizeof *script->lines);
    script->count -= count;
}

/* The lines of the one part that is a shell script: behind the empty line that ends its headers, up to the boundary. */
bool user_data_keep_shell_part(struct script *script, size_t *other_raw) {
    size_t first = 0, last = 0, found = 0;
    for (size_t i = 0; i < script->count; i++) {
        const struct script_line *line = &script->lines[i];
        if (!begins(line, "content-type:") || !find_text(line->text, line->length, "text/x-shellscript"))
            continue;
        found++;
        for (first = i; first < script->count && script->lines[first].length;) first++;
        while (first < script->count && script->lines[first].length == 0) first++;
        for (last = first; last < script->count && !begins(&script->lines[last], "--");) last++;
    }
    if (found != 1 || first >= last) return false;
    *other_raw = 0;
    drop_lines(script, last, script->count - last, other_raw);
    drop_lines(script, 0, first, other_raw);
    return true;
}
