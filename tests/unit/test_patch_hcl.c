/* HCL as blocks, attributes, values and templates. With file names as arguments it prints what the scanner reads in them,
 * for the comparison with hclsyntax (tests/program/test_patch_hcl.py). */
#include "tap.h"

#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/hcl.h"

static void take(struct source *source, const char *text) {
    source_take(source, memory_copy("main.tf"), memory_copy(text), strlen(text));
}

static void show_body(struct text *out, const struct source *source, const struct hcl_body *body) {
    for (size_t i = 0; i < body->attribute_count; i++) {
        const struct span value = body->attributes[i].value;
        text_add_format(out, "%s=<%.*s> ", body->attributes[i].name, (int)(value.end - value.begin),
                        source->bytes + value.begin);
    }
    for (size_t i = 0; i < body->block_count; i++) {
        const struct hcl_block *block = &body->blocks[i];
        text_add(out, block->type);
        for (size_t k = 0; k < block->label_count; k++) text_add_format(out, ".%s", block->labels[k]);
        text_add(out, "{ ");
        show_body(out, source, &block->body);
        text_add(out, "} ");
    }
}

static char *shown(const char *text) {
    struct arena arena = {0};
    struct source source;
    struct hcl_body body;
    struct hcl_complaint complaint;
    struct text out = {0};
    take(&source, text);
    if (hcl_scan(&arena, &source, &body, &complaint))
        show_body(&out, &source, &body);
    else
        text_add_format(&out, "%zu: %s", complaint.offset, complaint.message);
    source_free(&source);
    arena_free(&arena);
    return text_take(&out);
}

static void test_structure(void) {
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"a = 1\n", "a=<1> "},
        {"\xef\xbb\xbf"
         "a = 1",
         "a=<1> "},
        {"a = 1 # b = 2\n// c = 3\n/* d = 4\n */ e = 5 // f\n", "a=<1> e=<5> "},
        {"resource \"aws_instance\" web {\n  a = [\n 1,\n 2\n]\n}\n",
         "resource.aws_instance.web{ a=<[\n 1,\n 2\n]> } "},
        {"a { b = 1 }\nc {}\n", "a{ b=<1> } c{ } "},
        {"a = \"}\\\"${ f(\"}\") }\"\nb = 1\n", "a=<\"}\\\"${ f(\"}\") }\"> b=<1> "},
        {"a = \"$${b}%%{c}\"\n", "a=<\"$${b}%%{c}\"> "},
        {"a = <<EOF\n}\n  EOF\nb = 1\n", "a=<<<EOF\n}\n  EOF> b=<1> "},
        {"a = f(<<-EOF\n  ${x}\n  EOFX\n  EOF\n)\nb = 1\n", "a=<f(<<-EOF\n  ${x}\n  EOFX\n  EOF\n)> b=<1> "},
        {"a = 1\r\nb = <<EOF\r\nx\r\nEOF\r\nc = 2\r\n", "a=<1> b=<<<EOF\r\nx\r\nEOF> c=<2> "},
        {"a = b << c\n", "a=<b << c> "},
        {"a = x ? { b = 1 } : null\n", "a=<x ? { b = 1 } : null> "},
        {"a = <<EOF\nx\n", "4: a heredoc has no end"},
        {"a = \"b\nc = \"d\"\n", "4: a string has no end"},
        {"a = (1\n", "4: a bracket is not closed"},
        {"a {\n", "2: a block is not closed"},
        {"}\n", "0: a brace closes what is not open"},
        {"a = 1 }\n", "6: a brace closes what is not open"},
        {"a = \n", "4: an attribute has no value"},
        {"\"a\" = 1\n", "0: neither an attribute nor a block"},
        {"a = /* b\n", "4: a comment has no end"},
        {"", ""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *got = shown(rows[i].text);
        IS_STR(got, rows[i].want, "structure %zu", i);
    }
}

static void show_value(struct arena *arena, struct text *out, const struct source *source, struct span span) {
    static const char *const kinds[] = {"other", "literal", "reference", "string", "heredoc",
                                        "call",  "list",    "object",    "if"};
    struct hcl_value value;
    hcl_value(arena, source, span, &value);
    text_add(out, kinds[value.kind]);
    if (value.text) text_add_format(out, ":%s", value.text);
    if (value.kind == HCL_STRING)
        text_add_format(out, ":%.*s", (int)(value.inner.end - value.inner.begin),
                        source->bytes + value.inner.begin);
    for (size_t i = 0; i < value.count; i++) {
        const struct span key = value.items[i].key;
        text_add(out, i ? "," : "(");
        if (key.end) text_add_format(out, "%.*s=", (int)(key.end - key.begin), source->bytes + key.begin);
        show_value(arena, out, source, value.items[i].value);
    }
    if (value.count) text_add(out, ")");
}

