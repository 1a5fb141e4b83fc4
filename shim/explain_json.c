#include <cjson/cJSON.h>
#include <stdlib.h>

#include "common/memory.h"
#include "shim/explain.h"

static cJSON *text_or_null(const char *text) { return text ? cJSON_CreateString(text) : cJSON_CreateNull(); }

static void add_found(cJSON *object, const char *key, const struct found *found) {
    cJSON *item = cJSON_AddObjectToObject(object, key);
    cJSON_AddItemToObject(item, "value", text_or_null(found->value));
    cJSON_AddStringToObject(item, "source", source_name(found->source));
    cJSON_AddItemToObject(item, "where", text_or_null(found->where));
}

static void add_answer(cJSON *list, const struct agents *agents, int request, const char *role, bool chosen) {
    if (request < 0) return;
    struct probe_answer none = {0};
    const struct probe_answer *answer =
        (size_t)request < agents->verdict.count ? &agents->verdict.answers[request] : &none;
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "role", role);
    cJSON_AddStringToObject(item, "url", agents->requests[request].url);
    cJSON_AddStringToObject(item, "answer", answer_name(answer->answer));
    cJSON_AddNumberToObject(item, "status", answer->status);
    cJSON_AddNumberToObject(item, "milliseconds", answer->milliseconds);
    cJSON_AddBoolToObject(item, "chosen", chosen);
    cJSON_AddItemToArray(list, item);
}

static void add_probe(cJSON *object, const struct agents *agents) {
    cJSON *probe = cJSON_AddObjectToObject(object, "probe");
    cJSON_AddBoolToObject(probe, "sandboxed", agents->verdict.sandboxed);
    cJSON_AddBoolToObject(probe, "forked", agents->verdict.forked);
    cJSON *list = cJSON_AddArrayToObject(probe, "answers");
    for (size_t i = 0; i < agents->count; i++) {
        add_answer(list, agents, agents->candidates[i].otlp_request, "otlp", i == agents->chosen);
        add_answer(list, agents, agents->candidates[i].sampler_request, "sampler", i == agents->chosen);
    }
    add_answer(list, agents, agents->ecs_request, "ecs", true);
    add_answer(list, agents, agents->imds_request, "imds", true);
}

static void add_changes(cJSON *object, const struct plan *plan) {
    cJSON *list = cJSON_AddArrayToObject(object, "environment");
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", change->name);
        cJSON_AddItemToObject(item, "value", text_or_null(change->value));
        cJSON_AddStringToObject(item, "source", source_name(change->source));
        cJSON_AddItemToObject(item, "where", text_or_null(change->where));
        cJSON_AddItemToObject(item, "why", text_or_null(change->why));
        cJSON_AddItemToArray(list, item);
    }
}

static void add_plan(cJSON *object, const struct facts *facts, const struct plan *plan) {
    cJSON_AddItemToObject(object, "executable", text_or_null(plan->executable));
    cJSON *argv = cJSON_AddArrayToObject(object, "argv");
    for (size_t i = 0; i < plan->argv.count; i++)
        cJSON_AddItemToArray(argv, cJSON_CreateString(plan->argv.items[i]));
    cJSON *hooks = cJSON_AddArrayToObject(object, "hooks");
    for (size_t i = 0; i < plan->hook_count; i++) {
        cleanup_free char *path = hookfiles_path(&facts->hooks, plan->hooks[i]);
        cJSON_AddItemToArray(hooks, text_or_null(path));
    }
    static const char *const levels[] = {"error", "warning", "notice", "debug"};
    cJSON *lines = cJSON_AddArrayToObject(object, "lines");
    for (size_t i = 0; i < plan->line_count; i++) {
        cJSON *line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "level", levels[plan->lines[i].level]);
        cJSON_AddStringToObject(line, "text", plan->lines[i].text);
        cJSON_AddItemToArray(lines, line);
    }
}

void explain_json(FILE *stream, const struct facts *facts, const struct plan *plan) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "command", command_description(&facts->command));
    cJSON_AddStringToObject(object, "launch", plan_kind_name(plan->kind));
    cJSON_AddBoolToObject(object, "telemetry", plan->telemetry);
    add_found(object, "service_name", &facts->identity.service_name);
    add_found(object, "port", &facts->identity.port);
    cJSON_AddStringToObject(object, "network", network_name(facts->place.network));
    cJSON_AddStringToObject(object, "gateway", facts->place.gateway);
    cJSON_AddItemToObject(object, "python", text_or_null(facts->python.interpreter));
    cJSON_AddItemToObject(object, "fork_plan", text_or_null(plan->fork_row));
    add_probe(object, &facts->agents);
    add_changes(object, plan);
    add_plan(object, facts, plan);
    char *text = cJSON_Print(object);
    cJSON_Delete(object);
    if (!text) return;
    fprintf(stream, "%s\n", text);
    cJSON_free(text);
}
