#include "host-setup/linediff.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

enum { CONTEXT = 3 };

struct line {
    const char *begin;
    size_t length; /* with its newline */
};

static size_t split(const char *text, struct line **lines) {
    size_t count = 0;
    *lines = NULL;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        length += at[length] == '\n';
        *lines = memory_resize(*lines, (count + 1) * sizeof **lines);
        (*lines)[count++] = (struct line){at, length};
        at += length;
    }
    return count;
}

static bool same(const struct line *one, const struct line *other) {
    return one->length == other->length && memcmp(one->begin, other->begin, one->length) == 0;
}

static void add(struct text *out, char sign, const struct line *lines, size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
        text_add_char(out, sign);
        text_add_bytes(out, lines[i].begin, lines[i].length);
        if (lines[i].begin[lines[i].length - 1] != '\n') text_add(out, "\n\\ No newline at end of file\n");
    }
}

void linediff(struct text *out, const char *path, const char *old, const char *new) {
    cleanup_free struct line *before = NULL, *after = NULL;
    size_t have = split(old ? old : "", &before), want = split(new, &after), head = 0, tail = 0;
    while (head < have && head < want && same(&before[head], &after[head])) head++;
    while (tail < have - head && tail < want - head &&
           same(&before[have - tail - 1], &after[want - tail - 1]))
        tail++;
    if (head == have && head == want && (old || !want)) return;
    size_t begin = head > CONTEXT ? head - CONTEXT : 0, rest = tail > CONTEXT ? CONTEXT : tail;
    size_t old_lines = have - tail + rest - begin, new_lines = want - tail + rest - begin;
    text_add_format(out, "--- %s%s\n+++ b%s\n", old ? "a" : "", old ? path : "/dev/null", path);
    text_add_format(out, "@@ -%zu,%zu +%zu,%zu @@\n", old_lines ? begin + 1 : 0, old_lines,
                    new_lines ? begin + 1 : 0, new_lines);
    add(out, ' ', before, begin, head);
    add(out, '-', before, head, have - tail);
    add(out, '+', after, head, want - tail);
    add(out, ' ', before, have - tail, have - tail + rest);
}