static void test_values(void) {
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"1.5", "literal:1.5"},
        {"true", "literal:true"},
        {"null", "literal:null"},
        {"var.x", "reference:var.x"},
        {"aws_iam_role.a [ 0 ].name", "reference:aws_iam_role.a[ 0 ].name"},
        {"data.x.y[each.key].z", "reference:data.x.y[each.key].z"},
        {"a.*.b", "other"},
        {"a[*].b", "other"},
        {"a + b", "other"},
        {"!a", "other"},
        {"[for x in y : x]", "other"},
        {"{for x in y : x => 1}", "other"},
        {"\"a\"", "string:a"},
        {"(\"a\")", "string:a"},
        {"[\"a\", # b, c\n var.x,\n]", "list(string:a,reference:var.x)"},
        {"{ a = 1, \"b\" : var.x\n c = {} }", "object(a=literal:1,\"b\"=reference:var.x,c=object)"},
        {"f(<<EOF\na, b\nEOF\n, {\n a = 1\n})", "call:f(heredoc,object(a=literal:1))"},
        {"join(\"\\n\", [\"a\"])", "call:join(string:\\n,list(string:a))"},
        {"x ? \"a\" : y ? 1 : 2", "other"},
        {"x == 1 ? \"a\" : null", "if(other,string:a,literal:null)"},
        {"f(a).b", "other"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena arena = {0};
        struct source source;
        struct text out = {0};
        take(&source, rows[i].text);
        show_value(&arena, &out, &source, (struct span){0, source.length});
        IS_STR(out.bytes, rows[i].want, "value %zu", i);
        text_free(&out);
        source_free(&source);
        arena_free(&arena);
    }
}

static void test_templates(void) {
    static const struct {
        const char *text;
        bool quoted;
        const char *want;
    } rows[] = {
        {"a${b}c", false, "a|H${b}|c"},
        {"$${a}$b", false, "E${|a}$b"},
        {"$$${a}", false, "$|E${|a}"},
        {"%{ if x ~}y%{ endif }%%{", false, "D%{ if x ~}|y|D%{ endif }|E%{"},
        {"${ f(\"}\") }", false, "H${ f(\"}\") }"},
        {"a\\nb\\\"\\u00e9", true, "a|E\n|b|E\"|E\xc3\xa9"},
        {"a\\nb", false, "a\\nb"},
        {"${a", false, "broken"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena arena = {0};
        struct text out = {0};
        size_t count;
        struct hcl_part *parts = hcl_template(&arena, rows[i].text, (struct span){0, strlen(rows[i].text)},
                                              rows[i].quoted, &count);
        for (size_t k = 0; count != SIZE_MAX && k < count; k++) {
            text_add_format(&out, "%s%s", k ? "|" : "", parts[k].text ? "E" : &"\0\0H\0D"[parts[k].kind * 2]);
            text_add_bytes(&out, parts[k].text ? parts[k].text : rows[i].text + parts[k].span.begin,
                           parts[k].text ? parts[k].length : parts[k].span.end - parts[k].span.begin);
        }
        if (count == SIZE_MAX) text_add(&out, "broken");
        IS_STR(out.bytes, rows[i].want, "template %zu", i);
        text_free(&out);
        arena_free(&arena);
    }
}

static void test_flushing(void) {
    static const struct {
        const char *text;
        size_t want;
    } rows[] = {
        {"  a\n    b\n", 2},
        {"\ta\n\t\tb\n", 1},
        {"  a\n\n   \n  b\n", 2},
        {"  a\n${b}\n", 0},
        {"  a ${f(\nb)} c\n   d\n", 2},
        {"\n\n", 0},
        {"  a\r\n\r\n  b\r\n", 2},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        IS_INT((long)hcl_flushed_indent(rows[i].text, (struct span){0, strlen(rows[i].text)}),
               (long)rows[i].want, "flushed %zu", i);
}

static void print_body(const char *prefix, const struct hcl_body *body) {
    for (size_t i = 0; i < body->attribute_count; i++)
        printf("A\t%s%s\t%zu\t%zu\n", prefix, body->attributes[i].name, body->attributes[i].name_span.begin,
               body->attributes[i].value.end);
    for (size_t i = 0; i < body->block_count; i++) {
        const struct hcl_block *block = &body->blocks[i];
        struct text name = {0};
        text_add_format(&name, "%s%s", prefix, block->type);
        for (size_t k = 0; k < block->label_count; k++) text_add_format(&name, " %s", block->labels[k]);
        printf("B\t%s\t%zu\t%zu\n", name.bytes, block->span.begin, block->span.end);
        text_add_char(&name, '/');
        print_body(name.bytes, &block->body);
        text_free(&name);
    }
}

static int print_files(int count, char **paths) {
    for (int i = 0; i < count; i++) {
        struct arena arena = {0};
        struct source source;
        struct hcl_body body;
        struct hcl_complaint complaint;
        printf("F\t%s\n", paths[i]);
        if (source_read(&source, paths[i], NULL) != SOURCE_READ ||
            !hcl_scan(&arena, &source, &body, &complaint))
            printf("E\n");
        else
            print_body("", &body);
        source_free(&source);
        arena_free(&arena);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1) return print_files(argc - 1, argv + 1);
    test_structure();
    test_values();
    test_templates();
    test_flushing();
    return done_testing();
}
