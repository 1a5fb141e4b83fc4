/* The rows of appsig-patch. */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/script/commands.h"
#include "dockerfile-patcher/text/calls.h"
#include "dockerfile-patcher/text/literal.h"
#include "dockerfile-patcher/text/sections.h"
#include "dockerfile-patcher/text/shell.h"
#include "dockerfile-patcher/text/yaml.h"
#include "tests/fuzz/formats.h"

#define SHAPE(name, ...) static const struct fuzz_shape name = {__VA_ARGS__}

SHAPE(dockerfile, &format_dockerfile, "Dockerfile", BACK_ALWAYS, false);
SHAPE(compose, &format_compose, "docker-compose.yml", BACK_ALWAYS, false);
SHAPE(shell, &format_shell, "run.sh", BACK_FROM_SHIM, true);
SHAPE(systemd, &format_systemd, "shop.service", BACK_ALWAYS, false);
SHAPE(terraform, &format_terraform, "main.tf", BACK_FROM_SHIM, true);
SHAPE(cloudformation_yaml, &format_cloudformation, "template.yaml", BACK_FROM_SHIM, true);
SHAPE(cloudformation_json, &format_cloudformation, "template.json", BACK_FROM_SHIM, true);
SHAPE(boot_script, &format_userdata, "user-data.sh", BACK_ABOUT, true);
SHAPE(cloud_init, &format_userdata, "cloud-config.yaml", BACK_ABOUT, true);
SHAPE(cdk_typescript, &format_cdk, "lib/stack.ts", BACK_ABOUT, true);
SHAPE(cdk_python, &format_cdk, "app/stack.py", BACK_ABOUT, true);
SHAPE(gunicorn, &format_gunicorn, "gunicorn.conf.py", BACK_ALWAYS, false);
SHAPE(uwsgi, &format_uwsgi, "uwsgi.ini", BACK_ALWAYS, false);

static bool inside(struct span span, size_t length) { return span.begin <= span.end && span.end <= length; }

/* Words are in order, each within the text, and written as what they say they are. */
static void fuzz_words_of_shell(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct arena arena = {0};
    struct shell_script script;
    shell_parse(&arena, bytes, length, &script);
    for (size_t i = 0; i < script.word_count; i++) {
        const struct shell_word *word = &script.words[i];
        struct shell_origin *origins;
        struct span *inner;
        fuzz_holds(inside(word->span, length), target, "a word is within the text");
        size_t count = shell_origins(&arena, bytes, word, &origins);
        for (size_t k = 0; k < count; k++)
            fuzz_holds(origins[k].begin <= origins[k].end && origins[k].end <= length, target,
                       "a byte's origin is within the text");
        size_t substitutions = shell_substitutions(&arena, bytes, word, &inner);
        for (size_t k = 0; k < substitutions; k++)
            fuzz_holds(inside(inner[k], length), target, "a substitution is within the text");
    }
    for (size_t i = 0; i < script.command_count; i++) {
        const struct shell_command *command = &script.commands[i];
        fuzz_holds(inside(command->span, length), target, "a command is within the text");
        fuzz_holds(command->first + command->count <= script.word_count, target, "its words are there");
    }
    for (size_t i = 0; i < script.heredoc_count; i++)
        fuzz_holds(inside(script.heredocs[i].body, length), target, "a heredoc is within the text");
    arena_free(&arena);
}

static void visit(struct yaml_node *node, void *context) {
    size_t *count = context;
    yaml_text(node);
    ++*count;
}

static void fuzz_yaml(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct source source;
    struct yaml yaml;
    struct yaml_complaint complaint;
    size_t count = 0;
    (void)target;
    if (source_take(&source, memory_copy("a.yml"), memory_copy_bytes(bytes, length), length) == SOURCE_READ) {
        if (yaml_parse(&yaml, &source, &complaint))
            for (size_t i = 0; i < yaml.count; i++) yaml_walk(yaml.documents[i], visit, &count);
        yaml_release(&yaml);
    }
    source_free(&source);
}

