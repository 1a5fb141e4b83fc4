#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/docker_run.h"
#include "dockerfile-patcher/text/find.h"

/* Endings that shells' scripts have, or files without any, whose first line tells. */
static bool recognise(const char *path, const char *base) {
    static const char *const endings[] = {".sh", ".bash", ".zsh", ".ksh"};
    (void)path;
    if (text_ends_in(base, endings, array_length(endings))) return true;
    return *base && !strchr(base, '.') && !strstr(base, "ockerfile") && !strstr(base, "ontainerfile");
}

static bool has_shell_line(const struct source *source) {
    const char *first = source->bytes + source->begin;
    size_t length = strcspn(first, "\r\n");
    return text_starts(first, "#!") && find_bytes(first, length, "sh", 2);
}

static bool confirm(const struct source *source) {
    static const char *const endings[] = {".sh", ".bash", ".zsh", ".ksh"};
    bool named = strcmp(source->path, "-") == 0;
    for (size_t i = 0; i < array_length(endings); i++) named |= text_ends(source->path, endings[i]);
    return (named || has_shell_line(source)) &&
           docker_run_mentioned(source->bytes + source->begin, source->length - source->begin);
}

static void view(struct document *document, struct script *script) {
    struct span span = {document->source.begin, document->source.length};
    script_of_lines(script, document, document->service, span, false);
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct script script;
    view(document, &script);
    docker_run_links(unit, &script, links);
    script_free(&script);
    return true;
}

static bool is_template(const struct source *source, size_t *offset) {
    static const char *const marks[] = {"{%", "{{", "<%"};
    for (size_t i = 0; i < array_length(marks); i++) {
        const char *mark = find_text(source->bytes, source->length, marks[i]);
        /* docker's own --format '{{.Name}}' is none */
        while (mark && i == 1 && (mark[2] == '.' || mark[2] == ' ' || mark[2] == 'j' || mark[2] == 'r'))
            mark = find_text(mark + 2, source->length - (size_t)(mark + 2 - source->bytes), marks[i]);
        if (mark && i == 1 && !text_starts(mark, "{{cookiecutter.")) mark = NULL;
        if (mark && i != 1 && !strstr(mark, i == 0 ? "%}" : "%>")) mark = NULL;
        if (!mark) continue;
        *offset = (size_t)(mark - source->bytes);
        return true;
    }
    return false;
}

static void plan(struct unit *unit, struct document *document) {
    struct docker_run_facts facts = {0};
    struct script script;
    size_t mark;
    if (!document->service) document->service = unit_service(unit, document->shown);
    if (is_template(&document->source, &mark)) {
        unit_refuse(unit, document, FINDING_TEMPLATE, mark, "a template: patch what it is rendered from");
        return;
    }
    view(document, &script);
    size_t findings = unit->findings.count;
    enum docker_outcome outcome = docker_run_plan(unit, &script, &facts);
    if (outcome == DOCKER_NOTHING && unit->findings.count == findings && !unit->settings->remove)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "runs no container");
    script_free(&script);
}

static bool is_part(const char *part, const char *whole) {
    for (; *whole && *part; whole++) part += *part == *whole;
    return *part == '\0';
}

static bool is_same_word(const char *one, const char *other) {
    return is_part(one, other) || is_part(other, one);
}

/* The value of --entrypoint, which becomes the launcher; the program goes behind the image. */
static bool is_entrypoint(const struct command *one, size_t at, const char *other) {
    static const char joined[] = "--entrypoint=";
    if (at > 0 && strcmp(one->vector[at - 1], "--entrypoint") == 0) return true;
    return text_starts(one->vector[at], joined) && text_starts(other, joined);
}

/* The words of one command are there in the other, in order; a network's name may be another one. */
static bool is_same_command(const struct command *one, const struct command *other) {
    const struct command *less = one->count <= other->count ? one : other;
    const struct command *more = less == one ? other : one;
    size_t at = 0, strange = 0;
    for (size_t i = 0; i < more->count && at < less->count; i++) {
        if (is_same_word(less->vector[at], more->vector[i]) || is_entrypoint(less, at, more->vector[i]))
            at++;
        else if (less->count == more->count)
            at++, strange++;
    }
    return at == less->count && strange <= 1;
}

/* The same commands in the same order, those with edits longer or shorter than before. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    struct document now = {.source = *after};
    struct script old_script, new_script;
    struct commands old, new;
    script_of_lines(&old_script, (struct document *)document, NULL,
                    (struct span){document->source.begin, document->source.length}, false);
    script_of_lines(&new_script, &now, NULL, (struct span){after->begin, after->length}, false);
    commands_read(&old, &old_script);
    commands_read(&new, &new_script);
    bool good = old.count == new.count &&old.layers[0].shell.broken == new.layers[0].shell.broken;
    for (size_t i = 0; good && i < old.count; i++) good = is_same_command(&old.items[i], &new.items[i]);
    if (!good) *complaint = memory_copy("its commands are no longer the same");
    commands_free(&old);
    commands_free(&new);
    script_free(&old_script);
    script_free(&new_script);
    return good;
}

const struct format format_shell = {
    .name = "shell",
    .help = "shell scripts that run containers (docker, podman, nerdctl)",
    .recognise = recognise,
    .confirm = confirm,
    .scan = scan,
    .plan = plan,
    .verify = verify,
};
