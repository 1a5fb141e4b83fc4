#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/text/find.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* What ADOT each Python gets (FACTS.md); --pin writes it. */
static const struct {
    int minor; /* of Python 3, or later */
    const char *version;
} adot_versions[] = {{10, "0.21.0"}, {9, "0.17.1"}, {8, "0.9.0"}};

static char *package_name(const struct planner *planner) {
    const struct base_image *base = &planner->base;
    if (!planner->unit->settings->pin) return memory_copy(ADOT_PACKAGE);
    size_t row = 0;
    while (base->major == 3 && base->minor && row + 1 < array_length(adot_versions) &&
           base->minor < adot_versions[row].minor)
        row++;
    return memory_format(ADOT_PACKAGE "==%s", adot_versions[row].version);
}

static const char *ask_install(struct planner *planner, size_t offset, const char *text,
                               const char *candidate) {
    struct question *question;
    const char *answer =
        unit_ask(planner->unit, planner->service, "INSTALL", planner->document, text, &question);
    if (!question) return answer;
    if (candidate) question_candidate(question, candidate);
    question_candidate(question, "python3 -m pip install --no-cache-dir");
    question_candidate(question, "none");
    if (question->evidence_count == 0)
        question_evidence(question, &planner->document->source, offset,
                          planner->install ? planner->install->manager
                                           : planner->file->stages[planner->stage].base);
    return NULL;
}

/* In front of the start, but before a USER that may not install. */
static size_t install_anchor(const struct planner *planner) {
    const struct dockerfile *file = planner->file;
    const struct stage *stage = &file->stages[planner->stage];
    size_t anchor = plan_anchor(planner);
    size_t end = anchor == SIZE_MAX ? stage->end : anchor;
    size_t switched = SIZE_MAX;
    for (size_t i = stage->from; i < end; i++) {
        const struct instruction *user = &file->instructions[i];
        if (user->keyword != KEYWORD_USER) continue;
        const char *name = user->text + user->arguments.begin;
        size_t length = user->arguments.end - user->arguments.begin;
        bool root = (length >= 4 && strncmp(name, "root", 4) == 0) || (length >= 1 && *name == '0');
        if (root)
            switched = SIZE_MAX;
        else if (switched == SIZE_MAX)
            switched = i;
    }
    return switched == SIZE_MAX ? anchor : switched;
}

static void insert_behind(struct planner *planner, size_t index, const char *line, const char *why) {
    const struct source *source = &planner->document->source;
    const struct instruction *instruction = &planner->file->instructions[index];
    struct span indent;
    source_indent(source, instruction->span.begin, &indent);
    cleanup_free char *whole =
        memory_format("%.*s%s", (int)(indent.end - indent.begin), source->bytes + indent.begin, line);
    edits_insert_after(&planner->document->edits, planner->service, source, instruction->span.end - 1, whole,
                       why);
}

bool plan_install(struct planner *planner) {
    const struct install *install = planner->install;
    size_t offset = install
                        ? planner->file->instructions[install->instruction].span.begin
                        : planner->file->instructions[planner->file->stages[planner->stage].from].span.begin;
    const char *answer = unit_answer(planner->unit, planner->document, "INSTALL");
    const char *command = install                 ? install->command
                          : planner->base.has_pip ? "pip install --no-cache-dir "
                                                  : NULL;
    bool wheel =
        planner->unit->settings->shim_source == SHIM_WHEEL && planner->unit->settings->style == STYLE_SHIM;
    if (!answer && install && install->hashes)
        answer = ask_install(planner, offset, "packages are installed by hash only: how is ADOT to be added?",
                             "pip install --no-cache-dir");
    else if (!answer && !command)
        answer =
            ask_install(planner, offset,
                        install ? "which command installs a package into the environment that is made here?"
                                : "nothing here installs Python packages: which command does?",
                        NULL);
    if (!answer && (!command || (install && install->hashes))) return false;
    if (answer && strcmp(answer, "none") == 0) return true;
    if (!plan_pins(planner)) return false;
    const char *pinned = unit_answer(planner->unit, planner->document, "DEPENDENCIES");
    if (pinned && strcmp(pinned, "none") == 0) return true;
    if (install && planner->file->instructions[install->instruction].unfinished) {
        unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED, offset,
                    "the file ends in the middle of this instruction");
        return false;
    }
    cleanup_free char *package = package_name(planner);
    const char *reference = planner->unit->settings->shim_reference;
    bool remote = wheel && strstr(reference, "://");
    cleanup_free char *line = memory_format(
        "RUN %s%s%s%s%s%s%s", answer ? answer : command, answer && !text_ends(answer, " ") ? " " : "",
        package, wheel ? " '" : "", wheel && !remote ? "/tmp/" : "",
        wheel ? (remote ? reference : text_base_name(reference)) : "", wheel ? "'" : "");
    if (wheel && !remote) {
        cleanup_free char *copy = memory_format("COPY appsig/%s /tmp/", text_base_name(reference));
        cleanup_free char *both = memory_format("%s\n%s", copy, line);
        free(line);
        line = steal_pointer(&both);
    }
    const char *why = "install ADOT";
    if (install)
        insert_behind(planner, install->instruction, line, why);
    else
        insert_in_front(planner, install_anchor(planner), line, why);
    return true;
}

