#include "dockerfile-patcher/script/docker_run.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/docker_options.h"
#include "dockerfile-patcher/text/find.h"

static const char ignore_sign[] = "appsig-ignore";

bool docker_run_mentioned(const char *bytes, size_t length) {
    static const char *const programs[] = {"docker", "podman", "nerdctl",  "finch",
                                           "DOCKER", "PODMAN", "CONTAINER"};
    static const char *const words[] = {"run", "create", "start", "compose"};
    bool program = false, word = false;
    for (size_t i = 0; i < array_length(programs) && !program; i++)
        program = find_text(bytes, length, programs[i]) != NULL;
    for (size_t i = 0; i < array_length(words) && program && !word; i++)
        word = find_text(bytes, length, words[i]) != NULL;
    return word;
}

static void note(struct docker_planner *planner, struct docker_subject *subject, enum finding_id id,
                 const char *message) {
    unit_note(planner->unit, planner->document, id, docker_subject_offset(planner, subject), "%s", message);
    subject->aside = true;
}

static bool is_comment_with(const struct script_line *line, const char *sign) {
    size_t at = 0;
    while (at < line->length && strchr(" \t", line->text[at])) at++;
    if (at >= line->length || line->text[at] != '#') return false;
    return !*sign || find_text(line->text + at, line->length - at, sign);
}

/* In the comment at the script's head, in that above the command, or behind it. */
static bool is_ignored(const struct docker_planner *planner, const struct docker_subject *subject) {
    const struct script *script = planner->script;
    const struct command *command = &planner->commands.items[subject->run.command];
    struct script_place first, last;
    for (size_t i = 1;
         i <= script->count && script_line(script, i)->length && script_line(script, i)->text[0] == '#'; i++)
        if (is_comment_with(script_line(script, i), ignore_sign)) return true;
    commands_place(&planner->commands, command->layer, command->shell->span.begin, &first);
    commands_place(&planner->commands, command->layer, command->shell->span.end, &last);
    for (size_t line = first.line; line > 1 && is_comment_with(script_line(script, line - 1), ""); line--)
        if (is_comment_with(script_line(script, line - 1), ignore_sign)) return true;
    const struct script_line *end = script_line(script, last.line);
    if (last.offset >= end->length) return false;
    const char *comment = find_text(end->text + last.offset, end->length - last.offset, "#");
    return comment && find_text(comment, end->length - (size_t)(comment - end->text), ignore_sign);
}

/* Runs to its end while somebody waits for it, and leaves nothing behind. */
static bool is_job(const struct docker_run *run) {
    bool stays = docker_option(run, "--detach") || docker_option(run, "--restart") || run->created;
    bool serves = docker_option(run, "--publish") || docker_option(run, "--publish-all");
    bool waits = docker_option(run, "--rm") || docker_option(run, "-i") ||
                 docker_option(run, "--interactive") || docker_option(run, "-t") ||
                 docker_option(run, "--entrypoint");
    return !stays && !serves && waits;
}

static void look(struct docker_planner *planner, struct docker_subject *subject) {
    const struct docker_run *run = &subject->run;
    if (run->image == SIZE_MAX) {
        note(planner, subject, FINDING_NOT_A_SERVICE, "no image is named here");
        return;
    }
    subject->image = run->arguments[run->image].value;
    const struct docker_option *name = docker_option(run, "--name");
    subject->name = name ? name->value : NULL;
    if (is_ignored(planner, subject)) {
        note(planner, subject, FINDING_IGNORED, "told to be left alone");
        return;
    }
    bool hidden = strpbrk(subject->image, "$\x01") && subject->name && image_is_foreign(subject->name);
    if (hidden || image_kind_of(subject->image) == IMAGE_FOREIGN) {
        note(planner, subject, FINDING_NOT_A_SERVICE, "a well-known image that is no Python app");
        return;
    }
    docker_link(planner, subject);
    enum launch_kind kind = subject->linked.launch.kind;
    if (is_job(run) || kind == LAUNCH_TEST || kind == LAUNCH_IDLE)
        note(planner, subject, FINDING_NOT_A_SERVICE, "runs a job, and no service");
    else if (subject->python == PYTHON_NO)
        note(planner, subject, FINDING_NOT_PYTHON, "no sign that the image starts Python");
}

