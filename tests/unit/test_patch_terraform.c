/* Scripts as Terraform holds them: what the shell sees, and what is written for a new line. */
#include "tap.h"

#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"

struct work {
    struct settings settings;
    struct unit unit;
    struct terraform_module module;
    struct terraform_script resolved;
    struct script script;
};

/* `text` is main.tf, in which `user_data` is an attribute of the first block. */
static bool begin(struct work *work, const char *text) {
    struct source source;
    *work = (struct work){0};
    work->unit = (struct unit){.settings = &work->settings, .root = "."};
    source_take(&source, memory_copy("./main.tf"), memory_copy(text), strlen(text));
    struct document *document = unit_add_source(&work->unit, &source, &format_terraform, NULL);
    struct terraform_file *file = terraform_file_of(document);
    work->module = (struct terraform_module){.unit = &work->unit};
    work->module.documents = arena_grow(&work->module.arena, NULL, 0, sizeof(struct document *));
    work->module.documents[work->module.count++] = document;
    struct terraform_block block = {document, file->body.blocks};
    terraform_resolve(&work->module, *terraform_attribute(block, "user_data"), &work->resolved);
    return work->resolved.shape != TERRAFORM_NOWHERE &&
           terraform_view(&work->module, &work->resolved, NULL, &work->script);
}

static void end(struct work *work) {
    script_free(&work->script);
    arena_free(&work->module.arena);
    unit_free(&work->unit);
}

static char *result(struct work *work) {
    struct document *document = work->script.document;
    size_t length;
    if (!edits_sort(&document->edits, document->source.length)) return memory_copy("overlap");
    return edits_splice(&document->edits, &document->source, &length);
}

#define HEAD "resource \"aws_instance\" \"a\" {\n  user_data = "
#define TAIL "\n}\n"

