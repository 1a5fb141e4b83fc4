#include "shim/explain.h"

#include <string.h>

#include "common/memory.h"

static void print_words(FILE *stream, char *const *words) {
    for (; *words; words++) {
        bool plain = **words &&
                     (*words)[strspn(*words, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                             "_-./:=,@%+")] == '\0';
        cleanup_free char *printable = text_printable(*words, 4096);
        fprintf(stream, plain ? " %s" : " '%s'", printable);
    }
    fputc('\n', stream);
}

static void print_question(FILE *stream, const struct agents *agents, int request) {
    if (request < 0) return;
    const struct probe_request *asked = &agents->requests[request];
    struct probe_answer none = {0};
    const struct probe_answer *answer =
        (size_t)request < agents->verdict.count ? &agents->verdict.answers[request] : &none;
    fprintf(stream, "  %-52s %s", asked->url, answer_name(answer->answer));
    if (answer->status) fprintf(stream, " (HTTP %d)", answer->status);
    fprintf(stream, ", %d ms\n", answer->milliseconds);
}

static void print_probe(FILE *stream, const struct facts *facts) {
    const struct agents *agents = &facts->agents;
    fprintf(stream, "\nagent\n");
    for (size_t i = 0; i < agents->count; i++) {
        print_question(stream, agents, agents->candidates[i].otlp_request);
        print_question(stream, agents, agents->candidates[i].sampler_request);
    }
    print_question(stream, agents, agents->ecs_request);
    print_question(stream, agents, agents->imds_request);
}

static void print_found(FILE *stream, const char *title, const struct found *found) {
    if (!found->value) return;
    cleanup_free char *printable = text_printable(found->value, 200);
    fprintf(stream, "%-14s %s (%s)\n", title, printable, found->where);
}

static void print_changes(FILE *stream, const struct plan *plan) {
    fprintf(stream, "\nenvironment\n");
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        cleanup_free char *printable = text_printable(change->value ? change->value : "", 4096);
        if (change->value)
            fprintf(stream, "  %s=%s\n", change->name, printable);
        else
            fprintf(stream, "  %s is removed\n", change->name);
        const char *where =
            change->where && strcmp(change->where, source_name(change->source)) != 0 ? change->where : NULL;
        fprintf(stream, "      %s%s%s: %s\n", source_name(change->source), where ? " " : "",
                where ? where : "", change->why);
    }
}

void explain_table(FILE *stream, const struct facts *facts, const struct plan *plan) {
    fprintf(stream, "%-14s %s\n", "command is", command_description(&facts->command));
    fprintf(stream, "%-14s %s\n", "launch", plan_kind_name(plan->kind));
    if (!facts->disabled) {
        print_found(stream, "service name", &facts->identity.service_name);
        print_found(stream, "port", &facts->identity.port);
        fprintf(stream, "%-14s %s\n", "network", network_name(facts->place.network));
        if (facts->python.interpreter) fprintf(stream, "%-14s %s\n", "python", facts->python.interpreter);
        if (plan->fork_row) fprintf(stream, "%-14s %s\n", "fork plan", plan->fork_row);
        print_probe(stream, facts);
    }
    print_changes(stream, plan);
    fprintf(stream, "\nruns\n  %s:", plan->executable ? plan->executable : "(not found)");
    print_words(stream, plan->argv.items);
    if (plan->hook_count) fprintf(stream, "\nhook files\n");
    for (size_t i = 0; i < plan->hook_count; i++) {
        cleanup_free char *path = hookfiles_path(&facts->hooks, plan->hooks[i]);
        fprintf(stream, "  %s\n", path);
    }
    if (plan->line_count) fprintf(stream, "\nwould say\n");
    for (size_t i = 0; i < plan->line_count; i++) fprintf(stream, "  %s\n", plan->lines[i].text);
}

void explain_verdict(FILE *stream, const struct plan *plan) {
    fprintf(stream, plan->telemetry ? "ok: telemetry will flow\n" : "not ok: telemetry will not flow\n");
    for (size_t i = 0; i < plan->line_count; i++)
        if (plan->lines[i].level <= REPORT_NOTICE || !plan->telemetry)
            fprintf(stream, "  %s\n", plan->lines[i].text);
}
