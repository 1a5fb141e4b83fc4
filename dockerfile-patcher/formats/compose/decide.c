#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/formats/dockerfile/base.h"
#include "dockerfile-patcher/text/find.h"
#include "dockerfile-patcher/text/shell.h"

static void start_of(const struct compose_subject *subject, struct linked_start *start) {
    static const char *const nothing[] = {NULL};
    const struct compose_words *entrypoint = &subject->entrypoint, *command = &subject->command;
    *start = (struct linked_start){.entrypoint_count = entrypoint->count, .command_count = command->count};
    if (entrypoint->form != WORDS_UNSET) start->entrypoint = entrypoint->count ? entrypoint->words : nothing;
    if (command->form != WORDS_UNSET) start->command = command->count ? command->words : nothing;
}

/* The server in the text of `sh -c`: the last command that runs Python. *agent: what instruments it already. */
static bool find_inner(struct arena *arena, const char *text, struct compose_wrap *wrap, const char **agent,
                       struct compose_inner *inner) {
    struct shell_script script;
    bool found = false;
    shell_parse(arena, text, strlen(text), &script);
    for (size_t i = 0; i < script.command_count && !script.broken; i++) {
        const struct shell_command *command = &script.commands[i];
        struct launch one;
        if (command->count == 0) continue;
        const char **words = shell_vector(arena, &script, command);
        launch_recognise(words, command->count, &one);
        if (one.agent) *agent = one.agent;
        if (one.kind != LAUNCH_PYTHON) continue;
        found = true;
        *inner = (struct compose_inner){words, command->count, &script.words[command->first],
                                        hook_is_moved(&script, i), one};
        wrap->inner = true;
        wrap->inner_at = script.words[command->first + one.prefix].span.begin;
        wrap->inner_end = script.words[command->first + command->count - 1].span.end;
        wrap->noreload = one.server && strcmp(one.server, "runserver") == 0;
        for (size_t k = 0; k < command->count; k++) wrap->noreload &= strcmp(words[k], "--noreload") != 0;
    }
    return found;
}

/* Guide only: what the wrapper or the reloader would make of the server's own options. */
static void find_options(struct compose_wrap *wrap, const struct launch *launch) {
    const struct compose_words *words = wrap->words;
    const char *server = launch->server ? launch->server : "";
    wrap->noreload = strcmp(server, "runserver") == 0;
    for (size_t i = wrap->at; i < words->count; i++) {
        const char *word = words->words[i];
        if (strcmp(word, "--noreload") == 0) wrap->noreload = false;
        bool config = strcmp(server, "gunicorn") == 0 && text_starts(word, "--config");
        if (config && (word[8] == '\0' || word[8] == '=')) wrap->config = i;
    }
}

/* Where the launcher goes: in the words of the compose file, or nowhere as the image has it. */
static void place_launcher(struct compose_planner *planner, struct compose_subject *subject) {
    const struct linked_image *image = &subject->image;
    struct compose_wrap *wrap = &subject->wrap;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    size_t at = image->launch.prefix, first = subject->entrypoint.count;
    if (image->carries || image->own == 0 || at < image->lead) return;
    at -= image->lead;
    bool in_command = subject->command.count && (at > first || first == 0 || (guide && at == first));
    *wrap = (struct compose_wrap){.words = in_command ? &subject->command : &subject->entrypoint,
                                  .at = in_command ? at - first : at,
                                  .config = SIZE_MAX};
    subject->wrapped = wrap->at <= wrap->words->count;
    if (guide) find_options(wrap, &image->launch);
}

static void look_inside(struct compose_planner *planner, struct compose_subject *subject) {
    struct linked_image *image = &subject->image;
    struct compose_inner *inner = &subject->inner;
    struct compose_wrap wrap = {.config = SIZE_MAX};
    size_t text = image->launch.text;
    if (image->launch.kind != LAUNCH_SHELL || text < image->lead || text >= image->lead + image->own) return;
    if (!find_inner(&planner->compose->yaml.arena, image->words[text], &wrap, &image->agent, inner)) return;
    size_t first = subject->entrypoint.count;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    text -= image->lead;
    wrap.words = text >= first ? &subject->command : &subject->entrypoint;
    wrap.at = text >= first ? text - first : text;
    image->launch.server = inner->launch.server;
    if (guide && compose_inner_offset(wrap.words, wrap.at, wrap.inner_at) != SIZE_MAX) subject->wrap = wrap;
}

void compose_follow_words(struct compose_planner *planner, struct compose_subject *subject) {
    const struct linked_image *image = &subject->image;
    size_t at = image->launch.command, end = image->lead + image->own;
    look_inside(planner, subject);
    while (at < end && text_has_word("sh bash dash ash", text_base_name(image->words[at]))) at++;
    if (image->launch.kind != LAUNCH_SCRIPT || at < image->lead || at >= end) return;
    subject->script = dockerfile_linked_script(planner->unit, subject->dockerfile, subject->build.context,
                                               image->words[at], &subject->entry);
    if (subject->script && subject->entry.agent) subject->image.agent = subject->entry.agent;
}