static void test_lines(void) {
    static const struct {
        const char *value;
        const char *want; /* lines with | behind each */
    } rows[] = {
        {"<<EOF\n#!/bin/sh\n  a ${var.x} $${X}\nEOF", "#!/bin/sh|  a ${var.x} ${X}|"},
        {"<<-EOF\n    #!/bin/sh\n      a\n\n    b\n    EOF", "#!/bin/sh|  a||b|"},
        {"<<-EOF\n\t\ta\n\t\t\tb\n\tEOF", "a|\tb|"},
        {"<<-EOF\n  a\n b\nEOF", " a|b|"},
        {"<<EOF\na\\n\"b\"\nEOF", "a\\n\"b\"|"},
        {"<<EOF\n%{ if x }\na\n%{ endif ~}\nEOF", "|a||"},
        {"<<EOF\r\na\r\nb\r\nEOF", "a|b|"},
        {"\"#!/bin/sh\\na \\\"b\\\" ${var.x}\\n\"", "#!/bin/sh|a \"b\" ${var.x}|"},
        {"\"a\\nb\"", "a|b|"},
        {"join(\"\\n\", [\"a\", \"b ${c}\", var.d])", "a|b ${c}|var.d|"},
        {"base64encode(\"a\")", "a|"},
        {"base64encode(<<-EOF\n  a\n  EOF\n  )", "a|"},
        {"var.on ? \"a\" : null", "a|"},
        {"\"${\"a\"}\"", "a|"},
        {"replace(<<EOF\na\nEOF\n, \"\\r\\n\", \"\\n\")", "a|"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct work work;
        struct text got = {0};
        cleanup_free char *text = memory_format(HEAD "%s" TAIL, rows[i].value);
        if (begin(&work, text))
            for (size_t k = 0; k < work.script.count; k++) {
                const struct script_line *line = &work.script.lines[k];
                cleanup_free char *shown = script_shown(&work.script, line->text, line->length);
                text_add_format(&got, "%s|", shown);
            }
        IS_STR(got.bytes, rows[i].want, "lines %zu", i);
        text_free(&got);
        end(&work);
    }
}

static void test_inserts(void) {
    static const struct {
        const char *value;
        size_t after;
        const char *lines;
        const char *want;
    } rows[] = {
        {"<<EOF\na\nb\nEOF", 1, "n ${X}\n\n%{m}", "<<EOF\na\nn $${X}\n\n%%{m}\nb\nEOF"},
        {"<<EOF\na\nEOF", 0, "n", "<<EOF\nn\na\nEOF"},
        {"<<-EOF\n    a\n\n      b\n    EOF", 3, "n\n  m",
         "<<-EOF\n    a\n\n      b\n    n\n      m\n    EOF"},
        {"<<-EOF\n    a\n\n    b\n    EOF", 2, "n", "<<-EOF\n    a\n\n    n\n    b\n    EOF"},
        {"<<-EOF\n\t\ta\n\tEOF", 1, "n", "<<-EOF\n\t\ta\n\t\tn\n\tEOF"},
        {"\"a\\nb\\n\"", 1, "n \"x\"\nm\\", "\"a\\nn \\\"x\\\"\\nm\\\\\\nb\\n\""},
        {"\"a\\nb\\n\"", 2, "n", "\"a\\nb\\nn\\n\""},
        {"\"a\"", 1, "n", "\"a\\nn\""},
        {"\"a\"", 0, "n", "\"n\\na\""},
        {"join(\"\\n\", [\"a\", \"b\"])", 1, "n\nm", "join(\"\\n\", [\"a\", \"n\", \"m\", \"b\"])"},
        {"join(\"\\n\", [\"a\", \"b\"])", 0, "n", "join(\"\\n\", [\"n\", \"a\", \"b\"])"},
        {"join(\"\\n\", [\n    \"a\",\n    \"b\",\n  ])", 2, "n ${X}",
         "join(\"\\n\", [\n    \"a\",\n    \"b\",\n    \"n $${X}\",\n  ])"},
        {"join(\"\\n\", [\"a\\nb\"])", 1, "n", "join(\"\\n\", [\"a\\nn\\nb\"])"},
        {"join(\"\\n\", [<<-E\n  a\n  E\n  , \"b\"])", 2, "n",
         "join(\"\\n\", [<<-E\n  a\n  E\n  , \"b\", \"n\"])"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct work work;
        cleanup_free char *text = memory_format(HEAD "%s" TAIL, rows[i].value);
        cleanup_free char *want = memory_format(HEAD "%s" TAIL, rows[i].want);
        OK(begin(&work, text), "insert %zu is understood", i);
        script_insert_after(&work.script, rows[i].after, rows[i].lines, "test");
        cleanup_free char *got = result(&work);
        IS_STR(got, want, "insert %zu", i);
        end(&work);
        /* and out again */
        size_t count = 1;
        for (const char *at = rows[i].lines; *at; at++) count += *at == '\n';
        OK(begin(&work, want), "what was inserted is understood, %zu", i);
        script_remove_lines(&work.script, rows[i].after + 1, rows[i].after + count, "test");
        cleanup_free char *back = result(&work);
        IS_STR(back, text, "remove %zu", i);
        end(&work);
    }
}

static void test_replacing(void) {
    static const struct {
        const char *value;
        const char *want;
    } rows[] = {
        {"<<EOF\ndocker run -p ${var.p} $${X} i\nEOF", "<<EOF\ndocker exec -p ${var.p} $${X} i\nEOF"},
        {"\"docker run \\\"${var.p}\\\" $${X}\"", "\"docker exec \\\"${var.p}\\\" $${X}\""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct work work;
        cleanup_free char *text = memory_format(HEAD "%s" TAIL, rows[i].value);
        cleanup_free char *want = memory_format(HEAD "%s" TAIL, rows[i].want);
        OK(begin(&work, text), "replace %zu is understood", i);
        const struct script_line *line = script_line(&work.script, 1);
        cleanup_free char *tail = memory_copy_bytes(line->text + 10, line->length - 10);
        cleanup_free char *whole = memory_format("docker exec%s", tail);
        script_replace(&work.script, 1, 0, line->length, whole, "test");
        cleanup_free char *got = result(&work);
        IS_STR(got, want, "replace %zu: holes and escapes are written again", i);
        end(&work);
    }
}

/* data "template_file" with its text in place: two templates, one inside the other. */
static void test_template_in_template(void) {
    static const char before[] =
        HEAD "data.template_file.t.rendered" TAIL
             "data \"template_file\" \"t\" {\n  template = <<EOF\na $${x} $$${Y} ${var.z}\n"
             "EOF\n}\n";
    static const char after[] =
        HEAD "data.template_file.t.rendered" TAIL
             "data \"template_file\" \"t\" {\n  template = <<EOF\na $${x} $$${Y} ${var.z}\n"
             "n $$${X}\nEOF\n}\n";
    struct work work;
    OK(begin(&work, before), "a template in a template is understood");
    const struct script_line *line = script_line(&work.script, 1);
    cleanup_free char *shown = script_shown(&work.script, line->text, line->length);
    IS_STR(shown, "a $${x} ${Y} ${var.z}", "its holes of both kinds");
    script_insert_after(&work.script, 1, "n ${X}", "test");
    cleanup_free char *got = result(&work);
    IS_STR(got, after, "the shell's braces are escaped twice");
    end(&work);
}

static void test_reasons(void) {
    static const struct {
        const char *value;
        const char *want;
    } rows[] = {
        {"var.user_data", "whoever uses this module passes the script as var.user_data"},
        {"module.x.script", "the script comes out of the module module.x.script"},
        {"templatefile(\"absent.sh\", {})", "the file is not there: ./absent.sh"},
        {"file(var.path)", "the path of the file is not known: file(var.path)"},
        {"a + b", "no text that can be followed"},
        {"jsonencode({})", "what makes the text is not followed: jsonencode"},
        {"local.x", "there is no local.x"},
        {"var.a ? \"x\" : \"y\"", "one of two scripts, by a condition"},
        {"join(\",\", [\"a\"])", "join() of what is no list of lines"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct work work;
        cleanup_free char *text = memory_format(HEAD "%s" TAIL, rows[i].value);
        OK(!begin(&work, text), "reason %zu", i);
        IS_STR(work.resolved.reason, rows[i].want, "reason %zu says why", i);
        end(&work);
    }
}

int main(void) {
    test_lines();
    test_inserts();
    test_replacing();
    test_template_in_template();
    test_reasons();
    return done_testing();
}