static bool declares_arch(const struct planner *planner, size_t before) {
    const struct stage *stage = &planner->file->stages[planner->stage];
    for (size_t i = stage->from; i < stage->end && i < before; i++) {
        const struct instruction *argument = &planner->file->instructions[i];
        if (argument->keyword == KEYWORD_ARG &&
            find_bytes(argument->text, argument->text_length, "TARGETARCH", 10))
            return true;
    }
    return false;
}

void plan_shim(struct planner *planner) {
    const struct settings *settings = planner->unit->settings;
    size_t anchor = plan_anchor(planner);
    if (settings->style == STYLE_GUIDE) return;
    if (settings->shim_source == SHIM_WHEEL) {
        if (!strstr(settings->shim_reference, "://"))
            dockerfile_put_wheel(planner->unit, planner->document, planner->context);
        return;
    }
    cleanup_free char *line = NULL;
    if (settings->shim_source == SHIM_IMAGE) {
        line = memory_format("COPY --from=%s /appsig-exec " SHIM_TARGET, settings->shim_reference);
    } else if (settings->shim_source == SHIM_URL) {
        const char *sign = strstr(settings->shim_reference, "#sha256=");
        line =
            memory_format("ADD --chmod=755 --checksum=sha256:%s %.*s " SHIM_TARGET, sign + strlen("#sha256="),
                          (int)(sign - settings->shim_reference), settings->shim_reference);
    } else {
        const char *only = dockerfile_only_platform(planner->unit);
        line = only ? memory_format("COPY appsig/appsig-exec-%s " SHIM_TARGET, only)
                    : memory_format("%sCOPY appsig/appsig-exec-${TARGETARCH:-amd64} " SHIM_TARGET,
                                    declares_arch(planner, anchor) ? "" : "ARG TARGETARCH\n");
        dockerfile_put_binaries(planner->unit, planner->document, planner->context);
    }
    insert_in_front(planner, anchor, line, "bring appsig-exec into the image");
}

static bool is_template(const struct source *source, const struct dockerfile *file, size_t *offset) {
    static const char *const endings[] = {".j2",       ".jinja", ".jinja2",   ".tmpl", ".tpl",
                                          ".template", ".erb",   ".mustache", ".in"};
    *offset = source->begin;
    for (size_t i = 0; i < array_length(endings); i++)
        if (text_ends(source->path, endings[i])) return true;
    const char *mark = find_text(source->bytes, source->length, "{%");
    if (!mark || !strstr(mark, "%}")) mark = NULL;
    bool doubled = !mark && find_text(source->bytes, source->length, "{{");
    if (doubled) mark = strstr(source->bytes, "{{cookiecutter.");
    for (size_t i = 0; doubled && !mark && file && i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        int keyword = (int)instruction->keyword;
        bool looks = keyword == KEYWORD_FROM || keyword == KEYWORD_CMD || keyword == KEYWORD_ENTRYPOINT ||
                     keyword == KEYWORD_UNKNOWN;
        const char *found = looks ? find_bytes(instruction->text, instruction->text_length, "{{", 2) : NULL;
        if (found)
            mark = source->bytes + instruction_offset(instruction, (size_t)(found - instruction->text));
    }
    if (mark) *offset = (size_t)(mark - source->bytes);
    return mark != NULL;
}

