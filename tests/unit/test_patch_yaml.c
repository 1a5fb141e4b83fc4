/* YAML: what every node's bytes are, what a key leads to, and where new keys and items go. */
#include "tap.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/yaml.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static void take(struct source *source, const char *bytes) {
    source_take(source, memory_copy("compose.yaml"), memory_copy(bytes), strlen(bytes));
}

static void add_span(struct text *out, const struct source *source, struct span span) {
    text_add_char(out, '<');
    text_add_bytes(out, source->bytes + span.begin, span.end - span.begin);
    text_add_char(out, '>');
}

/* m0{…} and s0{…} for collections with their column; scalars as their bytes, aliases with what they stand for. */
static void show(struct text *out, const struct source *source, const struct yaml_node *node) {
    if (node->tag) text_add_format(out, "%s ", node->tag);
    if (node->anchor) text_add_format(out, "%c%s ", node->kind == YAML_ALIAS ? '*' : '&', node->anchor);
    if (node->kind == YAML_SCALAR) add_span(out, source, node->content);
    if (node->body.end) add_span(out, source, node->body);
    if (node->kind == YAML_ALIAS) add_span(out, source, node->target->content);
    if (node->kind != YAML_MAPPING && node->kind != YAML_SEQUENCE) return;
    text_add_format(out, "%s%c%zu{", node->style == YAML_FLOW ? "flow " : "",
                    node->kind == YAML_MAPPING ? 'm' : 's', node->column);
    for (size_t i = 0; i < node->count; i++) show(out, source, node->items[i]);
    text_add(out, "}");
}

static void test_spans(void) {
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"a: b\n", "m0{<a><b>}"},
        {"a:\n  b: 'c d'   # x\n  \"e\":  f g\n\n# y\n", "m0{<a>m2{<b><'c d'><\"e\"><f g>}}"},
        {"a:\n- b\n-   c: d\n    e:\n- - f\n", "m0{<a>s0{<b>m4{<c><d><e><>}s2{<f>}}}"},
        {"a: [b, {c: d}, ]\n", "m0{<a>flow s0{<b>flow m0{<c><d>}}}"},
        {"\xc3\xa4: \"\xe2\x82\xac\" # \xf0\x9f\x98\x80\nb: c\n", "m0{<\xc3\xa4><\"\xe2\x82\xac\"><b><c>}"},
        {"\xef\xbb\xbf\xc3\xa4: x\r\nb: y\r\n", "m0{<\xc3\xa4><x><b><y>}"},
        {"a: !Sub x${y}\nb: !Join ['', [c]]\n", "m0{<a>!Sub <x${y}><b>!Join flow s0{<''>flow s0{<c>}}}"},
        {"a: &x\n  b: c\nd: *x\n<<: *x\n", "m0{<a>&x m2{<b><c>}<d>*x <b: c><<<>*x <b: c>}"},
        {"a: &x !!str # no\n  b\n", "m0{<a>tag:yaml.org,2002:str &x <b>}"},
        {"a: |\n  b\n   c\n\nd: e\n", "m0{<a><|\n  b\n   c><  b\n   c\n><d><e>}"},
        {"a: !Sub |-\n    b\n\n\n  # c\nd: >+\n  e\n\nf: g\n",
         "m0{<a>!Sub <|-\n    b><    b\n><d><>+\n  e><  e\n\n><f><g>}"},
        {"a: |\r\n  b\r\n", "m0{<a><|\r\n  b><  b\r\n>}"},
        {"a: b\n  c\n", "m0{<a><b\n  c>}"},
        {"a\n---\nb: c\n...\n---\n", "<a>m0{<b><c>}<>"},
        {"", ""},
        {"# nothing\n", ""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct source source;
        struct yaml yaml;
        struct yaml_complaint complaint;
        cleanup_text struct text out = {0};
        text_add(&out, "");
        take(&source, rows[i].text);
        OK(yaml_parse(&yaml, &source, &complaint), "text %zu is read (%s)", i, complaint.message);
        for (size_t k = 0; k < yaml.count; k++) show(&out, &source, yaml.documents[k]);
        IS_STR(out.bytes, rows[i].want, "text %zu", i);
        yaml_release(&yaml);
        source_free(&source);
    }
}

