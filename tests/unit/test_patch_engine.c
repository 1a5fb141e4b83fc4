/* The rooms of the engine on their own: places, edits, diffs, digests, globs, versions. */
#include "tap.h"

#include <stdlib.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/pins.h"
#include "dockerfile-patcher/engine/binary.h"
#include "dockerfile-patcher/engine/diff.h"
#include "dockerfile-patcher/engine/edit.h"
#include "dockerfile-patcher/engine/walk.h"
#include "dockerfile-patcher/engine/write.h"

static void take(struct source *source, const char *bytes) {
    source_take(source, memory_copy("Dockerfile"), memory_copy(bytes), strlen(bytes));
}

static void spliced(const struct source *source, struct edits *edits, const char *want, const char *what) {
    size_t length;
    OK(edits_sort(edits, source->length), "%s: edits do not overlap", what);
    cleanup_free char *got = edits_splice(edits, source, &length);
    IS_STR(got, want, "%s", what);
    edits_free(edits);
}

static void test_sources(void) {
    struct source source;
    struct place place;
    take(&source, "\xef\xbb\xbf"
                  "one\r\ntwo\r\n");
    OK(source.crlf, "the first line tells the line ending");
    IS_INT(source.begin, 3, "a scanner starts behind the BOM");
    source_place(&source, 4, &place);
    IS_INT(place.column, 2, "the BOM is no column");
    source_place(&source, 8, &place);
    IS_INT(place.line, 2, "line 2");
    source_free(&source);
    IS_INT(source_take(&source, memory_copy("x"), memory_copy_bytes("a\0b", 3), 3), SOURCE_BINARY,
           "NUL is binary");
    source_free(&source);
    static const char *const bad[] = {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "abcdefgh\xe2\x82"};
    for (size_t i = 0; i < array_length(bad); i++) {
        enum source_state state = source_take(&source, memory_copy("x"), memory_copy(bad[i]), strlen(bad[i]));
        IS_INT(state, SOURCE_NOT_UTF8, "bad UTF-8 %zu", i);
        source_free(&source);
    }
}

static void test_edits(void) {
    struct source source;
    struct edits edits = {0};
    take(&source, "one\r\ntwo");
    edits_insert_after(&edits, NULL, &source, 6, "x\ny", "");
    spliced(&source, &edits, "one\r\ntwo\r\nx\r\ny", "a missing final newline stays missing, CRLF is copied");
    edits_insert_before(&edits, NULL, &source, 6, "x", "");
    spliced(&source, &edits, "one\r\nx\r\ntwo", "in front of a line");
    edits_remove_lines(&edits, NULL, &source, (struct span){5, 8}, "");
    spliced(&source, &edits, "one", "the last line goes with the newline in front of it");
    edits_add(&edits, NULL, (struct span){0, 4}, "", "");
    edits_add(&edits, NULL, (struct span){3, 5}, "", "");
    OK(!edits_sort(&edits, source.length), "an overlap is found");
    edits_free(&edits);
    edits_add(&edits, NULL, (struct span){2, 9}, "", "");
    OK(!edits_sort(&edits, source.length), "so is an edit behind the end");
    edits_free(&edits);
    source_free(&source);
}

static void test_diff(void) {
    struct source source;
    struct edits edits = {0};
    struct diff_style style = {false, 1};
    cleanup_text struct text out = {0};
    take(&source, "1\n2\n3\n4\n5\n6\n7");
    edits_add(&edits, NULL, (struct span){2, 3}, "two", "");
    edits_insert_after(&edits, NULL, &source, 12, "8", "");
    edits_sort(&edits, source.length);
    diff_edits(&out, "a b", &source, &edits, &style);
    IS_STR(
        out.bytes,
        "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n@@ -6,2 +6,3 @@\n 6\n-7\n"
        "\\ No newline at end of file\n+7\n+8\n\\ No newline at end of file\n",
        "two hunks, the second without a final newline");
    edits_free(&edits);
    source_free(&source);
}

static void test_digests(void) {
    char hex[65];
    char long_text[200];
    sha256_hex("abc", 3, hex);
    IS_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "SHA-256 of FIPS 180");
    sha256_hex("", 0, hex);
    IS_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of nothing");
    memset(long_text, 'a', sizeof long_text);
    sha256_hex(long_text, 119, hex);
    IS_STR(hex, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb",
           "SHA-256 over two blocks");
    git_blob_id("hello\n", 6, hex);
    IS_STR(hex, "ce013625030ba8dba906f756967f9e9ca394464a", "git's name of a blob");
}

