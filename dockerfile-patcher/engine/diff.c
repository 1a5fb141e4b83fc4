#include "dockerfile-patcher/engine/diff.h"

#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/binary.h"

/* Old lines (whole lines of the source) that become `text`. */
struct block {
    size_t begin;
    size_t end;
    struct text text;
};

struct blocks {
    struct block *items;
    size_t count;
};

static void whole_lines(const struct source *source, const struct edit *edit, struct span *span) {
    bool at_line = source_line_begin(source, edit->begin) == edit->begin || (edit->begin == 0);
    size_t length = strlen(edit->text);
    bool lines_in = length == 0 || edit->text[length - 1] == '\n';
    bool ends_at_line =
        edit->end == 0 || (edit->end <= source->length && source->bytes[edit->end - 1] == '\n');
    if (at_line && edit->begin == edit->end && lines_in && ends_at_line) {
        *span = (struct span){edit->begin, edit->end};
        return;
    }
    span->begin = edit->begin < source->begin ? 0 : source_line_begin(source, edit->begin);
    if (span->begin == source->begin) span->begin = 0; /* the BOM is a part of its line */
    if (edit->begin == source->length && edit->begin > 0 && source->bytes[edit->begin - 1] != '\n')
        span->begin = source_line_begin(source, edit->begin - 1);
    bool to_line_end = edit->end > edit->begin && source->bytes[edit->end - 1] == '\n' && lines_in &&
                       (length > 0 || at_line);
    span->end = to_line_end ? edit->end : source_line_end(source, edit->end);
    if (span->begin == source->begin) span->begin = 0;
}

static void make_blocks(const struct source *source, const struct edits *edits, struct blocks *blocks) {
    blocks->items = memory_zeroed(edits->count, sizeof *blocks->items);
    size_t at = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->items[i];
        struct span span;
        whole_lines(source, edit, &span);
        struct block *block = blocks->count ? &blocks->items[blocks->count - 1] : NULL;
        if (!block || span.begin > block->end || (span.begin == block->end && block->end == block->begin)) {
            if (block) text_add_bytes(&block->text, source->bytes + at, block->end - at);
            block = &blocks->items[blocks->count++];
            *block = (struct block){.begin = span.begin, .end = span.begin};
            at = span.begin;
        }
        text_add_bytes(&block->text, source->bytes + at, edit->begin - at);
        text_add(&block->text, edit->text);
        at = edit->end;
        if (span.end > block->end) block->end = span.end;
    }
    struct block *last = blocks->count ? &blocks->items[blocks->count - 1] : NULL;
    if (last) text_add_bytes(&last->text, source->bytes + at, last->end - at);
}