/* Another service of the file may build the image that this one only names. */
static bool find_build(struct compose_planner *planner, struct compose_subject *subject) {
    const char *image = yaml_text(compose_value(planner->unit, subject->service, "image", NULL));
    if (compose_build_of(planner->unit, subject->service, &subject->build)) return true;
    for (size_t i = 0; image && i < planner->compose->count; i++) {
        const struct compose_service *other = &planner->compose->services[i];
        const char *named = yaml_text(compose_value(planner->unit, other, "image", NULL));
        if (other == subject->service || !named || strcmp(named, image) != 0) continue;
        if (compose_build_of(planner->unit, other, &subject->build)) return true;
    }
    return false;
}

static void note(struct compose_planner *planner, const struct compose_subject *subject, enum finding_id id,
                 const char *message) {
    if (!planner->unit->settings->remove)
        unit_note(planner->unit, planner->document, id, subject->service->key->span.begin, "service '%s' %s",
                  subject->service->name, message);
}

/* A service whose image is made elsewhere: to be said only where it is sure to be Python. */
static void leave_unbuilt(struct compose_planner *planner, struct compose_subject *subject) {
    const char *name = yaml_text(compose_value(planner->unit, subject->service, "image", NULL));
    struct base_image base;
    struct launch launch;
    base_image_of(name ? name : "", &base);
    const struct compose_words *words = subject->entrypoint.count ? &subject->entrypoint : &subject->command;
    launch_recognise(words->words, words->count, &launch);
    bool python = base.python || launch.kind == LAUNCH_PYTHON;
    if (python && launch.kind != LAUNCH_TEST && launch.kind != LAUNCH_IDLE && !launch.agent)
        note(planner, subject, FINDING_HINT,
             "runs Python, and the Dockerfile of its image is not here: ADOT has to be in it");
}

static bool says_python(const struct compose_subject *subject) {
    const char *text = yaml_text(yaml_find((struct yaml_node *)subject->build.place, "dockerfile_inline"));
    return text && (strstr(text, "python") || strstr(text, "pip"));
}

static bool find_dockerfile(struct compose_planner *planner, struct compose_subject *subject) {
    if (!find_build(planner, subject)) {
        leave_unbuilt(planner, subject);
        return false;
    }
    if (subject->build.inlined) {
        if (says_python(subject) && !planner->unit->settings->remove)
            compose_refuse(planner, subject, subject->build.place, "a Dockerfile inside the compose file");
        return false;
    }
    const char *path = subject->build.dockerfile;
    subject->dockerfile = path ? unit_find(planner->unit, path) : NULL;
    if (subject->dockerfile) return true;
    if (path && unit_has_file(planner->unit, path))
        note(planner, subject, FINDING_HINT,
             "is built from a Dockerfile that is not among the files of this run: both are to be patched");
    else
        leave_unbuilt(planner, subject);
    return false;
}

/* What is started, instrumented already or no app is left alone, and that is said. */
static bool is_left_alone(struct compose_planner *planner, struct compose_subject *subject) {
    const struct linked_image *image = &subject->image;
    enum launch_kind kind = image->launch.kind;
    if (!image->python) return true;
    if (image->agent) {
        cleanup_free char *message = memory_format("is instrumented already by %s", image->agent);
        note(planner, subject, FINDING_ALREADY, message);
    } else if (kind == LAUNCH_TEST || kind == LAUNCH_IDLE || kind == LAUNCH_FOREIGN) {
        note(planner, subject, FINDING_NOT_A_SERVICE, "starts no app");
    } else if (image->other_stage) {
        note(planner, subject, FINDING_HINT,
             "is built from another stage of the Dockerfile than the patched one");
    } else {
        return false;
    }
    return true;
}

bool compose_read_subject(struct compose_planner *planner, struct compose_subject *subject) {
    struct unit *unit = planner->unit;
    const struct compose_service *service = subject->service;
    struct arena *arena = &planner->compose->yaml.arena;
    bool readable = compose_words(unit, arena, service, "entrypoint", &subject->entrypoint) &&
                    compose_words(unit, arena, service, "command", &subject->command);
    if (!find_dockerfile(planner, subject)) return false;
    struct linked_start start;
    start_of(subject, &start);
    if (!dockerfile_linked(unit, subject->dockerfile, subject->build.target, &start, &subject->image))
        return false;
    subject->engine = subject->dockerfile->service;
    if (!subject->engine) subject->engine = subject->dockerfile->service = unit_service(unit, service->name);
    if (readable || !subject->image.python) return readable;
    compose_refuse(planner, subject, service->key, "a command that is neither text nor a list of texts");
    return false;
}

void compose_decide(struct compose_planner *planner, struct compose_subject *subject) {
    if (subject->service->ignored) {
        note(planner, subject, FINDING_IGNORED, "is told to be left alone");
        return;
    }
    if (!compose_read_subject(planner, subject)) return;
    place_launcher(planner, subject);
    compose_follow_words(planner, subject);
    subject->wanted = !is_left_alone(planner, subject);
}
