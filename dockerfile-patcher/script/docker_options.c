#include "dockerfile-patcher/script/docker_options.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/django.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/text/shell_quote.h"

/* Variables that only another agent reads. */
static const struct {
    const char *prefix;
    const char *agent;
} agent_variables[] = {
    {"DD_", "ddtrace"},          {"NEW_RELIC_", "newrelic"},
    {"SPLUNK_", "splunk"},       {"ELASTIC_APM_", "elastic-apm"},
    {"SW_AGENT_", "skywalking"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "an OpenTelemetry endpoint of its own"},
};

const char *docker_agent(const struct docker_subject *subject) {
    static const char ours[] = "appsig-exec ADOT OpenTelemetry";
    for (size_t i = 0; i < subject->run.option_count; i++) {
        const struct docker_option *option = &subject->run.options[i];
        if (!option->value || (strcmp(option->name, "-e") != 0 && strcmp(option->name, "--env") != 0))
            continue;
        for (size_t k = 0; k < array_length(agent_variables); k++)
            if (text_starts(option->value, agent_variables[k].prefix)) return agent_variables[k].agent;
    }
    const char *agent = subject->is_linked ? subject->linked.agent : NULL;
    if (!agent) agent = subject->linked.launch.agent;
    return agent && !text_has_word(ours, agent) ? agent : NULL;
}

/* NAME= at the begin of a line of a file of --env-file. */
static bool in_environment_file(const struct docker_planner *planner, const struct docker_subject *subject,
                                const char *name) {
    cleanup_free char *here = text_directory(planner->document->source.path);
    const char *bases[] = {here, planner->unit->root};
    for (size_t i = 0; i < subject->run.option_count; i++) {
        const struct docker_option *option = &subject->run.options[i];
        if (strcmp(option->name, "--env-file") != 0 || !option->value) continue;
        for (size_t k = 0; k < array_length(bases); k++) {
            cleanup_free char *path = text_join_path(bases[k], option->value);
            const struct source *source = unit_look(planner->unit, path);
            size_t length = strlen(name);
            for (const char *at = source ? source->bytes : NULL; at && *at;) {
                if (strncmp(at, name, length) == 0 && strchr("=\r\n", at[length])) return true;
                at = strchr(at, '\n');
                if (at) at++;
            }
            if (source) break;
        }
    }
    return false;
}

static const char *image_variable(const struct docker_subject *subject, const char *name) {
    return subject->is_linked ? dockerfile_linked_variable(subject->document, subject->target, name) : NULL;
}

static bool is_set(const struct docker_planner *planner, const struct docker_subject *subject,
                   const char *name) {
    return docker_variable(&subject->run, name) || in_environment_file(planner, subject, name) ||
           image_variable(subject, name);
}

/* What the run or its image says of the service's name; in the arena, NULL where nothing does. */
static const char *known_name(struct docker_planner *planner, const struct docker_subject *subject) {
    static const char *const names[] = {"OTEL_SERVICE_NAME", "SERVICE_NAME"};
    for (size_t i = 0; i < array_length(names); i++) {
        const char *value = docker_variable(&subject->run, names[i]);
        if (!value) value = image_variable(subject, names[i]);
        if (value && *value) return value;
    }
    const char *attributes = docker_variable(&subject->run, "OTEL_RESOURCE_ATTRIBUTES");
    if (!attributes) attributes = image_variable(subject, "OTEL_RESOURCE_ATTRIBUTES");
    const char *name = attributes ? strstr(attributes, "service.name=") : NULL;
    if (!name) return NULL;
    name += strlen("service.name=");
    size_t length = strcspn(name, ",");
    return length ? arena_copy(&planner->commands.arena, name, length) : NULL;
}

static void add_clues(const struct docker_planner *planner, const struct docker_subject *subject,
                      struct question *question) {
    const struct machine *machine = planner->facts->machine;
    const struct source *source = &planner->document->source;
    size_t offset = docker_subject_offset(planner, subject);
    cleanup_free char *base = image_base_name(subject->image);
    if (subject->name && !strpbrk(subject->name, "$`\x01")) {
        question_candidate(question, subject->name);
        question_evidence(question, source, offset, subject->name);
    }
    if (*base && !strpbrk(base, "$`\x01") && !text_equal(base, subject->name)) {
        question_candidate(question, base);
        if (!question->evidence_count) question_evidence(question, source, offset, base);
    }
    for (size_t i = 0; machine && i < machine->name_count; i++) {
        const struct clue *clue = &machine->names[i];
        cleanup_free char *shown = script_shown(planner->script, clue->value, strlen(clue->value));
        if (!strpbrk(clue->value, "$\x01")) question_candidate(question, clue->value);
        question_evidence(question, &clue->document->source, clue->offset, shown);
    }
    cleanup_free char *shown = script_shown(planner->script, subject->image, strlen(subject->image));
    if (!question->evidence_count) question_evidence(question, source, offset, shown);
}