static void test_globs(void) {
    static const struct {
        const char *pattern;
        const char *path;
        bool matches;
    } rows[] = {
        {"*.py", "a.py", true},      {"*.py", "a/b.py", false}, {"**/b.py", "a/x/b.py", true},
        {"**/b.py", "b.py", true},   {"a/**", "a/b/c", true},   {"a/*/c", "a/b/c", true},
        {"a/*/c", "a/b/x/c", false}, {"[a-c]x", "bx", true},    {"[!a-c]x", "bx", false},
        {"a?c", "abc", true},        {"a?c", "a/c", false},     {"\\*", "*", true},
        {"\\*", "x", false},         {"[", "[", false},         {"a**b", "axxb", true},
        {"[]]", "]", true},          {"**", "any/thing", true}, {"x/**/y", "x/y", true},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        IS_INT(glob_matches(rows[i].pattern, rows[i].path), rows[i].matches, "%s on %s", rows[i].pattern,
               rows[i].path);
}

static void test_versions(void) {
    static const struct {
        const char *version;
        const char *specifiers;
        bool satisfies;
    } rows[] = {
        {"6.33.5", "==4.25.1", false}, {"6.33.5", ">=5,<7", true},
        {"6.33.5", "<6", false},       {"6.33.5", "~=6.30", true},
        {"6.33.5", "~=6.30.1", false}, {"6.33.5", "==6.*", true},
        {"6.33.5", "!=6.33.5", false}, {"6.33.5", "", true},
        {"6.0.3", "<=6.0.3", true},    {"6.0.3", ">6.0.3", false},
        {"0.65b0", "==0.65b0", true},  {"1.10.0", ">=1.9", true},
        {"1.0", "==1.0.0", true},      {"6.33.5", "@ file:///x", true},
        {"6.33.5", "===6.33.5", true},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        IS_INT(version_satisfies(rows[i].version, rows[i].specifiers), rows[i].satisfies, "%s and '%s'",
               rows[i].version, rows[i].specifiers);
    OK(version_compare("0.65b0", "0.65") < 0, "a pre-release is earlier");
}

static void put(const char *path, const char *bytes) {
    FILE *stream = fopen(path, "w");
    OK(stream && fputs(bytes, stream) >= 0 && fclose(stream) == 0, "%s is there", path);
}

/* In a directory of its own; what is left over is looked for. */
static void test_writes(void) {
    char folder[] = "/tmp/appsig-patch-unit-XXXXXX";
    struct source source;
    struct writing writing;
    cleanup_error struct error *error = NULL;
    bool changed = false;
    if (!OK(mkdtemp(folder) != NULL, "a directory to write in")) return;
    cleanup_free char *path = text_join_path(folder, "file");
    cleanup_free char *fresh = text_join_path(folder, "new/deep/file");
    put(path, "one");
    IS_INT(source_read(&source, path, NULL), SOURCE_READ, "it is read");
    OK(write_prepare(&writing, path, &source, "two", 3, 0, &changed, &error), "a write is prepared");
    OK(write_commit(&writing, &error), "and done");
    write_abandon(&writing);
    OK(!write_prepare(&writing, path, &source, "three", 5, 0, &changed, &error),
       "the file is another one now");
    OK(changed && error && strstr(error->message, "was changed while"), "and that is what the error says");
    write_abandon(&writing);
    source_free(&source);
    source_read(&source, path, NULL);
    IS_STR(source.bytes, "two", "the bytes of the first write stay");
    source_free(&source);
    error_free(&error);
    OK(write_prepare(&writing, fresh, NULL, "x", 1, 0755, NULL, &error), "a new file in a new folder");
    write_abandon(&writing);
    OK(access(fresh, F_OK) != 0, "is not there before it is committed");
    cleanup_free char *command =
        memory_format("test $(find %s -type f | wc -l) = 1 && rm -r %s", folder, folder);
    IS_INT(system(command), 0, "no sibling is left");
}

int main(void) {
    test_sources();
    test_edits();
    test_diff();
    test_digests();
    test_globs();
    test_versions();
    test_writes();
    return done_testing();
}
