#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/django.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"

const char *unit_setting(const struct unit_file *file, const char *key) {
    const struct section_entry *entry;
    const char *value = NULL;
    for (size_t at = 0; (entry = sections_next(&file->sections, "Service", key, &at));)
        value = entry->length ? entry->value : NULL;
    return value;
}

bool unit_environment(struct unit_file *file, const char *name, const char **value) {
    struct exec_commands words;
    size_t length = strlen(name);
    bool found = false;
    exec_commands_of(&file->sections, "Environment", &words);
    for (size_t i = 0; i < words.count; i++)
        for (size_t k = 0; k < words.items[i].count; k++) {
            const char *word = words.items[i].words[k];
            if (strncmp(word, name, length) != 0 || word[length] != '=') continue;
            if (value) *value = word + length + 1;
            found = true;
        }
    return found;
}

/* In double quotes where systemd would part or unquote it; a percent sign would begin a specifier. */
static void add_assignment(struct text *out, const char *sign, const char *name, const char *value) {
    bool quoted = strpbrk(value, " \t\"'\\") != NULL;
    text_add_format(out, "Environment%s%s%s=", sign, quoted ? "\"" : "", name);
    for (const char *at = value; *at; at++) {
        if (*at == '%') text_add_char(out, '%');
        if (*at == '"' || *at == '\\') text_add_char(out, '\\');
        text_add_char(out, *at);
    }
    text_add(out, quoted ? "\"\n" : "\n");
}

static const char *ask_service_name(struct unit_planner *planner) {
    const char *base = text_base_name(planner->document->source.path);
    cleanup_free char *folder = text_directory(planner->document->source.path);
    if (text_ends(folder, ".service.d")) base = text_base_name(folder);
    cleanup_free char *name = memory_copy_bytes(base, strcspn(base, "@."));
    struct question *question;
    const char *answer = unit_ask(planner->unit, planner->service, "SERVICE_NAME", planner->document,
                                  "what is the service called in Application Signals?", &question);
    if (question && question->evidence_count == 0) {
        question_candidate(question, name);
        question_evidence(question, &planner->document->source, planner->places[0].command->begin, base);
    }
    return answer;
}

static const char *find_service_name(struct unit_planner *planner) {
    const char *name;
    if (unit_environment(planner->file, "OTEL_SERVICE_NAME", &name)) return name;
    if (unit_environment(planner->file, "SERVICE_NAME", &name)) return name;
    if (unit_environment(planner->file, "OTEL_RESOURCE_ATTRIBUTES", &name)) return name;
    return ask_service_name(planner);
}

/* NULL where it is not Django, or was asked for (then the planner is held). */
static char *find_django(struct unit_planner *planner) {
    const char *set;
    if (unit_environment(planner->file, "DJANGO_SETTINGS_MODULE", &set)) return memory_copy(set);
    const struct start_place *place = &planner->places[0];
    struct django django;
    django_of_command(&planner->deployed, place->words, place->count, &django);
    if (!django.certain || django.settings) return django.settings;
    struct question *question;
    const char *answer = unit_ask(planner->unit, planner->service, "DJANGO_SETTINGS_MODULE",
                                  planner->document, "which module holds Django's settings?", &question);
    if (question && question->evidence_count == 0)
        question_evidence(question, &planner->document->source, place->command->begin, "manage.py");
    planner->held |= !answer;
    return answer ? memory_copy(answer) : NULL;
}

char *unit_environment_lines(struct unit_planner *planner, const char *sign) {
    struct text out = {0};
    text_add(&out, "");
    if (planner->unit->settings->style == STYLE_GUIDE) {
        cleanup_free char *django = find_django(planner);
        struct variable_facts facts = {.style = STYLE_GUIDE,
                                       .place = VARIABLE_HOST,
                                       .service_name = planner->service_name,
                                       .django_settings = django,
                                       .wsgi_server = planner->deferred};
        const struct variable_row *row;
        for (size_t at = 0; (row = variables_next(&facts, &at));) {
            if (unit_environment(planner->file, row->name, NULL)) continue;
            cleanup_free char *value = variable_value(row, &facts);
            add_assignment(&out, sign, row->name, value);
        }
    }
    return text_take(&out);
}

static bool is_own_drop_in(const struct document *document) {
    return strcmp(text_base_name(document->source.path), SYSTEMD_DROP_IN) == 0;
}

/* A drop-in of this unit in the repository that says ExecStart= again, or NULL. */
static const struct document *find_override(const struct unit_planner *planner) {
    cleanup_free char *folder = memory_format("%s.d/", planner->document->source.path);
    for (size_t i = 0; i < planner->unit->document_count; i++) {
        const struct document *other = planner->unit->documents[i];
        if (other->format != planner->document->format || !text_starts(other->source.path, folder)) continue;
        const struct unit_file *file = other->model;
        if (file && file->commands.count) return other;
    }
    return NULL;
}