static size_t count_lines(const char *bytes, size_t length) {
    size_t lines = 0;
    for (const char *at = bytes, *end = bytes + length; at < end; lines++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    return lines;
}

static void add_lines(struct text *out, char sign, const char *bytes, size_t length,
                      const struct diff_style *style) {
    const char *colour = !style->colour ? NULL : sign == '+' ? "\033[32m" : sign == '-' ? "\033[31m" : NULL;
    for (const char *at = bytes, *end = bytes + length; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        if (colour) text_add(out, colour);
        text_add_char(out, sign);
        text_add_bytes(out, at, (size_t)(stop - at));
        if (colour) text_add(out, "\033[m");
        text_add_char(out, '\n');
        if (!newline) text_add(out, "\\ No newline at end of file\n");
        at = newline ? newline + 1 : end;
    }
}

/* As git: a name with quotes, backslashes or control characters stands in quotes. */
static void add_path(struct text *out, const char *prefix, const char *path) {
    bool quote = false;
    for (const char *at = path; *at; at++)
        quote |= (unsigned char)*at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f;
    if (!quote) {
        text_add(out, prefix);
        text_add(out, path);
        return;
    }
    text_add_format(out, "\"%s", prefix);
    for (const char *at = path; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_add_format(out, "\\%c", *at);
        else if ((unsigned char)*at < 0x20 || *at == 0x7f)
            text_add_format(out, "\\%03o", (unsigned)(unsigned char)*at);
        else
            text_add_char(out, *at);
    }
    text_add_char(out, '"');
}

static void add_header(struct text *out, const char *path, bool is_new, unsigned mode, bool names,
                       const struct diff_style *style) {
    const char *bold = style->colour ? "\033[1m" : "", *off = style->colour ? "\033[m" : "";
    text_add_format(out, "%sdiff --git ", bold);
    add_path(out, "a/", path);
    text_add_char(out, ' ');
    add_path(out, "b/", path);
    text_add_format(out, "%s\n", off);
    if (is_new) text_add_format(out, "%snew file mode %o%s\n", bold, mode, off);
    if (!names) return;
    const char *tail = strchr(path, ' ') ? "\t" : "";
    text_add_format(out, "%s--- ", bold);
    if (is_new)
        text_add(out, "/dev/null");
    else
        add_path(out, "a/", path);
    text_add_format(out, "%s%s\n%s+++ ", is_new ? "" : tail, off, bold);
    add_path(out, "b/", path);
    text_add_format(out, "%s%s\n", tail, off);
}

static size_t lines_back(const struct source *source, size_t offset, size_t count, size_t stop) {
    while (count-- > 0 && offset > stop) {
        const char *newline = memrchr(source->bytes, '\n', offset - 1);
        offset = newline ? (size_t)(newline - source->bytes) + 1 : 0;
    }
    return offset > stop ? offset : stop;
}

static size_t lines_forward(const struct source *source, size_t offset, size_t count, size_t stop) {
    while (count-- > 0 && offset < stop) offset = source_line_end(source, offset);
    return offset < stop ? offset : stop;
}

/* Blocks first..last (exclusive) share one hunk; `line` and `shift` are carried over from hunk to hunk. */
struct hunk {
    size_t counted; /* offset up to which lines are counted */
    size_t line;    /* lines in front of it */
    long shift;
};

static void add_hunk(struct text *out, const struct source *source, const struct block *blocks, size_t count,
                     struct hunk *hunk, size_t before, size_t after, const struct diff_style *style) {
    cleanup_text struct text body = {0};
    size_t begin = lines_back(source, blocks[0].begin, style->context, before);
    size_t end = lines_forward(source, blocks[count - 1].end, style->context, after);
    hunk->line += count_lines(source->bytes + hunk->counted, begin - hunk->counted);
    hunk->counted = begin;
    size_t at = begin, new_lines = 0;
    for (size_t i = 0; i < count; i++) {
        add_lines(&body, ' ', source->bytes + at, blocks[i].begin - at, style);
        add_lines(&body, '-', source->bytes + blocks[i].begin, blocks[i].end - blocks[i].begin, style);
        add_lines(&body, '+', blocks[i].text.bytes, blocks[i].text.length, style);
        new_lines += count_lines(source->bytes + at, blocks[i].begin - at);
        new_lines += count_lines(blocks[i].text.bytes, blocks[i].text.length);
        at = blocks[i].end;
    }
    add_lines(&body, ' ', source->bytes + at, end - at, style);
    new_lines += count_lines(source->bytes + at, end - at);
    size_t old_lines = count_lines(source->bytes + begin, end - begin);
    size_t new_begin = (size_t)((long)hunk->line + hunk->shift);
    text_add_format(out, "%s@@ -%zu,%zu +%zu,%zu @@%s\n", style->colour ? "\033[36m" : "",
                    hunk->line + (old_lines > 0), old_lines, new_begin + (new_lines > 0), new_lines,
                    style->colour ? "\033[m" : "");
    text_add_bytes(out, body.bytes ? body.bytes : "", body.length);
    hunk->shift += (long)new_lines - (long)old_lines;
}

void diff_edits(struct text *out, const char *path, const struct source *source, const struct edits *edits,
                const struct diff_style *style) {
    struct blocks blocks = {0};
    struct hunk hunk = {0};
    make_blocks(source, edits, &blocks);
    if (blocks.count) add_header(out, path, false, 0, true, style);
    size_t before = 0;
    for (size_t i = 0; i < blocks.count;) {
        size_t last = i + 1;
        while (last < blocks.count &&
               count_lines(source->bytes + blocks.items[last - 1].end,
                           blocks.items[last].begin - blocks.items[last - 1].end) <= 2 * style->context)
            last++;
        size_t after = last < blocks.count ? blocks.items[last].begin : source->length;
        add_hunk(out, source, blocks.items + i, last - i, &hunk, before, after, style);
        before = blocks.items[last - 1].end;
        i = last;
    }
    for (size_t i = 0; i < blocks.count; i++) text_free(&blocks.items[i].text);
    free(blocks.items);
}

void diff_new_file(struct text *out, const char *path, unsigned mode, const char *bytes, size_t length,
                   const struct diff_style *style) {
    add_header(out, path, true, mode & 0111 ? 0100755 : 0100644, length > 0, style);
    if (length == 0) return;
    text_add_format(out, "%s@@ -0,0 +1,%zu @@%s\n", style->colour ? "\033[36m" : "",
                    count_lines(bytes, length), style->colour ? "\033[m" : "");
    add_lines(out, '+', bytes, length, style);
}

void diff_new_binary(struct text *out, const char *path, unsigned mode, const char *bytes, size_t length,
                     bool whole, const struct diff_style *style) {
    char digest[65];
    if (!whole) {
        sha256_hex(bytes, length, digest);
        text_add_format(
            out, "# new file %s: %zu bytes, sha256 %s (--write puts it there; --binary puts it in here)\n",
            path, length, digest);
        return;
    }
    add_header(out, path, true, mode & 0111 ? 0100755 : 0100644, false, style);
    git_blob_id(bytes, length, digest);
    text_add_format(out, "index 0000000000000000000000000000000000000000..%s\n", digest);
    git_binary_literal(out, bytes, length);
}