static void test_complaints(void) {
    cleanup_text struct text deep = {0};
    for (int i = 0; i < YAML_MOST_DEPTH + 1; i++) text_add(&deep, "[");
    const struct {
        const char *text;
        size_t offset;
    } rows[] = {
        {"a: b: c\n", 4},  {"a:\n\t- b\n", 3},     {"\xc3\xa4: [b\n", 7},
        {"a: *none\n", 3}, {"a: {{ b }}x: c", 10}, {deep.bytes, YAML_MOST_DEPTH},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct source source;
        struct yaml yaml;
        struct yaml_complaint complaint;
        take(&source, rows[i].text);
        OK(!yaml_parse(&yaml, &source, &complaint), "text %zu is refused", i);
        IS_INT(complaint.offset, rows[i].offset, "text %zu: %s", i, complaint.message);
        yaml_release(&yaml);
        source_free(&source);
    }
}

static void test_questions(void) {
    struct source source;
    struct yaml yaml;
    struct yaml_complaint complaint;
    struct yaml_node *owner = NULL;
    take(&source, "x: &x {a: 1, b: 2}\ny: &y\n  <<: [*x]\n  b: 3\nz:\n  <<: *y\n  c: *x\n  d:\n  d: ~\n"
                  "loop: &l\n  <<: *l\n");
    OK(yaml_parse(&yaml, &source, &complaint), "the text is read");
    struct yaml_node *root = yaml.documents[0], *z = yaml_find(root, "z");
    IS_STR(yaml_text(yaml_find_merged(z, "b", &owner)), "3", "the nearer mapping wins");
    OK(owner == yaml_find(root, "y"), "its owner is told");
    IS_STR(yaml_text(yaml_find_merged(z, "a", NULL)), "1", "a merge of a merge");
    IS_STR(yaml_text(yaml_find(yaml_find(z, "c"), "b")), "2", "an alias is followed");
    OK(!yaml_find(z, "a"), "a merged key is not the mapping's own");
    OK(!yaml_find_merged(yaml_find(root, "loop"), "a", NULL), "a merge of itself ends");
    OK(yaml_is_null(yaml_find(z, "d")), "of a doubled key the last counts");
    IS_INT(yaml_index(z, "d"), 6, "and it is the one whose index is told");
    IS_INT(yaml_index(z, "e"), SIZE_MAX, "no such key");
    OK(yaml_is_shared(&yaml, yaml_find(yaml_find(root, "x"), "a")), "below an anchor that is used");
    OK(!yaml_is_shared(&yaml, z), "nobody refers to this one");
    IS_INT(yaml_step(&yaml), 2, "the file's indent");
    yaml_release(&yaml);
    source_free(&source);
}

/* Follows keys parted by slashes; numbers are items of a sequence. */
static struct yaml_node *node_at(struct yaml *yaml, const char *path) {
    struct yaml_node *node = yaml->documents[0];
    while (*path && node) {
        size_t length = strcspn(path, "/");
        cleanup_free char *key = memory_copy_bytes(path, length);
        node = node->kind == YAML_SEQUENCE ? node->items[atoi(key)] : yaml_find(node, key);
        path += length + (path[length] == '/');
    }
    return node;
}

