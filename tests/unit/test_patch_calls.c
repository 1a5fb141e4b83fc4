/* TypeScript and Python as tokens, and the calls, values and imports in them. */
#include "tap.h"

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/text/calls.h"
#include "dockerfile-patcher/text/literal.h"

struct reading {
    struct arena arena;
    struct code code;
    struct calls calls;
};

static void reading_of(struct reading *reading, const char *text, enum code_language language) {
    *reading = (struct reading){0};
    code_scan(&reading->arena, language, text, 0, strlen(text), &reading->code);
    calls_find(&reading->arena, &reading->code, &reading->calls);
}

static void done(struct reading *reading) { arena_free(&reading->arena); }

/* Every token parted by blanks; a string as its body in ‹›. */
static char *shown(const struct code *code) {
    struct text out = {0};
    for (size_t i = 0; i < code->count; i++) {
        const struct code_token *token = &code->tokens[i];
        struct span span = token->literal ? token->literal->body : token->span;
        text_add_format(&out, "%s%s%.*s%s", i ? " " : "", token->literal ? "<" : "",
                        (int)(span.end - span.begin), code->bytes + span.begin, token->literal ? ">" : "");
    }
    if (code->broken) text_add(&out, " broken");
    return text_take(&out);
}

static void test_tokens(void) {
    static const struct {
        enum code_language language;
        const char *text;
        const char *want;
    } rows[] = {
        {CODE_TYPESCRIPT, "a.b('x', \"y\"); // c", "a . b ( <x> , <y> ) ;"},
        {CODE_TYPESCRIPT, "f(`a${g(`}`)}b`)", "f ( <a${g(`}`)}b> )"},
        {CODE_TYPESCRIPT, "x = 'it\\'s' /* ' */ + y", "x = <it\\'s> + y"},
        {CODE_TYPESCRIPT, "a.replace(/['\"/]\\//g, b / c / d)", "a . replace ( /['\"/]\\//g , b / c / d )"},
        {CODE_TYPESCRIPT, "(a) => [...b]", "( a ) => [ ... b ]"},
        {CODE_TYPESCRIPT, "#!/usr/bin/env node\na?.b!", "a ?. b !"},
        {CODE_TYPESCRIPT, "f('a\nb')", "f ( broken"},
        {CODE_TYPESCRIPT, "f(a]", "f ( a broken"},
        {CODE_TYPESCRIPT, "f(a", "f ( a broken"},
        {CODE_TYPESCRIPT, "`a${b", " broken"},
        {CODE_TYPESCRIPT, "/* a", " broken"},
        {CODE_PYTHON, "a('x', r\"y\\\")  # 'c", "a ( <x> , broken"},
        {CODE_PYTHON, "a(r'y\\'z', b\"w\", Rb'v')", "a ( <y\\'z> , <w> , <v> )"},
        {CODE_PYTHON, "f\"\"\"a \"quoted\" {b[\"c\"]}\n\"\"\" 'd'", "<a \"quoted\" {b[\"c\"]}\n> <d>"},
        {CODE_PYTHON, "f'{a[\"}\"]}{{x'", "<{a[\"}\"]}{{x>"},
        {CODE_PYTHON, "''  # empty\nfor x in y: pass", "<> for x in y : pass"},
        {CODE_PYTHON, "a(*b, **c)", "a ( * b , ** c )"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct reading reading;
        reading_of(&reading, rows[i].text, rows[i].language);
        cleanup_free char *got = shown(&reading.code);
        IS_STR(got, rows[i].want, "tokens %zu", i);
        done(&reading);
    }
}

static void test_calls(void) {
    static const struct {
        enum code_language language;
        const char *text;
        const char *want; /* receiver|name|new, parted by blanks */
    } rows[] = {
        {CODE_TYPESCRIPT, "this.data.addCommands('x')", "this.data|addCommands|"},
        {CODE_TYPESCRIPT, "const a: ec2.Instance = new ec2.Instance(this)", "ec2|Instance|new"},
        {CODE_TYPESCRIPT, "a.role!.add(b.c('d'))", "a.role|add| b|c|"},
        {CODE_TYPESCRIPT, "if (a) { f() }", "|f|"},
        {CODE_TYPESCRIPT, "f(x)[0].g()", "|f| f(x)[0]|g|"},
        {CODE_PYTHON, "self.data.add_commands('x')", "self.data|add_commands|"},
        {CODE_PYTHON, "ec2.Instance(self,\n 'x')", "ec2|Instance|"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct reading reading;
        struct text out = {0};
        reading_of(&reading, rows[i].text, rows[i].language);
        for (size_t k = 0; k < reading.calls.count; k++) {
            const struct code_call *call = &reading.calls.calls[k];
            text_add_format(&out, "%s%s|%s|%s", k ? " " : "", calls_receiver(&reading.calls, call),
                            calls_token(&reading.calls, call->name), call->constructed ? "new" : "");
        }
        cleanup_free char *got = text_take(&out);
        IS_STR(got, rows[i].want, "calls %zu", i);
        done(&reading);
    }
}

static const struct code_call *call_named(const struct reading *reading, const char *name) {
    for (size_t i = 0; i < reading->calls.count; i++)
        if (code_is(&reading->code, reading->calls.calls[i].name, name)) return &reading->calls.calls[i];
    return NULL;
}

static void test_properties(void) {
    static const struct {
        enum code_language language;
        const char *text;
        const char *name;
        const char *want;
    } rows[] = {
        {CODE_TYPESCRIPT, "new F(this, 'x', { a: 1, machineImage: b.c(), d })", "machineImage", "b.c()"},
        {CODE_TYPESCRIPT, "new F(this, 'x', { vpc, role, })", "role", "role"},
        {CODE_TYPESCRIPT, "const p = { role: r };\nnew F(this, 'x', p)", "role", "r"},
        {CODE_TYPESCRIPT, "const p = { role: r };\nnew F(this, 'x', { ...p, vpc })", "role", "r"},
        {CODE_TYPESCRIPT, "new F(this, 'x', { a: { role: r } })", "role", NULL},
        {CODE_TYPESCRIPT, "const p = { ...p };\nnew F(this, p)", "role", NULL},
        {CODE_PYTHON, "F(self, 'x', machine_image=b.c(), role = r,)", "machineImage", "b.c()"},
        {CODE_PYTHON, "F(self, 'x', machine_image=b.c(), role = r,)", "role", "r"},
        {CODE_PYTHON, "F(self, g(role=r))", "role", NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct reading reading;
        struct code_range value;
        reading_of(&reading, rows[i].text, rows[i].language);
        bool found = calls_property(&reading.calls, call_named(&reading, "F"), rows[i].name, &value);
        IS_STR(found ? calls_text(&reading.calls, value) : NULL, rows[i].want, "property %zu", i);
        done(&reading);
    }
}

static void test_definitions(void) {
    static const char typescript[] = "const a = 'x';\n"
                                     "private readonly b: Map<string, X> = f();\n"
                                     "this.c = new G(this, { a: 1 })\n"
                                     "g({ a = 2 }, (d = 3) => d === 4);\n"
                                     "a = 'y'\n"
                                     "  + 'z';\n"
                                     "last(a);\n";
    struct reading reading;
    reading_of(&reading, typescript, CODE_TYPESCRIPT);
    size_t last = call_named(&reading, "last")->open;
    const struct code_definition *definition = calls_definition(&reading.calls, "a", last);
    IS_STR(calls_text(&reading.calls, definition->value), "'y'+'z'", "the last value before the place");
    definition = calls_definition(&reading.calls, "a", definition->statement);
    IS_STR(calls_text(&reading.calls, definition->value), "'x'", "the one before that");
    IS_STR(calls_text(&reading.calls, calls_definition(&reading.calls, "b", last)->value), "f()", "typed");
    OK(!calls_definition(&reading.calls, "d", last), "a parameter's default is no value");
    size_t made = call_named(&reading, "G")->receiver;
    IS_STR(calls_kept_as(&reading.calls, made)->name, "this.c", "what the result is kept as");
    done(&reading);
}

static void test_imports(void) {
    static const struct {
        enum code_language language;
        const char *text;
        const char *want; /* module:name:local */
    } rows[] = {
        {CODE_TYPESCRIPT, "import * as iam from 'aws-cdk-lib/aws-iam';", "aws-cdk-lib/aws-iam::iam"},
        {CODE_TYPESCRIPT, "import { aws_iam as iam, Stack } from 'aws-cdk-lib'",
         "aws-cdk-lib:aws_iam:iam aws-cdk-lib:Stack:Stack"},
        {CODE_TYPESCRIPT, "import iam = require('@aws-cdk/aws-iam')", "@aws-cdk/aws-iam::iam"},
        {CODE_TYPESCRIPT, "const iam = require('aws-cdk-lib/aws-iam');", "aws-cdk-lib/aws-iam::iam"},
        {CODE_TYPESCRIPT, "import cdk, {\n  type A,\n  B,\n} from \"m\";", "m::cdk m:A:A m:B:B"},
        {CODE_PYTHON, "from aws_cdk import aws_iam as iam, Stack", "aws_cdk:aws_iam:iam aws_cdk:Stack:Stack"},
        {CODE_PYTHON, "from aws_cdk import (\n  aws_ec2 as ec2,\n  aws_iam as iam,\n)\n",
         "aws_cdk:aws_ec2:ec2 aws_cdk:aws_iam:iam"},
        {CODE_PYTHON, "import aws_cdk.aws_iam as iam\nimport os\n", "aws_cdk.aws_iam::iam os::os"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct reading reading;
        struct text out = {0};
        reading_of(&reading, rows[i].text, rows[i].language);
        for (size_t k = 0; k < reading.calls.import_count; k++) {
            const struct code_import *import = &reading.calls.imports[k];
            text_add_format(&out, "%s%s:%s:%s", k ? " " : "", import->module,
                            import->name ? import->name : "", import->local);
        }
        cleanup_free char *got = text_take(&out);
        IS_STR(got, rows[i].want, "imports %zu", i);
        done(&reading);
    }
}

static void test_statements(void) {
    static const char typescript[] = "before();\nconst a = b\n  .c(() => {\n    inner();\n  })\nafter()\n";
    static const char python[] = "before()\na = b(\n  c)\nafter()\n";
    struct reading reading;
    reading_of(&reading, typescript, CODE_TYPESCRIPT);
    size_t name = call_named(&reading, "c")->name;
    OK(code_is(&reading.code, code_statement_first(&reading.code, name), "const"), "first of a chain");
    OK(code_is(&reading.code, code_statement_last(&reading.code, name) + 1, "after"), "last of a chain");
    name = call_named(&reading, "inner")->name;
    OK(code_is(&reading.code, code_statement_last(&reading.code, name), ";"), "the semicolon belongs to it");
    done(&reading);
    reading_of(&reading, python, CODE_PYTHON);
    name = call_named(&reading, "b")->name;
    OK(code_is(&reading.code, code_statement_first(&reading.code, name), "a"), "first over brackets");
    OK(code_is(&reading.code, code_statement_last(&reading.code, name) + 1, "after"), "last over brackets");
    done(&reading);
}

/* The value; a hole in <>. */
static char *value_of(const struct code *code, enum literal_fill fill) {
    struct literal_reader reader;
    struct literal_unit unit;
    struct text out = {0};
    literal_begin(&reader, code, 0, fill);
    while (literal_next(&reader, &unit))
        if (unit.hole)
            text_add_format(&out, "<%.*s>", (int)(unit.span.end - unit.span.begin),
                            code->bytes + unit.span.begin);
        else
            text_add_bytes(&out, unit.bytes, unit.count);
    return text_take(&out);
}

static void test_values(void) {
    static const struct {
        enum code_language language;
        enum literal_fill fill;
        const char *text;
        const char *want;
    } rows[] = {
        {CODE_TYPESCRIPT, LITERAL_AS_IT_IS, "'a\\n\\t\\\\\\'\\x41\\u0042\\u{43}\\q'", "a\n\t\\'ABCq"},
        {CODE_TYPESCRIPT, LITERAL_AS_IT_IS, "`a\\\nb\\`${c}\\${d}`", "ab`<${c}>${d}"},
        {CODE_TYPESCRIPT, LITERAL_AS_IT_IS, "`a\r\nb`", "a\nb"},
        {CODE_TYPESCRIPT, LITERAL_SUB, "'a${AWS::Region}${!B}'", "a<${AWS::Region}>${B}"},
        {CODE_PYTHON, LITERAL_AS_IT_IS, "'a\\d\\n\\101\\\nb'", "a\\d\nAb"},
        {CODE_PYTHON, LITERAL_AS_IT_IS, "r'a\\n'", "a\\n"},
        {CODE_PYTHON, LITERAL_AS_IT_IS, "f'a{b:>{c}}{{d}}'", "a<{b:>{c}}>{d}"},
        {CODE_PYTHON, LITERAL_BRACES, "'a{}{b}{{c}}'", "a<{}><{b}>{c}"},
        {CODE_PYTHON, LITERAL_PERCENT, "'a%s%(b)s%%c'", "a<%s><%(b)s>%c"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct reading reading;
        reading_of(&reading, rows[i].text, rows[i].language);
        cleanup_free char *got = value_of(&reading.code, rows[i].fill);
        IS_STR(got, rows[i].want, "value %zu", i);
        done(&reading);
    }
}

/* What is written reads back. */
static void test_encoding(void) {
    static const char *const values[] = {
        "a'b\"c`d", "x=$HOME ${Y} $(z) \\", "{\"a\": {}}", "100%s %", "a\nb\tc", "\"\"\"''"};
    static const struct literal_style styles[] = {
        {.language = CODE_TYPESCRIPT, .quote = '\''},
        {.language = CODE_TYPESCRIPT, .quote = '"'},
        {.language = CODE_TYPESCRIPT, .quote = '`', .format = true},
        {.language = CODE_PYTHON, .quote = '"'},
        {.language = CODE_PYTHON, .quote = '\'', .format = true},
        {.language = CODE_PYTHON, .quote = '"', .triple = true},
        {.language = CODE_PYTHON, .quote = '"', .triple = true, .format = true},
        {.language = CODE_PYTHON, .quote = '"', .fill = LITERAL_BRACES},
        {.language = CODE_PYTHON, .quote = '"', .fill = LITERAL_PERCENT},
    };
    for (size_t i = 0; i < array_length(styles); i++)
        for (size_t k = 0; k < array_length(values); k++) {
            struct reading reading;
            cleanup_text struct text text = {0};
            literal_open(&styles[i], &text);
            OK(literal_encode(&styles[i], values[k], strlen(values[k]), &text), "style %zu holds %zu", i, k);
            literal_close(&styles[i], &text);
            reading_of(&reading, text.bytes, styles[i].language);
            IS_INT(reading.code.count, 1, "one token in style %zu", i);
            cleanup_free char *got = value_of(&reading.code, styles[i].fill);
            IS_STR(got, values[k], "value %zu in style %zu", k, i);
            done(&reading);
        }
    cleanup_text struct text text = {0};
    OK(!literal_encode(&(struct literal_style){.language = CODE_PYTHON, .quote = '"', .raw = true}, "\"", 1,
                       &text),
       "a raw literal holds no quote of its own");
    cleanup_text struct text sub = {0};
    literal_encode(&(struct literal_style){.quote = '\'', .fill = LITERAL_SUB}, "${a}$b", 6, &sub);
    IS_STR(sub.bytes, "${!a}$b", "what Fn.sub would fill in");
}

int main(void) {
    test_values();
    test_encoding();
    test_tokens();
    test_calls();
    test_properties();
    test_definitions();
    test_imports();
    test_statements();
    return done_testing();
}