static const char *determine(const struct docker_planner *planner, const char *name, const char *from,
                             const struct document *document, size_t offset) {
    cleanup_free char *shown = script_shown(planner->script, name, strlen(name));
    findings_add(&planner->unit->findings, FINDING_DETERMINED, &document->source, NULL, offset,
                 "SERVICE_NAME is '%s', from %s", shown, from);
    return name;
}

/* On a machine of its own the app has the container's name, the machine's or the image's, whichever says which one it
 * is; NULL where none does. */
static const char *determined_name(struct docker_planner *planner, const struct docker_subject *subject) {
    const struct machine *machine = planner->facts->machine;
    size_t offset = docker_subject_offset(planner, subject);
    cleanup_free char *base = image_base_name(subject->image);
    if (!planner->facts->boot) return NULL;
    if (subject->name && !name_is_role(subject->name) && !strpbrk(subject->name, "$`"))
        return determine(planner, subject->name, "the container's name", planner->document, offset);
    if (machine && machine->name_count) {
        const struct clue *clue = &machine->names[0];
        const struct document *document = clue->document ? clue->document : planner->document;
        return determine(planner, clue->value, "the machine's name", document, clue->offset);
    }
    if (name_is_role(base) || strpbrk(base, "$`\x01")) return NULL;
    const char *name = arena_copy(&planner->commands.arena, base, strlen(base));
    return determine(planner, name, "the image's name", planner->document, offset);
}

static const char *service_name(struct docker_planner *planner, struct docker_subject *subject) {
    struct question *question;
    const char *known = known_name(planner, subject);
    if (!known && !script_answer(planner->unit, planner->script, "SERVICE_NAME"))
        known = determined_name(planner, subject);
    if (known) return known;
    const char *answer = script_ask(planner->unit, planner->script, "SERVICE_NAME",
                                    "which name is the service to have in Application Signals?", &question);
    if (question && !question->evidence_count) add_clues(planner, subject, question);
    return answer;
}

/* The container's port of the only mapping; in the arena. */
static const char *port_of(struct docker_planner *planner, const struct docker_subject *subject) {
    const struct docker_run *run = &subject->run;
    const char *found = NULL;
    size_t mappings = 0;
    for (size_t i = 0; i < run->option_count; i++) {
        const struct docker_option *option = &run->options[i];
        bool equal;
        cleanup_free char *container = NULL;
        if (!option->value || (strcmp(option->name, "-p") != 0 && strcmp(option->name, "--publish") != 0))
            continue;
        mappings++;
        docker_port(option->value, &equal, &container);
        if (container && !strchr(container, '-'))
            found = arena_copy(&planner->commands.arena, container, strlen(container));
    }
    return mappings == 1 ? found : NULL;
}

/* Step 4a of the guide. False where it is asked; *settings is owned by the caller. */
static bool django_settings(struct docker_planner *planner, struct docker_subject *subject, char **settings) {
    struct deployed deployed = {.unit = planner->unit,
                                .near = subject->context ? subject->context : planner->unit->root};
    struct django django = {0};
    const struct linked_image *linked = &subject->linked;
    *settings = NULL;
    if (planner->unit->settings->style != STYLE_GUIDE || !subject->is_linked ||
        is_set(planner, subject, "DJANGO_SETTINGS_MODULE"))
        return true;
    django_of_command(&deployed, linked->words, linked->count, &django);
    *settings = django.settings;
    if (!django.certain || django.settings) return true;
    struct question *question;
    const char *answer = script_ask(planner->unit, planner->script, "DJANGO_SETTINGS_MODULE",
                                    "which module holds Django's settings?", &question);
    if (question && !question->evidence_count)
        question_evidence(question, &planner->document->source, docker_subject_offset(planner, subject),
                          subject->image);
    if (answer) *settings = memory_copy(answer);
    return answer != NULL;
}

/* A hole of the host stands as it stands elsewhere in the command: bare. */
static bool is_bare(const char *value) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,\x01\x02";
    return *value && strchr(value, SCRIPT_HOLE_BEGIN) && value[strspn(value, letters)] == '\0';
}

