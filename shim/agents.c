#include "shim/agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"

/* The user's OTLP endpoints, first that is there. Those that take a path of their own are named with it. */
static const struct {
    const char *name;
    bool with_path;
} endpoint_variables[] = {
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", true},
    {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", true},
    {"OTEL_AWS_APP_SIGNALS_EXPORTER_ENDPOINT", true},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", false},
};

static bool is_grpc(char *const *environment) {
    const char *protocol = environment_value(environment, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
    if (!protocol) protocol = environment_value(environment, "OTEL_EXPORTER_OTLP_PROTOCOL");
    return text_equal(protocol, "grpc");
}

/* Where the CloudWatch agent can be: on this host, at the gateway, under its own name in Kubernetes, or on its own
 * ports. Anything else is another vendor's or the user's own collector (the CloudWatch agent operator's rule). */
static bool may_be_agent(const struct endpoint *endpoint, const struct place *place,
                         const struct settings *settings) {
    struct endpoint ours;
    if (endpoint_parse(setting_value(settings, SETTING_AGENT_ENDPOINT), &ours) &&
        text_equal(ours.host, endpoint->host))
        return true;
    return endpoint_is_loopback(endpoint) ||
           (place->gateway[0] && text_equal(endpoint->host, place->gateway)) ||
           text_equal(endpoint->host, "host.docker.internal") || strstr(endpoint->host, "cloudwatch-agent") ||
           endpoint->port == AGENT_OTLP_HTTP_PORT || endpoint->port == AGENT_OTLP_GRPC_PORT;
}

static struct agent_candidate *add_candidate(struct agents *agents, const char *host, int port,
                                             const char *where, enum source source) {
    struct agent_candidate *candidate = &agents->candidates[agents->count++];
    *candidate =
        (struct agent_candidate){.where = where, .source = source, .otlp_request = -1, .sampler_request = -1};
    snprintf(candidate->otlp.host, sizeof candidate->otlp.host, "%s", host);
    candidate->otlp.port = port;
    return candidate;
}

static bool add_user_candidate(const struct settings *settings, char *const *environment,
                               const struct place *place, struct agents *agents) {
    struct endpoint endpoint;
    const struct setting *setting = &settings->of[SETTING_AGENT_ENDPOINT];
    bool commanded = setting_commands(settings, SETTING_AGENT_ENDPOINT);
    if (commanded && endpoint_parse(setting->value, &endpoint)) {
        add_candidate(agents, "", 0, setting->where, setting->source)->otlp = endpoint;
        return true;
    }
    bool explicitly_on = environment_value(environment, "OTEL_AWS_APPLICATION_SIGNALS_ENABLED") ||
                         environment_value(environment, "OTEL_AWS_APP_SIGNALS_ENABLED");
    for (size_t i = 0; i < array_length(endpoint_variables); i++) {
        const char *name = endpoint_variables[i].name, *value = environment_value(environment, name);
        if (!value || !endpoint_parse(value, &endpoint)) continue;
        if (!may_be_agent(&endpoint, place, settings) && !explicitly_on) {
            agents->foreign = true;
            agents->foreign_variable = name;
        }
        if (!endpoint_variables[i].with_path) endpoint.path[0] = '\0';
        add_candidate(agents, "", 0, name, SOURCE_ENVIRONMENT)->otlp = endpoint;
        return true;
    }
    if (endpoint_parse(setting->value, &endpoint)) {
        add_candidate(agents, "", 0, setting->where, setting->source)->otlp = endpoint;
        return true;
    }
    return false;
}

static void add_own_candidates(const struct place *place, struct agents *agents) {
    int port = agents->grpc ? AGENT_OTLP_GRPC_PORT : AGENT_OTLP_HTTP_PORT;
    if (agents->count == 0) add_candidate(agents, "localhost", port, "localhost", SOURCE_DEFAULT);
    bool local = endpoint_is_loopback(&agents->candidates[0].otlp);
    if (place->network != NETWORK_BRIDGE || !local) return;
    if (place->gateway[0]) add_candidate(agents, place->gateway, port, "gateway", SOURCE_DISCOVERED);
    add_candidate(agents, "host.docker.internal", port, "host.docker.internal", SOURCE_DISCOVERED);
}

static struct probe_request *add_request(struct agents *agents, enum question question,
                                         const struct endpoint *endpoint, const char *path, size_t rank) {
    struct probe_request *request = &agents->requests[agents->request_count++];
    cleanup_free char *base = endpoint_base(endpoint);
    *request = (struct probe_request){.question = question, .port = endpoint->port, .rank = (int)rank};
    /* curl is built without TLS: of an https endpoint only the connection can be checked */
    if (question == QUESTION_TCP)
        snprintf(request->url, sizeof request->url, "http%s", base + (endpoint->secure ? 5 : 4));
    else
        snprintf(request->url, sizeof request->url, "%s%s", base, path);
    snprintf(request->host, sizeof request->host, "%s", endpoint->host);
    return request;
}

static void ask_otlp(struct agents *agents, size_t index) {
    struct agent_candidate *candidate = &agents->candidates[index];
    bool tcp = agents->grpc || candidate->otlp.secure;
    candidate->otlp_request = (int)agents->request_count;
    const char *path = candidate->otlp.path;
    add_request(agents, tcp ? QUESTION_TCP : QUESTION_OTLP, &candidate->otlp,
                *path && strcmp(path, "/") != 0 ? path : "/v1/traces", index);
}

static void ask_sampler(const struct settings *settings, char *const *environment, struct agents *agents,
                        size_t index) {
    struct agent_candidate *candidate = &agents->candidates[index];
    const char *argument = environment_value(environment, "OTEL_TRACES_SAMPLER_ARG");
    const char *key = argument ? strstr(argument, "endpoint=") : NULL;
    cleanup_free char *theirs =
        key ? memory_copy_bytes(key + strlen("endpoint="), strcspn(key + strlen("endpoint="), ",")) : NULL;
    bool commanded = setting_commands(settings, SETTING_SAMPLER_ENDPOINT);
    const char *option = setting_value(settings, SETTING_SAMPLER_ENDPOINT);
    bool given = (commanded && endpoint_parse(option, &candidate->sampler)) ||
                 (theirs && endpoint_parse(theirs, &candidate->sampler)) ||
                 endpoint_parse(option, &candidate->sampler);
    if (given && index > 0) return;
    if (!given) {
        candidate->sampler = candidate->otlp;
        candidate->sampler.secure = false;
        candidate->sampler.path[0] = '\0';
        candidate->sampler.port = AGENT_SAMPLER_PORT;
    }
    candidate->sampler_request = (int)agents->request_count;
    add_request(agents, candidate->sampler.secure ? QUESTION_TCP : QUESTION_SAMPLER, &candidate->sampler,
                "/GetSamplingRules", index);
}

static int ask_metadata(struct agents *agents, enum question question, const char *url) {
    struct endpoint endpoint;
    if (!endpoint_parse(url, &endpoint) || endpoint.secure || agents->request_count == PROBE_MOST) return -1;
    bool slash_only = strcmp(endpoint.path, "/") == 0;
    add_request(agents, question, &endpoint, slash_only ? "" : endpoint.path, 0);
    return (int)agents->request_count - 1;
}

static void ask_names(const struct settings *settings, char *const *environment, const struct place *place,
                      struct agents *agents) {
    const char *ecs = setting_value(settings, SETTING_ECS);
    bool wanted = text_equal(ecs, "auto") ? place->ecs : setting_is_on(settings, SETTING_ECS);
    const char *uri = environment_value(environment, "ECS_CONTAINER_METADATA_URI_V4");
    if (wanted && uri) agents->ecs_request = ask_metadata(agents, QUESTION_ECS, uri);
    if (!setting_is_on(settings, SETTING_IMDS)) return;
    const char *imds = environment_value(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    agents->imds_request = ask_metadata(agents, QUESTION_IMDS, imds ? imds : "http://169.254.169.254");
}

void agents_plan(const struct settings *settings, char *const *environment, const struct place *place,
                 bool asks_name, struct agents *agents) {
    *agents = (struct agents){.ecs_request = -1, .imds_request = -1};
    const char *sampler = environment_value(environment, "OTEL_TRACES_SAMPLER");
    agents->asks_sampler = !sampler || strcmp(sampler, "xray") == 0;
    agents->grpc = is_grpc(environment);
    agents->by_user = add_user_candidate(settings, environment, place, agents);
    if (agents->foreign) return;
    add_own_candidates(place, agents);
    for (size_t i = 0; i < agents->count; i++) {
        ask_otlp(agents, i);
        if (agents->asks_sampler) ask_sampler(settings, environment, agents, i);
    }
    if (asks_name) ask_names(settings, environment, place, agents);
}

static enum answer answer_of(const struct agents *agents, int request) {
    if (request < 0 || (size_t)request >= agents->verdict.count) return ANSWER_NONE;
    return agents->verdict.answers[request].answer;
}

enum answer agents_otlp_answer(const struct agents *agents, size_t candidate) {
    return answer_of(agents, agents->candidates[candidate].otlp_request);
}

enum answer agents_sampler_answer(const struct agents *agents, size_t candidate) {
    return answer_of(agents, agents->candidates[candidate].sampler_request);
}

static bool takes_otlp(enum answer answer) { return answer == ANSWER_HEALTHY || answer == ANSWER_OPEN; }

bool agents_healthy(const struct agents *agents) {
    return takes_otlp(agents_otlp_answer(agents, agents->chosen));
}

static void choose(struct agents *agents) {
    agents->chosen = 0;
    if (agents->by_user) return;
    for (size_t i = 0; i < agents->count; i++) {
        if (!takes_otlp(agents_otlp_answer(agents, i))) continue;
        agents->chosen = i;
        return;
    }
}

void agents_ask(const struct settings *settings, struct agents *agents) {
    long deadline_ms = 250;
    text_to_number(setting_value(settings, SETTING_TIMEOUT_MS), 1, 60000, &deadline_ms);
    probe_start(agents->requests, agents->request_count, (int)deadline_ms, &agents->probe);
}

void agents_choose(const struct settings *settings, struct agents *agents) {
    enum { PAUSE_MS = 200 };
    long seconds = 0;
    const char *policy = setting_value(settings, SETTING_ON_MISSING_AGENT);
    if (text_starts(policy, "wait=")) text_to_number(policy + strlen("wait="), 1, 3600, &seconds);
    long end = clock_now_ms() + seconds * 1000;
    for (;;) {
        probe_finish(&agents->probe, &agents->verdict);
        choose(agents);
        if (agents_healthy(agents) || clock_now_ms() >= end) return;
        struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
        nanosleep(&pause, NULL);
        probe_reap(&agents->probe);
        agents_ask(settings, agents);
    }
}