static void read_runs(struct docker_planner *planner) {
    const char *image = script_answer(planner->unit, planner->script, "IMAGE_URI");
    planner->subjects = memory_zeroed(planner->commands.count + 1, sizeof *planner->subjects);
    for (size_t i = 0; i < planner->commands.count; i++) {
        struct docker_subject *subject = &planner->subjects[planner->count];
        if (!docker_run_read(&planner->commands, i, NULL, &subject->run)) continue;
        if (subject->run.unsure && image) {
            struct docker_run answered;
            docker_run_read(&planner->commands, i, image, &answered);
            if (answered.image != SIZE_MAX) subject->run = answered;
        }
        planner->count++;
    }
}

/* The container's name, else its image; with the line where another run has the same. */
static char *label_of(const struct docker_planner *planner, const struct docker_subject *subject) {
    const char *plain = subject->name && !strpbrk(subject->name, "$`\x01") ? subject->name : subject->image;
    cleanup_free char *shown = script_shown(planner->script, plain, strlen(plain));
    for (size_t i = 0; i < planner->count; i++) {
        const struct docker_subject *other = &planner->subjects[i];
        if (other == subject || other->aside || !text_equal(other->name, subject->name) ||
            image_equal(other->image, subject->image))
            continue;
        struct place place;
        source_place(&planner->document->source, docker_subject_offset(planner, subject), &place);
        return memory_format("%s:%zu", shown, place.line);
    }
    return steal_pointer(&shown);
}

static bool is_answered(const struct docker_planner *planner, const struct docker_subject *subject,
                        const char *answer) {
    cleanup_free char *label = label_of(planner, subject);
    return strcmp(label, answer) == 0 || strcmp(subject->image, answer) == 0;
}

static const char *ask_run(struct docker_planner *planner) {
    struct question *question;
    const char *answer = script_ask(
        planner->unit, planner->script, "RUN",
        "which of the containers that are run here is the Python app (\"none\": none is)?", &question);
    if (!question || question->evidence_count) return answer;
    for (size_t i = 0; i < planner->count; i++) {
        struct docker_subject *subject = &planner->subjects[i];
        if (subject->aside) continue;
        cleanup_free char *label = label_of(planner, subject);
        cleanup_free char *image = script_shown(planner->script, subject->image, strlen(subject->image));
        bool there = false;
        for (size_t k = 0; k < question->candidate_count; k++)
            there |= strcmp(question->candidates[k], label) == 0;
        if (!there) question_candidate(question, label);
        question_evidence(question, &planner->document->source, docker_subject_offset(planner, subject),
                          image);
    }
    question_candidate(question, "none");
    return NULL;
}

/* Runs of the same image are one service, started in several places. */
static size_t count_images(const struct docker_planner *planner, const struct docker_subject **one) {
    size_t count = 0;
    *one = NULL;
    for (size_t i = 0; i < planner->count; i++) {
        if (planner->subjects[i].aside) continue;
        bool known = false;
        for (size_t k = 0; k < i; k++)
            known |= !planner->subjects[k].aside &&
                     image_equal(planner->subjects[k].image, planner->subjects[i].image);
        count += !known;
        if (!*one) *one = &planner->subjects[i];
    }
    return count;
}

/* The image whose runs are to be changed; NULL: none, *outcome says why. */
static const char *choose(struct docker_planner *planner, enum docker_outcome *outcome) {
    const struct docker_subject *one;
    size_t count = count_images(planner, &one);
    *outcome = DOCKER_NOTHING;
    if (count == 0) return NULL;
    if (count == 1 && (one->python == PYTHON_YES || planner->facts->boot)) return one->image;
    const char *answer = ask_run(planner);
    if (!answer) {
        *outcome = DOCKER_HELD;
        return NULL;
    }
    const char *image = NULL;
    for (size_t i = 0; i < planner->count && !image; i++)
        if (!planner->subjects[i].aside && is_answered(planner, &planner->subjects[i], answer))
            image = planner->subjects[i].image;
    if (!image && strcmp(answer, "none") != 0) {
        unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED,
                    docker_subject_offset(planner, one), "no container is run here that RUN could mean");
        *outcome = DOCKER_HELD;
    }
    return image;
}

