#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/formats/cdk/imports.h"
#include "dockerfile-patcher/script/boot.h"

static size_t place_of(const struct cdk_file *file, const struct cdk_machine *machine) {
    return file->code.tokens[machine->call->receiver].span.begin;
}

static void refuse(struct unit *unit, struct document *document, struct cdk_view *view,
                   const struct cdk_machine *machine) {
    if (!document->service) document->service = machine->service;
    service_join(document->service, machine->service);
    unit_refuse(unit, document, FINDING_UNSUPPORTED, view->reason_at, "%s: %s", machine->id, view->reason);
}

/* The script lies in a file of its own, which is then the document of the change. */
static enum boot_outcome plan_file(struct unit *unit, const char *path, const struct cdk_machine *machine,
                                   const struct machine *described) {
    struct document *document = unit_document(unit, path, NULL);
    struct script script;
    if (!document || !document->source.bytes) return BOOT_HELD;
    document->planned = true;
    if (!document->service) document->service = machine->service;
    service_join(document->service, machine->service);
    script_of_lines(&script, document, machine->service,
                    (struct span){document->source.begin, document->source.length}, false);
    enum boot_outcome outcome = boot_plan(unit, &script, described);
    script_free(&script);
    return outcome;
}

static enum boot_outcome plan_lines(struct unit *unit, struct cdk_view *view, struct script *script,
                                    const struct cdk_machine *machine, const struct machine *described) {
    struct document *document = script->document;
    size_t edits = document->edits.count;
    enum boot_outcome outcome = boot_plan(unit, script, described);
    bool sound = unit->settings->remove ? !view->reason : cdk_view_is_sound(view, script, edits);
    if (sound) return outcome;
    if (view->reason_at == SIZE_MAX) view->reason_at = place_of(view->file, machine);
    refuse(unit, document, view, machine);
    return BOOT_HELD;
}

static enum boot_outcome plan_script(struct unit *unit, struct document *document,
                                     struct cdk_machine *machine) {
    struct cdk_file *file = document->model;
    struct cdk_view view = {.unit = unit, .file = file};
    struct script script;
    struct machine described;
    enum boot_outcome outcome = BOOT_NOTHING;
    cdk_describe(file, document, machine, &described);
    described.beside_others = machine->beside_others;
    if (cdk_view(&view, machine, document, &script))
        outcome = view.path ? plan_file(unit, view.path, machine, &described)
                            : plan_lines(unit, &view, &script, machine, &described);
    else
        unit_note(unit, document, FINDING_NOT_A_SERVICE,
                  view.reason ? view.reason_at : place_of(file, machine), "%s: %s", machine->id,
                  view.reason ? view.reason : "no commands of its user data are to be seen here");
    cdk_view_free(&view, &script);
    return outcome;
}

static bool is_chosen(const char *answer, const char *id) {
    if (!answer || strcmp(answer, "all") == 0) return true;
    for (const char *at = answer; *at;) {
        size_t length = strcspn(at, ",");
        if (length == strlen(id) && strncmp(at, id, length) == 0) return true;
        at += length + (at[length] == ',');
        at += strspn(at, " ");
    }
    return false;
}

static void ask_machine(struct unit *unit, struct document *document, struct cdk_machines *machines) {
    struct question *question = NULL;
    struct service *first = NULL;
    for (size_t i = 0; i < machines->count; i++) {
        const struct cdk_machine *machine = &machines->items[i];
        if (!machine->changed) continue;
        if (first)
            service_join(first, machine->service);
        else
            unit_ask(
                unit, first = machine->service, "INSTANCE", document,
                "more than one instance starts a Python app: which are to be changed (several with commas)?",
                &question);
        if (!question) return;
        question_candidate(question, machine->id);
        question_evidence(question, &document->source, place_of(document->model, machine), machine->id);
    }
    if (question) question_candidate(question, "all");
}

/* What deploying does to what runs: UserData runs at a machine's first boot only (EC2 user guide, "Run commands on your
 * Linux instance at launch"). */
static void tell_replacement(struct unit *unit, struct document *document,
                             const struct cdk_machine *machine) {
    struct cdk_file *file = document->model;
    struct code_range value;
    size_t place = place_of(file, machine);
    const char *text = machine->row->replaced;
    if (!text) {
        const struct code *code = &file->code;
        bool given = calls_property(&file->calls, machine->call, "userDataCausesReplacement", &value);
        if (given) place = cdk_begin(file, value);
        bool is_true = given && (code_is(code, value.first, "true") || code_is(code, value.first, "True"));
        bool is_false = given && (code_is(code, value.first, "false") || code_is(code, value.first, "False"));
        text =
            is_true ? "userDataCausesReplacement is true: cdk deploy replaces the instance"
            : given && !is_false
                ? "cdk deploy replaces the instance only where userDataCausesReplacement, whose value is "
                  "not known here, is true; else UserData does not run again"
                : "userDataCausesReplacement is not set: cdk deploy stops and starts the instance, which does not run "
                  "UserData again: it takes effect with a new instance";
    }
    unit_note(unit, document, FINDING_HINT, place, "%s: %s", machine->id, text);
}

static void plan_machine(struct unit *unit, struct document *document, struct cdk_machine *machine) {
    struct cdk_file *file = document->model;
    if (cdk_is_ignored(file, machine->call->receiver)) {
        unit_note(unit, document, FINDING_IGNORED, place_of(file, machine), "%s is to be left alone",
                  machine->id);
        return;
    }
    machine->service = unit_service(unit, machine->id);
    if (!document->service) document->service = machine->service;
    enum boot_outcome outcome = plan_script(unit, document, machine);
    machine->changed = outcome != BOOT_NOTHING && !(unit->settings->remove && outcome != BOOT_PLANNED);
}

static void remove_roles(struct unit *unit, struct document *document, const struct cdk_machines *machines) {
    size_t removed = 0;
    struct service *service = NULL;
    for (size_t i = 0; i < machines->count; i++) {
        const struct cdk_machine *machine = &machines->items[i];
        if (!machine->changed) continue;
        size_t count = cdk_remove_role(unit, document, machine);
        removed += count;
        if (count && service) service_join(service, machine->service);
        if (count && !service) service = machine->service;
    }
    if (removed) cdk_remove_import(document, service, removed);
}

void cdk_plan(struct unit *unit, struct document *document) {
    struct cdk_file *file = document->model;
    struct cdk_machines machines;
    const char *answer = unit_answer(unit, document, "INSTANCE");
    size_t changed = 0;
    cdk_find_machines(file, &machines);
    if (machines.count == 0)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "makes no EC2 instance");
    size_t chosen = 0;
    for (size_t i = 0; i < machines.count; i++) chosen += is_chosen(answer, machines.items[i].id);
    for (size_t i = 0; i < machines.count; i++) {
        if (!is_chosen(answer, machines.items[i].id) && !unit->settings->remove) continue;
        machines.items[i].beside_others = chosen > 1;
        plan_machine(unit, document, &machines.items[i]);
        changed += machines.items[i].changed;
    }
    if (changed > 1 && !answer && !unit->settings->remove) ask_machine(unit, document, &machines);
    if (unit->settings->remove) return remove_roles(unit, document, &machines);
    for (size_t i = 0; i < machines.count; i++) {
        if (!machines.items[i].changed) continue;
        cdk_plan_role(unit, document, &machines.items[i]);
        tell_replacement(unit, document, &machines.items[i]);
    }
}