/* A stage that is built for tests or by hand, although it is the last: then another one may be meant. */
static const char *choose_stage(struct planner *planner) {
    static const char aside[] = "test tests testing dev develop development debug lint docs ci builder build";
    struct dockerfile *file = planner->file;
    struct document *document = planner->document;
    const struct stage *last = &file->stages[file->stage_count - 1];
    if (document->stage) return document->stage;
    const char *answer = unit_answer(planner->unit, document, "STAGE");
    if (answer || !last->name || !text_has_word(aside, last->name)) return answer;
    struct question *question = NULL;
    for (size_t i = 0; i + 1 < file->stage_count; i++) {
        struct start start;
        bool parent = false;
        for (size_t k = i + 1; k < file->stage_count; k++) parent |= file->stages[k].parent == (int)i;
        dockerfile_start(file, (int)i, &start);
        if (parent || !file->stages[i].name || (start.cmd == SIZE_MAX && start.entrypoint == SIZE_MAX))
            continue;
        if (!question)
            unit_ask(planner->unit, planner->service, "STAGE", document,
                     "which stage is the one that is shipped?", &question);
        if (!question) return NULL;
        question_candidate(question, file->stages[i].name);
        question_evidence(question, &document->source, file->instructions[file->stages[i].from].span.begin,
                          file->stages[i].name);
    }
    if (question) question_candidate(question, last->name);
    return question ? "" : NULL;
}

const char *plan_agent(struct planner *planner, size_t *offset) {
    struct dockerfile *file = planner->file;
    size_t at = planner->entrypoint.index != SIZE_MAX ? planner->entrypoint.index : planner->cmd.index;
    if (planner->launch.agent) {
        *offset = at == SIZE_MAX ? 0 : file->instructions[at].span.begin;
        return planner->launch.agent;
    }
    for (size_t i = 0; i < planner->installs.count; i++) {
        const struct install *install = &planner->installs.items[i];
        *offset = file->instructions[install->instruction].span.begin;
        if (install->agent) return install->agent;
    }
    const struct source *source = &planner->document->source;
    bool there = find_bytes(source->bytes, source->length, "appsig-exec", 11) != NULL;
    for (size_t i = 0; there && i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        if (!find_bytes(instruction->text, instruction->text_length, "appsig-exec", 11)) continue;
        *offset = instruction->span.begin;
        return "appsig-exec";
    }
    return NULL;
}

bool plan_is_foreign(const struct planner *planner) {
    bool python = planner->base.python || planner->launch.kind == LAUNCH_PYTHON || planner->install;
    return !python || (planner->launch.kind == LAUNCH_FOREIGN && !planner->document->started_by_links);
}

bool plan_started_elsewhere(const struct planner *planner) {
    bool nothing = planner->entrypoint.index == SIZE_MAX && planner->cmd.index == SIZE_MAX;
    enum launch_kind kind = planner->launch.kind;
    return planner->document->started_by_links &&
           (nothing || kind == LAUNCH_IDLE || kind == LAUNCH_TEST || kind == LAUNCH_FOREIGN);
}

static bool leave_alone(struct planner *planner) {
    struct unit *unit = planner->unit;
    struct document *document = planner->document;
    const struct launch *launch = &planner->launch;
    size_t at = planner->entrypoint.index != SIZE_MAX ? planner->entrypoint.index : planner->cmd.index;
    size_t offset = at == SIZE_MAX ? SIZE_MAX : planner->file->instructions[at].span.begin, agent_offset = 0;
    const char *agent = plan_agent(planner, &agent_offset);
    if (plan_is_foreign(planner))
        unit_note(unit, document, FINDING_NOT_PYTHON, offset, "no sign that this starts Python");
    else if (agent)
        unit_note(unit, document, FINDING_ALREADY, agent_offset, "instrumented already by %s", agent);
    else if (planner->base.lambda)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, offset, "an AWS Lambda image, which no host starts");
    else if ((launch->kind == LAUNCH_TEST || launch->kind == LAUNCH_IDLE) &&
             !planner->document->started_by_links)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, offset, "starts no app");
    else if (planner->base.major == 2)
        unit_refuse(unit, document, FINDING_UNSUPPORTED, planner->file->instructions[0].span.begin,
                    "there is no ADOT for Python 2");
    else
        return false;
    return true;
}

