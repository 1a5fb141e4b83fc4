#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"
#include "dockerfile-patcher/lint/read.h"

static size_t read_user_data(struct reader *reader, const struct cdk_machine *machine) {
    struct cdk_view view = {.unit = reader->unit, .file = reader->document->model};
    struct script script;
    size_t scope = NO_SCOPE;
    if (cdk_view(&view, machine, reader->document, &script) && !view.path)
        scope = read_script(reader, &script);
    cdk_view_free(&view, &script);
    return scope;
}

static void read_machine(struct reader *reader, const struct cdk_machine *one) {
    struct cdk_file *file = reader->document->model;
    struct facts *facts = reader->facts;
    struct code_range value;
    size_t scope = read_user_data(reader, one);
    if (scope == NO_SCOPE || !calls_property(&file->calls, one->call, "httpPutResponseHopLimit", &value))
        return;
    facts->machines =
        arena_grow(&facts->arena, facts->machines, facts->machine_count, sizeof *facts->machines);
    struct fact_machine *machine = &facts->machines[facts->machine_count++];
    *machine = (struct fact_machine){.label = facts_text(facts, one->id), .scope = scope};
    machine->hop_limit = facts_text(facts, calls_text(&file->calls, value));
    facts_place(facts, &reader->document->source, reader->document->shown, cdk_begin(file, value),
                &machine->at);
}

/* new iam.PolicyStatement({actions: [...]}) */
static void read_policies(struct reader *reader) {
    struct cdk_file *file = reader->document->model;
    const struct source *source = &reader->document->source;
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        if (strcmp(calls_token(&file->calls, call->name), "PolicyStatement") != 0) continue;
        size_t begin = file->code.tokens[call->open].span.begin,
               end = file->code.tokens[call->close].span.end;
        struct reading reading = {.reader = reader, .document = reader->document, .base = begin};
        read_policy(&reading, source->bytes + begin, end - begin);
    }
}

void read_cdk(struct reader *reader) {
    struct cdk_machines machines;
    const struct source *source = &reader->document->source;
    cdk_find_machines(reader->document->model, &machines);
    for (size_t i = 0; i < machines.count; i++)
        if (!cdk_is_ignored(reader->document->model, machines.items[i].call->receiver))
            read_machine(reader, &machines.items[i]);
    read_policies(reader);
    read_managed_policy(reader->facts, source->bytes, source->length);
}