/* True where there is nothing to be done, and that was said. */
static bool leave_alone(struct unit_planner *planner) {
    struct unit *unit = planner->unit;
    struct document *document = planner->document;
    const struct document *override = find_override(planner);
    size_t offset = planner->file->commands.count ? planner->file->commands.items[0].begin : SIZE_MAX;
    if (override && is_own_drop_in(override) && unit->settings->drop_in) override = NULL;
    bool ignored = planner->file->sections.ignored;
    for (size_t i = 0; i < planner->file->commands.count; i++)
        ignored |= planner->file->commands.items[i].entry->ignored;
    if (ignored)
        unit_note(unit, document, FINDING_IGNORED, SIZE_MAX, "told to be left alone");
    else if (is_own_drop_in(document))
        unit_note(unit, document, FINDING_ALREADY, SIZE_MAX, "made by appsig-patch");
    else if (override)
        unit_note(unit, document, is_own_drop_in(override) ? FINDING_ALREADY : FINDING_NOT_A_SERVICE, offset,
                  "its ExecStart= is said again in '%s'", override->shown);
    else if (planner->file->commands.broken_at != SIZE_MAX)
        unit_refuse(unit, document, FINDING_SYNTAX, planner->file->commands.broken_at,
                    "a quote without its end");
    else if (planner->file->sections.broken_at != SIZE_MAX)
        unit_refuse(unit, document, FINDING_SYNTAX, planner->file->sections.broken_at, "a [ without its ]");
    else if (planner->file->commands.count == 0)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "no ExecStart=");
    else
        return false;
    return true;
}

static bool starts_nothing(struct unit_planner *planner) {
    size_t offset = planner->file->commands.items[0].begin;
    if (planner->agent)
        unit_note(planner->unit, planner->document, FINDING_ALREADY, planner->agent_at,
                  "instrumented already by %s", planner->agent);
    else if (planner->place_count == 0 && planner->job && !planner->foreign)
        unit_note(planner->unit, planner->document, FINDING_NOT_A_SERVICE, offset,
                  "a job that comes to its end, and no server");
    else if (planner->place_count == 0)
        unit_note(planner->unit, planner->document, FINDING_NOT_PYTHON, offset,
                  "no sign that this starts Python");
    return planner->agent || planner->place_count == 0;
}

/* What the unit cannot bring by itself. */
static void tell_host_needs(struct unit_planner *planner) {
    const struct start_place *place = &planner->places[0];
    const char *program = place->launch.command < place->count ? place->words[place->launch.command] : "";
    const char *end = strstr(program, "/bin/");
    bool environment = end && !text_starts(program, "/usr/") && !text_starts(program, "/bin/");
    cleanup_free char *pip =
        environment ? memory_format("%.*s/bin/pip", (int)(end - program), program) : memory_copy("pip3");
    bool shim = planner->unit->settings->style == STYLE_SHIM;
    unit_note(planner->unit, planner->document, FINDING_HINT, place->command->begin,
              "before the unit is started again, the host needs `%s install aws-opentelemetry-distro`%s", pip,
              shim ? " and " SYSTEMD_SHIM " (without it systemd says 203/EXEC, and the old ExecStart= has to "
                     "be put back; with --drop-in by deleting one file)"
                   : "");
}

static void plan_unit_file(struct unit_planner *planner) {
    if (leave_alone(planner) || !unit_find_starts(planner) || starts_nothing(planner)) return;
    if (planner->unit->settings->style == STYLE_GUIDE) {
        planner->service_name = find_service_name(planner);
        planner->held |= !planner->service_name;
        unit_hook(planner);
    }
    if (planner->unit->settings->drop_in && !text_ends(planner->document->source.path, ".conf"))
        unit_write_drop_in(planner);
    else
        unit_write_in_place(planner);
    tell_host_needs(planner);
}

void systemd_plan(struct unit *unit, struct document *document) {
    if (!document->service) document->service = unit_service(unit, document->shown);
    struct unit_planner planner = {
        .unit = unit, .document = document, .file = document->model, .service = document->service};
    cleanup_free char *near = text_directory(document->source.path);
    if (text_ends(near, ".service.d")) {
        char *above = text_directory(near);
        free(near);
        near = above;
    }
    planner.deployed = (struct deployed){unit, near, unit_setting(planner.file, "WorkingDirectory")};
    if (unit->settings->remove)
        unit_remove(&planner);
    else
        plan_unit_file(&planner);
    edits_free(&planner.changes);
}