static void test_insertions(void) {
    static const struct {
        const char *text;
        const char *path;
        size_t position;  /* SIZE_MAX: at the end; SIZE_MAX - 1: yaml_fill */
        const char *want; /* NULL: refused */
    } rows[] = {
        {"a:\n  b: c # d\ne: f\n", "a", SIZE_MAX, "a:\n  b: c # d\n  X: 1\n  Y: 2\ne: f\n"},
        {"a:\n  b: c\n", "a", 0, "a:\n  X: 1\n  Y: 2\n  b: c\n"},
        {"a:\n    - b: c\r\n", "a/0", SIZE_MAX, "a:\n    - b: c\r\n      X: 1\n      Y: 2\n"},
        {"a:\n  - b: c", "a/0", 0, NULL},
        {"a:\r\n  b: c", "a", SIZE_MAX, "a:\r\n  b: c\r\n  X: 1\r\n  Y: 2"},
        {"a:\n  b: |+\n    c\n\nd: e\n", "a", SIZE_MAX, "a:\n  b: |+\n    c\n\n  X: 1\n  Y: 2\nd: e\n"},
        {"a:\n  b: |\n    c\n\nd: e\n", "a", SIZE_MAX, "a:\n  b: |\n    c\n  X: 1\n  Y: 2\n\nd: e\n"},
        {"a:\n  b:\n    - c\n  # d\ne: f\n", "a", 2, "a:\n  b:\n    - c\n  X: 1\n  Y: 2\n  # d\ne: f\n"},
        {"a: {b: c}\n", "a", SIZE_MAX, "a: {b: c, X: 1}\n"},
        {"a: {b: c}\n", "a", 0, "a: {X: 1, b: c}\n"},
        {"a: {}\n", "a", SIZE_MAX, "a: {X: 1}\n"},
        {"a: [\n    b, # c\n    d,\n  ]\n", "a", SIZE_MAX, "a: [\n    b, # c\n    d,\n    X: 1,\n  ]\n"},
        {"a: b\n", "a", SIZE_MAX, NULL},
        {"a:\n  b: # c\nd: e\n", "b", SIZE_MAX - 1, NULL},
        {"a: # c\nd: e\n", "a", SIZE_MAX - 1, "a: # c\n  X: 1\n  Y: 2\nd: e\n"},
        {"a: ~\n", "a", SIZE_MAX - 1, NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct source source;
        struct yaml yaml;
        struct yaml_complaint complaint;
        struct edits edits = {0};
        size_t length;
        take(&source, rows[i].text);
        OK(yaml_parse(&yaml, &source, &complaint), "text %zu is read", i);
        struct yaml_node *node = node_at(&yaml, rows[i].path), *root = yaml.documents[0];
        bool done;
        if (rows[i].position == SIZE_MAX - 1)
            done =
                yaml_index(root, rows[i].path) != SIZE_MAX &&
                yaml_fill(&edits, NULL, &source, root, yaml_index(root, rows[i].path), 2, "X: 1\nY: 2", "");
        else
            done = yaml_insert(&edits, NULL, &source, node,
                               rows[i].position == SIZE_MAX ? node->count : rows[i].position, "X: 1\nY: 2",
                               "X: 1", "");
        OK(edits_sort(&edits, source.length), "text %zu: edits do not overlap", i);
        cleanup_free char *got = edits_splice(&edits, &source, &length);
        IS_STR(done ? got : NULL, rows[i].want, "text %zu", i);
        edits_free(&edits);
        yaml_release(&yaml);
        source_free(&source);
    }
}

static void test_scalars(void) {
    static const struct {
        const char *value;
        enum yaml_style like;
        const char *want;
    } rows[] = {
        {"none", YAML_PLAIN, "none"},
        {"true", YAML_PLAIN, "\"true\""},
        {"8000", YAML_PLAIN, "\"8000\""},
        {"80:80", YAML_PLAIN, "\"80:80\""},
        {"1e3", YAML_PLAIN, "\"1e3\""},
        {"", YAML_PLAIN, "\"\""},
        {"http/protobuf", YAML_PLAIN, "http/protobuf"},
        {"endpoint=http://localhost:2000", YAML_PLAIN, "endpoint=http://localhost:2000"},
        {"a: b", YAML_PLAIN, "\"a: b\""},
        {"a #b", YAML_PLAIN, "\"a #b\""},
        {"a,b", YAML_PLAIN, "\"a,b\""},
        {"it's", YAML_SINGLE, "'it''s'"},
        {"a\"b\\c\n", YAML_SINGLE, "\"a\\\"b\\\\c\\x0a\""},
        {"x", YAML_DOUBLE, "\"x\""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_text struct text out = {0};
        yaml_add_scalar(&out, rows[i].value, rows[i].like);
        IS_STR(out.bytes, rows[i].want, "value %zu", i);
    }
}

int main(void) {
    test_spans();
    test_complaints();
    test_questions();
    test_insertions();
    test_scalars();
    return done_testing();
}