static void fuzz_sections(const struct fuzz_target *target, const char *bytes, size_t length) {
    static const enum sections_dialect dialects[] = {SECTIONS_SYSTEMD, SECTIONS_UWSGI};
    struct source source;
    if (source_take(&source, memory_copy("a.ini"), memory_copy_bytes(bytes, length), length) == SOURCE_READ)
        for (size_t i = 0; i < array_length(dialects); i++) {
            struct sections sections = {0};
            sections_scan(&sections, &source, dialects[i]);
            for (size_t k = 0; k < sections.entry_count; k++) {
                const struct section_entry *entry = &sections.entries[k];
                fuzz_holds(inside(entry->span, length), target, "an entry is within the text");
                for (size_t at = 0; at <= entry->length; at++)
                    fuzz_holds(entry->map[at] <= length, target, "a value's byte is within the text");
            }
            sections_free(&sections);
        }
    source_free(&source);
}

static const enum code_language typescript = CODE_TYPESCRIPT, python = CODE_PYTHON;

static void fuzz_code(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct arena arena = {0};
    struct code code;
    struct calls calls;
    size_t behind = 0;
    code_scan(&arena, *(const enum code_language *)target->context, bytes, 0, length, &code);
    for (size_t i = 0; i < code.count; i++) {
        fuzz_holds(inside(code.tokens[i].span, length) && code.tokens[i].span.begin >= behind, target,
                   "tokens are within the text, one behind the other");
        behind = code.tokens[i].span.begin;
        struct literal_reader reader;
        struct literal_unit unit;
        if (code.tokens[i].kind != CODE_STRING) continue;
        literal_begin(&reader, &code, i, LITERAL_AS_IT_IS);
        while (literal_next(&reader, &unit))
            fuzz_holds(inside(unit.span, length), target, "a literal's parts are within the text");
    }
    if (!code.broken) calls_find(&arena, &code, &calls);
    arena_free(&arena);
}

/* In the order of the table of scanners in CONTRIBUTING.md. */
const struct fuzz_target fuzz_targets[] = {
    {"dockerfile", "cases/*Dockerfile*", &dockerfile, fuzz_format},
    {"compose", "cases/*compose*.y*ml", &compose, fuzz_format},
    {"shell", "cases/*.sh cases/shell/*", &shell, fuzz_format},
    {"systemd", "cases/*.service cases/*.conf", &systemd, fuzz_format},
    {"terraform", "cases/*.tf", &terraform, fuzz_format},
    {"cloudformation-yaml", "cases/cloudformation/*.y*ml", &cloudformation_yaml, fuzz_format},
    {"cloudformation-json", "cases/cloudformation/*.json", &cloudformation_json, fuzz_format},
    {"boot-script", "cases/userdata/* cases/*.sh", &boot_script, fuzz_format},
    {"cloud-init", "cases/userdata/*", &cloud_init, fuzz_format},
    {"cdk-typescript", "cases/cdk/*.ts", &cdk_typescript, fuzz_format},
    {"cdk-python", "cases/cdk/*.py", &cdk_python, fuzz_format},
    {"gunicorn", "cases/*gunicorn*.py", &gunicorn, fuzz_format},
    {"uwsgi", "cases/*.ini", &uwsgi, fuzz_format},
    {"shell-words", "cases/*.sh cases/shell/*", NULL, fuzz_words_of_shell},
    {"yaml", "cases/*.y*ml", NULL, fuzz_yaml},
    {"sections", "cases/*.service cases/*.ini", NULL, fuzz_sections},
    {"code-typescript", "cases/cdk/*.ts", &typescript, fuzz_code},
    {"code-python", "cases/cdk/*.py cases/*gunicorn*.py", &python, fuzz_code},
};
const size_t fuzz_target_count = array_length(fuzz_targets);