static void add_option(struct strings *options, const char *name, const char *value) {
    cleanup_text struct text text = {0};
    bool live = strchr(value, '$') && !strpbrk(value, "\"`\\ ");
    if (live) {
        text_add_format(&text, "-e \"%s=%s\"", name, value);
    } else if (is_bare(value)) {
        text_add_format(&text, "-e %s=%s", name, value);
    } else {
        cleanup_free char *whole = memory_format("%s=%s", name, value);
        text_add(&text, "-e ");
        shell_quote(&text, whole);
    }
    strings_add(options, text.bytes);
}

static void add_variables(struct docker_planner *planner, struct docker_subject *subject,
                          const struct variable_facts *facts, struct strings *options) {
    const struct variable_row *row;
    for (size_t at = 0; (row = variables_next(facts, &at));) {
        if (is_set(planner, subject, row->name)) continue;
        cleanup_free char *value = variable_value(row, facts);
        add_option(options, row->name, value);
    }
}

static void hint(struct docker_planner *planner, const struct docker_subject *subject, const char *message) {
    unit_note(planner->unit, planner->document, FINDING_HINT, docker_subject_offset(planner, subject), "%s",
              message);
}

static void tell_image(struct docker_planner *planner, const struct docker_subject *subject) {
    cleanup_free char *image = script_shown(planner->script, subject->image, strlen(subject->image));
    unit_note(planner->unit, planner->document, FINDING_HINT, docker_subject_offset(planner, subject),
              "the Dockerfile of '%s' is not here: %s in that image", image,
              planner->unit->settings->style == STYLE_GUIDE ? "ADOT has to be"
                                                            : "ADOT and appsig-exec have to be");
}

static void tell(struct docker_planner *planner, const struct docker_subject *subject, bool hook,
                 bool wrapped) {
    const char *server = subject->linked.launch.server;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    bool workers = text_equal(server, "gunicorn") || text_equal(server, "uwsgi");
    if (planner->facts->boot && subject->python == PYTHON_UNKNOWN)
        unit_note(planner->unit, planner->document, FINDING_GENERIC, docker_subject_offset(planner, subject),
                  "no evidence of a server or framework: the container is run as it is, without DEFER");
    if (!subject->dockerfile)
        tell_image(planner, subject);
    else if (!subject->document)
        hint(planner, subject,
             "the Dockerfile of this image is not among the files of this run: both are to be patched");
    else if (!wrapped)
        hint(planner, subject,
             "what is started here goes past the launcher that the Dockerfile gets: put it in front");
    if (guide && workers && !hook && !is_set(planner, subject, "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED"))
        hint(
            planner, subject,
            "the server's workers need their hook in the image; then OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true "
            "goes here: answer HOOK=there");
}

enum docker_outcome docker_plan_options(struct docker_planner *planner, struct docker_subject *subject) {
    cleanup_strings struct strings options = {0};
    cleanup_free char *settings = NULL;
    bool add = false, gateway = false;
    const char *name = service_name(planner, subject);
    bool known = django_settings(planner, subject, &settings);
    size_t edits = planner->document->edits.count;
    if (!docker_network(planner, subject, &add, &gateway) || !name || !known) return DOCKER_HELD;
    bool hook = docker_has_hook(planner, subject);
    enum style style = planner->unit->settings->style;
    /* appsig-exec finds the name wherever the container has it. */
    bool told = style == STYLE_SHIM && known_name(planner, subject);
    struct variable_facts facts = {.style = style,
                                   .place = VARIABLE_CONTAINER,
                                   .service_name = told ? NULL : name,
                                   .port = port_of(planner, subject),
                                   .django_settings = settings,
                                   .wsgi_server = hook,
                                   .agent = planner->agent};
    add_variables(planner, subject, &facts, &options);
    if (gateway) strings_add(&options, DOCKER_GATEWAY_OPTION);
    if (add) strings_add(&options, "--network host");
    if (!docker_write(planner, subject, &options)) return DOCKER_HELD;
    bool wrapped = docker_wrap(planner, subject);
    if (planner->document->edits.count == edits) {
        unit_note(planner->unit, planner->document, FINDING_ALREADY, docker_subject_offset(planner, subject),
                  "has all that it needs");
        return DOCKER_READY;
    }
    tell(planner, subject, hook, wrapped);
    return DOCKER_PLANNED;
}