static bool ask_image(struct docker_planner *planner, const struct docker_subject *subject) {
    if (!subject->run.unsure) return true;
    struct question *question;
    const struct docker_run *run = &subject->run;
    script_ask(planner->unit, planner->script, "IMAGE_URI", "which word of this command is the image?",
               &question);
    if (!question || question->evidence_count) return false;
    for (size_t i = run->image; i < run->count; i++)
        question_candidate(question, run->arguments[i].word->value);
    question_evidence(question, &planner->document->source, docker_subject_offset(planner, subject),
                      subject->image);
    return false;
}

static enum docker_outcome plan_one(struct docker_planner *planner, struct docker_subject *subject) {
    const char *agent = docker_agent(subject);
    if (subject->document) {
        if (!subject->document->service) subject->document->service = planner->script->service;
        service_join(planner->script->service, subject->document->service);
    }
    if (!agent) {
        if (planner->facts->before && !planner->told) planner->facts->before(planner->facts->data);
        planner->told = true;
        return docker_plan_options(planner, subject);
    }
    cleanup_free char *message = memory_format("instrumented already by %s", agent);
    note(planner, subject, FINDING_ALREADY, message);
    return DOCKER_OTHER;
}

/* A container that is only started keeps the options that it was created with. */
static void tell_starts(struct docker_planner *planner) {
    for (size_t i = 0; i < planner->commands.count; i++) {
        const struct command *command = &planner->commands.items[i];
        const char *engine;
        size_t at;
        if (docker_verb_of(&planner->commands, command, &at, &engine) != DOCKER_START || at >= command->count)
            continue;
        const char *name = command->vector[command->count - 1];
        bool created = false;
        for (size_t k = 0; k < planner->count; k++) created |= text_equal(planner->subjects[k].name, name);
        cleanup_free char *shown = script_shown(planner->script, name, strlen(name));
        unit_note(
            planner->unit, planner->document, FINDING_HINT,
            commands_source_offset(&planner->commands, command->layer, command->words[0].span.begin),
            created ? "container '%s' has to be removed once, or it is started with the options that it was "
                      "created with"
                    : "container '%s' is created elsewhere: that is the line to change",
            shown);
    }
}

static enum docker_outcome plan_all(struct docker_planner *planner) {
    enum docker_outcome outcome;
    for (size_t i = 0; i < planner->count; i++) look(planner, &planner->subjects[i]);
    for (size_t i = 0; i < planner->count; i++)
        if (!planner->subjects[i].aside && !ask_image(planner, &planner->subjects[i])) return DOCKER_HELD;
    const char *image = choose(planner, &outcome);
    for (size_t i = 0; i < planner->count && image; i++) {
        struct docker_subject *subject = &planner->subjects[i];
        if (subject->aside || !image_equal(subject->image, image)) continue;
        planner->agent = NULL;
        enum docker_outcome one = plan_one(planner, subject);
        if (one > outcome) outcome = one;
    }
    if (outcome != DOCKER_NOTHING || planner->count == 0) tell_starts(planner);
    return outcome;
}

static enum docker_outcome remove_all(struct docker_planner *planner) {
    enum docker_outcome outcome = DOCKER_NOTHING;
    for (size_t i = 0; i < planner->count; i++)
        if (planner->subjects[i].run.image != SIZE_MAX && docker_remove(planner, &planner->subjects[i]))
            outcome = DOCKER_PLANNED;
    return outcome;
}

enum docker_outcome docker_run_plan(struct unit *unit, struct script *script,
                                    const struct docker_run_facts *facts) {
    struct docker_planner planner = {
        .unit = unit, .script = script, .document = script->document, .facts = facts};
    commands_read(&planner.commands, script);
    read_runs(&planner);
    enum docker_outcome outcome = unit->settings->remove ? remove_all(&planner) : plan_all(&planner);
    for (size_t i = 0; i < planner.count; i++) {
        free(planner.subjects[i].dockerfile);
        free(planner.subjects[i].context);
    }
    free(planner.subjects);
    commands_free(&planner.commands);
    return outcome;
}