static bool is_ignored(struct planner *planner) {
    const struct dockerfile *file = planner->file;
    bool ignored = file->ignored;
    for (size_t i = 0; i < file->count; i++) {
        bool own = i == planner->entrypoint.index || i == planner->cmd.index ||
                   (planner->install && i == planner->install->instruction);
        ignored |= own && file->instructions[i].ignored;
    }
    if (ignored)
        unit_note(planner->unit, planner->document, FINDING_IGNORED, SIZE_MAX, "told to be left alone");
    return ignored;
}

/* No CMD and no ENTRYPOINT: what is started comes from the base image, or from who runs it. */
static void plan_without_start(struct planner *planner) {
    struct question *question = NULL;
    const char *answer = "none";
    if (!plan_started_elsewhere(planner))
        answer = unit_ask(
            planner->unit, planner->service, "COMMAND", planner->document,
            "no CMD or ENTRYPOINT: which CMD starts the app (\"none\": whoever runs it says so)?", &question);
    if (question && question->evidence_count == 0) {
        const struct stage *stage = &planner->file->stages[planner->stage];
        question_evidence(question, &planner->document->source,
                          planner->file->instructions[stage->from].span.begin, stage->base);
        question_candidate(question, "none");
    }
    if (!answer || !plan_install(planner)) return;
    plan_shim(planner);
    if (strcmp(answer, "none") == 0) return;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    cleanup_free char *lines =
        guide ? memory_format("CMD %s", answer)
              : memory_format(
                    "# appsig-patch: the next 2 lines are new\nENTRYPOINT [\"appsig-exec\", \"--\"]\nCMD %s",
                    answer);
    insert_in_front(planner, SIZE_MAX, lines, "start the app through appsig-exec");
}

static void plan_with_start(struct planner *planner) {
    size_t before = planner->unit->questions.count;
    bool already;
    if (!plan_start(planner, true) || !plan_install(planner)) return;
    bool scripted = planner->unit->questions.count == before && plan_entry_script(planner, &already);
    if (scripted && already) {
        edits_free(&planner->document->edits);
        return;
    }
    plan_shim(planner);
    if (scripted) return;
    plan_hook(planner, NULL);
    plan_start(planner, false);
}

bool read_stage(struct planner *planner, const char *name) {
    struct dockerfile *file = planner->file;
    planner->stage = name ? dockerfile_stage_named(file, name) : (int)file->stage_count - 1;
    if (planner->stage == NO_STAGE) return false;
    int outer = planner->stage;
    while (file->stages[outer].parent != NO_STAGE) outer = file->stages[outer].parent;
    base_image_of(file->stages[outer].base, &planner->base);
    dockerfile_installs(file, &planner->installs);
    planner->install = dockerfile_install_for(file, &planner->installs, planner->stage);
    read_start(planner);
    return true;
}

static void plan_service(struct planner *planner) {
    const char *stage = choose_stage(planner);
    if (stage && !*stage) return;
    if (!read_stage(planner, stage)) {
        unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED, SIZE_MAX, "there is no stage '%s'",
                    stage);
        return;
    }
    if (leave_alone(planner) || is_ignored(planner)) return;
    planner->context = dockerfile_context(planner->unit, planner->document, planner->file);
    bool nothing = planner->entrypoint.index == SIZE_MAX && planner->cmd.index == SIZE_MAX;
    if (nothing || plan_started_elsewhere(planner))
        plan_without_start(planner);
    else
        plan_with_start(planner);
    free(planner->context);
}

void dockerfile_plan(struct unit *unit, struct document *document) {
    struct dockerfile *file = document->model;
    struct planner planner = {.unit = unit, .document = document, .file = file};
    size_t offset = 0;
    bool all_known = true;
    for (size_t i = 0; i < file->count; i++)
        if (all_known && file->instructions[i].keyword == KEYWORD_UNKNOWN) {
            all_known = false;
            offset = file->instructions[i].span.begin;
        }
    if (!document->service) document->service = unit_service(unit, document->shown);
    planner.service = document->service;
    size_t mark;
    if (is_template(&document->source, file, &mark))
        unit_refuse(unit, document, FINDING_TEMPLATE, mark, "a template: patch what it is rendered from");
    else if (!all_known)
        unit_refuse(unit, document, FINDING_SYNTAX, offset, "an instruction that Docker does not know");
    else if (file->stage_count == 0)
        unit_refuse(unit, document, FINDING_SYNTAX, SIZE_MAX, "no FROM");
    else if (unit->settings->remove)
        plan_removal(&planner);
    else
        plan_service(&planner);
}
