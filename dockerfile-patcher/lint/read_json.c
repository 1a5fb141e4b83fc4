#include <string.h>

#include <cjson/cJSON.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/pins.h"
#include "dockerfile-patcher/lint/endpoint.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/text/find.h"

const struct fact_place *reading_place(const struct reading *reading, size_t offset,
                                       struct fact_place *place) {
    const struct document *document = reading->document;
    size_t at = reading->base + offset;
    if (reading->commands) at = commands_source_offset(reading->commands, reading->layer, at);
    return facts_place(reading->reader->facts, &document->source, document->shown, at, place);
}

static size_t offset_of(const char *text, size_t length, const char *word) {
    const char *at = find_text(text, length, word);
    return at ? (size_t)(at - text) : 0;
}

static const cJSON *member(const cJSON *object, const char *one, const char *other) {
    return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(object, one), other);
}

static void add_ports(struct fact_agent *agent, const cJSON *otlp) {
    static const char *const keys[] = {"http_endpoint", "grpc_endpoint"};
    for (size_t i = 0; i < array_length(keys) && agent->port_count < array_length(agent->ports); i++) {
        const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(otlp, keys[i]));
        struct endpoint endpoint;
        if (otlp)
            agent->ports[agent->port_count++] =
                value && endpoint_of(value, &endpoint) ? endpoint.port : 4318 - (long)i;
    }
}

static long sampler_of(const cJSON *traces) {
    const cJSON *xray = cJSON_GetObjectItemCaseSensitive(traces, "xray");
    const char *bind = cJSON_GetStringValue(member(xray, "tcp_proxy", "bind_address"));
    struct endpoint endpoint;
    return bind && endpoint_of(bind, &endpoint) ? endpoint.port : AGENT_PORT_SAMPLER;
}

void read_agent(const struct reading *reading, const char *text, size_t length) {
    static const char *const signs[] = {"\"traces_collected\"", "\"metrics_collected\""};
    const char *first = NULL;
    for (size_t i = 0; i < array_length(signs) && !first; i++) first = find_text(text, length, signs[i]);
    if (!first) return;
    cJSON *root = cJSON_ParseWithLength(text, length);
    const cJSON *traces = member(root, "traces", "traces_collected");
    const cJSON *logs = member(root, "logs", "metrics_collected");
    bool agent = traces || logs || member(root, "metrics", "metrics_collected");
    if (root && agent) {
        struct facts *facts = reading->reader->facts;
        facts->agents = arena_grow(&facts->arena, facts->agents, facts->agent_count, sizeof *facts->agents);
        struct fact_agent *fact = &facts->agents[facts->agent_count++];
        *fact = (struct fact_agent){.sampler = sampler_of(traces), .scope = reading->scope};
        const char *brace = memchr(text, '{', length);
        reading_place(reading, traces ? (size_t)(first - text) : (size_t)(brace - text), &fact->at);
        fact->traces = cJSON_GetObjectItemCaseSensitive(traces, "application_signals") ||
                       cJSON_GetObjectItemCaseSensitive(traces, "app_signals");
        fact->metrics = cJSON_GetObjectItemCaseSensitive(logs, "application_signals") ||
                        cJSON_GetObjectItemCaseSensitive(logs, "app_signals");
        add_ports(fact, cJSON_GetObjectItemCaseSensitive(traces, "otlp"));
    }
    cJSON_Delete(root);
}

static bool allows(const char *text, size_t length, const char *action) {
    return find_text(text, length, action) || find_text(text, length, "xray:*") ||
           find_text(text, length, "xray:Get*") || find_text(text, length, "xray:GetSampling*");
}

void read_policy(const struct reading *reading, const char *text, size_t length) {
    const char *put = find_text(text, length, "xray:Put");
    if (!put) return;
    struct facts *facts = reading->reader->facts;
    facts->policies =
        arena_grow(&facts->arena, facts->policies, facts->policy_count, sizeof *facts->policies);
    struct fact_policy *policy = &facts->policies[facts->policy_count++];
    *policy = (struct fact_policy){.rules = allows(text, length, "xray:GetSamplingRules"),
                                   .targets = allows(text, length, "xray:GetSamplingTargets")};
    reading_place(reading, (size_t)(put - text), &policy->at);
}

void read_managed_policy(struct facts *facts, const char *text, size_t length) {
    static const char *const names[] = {AGENT_POLICY, "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess",
                                        "AWSXrayFullAccess"};
    for (size_t i = 0; i < array_length(names); i++)
        facts->managed_policy |= find_text(text, length, names[i]) != NULL;
}

void read_json(struct reader *reader) {
    const struct source *source = &reader->document->source;
    struct reading reading = {.reader = reader, .document = reader->document};
    read_agent(&reading, source->bytes, source->length);
    if (offset_of(source->bytes, source->length, "\"Statement\""))
        read_policy(&reading, source->bytes, source->length);
}

static void add_pin(const struct pin *pin, void *context) {
    struct reader *reader = context;
    struct facts *facts = reader->facts;
    const struct document *document = reader->document;
    bool exact = pin->need->version[0] == '=';
    facts->pins = arena_grow(&facts->arena, facts->pins, facts->pin_count, sizeof *facts->pins);
    struct fact_pin *fact = &facts->pins[facts->pin_count++];
    cleanup_free char *version = memory_format("%s%s", pin->need->version + 1, exact ? "" : " or later");
    *fact = (struct fact_pin){facts_text(facts, pin->need->package),
                              facts_text(facts, pin->wanted),
                              facts_text(facts, version),
                              {0}};
    facts_place(facts, &document->source, document->shown, pin->offset, &fact->at);
}

void read_requirements(struct reader *reader) { pins_of(&reader->document->source, add_pin, reader); }
